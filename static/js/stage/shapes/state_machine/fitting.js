/**
 * How a chart is drawn so that it fits: in how many columns, and how much of its names is written.
 *
 * Everything is measured in units in which a name is 13 high, so that each way of drawing a chart is laid out once and
 * then only scaled. The first way that can be read is taken, beginning with the one that says most; a chart of very many
 * states keeps its signs only, until somebody looks closer.
 */

import { layout } from 'app/stage/shapes/state_machine/layout.js';
import { labelled } from 'app/stage/shapes/state_machine/lettering.js';

/** @typedef {import('app/stage/types.js').Chart} Chart */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/shapes/state_machine/layout.js').Layout} Layout */
/** @typedef {import('app/stage/shapes/state_machine/scope.js').Form} Form */
/** A way of drawing: height of a state, most of its name, gaps, most of a label at an edge. @typedef {{ text: number, tall: number, most: number, across: number, down: number, label: number }} Level */
/** @typedef {{ layout: Layout, level: number, text: number, scale: number }} Fitted  `scale`: from units to the map; `text`: of names, in units */

export const UNIT = 13;
export const SLOT = 27; // left of a name: the sign of its type, or a token
export const FIGURE = 44; // right of the name of a Map: how many of its items are done
export const MARK = 14; // where the middle of that is
/** @type {Level[]} */
export const LEVELS = [
  { text: 13, tall: 32, most: 170, across: 34, down: 26, label: 104 },
  { text: 13, tall: 28, most: 104, across: 26, down: 22, label: 64 },
  { text: 12, tall: 26, most: 46, across: 17, down: 19, label: 0 },
  { text: 11.5, tall: 25, most: 44, across: 15, down: 18, label: 0 },
  { text: 0, tall: 22, most: 0, across: 16, down: 17, label: 0 },
];
const READABLE = 0.84; // of the least text there is elsewhere on the map
export const BARE = 3; // from this level on a state has a name or a sign, not both
const COLUMNS = 5;
const HARDLY = 0.8; // of that: better small names than none
const FEWER = 0.06; // how much smaller a chart may be for one column less

/** @type {WeakMap<Chart, Map<string, Layout>>} */
const known = new WeakMap();

/**
 * @param {Chart} chart @param {{ width: number, height: number }} bounds  on the map @param {Style} style
 * @returns {Fitted}
 */
export function fitted(chart, bounds, style) {
  const unit = style.small / UNIT;
  let best = /** @type {Fitted | null} */ (null);
  for (const [level, { text }] of LEVELS.entries()) {
    const found = widest(chart, level, bounds, unit, style);
    if (!best || (found.scale * text) / UNIT > (best.scale * best.text) / UNIT) best = found;
    if (found.scale * text >= READABLE * style.small) return found;
    if (text === 0) return (best.scale * best.text) / style.small > READABLE * HARDLY ? best : found;
  }
  return /** @type {Fitted} */ (best);
}

/** The number of columns in which it can be drawn largest. @param {Chart} chart @param {number} level @param {{ width: number, height: number }} bounds @param {number} unit @param {Style} style @returns {Fitted} */
function widest(chart, level, bounds, unit, style) {
  let best = /** @type {Fitted | null} */ (null);
  for (let columns = 1; columns <= COLUMNS; columns++) {
    const made = drawn(chart, level, columns, style);
    const scale = Math.min(unit, bounds.width / made.width, bounds.height / made.height);
    if (!best || scale > best.scale * (1 + FEWER)) best = { layout: made, level, text: LEVELS[level].text, scale };
    if (best.scale >= unit) break;
  }
  return /** @type {Fitted} */ (best);
}

/** @param {Chart} chart @param {number} level @param {number} columns @param {Style} style @returns {Layout} */
export function drawn(chart, level, columns, style) {
  const kept = known.get(chart) ?? new Map();
  known.set(chart, kept);
  const key = `${level} ${columns}`;
  if (!kept.has(key)) {
    const tallest = columns === 1 ? Infinity : (drawn(chart, level, 1, style).height / columns) * 1.04;
    kept.set(key, layout(chart, sizes(chart, level, tallest, style)));
  }
  return /** @type {Layout} */ (kept.get(key));
}

/** @param {Chart} chart @param {number} index  of the level @param {number} tallest @param {Style} style */
function sizes(chart, index, tallest, style) {
  const level = LEVELS[index];
  const { tall, across, down } = level;
  return {
    across,
    down,
    lane: 9,
    tallest,
    entry: 20,
    head: tall,
    pad: 12,
    sheets: 8,
    figure: FIGURE,
    letter: level.label ? UNIT : 0,
    /** @param {number} edge */
    label: (edge) => {
      const words = chart.edges[edge][3];
      return level.label && words ? style.width(labelled(words, level.label, UNIT - 1, style), UNIT - 1) : 0;
    },
    /** @param {number} state */
    form: (state) => form(chart.states[state], index, style),
  };
}

/** @param {import('app/stage/types.js').ChartState} state @param {number} level @param {Style} style @returns {Form} */
function form([name, type], level, style) {
  const { tall, most, text } = LEVELS[level];
  const words = text ? Math.min(most, style.width(name, text, true)) : 0;
  if (type === 'Choice') {
    const width = text ? words / 0.56 + 16 : tall * 1.5;
    return { width: Math.max(width, tall * 1.5), height: text ? tall + 14 : tall, sharp: true };
  }
  const beside = level < BARE ? SLOT + 12 : 10;
  return { width: text ? beside + words : 44, height: tall, sharp: false };
}
