/** Charts of state machines to draw: written by hand, and made at random but always the same. */

/** @typedef {import('app/stage/types.js').Chart} Chart */

/** @param {[string, string, number, number][]} states @param {[number, number, number, string][]} edges @returns {Chart} */
function chart(states, edges) {
  return { version: 1, start: 0, states, edges };
}

/** @param {[string, string][]} states */
function flat(states) {
  return states.map(([name, type]) => /** @type {[string, string, number, number]} */ ([name, type, -1, 0]));
}

/** A retry, a catch, a Map. */
export const ORDER = chart(
  [
    ['Validate order', 'Task', -1, 0],
    ['In stock?', 'Choice', -1, 0],
    ['Back-order', 'Task', -1, 0],
    ['Charge card', 'Task', -1, 0],
    ['Pack', 'Map', -1, 0],
    ['Pack item', 'Task', 4, 0],
    ['Refund', 'Task', -1, 0],
    ['Done', 'Succeed', -1, 0],
    ['Failed', 'Fail', -1, 0],
  ],
  [
    [0, 1, 0, ''],
    [1, 3, 1, 'stock > 0'],
    [1, 2, 2, 'default'],
    [3, 4, 0, ''],
    [3, 6, 3, 'States.ALL'],
    [4, 7, 0, ''],
    [6, 8, 0, ''],
    [2, 7, 0, ''],
    [0, 8, 3, 'Invalid'],
  ],
);

/** A loop. */
export const POLLER = chart(
  flat([
    ['Submit job', 'Task'],
    ['Wait 30 s', 'Wait'],
    ['Get status', 'Task'],
    ['Complete?', 'Choice'],
    ['Job failed', 'Fail'],
    ['Final status', 'Task'],
  ]),
  [
    [0, 1, 0, ''],
    [1, 2, 0, ''],
    [2, 3, 0, ''],
    [3, 4, 1, 'FAILED'],
    [3, 5, 1, 'SUCCEEDED'],
    [3, 1, 2, 'default'],
  ],
);

/** Compensation: one catch edge from each step. */
export const SAGA = chart(
  flat([
    ['Reserve hotel', 'Task'],
    ['Reserve flight', 'Task'],
    ['Reserve car', 'Task'],
    ['Charge', 'Task'],
    ['Confirmed', 'Succeed'],
    ['Cancel car', 'Task'],
    ['Cancel flight', 'Task'],
    ['Cancel hotel', 'Task'],
    ['Trip failed', 'Fail'],
  ]),
  [
    [0, 1, 0, ''],
    [1, 2, 0, ''],
    [2, 3, 0, ''],
    [3, 4, 0, ''],
    [3, 5, 3, 'States.ALL'],
    [2, 6, 3, 'States.ALL'],
    [1, 7, 3, 'States.ALL'],
    [0, 8, 3, 'States.ALL'],
    [5, 6, 0, ''],
    [6, 7, 0, ''],
    [7, 8, 0, ''],
  ],
);

/** A Parallel with a loop in a branch, and a Map with a Choice in it. */
export const NESTED = chart(
  [
    ['Prepare', 'Pass', -1, 0],
    ['Look up', 'Parallel', -1, 0],
    ['Get address', 'Task', 1, 0],
    ['Normalise', 'Pass', 1, 0],
    ['Get phone', 'Task', 1, 1],
    ['Valid?', 'Choice', 1, 1],
    ['Ask again', 'Wait', 1, 1],
    ['Use default', 'Pass', 1, 1],
    ['Merge', 'Pass', -1, 0],
    ['Each item', 'Map', -1, 0],
    ['Price', 'Task', 9, 0],
    ['Each tax', 'Map', 9, 0],
    ['Tax', 'Task', 11, 0],
    ['Discount?', 'Choice', 9, 0],
    ['Discount', 'Task', 9, 0],
    ['Full price', 'Pass', 9, 0],
    ['Send', 'Task', -1, 0],
    ['OK', 'Succeed', -1, 0],
  ],
  [
    [0, 1, 0, ''],
    [2, 3, 0, ''],
    [4, 5, 0, ''],
    [5, 6, 1, 'missing'],
    [6, 4, 0, ''],
    [5, 7, 2, 'default'],
    [1, 8, 0, ''],
    [8, 9, 0, ''],
    [10, 11, 0, ''],
    [11, 13, 0, ''],
    [13, 14, 1, 'gold'],
    [13, 15, 2, 'default'],
    [9, 16, 0, ''],
    [16, 17, 0, ''],
    [1, 16, 3, 'Lookup.Failed'],
    [9, 16, 3, 'States.ALL'],
  ],
);

