/**
 * An endpoint: what stands at the other end of a push. A webhook is a door with a globe on it, an e-mail address an
 * envelope, SMS a speech bubble, a push notification a phone, Firehose a funnel, an API a plug.
 *
 * The last that arrived lies at its foot. Whether it can be reached is a sign and a word, not only a colour.
 */

import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, countdown } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').EndpointView} EndpointView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ group: SVGGElement, drawing: SVGGElement, kind: SVGTextElement | null, figure: SVGTextElement,
 *   state: SVGTextElement, drawn: string }} Parts
 */

const SHOWN = 6;

/** Kinds that are not as wide as the others, and how wide each is at its foot. @type {Record<string, number>} */
const NARROW = { push: 0.66 };
/** @type {Record<string, number>} */
const FEET = { push: 0.6, firehose: 0.36, http: 0.7, api: 0.66 };

/** Sign, words, and how grave: each state has its own. @type {Record<string, [sign: string, words: string, tone: string]>} */
const STATES = {
  up: ['●', 'up', 'good'],
  down: ['✕', 'down', 'bad'],
  slow: ['◷', 'slow', 'warn'],
  failing: ['!', 'fails at times', 'warn'],
  gone: ['∅', 'gone', 'bad'],
  unconfirmed: ['?', 'not confirmed', 'warn'],
};

