/**
 * A store: cylinder (database), table (DynamoDB), bucket (S3), warehouse (Redshift) or cluster (EMR), with its count
 * inside.
 *
 * The last writes lie at the bottom; writes that were throttled are counted in red beside the shape.
 */

import { cut, element, line, say } from 'app/stage/shapes/svg.js';
import { count, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').StoreView} StoreView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {{ group: SVGGElement, drawing: SVGGElement, number: SVGTextElement, kind: SVGTextElement,
 *   busy: SVGTextElement,
 *             throttled: SVGTextElement, drawn: string }} Parts */

const SHOWN = 6;

/** @param {NodeSpec} node @param {StoreView | null} _view @param {Style} style @returns {Size} */
export function measure(node, _view, style) {
  const names = Math.min(
    style.text * 14.7,
    Math.max(style.width(node.title, style.text, true), style.width('9 of 99 writing · 9 wait', style.small)),
  );
  const grow = style.text - 15;
  if (style.compact) {
    const half = { x: 48 + grow * 2, y: 30 + grow };
    const body = { left: half.x, right: half.x, up: half.y, down: half.y };
    return { ...body, right: half.x + 12 + names, body, shape: { beside: 1, room: names } };
  }
  const half = { x: Math.max(68, style.text * 4.2), y: 52 + grow };
  const wide = Math.max(half.x, names / 2);
  const body = { left: half.x, right: half.x, up: half.y, down: half.y };
  const down = half.y + 8 + style.text * 1.2 + style.small * 4;
  return { ...body, left: wide, right: wide, down, body, shape: { beside: 0, room: wide * 2 + 10 } };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { beside, room } = box.shape;
  const drawing = element('g', { class: 'vessel' });
  const number = line(0, beside ? 2 : 5, beside ? 'number less' : 'number');
  const x = beside ? box.body.right + 12 : 0;
  const anchor = beside ? 'start' : 'middle';
  const first = beside ? -style.small * 0.8 : box.body.down + 8 + style.text;
  const name = line(x, first, 'name', anchor);
  name.textContent = cut(node.title, room, style.text, style);
  const rows = [1, 2, 3].map((row) => first + style.small * 1.4 * (beside ? Math.max(1, row - 1) : row));
  const kind = line(x, rows[0], 'small', anchor);
  const busy = line(x, rows[1], 'small', anchor);
  const throttled = line(x, rows[2], 'small strong bad', anchor);
  group.append(drawing, number, name, ...(beside ? [] : [kind]), busy, throttled);
  return { group, drawing, number, kind, busy, throttled, drawn: '' };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {StoreView | null} view
 * @param {{ names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, scene) {
  const kind = view?.kind ?? node.kind;
  if (parts.drawn !== kind) {
    parts.drawn = kind;
    const { left, up } = box.body;
    parts.drawing.replaceChildren(...(VESSELS[kind] ?? VESSELS.database)(left, up));
  }
  const { room } = box.shape;
  say(parts.kind, cut(node.names[scene.names], room, scene.style.small, scene.style));
  if (view === null) return;
  say(parts.number, view.count < 100_000 ? count(view.count) : shortCount(view.count));
  const full = view.capacity > 0 && view.busy >= view.capacity;
  const waits = view.waiting ? ` · ${count(view.waiting)} wait` : '';
  say(
    parts.busy,
    cut(
      view.capacity > 0 ? `${count(view.busy)} of ${count(view.capacity)} writing${waits}` : (view.caption[0] ?? ''),
      room,
      scene.style.small,
      scene.style,
    ),
  );
  parts.busy.classList.toggle('warn', full);
  say(parts.throttled, view.throttled ? `${count(view.throttled)} throttled` : '');
  parts.group.classList.toggle('is-throttled', full && view.throttled > 0);
}

/**
 * The last writes, newest on the right.
 * @param {Box} box @param {StoreView} view @param {number} node @param {Resting[]} into
 */
export function rest(box, view, node, into) {
  const last = view.last.slice(0, SHOWN);
  const pitch = Math.min(15, (box.body.left * 1.15) / SHOWN);
  for (const [rank, [id, look, flags, since]] of last.entries()) {
    into.push({
      id,
      look,
      flags,
      x: box.x + ((SHOWN - 1) / 2 - rank) * pitch,
      y: box.y + box.body.down - (box.shape.beside ? 11 : 15),
      radius: 5.5,
      place: 'stored',
      node,
      receives: 0,
      alarm: false,
      since,
      until: 0,
      holder: -1,
      rank,
    });
  }
}

/** @param {NodeSpec} node @param {StoreView} view */
export function tell(node, view) {
  const waits = view.waiting ? `, ${count(view.waiting)} waiting` : '';
  const throttled = view.throttled ? `, ${count(view.throttled)} throttled` : '';
  const busy = `${count(view.busy)} of ${count(view.capacity)} writing`;
  return `${node.title}: holds ${count(view.count)}, ${busy}${waits}${throttled}.`;
}

/** @type {Record<string, (x: number, y: number) => SVGElement[]>} */
const VESSELS = {
  database: (x, y) => [
    element('path', {
      class: 'card',
      d: `M${-x} ${-y * 0.7}V${y * 0.7}A${x} ${y * 0.3} 0 0 0 ${x} ${y * 0.7}V${-y * 0.7}`,
    }),
    element('ellipse', { class: 'card', cx: 0, cy: -y * 0.7, rx: x, ry: y * 0.3 }),
  ],
  /** A table: its head row has columns. */
  dynamodb: (x, y) => [
    element('rect', { class: 'card', x: -x, y: -y, width: 2 * x, height: 2 * y, rx: 8 }),
    element('path', {
      class: 'inner',
      d: [
        `M${-x} ${-y * 0.62}H${x}M${-x} ${y * 0.46}H${x}`,
        ...[-0.34, 0.34].map((at) => `M${x * at} ${-y}v${y * 0.38}`),
      ].join(''),
    }),
  ],
  s3: (x, y) => [
    element('path', {
      class: 'card',
      d: `M${-x} ${-y * 0.73}L${-x * 0.74} ${y * 0.85}Q0 ${y * 1.15} ${x * 0.74} ${y * 0.85}L${x} ${-y * 0.73}`,
    }),
    element('ellipse', { class: 'card', cx: 0, cy: -y * 0.73, rx: x, ry: y * 0.27 }),
    element('path', {
      class: 'inner',
      d: `M${-x} ${-y * 0.73}C${-x * 0.7} ${-y * 0.2} ${x * 0.7} ${-y * 0.2} ${x} ${-y * 0.73}`,
    }),
  ],
  redshift: (x, y) => [
    element('path', { class: 'card', d: `M${-x} ${y}V${-y * 0.5}L0 ${-y}L${x} ${-y * 0.5}V${y}Z` }),
    element('path', {
      class: 'inner',
      d: `M${-x} ${y * 0.46}H${x}M${-x * 0.72} ${y * 0.46}V${y}M${x * 0.72} ${y * 0.46}V${y}`,
    }),
  ],
  emr: (x, y) => [
    element('path', {
      class: 'card',
      d: `M${-x} 0L${-x * 0.58} ${-y}H${x * 0.58}L${x} 0L${x * 0.58} ${y}H${-x * 0.58}Z`,
    }),
    element('path', { class: 'inner', d: `M-22 ${-y * 0.58}L0 ${-y * 0.74}L22 ${-y * 0.58}` }),
    ...[
      [-22, 0.58],
      [0, 0.74],
      [22, 0.58],
    ].map(([cx, part]) => element('circle', { class: 'inner filled', cx, cy: -y * part, r: y * 0.1 })),
  ],
};
