/**
 * Which key does what.
 *
 * One table feeds the listener, the help dialog and the tests. A key never acts while somebody types, chooses from a
 * list or has a dialog open, and space is left to a button that has the focus. `.`, `b`, PageUp and PageDown are what
 * presenter remotes send.
 */

/** @typedef {"toggle" | "forward" | "back" | "later" | "earlier" | "faster" | "slower" | "nextMark" | "lastMark" | "search" | "present" | "help" | "escape"} Action */

/** @type {ReadonlyArray<{keys: string[], shift?: boolean, action: Action, shown: string, means: string}>} */
export const KEYS = Object.freeze([
  { keys: [' ', '.', 'b'], action: 'toggle', shown: 'Space, . or b', means: 'Play or pause' },
  { keys: ['ArrowRight'], shift: false, action: 'forward', shown: '→', means: 'To the next event' },
  { keys: ['ArrowLeft'], shift: false, action: 'back', shown: '←', means: 'To the event before' },
  { keys: ['ArrowRight'], shift: true, action: 'later', shown: 'Shift →', means: '10 seconds later' },
  { keys: ['ArrowLeft'], shift: true, action: 'earlier', shown: 'Shift ←', means: '10 seconds earlier' },
  { keys: ['+', '='], action: 'faster', shown: '+', means: 'Faster' },
  { keys: ['-', '_'], action: 'slower', shown: '−', means: 'Slower' },
  { keys: ['PageDown'], action: 'nextMark', shown: 'Page down', means: 'To the next mark on the track' },
  { keys: ['PageUp'], action: 'lastMark', shown: 'Page up', means: 'To the mark before' },
  { keys: ['/'], action: 'search', shown: '/', means: 'Search in the log, and for a message' },
  { keys: ['p'], action: 'present', shown: 'p', means: 'The stage alone, for a projector, and back' },
  { keys: ['?'], action: 'help', shown: '?', means: 'This list' },
  { keys: ['Escape'], action: 'escape', shown: 'Esc', means: 'Stop following, close what is open' },
]);

/**
 * @typedef {object} Press
 * @property {string} key
 * @property {boolean} shiftKey
 * @property {boolean} ctrlKey
 * @property {boolean} metaKey
 * @property {boolean} altKey
 * @property {boolean} defaultPrevented
 */

/**
 * What a key press asks for, or null: `place` says what has the focus.
 * @param {Press} press
 * @param {"page" | "button" | "typing" | "dialog"} place
 * @returns {Action | null}
 */
export function actionOf(press, place) {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (place === 'dialog') return null;
  if (place === 'typing') return press.key === 'Escape' ? 'escape' : null;
  if (place === 'button' && press.key === ' ') return null;
  const entry = KEYS.find(
    ({ keys, shift }) => keys.includes(press.key) && (shift ?? press.shiftKey) === press.shiftKey,
  );
  return entry?.action ?? null;
}

/**
 * What has the focus, as far as keys are concerned.
 * @param {Element | null} target
 * @returns {"page" | "button" | "typing" | "dialog"}
 */
export function placeOf(target) {
  if (document.querySelector('dialog[open]') !== null) return 'dialog';
  if (target === null) return 'page';
  if (target.closest("input, textarea, select, [contenteditable='true']") !== null) {
    return target.closest('input[type=checkbox], input[type=radio]') !== null ? 'button' : 'typing';
  }
  return target.closest('button, a[href], summary, [role=button], [role=tab]') !== null ? 'button' : 'page';
}

/**
 * A button pressed with the pointer gives the focus back, so that the space bar plays and does not press it again.
 * Who uses the keyboard (detail 0) keeps the focus, and so does a form.
 * @param {MouseEvent} event
 */
export function releaseFocus(event) {
  const active = document.activeElement;
  if (event.detail === 0 || !(active instanceof HTMLElement)) return;
  if (active.matches('button:not(form button)') && active.contains(/** @type {Node} */ (event.target))) active.blur();
}
