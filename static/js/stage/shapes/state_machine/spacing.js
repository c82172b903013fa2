/**
 * How far from the left each item stands: close to what it is joined with, in the order of its rank, and never on top
 * of its neighbour.
 *
 * Each rank is solved exactly as a least-squares problem by pooling what would overlap. Source: Barlow, Bartholomew,
 * Bremner and Brunk, "Statistical Inference under Order Restrictions" (1972), the pool-adjacent-violators algorithm.
 */

/** @typedef {import('app/stage/shapes/state_machine/ranks.js').Segment} Segment */

const ROUNDS = 8;
const STRAIGHTENINGS = 3;
const LOOSE = 0.05; // weight of an item's own place, where it is joined with nothing

/** What an item is joined with. @typedef {{ item: number, weight: number }[]} Beside */
/** A rank: its items, and how far right of the first each stands at least. @typedef {{ items: number[], starts: number[] }} Rank */
/** Neighbours that would overlap, as one. @typedef {{ sum: number, weight: number, count: number }} Pool */

/**
 * The middle of every item, by its index.
 * @param {number[][]} layers @param {Segment[]} segments  between items of these layers
 * @param {number[][]} lines  items of these layers that one line leads through, from the top down
 * @param {(left: number, right: number) => number} apart  the least distance between two middles
 * @returns {Map<number, number>}
 */
export function spaced(layers, segments, lines, apart) {
  const at = /** @type {number[]} */ ([]);
  const ranks = layers.map((items) => ({ items, starts: offsets(items, apart) }));
  for (const { items, starts } of ranks)
    for (const [place, item] of items.entries()) at[item] = starts[place] - starts[items.length - 1] / 2;
  const [up, down, both] = [0, 0, 0].map(() => /** @type {Beside[]} */ ([]));
  for (const item of layers.flat()) [up[item], down[item], both[item]] = [[], [], []];
  for (const { from, to, weight } of segments) {
    if (!up[from] || !up[to]) continue;
    for (const [beside, one, item] of /** @type {const} */ ([
      [down, from, to],
      [up, to, from],
      [both, from, to],
      [both, to, from],
    ]))
      beside[one].push({ item, weight });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const rank of ranks) settle(rank, at, up);
    for (const rank of [...ranks].reverse()) settle(rank, at, down);
  }
  for (const rank of ranks) settle(rank, at, both);
  for (const rank of ranks) settle(rank, at, up);
  const places = new Map(ranks.flatMap((rank) => rank.items.map((item, place) => [item, { rank, place }])));
  for (let round = 0; round < STRAIGHTENINGS; round++) for (const line of lines) straighten(line, places, at);
  return new Map(layers.flat().map((item) => [item, at[item]]));
}

/**
 * Puts the items of a line that passes several ranks below each other, as far as their neighbours leave room.
 * @param {number[]} line @param {Map<number, { rank: Rank, place: number }>} places @param {number[]} at
 */
function straighten(line, places, at) {
  const spans = line.map((item) => {
    const { rank, place } = /** @type {{ rank: Rank, place: number }} */ (places.get(item));
    const { items, starts } = rank;
    const low = place > 0 ? at[items[place - 1]] + starts[place] - starts[place - 1] : -Infinity;
    const high = place + 1 < items.length ? at[items[place + 1]] - starts[place + 1] + starts[place] : Infinity;
    return { item, low, high };
  });
  for (let first = 0; first < spans.length; ) {
    let [low, high, end] = [-Infinity, Infinity, first];
    while (end < spans.length && Math.max(low, spans[end].low) <= Math.min(high, spans[end].high)) {
      [low, high] = [Math.max(low, spans[end].low), Math.min(high, spans[end].high)];
      end++;
    }
    const part = spans.slice(first, end);
    const middle = part.reduce((sum, { item }) => sum + at[item], 0) / part.length;
    for (const { item } of part) at[item] = Math.min(high, Math.max(low, middle));
    first = Math.max(end, first + 1);
  }
}

/** @param {Rank} rank @param {number[]} at @param {Beside[]} beside */
function settle({ items, starts }, at, beside) {
  const pools = /** @type {Pool[]} */ ([]);
  for (const [place, item] of items.entries()) {
    let [sum, weight] = [0, 0];
    for (const other of beside[item]) {
      sum += at[other.item] * other.weight;
      weight += other.weight;
    }
    if (!weight) [sum, weight] = [at[item] * LOOSE, LOOSE];
    let pool = { sum: sum - starts[place] * weight, weight, count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  let place = 0;
  for (const { sum, weight, count } of pools)
    for (let i = 0; i < count; i++, place++) at[items[place]] = sum / weight + starts[place];
}

/** How far right of the first of its rank each item stands at least. @param {number[]} items @param {(left: number, right: number) => number} apart */
function offsets(items, apart) {
  const starts = [0];
  for (let i = 1; i < items.length; i++) starts.push(starts[i - 1] + apart(items[i - 1], items[i]));
  return starts;
}
