/**
 * What the inspector says of a node in sentences, from its view: refusals, moves, what its requests cost, and who knows
 * whom where messages are pushed.
 */
import { duration, number } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").View} View */
/** @typedef {{time: number, node: number, sentence: string}} Line */

/**
 * One sentence about a node, or "" where there is nothing to say.
 * @param {string} about "refusals", "move", "calls", "pushes", "archive" or "reason"
 * @param {View} view
 * @param {number} now
 * @param {Line[]} lines the log, oldest first
 * @param {number | null} node
 */
export function sentenceOf(about, view, now, lines, node) {
  if (about === 'refusals' && view.refusals) return refused(view.refusals, now, lines, node);
  if (about === 'move' && view.move) return moving(view.move);
  if (about === 'calls' && view.calls) return calls(view.calls);
  if (about === 'pushes') return pushes(view);
  if (about === 'archive' && view.archive) return archived(view.archive);
  if (about === 'reason' && view.reason) return `Last reason: ${view.reason}.`;
  return '';
}

/**
 * The code of the service, and its sentence if the log still has it.
 * @param {[number, string, number]} refusal
 * @param {number} now
 * @param {Line[]} lines
 * @param {number | null} node
 */
function refused([time, code, count], now, lines, node) {
  const told = lines.findLast((line) => line.time <= now && line.node === node && line.sentence.includes(code));
  const when = `${count > 1 ? `${number(count)} calls` : 'one call'} refused, the last ${duration(now - time)} ago`;
  return `${code}: ${when}.${told ? ` ${told.sentence}` : ''}`;
}

/** @param {[number, number, number, string]} move */
function moving([moved, total, perSecond, to]) {
  const speed = perSecond > 0 ? `, ${number(perSecond)} per s` : ', as fast as it can';
  return `Moving ${to ? `to ${to}` : 'back to where they came from'}: ${number(moved)} of ${number(total)}${speed}.`;
}

/**
 * Requests are what is paid for: also those that come back empty.
 * @param {[number, number, number]} calls requests billed, empty receives, micro-dollars
 */
function calls([billed, empty, spent]) {
  const whole = `${number(billed)} ${billed === 1 ? 'request' : 'requests'} so far: ${price(spent)}.`;
  if (billed === 0 || empty === 0) return whole;
  const cost = price((spent * empty) / billed);
  return `${whole} ${number(empty)} of them came back empty: ${cost} for nothing.`;
}

/**
 * What a push means: nobody asks, and nobody knows the other.
 * @param {View} view
 */
function pushes(view) {
  if (view.subscriptions) {
    const many = view.count ?? view.subscriptions.length;
    const to = `${number(many)} ${many === 1 ? 'subscription' : 'subscriptions'}`;
    return `It pushes a copy to each of ${to} that lets it pass: no subscriber ever asks, and no publisher knows them.`;
  }
  if (!view.rules) return '';
  const many = view.count ?? view.rules.length;
  const rules = `${number(many)} ${many === 1 ? 'rule decides' : 'rules decide'}`;
  return `${rules} where an event goes: who puts it here knows none of its targets, and none of them asks.`;
}

/** @param {[number, boolean | string, number]} archive kept, state of the replay, replayed */
function archived([kept, state, replayed]) {
  const held = `The archive keeps ${number(kept)} ${kept === 1 ? 'message' : 'messages'}.`;
  const running = state === true || String(state).toUpperCase() === 'RUNNING';
  if (running) return `${held} A replay runs: ${number(replayed)} so far.`;
  const word = typeof state === 'string' && state ? ` (${state.toLowerCase()})` : '';
  return replayed || word ? `${held} The latest replay${word} brought back ${number(replayed)}.` : held;
}

/**
 * An amount of money, to two digits that say something: "$0.000052", "$0.41", "$12.30".
 * @param {number} micros micro-dollars
 */
export function price(micros) {
  const dollars = micros / 1e6;
  if (dollars <= 0 || dollars >= 0.01) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toFixed(Math.min(8, 1 - Math.floor(Math.log10(dollars))))}`;
}
