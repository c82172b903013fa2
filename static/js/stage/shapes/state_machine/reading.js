/**
 * What a view says about the states of a chart at a moment: who is where, which edge was taken just now, and all of it
 * in words. Pure functions of the view and of time.
 */

import { FAILED, RETRY, TASK, TIMER, TOKEN } from 'app/stage/token.js';
import { count, countdown, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Chart} Chart */
/** @typedef {import('app/stage/types.js').MachineView} MachineView */
/** @typedef {import('app/stage/types.js').TokenRow} TokenRow */
/** @typedef {import('app/stage/shapes/state_machine/state.js').Shown} Shown */

export const EACH = 3; // executions at one state that are drawn one by one
const MANY = 12; // of more, only their number
const SHINES = 1_000_000; // µs of virtual time for which an edge that was taken is lit
const RACES = 250_000; // µs between two drawings, above which lights would only flicker
const TOLD = 6; // states in a sentence
const PASSED = 40; // states looked at for a way

export const ENDS = ['succeeded', 'failed', 'timed out', 'aborted'];

/**
 * The tokens to draw, by state: the newest, and none where so many are that a number says more.
 * @param {MachineView} view @returns {Map<number, TokenRow[]>}
 */
export function tokensAt(view) {
  const found = /** @type {Map<number, TokenRow[]>} */ (new Map());
  const crowded = new Set(view.states.filter(([, here]) => here > MANY).map(([state]) => state));
  for (const token of view.tokens) {
    const known = found.get(token[3]) ?? [];
    if (!crowded.has(token[3]) && known.length < EACH) found.set(token[3], [...known, token]);
  }
  return found;
}

/** The edges taken within the last second, by index. @param {Chart} chart @param {MachineView} view @param {number} now @param {number} step */
export function litEdges(chart, view, now, step) {
  const lit = /** @type {Set<number>} */ (new Set());
  if (step > RACES) return lit;
  for (const [, , , state, since, , , , , , from, kind] of view.tokens) {
    if (from === undefined || from < 0 || now < since || now - since >= SHINES) continue;
    const edge = edgeOf(chart, from, state, kind);
    if (edge >= 0) lit.add(edge);
  }
  return lit;
}

/** The edge between two states; of several, that of the kind. @param {Chart} chart @param {number} from @param {number} to @param {number} kind */
export function edgeOf(chart, from, to, kind) {
  const exact = chart.edges.findIndex(([a, b, c]) => a === from && b === to && c === kind);
  return exact >= 0 ? exact : chart.edges.findIndex(([a, b]) => a === from && b === to);
}

/**
 * The edges from one state to another by the shortest way, the last of them of a kind: what is passed in no time, such as
 * a Choice, is never seen by itself. Empty where there is none.
 * @param {Chart} chart @param {number} from @param {number} to @param {number} before  the state it came from at last, or -1
 * @param {number} kind @returns {number[]}
 */
export function edgesBetween(chart, from, to, before, kind) {
  const last = edgeOf(chart, before, to, kind);
  const goal = last >= 0 ? before : to;
  const came = new Map([[from, -1]]);
  const reached = [from];
  for (const state of reached) {
    if (came.has(goal) || reached.length > PASSED) break;
    for (const [edge, [a, b]] of chart.edges.entries()) {
      if (a !== state || came.has(b)) continue;
      came.set(b, edge);
      reached.push(b);
    }
  }
  if (!came.has(goal)) return [];
  const way = last >= 0 ? [last] : [];
  for (let at = goal; at !== from; at = chart.edges[way[0]][0]) way.unshift(came.get(at) ?? -1);
  return way;
}

/** What each state shows. @param {Chart} chart @param {MachineView} view @param {number} now @param {boolean} roomy  whether there is room for what failed before and for spans @returns {Shown[]} */
export function shownStates(chart, view, now, roomy) {
  const rows = new Map(view.states.map((row) => [row[0], row]));
  const drawn = tokensAt(view);
  return chart.states.map(([, type], state) => {
    const [, here = 0, entered = 0, failed = 0, , retrying = 0] = rows.get(state) ?? [];
    const tokens = view.tokens.filter((token) => token[3] === state);
    const kinds = [
      `is-${type.toLowerCase()}`,
      entered || here ? '' : 'is-new',
      here ? 'is-here' : '',
      retrying ? 'is-retrying' : '',
    ];
    const seen = drawn.get(state)?.length ?? 0;
    const many = here > seen && (here > EACH || !isFrame(chart, state));
    const map = mapOf(view, state);
    const note = map.items
      ? { text: `${count(map.done + map.failed)}/${count(map.items)}`, tone: map.failed ? 'bad' : '' }
      : noteOf(tokens, retrying, type !== 'Fail' ? failed : 0, now, roomy);
    return {
      kind: kinds.filter(Boolean).join(' '),
      count: many ? shortCount(here) : '',
      note: note.text,
      tone: note.tone,
      done: map.items ? map.done / map.items : 0,
      lost: map.items ? map.failed / map.items : 0,
    };
  });
}

