/** Frames are decoded exactly as docs/PROTOCOL.md writes them, and what is not a frame is refused with its reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHops, problemOf } from 'app/player/frames.js';

/** @param {object} more @returns {any} */
function frame(more) {
  const pace = { kind: 'follow', rate: 0.04, slowed: false, skipping: '' };
  return {
    type: 'frame',
    n: 12,
    key: false,
    from: 5_000_000,
    to: 5_050_000,
    mode: 'running',
    pace,
    furthest: 5_050_000,
    ...more,
  };
}

test('differences add up, single numbers stand for a whole column, ticks are 100 µs counted from the frame', () => {
  const columns = { weight: 1, serial: [41, 1], origin: 0, link: [0, 2], look: [0, 65], leave: [12, 300], travel: 250 };
  const hops = decodeHops(frame({ hops: columns }));
  assert.equal(hops.count, 2);
  assert.deepEqual([...hops.id], [41 * 256, 42 * 256]);
  assert.deepEqual([...hops.link], [0, 1]);
  assert.deepEqual([...hops.leave], [5_001_200, 5_031_200]);
  assert.deepEqual([...hops.arrive], [5_026_200, 5_056_200]);
  assert.deepEqual(
    [[...hops.look], [...hops.flags]],
    [
      [0, 1],
      [0, 1],
    ],
  );
});

test('a hop back along its link, and one that left before a key frame', () => {
  const columns = {
    weight: 50,
    serial: [7],
    origin: [255],
    link: [5],
    look: [16 + 64 * 3],
    leave: [-40],
    travel: [100],
  };
  const hops = decodeHops(frame({ key: true, hops: columns }));
  assert.deepEqual([hops.link[0], hops.back[0], hops.look[0], hops.flags[0]], [2, 1, 3, 16]);
  assert.deepEqual([hops.id[0], hops.leave[0], hops.arrive[0], hops.weight], [7 * 256 + 255, 4_996_000, 5_006_000, 50]);
});

test('ids beyond 32 bits stay exact', () => {
  const columns = { weight: 1, serial: [2 ** 40, 1], origin: 3, link: 0, look: 0, leave: 0, travel: 250 };
  assert.deepEqual([...decodeHops(frame({ hops: columns })).id], [2 ** 48 + 3, 2 ** 48 + 259]);
});

test('columns of which each is one number are one hop; no columns are none', () => {
  const columns = { weight: 1, serial: 9, origin: 0, link: 0, look: 0, leave: 0, travel: 250 };
  assert.equal(decodeHops(frame({ hops: columns })).count, 1);
  assert.equal(decodeHops(frame({ hops: null })).count, 0);
  assert.equal(decodeHops(frame({ hops: { ...columns, serial: [] } })).count, 0);
});

test('what is not a frame is refused with its reason', () => {
  assert.equal(problemOf(frame({})), '');
  assert.equal(problemOf(frame({ n: 'x' })), 'a frame without a number');
  assert.equal(problemOf(frame({ to: 1 })), 'frame 12 has no span of time');
  assert.match(problemOf(frame({ mode: 'flying' })), /unknown mode "flying"/);
  assert.match(problemOf(frame({ log: 'none' })), /log that is not a list/);
  const columns = { weight: 1, serial: [1, 2], origin: 0, link: [0], look: 0, leave: 0, travel: 250 };
  assert.match(problemOf(frame({ hops: columns })), /different lengths/);
  assert.match(problemOf(frame({ hops: { ...columns, link: undefined } })), /lacks the column link/);
});
