/**
 * A worker: a bench with as many seats as its concurrency.
 *
 * A busy seat has a progress arc round its message, a cold start is an amber dashed one, a seat that waits in a long
 * poll shows three dots; behind a message of a batch lie the others of it. A crashed worker is broken: grey, cracked,
 * with the time at which it is back. Effects that happened twice are a badge on its edge. What an event-source mapping
 * feeds has an intake (intake.js) on its left; what is invoked by events has them (inbox.js) there.
 */

import * as inbox from 'app/stage/shapes/inbox.js';
import * as intake from 'app/stage/shapes/intake.js';
import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, countdown, duration } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').WorkerView} WorkerView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ group: SVGGElement, seats: SVGGElement[], lines: SVGTextElement[], said: SVGTSpanElement[],
 *   trouble: SVGTSpanElement, intake: import('app/stage/shapes/intake.js').Intake | null,
 *   inbox: import('app/stage/shapes/inbox.js').Inbox | null, twice: SVGGElement }} Parts
 */

const MOST = 12;
const STATES = ['free', 'asking', 'working', 'cold'];
const WORKING = 2;
const COLD = 3;

/** How many seats are drawn. @param {WorkerView | null} view */
export function seats(view) {
  if (view === null) return 3;
  return Math.min(MOST, Math.max(1, view.concurrency, view.seats.length));
}

/**
 * Room for its seats, up to the limit that they may grow to; whether it has an intake, and whether events wait for it.
 * @param {WorkerView | null} view
 */
export function room(view) {
  if (view === null) return [0, 0, 0];
  return [Math.min(MOST, Math.max(seats(view), view.pollers?.[2] ?? 0)), view.pollers ? 1 : 0, view.events ? 1 : 0];
}

/** Whether the card lies: its texts beside the bench, not below it. @param {Style} style */
function lies(style) {
  return style.compact || style.low === true;
}

/**
 * @param {NodeSpec} node @param {WorkerView | null} view @param {Style} style @param {Partial<Role>} [role]
 * @returns {Size}
 */
export function measure(node, view, style, role = {}) {
  const [asked, fed, events] = role.room ?? room(view);
  const low = lies(style);
  const total = asked || seats(view);
  const columns = total <= 4 ? total : total <= 6 ? 3 : total <= 8 || low ? 4 : 6;
  const rows = Math.ceil(total / columns);
  const ring = style.glyph + (low ? 6 : 8);
  const pitch = ring * 2 + (low ? 6 : 8);
  const texts = Math.max(
    style.width(node.title, style.text, true),
    low
      ? style.width(fed ? '99 of 99 running' : '9 of 99 busy', style.small, true)
      : style.width('999 done · 99 failed', style.small),
  );
  const bench = rows * (pitch + 9);
  const width = low ? texts + columns * pitch + 44 : Math.max(texts + 28, columns * pitch + 32);
  const top = low ? 8 : style.text * 1.25 + 14;
  const lower = low ? 4 : style.small * 4.2 + 12;
  const height = Math.max(top + bench + lower, low ? style.text + style.small * 3.4 + 14 : 0);
  const below = style.small * 1.25; // a badge on the lower edge
  const boxes = (fed ? intake.width(style) : 0) + (events ? inbox.width(style) : 0);
  const aside = style.compact ? 0 : boxes;
  const body = { left: width / 2 + aside, right: width / 2, up: height / 2, down: height / 2 };
  const shift = low ? (texts + 14) / 2 : 0; // how far right of the middle the bench stands
  const first = low ? (height - bench) / 2 + 2 : top;
  const shape = { total, columns, rows, ring, pitch, top: first, aside: shift, words: texts, side: width / 2 };
  const beside = style.compact ? { fed: 0, events: 0 } : { fed, events };
  const parts = [...(beside.fed ? [intake.reach(style)] : []), ...(beside.events ? [inbox.reach(style)] : [])];
  const up = Math.max(body.up, ...parts.map((part) => part.up));
  const down = Math.max(body.down + below, ...parts.map((part) => part.down));
  return { ...body, up, down, body, shape: { ...shape, ...beside } };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { up, down } = box.body;
  const { total, rows, ring, pitch, top, columns, aside, side, fed, events } = box.shape;
  const low = lies(style);
  const tray = events ? inbox.build(group, -side, style) : null;
  const fedBy = fed ? intake.build(group, -side - (events ? inbox.width(style) : 0), style) : null;
  group.append(element('rect', { class: 'card', x: -side, y: -up, width: side * 2, height: up + down, rx: 16 }));
  const x = low ? -side + 16 : 0;
  const anchor = low ? 'start' : 'middle';
  const headline = low ? -style.small * 1.1 : -up + 8 + style.text;
  const name = line(x, headline, 'name', anchor);
  name.textContent = cut(node.title, side * 2 - 20, style.text, style);
  const reach = (columns * pitch) / 2 - 2;
  for (let row = 0; row < rows; row++) {
    const y = -up + top + row * (pitch + 9) + pitch + 1;
    group.append(
      element('path', {
        class: 'bench',
        d: `M${aside - reach} ${y}H${aside + reach}M${aside - reach + 9} ${y}v5M${aside + reach - 9} ${y}v5`,
      }),
    );
  }
  const places = Array.from({ length: total }, (_, i) => {
    const { x, y } = seat(box, i);
    const dots = [-6, 0, 6].map((dx) => element('circle', { class: 'dot', cx: dx, cy: 0, r: 1.8 }));
    return element(
      'g',
      { class: 'seat', transform: `translate(${x} ${y})` },
      element('circle', { class: 'ring', r: ring }),
      ...dots,
    );
  });
  const first = low ? headline + style.small * 1.45 : -up + top + rows * (pitch + 9) + style.small + 3;
  const lines = Array.from({ length: low ? 2 : 3 }, (_, i) => line(x, first + i * style.small * 1.4, 'small', anchor));
  const crack = element('path', { class: 'crack', d: zigzag(side * 2, up + down) });
  const said = lines.map(() => element('tspan'));
  const trouble = element('tspan', { class: 'warn' });
  for (const [i, text] of lines.entries()) text.append(said[i], ...(i === 1 ? [trouble] : []));
  const twice = badge(down, style);
  group.append(...places, crack, name, ...lines, twice);
  return { group, seats: places, lines, said, trouble, intake: fedBy, inbox: tray, twice };
}

