/**
 * The intake of a function that an event-source mapping feeds: its pollers, left of the bench, and the batch they
 * gather.
 *
 * Between the queue and the function stands something that asks on its behalf; that is what this draws. A dot is a
 * poller, the gauge fills up to BatchSize while the window is open.
 */

import { element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, countdown, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').WorkerView} WorkerView */
/** @typedef {import('app/stage/types.js').Style} Style */
/**
 * @typedef {{ arms: SVGCircleElement[], fill: SVGRectElement, gauge: SVGGElement, lines: SVGTextElement[],
 *   tall: number }} Intake
 */

const ARMS = 5;
const WIDE = 46;

/** How much wider it makes the station. @param {Style} style */
export function width(style) {
  return Math.ceil(Math.max(WIDE, style.width('closes in 99 s', style.small)) + 14);
}

/** @param {Style} style */
function tall(style) {
  return Math.max(58, style.small * 3.6);
}

/** How far it goes above and below the middle of the station. @param {Style} style */
export function reach(style) {
  const half = tall(style) / 2;
  return { up: half, down: half + style.small * 4.1 };
}

/** @param {SVGGElement} group @param {number} right  where the card begins @param {Style} style @returns {Intake} */
export function build(group, right, style) {
  const middle = right - width(style) / 2;
  const height = tall(style);
  const [left, top] = [middle - WIDE / 2, -height / 2];
  const box = element('rect', { class: 'card intake', x: left, y: top, width: WIDE, height, rx: 10 });
  const joint = element('path', { class: 'joint', d: `M${left + WIDE} 0H${right}M${right - width(style)} 0H${left}` });
  const pitch = (height - 16) / ARMS;
  const arms = Array.from({ length: ARMS }, (_, i) =>
    element('circle', { class: 'arm', cx: left + 12, cy: top + 8 + pitch * (i + 0.5), r: Math.min(4, pitch * 0.4) }),
  );
  const fill = element('rect', { class: 'fill', x: left + 24, y: 0, width: 13, height: 0, rx: 2 });
  const shell = element('rect', { class: 'shell', x: left + 24, y: top + 8, width: 13, height: height - 16, rx: 3 });
  const gauge = element('g', { class: 'gauge' }, fill, shell);
  const lines = [0, 1, 2].map((row) =>
    line(middle, height / 2 + style.small * (1.2 + row * 1.3), row ? 'small' : 'small strong'),
  );
  group.append(joint, box, ...arms, gauge, ...lines);
  return { arms, fill, gauge, lines, tall: height };
}

/** @param {Intake} intake @param {WorkerView} view @param {number} now */
export function update(intake, view, now) {
  const active = view.pollers?.[0] ?? 0;
  for (const [i, arm] of intake.arms.entries()) set(arm, 'class', i < active ? 'arm is-active' : 'arm');
  const [gathered, size, due] = view.batch ?? [0, 1, 0];
  const room = intake.tall - 18;
  const height = Math.round(room * Math.min(1, gathered / size));
  set(intake.fill, 'height', height);
  set(intake.fill, 'y', intake.tall / 2 - 9 - height);
  set(intake.gauge, 'visibility', view.batch ? 'visible' : 'hidden');
  say(intake.lines[0], `${shortCount(active)} ${active === 1 ? 'poller' : 'pollers'}`);
  say(intake.lines[1], view.batch ? `${count(gathered)} of ${count(size)}` : '');
  say(intake.lines[2], view.batch && due > now ? `closes in ${countdown(due - now)}` : '');
}

/** @param {WorkerView} view @param {number} now */
export function tell(view, now) {
  if (!view.pollers) return '';
  const [active, running, most] = view.pollers;
  const limit = most > 0 ? ` of at most ${count(most)}` : '';
  const parts = [
    `${count(active)} ${active === 1 ? 'poller' : 'pollers'}`,
    `${count(running)}${limit} invocations running`,
  ];
  if (view.batch) {
    const [gathered, size, due] = view.batch;
    parts.push(`gathering a batch: ${count(gathered)} of ${count(size)}`);
    if (due > now) parts.push(`its window closes in ${countdown(due - now)}`);
  }
  return parts.join(', ');
}
