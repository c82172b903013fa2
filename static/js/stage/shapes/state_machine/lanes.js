/**
 * Lanes for lines: in a gap between two ranks the runs that would lie on each other get heights of their own, and beside
 * a column the lines that go up again get places of their own.
 */

const SAME = 0.5; // pixels within which two lines are one
const MARGIN = 7;

/** A level piece of a line: in which gap, from where to where. @typedef {{ gap: string, a: number, b: number, lane: number }} Run */
/**
 * A line up or down beside the ranks `first` to `last` of a column; `side`: 1 right of them, -1 left; `aside`: room for
 * a label right of it.
 * @typedef {{ column: number, first: number, last: number, x: number, side: 1 | -1, aside: number }} Upright
 */

/**
 * Gives the runs of one gap their lanes, 0 the uppermost; answers how many there are. Runs that part from one line, or
 * join into one, may lie on each other.
 * @param {Run[]} runs
 */
export function stacked(runs) {
  // In this order those that go the same way do not cross twice.
  const right = runs.filter(({ a, b }) => b > a).sort((one, other) => other.a - one.a || one.b - other.b);
  const left = runs.filter(({ a, b }) => b <= a).sort((one, other) => one.a - other.a || other.b - one.b);
  const done = /** @type {Run[]} */ ([]);
  let most = 0;
  for (const run of [...right, ...left]) {
    const above = done.filter((other) => meets(run, other)).reduce((lane, other) => Math.max(lane, other.lane + 1), 0);
    const shared = done.find((other) => joined(run, other) && other.lane >= above);
    run.lane = shared ? shared.lane : above;
    most = Math.max(most, run.lane + 1);
    done.push(run);
  }
  return most;
}

/** @param {Run} one @param {Run} other */
function joined(one, other) {
  const along = one.b > one.a === other.b > other.a;
  return along && (Math.abs(one.a - other.a) < SAME || Math.abs(one.b - other.b) < SAME);
}

/** Whether two runs in one lane would be taken for one line. @param {Run} one @param {Run} other */
function meets(one, other) {
  if (joined(one, other)) return false;
  const [low, high] = [Math.min(one.a, one.b), Math.max(one.a, one.b)];
  return Math.min(other.a, other.b) < high + MARGIN && Math.max(other.a, other.b) > low - MARGIN;
}

/**
 * Gives the uprights of one column their places beside what stands there, the short ones nearest.
 * @param {Upright[]} uprights @param {number[]} rights  the right edge of each rank; moved outwards
 * @param {number[]} lefts  the left edges @param {number} pitch
 */
export function beside(uprights, rights, lefts, pitch) {
  const inside = [...uprights.keys()].sort(
    (a, b) => uprights[a].last - uprights[a].first - (uprights[b].last - uprights[b].first) || a - b,
  );
  for (const index of inside) {
    const { first, last, side, aside } = uprights[index];
    const edges = (side > 0 ? rights : lefts).slice(first, last + 1);
    const x = side > 0 ? Math.max(...edges) + pitch : Math.min(...edges) - pitch - aside;
    uprights[index].x = x;
    for (let rank = first; rank <= last; rank++) {
      if (side > 0) rights[rank] = x + aside;
      else lefts[rank] = x;
    }
  }
}
