/**
 * A station of a pattern that has no drawing of its own: a card with its name and what its view says in words.
 */

import { cut, element, line, say } from 'app/stage/shapes/svg.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').View} View */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {{ kind: SVGTextElement, note: SVGTextElement }} Parts */

/** @param {NodeSpec} node @param {View} _view @param {Style} style @returns {Size} */
export function measure(node, _view, style) {
  const width = Math.max(150, Math.min(240, style.width(node.title, style.text, true) + 40));
  const height = 36 + style.text * 1.2 + style.small * 2.8;
  const body = { left: width / 2, right: width / 2, up: height / 2, down: height / 2 };
  return { ...body, body, shape: {} };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { left, up, right, down } = box.body;
  group.append(element('rect', { class: 'card', x: -left, y: -up, width: left + right, height: up + down, rx: 16 }));
  const name = line(0, -up + 16 + style.text, 'name');
  name.textContent = cut(node.title, left + right - 20, style.text, style);
  const kind = line(0, -up + 20 + style.text + style.small * 1.3, 'small');
  const note = line(0, -up + 20 + style.text + style.small * 2.7, 'small');
  group.append(name, kind, note);
  return { kind, note };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {View} view
 * @param {{ names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, scene) {
  const room = box.left + box.right - 16;
  say(parts.kind, cut(node.names[scene.names], room, scene.style.small, scene.style));
  say(parts.note, cut(note(view), room, scene.style.small, scene.style));
}

/** Nothing of such a view is known to be a message. */
export function rest() {}

/** @param {NodeSpec} node @param {View} view */
export function tell(node, view) {
  return `${node.title}: ${note(view) || node.names.neutral}.`;
}

/** @param {View} view */
function note(view) {
  return Array.isArray(view?.caption) ? view.caption.map(String).join(' · ') : '';
}
