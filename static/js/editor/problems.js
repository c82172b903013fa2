/**
 * The problems of a text in the margin, under the words, and as a list below, in which each is a button that leads to its place.
 *
 * The list is there for those who use no mouse or see no underline: it says how many there are whenever that changes.
 */
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import { forEachDiagnostic, linter, lintGutter, setDiagnosticsEffect } from '@codemirror/lint';
import { EditorView, showPanel } from '@codemirror/view';
import { problemsOf, sentences, summary } from 'app/editor/checks.js';
import { placeOf } from 'app/editor/places.js';

/** @typedef {import("@codemirror/lint").Diagnostic} Diagnostic */
/** @typedef {import("app/editor/checks.js").Problem} Problem */

const PAUSE = 400;
const PARSE = 200;

/**
 * @param {string} address that answers with the problems of a text
 * @param {() => string} token against forged requests
 */
export function problemsInTheMargin(address, token) {
  const silent = { said: '' };
  return [
    linter(
      async (view) => {
        try {
          const found = await problemsOf(address, view.state.doc.toString(), token());
          silent.said = '';
          return found.map((problem) => diagnostic(view, problem));
        } catch {
          silent.said =
            'The text could not be checked just now. It is checked again when it changes, and when it is sent.';
          return [];
        }
      },
      { delay: PAUSE },
    ),
    lintGutter(),
    showPanel.of((view) => new ProblemList(view, silent)),
  ];
}

/**
 * @param {EditorView} view
 * @param {Problem} problem
 * @returns {Diagnostic}
 */
function diagnostic(view, problem) {
  const { doc } = view.state;
  const tree = ensureSyntaxTree(view.state, doc.length, PARSE) ?? syntaxTree(view.state);
  const place = placeOf(tree, (from, to) => doc.sliceString(from, to), problem.path);
  const said = sentences(problem);
  return {
    ...place,
    severity: 'error',
    message: [said.where, said.what, said.allowed, said.cure].filter(Boolean).join(' '),
    renderMessage: () => paragraph(said),
  };
}

/** @param {ReturnType<typeof sentences>} said */
function paragraph({ where, what, allowed, cure }) {
  const all = document.createElement('span');
  all.append(words('problem-what', where ? `${where} ${what}` : what));
  for (const rest of [allowed, cure]) if (rest) all.append(words('problem-rest', rest));
  return all;
}

/**
 * @param {string} name
 * @param {string} text
 */
function words(name, text) {
  const span = document.createElement('span');
  span.className = name;
  span.textContent = text;
  return span;
}

class ProblemList {
  /**
   * @param {EditorView} view
   * @param {{said: string}} silent what to say when there was no answer
   */
  constructor(view, silent) {
    this.view = view;
    this.silent = silent;
    this.dom = document.createElement('div');
    this.dom.className = 'problems';
    this.count = document.createElement('p');
    this.count.setAttribute('role', 'status');
    this.list = document.createElement('ul');
    this.dom.append(this.count, this.list);
    this.count.textContent = 'Checking…';
  }

  /** @param {import("@codemirror/view").ViewUpdate} update */
  update(update) {
    const checked = update.transactions.some((one) => one.effects.some((effect) => effect.is(setDiagnosticsEffect)));
    if (checked) this.show();
  }

  show() {
    /** @type {HTMLLIElement[]} */
    const entries = [];
    forEachDiagnostic(this.view.state, (one, from) => entries.push(this.entry(one, from)));
    const said = this.silent.said || summary(entries.length);
    if (this.count.firstChild?.textContent !== said) {
      this.count.replaceChildren(said);
      if (entries.length) this.count.append(words('problems-keys', ' · F8: the next one'));
    }
    this.list.replaceChildren(...entries);
  }

  /**
   * @param {Diagnostic} one
   * @param {number} from
   */
  entry(one, from) {
    const entry = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    const line = this.view.state.doc.lineAt(from).number;
    button.append(words('problem-line', `Line ${line} `), one.message);
    button.addEventListener('click', () => this.goTo(one));
    entry.append(button);
    return entry;
  }

  /** @param {Diagnostic} one the text may have changed since: its place is looked up again */
  goTo(one) {
    forEachDiagnostic(this.view.state, (other, from) => {
      if (other !== one) return;
      this.view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      this.view.focus();
    });
  }
}
