/**
 * The inspector: the panel of the selected node or link, written by the server, kept alive by the page.
 *
 * The panel is a fragment of HTML with forms that work by themselves. Its numbers are marked with `data-live` (a path into
 * the node's view) and `data-live-format`; a list marked `data-live-messages` shows the messages the node holds. Both
 * follow the playhead, so that the panel and the stage always say the same.
 */
import { element, mark, say } from 'app/player/dom.js';
import { FLAGS } from 'app/player/frames.js';
import { age, countdown, duration, label, number, rate, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").View} View */
/** @typedef {{id: number, look: number, hollow: boolean, note: string, state: string, alarm: boolean}} Held */

const COLOURS = 8;
const SEAT_WORDS = ['free', 'asking', 'working', 'cold start'];
const ASLEEP = 1;

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

/**
 * The messages a node holds at `now`, in the order in which they matter, from whatever its view shows of them.
 * @param {View} view
 * @param {number} now
 * @param {{titles: string[], holderDown: (node: number) => boolean}} around
 * @returns {Held[]}
 */
export function heldMessages(view, now, { titles, holderDown }) {
  /** @type {Held[]} */
  const held = [];
  const rest = view.dead ? 'dead letter' : 'waiting';
  for (const [id, look, flags, receives, sent] of view.head ?? []) {
    const state = `${held.length === 0 && !view.dead ? 'next' : rest} · ${age(now - sent)}`;
    held.push(message(id, look, false, often(receives, flags, view.limit ?? 0), state));
  }
  for (const [id, look, flags, receives, , until, holder] of view.shelf ?? []) {
    const soon = until - now <= 5_000_000;
    const down = holder >= 0 && holderDown(holder);
    const who = holder >= 0 ? (down ? `${titles[holder]} is down` : `at ${titles[holder]}`) : '';
    const note = [who, often(receives, flags, view.limit ?? 0)].filter(Boolean).join(' · ');
    held.push({
      ...message(id, look, true, note, `${soon ? 'back in' : 'hidden'} ${countdown(until - now)}`),
      alarm: down,
    });
  }
  for (const [state, id, look, flags, since, until] of view.seats ?? []) {
    if (state <= ASLEEP || id <= 0) continue;
    const left = until > now ? `${countdown(until - now)} left` : `since ${duration(now - since)}`;
    held.push(message(id, look, false, flags & FLAGS.poison ? 'poison' : (SEAT_WORDS[state] ?? ''), left));
  }
  for (const [id, look, , time] of view.last ?? []) {
    held.push(message(id, look, false, '', `stored ${age(now - time)} ago`));
  }
  return held;
}

/**
 * @param {number} id
 * @param {number} look
 * @param {boolean} hollow
 * @param {string} note
 * @param {string} state
 * @returns {Held}
 */
function message(id, look, hollow, note, state) {
  return { id, look, hollow, note, state, alarm: false };
}

/**
 * How often a message was received, and what is odd about it.
 * @param {number} receives
 * @param {number} flags
 * @param {number} limit maxReceiveCount, 0 for none
 */
function often(receives, flags, limit) {
  const parts = [];
  if (receives > 1 || flags & FLAGS.retried) parts.push(limit > 0 ? `×${receives} of ${limit}` : `×${receives}`);
  if (flags & FLAGS.duplicate) parts.push('duplicate');
  if (flags & FLAGS.poison) parts.push('poison');
  return parts.join(' · ');
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
    root.addEventListener('htmx:afterSettle', () => this.find());
    root.addEventListener('click', (event) => this.clicked(event));
    this.find();
  }

  /**
   * Load the panel of a node or link; the one on show is not loaded again, so that a half-filled form stays.
   * @param {string} id
   */
  show(id) {
    if (id === this.shown) return;
    this.shown = id;
    const { htmx } = /** @type {{htmx?: {ajax: (verb: string, path: string, context: object) => Promise<void>}}} */ (
      window
    );
    htmx?.ajax('GET', this.addressOf(id), { target: this.root, swap: 'innerHTML' });
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
    this.live = [...this.root.querySelectorAll('[data-live]')].filter((found) => found instanceof HTMLElement);
    this.lists = [...this.root.querySelectorAll('[data-live-messages]')].filter(
      (found) => found instanceof HTMLElement,
    );
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
      say(target, liveText(lookUp(view, target.dataset.live ?? ''), target.dataset.liveFormat ?? 'number', now));
    }
    if (this.lists.length === 0) return;
    const held = heldMessages(view, now, {
      titles: this.timeline.hello.nodes.map((facts) => facts.title),
      holderDown: (holder) => (views[holder]?.crashed ?? 0) !== 0,
    });
    for (const list of this.lists) this.fill(list, held);
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
