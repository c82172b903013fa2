/**
 * A state machine: its own flow chart in a frame, executions as tokens on the states.
 *
 * A token stands in its state and walks along the edge it takes, which is lit for a second; where many are at one state
 * their number stands instead. At the foot are those that ended last, and how all of them ended. The frame has a largest
 * size: a chart of many states is folded into columns, then its names are cut, and they come back as one looks closer.
 */

import { rounded as bent, polyline } from 'app/stage/geometry.js';
import { BARE, fitted, MARK, UNIT } from 'app/stage/shapes/state_machine/fitting.js';
import * as picture from 'app/stage/shapes/state_machine/picture.js';
import {
  ENDS,
  edgesBetween,
  litEdges,
  shownStates,
  stay,
  tokensAt,
  told,
} from 'app/stage/shapes/state_machine/reading.js';
import { show as showState } from 'app/stage/shapes/state_machine/state.js';
import { cut, element, line, say } from 'app/stage/shapes/svg.js';
import { count, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').MachineView} MachineView */
/** @typedef {import('app/stage/types.js').TokenRow} TokenRow */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Exit} Exit */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {import('app/stage/shapes/state_machine/fitting.js').Fitted} Fitted */
/**
 * @typedef {{ picture: import('app/stage/shapes/state_machine/picture.js').Picture | null, kind: SVGTextElement,
 *   figure: SVGTextElement, foot: SVGTSpanElement[] }} Parts
 */

const PAD = 15;
const QUEUE = 14; // more room on the left, for tokens that stand beside their state
// The most room of a chart: width with tubes of 4 slots, how much wider for each slot more, height.
const BOUNDS = { wide: [480, 45, 480], flat: [520, 50, 390], upright: [346, 56, 372] };
const [SLOTS, MOST_SLOTS] = [4, 10];
const GROWS = 0.6; // how much of the growth of texts the frame follows
const TOKEN = 7.6; // radius in units of the chart
const STEP = 11; // between tokens at one state
const ENDED = 6.5; // radius of what has ended
const SIGNS = ['✓', '✕', '', ''];
const WORDS = ['', '', ' timed out', ' aborted'];
const TONES = ['good', 'bad', 'warn', ''];

/** The map is laid out anew when there is another chart. @param {MachineView | null} view */
export function order(view) {
  return view?.graph ? `${view.chart}` : '';
}

/** @param {MachineView | null} view @param {Style} style @returns {Fitted | null} */
function chartOf(view, style) {
  if (!view?.graph?.states.length) return null;
  const [least, more, height] = BOUNDS[style.compact ? 'upright' : style.flat ? 'flat' : 'wide'];
  const grown = (style.small / UNIT) ** (style.compact ? 1 : GROWS);
  const { graph } = view;
  /** @param {number} slots */
  const within = (slots) => {
    const width = least + more * (slots - SLOTS);
    return fitted(graph, { width: width * grown, height: height * grown }, style);
  };
  const found = within(style.slots);
  // Where names are a matter of room, there is as much as there can be.
  return found.text === 0 && !style.compact ? within(MOST_SLOTS) : found;
}

/** @param {NodeSpec} node @param {MachineView | null} view @param {Style} style @param {Partial<Role>} role @returns {Size} */
export function measure(node, view, style, role) {
  const found = chartOf(view, style);
  const scale = found?.scale ?? 1;
  const [wide, tall] = found
    ? [found.layout.width * scale, found.layout.height * scale]
    : [style.small * 14, style.small * 8];
  const foot = style.small * 1.9;
  const titled = style.width(node.title, style.text, true) + style.width('999 running', style.small) + 24;
  const width = Math.max(wide + PAD * 2 + QUEUE, style.small * 21, Math.min(titled, style.small * 26));
  const height = tall + PAD * 2 + foot;
  const half = { x: width / 2, y: height / 2 };
  const heads = style.text * 1.2 + (style.compact ? 6 : style.small * 1.35 + 10);
  const body = { left: half.x, right: half.x, up: half.y, down: half.y };
  const ended = Math.min(ENDED * 1.4, (ENDED * style.small) / UNIT);
  const shape = { ended, scale, wide, tall, foot, chartLeft: (QUEUE - wide) / 2, chartTop: -half.y + PAD };
  const exits = role.exits ?? [];
  const spokes = style.compact ? below(exits, half) : leaving(exits, half);
  const chart = found && view?.graph ? { graph: view.graph, fitted: found } : undefined;
  return { ...body, up: half.y + heads, body, shape, spokes, chart };
}

