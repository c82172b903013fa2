/**
 * Notes that come and go: what was refused, why, and the cure; what was copied.
 *
 * A note stays long enough to be read, longer while somebody points at it, and for good when it offers something to do.
 * The same note twice is one note that counts.
 */
import { element, need, say } from 'app/player/dom.js';

const SHORT = 5000;
const PER_CHARACTER = 60;
const MOST = 4;

/** @typedef {{text: string, act: () => void}} Offer */
/** @typedef {{title: string, text?: string, tone?: "bad" | "warn" | "info", offer?: Offer, field?: string}} Note */

export class Toasts {
  /** @param {HTMLElement} root an element with aria-live */
  constructor(root) {
    this.root = root;
  }

  /** @param {Note} note */
  show({ title, text = '', tone = 'info', offer, field }) {
    const same = [...this.root.children].find((old) => old.getAttribute('data-note') === title + text);
    if (same instanceof HTMLElement) {
      const count = Number(same.dataset.count ?? '1') + 1;
      same.dataset.count = String(count);
      say(need(same, '.often'), `×${count}`);
      return;
    }
    const heading = element('p', { class: 'toast-title' }, title, ' ', element('span', { class: 'often' }));
    const toast = element('div', { class: 'toast', 'data-tone': tone, 'data-note': title + text }, heading);
    if (text !== '') toast.append(element('p', { text }));
    if (field !== undefined) toast.append(element('input', { readonly: true, value: field, 'aria-label': title }));
    toast.append(this.buttons(toast, offer));
    this.root.append(toast);
    while (this.root.children.length > MOST) this.root.firstElementChild?.remove();
    if (offer === undefined && field === undefined)
      this.fade(toast, SHORT + PER_CHARACTER * (title.length + text.length));
  }

  /**
   * @param {HTMLElement} toast
   * @param {Offer | undefined} offer
   */
  buttons(toast, offer) {
    const close = element('button', {
      type: 'button',
      class: 'button',
      text: 'Dismiss',
      onclick: () => toast.remove(),
    });
    if (offer === undefined) return element('div', { class: 'toast-buttons' }, close);
    const act = () => {
      toast.remove();
      offer.act();
    };
    const button = element('button', { type: 'button', class: 'button button-main', text: offer.text, onclick: act });
    return element('div', { class: 'toast-buttons' }, button, close);
  }

  /**
   * @param {HTMLElement} toast
   * @param {number} wait
   */
  fade(toast, wait) {
    setTimeout(() => {
      if (toast.matches(':hover, :focus-within')) this.fade(toast, SHORT);
      else toast.remove();
    }, wait);
  }

  /** Take the newest note away; false when there is none. */
  dismiss() {
    const last = this.root.lastElementChild;
    last?.remove();
    return last !== null;
  }
}

/**
 * The note for a refusal of the server.
 * @param {import("app/player/frames.js").Refusal} refusal
 * @param {() => void} fork
 * @returns {Note}
 */
export function refusalNote(refusal, fork) {
  /** @type {Note} */
  const note = { title: refusal.message, text: refusal.cure, tone: refusal.code === 'NotAllowed' ? 'warn' : 'bad' };
  if (refusal.code === 'InThePast') note.offer = { text: 'Fork from here', act: fork };
  return note;
}
