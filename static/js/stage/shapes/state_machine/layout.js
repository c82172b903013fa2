/**
 * The chart of a state machine laid out: every scope by itself, the branches of a Parallel beside each other within its
 * frame, the processor of a Map within its stack.
 *
 * Pure and deterministic; the same chart in the same sizes is always the same picture.
 */

import { scope } from 'app/stage/shapes/state_machine/scope.js';

/** @typedef {import('app/stage/types.js').Chart} Chart */
/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/shapes/state_machine/scope.js').Room} Room */
/** @typedef {import('app/stage/shapes/state_machine/scope.js').Place} Place */
/** @typedef {import('app/stage/shapes/state_machine/scope.js').Wire} Wire */
/** @typedef {import('app/stage/shapes/state_machine/scope.js').Form} Form */
/** A state drawn: `framed`: others stand in it. @typedef {Place & { framed: boolean, sharp: boolean }} Stand */
/** @typedef {{ width: number, height: number, stands: Stand[], wires: Wire[], starts: Point[] }} Layout */
/**
 * Sizes: of each state without others in it, of the head of one with others, of the margin within its frame, of the sheets
 * that show behind a Map, and of what it says of its items.
 * @typedef {Room & { form: (state: number) => Form, head: number, pad: number, sheets: number, figure: number }} Sizes
 */

const [NAME, TYPE, PARENT, BRANCH] = [0, 1, 2, 3];

export { BRANCH, NAME, PARENT, TYPE };

/** @param {Chart} chart @param {Sizes} sizes @returns {Layout} */
export function layout(chart, sizes) {
  if (!chart.states.length) return { width: 0, height: 0, stands: [], wires: [], starts: [] };
  const inside = scopes(chart);
  const stands = /** @type {Stand[]} */ ([]);
  const wires = /** @type {Wire[]} */ ([]);
  const starts = /** @type {Point[]} */ ([]);
  /** @type {Map<number, { width: number, height: number, put: (x: number, y: number) => void }>} */
  const made = new Map();

  /** @param {number[]} members @param {number} start @param {Sizes} room */
  const lay = (members, start, room) => {
    const forms = members.map((state) => {
      const held = inside.get(state);
      return held ? framed(state, held, room) : room.form(state);
    });
    const at = new Map(members.map((state, place) => [state, place]));
    const arcs = chart.edges.flatMap(([from, to, kind], edge) => {
      const [a, b] = [at.get(from), at.get(to)];
      return a === undefined || b === undefined ? [] : [{ from: a, to: b, kind, edge }];
    });
    const piece = scope(forms, arcs, Math.max(0, members.indexOf(start)), room);
    /** @type {(x: number, y: number) => void} */
    const put = (x, y) => {
      for (const [place, state] of members.entries()) {
        const own = moved(piece.places[place], x, y);
        const kept = made.get(state);
        stands[state] = { ...own, framed: kept !== undefined, sharp: forms[place].sharp };
        kept?.put(own.x, own.y);
      }
      for (const wire of piece.wires) {
        const points = wire.points.map((point) => moved(point, x, y));
        wires.push({ edge: wire.edge, points, label: wire.label && moved(wire.label, x, y) });
      }
      starts.push(moved(piece.start, x, y));
    };
    return { width: piece.width, height: piece.height, put };
  };

  /** @param {number} state @param {number[][]} branches @param {Sizes} room @returns {Form} */
  const framed = (state, branches, room) => {
    const within = { ...room, entry: 8, tallest: room.tallest - room.head - room.pad * 2 };
    const parts = branches.map((members) => lay(members, members[0], within));
    const isMap = chart.states[state][1] === 'Map';
    const title = room.form(state).width + (isMap ? room.figure : 0);
    const whole = parts.reduce((sum, part) => sum + part.width, 0) + (parts.length - 1) * room.across * 1.2;
    const width = Math.max(title, whole + room.pad * 2);
    const tall = Math.max(0, ...parts.map((part) => part.height));
    const sheets = isMap ? room.sheets : 0;
    const height = room.head + tall + room.pad;
    made.set(state, {
      width,
      height,
      put: (x, y) => {
        let left = x + (width - whole) / 2;
        for (const part of parts) {
          part.put(left, y + room.head + sheets);
          left += part.width + room.across * 1.2;
        }
      },
    });
    return { width: width + sheets, height: height + sheets, sharp: false };
  };

  const top = lay(inside.get(-1)?.[0] ?? [], chart.start, sizes);
  top.put(0, 0);
  return { width: top.width, height: top.height, stands, wires, starts };
}

/** @template {Point} P @param {P} point @param {number} x @param {number} y @returns {P} */
function moved(point, x, y) {
  return { ...point, x: point.x + x, y: point.y + y };
}

/**
 * The states of each scope, by the state they are in (-1: the machine) and its branches; only of states that hold some.
 * @param {Chart} chart @returns {Map<number, number[][]>}
 */
export function scopes(chart) {
  const found = /** @type {Map<number, number[][]>} */ (new Map());
  for (const [state, [, , parent, branch]] of chart.states.entries()) {
    const branches = found.get(parent) ?? [];
    found.set(parent, branches);
    const place = parent < 0 ? 0 : branch;
    branches[place] = [...(branches[place] ?? []), state];
  }
  return new Map([...found].map(([parent, branches]) => [parent, branches.filter(Boolean)]));
}
