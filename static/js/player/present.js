/**
 * The view for a projector: the stage alone, with the last sentence of the log below it.
 *
 * It only hides panels; the run, the bar and every key stay as they are. A tab remembers it, other tabs of the same
 * browser do not: the lecturer's own screen shows the panels while the wall shows the stage.
 */
import { mark } from 'app/player/dom.js';

const STORE = 'waystation:present';

export class Present {
  /**
   * @param {HTMLElement} page the element that carries `data-present`
   * @param {HTMLElement} button
   * @param {(text: string) => void} tell say something to those who listen rather than look
   */
  constructor(page, button, tell) {
    this.page = page;
    this.button = button;
    this.tell = tell;
    this.on = remembered();
    this.show();
  }

  toggle() {
    this.on = !this.on;
    remember(this.on);
    const focused = document.activeElement;
    this.show();
    // What had the focus may be hidden now; the button that brings it back is the place to go on from.
    if (focused instanceof HTMLElement && focused !== document.body && focused.offsetParent === null)
      this.button.focus();
    this.tell(
      this.on ? 'The stage alone. Press p to have the panels back.' : 'The inspector, the log and the charts are back.',
    );
  }

  show() {
    mark(this.page, 'data-present', String(this.on));
    mark(this.button, 'aria-pressed', String(this.on));
  }
}

function remembered() {
  try {
    return window.sessionStorage.getItem(STORE) === 'yes';
  } catch {
    return false; // storage is off: the view still works
  }
}

/** @param {boolean} on */
function remember(on) {
  try {
    if (on) window.sessionStorage.setItem(STORE, 'yes');
    else window.sessionStorage.removeItem(STORE);
  } catch {
    // Not kept, yet shown.
  }
}
