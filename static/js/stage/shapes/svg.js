/**
 * The few lines it takes to build SVG by hand: elements, lines of text, and writing only what changed.
 */

/** @typedef {import('app/stage/types.js').Style} Style */

const SPACE = 'http://www.w3.org/2000/svg';

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string | number>} attributes @param {(Element | string)[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * @param {number} x @param {number} y @param {string} kind  a class: name, small, faint, number, …
 * @param {'start' | 'middle' | 'end'} anchor
 */
export function line(x, y, kind, anchor = 'middle') {
  return element('text', { x, y, class: kind, 'text-anchor': anchor });
}

/** Writes text only when it differs: most frames change nothing. @param {Element} target @param {string} text */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** @param {Element} target @param {string} name @param {string | number} value */
export function set(target, name, value) {
  const text = String(value);
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

/**
 * A text cut to fit, with an ellipsis.
 * @param {string} text @param {number} room @param {number} size @param {Style} style
 */
export function cut(text, room, size, style) {
  if (style.width(text, size) <= room) return text;
  let end = text.length;
  while (end > 1 && style.width(`${text.slice(0, end)}…`, size) > room) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}
