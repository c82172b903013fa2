/**
 * Which drawing belongs to which pattern. A new drawing is a module beside this one and a line here.
 *
 * Each module offers measure, build, update, rest (its messages that lie still) and tell (a sentence); `ports` only
 * where links do not simply arrive at the middle of an edge, `room` only where the size depends on the view: how much
 * of what it needs room for there is, in numbers of its own; `order` only where places within it do: whatever changes
 * when they do.
 */

import * as endpoint from 'app/stage/shapes/endpoint.js';
import * as event_bus from 'app/stage/shapes/event_bus.js';
import * as pipe from 'app/stage/shapes/pipe.js';
import * as plain from 'app/stage/shapes/plain.js';
import * as producer from 'app/stage/shapes/producer.js';
import * as queue from 'app/stage/shapes/queue.js';
import * as scheduler from 'app/stage/shapes/scheduler.js';
import * as store from 'app/stage/shapes/store.js';
import * as topic from 'app/stage/shapes/topic.js';
import * as worker from 'app/stage/shapes/worker.js';

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
 *   style: Style, step: number }) => void,
 *   rest: (box: Box, view: View, node: number, into: Resting[]) => void,
 *   tell: (node: NodeSpec, view: View, now: number, titleOf: (link: number) => string) => string,
 *   ports?: (box: Box, compact: boolean) => Ports,
 *   room?: (view: View, node: NodeSpec) => number[],
 *   order?: (view: View) => string,
 * }} Shape
 */

/** @type {Record<string, Shape>} */
const SHAPES = { endpoint, event_bus, pipe, producer, queue, scheduler, store, topic, worker };

/** @param {string} pattern @returns {Shape} */
export function shape(pattern) {
  return Object.hasOwn(SHAPES, pattern) ? SHAPES[pattern] : plain;
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
