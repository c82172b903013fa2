/**
 * The inspector: the panel of the selected node or link, written by the server, kept alive by the page.
 *
 * The panel is a fragment of HTML with forms that work by themselves. Its numbers are marked with `data-live` (a path into
 * the node's view) and `data-live-format`; a list marked `data-live-messages` shows the messages the node holds, a table
 * marked `data-live-table` its groups, subscriptions, rules or schedules, and what is marked `data-live-sentence` says one thing, or is hidden. All
 * follow the playhead, so that the panel and the stage always say the same.
 */
import { element, mark, say } from 'app/player/dom.js';
import { heldMessages } from 'app/player/held.js';
import { price, sentenceOf } from 'app/player/live.js';
import { rowsOf } from 'app/player/tables.js';
import { age, countdown, duration, label, number, rate, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").View} View */
/** @typedef {import("app/player/held.js").Held} Held */

const COLOURS = 8;

/**
 * A number of a view in words. `age` reads a moment ("12 s" ago), `time` a moment on the clock, `duration` a span.
 * @param {unknown} value
 * @param {string} format
 * @param {number} now
 * @returns {string}
 */
export function liveText(value, format, now) {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(' · ');
  if (typeof value !== 'number') return String(value);
  if (format === 'age') return age(now - value);
  if (format === 'until') return value === 0 ? '–' : value < 0 ? 'until somebody ends it' : countdown(value - now);
  if (format === 'time') return stamp(value);
  if (format === 'duration') return duration(value);
  if (format === 'price') return price(value);
  return format === 'rate' ? rate(value) : number(value);
}

/**
 * What `path` leads to in a view: "waiting", "seats.0.1".
 * @param {View | null} view
 * @param {string} path
 * @returns {unknown}
 */
export function lookUp(view, path) {
  /** @type {any} */
  let found = view;
  for (const step of path.split('.')) {
    if (found === null || typeof found !== 'object' || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return found;
}

export class Inspector {
  /**
   * @param {HTMLElement} root
   * @param {import("app/player/timeline.js").Timeline} timeline
   * @param {object} listener
   * @param {(id: string) => string} listener.addressOf the address of a node's or link's panel
   * @param {(id: number) => string} listener.addressOfMessage the address of a message's journey as a page
   * @param {(id: number) => void} listener.onFollow
   */
  constructor(root, timeline, { addressOf, addressOfMessage, onFollow }) {
    this.root = root;
    this.timeline = timeline;
    this.addressOf = addressOf;
    this.addressOfMessage = addressOfMessage;
    this.onFollow = onFollow;
    this.shown = '';
    /** @type {HTMLElement[]} */
    this.live = [];
    /** @type {HTMLElement[]} */
    this.lists = [];
    /** @type {HTMLElement[]} */
    this.sentences = [];
    /** @type {HTMLElement[]} */
    this.tables = [];
    root.addEventListener('htmx:afterSettle', () => this.find());
    root.addEventListener('click', (event) => this.clicked(event));
    this.find();
  }

  /**
   * Load the panel of a node or link; the one on show is not loaded again, so that a half-filled form stays.
   * @param {string} id
   * @param {string} [query] what of it, where that is not left open
   */
  show(id, query = '') {
    if (id === this.shown && query === '') return;
    this.shown = id;
    const { htmx } = /** @type {{htmx?: {ajax: (verb: string, path: string, context: object) => Promise<void>}}} */ (
      window
    );
    htmx?.ajax('GET', this.addressOf(id) + query, { target: this.root, swap: 'innerHTML' });
  }

  /**
   * A message in the list is a link to its journey's own page; here it is followed on this one.
   * @param {MouseEvent} event
   */
  clicked(event) {
    const row = event.target instanceof Element ? event.target.closest('[data-message]') : null;
    if (row === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.onFollow(Number(row.getAttribute('data-message')));
  }

  find() {
    this.live = this.marked('[data-live]');
    this.lists = this.marked('[data-live-messages]');
    this.sentences = this.marked('[data-live-sentence]');
    this.tables = this.marked('[data-live-table]');
    this.marked('.notice[role]')[0]?.scrollIntoView({ block: 'nearest' }); // the answer to what was just tried
  }

  /** @param {string} selector */
  marked(selector) {
    return [...this.root.querySelectorAll(selector)].filter((found) => found instanceof HTMLElement);
  }

  /**
   * @param {number} now
   * @param {(View | null)[]} views
   * @param {number | null} node
   */
  update(now, views, node) {
    const view = node === null ? null : views[node];
    if (view === null || view === undefined) return;
    for (const target of this.live) {
      const value = lookUp(view, target.dataset.live ?? '');
      say(target, liveText(value, target.dataset.liveFormat ?? 'number', now));
      const minor = /** @type {HTMLElement | null} */ (target.closest('[data-minor]'));
      if (minor) minor.hidden = !value; // it is shown only while there is anything to count
    }
    for (const target of this.sentences) {
      const text = sentenceOf(target.dataset.liveSentence ?? '', view, now, this.timeline.lines, node);
      say(target, text);
      target.hidden = text === '';
    }
    for (const table of this.tables) this.list(table, view, now);
    if (this.lists.length === 0) return;
    const held = heldMessages(view, now, {
      titles: this.timeline.hello.nodes.map((facts) => facts.title),
      prefixes: this.timeline.hello.prefixes,
      views,
      links: this.timeline.hello.links,
    });
    for (const list of this.lists) this.fill(list, held);
  }

  /**
   * The groups of a queue, the subscriptions of a topic …, a row each.
   * @param {HTMLElement} table
   * @param {View} view
   * @param {number} now
   */
  list(table, view, now) {
    const { nodes, links } = this.timeline.hello;
    const titleOf = (/** @type {number} */ link) => nodes[links[link]?.to]?.title ?? '';
    const rows = rowsOf(table.dataset.liveTable ?? '', view, now, titleOf);
    table.hidden = rows.length === 0;
    const body = table.querySelector('tbody');
    if (body === null) return;
    while (body.children.length > rows.length) body.lastElementChild?.remove();
    rows.forEach((cells, index) => {
      const row =
        body.children[index] ??
        element('tr', {}, element('th', { scope: 'row' }), ...cells.slice(1).map(() => element('td')));
      if (row.parentNode === null) body.append(row);
      cells.forEach((text, column) => {
        say(row.children[column], text);
      });
    });
  }

  /**
   * Show `held` in `list`; a message that stays keeps its element, and with it the focus.
   * @param {HTMLElement} list
   * @param {Held[]} held
   */
  fill(list, held) {
    const old = new Map([...list.children].map((row) => [row.getAttribute('data-message'), row]));
    const rows = held.map((one) => {
      const known = old.get(String(one.id));
      const row = known ?? this.row(one);
      old.delete(String(one.id));
      this.dress(row, one);
      return row;
    });
    for (const gone of old.values()) gone.remove();
    rows.forEach((row, index) => {
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
    if (rows.length === 0)
      list.replaceChildren(element('li', { class: 'soft', text: 'No messages here at this moment.' }));
  }

  /** @param {Held} one */
  row(one) {
    const name = label(one.id, this.timeline.hello.prefixes);
    const link = element(
      'a',
      { class: 'message-link', href: this.addressOfMessage(one.id), title: `Follow ${name}` },
      element('span', { class: 'dot', 'data-colour': (one.look % COLOURS) + 1, 'aria-hidden': 'true' }),
      element('b', { text: name }),
      element('small', { class: 'note' }),
      element('small', { class: 'state' }),
    );
    return element('li', { 'data-message': one.id }, link);
  }

  /**
   * @param {Element} row
   * @param {Held} one
   */
  dress(row, one) {
    const [, note, state] = row.querySelectorAll('b, small');
    const type = this.timeline.looks[one.look] ?? '';
    say(note, [type, one.note].filter(Boolean).join(' · '));
    say(state, one.state);
    row.querySelector('.dot')?.toggleAttribute('data-hollow', one.hollow);
    mark(row, 'data-alarm', String(one.alarm));
  }
}
