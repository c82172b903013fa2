/**
 * The events that a function has taken over and not worked on yet: a stack of sheets left of its bench, with their number,
 * how old the oldest is, and when it is tried next.
 */

import { element, line, say, set } from 'app/stage/shapes/svg.js';
import { age, count, countdown, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').WorkerView} WorkerView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {{ sheets: SVGRectElement[], number: SVGTextElement, lines: SVGTextElement[] }} Inbox */

const WIDE = 42;
const TALL = 30;
const SHEETS = 3;
const MINUTE = 60_000_000;

/** How much wider it makes the station. @param {Style} style */
export function width(style) {
  return Math.ceil(Math.max(WIDE + 10, style.width('retry in 99 min', style.small, true)) + 14);
}

/** How far it goes above and below the middle of the station. @param {Style} style */
export function reach(style) {
  return { up: TALL / 2 + SHEETS * 5, down: TALL / 2 + style.small * 2.9 };
}

/** @param {SVGGElement} group @param {number} right  where the card begins @param {Style} style @returns {Inbox} */
export function build(group, right, style) {
  const middle = right - width(style) / 2;
  const joint = element('path', {
    class: 'joint',
    d: `M${right - width(style)} -15V15M${right - width(style)} 0H${right}`,
  });
  const sheets = Array.from({ length: SHEETS }, (_, i) => {
    const step = (SHEETS - 1 - i) * 5;
    return element('rect', {
      class: 'sheet',
      x: middle - WIDE / 2 + step,
      y: -TALL / 2 - step,
      width: WIDE,
      height: TALL,
      rx: 5,
    });
  });
  const number = line(middle, style.small * 0.36, 'small strong');
  const lines = [0, 1].map((row) =>
    line(middle, TALL / 2 + style.small * (1.3 + row * 1.3), row ? 'small warn' : 'small'),
  );
  group.append(element('g', { class: 'inbox' }, joint, ...sheets, number, ...lines));
  return { sheets, number, lines };
}

/** @param {Inbox} inbox @param {WorkerView} view @param {number} now */
export function update(inbox, view, now) {
  const [waiting, oldest, retry] = view.events ?? [0, 0, 0];
  for (const [i, sheet] of inbox.sheets.entries())
    set(sheet, 'visibility', SHEETS - i <= Math.max(1, waiting) ? 'visible' : 'hidden');
  say(inbox.number, shortCount(waiting));
  say(inbox.lines[0], waiting ? `oldest ${roughly(now - oldest)}` : 'no events');
  say(inbox.lines[1], waiting && retry > now ? `retry in ${roughly(retry - now)}` : '');
}

/** A span in few letters: "52 s", "2 min", "3 h". @param {number} micros */
function roughly(micros) {
  if (micros < MINUTE) return countdown(micros);
  return micros < 90 * MINUTE ? `${Math.round(micros / MINUTE)} min` : `${Math.round(micros / MINUTE / 60)} h`;
}

/** @param {WorkerView} view @param {number} now */
export function tell(view, now) {
  if (!view.events) return '';
  const [waiting, oldest, retry] = view.events;
  if (!waiting) return ', no events waiting';
  const due = retry > now ? `, next try in ${countdown(retry - now)}` : '';
  return `, ${count(waiting)} ${waiting === 1 ? 'event' : 'events'} waiting, the oldest ${age(now - oldest)}${due}`;
}
