/**
 * The signs of the types of states, within ±6 of the origin, and the outline of each type.
 */

import { short } from 'app/stage/geometry.js';

/** @type {Record<string, string>} */
const SIGNS = {
  Task: 'M0-6V-4M0 4V6M-6 0H-4M4 0H6M-4.200-4.200l1.400 1.400M2.800 2.800l1.400 1.400M-4.200 4.200l1.400-1.400M2.800-2.800l1.400-1.400M-3 0A3 3 0 1 0 3 0A3 3 0 1 0-3 0',
  Pass: 'M-5 0H5M1.500-3.500L5 0L1.500 3.500',
  Wait: 'M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0M0-3.500V0L2.500 1.500',
  Succeed: 'M-5 .500L-1.500 4L5-4',
  Fail: 'M-4-4L4 4M4-4L-4 4',
  Parallel: 'M-6-3H6M-6 3H6M3-6L6-3L3 0M3 0L6 3L3 6',
  Map: 'M-5-1H3V6H-5ZM-2-1V-4H6V3H3',
  Choice: '',
};

/** @param {string} type */
export function sign(type) {
  return SIGNS[type] ?? '';
}

/** The outline of a state. @param {string} type @param {number} width @param {number} height */
export function outline(type, width, height) {
  if (type === 'Choice') {
    const [x, y] = [width / 2, height / 2].map(short);
    return `M0 ${y}L${x} 0L${short(width)} ${y}L${x} ${short(height)}Z`;
  }
  const round = type === 'Wait' || type === 'Succeed' || type === 'Fail' ? height / 2 : 7;
  return rounded(width, height, round);
}

/** @param {number} width @param {number} height @param {number} round */
export function rounded(width, height, round) {
  const r = short(Math.min(round, height / 2, width / 2));
  const [w, h] = [short(width - 2 * r), short(height - 2 * r)];
  return `M${r} 0h${w}a${r} ${r} 0 0 1 ${r} ${r}v${h}a${r} ${r} 0 0 1-${r} ${r}h-${w}a${r} ${r} 0 0 1-${r}-${r}v-${h}a${r} ${r} 0 0 1 ${r}-${r}z`;
}
