/**
 * An event bus: a rail on the left where events arrive, and a board of rule cards beside it.
 *
 * An event lights the cards that it matched; the others step back and show the clause that failed. Its glyph stays on
 * the rail until the next one comes, because that is what the cards speak of. A line leaves at the card of its rule.
 */

import * as archive from 'app/stage/shapes/archive.js';
import * as board from 'app/stage/shapes/board.js';
import { cut, element, line, say } from 'app/stage/shapes/svg.js';
import { count } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').EventBusView} EventBusView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Exit} Exit */
/** @typedef {import('app/stage/types.js').Spoke} Spoke */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ cards: import('app/stage/shapes/board.js').Card[], kind: SVGTextElement, figure: SVGTextElement,
 *   more: SVGTextElement, archive: import('app/stage/shapes/archive.js').Drawer }} Parts
 */

const MOST = 10;
const GAP = 8;
const RAIL = 30;
const WIRE = 22;
const UPRIGHT = 7; // cards on a phone, a line each
const ROOMY = 5; // cards that have a line for their targets
const FLAT = 3; // the same, where room is scarce
const BESIDE = 9; // between two lines that leave a compact board

/** How many cards, whether there is an archive, and whether there is something to say below. @param {EventBusView | null} view */
export function room(view) {
  return [
    view?.rules.length ?? 0,
    view?.archive ? 1 : 0,
    view && (view.dropped > 0 || view.count > view.rules.length) ? 1 : 0,
  ];
}

/** Lines leave at the cards. @param {EventBusView | null} view */
export function order(view) {
  return (view?.rules ?? []).map(([name]) => name).join('\n');
}

/** @param {NodeSpec} node @param {EventBusView | null} view @param {Style} style @param {Partial<Role>} role @returns {Size} */
export function measure(node, view, style, role) {
  const [asked, archived, noted] = role.room ?? room(view);
  const exits = role.exits ?? [];
  const cards = Math.min(style.compact ? UPRIGHT : MOST, Math.max(1, asked));
  const roomy = cards <= (style.flat ? FLAT : ROOMY) && !style.compact;
  const height = board.tall(style, roomy, style.compact);
  const whole = cards * height + (cards - 1) * GAP;
  const rail = style.compact ? 20 : RAIL;
  const wire = style.compact ? 12 : WIRE;
  const width =
    rail +
    wire +
    Math.max(
      style.small * (style.compact || style.flat ? 18 : 21),
      Math.min(style.small * 26, style.width(node.title, style.text, true)),
    );
  const half = { x: width / 2, y: whole / 2 };
  const heads = style.text * 1.2 + (style.compact ? 6 : style.small * 1.35 + 10);
  const foot = (archived ? archive.tall(style) : 0) + (noted ? style.small * 1.5 : 0) + 4;
  const body = { left: half.x, right: half.x, up: half.y, down: half.y };
  const names = (view?.rules ?? []).map(([name]) => name);
  const spokes = style.compact ? below(exits, half, half.y + foot) : leaving(exits, names, cards, height, half);
  const shape = { cards, height, rail, wire, roomy: Number(roomy), archived, noted, round: 10 };
  return { ...body, up: half.y + heads, down: half.y + foot, body, shape, spokes };
}

/**
 * Each line leaves at the middle of its card; those of rules that are not shown, below the last one.
 * @param {Exit[]} exits @param {string[]} names @param {number} cards @param {number} height
 * @param {{ x: number, y: number }} half @returns {Spoke[]}
 */
function leaving(exits, names, cards, height, half) {
  return exits.map((exit, i) => {
    const found = names.indexOf(exit.part);
    const row = Math.min(cards - 1, found >= 0 ? found : exit.part ? cards - 1 : i);
    return {
      ...exit,
      lead: [{ x: half.x, y: row * (height + GAP) + height / 2 - half.y }],
      across: true,
      room: height * 1.2,
    };
  });
}

