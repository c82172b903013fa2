/**
 * A topic: a hub with a spoke to each subscription. A message that arrives parts into its copies at the rim, on the side
 * of their subscriptions; what a subscription's filter keeps back bounces off there, onto a heap below.
 *
 * On the rim stands a funnel where a subscription has a filter; on the spoke the sign of its protocol, in a ring that
 * drains until the next try; beside it what passed and what did not. Arrowheads point outwards only: a topic pushes, and
 * nobody asks it. Upright (on a phone) the spokes leave below, and the subscriptions are lines of text beside the hub.
 */

import * as archive from 'app/stage/shapes/archive.js';
import { arc, chevron, funnel, lock, protocolPath } from 'app/stage/shapes/signs.js';
import { DEAD, FILTERED, figures, titled, trouble } from 'app/stage/shapes/subscription.js';
import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').TopicView} TopicView */
/** @typedef {import('app/stage/types.js').Subscription} Subscription */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Exit} Exit */
/** @typedef {import('app/stage/types.js').Spoke} Spoke */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ spoke: Spoke, group: SVGGElement, funnel: SVGPathElement | null, sign: SVGPathElement | null,
 *   ring: SVGPathElement | null, lock: SVGGElement | null, dead: SVGPathElement | null, above: SVGTextElement,
 *   below: SVGTextElement, drawn: string }} Tab
 * @typedef {{ tabs: Tab[], number: SVGTextElement, kind: SVGTextElement | null, heap: SVGTextElement | null,
 *   tray: SVGPathElement | null, archive: import('app/stage/shapes/archive.js').Drawer }} Parts
 */

const MOST = 12; // spokes of their own; further subscriptions share the last
const ROWS = 4; // lines of text beside a compact hub
const HEAP = 6.5; // radius of a message on the heap
const OUTSIDE = 1.13; // of the radius: where the funnels stand
const PILE = [4, 3, 1]; // from the ground up
const WIDE = HEAP * 9; // how wide the heap is at its foot
const REACH = 54; // from the rim to where a spoke runs level
const ROOMY = 5; // subscriptions that have two lines of text each
const FALL = 0.55; // of the radius, right of the middle: the dead-letter line

/** Whether anything may be filtered out, and whether there is an archive. @param {TopicView | null} view */
export function room(view) {
  const filters = view?.subscriptions.some((one) => one[2] & FILTERED || one[4] > 0) || (view?.heap.length ?? 0) > 0;
  return [filters ? 1 : 0, view?.archive ? 1 : 0];
}

/** @param {NodeSpec} node @param {TopicView | null} view @param {Style} style @param {Partial<Role>} role @returns {Size} */
export function measure(node, view, style, role) {
  const [filters, archived] = role.room ?? room(view);
  const exits = role.exits ?? [];
  if (style.compact) return measureUpright(node, style, exits, filters, archived);
  const radius = Math.round(Math.max(44, style.text * 3.4));
  const rows = Math.min(MOST, Math.max(1, exits.length));
  const roomy = rows <= ROOMY ? 1 : 0;
  const pitch = Math.ceil(roomy ? Math.max(46, style.small * 2.6 + 18) : Math.max(30, style.small * 1.3 + 14));
  const gate = radius + (style.flat ? REACH * 0.7 : REACH);
  const longest = style.flat
    ? ['999 passed · 99 out', '↻ retry 9/99 in 59 s']
    : ['999 passed · 999 filtered · 99 failed', ''];
  const texts = Math.max(style.width(longest[0], style.small), style.width(longest[1], style.small, true));
  const right = gate + 36 + texts + 6;
  const spread = ((rows - 1) * pitch) / 2;
  const heads = style.text * 1.2 + style.small * 1.35 + 12;
  const names = Math.min(
    gate * 2 - 24,
    Math.max(style.width(node.title, style.text, true), style.width(node.names.aws, style.small)),
  );
  const ground = radius + 12 + PILE.length * HEAP * 1.9; // of the heap
  const pile = filters ? ground - radius + style.small * 1.5 : 0;
  const floor = radius + pile + (archived ? archive.tall(style) : 0) + 4;
  const text = style.small * 1.3 + 8;
  const side = filters ? style.width('9,999 filtered out', style.small) - radius * FALL + 16 : 0;
  return {
    left: Math.max(radius, names / 2, side),
    right,
    up: Math.max(radius + heads, spread + (roomy ? text : 16) + 4),
    down: Math.max(floor, spread + text),
    body: { left: radius, right, up: Math.max(radius, spread + 16), down: Math.max(radius, spread + 16) },
    shape: {
      radius,
      gate,
      pitch,
      rows,
      roomy,
      filters,
      archived,
      pile,
      ground,
      texts,
      names,
      hub: 0,
      upright: 0,
      brief: Number(style.flat),
    },
    spokes: exits.map((exit, i) => spoke(exit, Math.min(i, rows - 1), rows, { radius, gate, pitch, right })),
  };
}

