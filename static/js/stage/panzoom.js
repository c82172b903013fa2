/**
 * Looking closer: wheel, drag, pinch, double click and three buttons move a camera on top of the one that fits the map.
 *
 * At rest the camera is the fitted one, a finger scrolls the page, and nothing can get lost; zoomed in, a finger
 * drags the map.
 */

/** @typedef {import('app/stage/types.js').Camera} Camera */
/** @typedef {import('app/stage/types.js').Point} Point */

const CLOSEST = 8;
const SLACK = 5; // pixels a pointer may move and still click
const STEP = 1.4;

/**
 * The second camera looks at the picture of the first.
 * @param {Camera} inner @param {Camera} outer @returns {Camera}
 */
export function compose(inner, outer) {
  return { scale: inner.scale * outer.scale, x: inner.x * outer.scale + outer.x, y: inner.y * outer.scale + outer.y };
}

/**
 * A camera scaled about a point that stays where it is; never smaller than the whole, never off the edge.
 * @param {Camera} camera @param {number} factor @param {Point} about @param {{ width: number, height: number }} size
 * @returns {Camera}
 */
export function zoomed(camera, factor, about, size) {
  const scale = Math.min(CLOSEST, Math.max(1, camera.scale * factor));
  const ratio = scale / camera.scale;
  return kept({ scale, x: about.x - (about.x - camera.x) * ratio, y: about.y - (about.y - camera.y) * ratio }, size);
}

/**
 * The nearest camera that leaves no empty margin.
 * @param {Camera} camera @param {{ width: number, height: number }} size @returns {Camera}
 */
export function kept(camera, size) {
  const { scale } = camera;
  return {
    scale,
    x: Math.min(0, Math.max(size.width * (1 - scale), camera.x)),
    y: Math.min(0, Math.max(size.height * (1 - scale), camera.y)),
  };
}

export class PanZoom {
  /** @param {HTMLElement} host @param {() => void} changed */
  constructor(host, changed) {
    this.host = host;
    this.changed = changed;
    /** @type {Camera} */
    this.camera = { scale: 1, x: 0, y: 0 };
    this.dragged = false; // whether the gesture that has just ended moved the map: then it was no click
    /** @type {Map<number, Point>} */
    this.pointers = new Map();
    this.travelled = 0;
    this.ends = new AbortController();
    const signal = this.ends.signal;
    host.addEventListener('wheel', (event) => this.wheel(event), { passive: false, signal });
    host.addEventListener('pointerdown', (event) => this.down(event), { signal });
    host.addEventListener('pointermove', (event) => this.move(event), { signal });
    host.addEventListener('pointerup', (event) => this.up(event), { signal });
    host.addEventListener('pointercancel', (event) => this.up(event), { signal });
    host.addEventListener('dblclick', (event) => !within(event.target, 'button') && this.fit(), { signal });
  }

  fit() {
    this.look({ scale: 1, x: 0, y: 0 });
  }

  /** @param {number} direction  1 closer, -1 farther */
  step(direction) {
    const size = this.size();
    this.look(zoomed(this.camera, STEP ** direction, { x: size.width / 2, y: size.height / 2 }, size));
  }

  /** Moves the least that brings a spot (in pixels of the fitted map) into view. @param {Point} spot */
  reveal(spot) {
    const size = this.size();
    const { scale, x, y } = this.camera;
    const [left, top] = [spot.x * scale + x, spot.y * scale + y];
    const margin = 60;
    if (left >= margin && left <= size.width - margin && top >= margin && top <= size.height - margin) return;
    this.look(kept({ scale, x: size.width / 2 - spot.x * scale, y: size.height / 2 - spot.y * scale }, size));
  }

  destroy() {
    this.ends.abort();
  }

  /** @param {Camera} camera */
  look(camera) {
    this.camera = camera;
    this.host.classList.toggle('is-zoomed', camera.scale > 1.001);
    this.host.querySelector('.stage-zoom')?.classList.toggle('is-wanted', camera.scale > 1.001);
    this.changed();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const farther = event.deltaY > 0 && this.camera.scale <= 1;
    if (farther) return; // nothing left to do here: the page may scroll
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.look(
      zoomed(
        this.camera,
        Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)),
        this.spot(event),
        this.size(),
      ),
    );
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || within(event.target, 'button')) return;
    if (this.pointers.size === 0) this.travelled = 0;
    this.pointers.set(event.pointerId, this.spot(event));
    this.dragged = false;
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const after = this.spot(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, after);
    this.travelled += Math.hypot(after.x - before.x, after.y - before.y);
    if (this.travelled < SLACK) return;
    if (other) this.pinch(before, after, other);
    else if (this.camera.scale > 1)
      this.look(
        kept(
          { ...this.camera, x: this.camera.x + after.x - before.x, y: this.camera.y + after.y - before.y },
          this.size(),
        ),
      );
    if (!this.dragged && !this.host.hasPointerCapture(event.pointerId)) this.host.setPointerCapture(event.pointerId);
    this.dragged = true;
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.pointers.delete(event.pointerId);
  }

  /** @param {Point} before @param {Point} after @param {Point} other */
  pinch(before, after, other) {
    const factor =
      Math.hypot(after.x - other.x, after.y - other.y) /
      Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    const middle = { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 };
    const shift = {
      ...this.camera,
      x: this.camera.x + (after.x - before.x) / 2,
      y: this.camera.y + (after.y - before.y) / 2,
    };
    this.look(zoomed(shift, factor, middle, this.size()));
  }

  /** @param {MouseEvent} event @returns {Point} */
  spot(event) {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  size() {
    return { width: this.host.clientWidth, height: this.host.clientHeight };
  }
}

/** @param {EventTarget | null} target @param {string} selector */
function within(target, selector) {
  return target instanceof Element && target.closest(selector) !== null;
}
