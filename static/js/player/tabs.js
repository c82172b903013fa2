/**
 * Tabs that show one panel at a time, as the ARIA Authoring Practices describe them ("Tabs Pattern").
 *
 * Which panels are under tabs depends on the room there is: wide pages show the log and the charts all the time and hide
 * their tabs, so the style sheet decides by `data-tab` on the page; this module keeps that word and the ARIA states.
 */
import { mark } from 'app/player/dom.js';

export class Tabs {
  /**
   * @param {HTMLElement} list the element with role=tablist
   * @param {HTMLElement} page the element that carries `data-tab`
   */
  constructor(list, page) {
    this.page = page;
    this.tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role=tab]')]);
    for (const tab of this.tabs) tab.addEventListener('click', () => this.show(tab.dataset.tabName ?? ''));
    list.addEventListener('keydown', (event) => this.pressed(event));
    this.show(page.dataset.tab ?? this.tabs[0]?.dataset.tabName ?? '');
  }

  /** @param {string} name */
  show(name) {
    mark(this.page, 'data-tab', name);
    for (const tab of this.tabs) {
      const chosen = tab.dataset.tabName === name;
      mark(tab, 'aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const there = this.tabs.filter((tab) => tab.offsetParent !== null);
    const at = there.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const targets = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: there.length - 1 };
    if (at < 0 || !(event.key in targets)) return;
    event.preventDefault();
    const next = there[(targets[/** @type {keyof typeof targets} */ (event.key)] + there.length) % there.length];
    this.show(next.dataset.tabName ?? '');
    next.focus();
  }
}