/**
 * From the rim towards its row, then level to the edge.
 * @param {Exit} exit @param {number} row @param {number} rows
 * @param {{ radius: number, gate: number, pitch: number, right: number }} hub @returns {Spoke}
 */
function spoke(exit, row, rows, { radius, gate, pitch, right }) {
  const y = (row - (rows - 1) / 2) * pitch;
  const away = Math.hypot(gate, y);
  const rim = { x: (gate / away) * radius, y: (y / away) * radius };
  return { ...exit, lead: [rim, { x: gate, y }, { x: right, y }], across: true, room: pitch / 2 };
}

/** @param {NodeSpec} node @param {Style} style @param {Exit[]} exits @param {number} filters @param {number} archived @returns {Size} */
function measureUpright(node, style, exits, filters, archived) {
  const radius = Math.round(style.text * 2);
  const rows = Math.min(ROWS, Math.max(1, exits.length));
  const texts = Math.max(
    style.width(`${node.title} · 9,999 published`, style.text),
    style.width('subscriber: 999 passed · 99 filtered', style.small),
  );
  const width = 2 * radius + 16 + texts;
  const pitch = style.small * 1.35;
  const height = Math.max(2 * radius + 12, style.text * 1.3 + rows * pitch + (archived ? archive.tall(style) : 0) + 6);
  const hub = radius - width / 2;
  const [half, reach] = [height / 2, radius * 0.8];
  const spokes = exits.map((exit, i) => {
    const at = exits.length > 1 ? (i / (exits.length - 1)) * 2 - 1 : 0;
    const [x, y] = [at * reach, Math.sqrt(radius * radius - at * at * reach * reach)];
    const lead = [
      { x: hub + x, y },
      { x: hub + x * 1.1, y: half },
    ];
    return { ...exit, lead, across: false, room: 0 };
  });
  const body = { left: width / 2, right: width / 2, up: half, down: half };
  const shape = {
    radius,
    rows,
    pitch,
    filters,
    archived,
    texts,
    hub,
    upright: 1,
    brief: 1,
    gate: 0,
    pile: 0,
    roomy: 0,
  };
  return { ...body, body, shape, spokes };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { radius, hub, upright } = box.shape;
  const circle = element('circle', { class: 'card hub', cx: hub, r: radius });
  const fifo = node.kind === 'fifo' ? [element('path', { class: 'order', d: chevrons(hub, radius) })] : [];
  const number = line(hub, style.text * (upright ? 0.35 : 0.2), upright ? 'number less' : 'number');
  group.append(circle, ...fifo, number);
  return upright ? buildUpright(group, box, node, style, number) : buildWide(group, box, node, style, number);
}

