/**
 * What there is to say about one message at this moment: where it is, in what state, and why.
 */

import { age, duration, LOST, label, marks, REFUSED, REPLY, state } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').Scene} Scene */
/** @typedef {import('app/stage/messages.js').Messages} Messages */
/** @typedef {import('app/stage/hops.js').Hops} Hops */
/** @typedef {import('app/stage/card.js').CardText} CardText */

/**
 * @param {number} id @param {Messages} messages @param {Hops} hops @param {Hello} hello @param {Scene} scene
 * @returns {CardText}
 */
export function describe(id, messages, hops, hello, scene) {
  const resting = messages.resting.filter((glyph) => glyph.id === id);
  const travelling = places(id, hops, scene.now);
  const look = resting[0]?.look ?? (travelling.length ? hops.look[travelling[0]] : 0);
  const flags = resting.reduce((all, glyph) => all | glyph.flags, 0);
  const receives = Math.max(0, ...resting.map((glyph) => glyph.receives));
  const lines = [
    ...travelling.map((at) => journey(at, hops, hello, scene.now)),
    ...resting.map((glyph) => state(glyph, scene.now, hello, scene.views)),
  ];
  const special = marks(flags & ~(REPLY | LOST | REFUSED), receives);
  const group = resting.find((glyph) => glyph.groupName)?.groupName;
  if (group) special.unshift(`group ${group}`);
  const batch = resting.find((glyph) => glyph.more)?.more ?? 0;
  if (batch) special.push(`${batch} more in its batch`);
  const known = resting.length > 0 || travelling.length > 0;
  return {
    title: label(id, hello.prefixes),
    type: known ? (scene.looks[look] ?? '') : '',
    look,
    lines: known ? [...(special.length ? [special.join(', ')] : []), ...lines] : ['not on the stage at this moment'],
    alarm: resting.some(
      (glyph) => glyph.alarm || (glyph.place === 'inflight' && Boolean(scene.views[glyph.holder]?.crashed)),
    ),
  };
}

/** @param {number} id @param {Hops} hops @param {number} now @returns {number[]} */
function places(id, hops, now) {
  return hops.moving(now).filter((at) => hops.id[at] === id);
}

/** @param {number} at @param {Hops} hops @param {Hello} hello @param {number} now */
function journey(at, hops, hello, now) {
  const way = hops.way[at];
  const link = hello.links[way >> 1];
  const [from, to] = way & 1 ? [link.to, link.from] : [link.from, link.to];
  const ways = `from ${hello.nodes[from].title} to ${hello.nodes[to].title}`;
  const flags = hops.flags[at];
  if (flags & LOST && hops.fraction(at, now) >= 0.5) return `lost on the way ${ways}`;
  if (flags & REFUSED) return `refused: on its way back ${ways}`;
  if (flags & REPLY) return `acknowledgement on its way ${ways}`;
  const left = hops.arrive[at] - now;
  return `on its way ${ways}, there in ${left < 10_000_000 ? duration(left) : age(left)}`;
}
