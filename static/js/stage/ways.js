/**
 * Every link in both directions as a line, and as rows of a table from which the shader and the raster read positions.
 *
 * A way is `2 * link + (1 if back)`. What travels back keeps to its own side, so that two that meet do not hide each
 * other.
 */

import { beside, pointAt, polyline, reversed, tabulate } from 'app/stage/geometry.js';

/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/geometry.js').Polyline} Polyline */

export const STEPS = 64;
export const BESIDE = -17; // pixels of the map; negative: to the left of whoever walks

export class Ways {
  constructor() {
    this.lines = /** @type {Polyline[]} */ ([]);
    this.table = new Float32Array(0); // STEPS rows of x, y, normal x, normal y per way
    this.widths = new Float32Array(0); // how wide the river of dots is, by way
    this.version = 0;
  }

  /** @param {Point[][]} links  the points of every link, from source to target */
  lay(links) {
    this.lines = links.flatMap((points) => {
      const line = polyline(points);
      return [line, beside(reversed(line), BESIDE)];
    });
    this.table = new Float32Array(this.lines.length * STEPS * 4);
    for (const [way, line] of this.lines.entries()) tabulate(line, STEPS, this.table, way * STEPS * 4);
    this.widths = new Float32Array(this.lines.length).fill(6);
    this.version++;
  }

  /** @param {number} link @param {number} width */
  widen(link, width) {
    const river = Math.max(2, width - 2);
    if (this.widths[link * 2] === river) return;
    this.widths[link * 2] = this.widths[link * 2 + 1] = river;
    this.version++;
  }

  /** @param {number} way @param {number} fraction @returns {Point} */
  at(way, fraction) {
    const line = this.lines[way];
    return line ? pointAt(line, fraction) : { x: 0, y: 0 };
  }
}

/** Where in the width of a river a message swims: -0.5 to 0.5, the same for all its hops. @param {number} id */
export function lateral(id) {
  const mixed = Math.imul((id / 256) | 0, 0x9e3779b1) ^ Math.imul(id & 255, 0x85ebca6b);
  return ((mixed >>> 8) & 0xffff) / 65535 - 0.5;
}
