/**
 * An editor for JSON in place of a text field: colours, folding, search, and the server's problems in the margin.
 *
 * The field stays where it is, hidden, and carries the text into forms; so what reads it (a form, htmx) need not know of the editor.
 * Tab leaves the editor, as it leaves any field. The editor stands in a shadow root, whose style sheets are constructed: a policy
 * without inline styles allows that, and the page's styles do not reach in. Source: CodeMirror, "System Guide" and `EditorView.root`.
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { nextDiagnostic, previousDiagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  tooltips,
} from '@codemirror/view';
import { look } from 'app/editor/look.js';
import { problemsInTheMargin } from 'app/editor/problems.js';

const WRITE_AFTER = 150;
const BLINK = 1200;

export class DefinitionEditor {
  /** @param {HTMLTextAreaElement} field with the address of its check in `data-definition` */
  constructor(field) {
    this.field = field;
    this.late = 0;
    this.host = document.createElement('div');
    this.host.className = 'definition-editor';
    const root = this.host.attachShadow({ mode: 'open' });
    field.after(this.host);
    this.tips = document.createElement('div'); // outside the frame, which would cut them off
    root.append(this.tips);
    this.view = new EditorView({ root, parent: root, state: this.state(nameOf(field)) });
    this.takeOver();
  }

  /** @param {string} name what the field is called, for those who can't see it */
  state(name) {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    return EditorState.create({
      doc: this.field.value,
      extensions: [
        lineNumbers(),
        foldGutter(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        highlightSpecialChars(),
        history(),
        drawSelection({ cursorBlinkRate: still ? 0 : BLINK }),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of('  '),
        EditorState.tabSize.of(2),
        EditorState.readOnly.of(this.field.readOnly || this.field.disabled),
        search({ top: true }),
        highlightSelectionMatches(),
        json(),
        look,
        tooltips({ parent: this.tips }),
        problemsInTheMargin(this.field.dataset.definition ?? '', () => tokenOf(this.field)),
        keymap.of([
          { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
          ...searchKeymap,
          ...foldKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({ 'aria-label': name, tabindex: '0', ...describedBy(this.field) }),
        EditorView.updateListener.of((update) => update.docChanged && this.writeSoon()),
        EditorView.domEventHandlers({ beforeinput: replaceSelected, blur: () => this.write() }),
      ],
    });
  }

  /** The field gives its place, its label and the cursor that stands in it to the editor, and gets every text. */
  takeOver() {
    const { field, view } = this;
    if (document.activeElement === field) {
      view.dispatch({ selection: { anchor: field.selectionStart, head: field.selectionEnd } });
      view.focus();
    }
    field.hidden = true;
    this.host.addEventListener('keydown', (event) => event.stopPropagation()); // the page's keys are not for whoever types
    for (const label of [...(field.labels ?? [])]) {
      label.removeAttribute('for');
      label.addEventListener('click', () => view.focus());
    }
    field.form?.addEventListener('formdata', (event) => {
      this.write();
      if (field.name && !field.disabled && event.formData.has(field.name)) event.formData.set(field.name, field.value);
    });
    field.addEventListener('htmx:beforeCleanupElement', () => view.destroy());
    field.form?.addEventListener('reset', () => window.setTimeout(() => this.read()));
  }

  writeSoon() {
    window.clearTimeout(this.late);
    this.late = window.setTimeout(() => this.write(), WRITE_AFTER);
  }

  /** Put the text into the field, and tell whoever listens to it. */
  write() {
    window.clearTimeout(this.late);
    const text = this.view.state.doc.toString();
    if (text === this.field.value) return;
    this.field.value = text;
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Take the text of the field. */
  read() {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: this.field.value } });
  }
}

/**
 * What is typed over selected text is put in its place by the editor: a browser would keep the look of what was there by a style
 * attribute, which the policy refuses with an error in the console.
 * @param {InputEvent} event
 * @param {EditorView} view
 */
function replaceSelected(event, view) {
  if (event.inputType !== 'insertText' || event.data === null) return false;
  if (view.composing || view.state.readOnly || view.state.selection.main.empty) return false;
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
  return true;
}

/** @param {HTMLTextAreaElement} field */
function nameOf(field) {
  const label = field.labels?.[0]?.textContent?.trim().replace(/:$/, '');
  return field.getAttribute('aria-label') || label || field.name || 'Definition';
}

/**
 * @param {HTMLTextAreaElement} field
 * @returns {Record<string, string>} attributes for the help that belongs to the field; ids do not reach into a shadow root
 */
function describedBy(field) {
  const ids = (field.getAttribute('aria-describedby') ?? '').split(/\s+/).filter(Boolean);
  const words = ids.map((id) => document.getElementById(id)?.textContent?.trim() ?? '').filter(Boolean);
  return words.length ? { 'aria-description': words.join(' ') } : {};
}

/**
 * @param {HTMLTextAreaElement} field
 * @returns {string} from its form, or from what every htmx request of the page carries
 */
function tokenOf(field) {
  const own = field.form?.elements.namedItem('csrfmiddlewaretoken');
  if (own instanceof HTMLInputElement) return own.value;
  return JSON.parse(document.body.getAttribute('hx-headers') ?? '{}')['x-csrftoken'] ?? '';
}
