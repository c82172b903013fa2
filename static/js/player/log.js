/**
 * The log: what happened, in sentences, newest first.
 *
 * The third of the linked views of a run (stage, journeys, log). It shows nothing later than the playhead. Clicking a
 * line goes to its moment; clicking a message's name follows the message. The name is found in the sentence by its label,
 * so that sentences stay plain text on the wire.
 */
import { element, mark, need, say } from 'app/player/dom.js';
import { isMoving } from 'app/player/timeline.js';
import { label, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/timeline.js").Line} Line */
/** @typedef {import("app/player/timeline.js").Timeline} Timeline */

const DRAWN = 200;
const DRAWN_MOVING = 50;

/** A sign for each level beside its colour, and what a screen reader says for it. */
const SIGNS = new Map([
  ['info', ['', '']],
  ['good', ['✓', 'good: ']],
  ['warn', ['▲', 'warning: ']],
  ['bad', ['✕', 'failure: ']],
]);

/**
 * The lines to draw at `now`, newest first: those whose time has come and whose text holds every word of the filter.
 * @param {Line[]} lines newest last
 * @param {number} now
 * @param {string} filter
 * @param {number} limit
 * @returns {Line[]}
 */
export function visibleLines(lines, now, filter, limit) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (let index = lines.length - 1; index >= 0 && found.length < limit; index -= 1) {
    const line = lines[index];
    if (line.time > now) continue;
    const text = words.length === 0 ? '' : `${stamp(line.time)} ${line.sentence}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(line);
  }
  return found;
}

/**
 * Cut a sentence around the first place where `name` stands as a whole word.
 * @param {string} sentence
 * @param {string} name
 * @returns {[before: string, name: string, after: string]} the name is "" when it does not occur
 */
export function around(sentence, name) {
  let at = name === '' ? -1 : sentence.indexOf(name);
  while (at >= 0) {
    const after = sentence[at + name.length] ?? '';
    if (!/[\w-]/.test(sentence[at - 1] ?? '') && !/\w/.test(after)) {
      return [sentence.slice(0, at), name, sentence.slice(at + name.length)];
    }
    at = sentence.indexOf(name, at + 1);
  }
  return [sentence, '', ''];
}

/**
 * A sentence with its message's name as a button that follows the message.
 * @param {string} sentence
 * @param {number} message
 * @param {string[]} prefixes
 * @param {(id: number) => void} onFollow
 * @returns {(Node | string)[]}
 */
export function sentenceParts(sentence, message, prefixes, onFollow) {
  const [before, name, after] = around(sentence, message === 0 ? '' : label(message, prefixes));
  if (name === '') return [sentence];
  const button = element('button', { type: 'button', class: 'name', text: name, title: `Follow ${name}` });
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    onFollow(message);
  });
  return [before, button, after];
}

/**
 * The sign of a level, visible and spoken.
 * @param {string} level
 */
export function levelSign(level) {
  const [sign, spoken] = SIGNS.get(level) ?? ['', ''];
  return element(
    'span',
    { class: 'sign' },
    element('span', { 'aria-hidden': 'true', text: sign }),
    element('span', { class: 'unseen', text: spoken }),
  );
}

export class Log {
  /**
   * @param {HTMLElement} root
   * @param {Timeline} timeline
   * @param {{onSeek: (to: number) => void, onFollow: (id: number) => void}} listener
   */
  constructor(root, timeline, { onSeek, onFollow }) {
    this.timeline = timeline;
    this.onSeek = onSeek;
    this.onFollow = onFollow;
    this.list = need(root, '[data-log-lines]');
    this.empty = need(root, '[data-log-empty]');
    this.search = /** @type {HTMLInputElement} */ (need(root, '[data-log-search]'));
    /** @type {Map<number, HTMLElement>} rows by the line's order */
    this.rows = new Map();
    this.search.addEventListener('input', () => this.update(this.now));
    this.now = 0;
    this.drawn = '';
  }

  /**
   * While time runs only as many lines are drawn as can be seen: at a high pace all of them change ten times a second.
   * @param {number} now
   */
  update(now) {
    this.now = now;
    const filter = this.search.value;
    const lines = visibleLines(this.timeline.lines, now, filter, isMoving(this.timeline.mode) ? DRAWN_MOVING : DRAWN);
    const drawn = `${filter}|${lines.length}|${lines[0]?.order}|${lines[lines.length - 1]?.order}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const rows = new Map(lines.map((line) => [line.order, this.rows.get(line.order) ?? this.row(line)]));
    this.arrange([...rows.values()]);
    this.rows = rows;
    this.empty.hidden = lines.length > 0;
    say(this.empty, filter === '' ? 'Nothing has happened yet.' : this.nothingFound());
  }

  nothingFound() {
    return `None of the last ${this.timeline.lines.length} lines holds these words.`;
  }

  /**
   * Put the rows in order, touching only those that moved, so that the one with the focus stays where it is.
   * @param {HTMLElement[]} rows
   */
  arrange(rows) {
    const keep = new Set(rows);
    for (const old of [...this.list.children]) if (!keep.has(/** @type {HTMLElement} */ (old))) old.remove();
    rows.forEach((row, index) => {
      if (this.list.children[index] !== row) this.list.insertBefore(row, this.list.children[index] ?? null);
      mark(row, 'data-latest', String(index === 0));
    });
  }

  /** @param {Line} line */
  row(line) {
    const time = element('button', { type: 'button', class: 'time', title: 'Go to this moment' }, stamp(line.time));
    const parts = sentenceParts(line.sentence, line.message, this.timeline.hello.prefixes, this.onFollow);
    const row = element('li', { 'data-level': line.level }, time, levelSign(line.level), element('span', {}, ...parts));
    row.addEventListener('click', () => this.onSeek(line.time));
    return row;
  }

  focusSearch() {
    this.search.focus();
    this.search.select();
  }
}