/** Which way the order of a FIFO topic runs. @param {number} hub @param {number} radius */
function chevrons(hub, radius) {
  return [-0.86, 0.72].map((at) => `M${Math.round(hub + at * radius)} -6l5 6l-5 6`).join('');
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @param {SVGTextElement} number @returns {Parts} */
function buildWide(group, box, node, style, number) {
  const { radius, filters, pile, names } = box.shape;
  const name = line(0, -radius - style.small * 1.35 - 12, 'name');
  name.textContent = cut(node.title, names, style.text, style);
  const kind = line(0, -radius - 10, 'small');
  const unit = line(0, style.text * 0.2 + style.small * 1.25, 'small');
  unit.textContent = 'published';
  const { ground } = box.shape;
  const edge = radius * FALL - 14;
  const d = `M${edge - WIDE} ${ground - 9}V${ground}H${edge}V${ground - 9}`;
  const tray = filters ? element('path', { class: 'tray', d }) : null;
  const heap = filters ? line(edge, ground + style.small * 1.2, 'small', 'end') : null;
  group.append(name, kind, unit, ...(tray && heap ? [tray, heap] : []));
  const drawer = archive.build(group, -radius, radius + pile, style);
  const shown = (box.spokes ?? []).slice(0, box.shape.rows);
  const tabs = shown.map((one) => tab(group, box, one, style));
  return { tabs, number, kind, heap, tray, archive: drawer };
}

/** The signs and the words at one spoke. @param {SVGGElement} into @param {Box} box @param {Spoke} spoke @param {Style} style @returns {Tab} */
function tab(into, box, spoke, style) {
  const [rim, turn] = spoke.lead;
  const angle = (Math.atan2(turn.y - rim.y, turn.x - rim.x) * 180) / Math.PI;
  const x = box.shape.gate + 16;
  const open = funnel(rim.x * OUTSIDE, rim.y * OUTSIDE, angle);
  const head = chevron(rim.x + (turn.x - rim.x) * 0.66, rim.y + (turn.y - rim.y) * 0.66, angle);
  const sign = element('path', { class: 'sign' });
  const ring = element('path', { class: 'countdown' });
  const at = `translate(${x} ${turn.y})`;
  const disc = element('g', { class: 'plug', transform: at }, element('circle', { r: 12.5 }), sign, ring);
  const dead = element('path', { class: 'trap', d: `M${x} ${turn.y + 18}v7m-4-4l4 4l4-4` });
  const held = lock(x + 13, turn.y - 13);
  const above = line(x + 20, turn.y - 8, 'small strong', 'start');
  const below = line(x + 20, turn.y + style.small + 4, 'small', 'start');
  const group = element('g', { class: 'tab' }, head, open, disc, dead, held, above, below);
  into.append(group);
  return { spoke, group, funnel: open, sign, ring, lock: held, dead, above, below, drawn: '' };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @param {SVGTextElement} number @returns {Parts} */
function buildUpright(group, box, node, style, number) {
  const { hub, radius, rows, pitch } = box.shape;
  const left = hub + radius + 16;
  const top = -box.body.up + style.text;
  const name = line(left, top, 'name', 'start');
  name.textContent = cut(node.title, box.shape.texts * 0.6, style.text, style);
  const kind = element('tspan', { class: 'small' });
  name.append(kind);
  group.append(name);
  const tabs = (box.spokes ?? []).slice(0, rows).map((spoke, i) => {
    const text = line(left, top + pitch * (i + 1) + 2, 'small', 'start');
    const [said, wrong] = [element('tspan'), element('tspan', { class: 'warn' })];
    text.append(said, wrong);
    group.append(text);
    const none = { funnel: null, sign: null, ring: null, lock: null, dead: null };
    return { spoke, group: text, ...none, above: wrong, below: said, drawn: '' };
  });
  const drawer = archive.build(group, left, top + pitch * rows + 6, style);
  return /** @type {any} */ ({ tabs, number, kind: null, heap: null, tray: null, archive: drawer });
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {TopicView | null} view
 * @param {{ now: number, names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, { now, names, style }) {
  const { texts, upright, radius, brief } = box.shape;
  say(parts.number, shortCount(view?.published ?? 0));
  if (parts.kind) say(parts.kind, cut(node.names[names], box.shape.names, style.small, style));
  const kept = view?.subscriptions.reduce((sum, one) => sum + one[4], 0) ?? 0;
  if (parts.heap) say(parts.heap, `${count(kept)} filtered out`);
  archive.update(parts.archive, view?.archive, upright ? texts : box.body.right + radius, style);
  for (const tab of parts.tabs) {
    const found = view?.subscriptions.find(([link]) => link === tab.spoke.link) ?? null;
    const wrong = found ? trouble(found, now) : null;
    const said = found ? figures(found, upright + brief > 0) : '';
    if (upright) {
      say(tab.below, cut(`${tab.spoke.title}: ${wrong ? '' : said}`, texts, style.small, style));
      say(tab.above, wrong?.short ?? '');
      set(tab.above, 'class', wrong?.grave ? 'bad' : 'warn');
      continue;
    }
    dress(tab, found, view?.fifo ?? false, now);
    const both = box.shape.roomy === 1;
    const words = wrong && style.width(wrong.words, style.small, true) <= texts ? wrong.words : (wrong?.short ?? '');
    say(tab.above, both ? cut(words, texts, style.small * 1.06, style) : '');
    say(tab.below, cut(!both && wrong ? wrong.short : said, texts, style.small, style));
    set(tab.above, 'class', `small strong ${wrong?.grave ? 'bad' : 'warn'}`);
    set(tab.below, 'class', !both && wrong ? `small strong ${wrong.grave ? 'bad' : 'warn'}` : 'small');
  }
}

/** @param {Tab} tab @param {Subscription | null} found @param {boolean} fifo @param {number} now */
function dress(tab, found, fifo, now) {
  const [, protocol = '', state = 0, , , , retrying = 0, retry = 0, , , , failed = 0] = found ?? [];
  const look = `${protocol} ${state} ${retrying > 0}`;
  if (tab.drawn !== look) {
    tab.drawn = look;
    const pending = Boolean(state & 1);
    set(tab.group, 'class', `tab${pending ? ' is-pending' : ''}${retrying ? ' is-retrying' : ''}`);
    if (tab.sign) set(tab.sign, 'd', pending ? 'M-3-3.500A3 3 0 1 1 0 0V2.500M0 6h.01' : protocolPath(protocol));
    if (tab.funnel) set(tab.funnel, 'visibility', state & FILTERED ? 'visible' : 'hidden');
    if (tab.dead) set(tab.dead, 'visibility', state & DEAD ? 'visible' : 'hidden');
    if (tab.lock) set(tab.lock, 'visibility', fifo && retrying ? 'visible' : 'hidden');
  }
  if (!tab.ring) return;
  const left = retry > now && retry > failed ? (retry - now) / (retry - failed) : 0;
  set(tab.ring, 'd', arc(left, 16));
}

/**
 * The copies that were filtered out last, as a heap.
 * @param {Box} box @param {TopicView} view @param {number} node @param {Resting[]} into
 */
export function rest(box, view, node, into) {
  const { radius, filters, ground, upright } = box.shape;
  if (!filters || upright) return;
  const middle = radius * FALL - 14 - WIDE / 2;
  for (const [rank, [id, look, flags, link, since]] of view.heap.slice(0, 8).entries()) {
    const { x, y } = piled(rank);
    const spoke = box.spokes?.find((one) => one.link === link);
    const rim = spoke?.lead[0];
    const from = rim ? { x: box.x + rim.x * OUTSIDE, y: box.y + rim.y * OUTSIDE } : undefined;
    const told = view.subscriptions.find((one) => one[0] === link && one[11] === since)?.[10] ?? '';
    const place = /** @type {const} */ ('heap');
    const at = { x: box.x + middle + x, y: box.y + ground - HEAP - 2 - y };
    const none = { receives: 0, alarm: false, until: 0 };
    into.push({
      id,
      look,
      flags,
      ...at,
      radius: HEAP,
      place,
      node,
      ...none,
      since,
      holder: spoke?.to ?? -1,
      rank,
      from,
      tag: told,
    });
  }
}

/** Where on the heap the newest, the second … lie: the oldest at the bottom. @param {number} rank */
function piled(rank) {
  let row = 0;
  let before = 0;
  while (row < PILE.length - 1 && rank >= before + PILE[row]) before += PILE[row++];
  return { x: (rank - before - (PILE[row] - 1) / 2) * HEAP * 2.1, y: row * HEAP * 1.75 };
}

/** Where lines meet a topic: the rim on the left, and right of the middle below for the dead-letter line. @param {Box} box @param {boolean} compact */
export function ports(box, compact) {
  const { radius, hub } = box.shape;
  /** @type {(x: number, y: number, across: boolean) => import('app/stage/types.js').Port} */
  const port = (x, y, across) => ({ x: box.x + x, y: box.y + y, across });
  if (!compact) {
    const fall = radius * FALL;
    return {
      in: port(-radius, 0, true),
      out: port(box.body.right, 0, true),
      fall: port(fall, Math.sqrt(radius * radius - fall * fall), false),
      land: port(0, -radius, false),
    };
  }
  const out = port(hub, box.body.down, false);
  return {
    in: port(hub, -radius, false),
    out,
    fall: port(hub - radius * 0.8, radius * 0.6, false),
    land: port(hub, -radius, false),
  };
}

/** @param {NodeSpec} node @param {TopicView} view @param {number} now @param {(link: number) => string} titleOf */
export function tell(node, view, now, titleOf) {
  const many = view.count || view.subscriptions.length;
  const to = `${count(many)} ${many === 1 ? 'subscription' : 'subscriptions'}`;
  const parts = [`${count(view.published)} published, pushed to ${to}`];
  if (view.archive) parts.push(archive.words(view.archive));
  const told = view.subscriptions.map((one) => titled(one, titleOf(one[0]), now));
  const more = many > told.length ? [`and ${many - told.length} more`] : [];
  return `${node.title}: ${parts.join(', ')}.${told.length ? ` ${[...told, ...more].join('; ')}.` : ''}`;
}
