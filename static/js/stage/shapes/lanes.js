/**
 * The message groups of a FIFO queue, or the tenants of a fair one, below its tube: one row each, with its pattern, its
 * name, its backlog as a bar behind it against that of the others, and whether it is held, blocked or noisy.
 *
 * Beside a dead-letter line up to four stand in one column, on its left; more make two columns.
 */

import { BLOCKED, groupState, HELD, NOISY, ordered, shortName, strokesOf } from 'app/stage/motifs.js';
import { element, line, say, set } from 'app/stage/shapes/svg.js';
import { shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').QueueView} QueueView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/motifs.js').Group} Group */
/**
 * @typedef {{ row: SVGGElement, strokes: SVGPathElement, name: SVGTextElement, bar: SVGRectElement,
 *   words: SVGTextElement, wide: number }} Lane
 */

export const MOST = 8;

/** For how many lanes room is kept. @param {number} groups @param {boolean} fifo */
export function many(groups, fifo) {
  if (groups === 0 && !fifo) return 0;
  return groups > 4 ? MOST : groups > 2 ? 4 : 2;
}

/** How they are arranged. @param {number} lanes @param {boolean} compact @param {boolean} falls  a line divides them */
export function arranged(lanes, compact, falls) {
  const columns = lanes > 4 || compact || (!falls && lanes > 2) ? 2 : 1;
  return { columns, rows: Math.min(compact ? 2 : 4, Math.ceil(lanes / columns)) };
}

/** The height of a row. @param {Style} style */
export function pitch(style) {
  return Math.round(style.small * 1.42);
}

/**
 * @param {SVGGElement} group @param {[number, number][]} columns  from where to where each goes
 * @param {number} top @param {number} rows @param {Style} style
 * @returns {Lane[]}
 */
export function build(group, columns, top, rows, style) {
  const places = columns.flatMap((column) => Array.from({ length: rows }, (_, row) => ({ column, row })));
  return places.map(({ column, row }) => lane(group, column, top + row * pitch(style) + style.small, style));
}

/** @param {SVGGElement} group @param {[number, number]} column @param {number} y @param {Style} style @returns {Lane} */
function lane(group, [from, to], y, style) {
  const radius = style.small * 0.5;
  const middle = y - style.small * 0.34;
  const height = pitch(style) - 2;
  const bar = element('rect', { class: 'backlog', x: from - 4, y: middle - height / 2, width: 0, height, rx: 4 });
  const strokes = element('path', { class: 'motif', 'stroke-width': Math.max(1.4, radius * 0.3) });
  const swatch = element(
    'g',
    { class: 'swatch', transform: `translate(${from + radius} ${middle})` },
    element('circle', { r: radius }),
    strokes,
  );
  const name = line(from + radius * 2 + 6, y, 'small strong', 'start');
  const words = line(to, y, 'small', 'end');
  const row = element('g', { class: 'lane', visibility: 'hidden' }, bar, swatch, name, words);
  group.append(row);
  return { row, strokes, name, bar, words, wide: to - from };
}

/** @param {Lane[]} lanes @param {QueueView | null} view @param {Style} style */
export function update(lanes, view, style) {
  const shown = ordered((view?.groups ?? []).slice(0, MOST));
  const most = Math.max(1, ...shown.map(({ group }) => group[1]));
  for (const [i, lane] of lanes.entries()) {
    const found = shown[i];
    set(lane.row, 'visibility', found ? 'visible' : 'hidden');
    if (!found) continue;
    const [name, waiting, inflight, state] = found.group;
    set(lane.row, 'class', laneClass(state));
    set(lane.strokes, 'd', strokesOf(found.motif, style.small * 0.5));
    const tries = [laneWords(waiting, inflight, state), groupState(state).split(', ')[0] || shortCount(waiting)];
    const letters = (/** @type {string} */ said) =>
      Math.floor((lane.wide - style.small - 14 - style.width(said, style.small, true)) / (style.small * 0.6));
    const fits = (/** @type {string} */ said) => letters(said) >= Math.min(3, name.length);
    const said = tries.find(fits) ?? ''; // where there is no room for both, the name: the bar and the lock say the rest
    say(lane.words, said);
    say(lane.name, shortName(name, Math.max(2, letters(said))));
    set(lane.bar, 'width', waiting ? Math.round(Math.max(4, (waiting / most) * (lane.wide + 8))) : 0);
  }
}

/** @param {number} state */
function laneClass(state) {
  const kinds = [
    ['is-held', state & HELD],
    ['is-noisy', state & NOISY],
    ['is-blocked', state & BLOCKED],
  ];
  return ['lane', ...kinds.filter(([, has]) => has).map(([kind]) => kind)].join(' ');
}

/** "12 held", "340 noisy", "3". @param {number} waiting @param {number} inflight @param {number} state */
function laneWords(waiting, inflight, state) {
  const said = groupState(state).split(', ')[0];
  if (said) return waiting ? `${shortCount(waiting)} ${said}` : said;
  return waiting || !inflight ? shortCount(waiting) : 'in flight';
}

/** What there is to say of the groups to somebody who does not see them. @param {QueueView} view @param {boolean} fifo */
export function tell(view, fifo) {
  const groups = view.groups ?? [];
  if (groups.length === 0) return '';
  const all = Math.max(view.groupCount ?? 0, groups.length);
  const said = ordered(groups).map(({ group: [name, waiting, inflight, state] }) => {
    const parts = [`${shortCount(waiting)} waiting`];
    if (inflight) parts.push(`${shortCount(inflight)} in flight`);
    if (state) parts.push(groupState(state));
    return `${name} ${parts.join(', ')}`;
  });
  const noun = fifo ? (all === 1 ? 'message group' : 'message groups') : all === 1 ? 'tenant' : 'tenants';
  return ` ${all} ${noun}: ${said.join('; ')}${all > groups.length ? `; and ${all - groups.length} more` : ''}.`;
}
