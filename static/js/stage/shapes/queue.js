/**
 * A queue: a tube whose capsules line up with the head at the consumer's end, and above it a shelf for messages in
 * flight.
 *
 * Empty slots are drawn, so that "empty" and "full" can be seen; what does not fit is a number at the tail. A dead-
 * letter queue is the same tube, smaller, with its name in the middle below it.
 */

import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { age, count, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').QueueView} QueueView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Port} Port */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ slots: SVGCircleElement[], more: SVGTextElement, held: SVGTextElement | null,
 *   rest: SVGTextElement | null, name: SVGTextElement, waiting: SVGTextContentElement, oldest: SVGTextElement,
 *   notes: SVGTextElement[], room: number }} Parts
 */

const APART = 12; // between two capsules
const FALL = 26; // the dead-letter line leaves right of the middle: the name stands on the left

/** @param {NodeSpec} node @param {QueueView | null} _view @param {Style} style @param {Role} role @returns {Size} */
export function measure(node, _view, style, role) {
  const radius = Math.round(style.glyph * (role.dead ? 1.1 : 1.28));
  const pitch = radius * 2 + (style.compact ? 7 : APART);
  const half = radius + (role.dead ? 13 : style.compact ? 15 : 24);
  const slots = !role.dead ? style.slots : style.compact ? 3 : Math.max(3, Math.floor(style.slots / 2));
  const name = style.width(node.title, style.text, true);
  const names = role.dead ? Math.max(name, style.width('999 messages', style.small)) : 0;
  const said = style.compact && !role.dead ? name + style.width(' · 99 waiting', style.small) + 2 * half + 58 : 0;
  const across = Math.max(said, 2 * (half + 16) + (slots - 1) * pitch);
  const side = across / 2;
  const shelf = role.shelf && !role.dead;
  const space = style.compact ? 8 : 16;
  const rows = role.dead ? 1 : style.compact ? 0 : 3;
  const wide = Math.max(side, names / 2);
  const aside = role.dead && !style.compact ? FALL : 0;
  return {
    left: wide - aside,
    right: wide + aside,
    up: half + (shelf ? space + 8 + radius * 2 + style.small * 1.6 : 6),
    down: half + 10 + style.text * 1.15 + style.small * 1.35 * rows,
    body: { left: side - aside, right: side + aside, up: half, down: half },
    shape: {
      radius,
      pitch,
      half,
      slots,
      narrow: Number(side < style.width('visibility timeout 30 s', style.small)),
      shelf: Number(shelf),
      dead: Number(role.dead),
      falls: Number(role.falls),
      space,
      ...shelves(side, half, radius, style),
    },
  };
}

/**
 * Where the shelf begins and ends, and how many fit.
 * @param {number} side @param {number} half @param {number} radius @param {Style} style
 */
