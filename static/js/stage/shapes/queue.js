/**
 * A queue: a tube whose capsules line up with the head at the consumer's end, and above it a shelf for messages in
 * flight.
 *
 * Empty slots are drawn, so that "empty" and "full" can be seen; what does not fit is a number at the tail. A dead-
 * letter queue is the same tube, smaller, with its name in the middle below it. The tube of a FIFO queue ends in a
 * point and has a chevron between every two slots: what is in it keeps its order. Message groups (or tenants) have a
 * lane each below the tube, and their patterns and names on the capsules.
 */

import * as callouts from 'app/stage/shapes/callout.js';
import { slot } from 'app/stage/shapes/capsules.js';
import * as lanes from 'app/stage/shapes/lanes.js';
import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { age, count, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').QueueView} QueueView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Port} Port */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ slots: SVGCircleElement[], more: SVGTextElement, held: SVGTextElement | null,
 *   rest: SVGTextElement | null, name: SVGTextElement, waiting: SVGTextContentElement, oldest: SVGTextElement,
 *   groups: SVGTextElement, notes: SVGTextElement[], room: number, lanes: import('app/stage/shapes/lanes.js').Lane[],
 *   callouts: import('app/stage/shapes/callout.js').Callout[], progress: SVGRectElement,
 *   view: QueueView | null }} Parts
 */

export { rest } from 'app/stage/shapes/capsules.js';

const APART = 12; // between two capsules
const LANES = 25; // letters' heights: how wide a tube is at least that has lanes below it
const MUCH = 10; // one in so many requests
const POINT = 0.62; // of half the tube's height: how long the point of a FIFO tube is
const FALL = 26; // the dead-letter line leaves right of the middle: the name stands on the left

/** How many lanes it needs, and rows of callouts. @param {QueueView | null} view @param {NodeSpec} node */
export function room(view, node) {
  const fifo = isFifo(node, view);
  const calls = view?.refusals || view?.repeat || view?.overtook || (fifo && !view?.dead);
  return [view?.dead ? 0 : lanes.many(view?.groups?.length ?? 0, fifo), calls ? 1 : 0];
}

/** @param {NodeSpec} node @param {QueueView | null} view */
function isFifo(node, view) {
  return view?.fifo ?? node.kind === 'fifo';
}

/** @param {NodeSpec} node @param {QueueView | null} view @param {Style} style @param {Role} role @returns {Size} */
export function measure(node, view, style, role) {
  const radius = Math.round(style.glyph * (role.dead ? 1.1 : 1.28));
  const pitch = radius * 2 + (style.compact ? 7 : APART);
  const [asked, calls] = role.room ?? room(view, node);
  const grouped = !role.dead && asked > 0;
  const arranged = lanes.arranged(grouped ? asked : 0, style.compact, role.falls);
  const named = grouped ? style.small * 1.35 + 3 : 0; // the names below the capsules
  const half = radius + Math.ceil(Math.max(named, role.dead ? 13 : style.compact ? 15 : 24));
  const slots = !role.dead ? style.slots : style.compact ? 3 : Math.max(3, Math.floor(style.slots / 2));
  const name = style.width(node.title, style.text, true);
  const names = role.dead ? Math.max(name, style.width('999 of 999 moved', style.small)) : 0;
  const said = style.compact && !role.dead ? name + style.width(' · 99 waiting', style.small) + 2 * half + 58 : 0;
  const tail = style.width(role.dead ? '+999' : '+9.9k', style.small, true) + 8 - (half + 16 + radius);
  const least = grouped && !style.compact ? style.small * LANES : 0;
  const across = Math.max(said, 2 * (half + 16) + (slots - 1) * pitch + Math.max(0, tail), least);
  const side = across / 2;
  const shelf = role.shelf && !role.dead;
  const space = grouped ? style.small + 7 : style.compact ? 8 : 16;
  const rows = role.dead ? 1 : style.compact ? 0 : 3;
  const lanesTop = half + 10 + style.text * 1.15 + style.small * 1.35 * rows + 4;
  const wide = Math.max(side, names / 2);
  const aside = role.dead && !style.compact ? FALL : 0;
  return {
    left: wide - aside,
    right: wide + aside,
    up: half + (shelf ? space + 8 + radius * 2 + style.small * 1.6 : 6) + (calls ? callouts.tall(style) : 0),
    down: grouped
      ? lanesTop + lanes.pitch(style) * arranged.rows
      : half + 10 + style.text * 1.15 + style.small * 1.35 * rows,
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
      fifo: Number(isFifo(node, view)),
      laneRows: arranged.rows,
      laneColumns: arranged.columns,
      lanesTop,
      letters: grouped ? letters(pitch, style) : 0,
      ...shelves(side, half, radius, style),
    },
  };
}

