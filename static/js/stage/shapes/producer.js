/**
 * A producer: a machine by kind (server, EC2 instance, phone, browser, device, schedule) with its rate below it.
 */

import { cut, element, line, say } from 'app/stage/shapes/svg.js';
import { rate } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').ProducerView} ProducerView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ group: SVGGElement, card: SVGRectElement, icon: SVGGElement, name: SVGTextElement,
 *   rate: SVGTextElement, kind: SVGTextElement, drawn: string }} Parts
 */

/** @param {NodeSpec} node @param {ProducerView | null} _view @param {Style} style @returns {Size} */
export function measure(node, _view, style) {
  const names = Math.max(
    style.width(node.title, style.text, true),
    style.flat ? 0 : style.width(longest(node), style.small),
    style.width('99.9 per min', style.small),
  );
  const width = style.flat
    ? Math.min(style.text * 20, names + 112)
    : Math.max(136, Math.min(style.text * 14.4, names + 36));
  const height = style.flat
    ? Math.max(54, 16 + style.text * 1.25 + style.small * 1.4)
    : 74 + style.text * 1.3 + style.small * 2.7;
  const body = { left: width / 2, right: width / 2, up: height / 2, down: height / 2 };
  return { ...body, body, shape: {} };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { left, up, right, down } = box.body;
  const card = element('rect', { class: 'card', x: -left, y: -up, width: left + right, height: up + down, rx: 16 });
  const icon = element('g', {
    class: 'icon',
    transform: style.flat ? `translate(${-left + 46} 0)` : `translate(0 ${-up + 38})`,
  });
  const x = style.flat ? -left + 90 : 0;
  const anchor = style.flat ? 'start' : 'middle';
  const first = style.flat ? -style.text * 0.25 : -up + 70 + style.text * 0.8;
  const name = line(x, first, 'name', anchor);
  const now = line(x, first + style.small * 1.45, 'small strong', anchor);
  const kind = line(x, first + style.small * 2.75, 'small', anchor);
  name.textContent = cut(node.title, left + right - (style.flat ? 100 : 16), style.text, style);
  group.append(card, icon, name, now, ...(style.flat ? [] : [kind]));
  return { group, card, icon, name, rate: now, kind, drawn: '' };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {ProducerView | null} view
 * @param {{ names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, scene) {
  const kind = view?.kind ?? node.kind;
  if (parts.drawn !== kind) {
    parts.drawn = kind;
    parts.icon.replaceChildren(...(MACHINES[kind] ?? MACHINES.server)());
  }
  parts.group.classList.toggle('is-resting', view?.paused ?? false);
  say(parts.rate, view === null ? '' : view.paused ? 'paused' : rate(view.rate));
  const room = box.left + box.right - 14;
  say(parts.kind, cut(node.names[scene.names], room, scene.style.small, scene.style));
}

/** No message rests at a producer. */
export function rest() {}

/** What the producer does, for somebody who does not see it. @param {NodeSpec} node @param {ProducerView} view */
export function tell(node, view) {
  return `${node.title}: ${view.paused ? 'paused' : `sends ${rate(view.rate)}`}, ${view.sent} sent.`;
}

/** @param {NodeSpec} node */
function longest(node) {
  return node.names.aws.length > node.names.neutral.length ? node.names.aws : node.names.neutral;
}

/** Drawings about 60 × 44, around the origin. @type {Record<string, () => SVGElement[]>} */
const MACHINES = {
  server: () => [
    element('rect', { x: -29, y: -22, width: 58, height: 19, rx: 5 }),
    element('rect', { x: -29, y: 3, width: 58, height: 19, rx: 5 }),
    element('circle', { cx: -19, cy: -12.5, r: 2.5, class: 'lamp' }),
    element('circle', { cx: -19, cy: 12.5, r: 2.5, class: 'lamp' }),
    element('path', { d: 'M0-12.5H20M0 12.5H20' }),
  ],
  ec2: () => [
    element('rect', { x: -18, y: -18, width: 36, height: 36, rx: 5 }),
    element('rect', { x: -9, y: -9, width: 18, height: 18, rx: 3, class: 'lamp-frame' }),
    element('path', {
      d: 'M-9-18V-25M0-18V-25M9-18V-25M-9 18V25M0 18V25M9 18V25M-18-9H-25M-18 0H-25M-18 9H-25M18-9H25M18 0H25M18 9H25',
    }),
  ],
  mobile: () => [
    element('rect', { x: -14, y: -25, width: 28, height: 50, rx: 6 }),
    element('path', { d: 'M-4 18H4' }),
    element('path', { d: 'M-14-16H14M-14 12H14', class: 'thin' }),
    element('circle', { cx: 0, cy: -2, r: 3, class: 'lamp' }),
  ],
  browser: () => [
    element('rect', { x: -30, y: -22, width: 60, height: 44, rx: 6 }),
    element('path', { d: 'M-30-10H30' }),
    element('circle', { cx: -23, cy: -16, r: 2, class: 'lamp' }),
    element('circle', { cx: -16, cy: -16, r: 2, class: 'lamp' }),
    element('path', { d: 'M-18 1H18M-18 11H6', class: 'thin' }),
  ],
  device: () => [
    element('rect', { x: -16, y: 2, width: 32, height: 20, rx: 5 }),
    element('path', { d: 'M0 2V-8' }),
    element('circle', { cx: 0, cy: -10, r: 2.5, class: 'lamp' }),
    element('path', {
      d: 'M-8-4A10 10 0 0 1-8-17M8-4A10 10 0 0 0 8-17M-15 1A18 18 0 0 1-15-22M15 1A18 18 0 0 0 15-22',
    }),
    element('path', { d: 'M-8 12H8', class: 'thin' }),
  ],
  schedule: () => [
    element('circle', { cx: 0, cy: 0, r: 24 }),
    element('path', { d: 'M0-14V0L10 7' }),
    element('path', { d: 'M0-24V-20M0 24V20M-24 0H-20M24 0H20', class: 'thin' }),
    element('circle', { cx: 0, cy: 0, r: 2.5, class: 'lamp' }),
  ],
};