/** Each link leaves at a place of its own on the right edge, in the order of where it leads. @param {Exit[]} exits @param {{ x: number, y: number }} half */
function leaving(exits, half) {
  return exits.map((exit, i) => {
    const y = ((i + 0.5) / exits.length - 0.5) * half.y * 1.5;
    return { ...exit, lead: [{ x: half.x, y }], across: true, room: half.y / exits.length };
  });
}

/** @param {Exit[]} exits @param {{ x: number, y: number }} half */
function below(exits, half) {
  return exits.map((exit, i) => {
    const x = ((i + 0.5) / exits.length - 0.5) * half.x * 1.4;
    return { ...exit, lead: [{ x, y: half.y }], across: false, room: half.x / exits.length };
  });
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { left, right, up, down } = box.body;
  const { chartLeft, chartTop, scale, foot } = box.shape;
  group.append(
    element('rect', { class: 'card machine', x: -left, y: -up, width: left + right, height: up + down, rx: 14 }),
  );
  const head = -up - (style.compact ? 8 : style.small * 1.35 + 10);
  const name = line(-left, head, 'name', 'start');
  name.textContent = cut(node.title, left + right - style.width('9,999 running', style.small) - 12, style.text, style);
  const glass = closer(right - style.small * 0.5, head - style.small * 0.36, style);
  const figure = line(right - style.small * 1.6, head, 'small strong', 'end');
  const kind = line(-left, -up - 8, 'small', 'start');
  const floor = down - foot;
  const words = line(-left + PAD, down - foot * 0.34, 'small', 'start');
  const said = SIGNS.map((_, i) => element('tspan', { class: TONES[i] }));
  words.append(...said);
  group.append(name, figure, glass, ...(style.compact ? [] : [kind]));
  group.append(element('path', { class: 'foot-line', d: `M${-left} ${floor}H${right}` }), words);
  if (!box.chart) return { picture: null, kind, figure, foot: said };
  const place = element('g', { transform: `translate(${chartLeft} ${chartTop}) scale(${scale})` });
  group.append(place);
  return { picture: picture.build(place, box.chart.graph, box.chart.fitted, style), kind, figure, foot: said };
}

