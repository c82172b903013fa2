/** On a wall: which sentence the caption shows and for how long, and when a story card folds away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gives, latestOf } from 'app/player/caption.js';
import { actionOf } from 'app/player/keys.js';
import { folds, sight } from 'app/player/story.js';

const SECOND = 1_000_000;

/** @param {number} order @param {number} time @param {string} level @param {boolean} [gap] */
function line(order, time, level, gap = false) {
  return { order, time: time * SECOND, level, node: 0, message: 0, sentence: `Line ${order}.`, gap };
}

const FIRST = line(1, 1, 'info');
const NEXT = line(2, 2, 'info');
const CRASH = line(3, 3, 'bad');

test('the caption is the last sentence whose time has come, and not that lines were left out', () => {
  const lines = [FIRST, NEXT, line(3, 3, 'info', true), line(4, 9, 'info')];
  assert.equal(latestOf(lines, 5 * SECOND), NEXT);
  assert.equal(latestOf(lines, 0.5 * SECOND), null);
});

test('while time runs a sentence stays until it can have been read', () => {
  assert.equal(gives(FIRST, NEXT, true, 300), false);
  assert.equal(gives(FIRST, NEXT, true, 1700), true);
  assert.equal(gives(null, FIRST, true, 0), true, 'the first one comes at once');
});

test('worse news cuts a sentence short, and is itself kept longer', () => {
  assert.equal(gives(FIRST, CRASH, true, 10), true);
  assert.equal(gives(CRASH, line(4, 4, 'info'), true, 1700), false);
  assert.equal(gives(CRASH, line(4, 4, 'info'), true, 3300), true);
  assert.equal(gives(FIRST, line(4, 4, 'good'), true, 10), false, 'good news can wait');
});

test('when time stands or was turned back, the caption is the last sentence at once', () => {
  assert.equal(gives(FIRST, NEXT, false, 10), true);
  assert.equal(gives(NEXT, FIRST, true, 10), true);
  assert.equal(gives(NEXT, NEXT, false, 9999), false, 'the same one is not written again');
  assert.equal(gives(NEXT, null, true, 10), true, 'before the first event nothing has happened');
});

test('a story card folds away after twenty seconds in sight of a running clock', () => {
  let seen = 0;
  for (let step = 0; step < 199; step += 1) seen = sight(seen, 100, true, false);
  assert.equal(folds(seen), false);
  assert.equal(folds(sight(seen, 100, true, false)), true);
});

test('a story card stays while the clock stands, and while somebody is busy with it', () => {
  assert.equal(folds(sight(0, 60_000, false, false)), false);
  assert.equal(folds(sight(0, 60_000, true, true)), false);
});

test('p shows the stage alone, except where a p is typed', () => {
  const press = { key: 'p', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false };
  assert.equal(actionOf(press, 'page'), 'present');
  assert.equal(actionOf(press, 'typing'), null);
  assert.equal(actionOf({ ...press, ctrlKey: true }, 'page'), null, 'Ctrl P prints');
});