/** @param {Chart} chart @param {number} state */
export function isFrame(chart, state) {
  return chart.states.some(([, , parent]) => parent === state);
}

/** How far the runs of a Map are, together. @param {MachineView} view @param {number} state */
function mapOf(view, state) {
  const sum = { items: 0, done: 0, failed: 0 };
  for (const [index, items, done, failed] of view.maps) {
    if (index !== state) continue;
    sum.items += items;
    sum.done += done;
    sum.failed += failed;
  }
  return sum;
}

/** The word at a state's corner. @param {TokenRow[]} tokens @param {number} retrying @param {number} failed @param {number} now @param {boolean} [roomy] */
function noteOf(tokens, retrying, failed, now, roomy = true) {
  const again = tokens.filter(([, , , , , , , , bits]) => bits & RETRY);
  if (retrying > 1 || again.length > 1)
    return { text: `↻ ${shortCount(Math.max(retrying, again.length))}${roomy ? ' retrying' : ''}`, tone: 'warn' };
  if (again.length)
    return { text: `↻ ${again[0][6]}/${again[0][7]}${roomy ? left(again[0][5], now) : ''}`, tone: 'warn' };
  const trying = tokens.find(([, , , , , , tries, of]) => tries > 0 && of > 0);
  if (trying && tokens.length === 1) return { text: `↻ ${trying[6]}/${trying[7]}`, tone: 'warn' };
  const timers = tokens.filter(([, , , , , until, , , bits]) => bits & TIMER && until > now);
  if (timers.length) return { text: countdown(Math.min(...timers.map(([, , , , , until]) => until)) - now), tone: '' };
  return failed && roomy ? { text: `✕ ${shortCount(failed)}`, tone: 'bad is-past' } : { text: '', tone: '' };
}

/** @param {number} until @param {number} now */
function left(until, now) {
  return until > now ? ` · ${countdown(until - now)}` : '';
}

/** What one execution is at, in words. @param {Chart} chart @param {TokenRow} token */
export function stay(chart, [, , , state, , , tries, of, bits]) {
  const name = chart.states[state]?.[0] ?? '';
  const said = [
    bits & RETRY ? `waits for retry ${tries} of ${of}` : tries > 0 && of > 0 ? `retry ${tries} of ${of}` : '',
    bits & TIMER && !(bits & RETRY) ? 'waits' : '',
    bits & TOKEN ? 'waits for its task token' : bits & TASK && !(bits & RETRY) ? 'waits for an answer' : '',
    bits & FAILED && !(bits & RETRY) ? 'has failed here before' : '',
  ];
  return [name, ...said.filter(Boolean)].join(', ');
}

/** @param {string} title @param {MachineView} view @param {number} now */
export function told(title, view, now) {
  const ends = [view.succeeded, view.failed, view.timedOut, view.aborted];
  const counts = ENDS.map((word, i) => (ends[i] ? `${count(ends[i])} ${word}` : '')).filter(Boolean);
  const parts = [`${count(view.running)} running`, ...counts];
  const { graph } = view;
  if (!graph) return `${title}: ${parts.join(', ')}.`;
  const busy = view.states.filter(([state, here]) => here > 0 && !isFrame(graph, state));
  const where = busy.slice(0, TOLD).map(([state, here]) => {
    const note = noteOf(
      view.tokens.filter((token) => token[3] === state),
      0,
      0,
      now,
    ).text;
    const aside = note.startsWith('↻')
      ? `retry ${note.slice(2).replace('/', ' of ').replace(' · ', ' in ')}`
      : note && `${note} left`;
    return `${count(here)} at ${graph.states[state]?.[0]}${aside ? ` (${aside})` : ''}`;
  });
  const maps = view.maps.map(([state, items, done, failed]) => {
    const lost = failed ? `, ${count(failed)} failed` : '';
    return `${graph.states[state]?.[0]}: ${count(done)} of ${count(items)} items done${lost}`;
  });
  const more = busy.length > TOLD ? [`and more at ${busy.length - TOLD} other states`] : [];
  const said = [...where, ...more, ...maps];
  return `${title}: ${parts.join(', ')}.${said.length ? ` ${said.join('; ')}.` : ''}`;
}