/** Where to click to look closer, and to see everything again. @param {number} x @param {number} y @param {Style} style */
function closer(x, y, style) {
  const d = 'M1.500-6H6V-1.500M6-6L1-1M-1.500 6H-6V1.500M-6 6L-1 1';
  return element(
    'g',
    { class: 'closer', 'data-closer': '', transform: `translate(${x} ${y}) scale(${style.small / 14})` },
    element('title', {}, 'Look closer, and at everything again'),
    element('rect', { x: -12, y: -12, width: 24, height: 24, rx: 6 }),
    element('path', { d }),
  );
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {MachineView | null} view
 * @param {{ now: number, names: Naming, style: Style, step?: number, closer?: number }} scene
 */
export function update(parts, box, node, view, { now, names, style, step = 0, closer: near = 1 }) {
  const wide = box.body.left + box.body.right;
  const whole = [node.names[names], ...(view?.caption ?? [])].join(' · ');
  say(parts.kind, style.width(whole, style.small) <= wide ? whole : cut(node.names[names], wide, style.small, style));
  say(parts.figure, view ? `${count(view.running)} running` : '');
  const ends = view ? [view.succeeded, view.failed, view.timedOut, view.aborted] : [0, 0, 0, 0];
  for (const [i, target] of parts.foot.entries()) {
    const many = ends[i] > 9999 ? shortCount(ends[i]) : count(ends[i]);
    say(target, i === 0 || ends[i] ? `${i ? '\u2003' : ''}${SIGNS[i]} ${many}${WORDS[i]}` : '');
  }
  if (!parts.picture || !view) return;
  const { chart, fitted: way } = parts.picture;
  picture.write(parts.picture, near, style);
  const shown = shownStates(chart, view, now, way.level <= 2);
  for (const [state, one] of parts.picture.states.entries()) showState(one, shown[state], style);
  picture.light(parts.picture, litEdges(chart, view, now, step));
}

/** Executions on their states, and at the foot those that ended last. @param {Box} box @param {MachineView} view @param {number} node @param {Resting[]} into */
export function rest(box, view, node, into) {
  const none = { receives: 0, alarm: false, holder: -1 };
  for (const [state, tokens] of box.chart && box.chart.graph === view.graph ? tokensAt(view) : []) {
    for (const [rank, token] of [...tokens.entries()].reverse()) {
      const [id, look, flags, , since, until, , , bits] = token;
      const at = slot(box, state, rank);
      if (!at || !view.graph) continue;
      const radius = TOKEN * box.shape.scale;
      const place = /** @type {const} */ ('state');
      const tag = stay(view.graph, token);
      into.push({ ...none, id, look, flags, ...at, radius, place, node, since, until, rank: state, bits, tag });
    }
  }
  const y = box.y + box.body.down - box.shape.foot / 2;
  for (const [rank, [id, look, flags, status, since]] of view.last.entries()) {
    const { ended: radius } = box.shape;
    const x = box.x + box.body.right - PAD - radius - rank * (radius * 2 + 5);
    const place = /** @type {const} */ ('ended');
    into.push({
      ...none,
      id,
      look,
      flags,
      x,
      y,
      radius,
      place,
      node,
      since,
      until: 0,
      rank,
      alarm: status > 0,
      tag: ENDS[status],
    });
  }
}

/** The place of the first, second … token of a state. @param {Box} box @param {number} state @param {number} rank @returns {Point | null} */
function slot(box, state, rank) {
  const stand = box.chart?.fitted.layout.stands[state];
  if (!stand) return null;
  const { scale, chartLeft, chartTop } = box.shape;
  const bare = (box.chart?.fitted.level ?? 0) >= BARE && !stand.framed; // the name has its place
  const x = stand.x + (stand.sharp ? 6 : bare ? -4 : MARK) - rank * STEP;
  const y = stand.y + (stand.framed ? 16 : stand.height / 2);
  return { x: box.x + chartLeft + x * scale, y: box.y + chartTop + y * scale };
}

/**
 * The way of a token from one state to another: along the edge.
 * @param {Box} box @param {MachineView} view @param {Resting} was @param {Resting} glyph
 */
export function walk(box, view, was, glyph) {
  if (!view.graph || !box.chart || was.place !== 'state' || glyph.place !== 'state' || was.rank === glyph.rank)
    return null;
  const token = view.tokens.find(([id, , , state]) => id === glyph.id && state === glyph.rank);
  const edges = edgesBetween(view.graph, was.rank, glyph.rank, token?.[10] ?? -1, token?.[11] ?? 0);
  if (!edges.length) return null;
  const { wires } = box.chart.fitted.layout;
  const { scale, chartLeft, chartTop } = box.shape;
  const points = edges
    .flatMap((edge) => wires.filter((one) => one.edge === edge).flatMap(({ points: corners }) => bent(corners)))
    .map(({ x, y }) => ({ x: box.x + chartLeft + x * scale, y: box.y + chartTop + y * scale }));
  return polyline([{ x: was.x, y: was.y }, ...points, { x: glyph.x, y: glyph.y }]);
}

/** @param {NodeSpec} node @param {MachineView} view @param {number} now */
export function tell(node, view, now) {
  return told(node.title, view, now);
}
