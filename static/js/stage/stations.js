/**
 * The stations of the map: a focusable group per node, drawn by the shape of its pattern.
 */

import { shape } from 'app/stage/shapes/index.js';
import { element, say, set } from 'app/stage/shapes/svg.js';
import { fault, remaining } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').View} View */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Scene} Scene */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {import('app/stage/types.js').Exit} Exit */
/** @typedef {import('app/stage/layout.js').Plan} Plan */
/** @typedef {import('app/stage/layout.js').Place} Place */

/** Faults that a shape shows by itself. */
const SHOWN = new Map([['worker', new Set(['crash'])]]);

export class Stations {
  /** @param {SVGGElement} layer @param {Hello} hello @param {() => Place[]} places  where each node stands on the grid */
  constructor(layer, hello, places) {
    this.layer = layer;
    this.hello = hello;
    this.places = places;
    this.parts = /** @type {any[]} */ ([]);
    this.tags = /** @type {SVGTextElement[]} */ ([]);
    this.rooms = /** @type {number[][]} */ ([]);
    this.groups = hello.nodes.map((node, index) => {
      const group = element('g', {
        class: `station is-${known(node.pattern)}`,
        'data-node': index,
        'data-id': node.id,
        tabindex: 0,
        role: 'button',
      });
      group.setAttribute('aria-label', node.title);
      return group;
    });
    layer.append(...this.groups);
  }

  /**
   * What the sizes of stations depend on; if it changes, the map is laid out anew. A station keeps the room it once
   * needed: a map that grows and shrinks with its numbers could not be watched.
   * @param {View[]} views
   */
  sizes(views) {
    const orders = [];
    for (const [index, node] of this.hello.nodes.entries()) {
      const view = views[index] ?? null;
      const asked = shape(node.pattern).room?.(view, node) ?? [];
      this.rooms[index] = asked.map((much, i) => Math.max(much, this.rooms[index]?.[i] ?? 0));
      orders.push(shape(node.pattern).order?.(view) ?? '');
    }
    return `${this.rooms.join(';')}${orders.join(';')}`;
  }

  /** @param {View[]} views @param {Style} style @returns {Size[]} */
  measure(views, style) {
    return this.hello.nodes.map((node, index) =>
      shape(node.pattern).measure(node, views[index] ?? null, style, this.role(index)),
    );
  }

  /** @param {number} index @returns {Role} */
  role(index) {
    const { links } = this.hello;
    return {
      shelf: links.some((link) => link.from === index && link.kind !== 'dead'),
      dead: links.some((link) => link.to === index && link.kind === 'dead'),
      falls: links.some((link) => link.from === index && link.kind === 'dead'),
      room: this.rooms[index],
      exits: this.exits(index),
    };
  }

  /** The links out of a station, in the order of where they lead: from the top, then from the left. @param {number} index */
  exits(index) {
    const { links, nodes } = this.hello;
    const places = this.places();
    return links
      .map((link, at) => ({
        link: at,
        to: link.to,
        title: nodes[link.to].title,
        part: link.part ?? '',
        from: link.from,
      }))
      .filter(({ link, from }) => from === index && links[link].kind !== 'dead')
      .sort((a, b) => places[a.to][1] - places[b.to][1] || places[a.to][0] - places[b.to][0] || a.link - b.link);
  }

  /** Draws every station anew at its place. @param {Plan} plan */
  lay(plan) {
    for (const [index, node] of this.hello.nodes.entries()) {
      const group = this.groups[index];
      const box = plan.boxes[index];
      const { left, right, up, down } = box.body;
      set(group, 'transform', `translate(${box.x} ${box.y})`);
      const round = Math.min(box.shape.half ? box.shape.half + 7 : 22, up + 7);
      const halo = element('rect', {
        class: 'halo',
        x: -left - 7,
        y: -up - 7,
        width: left + right + 14,
        height: up + down + 14,
        rx: round,
      });
      // A station may keep a line free for what is wrong with it, above its body or in a column beside it.
      const { beside = 0, column = -left, tag: above = box.up + 8 } = box.shape;
      const place = beside ? { x: column, 'text-anchor': 'start' } : { x: 0, 'text-anchor': 'middle' };
      const tag = element('text', { class: 'fault-words', y: -above, ...place });
      const picture = element('g', { class: 'picture' });
      group.replaceChildren(halo, picture, tag);
      this.parts[index] = shape(node.pattern).build(picture, box, node, plan.style);
      this.tags[index] = tag;
    }
  }

  /**
   * @param {Scene} scene @param {Plan} plan @param {Naming} names @param {number | null} selected
   * @param {Set<number>} lit  stations that have the followed message
   * @param {number} step  how much time has passed since the drawing before; 0 where it stands still
   * @param {number} closer  how much closer somebody looks than to see the whole map
   */
  update(scene, plan, names, selected, lit, step, closer) {
    const now = { now: scene.now, names, style: plan.style, step, closer };
    for (const [index, node] of this.hello.nodes.entries()) {
      const group = this.groups[index];
      shape(node.pattern).update(this.parts[index], plan.boxes[index], node, scene.views[index] ?? null, now);
      group.classList.toggle('is-selected', selected === index);
      group.classList.toggle('is-lit', lit.has(index));
      const own = scene.faults.filter(
        ([target, place, name]) => target === 'node' && place === index && !SHOWN.get(node.pattern)?.has(name),
      );
      group.classList.toggle('is-faulty', own.length > 0);
      say(
        this.tags[index],
        own
          .map(([, , name, until]) => [fault(name), remaining(until, scene.now)].filter(Boolean).join(' · '))
          .join(', '),
      );
    }
  }

  /** What a screen reader finds at each station. @param {(index: number) => string} sentence @param {Naming} names */
  label(sentence, names) {
    for (const [index, node] of this.hello.nodes.entries()) {
      set(
        this.groups[index],
        'aria-label',
        `${node.title}, ${node.names[names]}. ${sentence(index).replace(`${node.title}: `, '')}`.trim(),
      );
    }
  }
}

/** A class must be one plain word. @param {string} pattern */
function known(pattern) {
  return /^[a-z_]+$/.test(pattern) ? pattern : 'plain';
}