function shelves(side, half, radius, style) {
  const label = style.width('99 in flight', style.small) + 12;
  const from = (style.compact ? -side + half + 22 : -side + 8) + label;
  const to = side - half * 0.4;
  const pitch = radius * 2 + (style.compact ? 10 : 15);
  return {
    shelfFrom: from,
    shelfTo: to,
    shelfPitch: pitch,
    shelfRoom: Math.max(1, Math.floor((to - from - radius * 2) / pitch) + 1),
  };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { half, radius, slots, shelf, dead } = box.shape;
  const { left, right } = box.body;
  group.append(
    element('rect', { class: 'tube card', x: -left, y: -half, width: left + right, height: 2 * half, rx: half }),
  );
  const circles = Array.from({ length: slots }, (_, i) =>
    element('circle', { class: 'slot', cx: slot(box, i), cy: 0, r: radius }),
  );
  const more = line(slot(box, slots - 1) - 6, style.small * 0.36, 'small strong');
  group.append(...circles, more);
  let held = null;
  let rest = null;
  if (shelf) {
    const { shelfFrom, shelfTo, space } = box.shape;
    const y = -half - space;
    group.append(element('path', { class: 'shelf', d: `M${shelfFrom} ${y}H${shelfTo}` }));
    held = line(shelfFrom - 10, y - radius + style.small * 0.2, 'small', 'end');
    rest = line(shelfTo + 6, y - radius + style.small * 0.2, 'small strong', 'start');
    group.append(held, rest);
  }
  return { slots: circles, more, held, rest, ...labels(group, box, node, style, dead === 1) };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @param {boolean} dead */
function labels(group, box, node, style, dead) {
  const { half } = box.shape;
  const first = half + 8 + style.text;
  const step = style.small * 1.35;
  const centred = dead || style.compact;
  const edge = box.body.left - 22;
  const middle = (box.body.right - box.body.left) / 2;
  const beside = style.compact && !dead; // the count stands behind the name
  const left = beside ? half + 16 - box.body.left : -edge; // right of the dead-letter line
  const name = line(dead ? middle : left, first, 'name', dead ? 'middle' : 'start');
  const waiting = beside
    ? element('tspan', { class: 'small' })
    : line(dead ? middle : edge, dead ? first + step : first, dead ? 'small' : 'name', dead ? 'middle' : 'end');
  const oldest = line(edge, first + step, 'small', 'end');
  const notes = centred ? [] : [1, 2].map((row) => line(-edge, first + step * row, 'small', 'start'));
  const room = centred
    ? box.left + box.right - (dead ? 0 : 2 * half + 58)
    : labelRoom(box, box.shape.narrow ? 0 : style.width('999 waiting', style.text, true));
  const title = cut(node.title, beside ? room * 0.6 : room, style.text, style);
  name.textContent = title;
  group.append(name, ...(centred ? [] : [oldest]), ...notes);
  (beside ? name : group).append(waiting);
  return { name, waiting, oldest, notes, room: room - (beside ? style.width(title, style.text, true) : 0) };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {QueueView | null} view
 * @param {{ now: number, names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, scene) {
  const { style } = scene;
  const { slots, dead, narrow, shelfRoom } = box.shape;
  const waiting = view?.waiting ?? 0;
  const hidden = Math.max(0, waiting - Math.min(slots - (waiting > slots ? 1 : 0), view?.head.length ?? 0));
  say(parts.more, hidden > 0 ? `+${shortCount(hidden)}` : '');
  const taken = Math.min(slots, view?.head.length ?? 0);
  for (const [i, circle] of parts.slots.entries())
    set(circle, 'visibility', i < taken || (hidden > 0 && i === slots - 1) ? 'hidden' : 'visible');
  const oldest = view === null || view.oldest === null ? '' : `oldest ${age(scene.now - view.oldest)}`;
  if (dead || style.compact) {
    const noun = dead ? (waiting === 1 ? 'message' : 'messages') : 'waiting';
    const more = dead ? (style.compact ? '' : (view?.caption[0] ?? '')) : oldest;
    const least = `${dead ? '' : ' · '}${count(waiting)} ${noun}`;
    const text = more ? `${least} · ${more}` : least;
    const fits = style.width(text, style.small) <= parts.room;
    say(parts.waiting, fits ? text : cut(least, parts.room, style.small, style));
  } else if (narrow) {
    say(parts.notes[0], `${count(waiting)} waiting`);
    say(parts.notes[1], oldest);
  } else {
    say(parts.waiting, `${count(waiting)} waiting`);
    say(parts.oldest, oldest);
    const delayed = view?.delayed ? [`${count(view.delayed)} delayed`] : [];
    const notes = [node.names[scene.names], [...delayed, ...(view?.caption ?? [])].join(' · ')];
    const room = labelRoom(box, style.width(oldest, style.small));
    for (const [row, text] of notes.entries()) say(parts.notes[row], cut(text, room, style.small, style));
  }
  if (parts.held && parts.rest) {
    const held = view?.inflight ?? 0;
    const shown = Math.min(shelfRoom, view?.shelf.length ?? 0);
    say(parts.held, held === 0 ? 'in flight' : `${count(held)} in flight`);
    parts.held.classList.toggle('faint', held === 0);
    say(parts.rest, held > shown ? `+${shortCount(held - shown)}` : '');
  }
}

/**
 * The messages that lie in the tube and on the shelf.
 * @param {Box} box @param {QueueView} view @param {number} node @param {Resting[]} into
 */
export function rest(box, view, node, into) {
  const { radius, half, slots, shelf, space, shelfFrom, shelfPitch, shelfRoom, dead } = box.shape;
  const shown = view.waiting > slots ? slots - 1 : slots;
  for (const [rank, [id, look, flags, receives]] of view.head.slice(0, shown).entries()) {
    const alarm = view.limit > 0 && receives > 1 && receives >= view.limit - 1;
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
      alarm,
      since: 0,
      until: 0,
      holder: -1,
    });
  }
  if (!shelf) return;
  const y = box.y - half - space - radius - 5;
  for (const [rank, [id, look, flags, receives, since, until, holder]] of view.shelf.slice(0, shelfRoom).entries()) {
    const alarm = view.limit > 0 && receives > 1 && receives >= view.limit - 1;
    const x = box.x + shelfFrom + radius + rank * shelfPitch;
    into.push({ id, look, flags, x, y, radius, place: 'inflight', node, rank, receives, alarm, since, until, holder });
  }
}

/**
 * Where lines meet a queue: the tail, the head, and below the tube for the dead-letter line.
 * @param {Box} box @param {boolean} compact
 */
export function ports(box, compact) {
  const { half, dead } = box.shape;
  const { left, right } = box.body;
  const end = half + 2;
  /** @type {(x: number, y: number, across: boolean) => Port} */
  const port = (x, y, across) => ({ x: box.x + x, y: box.y + y, across });
  if (!compact)
    return {
      in: port(-left, 0, true),
      out: port(right, 0, true),
      fall: port(FALL, half, false),
      land: port((right - left) / 2, -half, false),
    };
  return {
    in: port(dead ? 0 : -left + end, -half, false),
    out: port(right - end, half, false),
    fall: port(-left + end, half, false),
    land: port(0, -half, false),
  };
}

/** @param {NodeSpec} node @param {QueueView} view @param {number} now */
export function tell(node, view, now) {
  const parts = view.dead ? [`${count(view.waiting)} set aside`] : [`${count(view.waiting)} waiting`];
  if (view.inflight) parts.push(`${count(view.inflight)} in flight`);
  if (view.delayed) parts.push(`${count(view.delayed)} delayed`);
  if (view.oldest !== null) parts.push(`oldest ${age(now - view.oldest)}`);
  return `${node.title}: ${parts.join(', ')}.`;
}

/**
 * How wide the texts on the left may be: up to the dead-letter line, or to the numbers on the right.
 * @param {Box} box @param {number} numbers
 */
function labelRoom(box, numbers) {
  const side = box.body.left - 22;
  return box.shape.falls ? side + FALL - 10 : 2 * side - numbers - 14;
}

/** @param {Box} box @param {number} rank  0 is the head */
function slot(box, rank) {
  return box.body.right - box.shape.half - 16 - rank * box.shape.pitch;
}
