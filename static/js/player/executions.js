/**
 * The executions of a node in the inspector: keeps their list, or the panel of one, up to date with the clock.
 *
 * The parts that draw one are loaded when somebody opens one.
 */
import { bringIntoSight, mark } from 'app/player/dom.js';

/** @typedef {import("app/player/frames.js").Chart} Chart */
/** @typedef {import("app/player/frames.js").View} View */
/** @typedef {import("app/player/execution.js").Execution} Execution */
/** @typedef {import("app/player/execution.js").Graph} Graph */
/** @typedef {import("app/player/execution.js").Stay} Stay */
/** @typedef {(host: HTMLElement, chart: Chart, stays: Stay[], onChoose: (state: number) => void) => Graph} Draw */

const AGAIN = 1500;
const COUNTS = ['running', 'succeeded', 'failed', 'timedOut', 'aborted'];

/**
 * The node in which a message is an execution, or -1.
 * @param {(View | null)[]} views
 * @param {number} id
 */
export function holderOf(views, id) {
  return views.findIndex(
    (view) => view?.tokens && [...view.tokens, ...(view.last ?? [])].some((/** @type {any[]} */ row) => row[0] === id),
  );
}

export class Executions {
  /**
   * @param {HTMLElement} panel the element into which panels are loaded
   * @param {HTMLElement} page the element that carries `data-wide`
   * @param {object} listener
   * @param {() => Chart | null} listener.chartOf the chart of the selected node
   * @param {(time: number) => boolean} listener.onSeek
   * @param {() => Promise<Draw>} listener.drawing loads what draws a chart
   */
  constructor(panel, page, { chartOf, onSeek, drawing }) {
    this.panel = panel;
    this.page = page;
    this.chartOf = chartOf;
    this.onSeek = onSeek;
    this.drawing = drawing;
    /** @type {Execution | null} */
    this.open = null;
    this.finding = 0;
    this.asked = Number.NEGATIVE_INFINITY;
    panel.addEventListener('htmx:afterSettle', () => void this.find());
    panel.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-execution-wide]') : null;
      if (!button) return;
      this.widen(this.page.dataset.wide !== 'true');
      if (this.open) bringIntoSight(this.open.root, true);
    });
  }

  /** Look what has been loaded, and bring it to life. */
  async find() {
    const found = this.panel.querySelector('[data-execution]');
    const turn = ++this.finding;
    if (!(found instanceof HTMLElement)) {
      this.close();
      this.widen(false);
      return;
    }
    const [{ Execution }, draw] = await Promise.all([import('app/player/execution.js'), this.drawing()]);
    if (turn !== this.finding || !found.isConnected) return;
    const choice = this.open?.choice;
    this.close();
    this.open = new Execution(found, this.chartOf(), {
      onSeek: this.onSeek,
      draw,
      onAgain: (address) => this.again(address),
    });
    if (choice?.key === this.open.key) this.open.resume(choice);
    else bringIntoSight(found, true);
    this.widen(this.page.dataset.wide === 'true');
  }

  close() {
    this.open?.destroy();
    this.open = null;
  }

  /** @param {boolean} wide */
  widen(wide) {
    mark(this.page, 'data-wide', String(wide));
    const button = this.panel.querySelector('[data-execution-wide]');
    if (!(button instanceof HTMLElement)) return;
    button.hidden = false;
    mark(button, 'aria-pressed', String(wide));
  }

  /** @param {string} address */
  again(address) {
    this.load(address, '#execution');
  }

  /**
   * Load one part of a panel once more; the rest of it stays as it is.
   * @param {string} address
   * @param {string} part
   */
  load(address, part) {
    const { htmx } = /** @type {{htmx?: {ajax: (verb: string, path: string, context: object) => Promise<void>}}} */ (
      window
    );
    htmx?.ajax('GET', address, { target: part, select: part, swap: 'outerHTML' });
  }

  /**
   * @param {number} now
   * @param {View | null} view of the selected node
   * @param {number} wall
   */
  update(now, view, wall) {
    if (this.open) return this.open.update(now, wall);
    const list = this.panel.querySelector('[data-executions]');
    if (!(list instanceof HTMLElement) || !view || list.contains(document.activeElement)) return;
    const told = COUNTS.map((name) => view[name]).join(' ');
    if (told === list.dataset.told || wall - this.asked < AGAIN) return;
    this.asked = wall;
    this.load(list.dataset.executions ?? '', '[data-executions]');
  }

  /**
   * Somebody has pointed at a state on the stage.
   * @param {number} state
   */
  choose(state) {
    const name = this.open?.chart?.states[state]?.[0];
    if (name !== undefined) this.open?.chooseState(name);
  }
}
