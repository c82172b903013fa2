/**
 * Elements made and found in one line, with types.
 *
 * Text always enters the page as text: nothing in the player builds markup from a string, so a message body or a title
 * can't become an element, whatever it holds.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {string | number | boolean | ((event: any) => void)} Attribute */

/**
 * An HTML element: attributes by name, `onclick`-like functions as listeners, `true` for an attribute without a value,
 * `false` for none, `text` for its text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  dress(made, attributes);
  made.append(...children);
  return made;
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  dress(made, attributes);
  made.append(...children);
  return made;
}

/**
 * @param {Element} made
 * @param {Record<string, Attribute>} attributes
 */
function dress(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (name === 'text') made.textContent = String(value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false) made.setAttribute(name, String(value));
  }
}

/**
 * The element a page must have; an error that names it when the template and the script have grown apart.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function need(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/**
 * Set text only when it changed: the browser lays out again even for the same words.
 * @param {Element} target
 * @param {string} text
 */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Set an attribute only when it changed.
 * @param {Element} target
 * @param {string} name
 * @param {string} value
 */
export function mark(target, name, value) {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/**
 * Scroll what scrolls round an element, and nothing beyond it, as little as brings the element into sight.
 * @param {Element} target
 * @param {boolean} [atTop] so that it begins at the top
 */
export function bringIntoSight(target, atTop = false) {
  const scroller = target.closest('.play-panel');
  if (!scroller) return;
  const [box, room] = [target.getBoundingClientRect(), scroller.getBoundingClientRect()];
  if (atTop || box.top < room.top) scroller.scrollTop += box.top - room.top;
  else if (box.bottom > room.bottom) scroller.scrollTop += Math.min(box.top - room.top, box.bottom - room.bottom);
}
