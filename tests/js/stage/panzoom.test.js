/** Looking closer keeps what is under the pointer there, and never loses the map. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose, kept, zoomed } from 'app/stage/panzoom.js';
import { channels } from 'app/stage/theme.js';

const SIZE = { width: 800, height: 600 };

test('the point under the pointer stays under it', () => {
  const camera = zoomed({ scale: 1, x: 0, y: 0 }, 2, { x: 300, y: 200 }, SIZE);
  assert.deepEqual(camera, { scale: 2, x: -300, y: -200 });
});

test('there is nothing farther than everything, and an end to closeness', () => {
  assert.deepEqual(zoomed({ scale: 1, x: 0, y: 0 }, 0.2, { x: 10, y: 10 }, SIZE), { scale: 1, x: 0, y: 0 });
  assert.equal(zoomed({ scale: 6, x: -900, y: -900 }, 10, { x: 400, y: 300 }, SIZE).scale, 8);
});

test('the map cannot be dragged out of sight', () => {
  assert.deepEqual(kept({ scale: 2, x: 50, y: -5000 }, SIZE), { scale: 2, x: 0, y: -600 });
});

test('two cameras in a row are one', () => {
  const both = compose({ scale: 2, x: 10, y: 20 }, { scale: 3, x: 5, y: 6 });
  assert.deepEqual(both, { scale: 6, x: 35, y: 66 });
});

test('colours are read in every notation a browser computes', () => {
  assert.deepEqual(channels('rgb(86, 180, 233)'), [86, 180, 233]);
  assert.deepEqual(channels('rgba(0, 10, 20, 0.5)'), [0, 10, 20]);
  assert.deepEqual(channels('color(srgb 1 0.5 0)'), [255, 128, 0]);
});
