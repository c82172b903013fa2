/**
 * A chart as SVG: states that can be told apart by their outline and sign, lines between them, and what each shows at a
 * moment. Used by the station on the stage and by the panel of one execution.
 *
 * Everything is drawn in the units of the layout; whoever uses it scales the whole. A name is cut to its box; looking
 * closer makes its letters smaller against the box, so that more of it can be read.
 */

import { arrowhead, rounded as bent, path, polyline } from 'app/stage/geometry.js';
import { BARE, LEVELS, UNIT } from 'app/stage/shapes/state_machine/fitting.js';
import { labelled } from 'app/stage/shapes/state_machine/lettering.js';
import { CATCH } from 'app/stage/shapes/state_machine/ranks.js';
import * as state from 'app/stage/shapes/state_machine/state.js';
import { element, line, set } from 'app/stage/shapes/svg.js';

/** @typedef {import('app/stage/types.js').Chart} Chart */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/shapes/state_machine/fitting.js').Fitted} Fitted */
/** @typedef {import('app/stage/shapes/state_machine/state.js').StateParts} StateParts */
/** @typedef {{ group: SVGGElement, line: SVGPathElement, head: SVGPathElement, lit: SVGPathElement }} WireParts */
/** @typedef {{ chart: Chart, fitted: Fitted, group: SVGGElement, states: StateParts[], wires: Map<number, WireParts>, letters: number }} Picture */

const BEND = 6;
const HEAD = 7;
const LEGIBLE = 1.25; // closer than that, a chart of signs gets its names
const SMALLEST = 11.5; // letters of those, as they are seen

/** @param {SVGGElement} into @param {Chart} chart @param {Fitted} fitted @param {Style} style @returns {Picture} */
export function build(into, chart, fitted, style) {
  const group = element('g', { class: `flow-chart is-level-${fitted.level}` });
  const frames = element('g');
  const lines = element('g');
  const labels = element('g');
  const boxes = element('g');
  group.append(frames, lines, labels, boxes);
  into.append(group);
  const wires = wiring(lines, labels, chart, fitted, style);
  const states = fitted.layout.stands.map((stand, index) => {
    const made = state.build(chart.states[index], stand, index, fitted.level >= BARE);
    (stand.framed ? frames : boxes).append(made.group);
    return made;
  });
  const start = fitted.layout.starts.at(-1); // the last to be put down is the machine itself
  if (start) {
    const d = `M${start.x} ${start.y - 20}V${start.y}`;
    const head = arrowhead(polyline([{ x: start.x, y: start.y - 9 }, start]), HEAD);
    lines.append(
      element('path', { class: 'wire-line', d }),
      element('path', { class: 'wire-head', d: head }),
      element('circle', { class: 'begin', cx: start.x, cy: start.y - 20, r: 4.5 }),
    );
  }
  const picture = { chart, fitted, group, states, wires, letters: -1 };
  write(picture, 1, style);
  return picture;
}

/**
 * The lines, each from its state to where it joins one that is drawn already: dashes that lie on each other would fill
 * each other's gaps.
 * @param {SVGGElement} lines @param {SVGGElement} labels @param {Chart} chart @param {Fitted} fitted @param {Style} style
 */
function wiring(lines, labels, chart, fitted, style) {
  const made = /** @type {Map<number, WireParts>} */ (new Map());
  const drawn = /** @type {Map<string, Point[][]>} */ (new Map());
  for (const { edge, points, label } of fitted.layout.wires) {
    const [from, to, kind, words] = chart.edges[edge];
    const caught = kind === CATCH;
    const key = `${to} ${caught}`;
    const others = drawn.get(key) ?? [];
    const whole = bent(points, BEND);
    const own = others.reduce((rest, other) => upTo(rest, other), points);
    drawn.set(key, [...others, points]);
    const base = element('path', { class: 'wire-line', d: path(bent(own, BEND)) });
    const head = element('path', { class: 'wire-head', d: arrowhead(polyline(whole), HEAD) });
    const lit = element('path', { class: 'wire-lit', d: path(whole) });
    const group = element('g', { class: `wire is-kind-${kind}`, 'data-from': from, 'data-to': to }, base, head, lit);
    lines.append(group);
    made.set(edge, { group, line: base, head, lit });
    if (label && words) {
      const text = line(label.x, label.y, caught ? 'edge-words is-caught' : 'edge-words', 'start');
      text.style.fontSize = `${UNIT - 1}px`;
      text.textContent = labelled(words, LEVELS[fitted.level].label, UNIT - 1, style);
      labels.append(text);
    }
  }
  return made;
}

/**
 * The beginning of a line, up to where it runs into another that ends the same way.
 * @param {Point[]} points @param {Point[]} other @returns {Point[]}
 */
export function upTo(points, other) {
  let same = 0;
  while (same < points.length && same < other.length && near(points.at(-1 - same), other.at(-1 - same))) same++;
  const [join, from, before] = [points.at(-same), points.at(-1 - same), other.at(-1 - same)];
  if (!same || !join || !from || !before) return points;
  const kept = points.slice(0, points.length - same);
  if (!sameWay(from, before, join)) return [...kept, join];
  return away(from, join) <= away(before, join) && kept.length > 1 ? kept : [...kept, before];
}

/** @param {Point | undefined} a @param {Point | undefined} b */
function near(a, b) {
  return Boolean(a && b && Math.abs(a.x - b.x) < 0.5 && Math.abs(a.y - b.y) < 0.5);
}

/** Whether two level or upright ways to a point come from the same side. @param {Point} a @param {Point} b @param {Point} to */
function sameWay(a, b, to) {
  return (a.x - to.x) * (b.x - to.x) + (a.y - to.y) * (b.y - to.y) > 0;
}

/** @param {Point} a @param {Point} b */
function away(a, b) {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

/**
 * Writes the names, in letters as large as suits how close one looks: looking closer makes them smaller against their
 * boxes, so that more can be read.
 * @param {Picture} picture @param {number} closer  how much larger it is seen than it was fitted @param {Style} style
 */
export function write(picture, closer, style) {
  const { text } = picture.fitted;
  const size = text
    ? Math.max(text * 0.5, text / Math.max(1, closer ** 0.75))
    : closer >= LEGIBLE
      ? SMALLEST / closer
      : 0;
  if (picture.letters >= 0 && Math.abs(size - picture.letters) < 0.3) return;
  picture.letters = size;
  for (const parts of picture.states) {
    parts.shrunk = 1 / Math.max(1, closer ** 0.6);
    parts.written = '';
    state.write(parts, size, style);
  }
}

/** Whether a line is lit. @param {Picture} picture @param {Set<number>} lit  edges @param {Set<number>} [taken]  edges that were taken before */
export function light(picture, lit, taken = new Set()) {
  for (const [edge, { group }] of picture.wires) {
    const kind = picture.chart.edges[edge][2];
    set(group, 'class', `wire is-kind-${kind}${lit.has(edge) ? ' is-lit' : ''}${taken.has(edge) ? ' is-taken' : ''}`);
  }
}
