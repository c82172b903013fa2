/**
 * A chart that would be too tall is folded like the text of a newspaper: which ranks stand in which column.
 */

/** @typedef {import('app/stage/shapes/state_machine/scope.js').Room} Room */

const UNEVEN = 1.3; // how much taller than the others a column may be so that fewer lines go on

/**
 * The column of each rank: as few columns as keep below the tallest, about even, and broken where few lines go on.
 * @param {number[]} heights @param {number[]} passing  how many lines lead on from the rank before into each
 * @param {Room} room @returns {number[]}
 */
export function folded(heights, passing, { down, lane, tallest }) {
  const whole = heights.reduce((sum, height) => sum + height + down, 0);
  const columns = Math.min(heights.length, Math.ceil(whole / Math.max(tallest, ...heights)));
  if (columns <= 1) return heights.map(() => 0);
  let best = /** @type {number[]} */ ([]);
  let lowest = Infinity;
  for (let limit = whole / columns; limit < whole; limit *= 1.06) {
    const found = broken(heights, passing, limit, columns, down);
    if (!found) continue;
    const price = limit + found.lines * lane * 1.5;
    if (price < lowest) [best, lowest] = [found.starts, price];
    if (limit > (whole / columns) * UNEVEN && best.length) break;
  }
  return best.length ? heights.map((_, rank) => best.findLastIndex((start) => start <= rank)) : heights.map(() => 0);
}

/**
 * Where columns of at most this height begin so that the fewest lines go on from one to the next.
 * @param {number[]} heights @param {number[]} passing @param {number} limit @param {number} columns @param {number} down
 */
function broken(heights, passing, limit, columns, down) {
  /** @type {({ lines: number, starts: number[] } | null)[]} the best for the ranks before each, in so many columns */
  let before = heights.map((_, rank) => (rank === 0 ? { lines: 0, starts: [] } : null));
  before.push(null);
  for (let column = 0; column < columns; column++) {
    const after = before.map(() => /** @type {typeof before[number]} */ (null));
    for (const [start, known] of before.entries()) {
      if (!known || start === heights.length) continue;
      const lines = known.lines + (start ? passing[start] : 0);
      for (let end = start, used = 0; end < heights.length; end++) {
        used += heights[end] + down;
        if (used > limit && end > start) break;
        const there = after[end + 1];
        if (!there || lines < there.lines) after[end + 1] = { lines, starts: [...known.starts, start] };
      }
    }
    before = after;
  }
  return before[heights.length];
}
