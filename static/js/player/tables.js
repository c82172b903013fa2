/**
 * The tables of the inspector: the message groups of a queue, the subscriptions of a topic, the rules of a bus, the
 * schedules of a scheduler, as cells of text. Their headings come with the panel; the rows follow the playhead.
 */
import { countdown, number } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").View} View */

const GROUP_STATES = /** @type {const} */ ([
  [4, 'blocked'],
  [1, 'held'],
  [2, 'noisy'],
]);
const [PENDING, THROTTLED] = [1, 2];

/**
 * The rows of a table: a row's first cell names what it is about.
 * @param {string} kind "groups", "subscriptions", "rules" or "schedules"
 * @param {View} view
 * @param {number} now
 * @param {(link: number) => string} titleOf where a link leads
 * @returns {string[][]}
 */
export function rowsOf(kind, view, now, titleOf) {
  if (kind === 'subscriptions')
    return (view.subscriptions ?? []).map((/** @type {any[]} */ row) => subscription(row, now, titleOf));
  if (kind === 'rules') return (view.rules ?? []).map((/** @type {any[]} */ row) => rule(row, view, now));
  if (kind === 'schedules') return (view.schedules ?? []).map((/** @type {any[]} */ row) => schedule(row, now));
  return (view.groups ?? []).map(group);
}

/** @param {[string, number, number, number]} group name, waiting, in flight, state */
function group([name, waiting, inflight, state]) {
  const words = GROUP_STATES.filter(([bit]) => state & bit).map(([, said]) => said);
  return [name, number(waiting), number(inflight), words[0] ?? ''];
}

/**
 * @param {any[]} row
 * @param {number} now
 * @param {(link: number) => string} titleOf
 */
function subscription([link, , state, delivered, filtered, failed, retrying, retry, tries, of, reason], now, titleOf) {
  const due = retry > now ? ` in ${countdown(retry - now)}` : '';
  const said = [
    state & PENDING ? 'not confirmed' : '',
    retrying ? `retry ${tries} of ${of}${due}` : '',
    state & THROTTLED ? 'throttled' : '',
    reason,
  ];
  const counts = [delivered, filtered, failed].map(number);
  return [titleOf(link), ...counts, said.filter(Boolean).join(' · ')];
}

/**
 * @param {any[]} row
 * @param {View} view
 * @param {number} now
 */
function rule([name, state, matched, time, clause, , delivered, failed, retrying, retry], view, now) {
  const latest = view.latest?.[3] ?? 0;
  const hit = time > 0 && time >= latest;
  const words = state === 0 ? 'off' : state === 2 ? 'by schedule' : !latest ? '' : hit ? 'matched' : clause;
  const due = retry > now ? ` in ${countdown(retry - now)}` : '';
  const said = [words, retrying ? `${number(retrying)} to retry${due}` : ''].filter(Boolean).join(' · ');
  return [name, number(matched), number(delivered), number(failed), said];
}

/**
 * @param {any[]} row
 * @param {number} now
 */
function schedule([name, next, state, fired, window, local], now) {
  const open = window > now && next <= now ? `within ${countdown(window - now)}` : '';
  const due = next > now ? [`in ${countdown(next - now)}`, local].filter(Boolean).join(' · ') : open;
  return [name, number(fired), state === 0 ? 'off' : state === 2 ? 'over' : due];
}
