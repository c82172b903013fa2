/**
 * The stage in words: a summary that can be read aloud, and a table of what stands where, in reading order.
 */

import { shape } from 'app/stage/shapes/index.js';
import { fault, remaining } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').Scene} Scene */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {import('app/stage/layout.js').Place} Place */

/** One sentence per node. @param {Hello} hello @param {Scene} scene @param {Place[]} places */
export function summary(hello, scene, places) {
  return order(hello, places)
    .map((index) => sentence(hello, scene, index))
    .filter(Boolean)
    .join(' ');
}

/**
 * What one node is doing, or "" before its first view.
 * @param {Hello} hello @param {Scene} scene @param {number} index
 */
export function sentence(hello, scene, index) {
  const view = scene.views[index];
  const node = hello.nodes[index];
  const titleOf = (/** @type {number} */ link) => hello.nodes[hello.links[link]?.to]?.title ?? '';
  return view ? shape(node.pattern).tell(node, view, scene.now, titleOf) : '';
}

/**
 * A row per node, with its faults, and per link that has one.
 * @param {Hello} hello @param {Scene} scene @param {Place[]} places @param {Naming} names
 * @returns {{ title: string, what: string, state: string }[]}
 */
export function table(hello, scene, places, names) {
  /** @param {string} kind @param {number} index */
  const troubles = (kind, index) =>
    scene.faults
      .filter(([target, place]) => target === kind && place === index)
      .map(([, , name, until]) => `${fault(name)} (${remaining(until, scene.now) || 'until somebody ends it'})`);
  const nodes = order(hello, places).map((index) => {
    const node = hello.nodes[index];
    const said = sentence(hello, scene, index).replace(`${node.title}: `, '');
    return {
      title: node.title,
      what: node.names[names],
      state: [said, ...troubles('node', index)].filter(Boolean).join(' '),
    };
  });
  const links = hello.links.flatMap((link, index) => {
    const found = troubles('link', index);
    return found.length
      ? [
          {
            title: `${hello.nodes[link.from].title} → ${hello.nodes[link.to].title}`,
            what: 'Link',
            state: found.join(', '),
          },
        ]
      : [];
  });
  return [...nodes, ...links];
}

/** Nodes column by column, from top to bottom. @param {Hello} hello @param {Place[]} places @returns {number[]} */
export function order(hello, places) {
  return [...hello.nodes.keys()].sort((a, b) => places[a][0] - places[b][0] || places[a][1] - places[b][1] || a - b);
}