/** Thirty-two states, three loops, and five catch edges to one state. */
export const CLAIM = chart(
  flat([
    ['Receive claim', 'Task'],
    ['Validate policy', 'Task'],
    ['Policy active?', 'Choice'],
    ['Reject: inactive', 'Task'],
    ['Fetch history', 'Task'],
    ['Fraud score', 'Task'],
    ['Fraud suspected?', 'Choice'],
    ['Manual review', 'Task'],
    ['Review decision?', 'Choice'],
    ['Assess damage', 'Task'],
    ['Photos needed?', 'Choice'],
    ['Request photos', 'Task'],
    ['Wait for photos', 'Wait'],
    ['Estimate cost', 'Task'],
    ['Above limit?', 'Choice'],
    ['Senior approval', 'Task'],
    ['Approved?', 'Choice'],
    ['Order parts', 'Task'],
    ['Parts in stock?', 'Choice'],
    ['Wait for parts', 'Wait'],
    ['Schedule garage', 'Task'],
    ['Repair', 'Task'],
    ['Quality check', 'Task'],
    ['Passed?', 'Choice'],
    ['Pay garage', 'Task'],
    ['Update ledger', 'Task'],
    ['Notify customer', 'Task'],
    ['Close claim', 'Succeed'],
    ['Notify rejection', 'Task'],
    ['Claim rejected', 'Fail'],
    ['Handle error', 'Task'],
    ['Failed', 'Fail'],
  ]),
  [
    ...[0, 1, 4, 5, 7, 9, 11, 13, 15, 17, 20, 21, 22, 24, 25, 26, 28, 30].map(
      (from) => /** @type {[number, number, number, string]} */ ([from, from + 1, 0, '']),
    ),
    [2, 3, 1, 'active = false'],
    [2, 4, 2, 'default'],
    [3, 28, 0, ''],
    [6, 7, 1, 'score > 0.8'],
    [6, 9, 2, 'default'],
    [8, 28, 1, 'fraud'],
    [8, 9, 2, 'default'],
    [10, 11, 1, 'photos < 2'],
    [10, 13, 2, ''],
    [12, 10, 0, ''],
    [14, 15, 1, 'cost > 5000'],
    [14, 17, 2, ''],
    [16, 17, 1, 'approved'],
    [16, 28, 2, ''],
    [18, 19, 1, 'no'],
    [19, 18, 0, ''],
    [18, 20, 2, ''],
    [23, 21, 1, 'no'],
    [23, 24, 2, ''],
    ...[1, 5, 13, 17, 24].map((from) => /** @type {[number, number, number, string]} */ ([from, 30, 3, 'States.ALL'])),
  ],
);

/**
 * A chart drawn by lot: a chain with jumps forward, loops, catch edges and nested scopes.
 * @param {number} seed @param {number} size @returns {Chart}
 */
export function lot(seed, size) {
  let state = seed * 2654435761;
  const draw = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  /** @type {[string, string, number, number][]} */
  const states = [];
  /** @type {[number, number, number, string][]} */
  const edges = [];
  /** @param {number} parent @param {number} branch @param {number} many @param {number} depth */
  const scope = (parent, branch, many, depth) => {
    const own = [];
    for (let i = 0; i < many && states.length < size; i++) {
      const kinds =
        depth < 2 ? ['Task', 'Task', 'Choice', 'Wait', 'Pass', 'Parallel', 'Map'] : ['Task', 'Choice', 'Pass'];
      const type = kinds[draw(kinds.length)];
      const index = states.push([`${type} ${'abcdefghijkl'.slice(0, 1 + draw(12))} ${i}`, type, parent, branch]) - 1;
      own.push(index);
      if (type === 'Map') scope(index, 0, 1 + draw(4), depth + 1);
      if (type === 'Parallel') for (let one = 0; one <= draw(3); one++) scope(index, one, 1 + draw(3), depth + 1);
    }
    for (const [place, from] of own.entries()) {
      if (place + 1 < own.length) edges.push([from, own[place + 1], states[from][1] === 'Choice' ? 1 : 0, '']);
      if (states[from][1] === 'Choice') edges.push([from, own[draw(own.length)], 2, 'default']);
      if (draw(4) === 0) edges.push([from, own[draw(own.length)], 3, 'States.ALL']);
    }
  };
  scope(-1, 0, size, 0);
  return chart(states, edges);
}
