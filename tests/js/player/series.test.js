/** The charts: which are shown, which value holds at a moment, and axes that end on round numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenCharts, headline, leastTop, niceTop, shown, titleOf, valueAt } from 'app/charts/series.js';
import { duration, number, stamp } from 'app/player/words.js';

const words = { duration, number, stamp };

/** @param {string} key @param {number} node */
function chart(key, node) {
  return { key, node, title: key, unit: 'messages', with: [] };
}

test("a selected node shows its own charts first, filled up with the scenario's", () => {
  const charts = [chart('a', 1), chart('b', 1), chart('c', 2), chart('d', 0), chart('e', 2)];
  assert.deepEqual(
    chosenCharts(charts, null, 4).map(({ key }) => key),
    ['a', 'b', 'c', 'd'],
  );
  assert.deepEqual(
    chosenCharts(charts, 2, 4).map(({ key }) => key),
    ['c', 'e', 'a', 'b'],
  );
});

test('the value at a moment is the last one read before it', () => {
  assert.equal(valueAt([0, 10, 20], [1, 2, 3], 19), 2);
  assert.equal(valueAt([0, 10, 20], [1, null, 3], 15), 1, 'nothing was measured in between');
  assert.equal(valueAt([0, 10], [null, null], 15), null);
  assert.equal(valueAt([5], [1], 4), null);
  assert.equal(valueAt([], [], 4), null);
});

test('an axis ends on a round number at or above the highest value', () => {
  assert.deepEqual([0, 0.3, 1, 7, 10, 41, 2_300].map(niceTop), [1, 0.5, 1, 10, 10, 50, 2_500]);
  assert.equal(leastTop('µs'), 1_000_000);
});

test('values are said in their unit', () => {
  assert.equal(shown(12_000_000, 'µs', words), '12 s');
  assert.equal(shown(null, 'messages', words), '–');
  assert.equal(headline([4, 3.14], 'per s', words), '4.0 / 3.1 per s');
  assert.equal(headline([0.02, 0.01], 'per s', words, 0.02), '1.2 / 0.6 per min');
  assert.equal(headline([2 / 3600, null], 'per s', words, 0.001), '2.0 / – per h');
  assert.equal(headline([1_900_000, 31_000_000], 'µs', words), '1.9 s / 31 s');
});

test('a chart is titled by all its lines', () => {
  assert.equal(titleOf({ ...chart('emails.age', 1), title: 'age of the oldest' }), 'age of the oldest');
  assert.equal(
    titleOf({ ...chart('emails.waiting', 1), title: 'waiting', with: ['emails.inflight'] }),
    'waiting / in flight',
  );
  assert.equal(
    titleOf({ ...chart('emails.latency.p50', 1), title: 'latency', with: ['emails.latency.p95'] }),
    'latency p50 / p95',
  );
});
