/**
 * The stage in words, for those who do not see it: a summary now and then, and a table on request.
 *
 * The summary goes to a live region at most every five seconds: a screen reader that never stops talking tells nothing.
 */
import { element, mark, need, say } from 'app/player/dom.js';

/** @typedef {{title: string, what: string, state: string}} Row */

const EVERY = 5000;

export class Summary {
  /**
   * @param {HTMLElement} root
   * @param {{summary: () => string, table: () => Row[]}} stage
   */
  constructor(root, stage) {
    this.stage = stage;
    this.region = need(root, '[data-summary]');
    this.toggle = need(root, '[data-text-view]');
    this.panel = need(root, '[data-text-panel]');
    this.body = need(root, '[data-text-rows]');
    this.told = Number.NEGATIVE_INFINITY;
    this.toggle.addEventListener('click', () => this.show(this.panel.hidden === true));
  }

  /** @param {boolean} shown */
  show(shown) {
    this.panel.hidden = !shown;
    mark(this.toggle, 'aria-pressed', String(shown));
    this.fill();
  }

  /** @param {number} wall */
  update(wall) {
    this.fill();
    if (wall - this.told < EVERY) return;
    this.told = wall;
    say(this.region, this.stage.summary());
  }

  /**
   * Say something at once; the summary waits its time again.
   * @param {string} text
   */
  tell(text) {
    say(this.region, text);
    this.told = performance.now();
  }

  fill() {
    if (this.panel.hidden) return;
    const rows = this.stage.table();
    while (this.body.children.length > rows.length) this.body.lastElementChild?.remove();
    rows.forEach((row, index) => {
      let line = this.body.children[index];
      if (line === undefined) {
        line = element('tr', {}, element('th', { scope: 'row' }), element('td'), element('td'));
        this.body.append(line);
      }
      [row.title, row.what, row.state].forEach((text, column) => {
        say(line.children[column], text);
      });
    });
  }
}