/** How many letters of a group's name fit below a capsule. @param {number} pitch @param {Style} style */
function letters(pitch, style) {
  return Math.max(1, Math.floor((pitch - 2) / (style.small * 0.62)));
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
    shelfLetters: letters(pitch, style),
    shelfRoom: Math.max(1, Math.floor((to - from - radius * 2) / pitch) + 1),
  };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { half, radius, slots, shelf, dead, fifo } = box.shape;
  const { left, right } = box.body;
  const tube = fifo
    ? element('path', { class: 'tube card is-fifo', d: pointed(left, right, half) })
    : element('rect', { class: 'tube card', x: -left, y: -half, width: left + right, height: 2 * half, rx: half });
  const progress = element('rect', { class: 'progress', x: half - left, y: half - 7, width: 0, height: 4, rx: 2 });
  group.append(tube, ...(fifo && !dead ? [element('path', { class: 'order', d: chevrons(box) })] : []), progress);
  const circles = Array.from({ length: slots }, (_, i) =>
    element('circle', { class: 'slot', cx: slot(box, i), cy: 0, r: radius }),
  );
  const more = line(slot(box, slots - 1) + radius, style.small * 0.36, 'small strong', 'end');
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
  return {
    slots: circles,
    more,
    held,
    rest,
    ...labels(group, box, node, style, dead === 1),
    lanes: rowsBelow(group, box, style),
    callouts: callouts.build(group),
    progress,
    view: null,
  };
}

/**
 * The lanes of the groups, which keep clear of a dead-letter line.
 * @param {SVGGElement} group @param {Box} box @param {Style} style
 */
function rowsBelow(group, box, style) {
  const { laneRows, laneColumns, lanesTop, half, falls } = box.shape;
  if (laneRows === 0) return [];
  const [left, right] = style.compact
    ? [half + 16 - box.body.left, box.body.right - half - 10]
    : [22 - box.left, box.right - 22];
  const middle = style.compact || !falls ? (left + right) / 2 : FALL;
  /** @type {[number, number][]} */
  const two = [
    [left, middle - 12],
    [middle + 14, right],
  ];
  /** @type {[number, number][]} */
  const columns = laneColumns > 1 ? two : [[left, falls ? middle - 12 : right]];
  return lanes.build(group, columns, lanesTop, laneRows, style);
}

/** The outline of a tube that ends in a point. @param {number} left @param {number} right @param {number} half */
function pointed(left, right, half) {
  const tip = right - half * POINT;
  return `M${half - left} ${-half}H${tip}L${right} 0L${tip} ${half}H${half - left}A${half} ${half} 0 0 1 ${half - left} ${-half}Z`;
}