/** Upright they leave at the right of the foot. @param {Exit[]} exits @param {{ x: number, y: number }} half @param {number} foot */
function below(exits, half, foot) {
  return exits.map((exit, i) => {
    const x = half.x - 10 - (exits.length - 1 - i) * BESIDE;
    const lead = [
      { x, y: half.y },
      { x, y: foot },
    ];
    return { ...exit, lead, across: false, room: 0 };
  });
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { left, up, down, right } = box.body;
  const { cards, height, rail, wire, roomy, noted } = box.shape;
  group.append(element('rect', { class: 'card rail', x: -left, y: -up, width: rail, height: up + down, rx: 9 }));
  const place = { rail: -left + rail, left: -left + rail + wire, width: left + right - rail - wire, height };
  const made = Array.from({ length: cards }, (_, i) =>
    board.build(group, { ...place, top: -up + i * (height + GAP) }, style, roomy === 1),
  );
  const head = -up - (style.compact ? 8 : style.small * 1.35 + 10);
  const over = style.compact ? place.left : -left; // a line from above lands on the rail
  const name = line(over, head, 'name', 'start');
  const figure = line(right, head, 'small', 'end');
  const kind = line(-left, -up - 8, 'small', 'start');
  name.textContent = cut(node.title, right - over - style.width('9,999 events', style.small) - 12, style.text, style);
  const more = line(place.left, down + style.small * 1.4, 'small', 'start'); // right of what falls from the rail
  group.append(name, figure, ...(style.compact ? [] : [kind]), more);
  const drawer = archive.build(group, place.left, down + (noted ? style.small * 1.5 : 0), style);
  return { cards: made, kind, figure, more, archive: drawer };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {EventBusView | null} view
 * @param {{ now: number, names: Naming, style: Style, step?: number }} scene
 */
export function update(parts, box, node, view, { now, names, style, step = 0 }) {
  const wide = box.body.left + box.body.right;
  say(parts.kind, cut(node.names[names], wide, style.small, style));
  say(parts.figure, view ? `${count(view.received)} ${view.received === 1 ? 'event' : 'events'}` : '');
  const aside = box.shape.rail + box.shape.wire + (style.compact ? (box.spokes?.length ?? 0) * BESIDE + 12 : 0);
  say(parts.more, cut(view ? remarks(view, parts.cards.length) : '', wide - aside, style.small, style));
  archive.update(parts.archive, view?.archive, wide - aside, style);
  for (const [i, card] of parts.cards.entries()) board.update(card, view?.rules[i], view, now, step, style);
}

/** What does not stand on a card. @param {EventBusView} view @param {number} cards */
function remarks(view, cards) {
  const more = view.count - Math.min(cards, view.rules.length);
  const parts = view.dropped ? [`✕ ${count(view.dropped)} discarded`] : [];
  return [...parts, ...(more > 0 ? [`${count(more)} more rules`] : [])].join(' · ');
}

/** The latest event, on the rail. @param {Box} box @param {EventBusView} view @param {number} node @param {Resting[]} into */
export function rest(box, view, node, into) {
  if (!view.latest) return;
  const [id, look, flags, since] = view.latest;
  const radius = box.shape.rail * 0.36;
  const place = /** @type {const} */ ('latest');
  const none = { receives: 0, alarm: false, until: 0, holder: -1, rank: 0 };
  into.push({
    id,
    look,
    flags,
    x: box.x - box.body.left + box.shape.rail / 2,
    y: box.y,
    radius,
    place,
    node,
    since,
    ...none,
  });
}

/** Where lines meet a bus: its rail; dead letters fall from its foot. @param {Box} box @param {boolean} compact */
export function ports(box, compact) {
  const { left, right, up, down } = box.body;
  const rail = box.x - left + box.shape.rail / 2;
  /** @type {(x: number, y: number, across: boolean) => import('app/stage/types.js').Port} */
  const port = (x, y, across) => ({ x, y, across });
  const fall = port(rail, box.y + down, false);
  const land = port(rail, box.y - up, false);
  if (!compact) return { in: port(box.x - left, box.y, true), out: port(box.x + right, box.y, true), fall, land };
  return { in: land, out: port(box.x, box.y + down, false), fall, land };
}

/** @param {NodeSpec} node @param {EventBusView} view @param {number} now */
export function tell(node, view, now) {
  const many = view.count || view.rules.length;
  const parts = [
    `${count(view.received)} ${view.received === 1 ? 'event' : 'events'}, ${count(many)} ${many === 1 ? 'rule' : 'rules'}`,
  ];
  if (view.dropped) parts.push(`${count(view.dropped)} discarded`);
  if (view.archive) parts.push(archive.words(view.archive));
  const told = view.rules.map((rule) => board.tell(rule, view, now));
  return `${node.title}: ${parts.join(', ')}.${told.length ? ` ${told.join('; ')}.` : ''}`;
}
