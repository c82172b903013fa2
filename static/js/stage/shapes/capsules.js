/**
 * The messages of a queue as capsules: those in the tube, those on the shelf, and at the tail the one that was just
 * sent again.
 */

import { motifsOf, shortName } from 'app/stage/motifs.js';

/** @typedef {import('app/stage/types.js').QueueView} QueueView */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */

/**
 * The messages that lie in the tube and on the shelf, and at its tail the one that was just sent again.
 * @param {Box} box @param {QueueView} view @param {number} node @param {Resting[]} into
 */
export function rest(box, view, node, into) {
  const { radius, half, slots, shelf, space, shelfFrom, shelfPitch, shelfRoom, dead } = box.shape;
  const shown = view.waiting > slots ? slots - 1 : slots;
  const grouped = groupsOf(view, box.shape.letters);
  const onShelf = groupsOf(view, box.shape.letters && box.shape.shelfLetters);
  for (const [rank, [id, look, flags, receives, , group = -1, state = 0]] of view.head.slice(0, shown).entries()) {
    into.push({
      id,
      look,
      flags,
      x: box.x + slot(box, rank),
      y: box.y,
      radius,
      place: dead ? 'dead' : 'waiting',
      node,
      rank,
      receives: dead ? 0 : receives,
      alarm: nearLimit(view, receives),
      since: 0,
      until: 0,
      holder: -1,
      ...grouped(group, dead ? 0 : state),
    });
  }
  if (view.repeat) into.push(repeated(box, view.repeat, node));
  if (!shelf) return;
  const y = box.y - half - space - radius - 5;
  for (const [rank, row] of view.shelf.slice(0, shelfRoom).entries()) {
    const [id, look, flags, receives, since, until, holder, group = -1] = row;
    const alarm = nearLimit(view, receives);
    const x = box.x + shelfFrom + radius + rank * shelfPitch;
    const tag = view.overtook?.[0] === id ? '↷' : '';
    const told = { ...onShelf(group, 0), tag };
    into.push({
      id,
      look,
      flags,
      x,
      y,
      radius,
      place: 'inflight',
      node,
      rank,
      receives,
      alarm,
      since,
      until,
      holder,
      ...told,
    });
  }
}

/** One receive before it is dead-lettered. @param {QueueView} view @param {number} receives */
function nearLimit(view, receives) {
  return view.limit > 0 && receives > 1 && receives >= view.limit - 1;
}

/**
 * What a capsule shows of its group.
 * @param {QueueView} view @param {number} most  letters of a name; 0: no name
 * @returns {(group: number, state: number) => { group: string, groupName: string, motif: number, state: number }}
 */
function groupsOf(view, most) {
  const names = (view.groups ?? []).map(([name]) => name);
  const motifs = motifsOf(names);
  return (group, state) => ({
    group: names[group] !== undefined && most ? shortName(names[group], most) : '',
    groupName: names[group] ?? '',
    motif: motifs[group] ?? -1,
    state,
  });
}

/**
 * A send that was accepted and not stored bounces off the tail.
 * @param {Box} box @param {number[]} repeat @param {number} node @returns {Resting}
 */
function repeated(box, [id, look, flags, since], node) {
  const { radius, half } = box.shape;
  const place = /** @type {const} */ ('repeat');
  const at = { x: box.x - box.body.left - radius * 0.4, y: box.y - half + radius * 0.4 };
  const none = { receives: 0, alarm: false, until: 0, holder: -1, rank: 0 };
  return { id, look, flags, ...at, radius: radius * 0.8, place, node, since, ...none };
}

/** Where in the tube a place in line is. @param {Box} box @param {number} rank  0 is the head */
export function slot(box, rank) {
  return box.body.right - box.shape.half - 16 - rank * box.shape.pitch;
}
