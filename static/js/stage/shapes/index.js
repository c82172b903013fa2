/**
 * Which drawing belongs to which pattern. A new drawing is a module beside this one and a line here.
 *
 * Each module offers measure, build, update, rest (its messages that lie still) and tell (a sentence); `ports` only
 * where links do not simply arrive at the middle of an edge, `room` only where the size depends on the view: how much
 * of what it needs room for there is, in numbers of its own; `order` only where places within it do: whatever changes
 * when they do; `walk` only where a message moves along lines within the station.
 */

import * as plain from 'app/stage/shapes/plain.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').View} View */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Port} Port */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {{ in: Port, out: Port, fall: Port, land: Port }} Ports */

/**
 * @typedef {{
 *   measure: (node: NodeSpec, view: View, style: Style, role: Role) => Size,
 *   build: (group: SVGGElement, box: Box, node: NodeSpec, style: Style) => any,
 *   update: (parts: any, box: Box, node: NodeSpec, view: View, scene: { now: number, names: Naming,
 *   style: Style, step: number, closer: number }) => void,
 *   rest: (box: Box, view: View, node: number, into: Resting[]) => void,
 *   tell: (node: NodeSpec, view: View, now: number, titleOf: (link: number) => string) => string,
 *   ports?: (box: Box, compact: boolean) => Ports,
 *   room?: (view: View, node: NodeSpec) => number[],
 *   order?: (view: View) => string,
 *   walk?: (box: Box, view: View, was: Resting, glyph: Resting) => import('app/stage/geometry.js').Polyline | null,
 * }} Shape
 */

/** @type {Record<string, () => Promise<Shape>>} */
const MODULES = {
  endpoint: () => import('app/stage/shapes/endpoint.js'),
  event_bus: () => import('app/stage/shapes/event_bus.js'),
  pipe: () => import('app/stage/shapes/pipe.js'),
  producer: () => import('app/stage/shapes/producer.js'),
  queue: () => import('app/stage/shapes/queue.js'),
  scheduler: () => import('app/stage/shapes/scheduler.js'),
  state_machine: () => import('app/stage/shapes/state_machine.js'),
  store: () => import('app/stage/shapes/store.js'),
  topic: () => import('app/stage/shapes/topic.js'),
  worker: () => import('app/stage/shapes/worker.js'),
};

/** @type {Map<string, Shape>} */
const loaded = new Map();

/**
 * Get the drawings of these patterns, once for all: a page loads no others. One that can't be had stays plain.
 * @param {Iterable<string>} patterns
 */
export async function loadShapes(patterns) {
  const missing = [...new Set(patterns)].filter((name) => Object.hasOwn(MODULES, name) && !loaded.has(name));
  await Promise.allSettled(missing.map(async (name) => loaded.set(name, await MODULES[name]())));
}

/** @param {string} pattern @returns {Shape} */
export function shape(pattern) {
  return loaded.get(pattern) ?? plain;
}

/** Where lines meet a station. @param {string} pattern @param {Box} box @param {boolean} compact @returns {Ports} */
export function ports(pattern, box, compact) {
  const own = shape(pattern).ports;
  if (own) return own(box, compact);
  const { left, right, up, down } = box.body;
  return {
    in: compact ? { x: box.x, y: box.y - up, across: false } : { x: box.x - left, y: box.y, across: true },
    out: compact ? { x: box.x, y: box.y + down, across: false } : { x: box.x + right, y: box.y, across: true },
    fall: { x: box.x, y: box.y + down, across: false },
    land: { x: box.x, y: box.y - up, across: false },
  };
}
