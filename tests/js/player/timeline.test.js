/** The timeline answers with what was in force at a moment, forgets what is not needed, and is replaced by a key frame. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline, Track } from 'app/player/timeline.js';

const SECOND = 1_000_000;

/** @param {object} [more] @returns {any} */
function hello(more = {}) {
  return {
    length: 600 * SECOND,
    nodes: [{ id: 'shop' }, { id: 'emails' }],
    links: [],
    looks: ['a'],
    prefixes: ['m'],
    may: ['watch'],
    ...more,
  };
}

/** @param {number} n @param {number} to in seconds @param {object} [more] @returns {any} */
function frame(n, to, more = {}) {
  const pace = { kind: 'follow', rate: 1, slowed: false, skipping: '' };
  return {
    n,
    key: false,
    from: (to - 1) * SECOND,
    to: to * SECOND,
    mode: 'running',
    pace,
    furthest: to * SECOND,
    ...more,
  };
}

test('a view is in force from the end of its frame until the next one', () => {
  const timeline = new Timeline(hello());
  timeline.file(frame(1, 1, { key: true, views: { 0: { sent: 1 }, 1: { waiting: 0 } } }), 0);
  timeline.file(frame(2, 2, { views: { 1: { waiting: 5 } } }), SECOND);
  assert.deepEqual(timeline.viewsAt(1.9 * SECOND), [{ sent: 1 }, { waiting: 0 }]);
  assert.deepEqual(timeline.viewsAt(2 * SECOND), [{ sent: 1 }, { waiting: 5 }]);
});

test('before the first view of a page that has just come, the first one is shown', () => {
  const timeline = new Timeline(hello());
  assert.deepEqual(timeline.viewsAt(0), [null, null]);
  timeline.file(frame(9, 30, { key: true, views: { 1: { waiting: 3 } } }), 0);
  assert.deepEqual(timeline.viewsAt(29 * SECOND)[1], { waiting: 3 });
});

test('views stay bounded, whether the page is drawn or sleeps', () => {
  const timeline = new Timeline(hello());
  for (let n = 1; n < 2_000; n += 1) timeline.file(frame(n, n, { key: n === 1, views: { 1: { waiting: n } } }), 0);
  assert.ok(timeline.views[1].times.length <= 128);
  assert.deepEqual(timeline.viewsAt(1_999 * SECOND)[1], { waiting: 1_999 });
  for (let n = 2_000; n < 2_100; n += 1) timeline.file(frame(n, n, { views: { 1: { waiting: n } } }), n * SECOND);
  assert.ok(timeline.views[1].times.length < 5);
});

test('a track forgets nothing that can still be asked for', () => {
  const track = new Track();
  for (const time of [1, 2, 3]) track.put(time, `from ${time}`);
  track.forget(2.5);
  assert.equal(track.at(2.5), 'from 2');
  assert.equal(track.at(3), 'from 3');
});

test('a missing number is a gap, and a key frame heals it', () => {
  const timeline = new Timeline(hello());
  assert.equal(timeline.file(frame(5, 1, { key: true }), 0), 'key');
  assert.equal(timeline.file(frame(6, 2), 0), 'next');
  assert.equal(timeline.file(frame(8, 3), 0), 'gap');
  assert.equal(timeline.file(frame(9, 4, { key: true }), 0), 'key');
});

test('a key frame replaces views, log and faults, not the history', () => {
  const timeline = new Timeline(hello());
  const log = [[SECOND, 'info', 0, 0, 'shop sends m-1.']];
  timeline.file(frame(1, 1, { key: true, log, faults: [['node', 1, 'crash', 0]], views: { 1: { waiting: 1 } } }), 0);
  timeline.fileHistory({
    type: 'history',
    furthest: 9 * SECOND,
    series: { time: [0] },
    marks: [[SECOND, 'fault', 'crash', 1]],
  });
  timeline.file(frame(2, 1, { key: true, log: [], faults: [], views: { 0: { sent: 1 } } }), SECOND);
  assert.deepEqual(
    [timeline.lines, timeline.faultsAt(SECOND), timeline.viewsAt(SECOND)],
    [[], [], [{ sent: 1 }, null]],
  );
  assert.equal(timeline.history.marks.length, 1);
  assert.equal(timeline.furthest, SECOND);
});

test('faults hold from their frame on, and until the next list', () => {
  const timeline = new Timeline(hello());
  timeline.file(frame(1, 1, { key: true, faults: [] }), 0);
  timeline.file(frame(2, 2, { faults: [['node', 1, 'crash', 22 * SECOND]] }), SECOND);
  timeline.file(frame(3, 3), SECOND);
  assert.equal(timeline.faultsAt(1.5 * SECOND).length, 0);
  assert.equal(timeline.faultsAt(3 * SECOND).length, 1);
});

test('the log keeps its last 500 lines and says how many were left out', () => {
  const timeline = new Timeline(hello());
  for (let n = 1; n <= 120; n += 1) {
    const log = Array.from({ length: 5 }, (_, index) => [n * SECOND + index, 'info', 0, 0, `line ${n}.${index}`]);
    timeline.file(frame(n, n, { key: n === 1, log }), 0);
  }
  timeline.file(frame(121, 121, { unlogged: 1_200 }), 0);
  assert.equal(timeline.lines.length, 500);
  assert.match(timeline.lines.at(-1)?.sentence ?? '', /^1,200 more lines/);
});

test('a story card shows when its moment is reached, and goes when the run goes on', () => {
  const timeline = new Timeline(hello());
  const beat = { n: 0, node: 1, message: 0, title: 'Look', say: 'here', ask: null };
  timeline.file(frame(1, 2, { key: true, mode: 'paused', beat }), 0);
  assert.equal(timeline.beatAt(1.9 * SECOND), null);
  assert.equal(timeline.beatAt(2 * SECOND)?.title, 'Look');
  timeline.file(frame(2, 2, { from: 2 * SECOND, mode: 'paused' }), 2 * SECOND);
  assert.equal(timeline.beatAt(2 * SECOND)?.title, 'Look', 'an intervention leaves it');
  timeline.file(frame(3, 3), 2 * SECOND);
  assert.equal(timeline.beatAt(3 * SECOND), null);
});

test('a card that does not stop the run shows from its first frame on', () => {
  const timeline = new Timeline(hello());
  const beat = { n: 0, node: 1, message: 0, title: 'Look', say: 'here', ask: null };
  timeline.file(frame(1, 2, { key: true, beat }), 0);
  timeline.file(frame(2, 3, { beat }), 0);
  assert.equal(timeline.beatAt(2.5 * SECOND)?.title, 'Look');
});

test('a handful of journeys is kept, the oldest goes', () => {
  const timeline = new Timeline(hello());
  for (let message = 1; message <= 8; message += 1) timeline.fileJourney(/** @type {any} */ ({ message, steps: [] }));
  timeline.fileJourney(/** @type {any} */ ({ message: 3, steps: [1] }));
  assert.deepEqual([...timeline.journeys.keys()], [3, 4, 5, 6, 7, 8]);
});