/** @param {NodeSpec} node @param {EndpointView | null} _view @param {Style} style @returns {Size} */
export function measure(node, _view, style) {
  const names = Math.min(
    style.text * 14,
    Math.max(
      style.width(node.title, style.text, true),
      style.width(
        node.kind === 'firehose' ? '● up · 99 gathered, written in 99 s' : '9,999 arrived · 99 refused',
        style.small,
      ),
    ),
  );
  const half = style.compact ? { x: 36, y: 28 } : { x: 56, y: 44 };
  const side = half.x * (NARROW[node.kind] ?? 1);
  const body = { left: side, right: side, up: half.y, down: half.y };
  const shape = {
    wide: half.x,
    mouth: node.kind === 'firehose' ? -half.y * 0.7 : 0,
    foot: half.x * (FEET[node.kind] ?? 0.9),
  };
  if (style.compact) {
    // What is wrong stands where else its state does: lines arrive from above.
    const fault = { column: side + 12, tag: -style.small * 1.9 };
    const words = Math.max(names, style.width('down · 59 min 59 s left', style.small, true));
    return { ...body, right: side + 12 + words, body, shape: { ...shape, ...fault, beside: 1, room: words } };
  }
  const wide = Math.max(side, names / 2);
  const down = half.y + 10 + style.text * 1.2 + style.small * 4;
  return { ...body, left: wide, right: wide, down, body, shape: { ...shape, beside: 0, room: wide * 2 + 8 } };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { beside, room } = box.shape;
  const drawing = element('g', { class: 'outlet' });
  const x = beside ? box.body.right + 12 : 0;
  const anchor = beside ? 'start' : 'middle';
  const first = beside ? -style.small * 0.9 : box.body.down + 10 + style.text;
  const name = line(x, first, 'name', anchor);
  name.textContent = cut(node.title, room, style.text, style);
  const rows = [1, 2, 3].map((row) => first + style.small * 1.4 * row);
  const kind = beside ? null : line(x, rows[0], 'small', anchor);
  const figure = line(x, rows[beside ? 0 : 1], 'small', anchor);
  const state = line(x, rows[beside ? 1 : 2], 'small strong', anchor);
  group.append(drawing, name, ...(kind ? [kind] : []), figure, state);
  return { group, drawing, kind, figure, state, drawn: '' };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {EndpointView | null} view
 * @param {{ now: number, names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, { now, names, style }) {
  const kind = view?.kind ?? node.kind;
  if (parts.drawn !== kind) {
    parts.drawn = kind;
    parts.drawing.replaceChildren(...(OUTLETS[kind] ?? OUTLETS.http)(box.shape.wide, box.body.up));
  }
  const { room } = box.shape;
  if (parts.kind) say(parts.kind, cut(node.names[names], room, style.small, style));
  if (view === null) return;
  say(parts.figure, cut(figures(view), room, style.small, style));
  const [sign, words, tone] = STATES[view.state] ?? ['·', view.state, 'warn'];
  const busy = view.busy ? ` · ${count(view.busy)} at work` : '';
  say(parts.state, cut(`${sign} ${words}${buffered(view, now) || busy}`, room, style.small * 1.06, style));
  set(parts.state, 'class', `small strong ${tone}${box.shape.beside ? ' gives-way' : ''}`);
  set(parts.group, 'class', `picture is-${STATES[view.state] ? view.state : 'up'}`);
}

/** "12 arrived · 3 refused". @param {EndpointView} view */
function figures(view) {
  const failed = view.failed ? [`${count(view.failed)} refused`] : [];
  const twice = view.doubled ? [`${count(view.doubled)} twice`] : [];
  return [`${count(view.received)} arrived`, ...failed, ...twice].join(' · ');
}

/** What a delivery stream has gathered, and when it writes that. @param {EndpointView} view @param {number} now */
function buffered({ buffer }, now) {
  if (!buffer?.[0]) return '';
  const due = buffer[3] > now ? `, written in ${countdown(buffer[3] - now)}` : '';
  return ` · ${count(buffer[0])} gathered${due}`;
}

/** What arrived last, the newest on the right. @param {Box} box @param {EndpointView} view @param {number} node @param {Resting[]} into */
export function rest(box, view, node, into) {
  const { foot, beside } = box.shape;
  const radius = beside ? 4.5 : 5.5;
  const shown = Math.min(SHOWN, Math.floor((2 * foot - 4) / (2 * radius + 1)));
  const pitch = Math.min(13, (2 * foot - 4) / shown);
  const place = /** @type {const} */ ('stored');
  for (const [rank, [id, look, flags, since]] of view.last.slice(0, shown).entries()) {
    const x = box.x + ((shown - 1) / 2 - rank) * pitch;
    const y = box.y + box.body.down - (beside ? 9 : 13);
    const none = { receives: 0, alarm: false, until: 0, holder: -1 };
    into.push({ id, look, flags, x, y, radius, place, node, since, rank, ...none });
  }
}

/** Where lines meet an endpoint: what arrives at a funnel, at its wide end. @param {Box} box @param {boolean} compact */
export function ports(box, compact) {
  const { left, right, up, down } = box.body;
  /** @type {(x: number, y: number, across: boolean) => import('app/stage/types.js').Port} */
  const port = (x, y, across) => ({ x: box.x + x, y: box.y + y, across });
  return {
    in: compact ? port(0, -up, false) : port(-left, box.shape.mouth, true),
    out: compact ? port(0, down, false) : port(right, 0, true),
    fall: port(0, down, false),
    land: port(0, -up, false),
  };
}

/** @param {NodeSpec} node @param {EndpointView} view @param {number} now */
export function tell(node, view, now) {
  const [, words] = STATES[view.state] ?? ['', view.state];
  return `${node.title}: ${words}, ${figures(view).replaceAll(' · ', ', ')}${buffered(view, now).replace(' · ', ', ')}.`;
}

/** @param {number} x @param {number} y @param {number} radius */
function globe(x, y, radius) {
  const [r, half] = [radius, radius * 0.5];
  return element('path', {
    class: 'inner',
    d: `M${x - r} ${y}A${r} ${r} 0 1 0 ${x + r} ${y}A${r} ${r} 0 1 0 ${x - r} ${y}ZM${x - r} ${y}H${x + r}M${x} ${y - r}C${x - half * 1.4} ${y - half} ${x - half * 1.4} ${y + half} ${x} ${y + r}C${x + half * 1.4} ${y + half} ${x + half * 1.4} ${y - half} ${x} ${y - r}`,
  });
}

/** Outlines within ±x, ±y; the lowest fifth is for what arrived last. @type {Record<string, (x: number, y: number) => SVGElement[]>} */
const OUTLETS = {
  /** A door, ajar, with a globe and a knob. */
  http: (x, y) => [
    element('path', {
      class: 'card',
      d: `M${-x} ${y}V${-y + 8}Q${-x} ${-y} ${-x + 8} ${-y}H${x - 8}Q${x} ${-y} ${x} ${-y + 8}V${y}Z`,
    }),
    element('path', { class: 'inner', d: `M${-x * 0.72} ${y}V${-y * 0.74}H${x * 0.72}V${y}` }),
    globe(0, -y * 0.16, y * 0.4),
    element('circle', { class: 'inner filled', cx: x * 0.58, cy: y * 0.12, r: 2.6 }),
  ],
  email: (x, y) => [
    element('rect', { class: 'card', x: -x, y: -y * 0.86, width: 2 * x, height: y * 1.86, rx: 7 }),
    element('path', { class: 'inner flap', d: `M${-x + 3} ${-y * 0.8}L0 ${y * 0.18}L${x - 3} ${-y * 0.8}` }),
  ],
  sms: (x, y) => [
    element('path', {
      class: 'card',
      d: `M${-x + 12} ${-y}H${x - 12}Q${x} ${-y} ${x} ${-y + 12}V${y - 12}Q${x} ${y} ${x - 12} ${y}H${-x * 0.3}L${-x * 0.62} ${y * 1.34}V${y}H${-x + 12}Q${-x} ${y} ${-x} ${y - 12}V${-y + 12}Q${-x} ${-y} ${-x + 12} ${-y}Z`,
    }),
    element('path', { class: 'inner', d: `M${-x * 0.6} ${-y * 0.48}H${x * 0.6}M${-x * 0.6} ${-y * 0.1}H${x * 0.2}` }),
  ],
  /** A phone that rings. */
  push: (x, y) => [
    element('rect', { class: 'card', x: -x * 0.62, y: -y * 1.08, width: x * 1.24, height: y * 2.12, rx: 11 }),
    element('path', { class: 'inner', d: `M-7 ${-y * 0.94}H7` }),
    element('path', {
      class: 'inner',
      d: `M-11 ${y * 0.14}H11L8 ${y * 0.02}V${-y * 0.22}A8 8 0 0 0-8 ${-y * 0.22}V${y * 0.02}ZM-3 ${y * 0.24}A3.500 3.500 0 0 0 3 ${y * 0.24}`,
    }),
    element('path', {
      class: 'inner',
      d: `M${-x * 0.86} ${-y * 0.5}A${y * 0.7} ${y * 0.7} 0 0 0 ${-x * 0.86} ${y * 0.2}M${x * 0.86} ${-y * 0.5}A${y * 0.7} ${y * 0.7} 0 0 1 ${x * 0.86} ${y * 0.2}`,
    }),
  ],
  firehose: (x, y) => [
    element('path', { class: 'card', d: `M${-x} ${-y}H${x}L${x * 0.36} ${y * 0.12}V${y}H${-x * 0.36}V${y * 0.12}Z` }),
    element('path', {
      class: 'inner',
      d: `M${-x * 0.68} ${-y * 0.62}H${x * 0.68}M${-x * 0.46} ${-y * 0.22}H${x * 0.46}`,
    }),
  ],
  /** A plug with braces on it. */
  api: (x, y) => [
    element('path', { class: 'inner prongs', d: `M${-x * 0.7} ${-y * 0.42}H${-x}M${-x * 0.7} ${y * 0.42}H${-x}` }),
    element('path', {
      class: 'card',
      d: `M${-x * 0.7} ${-y}H${x * 0.4}Q${x} ${-y} ${x} ${-y * 0.4}V${y * 0.4}Q${x} ${y} ${x * 0.4} ${y}H${-x * 0.7}Z`,
    }),
    element('path', {
      class: 'inner',
      d: 'M-6-18C-16-18-8-6-18-4C-8-2-16 10-6 10M20-18C30-18 22-6 32-4C22-2 30 10 20 10M2-4h.01M7-4h.01M12-4h.01',
    }),
  ],
};
