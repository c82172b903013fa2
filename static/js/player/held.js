/**
 * The messages that a node holds, for the inspector's list: where each is, and why it still waits.
 */
import { FLAGS } from 'app/player/frames.js';
import { age, countdown, duration, label } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").View} View */
/** @typedef {{id: number, look: number, hollow: boolean, note: string, state: string, alarm: boolean}} Held */
/**
 * What the list says of other nodes.
 * @typedef {{titles: string[], prefixes: string[], views: (View | null)[], links?: {to: number}[]}} Around
 */

const SEAT_WORDS = ['free', 'asking', 'working', 'cold start'];
const SECTIONS = ['source', 'filter', 'enrichment', 'target'];
const ASLEEP = 1;
const HELD = 1;
const NOISY = 2;

/**
 * The messages a node holds at `now`, in the order in which they matter, from whatever its view shows of them.
 * @param {View} view
 * @param {number} now
 * @param {Around} around
 * @returns {Held[]}
 */
export function heldMessages(view, now, around) {
  return [
    ...waiting(view, now, around),
    ...inFlight(view, now, around),
    ...atWork(view, now),
    ...latest(view, now),
    ...piped(view),
    ...heap(view, now, around),
    ...stored(view, now),
  ];
}

/**
 * @param {View} view
 * @param {number} now
 * @param {Around} around
 * @returns {Held[]}
 */
function waiting(view, now, around) {
  const why = reasons(view, around.prefixes);
  let next = !view.dead;
  return (view.head ?? []).map((/** @type {number[]} */ [id, look, flags, receives, sent, group = -1, bits = 0]) => {
    const free = (bits & HELD) === 0;
    const rest = view.dead ? 'dead letter' : next && free ? 'next' : 'waiting';
    if (free) next = false;
    const note = [why(id, group, bits), often(receives, flags, view.limit ?? 0)].filter(Boolean).join(' · ');
    return message(id, look, false, note, `${rest} · ${age(now - sent)}`);
  });
}

/**
 * Why a message waits: the group it belongs to, and who stands before it there.
 * @param {View} view
 * @param {string[]} prefixes
 * @returns {(id: number, group: number, bits: number) => string} asked from the head of the line on
 */
function reasons(view, prefixes) {
  /** @type {Map<number, number>} */
  const last = new Map();
  const holders = new Map((view.shelf ?? []).map((/** @type {number[]} */ row) => [row[7] ?? -1, row[0]]));
  return (id, group, bits) => {
    const name = view.groups?.[group]?.[0];
    if (name === undefined) return '';
    const before = last.get(group);
    last.set(group, id);
    if (!view.fifo) return bits & NOISY ? `${name} (noisy)` : name;
    if (before !== undefined) return `behind ${label(before, prefixes)} of group ${name}`;
    if ((bits & HELD) === 0) return `group ${name}`;
    const holder = holders.get(group);
    return `group ${name} is held${holder === undefined ? '' : `: ${label(holder, prefixes)} is in flight`}`;
  };
}

/**
 * A holder is said to have a message only while it does: one that has failed keeps nothing, though the message comes back
 * only when its timeout has passed.
 * @param {View} view
 * @param {number} now
 * @param {Around} around
 * @returns {Held[]}
 */
function inFlight(view, now, { titles, views }) {
  return (view.shelf ?? []).map((/** @type {number[]} */ row) => {
    const [id, look, flags, receives, , until, holder, group = -1] = row;
    const soon = until - now <= 5_000_000;
    const down = holder >= 0 && (views[holder]?.crashed ?? 0) !== 0;
    const has = views[holder]?.seats?.some((/** @type {number[]} */ seat) => seat[1] === id && seat[0] > ASLEEP);
    const who = down ? `${titles[holder]} is down` : `${has ? 'at' : 'received by'} ${titles[holder]}`;
    const name = view.groups?.[group]?.[0];
    const notes = [
      holder >= 0 ? who : '',
      name === undefined ? '' : view.fifo ? `group ${name}` : name,
      often(receives, flags, view.limit ?? 0),
    ];
    const state = `${soon ? 'back in' : 'hidden'} ${countdown(until - now)}`;
    return { ...message(id, look, true, notes.filter(Boolean).join(' · '), state), alarm: down };
  });
}

/**
 * @param {View} view
 * @param {number} now
 * @returns {Held[]}
 */
function atWork(view, now) {
  return (view.seats ?? []).flatMap((/** @type {number[]} */ [state, id, look, flags, since, until, left = 1]) => {
    if (state <= ASLEEP || id <= 0) return [];
    const time = until > now ? `${countdown(until - now)} left` : `since ${duration(now - since)}`;
    const doing = flags & FLAGS.poison ? 'poison' : (SEAT_WORDS[state] ?? '');
    const more = left > 1 ? `${left - 1} more in its batch` : '';
    return [message(id, look, false, [doing, more].filter(Boolean).join(' · '), time)];
  });
}

/**
 * The event that came to a bus last.
 * @param {View} view
 * @param {number} now
 * @returns {Held[]}
 */
function latest(view, now) {
  if (!view.latest) return [];
  const [id, look, , time] = view.latest;
  return [message(id, look, false, 'the latest event', `${age(now - time)} ago`)];
}

/**
 * The batch of a pipe.
 * @param {View} view
 * @returns {Held[]}
 */
function piped(view) {
  if (!view.enrichment && view.enrichment !== '') return [];
  return (view.batch ?? []).map((/** @type {number[]} */ [id, look, , section]) =>
    message(id, look, false, '', `in the ${SECTIONS[section] ?? 'pipe'}`),
  );
}

/**
 * What a topic's filters kept back last: for whom, and why where that is known.
 * @param {View} view
 * @param {number} now
 * @param {Around} around
 * @returns {Held[]}
 */
function heap(view, now, { titles, links = [] }) {
  return (view.heap ?? []).map((/** @type {number[]} */ [id, look, , link, time]) => {
    const reasons = view.subscriptions ?? [];
    const why = reasons.find((/** @type {any[]} */ one) => one[0] === link && one[11] === time)?.[10] ?? '';
    const who = `not for ${titles[links[link]?.to] ?? 'a subscriber'}`;
    return message(id, look, true, why ? `${who}: ${why}` : who, `${age(now - time)} ago`);
  });
}

/**
 * @param {View} view
 * @param {number} now
 * @returns {Held[]}
 */
function stored(view, now) {
  return (view.last ?? []).map((/** @type {number[]} */ [id, look, , time]) =>
    message(id, look, false, '', `stored ${age(now - time)} ago`),
  );
}

/**
 * @param {number} id
 * @param {number} look
 * @param {boolean} hollow
 * @param {string} note
 * @param {string} state
 * @returns {Held}
 */
function message(id, look, hollow, note, state) {
  return { id, look, hollow, note, state, alarm: false };
}

/**
 * How often a message was received, and what is odd about it.
 * @param {number} receives
 * @param {number} flags
 * @param {number} limit maxReceiveCount, 0 for none
 */
function often(receives, flags, limit) {
  const parts = [];
  if (receives > 1 || flags & FLAGS.retried) parts.push(limit > 0 ? `×${receives} of ${limit}` : `×${receives}`);
  if (flags & FLAGS.duplicate) parts.push('duplicate');
  if (flags & FLAGS.poison) parts.push('poison');
  return parts.join(' · ');
}
