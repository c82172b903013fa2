/**
 * Callouts at the tail of a queue: what has just been turned away there, and why, in the service's own words; and who
 * has just left before its turn.
 *
 * How long it stays is decided by the view (some seconds of virtual time, calls of one kind counted together), so that
 * it never flickers. What does not fit beside the first is left out.
 */

import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').QueueView} QueueView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {{ group: SVGGElement, plate: SVGRectElement, words: SVGTextElement, leader: SVGPathElement }} Callout */

/** @param {SVGGElement} group @returns {Callout[]} */
export function build(group) {
  return ['is-refusal', 'is-disorder', 'is-repeat'].map((kind) => {
    const plate = element('rect', { class: 'plate', rx: 6 });
    const leader = element('path', { class: 'leader' });
    const words = line(0, 0, 'small strong', 'start');
    const made = element('g', { class: `callout ${kind}`, visibility: 'hidden' }, leader, plate, words);
    group.append(made);
    return { group: made, plate, words, leader };
  });
}

/** The height of the row it needs. @param {Style} style */
export function tall(style) {
  return Math.round(style.small * 1.6) + 4;
}

/** @param {Callout[]} callouts @param {Box} box @param {QueueView | null} view @param {Style} style */
export function update(callouts, box, view, style) {
  const said = [refusal(view), disorder(view), repeat(view)];
  const height = tall(style) - 4;
  const [y, whole] = [-box.up + height, box.left + box.right];
  let left = -box.left;
  for (const [i, { group, plate, words, leader }] of callouts.entries()) {
    const text = cut(said[i], whole - 16, style.small, style);
    const width = Math.round(style.width(text, style.small, true) + 16);
    const shown = text !== '' && left + width <= box.right + 1;
    set(group, 'visibility', shown ? 'visible' : 'hidden');
    if (!shown) continue;
    say(words, text);
    set(plate, 'x', left);
    set(plate, 'y', y - height);
    set(plate, 'width', width);
    set(plate, 'height', height);
    set(words, 'x', left + 8);
    set(words, 'y', Math.round(y - height * 0.32));
    set(leader, 'd', left > -box.left ? '' : `M${left + 4} ${y}V${Math.round(-box.body.up * 0.5)}`);
    left += width + 6;
  }
}

/** "⊘ RequestThrottled ×7". @param {QueueView | null} view */
export function refusal(view) {
  if (!view?.refusals) return '';
  const [, code, times] = view.refusals;
  return `⊘ ${code.replace(/^AWS\.SimpleQueueService\./, '')}${times > 1 ? ` ×${count(times)}` : ''}`;
}

/** "◎ duplicate, not stored". @param {QueueView | null} view */
function repeat(view) {
  return view?.repeat ? '◎ duplicate, not stored' : '';
}

/** "↷ overtook 3". @param {QueueView | null} view */
function disorder(view) {
  return view?.overtook ? `↷ overtook ${count(view.overtook[1])}` : '';
}
