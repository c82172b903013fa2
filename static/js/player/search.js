/**
 * The search for messages: the box above the log also asks the server, which knows the whole run.
 *
 * The log below shows which of its lines hold the words; this list shows the messages that are called so, say so, or
 * have had that happen to them. Enter follows the first of them, the arrows go through the list.
 */
import { element, need, say } from 'app/player/dom.js';
import { number, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").Found} Found */

const WAIT = 250;

/**
 * What a search came to, in words.
 * @param {Found} found
 */
export function foundWords({ messages, more, searched, records }) {
  const short = searched > 0 && searched < records ? ` The last ${number(searched)} records were looked through.` : '';
  if (messages.length === 0) return `No message is called so, says so, or had that happen to it.${short}`;
  const count = messages.length === 1 ? '1 message' : `${number(messages.length)} messages`;
  const others = more > 0 ? ` and ${number(more)} more` : '';
  return `${count}${others}; Enter follows the first.${short}`;
}

export class Search {
  /**
   * @param {HTMLElement} root the panel of the log
   * @param {{onAsk: (query: string) => void, onFollow: (id: number) => void}} listener
   */
  constructor(root, { onAsk, onFollow }) {
    this.onAsk = onAsk;
    this.onFollow = onFollow;
    this.box = /** @type {HTMLInputElement} */ (need(root, '[data-log-search]'));
    this.panel = need(root, '[data-found]');
    this.status = need(root, '[data-found-status]');
    this.list = need(root, '[data-found-list]');
    /** @type {Found | null} */
    this.found = null;
    this.asked = '';
    this.follows = false;
    this.timer = 0;
    this.box.addEventListener('input', () => this.wait());
    this.box.addEventListener('keydown', (event) => this.pressed(event));
    this.list.addEventListener('keydown', (event) => this.walked(event));
  }

  get query() {
    return this.box.value.trim();
  }

  /** Ask when nobody has typed for a moment. */
  wait() {
    clearTimeout(this.timer);
    this.follows = false;
    if (this.query === '') this.hide();
    else this.timer = window.setTimeout(() => this.ask(), WAIT);
  }

  ask() {
    clearTimeout(this.timer);
    if (this.query === '') return;
    this.asked = this.query;
    this.onAsk(this.asked);
  }

  hide() {
    this.found = null;
    this.asked = '';
    this.panel.hidden = true;
  }

  /** @param {Found} found */
  hear(found) {
    if (found.query !== this.asked || found.query !== this.query) return;
    this.found = found;
    this.panel.hidden = false;
    say(this.status, foundWords(found));
    this.list.replaceChildren(...found.messages.map((row) => this.row(row)));
    if (this.follows) this.followFirst();
  }

  /** @param {Found["messages"][number]} row */
  row([id, label, type, time, state]) {
    const button = element(
      'button',
      { type: 'button', title: `Follow ${label}`, 'data-message': id },
      element('b', { text: label }),
      element('span', { text: [type, state].filter(Boolean).join(' · ') }),
      element('small', { text: stamp(time) }),
    );
    button.addEventListener('click', () => this.onFollow(id));
    return element('li', {}, button);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === 'Enter' && this.query !== '') {
      event.preventDefault();
      if (this.found !== null && this.found.query === this.query) this.followFirst();
      else {
        this.follows = true;
        this.ask();
      }
    } else if (event.key === 'ArrowDown' && !this.panel.hidden) {
      event.preventDefault();
      this.buttons()[0]?.focus();
    }
  }

  followFirst() {
    this.follows = false;
    const [first] = this.found?.messages ?? [];
    if (first !== undefined) this.onFollow(first[0]);
  }

  /** @param {KeyboardEvent} event */
  walked(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = this.buttons();
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + step;
    (at < 0 ? this.box : (buttons[at] ?? buttons[buttons.length - 1])).focus();
  }

  buttons() {
    return [...this.list.querySelectorAll('button')];
  }
}
