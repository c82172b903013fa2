/** The bar and the keys: where marks and keys lead, and when a key must not act. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOf, KEYS } from 'app/player/keys.js';
import { addressAt, momentIn, withoutMoment } from 'app/player/share.js';
import { keyTarget, markWords, nearestMark, neighbour } from 'app/player/track.js';
import { nextPace, PACES, within } from 'app/player/transport.js';

const SECOND = 1_000_000;
/** @type {import('app/player/frames.js').Mark[]} */
const MARKS = [
  [10 * SECOND, 'fault', 'mailer crashed', 1],
  [40 * SECOND, 'redelivered', 'm-41 came back', 1],
  [40.5 * SECOND, 'dead', 'm-12 moved', 7],
];

/** @param {string} key @param {object} [more] */
function press(key, more = {}) {
  return { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false, ...more };
}

test('the nearest mark within reach is found, and none beyond', () => {
  assert.equal(nearestMark(MARKS, 40.2 * SECOND, SECOND)?.[1], 'redelivered');
  assert.equal(nearestMark(MARKS, 40.4 * SECOND, SECOND)?.[1], 'dead');
  assert.equal(nearestMark(MARKS, 25 * SECOND, SECOND), null);
});

test('page down and page up go from mark to mark, leaving the one we stand on', () => {
  assert.equal(neighbour(MARKS, 10 * SECOND, 1)?.[0], 40 * SECOND);
  assert.equal(neighbour(MARKS, 40 * SECOND, 1)?.[0], 40.5 * SECOND);
  assert.equal(neighbour(MARKS, 40.5 * SECOND, 1), null);
  assert.equal(neighbour([...MARKS].reverse(), 40 * SECOND, -1)?.[0], 10 * SECOND);
});

test('a mark says when, what and how often', () => {
  assert.equal(markWords(MARKS[2]), '00:40.5 · m-12 moved ×7');
  assert.equal(markWords([0, 'beat', '', 1]), '00:00.0 · Story');
});

test('the slider is moved by the keys of a slider, within the run', () => {
  const run = { length: 60 * SECOND, furthest: 30 * SECOND };
  assert.equal(keyTarget(press('ArrowRight'), 5 * SECOND, run), 6 * SECOND);
  assert.equal(keyTarget(press('ArrowLeft', { shiftKey: true }), 5 * SECOND, run), 0);
  assert.equal(keyTarget(press('ArrowUp', { shiftKey: true }), 55 * SECOND, run), 60 * SECOND);
  assert.deepEqual([keyTarget(press('Home'), 5, run), keyTarget(press('End'), 5, run)], [0, 30 * SECOND]);
  assert.equal(keyTarget(press('x'), 5, run), null);
});

test('faster and slower go through the list of paces; from follow they start at real time', () => {
  assert.deepEqual([nextPace(null, 1), nextPace(null, -1)], [2, 0.5]);
  assert.deepEqual([nextPace(1, 1), nextPace(1, -1)], [2, 0.5]);
  assert.equal(nextPace(3, 1), 4, 'from a pace that is not in the list');
  assert.deepEqual([nextPace(10_000, 1), nextPace(PACES[0], -1)], [10_000, PACES[0]]);
  assert.equal(within(5 * SECOND, -10 * SECOND, 60 * SECOND), 0);
});

test('presenter remotes and keyboards play, step and jump', () => {
  const asked = [' ', '.', 'b', 'ArrowRight', 'ArrowLeft', '+', '-', 'PageDown', 'PageUp', '/', '?', 'Escape'].map(
    (key) => actionOf(press(key), 'page'),
  );
  assert.deepEqual(asked, [
    'toggle',
    'toggle',
    'toggle',
    'forward',
    'back',
    'faster',
    'slower',
    'nextMark',
    'lastMark',
    'search',
    'help',
    'escape',
  ]);
  assert.equal(actionOf(press('ArrowRight', { shiftKey: true }), 'page'), 'later');
  assert.equal(actionOf(press('?', { shiftKey: true }), 'page'), 'help', 'most keyboards need shift for it');
});

test('no key acts while somebody types, in a dialog, with a modifier, or when it was used already', () => {
  for (const { keys } of KEYS) {
    for (const key of keys) {
      assert.equal(actionOf(press(key), 'typing'), key === 'Escape' ? 'escape' : null);
      assert.equal(actionOf(press(key), 'dialog'), null);
      assert.equal(actionOf(press(key, { ctrlKey: true }), 'page'), null);
      assert.equal(actionOf(press(key, { defaultPrevented: true }), 'page'), null);
    }
  }
  assert.equal(actionOf(press(' '), 'button'), null, 'space presses the button that has the focus');
  assert.equal(actionOf(press('.'), 'button'), 'toggle');
});

test('a shared address names its moment, and nonsense names none', () => {
  const shared = addressAt('https://a/runs/k/?x=1#top', 92_400_000.4);
  assert.equal(shared, 'https://a/runs/k/?x=1&at=92400000');
  assert.equal(momentIn(shared, 600 * SECOND), 92_400_000);
  assert.equal(withoutMoment(shared), 'https://a/runs/k/?x=1');
  for (const text of ['', '-5', '1e9', '99999999999999999999', 'soon'])
    assert.equal(momentIn(`https://a/?at=${text}`, 600 * SECOND), null);
});
