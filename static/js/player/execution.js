/**
 * The panel of one execution: its chart, what each state did to the data, and its history, all at the moment on the
 * clock. Choosing in one of them chooses in the others, and sets the clock.
 *
 * The panel is a fragment of HTML that says all there is by itself; this module marks what lies before and after the
 * playhead, opens the stay that the clock is at, and asks for the panel again while the execution goes on.
 */
import { bringIntoSight, mark } from 'app/player/dom.js';

/** @typedef {{ name: string, entered: number, exited: number | null, failed: boolean }} Stay */
/** @typedef {{ update: (now: number, state: number) => void, destroy: () => void }} Graph */
/** @typedef {import("app/player/frames.js").Chart} Chart */

const AGAIN = 1000;

/**
 * The stay to show at a moment: the one chosen while it lasts, else the one that began last.
 * @param {Stay[]} stays in the order in which they began
 * @param {number} now
 * @param {number} chosen its place, or -1
 */
export function stayAt(stays, now, chosen) {
  const one = stays[chosen];
  if (one !== undefined && one.entered <= now && (one.exited === null || now <= one.exited)) return chosen;
  return stays.findLastIndex(({ entered }) => entered <= now);
}

/**
 * The stay in a state that somebody means: the one on show, else the last before this moment, else the first after it.
 * @param {Stay[]} stays
 * @param {string} name
 * @param {number} now
 */
export function stayIn(stays, name, now) {
  const before = stays.findLastIndex((stay) => stay.name === name && stay.entered <= now);
  return before >= 0 ? before : stays.findIndex((stay) => stay.name === name);
}

/**
 * What the list says of one stay. One that was never left ended with the execution, and badly.
 * @param {DOMStringMap} said
 * @param {DOMStringMap} execution
 * @returns {Stay}
 */
export function stayOf({ stateName = '', entered, exited, failed }, { ended }) {
  const broken = exited === undefined && ended !== undefined;
  const until = exited ?? ended;
  return {
    name: stateName,
    entered: Number(entered),
    exited: until === undefined ? null : Number(until),
    failed: failed === 'true' || broken,
  };
}

export class Execution {
  /**
   * @param {HTMLElement} root the element with `data-execution`
   * @param {Chart | null} chart
   * @param {object} listener
   * @param {(time: number) => boolean} listener.onSeek whether the clock goes there
   * @param {(host: HTMLElement, chart: Chart, stays: Stay[], onChoose: (state: number) => void) => Graph} listener.draw
   * @param {(address: string) => void} listener.onAgain ask for the panel once more
   */
  constructor(root, chart, { onSeek, draw, onAgain }) {
    this.root = root;
    this.chart = chart;
    this.onSeek = onSeek;
    this.onAgain = onAgain;
    this.key = root.dataset.execution ?? '';
    this.until = Number(root.dataset.until);
    this.asked = 0;
    this.chosen = -1;
    this.pinned = false;
    this.shown = -2;
    this.now = -1;
    this.items = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('[data-visit]')]);
    this.rows = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('[data-history] [data-time]')]);
    this.stays = this.items.map((item) => stayOf(item.dataset, root.dataset));
    root.addEventListener('click', (event) => this.clicked(event));
    const host = root.querySelector('[data-execution-graph]');
    this.graph = null;
    if (host instanceof HTMLElement && chart) {
      host.hidden = false;
      this.graph = draw(host, chart, this.stays, (state) => this.chooseState(chart.states[state][0]));
    }
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const item = target?.closest('[data-visit]');
    if (item && target?.closest('summary')) {
      event.preventDefault(); // which one is open follows from the clock
      return this.choose(this.items.indexOf(/** @type {HTMLElement} */ (item)));
    }
    const row = target?.closest('[data-time]');
    if (row && !target?.closest('summary, pre')) this.chooseRow(/** @type {HTMLElement} */ (row));
  }

  /** @param {string} name */
  chooseState(name) {
    const found = stayIn(this.stays, name, this.now);
    if (found >= 0) this.choose(found);
  }

  /** @param {number} stay */
  choose(stay) {
    const { entered, exited } = this.stays[stay];
    this.chosen = stay;
    // Where the clock is already within it there is no need to go back to its beginning.
    const within = this.now >= entered && (exited === null || this.now <= exited);
    this.pinned = !within && !this.onSeek(entered);
    this.show();
  }

  /** @param {HTMLElement} row */
  chooseRow(row) {
    this.chosen = Number(row.dataset.ofVisit);
    this.pinned = !this.onSeek(Number(row.dataset.time)) && this.chosen >= 0;
    this.show();
  }

  /**
   * @param {number} now
   * @param {number} wall
   */
  update(now, wall) {
    if (now !== this.now) {
      this.now = now;
      this.show();
    }
    const open = this.root.dataset.status === 'RUNNING';
    if (!open || now <= this.until || wall - this.asked < AGAIN) return;
    this.asked = wall;
    this.onAgain(this.root.dataset.address ?? '');
  }

  show() {
    const { now } = this;
    const at = this.pinned ? this.chosen : stayAt(this.stays, now, this.chosen);
    for (const [index, item] of this.items.entries()) {
      mark(item, 'data-later', String(this.stays[index].entered > now));
      mark(item, 'data-latest', String(index === at));
    }
    let latest = -1;
    for (const [index, row] of this.rows.entries()) {
      const later = Number(row.dataset.time) > now;
      if (!later) latest = index;
      mark(row, 'data-later', String(later));
      mark(row, 'data-chosen', String(at >= 0 && Number(row.dataset.ofVisit) === at));
    }
    for (const [index, row] of this.rows.entries()) mark(row, 'data-latest', String(index === latest));
    const state = this.chart && at >= 0 ? this.chart.states.findIndex(([name]) => name === this.stays[at].name) : -1;
    this.graph?.update(now, state);
    if (at === this.shown) return;
    this.shown = at;
    for (const [index, item] of this.items.entries()) {
      const details = item.querySelector('details');
      if (details) details.open = index === at;
    }
    // Beside the chart, what it did is brought into sight; below it, the chart would be scrolled away.
    const host = this.root.querySelector('[data-execution-graph]');
    const beside = host && at >= 0 && this.items[at].getBoundingClientRect().left > host.getBoundingClientRect().right;
    if (beside) bringIntoSight(this.items[at]);
  }

  /** What is chosen, so that the panel that takes the place of this one goes on with it. */
  get choice() {
    return { key: this.key, chosen: this.chosen, pinned: this.pinned };
  }

  /** @param {{ chosen: number, pinned: boolean }} choice */
  resume({ chosen, pinned }) {
    if (chosen >= this.stays.length) return;
    [this.chosen, this.pinned] = [chosen, pinned];
  }

  destroy() {
    this.graph?.destroy();
  }
}
