/**
 * Dots drawn pixel by pixel, for machines without a graphics processor: typed arrays and one putImageData.
 *
 * Of all ways to draw ten thousand dots on the processor this was the fastest by far (an order of magnitude before
 * arcs or sprites on a canvas), so it is the fallback, not a poorer picture: same lines, same colours, same
 * positions.
 */

import { lateral, STEPS } from 'app/stage/ways.js';
import { LOST } from 'app/stage/words.js';

/** @typedef {import('app/stage/crowd.js').Dots} Dots */
/** @typedef {import('app/stage/hops.js').Hops} Hops */
/** @typedef {import('app/stage/ways.js').Ways} Ways */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {import('app/stage/types.js').Camera} Camera */

const RADIUS = 2.4;

/** @param {HTMLElement} layer @returns {Dots} */
export function createRaster(layer) {
  const canvas = document.createElement('canvas');
  canvas.className = 'stage-dots';
  layer.append(canvas);
  return new Raster(canvas, /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')));
}

/** @implements {Dots} */
class Raster {
  name = 'raster';

  /** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} pen */
  constructor(canvas, pen) {
    this.canvas = canvas;
    this.pen = pen;
    this.image = pen.createImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.dirty = { top: 0, bottom: 0 };
  }

  /** @param {Hops} hops @param {number} now @param {Camera} camera @param {Ways} ways @param {Theme} theme */
  draw(hops, now, camera, ways, theme) {
    const { width, height } = this.canvas;
    const { top: cleanTop, bottom: cleanBottom } = this.dirty;
    this.pixels.fill(0, cleanTop * width, cleanBottom * width);
    const mask = disc(RADIUS * Math.min(1.4, Math.max(0.8, camera.scale)), width);
    const colours = theme.rgb.map(([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
    const reach = mask.radius + 1;
    const { leave, arrive, way: ways2, flags, look, id, mask: ring } = hops;
    let [low, high] = [height, 0];
    for (let counter = hops.tail; counter < hops.head; counter++) {
      const at = counter & ring;
      const whole = (now - leave[at]) / (arrive[at] - leave[at]);
      if (!(whole >= 0 && whole < 1)) continue;
      const way = ways2[at];
      const part = (flags[at] & LOST ? Math.min(whole, 0.5) : whole) * (STEPS - 1);
      const step = Math.min(part | 0, STEPS - 2);
      const row = (way * STEPS + step) * 4;
      const rest = part - step;
      const side = lateral(id[at]) * ways.widths[way];
      const table = ways.table;
      const x =
        ((table[row] + (table[row + 4] - table[row]) * rest + table[row + 2] * side) * camera.scale + camera.x + 0.5) |
        0;
      const y =
        ((table[row + 1] + (table[row + 5] - table[row + 1]) * rest + table[row + 3] * side) * camera.scale +
          camera.y +
          0.5) |
        0;
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      const colour = colours[look[at] & 7];
      const middle = y * width + x;
      for (const offset of mask.offsets) this.pixels[middle + offset] = colour;
      if (y - reach < low) low = y - reach;
      if (y + reach + 1 > high) high = y + reach + 1;
    }
    const [first, last] = [Math.min(low, cleanTop < cleanBottom ? cleanTop : low), Math.max(high, cleanBottom)];
    if (first < last) this.pen.putImageData(this.image, 0, 0, 0, first, width, last - first);
    this.dirty = low < high ? { top: low, bottom: high } : { top: 0, bottom: 0 };
  }

  clear() {
    this.pixels.fill(0);
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.dirty = { top: 0, bottom: 0 };
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.canvas.width = Math.max(1, Math.round(width));
    this.canvas.height = Math.max(1, Math.round(height));
    this.image = this.pen.createImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.dirty = { top: 0, bottom: 0 };
  }

  lost() {
    return false;
  }

  destroy() {
    this.canvas.remove();
  }
}

/** The pixels of a disc as distances from its middle. @param {number} radius @param {number} width */
export function disc(radius, width) {
  const offsets = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius) offsets.push(y * width + x);
  return { radius: reach, offsets };
}