/** Which way the order runs: a chevron after every slot. @param {Box} box */
function chevrons(box) {
  const { slots, pitch, radius } = box.shape;
  const [wide, high] = [Math.min(5, pitch - 2 * radius - 4), radius * 0.42];
  return Array.from({ length: slots }, (_, i) => slot(box, i) + pitch / 2 - wide / 2)
    .map((x) => `M${x} ${-high}l${wide} ${high}l${-wide} ${high}`)
    .join('');
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
  const groups = line(edge, first + step * 2, 'small', 'end');
  const notes = centred ? [] : [1, 2, 3].map((row) => line(-edge, first + step * row, 'small', 'start'));
  const room = centred
    ? box.left + box.right - (dead ? 0 : 2 * half + 58)
    : labelRoom(box, box.shape.narrow ? 0 : style.width('999 waiting', style.text, true));
  const title = cut(node.title, beside ? room * 0.6 : room, style.text, style);
  name.textContent = title;
  group.append(name, ...(centred ? [] : [oldest, groups]), ...notes);
  (beside ? name : group).append(waiting);
  return { name, waiting, oldest, groups, notes, room: room - (beside ? style.width(title, style.text, true) : 0) };
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
    const move = view?.move ?? null;
    const [least, further] = move
      ? [`${count(move[0])} of ${count(move[1])} moved`, move[2] > 0 ? `${count(move[2])} per s` : '']
      : [`${dead ? '' : ' · '}${count(waiting)} ${noun}`, more];
    const text = further ? `${least} · ${further}` : least;
    const fits = style.width(text, style.small) <= parts.room;
    say(parts.waiting, fits ? text : cut(least, parts.room, style.small, style));
    parts.waiting.classList.toggle('strong', move !== null);
  } else if (narrow) {
    say(parts.notes[0], `${count(waiting)} waiting`);
    say(parts.notes[1], oldest);
    say(parts.notes[2], remark(view));
  } else {
    say(parts.waiting, `${count(waiting)} waiting`);
    say(parts.oldest, oldest);
    const delayed = view?.delayed ? [`${count(view.delayed)} delayed`] : [];
    const groups = groupCount(view, box.shape.fifo === 1);
    say(parts.groups, groups);
    const notes = [node.names[scene.names], [...delayed, ...(view?.caption ?? [])].join(' · '), remark(view)];
    const room = labelRoom(box, Math.max(style.width(oldest, style.small), style.width(groups, style.small)));
    for (const [row, text] of notes.entries()) say(parts.notes[row], cut(text, room, style.small, style));
  }
  if (parts.held && parts.rest) {
    const held = view?.inflight ?? 0;
    const shown = Math.min(shelfRoom, view?.shelf.length ?? 0);
    say(parts.held, held === 0 ? 'in flight' : `${count(held)} in flight`);
    parts.held.classList.toggle('faint', held === 0);
    say(parts.rest, held > shown ? `+${shortCount(held - shown)}` : '');
  }
  if (view === parts.view) return;
  parts.view = view;
  lanes.update(parts.lanes, view, style);
  callouts.update(parts.callouts, box, view, style);
  const whole = box.body.left + box.body.right - 2 * box.shape.half;
  const [moved, total] = view?.move ?? [0, 0];
  set(parts.progress, 'width', total > 0 ? Math.round((Math.min(moved, total) / total) * whole) : 0);
}

/** What was sent in vain, or else what was asked in vain, if that is much. @param {QueueView | null} view */
export function remark(view) {
  if (view?.deduplicated) return `${count(view.deduplicated)} deduplicated`;
  const [billed, empty] = view?.calls ?? [0, 0];
  return empty > 0 && empty * MUCH >= billed ? `${count(empty)} of ${count(billed)} requests empty` : '';
}

/** "5 groups", "23 tenants". @param {QueueView | null} view @param {boolean} fifo */
function groupCount(view, fifo) {
  const all = Math.max(view?.groupCount ?? 0, view?.groups?.length ?? 0);
  return all === 0 ? '' : `${count(all)} ${fifo ? 'group' : 'tenant'}${all === 1 ? '' : 's'}`;
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
  const inVain = remark(view);
  if (inVain) parts.push(inVain);
  if (view.overtook) parts.push(`one was handed out before ${count(view.overtook[1])} older ones`);
  if (view.refusals) parts.push(`refused ${callouts.refusal(view).replace('⊘ ', '')}`);
  if (view.move) {
    const [moved, total, perSecond, to] = view.move;
    const speed = perSecond > 0 ? ` at ${count(perSecond)} per s` : '';
    parts.push(`moving ${to ? `to ${to}` : 'back'}: ${count(moved)} of ${count(total)}${speed}`);
  }
  return `${node.title}: ${parts.join(', ')}.${lanes.tell(view, isFifo(node, view))}`;
}

/**
 * How wide the texts on the left may be: up to the dead-letter line, or to the numbers on the right.
 * @param {Box} box @param {number} numbers
 */
function labelRoom(box, numbers) {
  const side = box.body.left - 22;
  return box.shape.falls ? side + FALL - 10 : 2 * side - numbers - 14;
}
