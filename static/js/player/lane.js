/**
 * The geometry of a journey's lane: where each stay of a message stands in a chart of nodes over time.
 *
 * Pure: spans in, rectangles out. Distance is time, as on the stage; a stay too short to be seen gets a hair's breadth,
 * and the moves between nodes are drawn as lines from where a message left to where it arrived.
 */

/** @typedef {import("app/player/frames.js").Span} Span */
/** @typedef {{node: number, title: string, whose: string, y: number}} Row `whose`: the message's name, where several are shown */
/** @typedef {{x: number, y: number, width: number, height: number, state: string, from: number, to: number, open: boolean}} Stay */
/** @typedef {{x1: number, y1: number, x2: number, y2: number, from: number}} Move */
/** @typedef {{rows: Row[], stays: Stay[], moves: Move[], height: number, xOf: (time: number) => number, start: number, end: number}} Lane */

export const ROW = 34;
const BAR = 16;
const TOP = 8;
const LEAST = 3;

/**
 * @param {Span[]} spans in order of time
 * @param {string[]} titles of the nodes, by index
 * @param {{left: number, width: number, now: number}} room `now` ends a span that is not over
 * @param {Map<number, string>} names of the messages that stay there: with several, each has rows of its own
 * @returns {Lane}
 */
export function laneOf(spans, titles, { left, width, now }, names = new Map()) {
  const start = spans.length === 0 ? 0 : Math.min(...spans.map(([from]) => from));
  const end = Math.max(start + 1, ...spans.map(([from, to]) => to ?? Math.max(from, now)));
  const xOf = (/** @type {number} */ time) => left + ((time - start) / (end - start)) * width;
  /** @type {Map<string, Row>} */
  const rows = new Map();
  /** @type {Stay[]} */
  const stays = [];
  for (const [from, to, node, state, message] of spans) {
    if (state === 'travelling' || node < 0) continue;
    const key = names.size > 1 ? `${node} ${message}` : String(node);
    const whose = names.size > 1 ? (names.get(message) ?? '') : '';
    const row = rows.get(key) ?? { node, title: titles[node] ?? '', whose, y: TOP + rows.size * ROW };
    rows.set(key, row);
    const until = to ?? Math.max(from, now);
    const x = xOf(from);
    const length = Math.max(LEAST, xOf(until) - x);
    stays.push({
      x,
      y: row.y + (ROW - BAR) / 2,
      width: length,
      height: BAR,
      state,
      from,
      to: until,
      open: to === null,
    });
  }
  return { rows: [...rows.values()], stays, moves: movesOf(stays), height: TOP * 2 + rows.size * ROW, xOf, start, end };
}

/**
 * A line from each stay to the next one in another row.
 * @param {Stay[]} stays
 * @returns {Move[]}
 */
function movesOf(stays) {
  const moves = [];
  for (let index = 1; index < stays.length; index += 1) {
    const [left, arrived] = [stays[index - 1], stays[index]];
    if (left.y === arrived.y) continue;
    const x1 = Math.min(left.x + left.width, arrived.x);
    moves.push({ x1, y1: left.y + BAR / 2, x2: arrived.x, y2: arrived.y + BAR / 2, from: left.to });
  }
  return moves;
}

/**
 * Times for the axis under the lane: at most `most`, at round distances.
 * @param {number} start
 * @param {number} end
 * @param {number} most
 * @returns {number[]}
 */
export function ticksOf(start, end, most) {
  const rough = Math.max(1, (end - start) / most);
  const scale = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * scale).find((candidate) => candidate >= rough) ?? rough;
  const ticks = [];
  for (let time = Math.ceil(start / step) * step; time <= end; time += step) ticks.push(time);
  return ticks;
}
