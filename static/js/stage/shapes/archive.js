/**
 * The archive of a topic or a bus: a drawer with the number of what is kept in it, and beside it the sign of a replay
 * that runs.
 */

import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {{ group: SVGGElement, words: SVGTextElement, sign: SVGPathElement }} Drawer */

const WIDE = 26;
const RUNNING = ['running', 'starting', 'true'];

/** The height of its row. @param {Style} style */
export function tall(style) {
  return Math.ceil(Math.max(22, style.small * 1.5) + 8);
}

/** @param {SVGGElement} into @param {number} left @param {number} top @param {Style} style @returns {Drawer} */
export function build(into, left, top, style) {
  const middle = top + tall(style) / 2;
  const drawer = element('path', {
    class: 'drawer',
    d: `M${left} ${middle - 8}h${WIDE}v16h${-WIDE}zM${left} ${middle - 1}h${WIDE}M${left + WIDE / 2 - 3} ${middle + 3.5}h6`,
  });
  const words = line(left + WIDE + 8, middle + style.small * 0.36, 'small', 'start');
  const sign = element('path', { class: 'replay', d: '', visibility: 'hidden' });
  const group = element('g', { class: 'archive', visibility: 'hidden' }, drawer, words, sign);
  into.append(group);
  set(sign, 'd', `M${left + WIDE / 2 - 9} ${middle - 13}l6 4l-6 4zM${left + WIDE / 2 - 1} ${middle - 13}l6 4l-6 4z`);
  return { group, words, sign };
}

/**
 * @param {Drawer} drawer @param {[number, boolean | string, number] | null | undefined} archive
 * @param {number} room @param {Style} style
 */
export function update(drawer, archive, room, style) {
  set(drawer.group, 'visibility', archive ? 'visible' : 'hidden');
  const running = isRunning(archive);
  set(drawer.sign, 'visibility', running ? 'visible' : 'hidden');
  drawer.group.classList.toggle('is-running', running);
  if (archive) say(drawer.words, cut(words(archive), room - WIDE - 8, style.small * 1.06, style));
}

/** "41 archived · replaying 12". @param {[number, boolean | string, number]} archive */
export function words(archive) {
  const [kept, state, replayed] = archive;
  const held = `${count(kept)} archived`;
  if (isRunning(archive)) return `${held} · replaying ${count(replayed)}`;
  const said = typeof state === 'string' && state ? state.toLowerCase() : '';
  return replayed || said
    ? `${held} · ${count(replayed)} replayed${said && said !== 'completed' ? ` (${said})` : ''}`
    : held;
}

/** @param {[number, boolean | string, number] | null | undefined} archive */
function isRunning(archive) {
  return Boolean(archive) && RUNNING.includes(String(archive?.[1]).toLowerCase());
}
