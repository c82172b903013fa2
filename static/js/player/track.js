/**
 * The scrub track: the whole run as one line, with what happened marked on it.
 *
 * A slider in the sense of ARIA, so keyboards and screen readers have it too. Pointing shows the time and, near a mark,
 * what happened there; dragging shows where the clock would go; letting go seeks. While the run stands, dragging seeks
 * along the way, a few times a second, so that one can look for a moment by eye.
 */
import { drawing, element, mark, need, say } from 'app/player/dom.js';
import { length, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").Mark} Mark */

const SECOND = 1_000_000;
const SNAP_PIXELS = 7;
const SCRUB_EVERY = 250;
const FLASH = 4000;

/** A shape for each kind of mark, in a box of 10 by 10, so that colour is never the only difference. */
const SHAPES = new Map([
  ['fault', 'M6 0 1.5 5.8h3L3.6 10 8.6 4H5.4z'],
  ['redelivered', 'M0 1h10L5 9.5z'],
  ['dead', 'M1.6 0 5 3.4 8.4 0 10 1.6 6.6 5 10 8.4 8.4 10 5 6.6 1.6 10 0 8.4 3.4 5 0 1.6z'],
  ['beat', 'M5 .5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z'],
  ['you', 'M5 0 10 5 5 10 0 5z'],
  ['discarded', 'M0 0h10v10H0zM2.2 2.2v5.6h5.6V2.2z'],
]);

/** What the kinds are called where there is room for one word. */
export const MARK_NAMES = new Map([
  ['fault', 'Fault'],
  ['redelivered', 'Redelivered'],
  ['dead', 'Dead letter'],
  ['beat', 'Story'],
  ['you', 'You'],
  ['discarded', 'Discarded'],
]);

/**
 * The mark nearest to `time`, if it lies within `reach`.
 * @param {Mark[]} marks
 * @param {number} time
 * @param {number} reach
 * @returns {Mark | null}
 */
export function nearestMark(marks, time, reach) {
  let best = null;
  let distance = reach;
  for (const candidate of marks) {
    const away = Math.abs(candidate[0] - time);
    if (away <= distance) [best, distance] = [candidate, away];
  }
  return best;
}

/**
 * The next mark after `now` (direction 1), or the last one before it (direction -1). Marks closer than a millisecond
 * are where we stand already.
 * @param {Mark[]} marks in any order
 * @param {number} now
 * @param {1 | -1} direction
 * @returns {Mark | null}
 */
export function neighbour(marks, now, direction) {
  let best = null;
  for (const candidate of marks) {
    const ahead = (candidate[0] - now) * direction;
    if (ahead > 1000 && (best === null || (candidate[0] - best[0]) * direction < 0)) best = candidate;
  }
  return best;
}

/**
 * Where a key on the slider goes, or null when the slider has no use for it.
 * @param {{key: string, shiftKey: boolean}} press
 * @param {number} from
 * @param {{length: number, furthest: number}} reach
 * @returns {number | null}
 */
export function keyTarget(press, from, { length, furthest }) {
  const step = press.shiftKey ? 10 * SECOND : SECOND;
  if (press.key === 'ArrowRight' || press.key === 'ArrowUp') return Math.min(length, from + step);
  if (press.key === 'ArrowLeft' || press.key === 'ArrowDown') return Math.max(0, from - step);
  if (press.key === 'Home') return 0;
  return press.key === 'End' ? furthest : null;
}

/**
 * What a mark says: its time and its sentence, and how often when it stands for several.
 * @param {Mark} found
 */
export function markWords([time, kind, text, count]) {
  const often = count > 1 ? ` ×${count}` : '';
  return `${stamp(time)} · ${text || (MARK_NAMES.get(kind) ?? kind)}${often}`;
}

export class Track {
  /**
   * @param {HTMLElement} root the slider
   * @param {number} whole length of the run
   * @param {object} listener
   * @param {(to: number) => void} listener.onSeek
   * @param {() => boolean} listener.mayScrub whether dragging may seek along the way
   */
  constructor(root, whole, { onSeek, mayScrub }) {
    this.root = root;
    this.length = Math.max(1, whole);
    this.onSeek = onSeek;
    this.mayScrub = mayScrub;
    this.reached = need(root, '[data-reached]');
    this.done = need(root, '[data-done]');
    this.head = need(root, '[data-head]');
    this.ghost = need(root, '[data-ghost]');
    this.bubble = need(root, '[data-bubble]');
    this.marksLayer = need(root, '[data-marks]');
    /** @type {Mark[]} */
    this.marks = [];
    this.drawnMarks = '';
    this.furthest = 0;
    this.position = 0;
    this.dragging = false;
    this.disabled = false;
    this.scrubbed = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.fading = undefined;
    mark(root, 'aria-valuemax', String(Math.round(this.length / 1000)));
    this.listen();
  }

  listen() {
    const { root } = this;
    root.addEventListener('pointermove', (event) => this.pointed(event));
    root.addEventListener('pointerleave', () => !this.dragging && this.point(null));
    root.addEventListener('pointerdown', (event) => {
      if (this.disabled || event.button !== 0) return;
      this.dragging = true;
      root.setPointerCapture(event.pointerId);
      this.pointed(event);
    });
    root.addEventListener('pointerup', (event) => {
      if (!this.dragging) return;
      this.dragging = false;
      this.onSeek(this.timeAt(event.clientX));
      if (event.pointerType !== 'mouse') this.point(null);
    });
    // Text selected on the page would otherwise be dragged away instead of the head.
    root.addEventListener('dragstart', (event) => event.preventDefault());
    root.addEventListener('pointercancel', () => {
      this.dragging = false;
      this.point(null);
    });
    root.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || this.disabled) return;
      const target = keyTarget(event, this.position, this);
      if (target === null) return;
      event.preventDefault();
      this.onSeek(target);
    });
  }

  /**
   * The moment under the pointer; exactly a mark's when the pointer is on it.
   * @param {number} x
   */
  timeAt(x) {
    const box = this.root.getBoundingClientRect();
    const time = Math.min(1, Math.max(0, (x - box.left) / Math.max(1, box.width))) * this.length;
    const found = nearestMark(this.marks, time, (SNAP_PIXELS / Math.max(1, box.width)) * this.length);
    return Math.round(found === null ? time : found[0]);
  }

  /** @param {PointerEvent} event */
  pointed(event) {
    const time = this.timeAt(event.clientX);
    this.point(time);
    if (!this.dragging || !this.mayScrub() || time > this.furthest) return;
    if (event.timeStamp - this.scrubbed < SCRUB_EVERY) return;
    this.scrubbed = event.timeStamp;
    this.onSeek(time);
  }

  /**
   * Show a cursor at `time`, with what happened there; null takes it away. Charts use it too.
   * @param {number | null} time
   */
  point(time) {
    clearTimeout(this.fading);
    this.ghost.hidden = time === null;
    this.bubble.hidden = time === null;
    if (time === null) return;
    const found = this.marks.find((candidate) => candidate[0] === time);
    say(this.bubble, found === undefined ? stamp(time) : markWords(found));
    const share = time / this.length;
    this.ghost.style.left = percent(share);
    this.bubble.style.left = percent(share);
    this.bubble.style.transform = `translateX(${-Math.round(share * 100)}%)`;
  }

  /**
   * Show what happened at a mark for as long as it takes to read.
   * @param {Mark} found
   */
  flash(found) {
    clearTimeout(this.fading);
    this.point(found[0]);
    this.fading = setTimeout(() => this.point(null), FLASH);
  }

  /**
   * @param {number} now
   * @param {number} furthest
   * @param {number | null} target where the run has been asked to go
   */
  update(now, furthest, target) {
    this.furthest = furthest;
    this.position = target ?? now;
    this.done.style.width = percent(now / this.length);
    this.reached.style.width = percent(furthest / this.length);
    this.head.style.left = percent((target ?? now) / this.length);
    mark(this.root, 'aria-valuenow', String(Math.round(this.position / SECOND) * 1000));
    mark(this.root, 'aria-valuetext', `${length(this.position)} of ${length(this.length)}`);
  }

  /** @param {Mark[]} marks */
  showMarks(marks) {
    this.marks = marks;
    const drawn = marks.map(([time, kind, , count]) => `${time}${kind}${count}`).join();
    if (drawn === this.drawnMarks) return;
    this.drawnMarks = drawn;
    this.marksLayer.replaceChildren(...marks.map((found) => this.markElement(found)));
  }

  /** @param {Mark} found */
  markElement(found) {
    const [time, kind] = found;
    const icon = markIcon(kind);
    const holder = element('span', { class: 'track-mark', 'data-kind': kind, 'data-time': time }, icon);
    holder.style.left = percent(time / this.length);
    return holder;
  }

  /** @param {boolean} disabled */
  disable(disabled) {
    this.disabled = disabled;
    mark(this.root, 'aria-disabled', String(disabled));
  }
}

/**
 * The shape of a kind of mark.
 * @param {string} kind
 */
export function markIcon(kind) {
  const path = drawing('path', { d: SHAPES.get(kind) ?? 'M0 0h10v10H0z', 'fill-rule': 'evenodd' });
  return drawing('svg', { viewBox: '0 0 10 10', width: 10, height: 10, 'aria-hidden': 'true' }, path);
}

/** @param {number} share */
function percent(share) {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
}
