/** One execution at a moment: which stay is meant, what has become of each state, and which edges it took. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stayAt, stayIn, stayOf } from 'app/player/execution.js';
import { holderOf } from 'app/player/executions.js';
import { been, edgesTaken } from 'app/stage/execution.js';
import { ORDER, POLLER } from '../stage/charts.js';

/** @param {string} name @param {number} entered @param {number | null} exited @param {boolean} failed */
function stay(name, entered, exited = null, failed = false) {
  return { name, entered, exited, failed };
}

const CHARGED = [
  stay('Validate order', 10, 20),
  stay('In stock?', 20, 20),
  stay('Charge card', 20, 50, true),
  stay('Refund', 50),
];
const POLLED = [
  stay('Submit job', 0, 1),
  stay('Wait 30 s', 1, 31),
  stay('Get status', 31, 32),
  stay('Complete?', 32, 32),
  stay('Wait 30 s', 32, 62),
  stay('Get status', 62),
];

test('the stay on show is the one that began last, unless another was chosen that still lasts', () => {
  const two = [stay('a', 0, 100), stay('b', 10, 20), stay('c', 30, 40)];
  assert.equal(stayAt(two, 35, -1), 2);
  assert.equal(stayAt(two, 35, 0), 0);
  assert.equal(stayAt(two, 35, 1), 2, 'the one that was chosen is over');
  assert.equal(stayAt(CHARGED, 5, -1), -1);
});

test('of several stays in a state the last before the moment is meant, else the first after it', () => {
  assert.equal(stayIn(POLLED, 'Wait 30 s', 40), 4);
  assert.equal(stayIn(POLLED, 'Wait 30 s', 20), 1);
  assert.equal(stayIn(POLLED, 'Get status', 20), 2);
  assert.equal(stayIn(POLLED, 'Job failed', 20), -1);
});

test('a stay that was never left ended with its execution, and badly', () => {
  const said = { stateName: 'Pack', entered: '5' };
  assert.deepEqual(stayOf(said, { ended: '9' }), stay('Pack', 5, 9, true));
  assert.deepEqual(stayOf(said, {}), stay('Pack', 5));
  assert.deepEqual(stayOf({ ...said, exited: '7', failed: 'false' }, { ended: '9' }), stay('Pack', 5, 7));
});

test('a state is not entered, then is where the execution is, then done or failed', () => {
  const charge = (/** @type {number} */ now) => been(ORDER, CHARGED, now)[3];
  assert.deepEqual(charge(19), { times: 0, here: false, failed: false });
  assert.deepEqual(charge(30), { times: 1, here: true, failed: false });
  assert.deepEqual(charge(50), { times: 1, here: false, failed: true });
  assert.deepEqual(been(ORDER, CHARGED, 60)[6], { times: 1, here: true, failed: false });
});

test('a loop counts how often it came round', () => {
  assert.equal(been(POLLER, POLLED, 40)[1].times, 2);
  assert.equal(been(POLLER, POLLED, 20)[1].times, 1);
});

test('the edges it took are known up to the moment, a caught error by the catch edge', () => {
  /** @param {Set<number>} edges */
  const named = (edges) => [...edges].map((edge) => ORDER.edges[edge].slice(0, 3).join(' '));
  assert.deepEqual(named(edgesTaken(ORDER, CHARGED, 30).taken), ['0 1 0', '1 3 1']);
  const { taken, last } = edgesTaken(ORDER, CHARGED, 55);
  assert.deepEqual(named(taken), ['0 1 0', '1 3 1', '3 6 3']);
  assert.deepEqual(named(last), ['3 6 3']);
});

test('a message is opened in the machine in which it is an execution', () => {
  const view = { tokens: [[256, 0, 0, 1]], last: [[512, 0, 0, 0, 9]] };
  assert.equal(holderOf([null, { last: [[256, 0, 0, 0]] }, view], 256), 2);
  assert.equal(holderOf([view], 512), 0);
  assert.equal(holderOf([view], 768), -1);
});