/** A plate on the lower edge for what was done twice. @param {number} bottom @param {Style} style */
function badge(bottom, style) {
  const height = Math.round(style.small * 1.5);
  const words = line(0, bottom + style.small * 0.76, 'small strong', 'middle');
  const plate = element('rect', { class: 'plate', y: bottom - height / 2 + style.small * 0.4, height, rx: 6 });
  return element('g', { class: 'callout is-twice', visibility: 'hidden' }, plate, words);
}

/** @param {Parts} parts @param {number} doubled @param {Style} style */
function markTwice(parts, doubled, style) {
  set(parts.twice, 'visibility', doubled ? 'visible' : 'hidden');
  if (!doubled) return;
  const [plate, words] = parts.twice.children;
  const text = `◎ ${count(doubled)} done twice`;
  const width = Math.round(style.width(text, style.small, true) + 16);
  say(words, text);
  set(plate, 'x', -width / 2);
  set(plate, 'width', width);
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} _node @param {WorkerView | null} view
 * @param {{ now: number, style: Style }} scene
 */
export function update(parts, box, _node, view, scene) {
  const crashed = view !== null && view.crashed !== 0;
  parts.group.classList.toggle('is-crashed', crashed);
  for (const [i, place] of parts.seats.entries()) {
    const absent = view !== null && i >= Math.max(1, view.seats.length);
    const state = absent ? 'absent' : crashed ? 'free' : (STATES[view?.seats[i]?.[0] ?? 0] ?? 'free');
    set(place, 'class', `seat is-${state}`);
  }
  if (view === null) return;
  if (parts.intake) intake.update(parts.intake, view, scene.now);
  if (parts.inbox) inbox.update(parts.inbox, view, scene.now);
  markTwice(parts, view.doubled, scene.style);
  const low = lies(scene.style);
  const room = low ? box.shape.words + 8 : box.shape.side * 2 - 12;
  const { said, trouble } = words(view, scene.now, low);
  for (const [i, text] of said.entries()) say(parts.said[i], cut(text, room, scene.style.small, scene.style));
  say(parts.trouble, trouble);
  set(parts.lines[0], 'class', crashed ? 'small strong bad' : 'small strong');
  const last = parts.lines[parts.lines.length - 1];
  set(last, 'class', view.throttled && !crashed ? 'small bad' : 'small');
}

