/** Labels say what the numbers mean, and never more than the data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadShapes } from 'app/stage/shapes/index.js';
import { order, summary, table } from 'app/stage/tell.js';
import { age, count, countdown, duration, fault, label, marks, nth, rate, shortCount, state } from 'app/stage/words.js';

await loadShapes(['producer', 'queue', 'store', 'worker']);

const S = 1_000_000;

test('spans are given in two significant parts', () => {
  const spans = [0, 900, 2_500, 250_000, 3_800_000, 12 * S, 250 * S, 7500 * S, 273_600 * S];
  assert.deepEqual(spans.map(duration), [
    '0 s',
    '900 µs',
    '2.5 ms',
    '250 ms',
    '3.8 s',
    '12 s',
    '4 min 10 s',
    '2 h 5 min',
    '3 d 4 h',
  ]);
});

test('time that runs out is counted in whole seconds and is not over before it is over', () => {
  assert.deepEqual([3 * S, 2_000_001, 1, 0, -S].map(countdown), ['3 s', '3 s', '1 s', '0 s', '0 s']);
  assert.equal(age(12_900_000), '12 s');
});

test('counts are grouped, or short where there is no room', () => {
  assert.deepEqual([7, 1234, 1_234_567].map(count), ['7', '1,234', '1,234,567']);
  assert.deepEqual([312, 1240, 45_300, 312_445, 999_600, 3_100_000].map(shortCount), [
    '312',
    '1.2k',
    '45k',
    '312k',
    '1M',
    '3.1M',
  ]);
});

test('a rate is given in the unit that reads best', () => {
  assert.deepEqual([0, 4, 1200, 0.02, 0.0005].map(rate), [
    'nothing now',
    '4.0 per s',
    '1,200 per s',
    '1.2 per min',
    '1.8 per h',
  ]);
});

test('a message is called by its origin and its serial number; one sent by hand is yours', () => {
  assert.equal(label(41 * 256, ['m', 'emails']), 'm-41');
  assert.equal(label(7 * 256 + 1, ['m', 'emails']), 'emails-7');
  assert.equal(label(3 * 256 + 255, ['m']), 'you-3');
});

test('ordinals and marks', () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 21, 112].map(nth), [
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '21st',
    '112th',
  ]);
  assert.deepEqual(marks(1 | 4, 3), ['received 3 times', "its processing can't succeed"]);
  assert.equal(fault('partition'), 'cut off');
  assert.equal(fault('melt_down'), 'melt down');
});

/** @type {any} */
const HELLO = {
  nodes: [
    { id: 'emails', title: 'emails', pattern: 'queue', names: { neutral: 'Queue', aws: 'SQS standard queue' } },
    { id: 'mailer', title: 'Mailer', pattern: 'worker', names: { neutral: 'Worker', aws: 'Lambda function' } },
    { id: 'odd', title: 'Odd', pattern: 'unheard', names: { neutral: 'Something', aws: 'Something' } },
  ],
  links: [{ from: 0, to: 1, kind: 'poll' }],
};
const QUEUE = { waiting: 5, inflight: 2, delayed: 0, oldest: 8 * S, dead: false };
const WORKER = { busy: 2, concurrency: 3, done: 30, failed: 0, doubled: 0, crashed: 0 };

/** @param {any} more @returns {any} */
const scene = (more) => ({ now: 20 * S, views: [QUEUE, WORKER, null], faults: [], ...more });

test('the summary is a sentence per node, in reading order, and silent about what is not known yet', () => {
  const places = /** @type {[number, number][]} */ ([
    [1, 0],
    [0, 0],
    [2, 0],
  ]);
  assert.deepEqual(order(HELLO, places), [1, 0, 2]);
  assert.equal(
    summary(HELLO, scene({}), places),
    'Mailer: 2 of 3 busy, 30 done. emails: 5 waiting, 2 in flight, oldest 12 s.',
  );
});

test('the table names faults of nodes and of links', () => {
  const faults = [
    ['node', 1, 'slow', 29 * S],
    ['link', 0, 'partition', 0],
  ];
  const rows = table(
    HELLO,
    scene({ faults }),
    [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
    'aws',
  );
  assert.equal(rows[1].what, 'Lambda function');
  assert.match(rows[1].state, /slow \(9 s left\)/);
  assert.deepEqual(rows[3], { title: 'emails → Mailer', what: 'Link', state: 'cut off (until somebody ends it)' });
});

test('a message in flight says who has it, whether that one is down, and when it is back', () => {
  /** @type {any} */
  const held = { id: 1, place: 'inflight', node: 0, holder: 1, until: 23 * S, since: 0, rank: 0 };
  assert.equal(
    state(held, 20 * S, HELLO, [QUEUE, WORKER]),
    'received by Mailer, not deleted yet: back in emails in 3 s',
  );
  const down = { ...WORKER, crashed: 30 * S };
  assert.match(state(held, 20 * S, HELLO, [QUEUE, down]), /^received by Mailer, which crashed: back in emails in 3 s/);
  assert.match(state({ ...held, holder: -1 }, 20 * S, HELLO, []), /^received, not deleted yet: back in emails/);
});

test('the head of a queue is next, the others have their place in line', () => {
  /** @type {any} */
  const waiting = { place: 'waiting', node: 0, rank: 0 };
  assert.equal(state(waiting, 0, HELLO, []), 'next to leave emails');
  assert.equal(state({ ...waiting, rank: 2 }, 0, HELLO, []), '3rd in emails');
});
