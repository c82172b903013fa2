/** Times, paces and labels read as people say them, and a clock never shows a moment that has not come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as words from 'app/player/words.js';

const SECOND = 1_000_000;

test('a clock shows tenths, cut and not rounded', () => {
  assert.equal(words.stamp(0), '00:00.0');
  assert.equal(words.stamp(92.4 * SECOND), '01:32.4');
  assert.equal(words.stamp(92.499_999 * SECOND), '01:32.4');
  assert.equal(words.stamp(3_723.4 * SECOND), '1:02:03.4');
});

test('a span is said in at most two units', () => {
  const said = [0, 250, 25_000, 1_200_000, 12_000_000, 250_000_000, 7_500_000_000, 273_600_000_000].map(words.duration);
  assert.deepEqual(said, ['0 s', '250 µs', '25 ms', '1.2 s', '12 s', '4 min 10 s', '2 h 5 min', '3 d 4 h']);
});

test('a span just under a unit is not said as sixty of the smaller one', () => {
  assert.equal(words.duration(59.7 * SECOND), '1 min');
  assert.equal(words.duration(3_599.8 * SECOND), '1 h');
  assert.equal(words.duration(999_700), '1 s');
});

test('a countdown is rounded up, so that it ends when it says 1 s no longer', () => {
  assert.equal(words.countdown(2_100_000), '3 s');
  assert.equal(words.countdown(1), '1 s');
  assert.equal(words.countdown(-5), '0 s');
});

test('an age is rounded down', () => {
  assert.equal(words.age(12.9 * SECOND), '12 s');
  assert.equal(words.age(400_000), 'under 1 s');
});

test('speeds are said in round words', () => {
  const said = [0.04, 0.5, 0.333, 1.01, 29.6, 3_600, 0.0101].map(words.speed);
  assert.deepEqual(said, ['1/25 speed', '½ speed', '⅓ speed', 'real time', '30× speed', '4,000× speed', '1/100 speed']);
});

test('the pace says what the run does at this moment', () => {
  const pace = { kind: /** @type {const} */ ('follow'), rate: 0.041, slowed: false, skipping: '' };
  assert.equal(words.paceWords(pace), 'follow · about 1/25 speed');
  assert.equal(words.paceWords({ ...pace, skipping: 'skipping 28 s' }), 'skipping 28 s');
  assert.equal(words.paceWords({ ...pace, kind: 'steady', rate: 0.99, asked: 1 }), 'real time');
  assert.equal(words.paceWords({ ...pace, kind: 'steady', rate: 3_412, asked: 3_600 }), '3,600× speed');
  assert.equal(words.paceWords({ ...pace, kind: 'steady', rate: 4.1, asked: 10, slowed: true }), 'slowed to 4× speed');
});

test('a message is called by its origin and its serial number', () => {
  assert.equal(words.label(41 * 256, ['m', 'emails']), 'm-41');
  assert.equal(words.label(3 * 256 + 255, ['m', 'emails']), 'you-3');
  assert.equal(words.label(2 ** 52 + 1, ['m', 'emails']), `emails-${2 ** 44}`);
});

test('a date is told to the minute, in UTC, also across a midnight', () => {
  const begins = Date.UTC(2026, 2, 28) * 1000;
  assert.equal(words.date(begins), 'Sat 28 Mar 00:00 UTC');
  assert.equal(words.date(begins + 91_259 * SECOND), 'Sun 29 Mar 01:20 UTC');
});