/**
 * The lines below the seats; `trouble` ends the second one.
 * @param {WorkerView} view @param {number} now @param {boolean} low
 */
function words(view, now, low) {
  const slow = view.p95 === null ? '' : `p95 ${duration(view.p95)}`;
  const busy = busyness(view);
  const back = view.crashed > 0 ? `back in ${countdown(view.crashed - now)}` : 'until restarted';
  const refused = view.throttled ? `${count(view.throttled)} throttled` : '';
  const waits = view.events?.[0] ? `${count(view.events[0])} events wait` : '';
  if (low) return { said: view.crashed ? ['crashed', back] : [busy, refused || waits || slow], trouble: '' };
  const done = `${count(view.done)} done`;
  const failed = view.failed ? `${count(view.failed)} failed` : '';
  if (view.crashed) return { said: ['crashed', back, [done, failed].filter(Boolean).join(' · ')], trouble: '' };
  return { said: [busy, failed ? `${done} · ` : done, refused || slow || (view.caption[0] ?? '')], trouble: failed };
}

/** "2 of 3 busy", "4 of 5 running", "3 → 7 seats". @param {WorkerView} view */
function busyness(view) {
  if (view.scaling) return `${count(view.scaling[0])} → ${count(view.scaling[1])} seats`;
  const [, running, most] = view.pollers ?? [0, 0, 0];
  if (!view.pollers) return `${count(view.busy)} of ${count(view.concurrency)} busy`;
  return `${count(running)} of ${count(most || view.concurrency)} running`;
}

/** The messages in the seats. @param {Box} box @param {WorkerView} view @param {number} node @param {Resting[]} into */
export function rest(box, view, node, into) {
  for (const [i, [state, id, look, flags, since, until, left = 1]] of view.seats.slice(0, box.shape.total).entries()) {
    if (state !== WORKING && (state !== COLD || !id)) continue;
    const { x, y } = seat(box, i);
    into.push({
      id,
      look,
      flags,
      x: box.x + x,
      y: box.y + y,
      radius: box.shape.ring - 9,
      place: state === COLD ? 'cold' : 'working',
      node,
      receives: 0,
      alarm: false,
      since,
      until,
      holder: node,
      rank: i,
      more: Math.max(0, left - 1),
    });
  }
}

/** @param {NodeSpec} node @param {WorkerView} view @param {number} now */
export function tell(node, view, now) {
  if (view.crashed !== 0)
    return `${node.title}: crashed${view.crashed > 0 ? `, back in ${countdown(view.crashed - now)}` : ''}.`;
  const failed = view.failed ? `, ${count(view.failed)} failed` : '';
  const doubled = view.doubled ? `, ${count(view.doubled)} done twice` : '';
  const throttled = view.throttled ? `, ${count(view.throttled)} throttled` : '';
  const scaling = view.scaling ? `, growing or shrinking ${busyness(view)}` : '';
  const busy = intake.tell(view, now) || `${count(view.busy)} of ${count(view.concurrency)} busy`;
  const events = inbox.tell(view, now);
  return `${node.title}: ${busy}, ${count(view.done)} done${failed}${doubled}${throttled}${scaling}${events}.`;
}

/** The middle of a seat, from the middle of the card. @param {Box} box @param {number} index */
function seat(box, index) {
  const { columns, total, pitch, top, aside } = box.shape;
  const row = Math.floor(index / columns);
  const inRow = Math.min(columns, total - row * columns);
  return {
    x: aside + ((index % columns) - (inRow - 1) / 2) * pitch,
    y: -box.body.up + top + row * (pitch + 9) + pitch / 2 - 3,
  };
}

/** A crack from the top edge to the bottom edge. @param {number} width @param {number} height */
function zigzag(width, height) {
  const xs = [0.06, -0.05, 0.09, -0.02, 0.1, 0];
  return xs
    .map(
      (x, i) =>
        `${i ? 'L' : 'M'}${Math.round((x + 0.16) * width)} ${Math.round(-height / 2 + (height * i) / (xs.length - 1))}`,
    )
    .join('');
}
