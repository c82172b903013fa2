/**
 * Whether services are called by AWS's names or by neutral ones: the reader's choice, kept in their browser.
 *
 * A browser that keeps nothing (storage is off) still has the choice for as long as the page is open.
 */
import { mark } from 'app/player/dom.js';

/** @typedef {'aws' | 'neutral'} Names */

const STORE = 'waystation:names';

/** @returns {Names} */
export function storedNames() {
  try {
    return localStorage.getItem(STORE) === 'neutral' ? 'neutral' : 'aws';
  } catch {
    return 'aws';
  }
}

/** @param {Names} names */
function keepNames(names) {
  try {
    localStorage.setItem(STORE, names);
  } catch {
    // Storage is off: the choice holds for this page.
  }
}

/**
 * Attach the buttons marked `data-names`, show which one holds, and tell of a choice.
 * @param {(names: Names) => void} onChoose
 */
export function attachNames(onChoose) {
  const buttons = [...document.querySelectorAll('[data-names]')];
  const show = (/** @type {Names} */ names) => {
    for (const button of buttons) mark(button, 'aria-pressed', String(button.getAttribute('data-names') === names));
  };
  for (const button of buttons) {
    const names = button.getAttribute('data-names') === 'aws' ? 'aws' : 'neutral';
    button.addEventListener('click', () => {
      keepNames(names);
      show(names);
      onChoose(names);
    });
  }
  show(storedNames());
}
