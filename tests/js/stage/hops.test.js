/** A message on its way is a function of the time alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, GLYPHS_MOST } from 'app/stage/crowd.js';
import { Hops } from 'app/stage/hops.js';
import { disc } from 'app/stage/raster.js';
import { lateral, STEPS, Ways } from 'app/stage/ways.js';
import { LOST, REPLY } from 'app/stage/words.js';

/** @param {number[][]} rows  id, link, back, look, flags, leave, arrive @param {number} weight */
function batch(rows, weight = 1) {
  const column = (/** @type {number} */ index) => rows.map((row) => row[index]);
  return {
    count: rows.length,
    id: Float64Array.from(column(0)),
    link: Uint16Array.from(column(1)),
    back: Uint8Array.from(column(2)),
    look: Uint16Array.from(column(3)),
    flags: Uint8Array.from(column(4)),
    leave: Float64Array.from(column(5)),
    arrive: Float64Array.from(column(6)),
    weight,
  };
}

test('a hop is in motion from its departure until its arrival, and not at the arrival', () => {
  const hops = new Hops(8);
  hops.add(batch([[1, 0, 0, 0, 0, 100, 200]]));
  assert.deepEqual(
    [99, 100, 150, 199, 200].map((now) => hops.moving(now).length),
    [0, 1, 1, 1, 0],
  );
  assert.equal(hops.fraction(0, 125), 0.25);
});

test('what is lost stops half-way', () => {
  const hops = new Hops(8);
  hops.add(batch([[1, 0, 0, 0, LOST, 0, 100]]));
  assert.deepEqual(
    [25, 50, 90].map((now) => hops.fraction(0, now)),
    [0.25, 0.5, 0.5],
  );
});

test('arrived hops are let go; a slow one before them keeps its place', () => {
  const hops = new Hops(8);
  hops.add(
    batch([
      [1, 0, 0, 0, 0, 0, 10],
      [2, 0, 0, 0, 0, 0, 500],
      [3, 0, 0, 0, 0, 0, 20],
    ]),
  );
  hops.retire(100);
  assert.equal(hops.head - hops.tail, 2);
  assert.deepEqual(
    hops.moving(100).map((at) => hops.id[at]),
    [2],
  );
});

test('a ring that is too small keeps the newest', () => {
  const hops = new Hops(4);
  hops.add(batch([1, 2, 3].map((id) => [id, 0, 0, 0, 0, 0, 100])));
  hops.add(batch([4, 5, 6].map((id) => [id, 0, 0, 0, 0, 0, 100])));
  assert.deepEqual(
    hops.moving(50).map((at) => hops.id[at]),
    [3, 4, 5, 6],
  );
});

test('the flow of a link is messages per time: weights over travel times', () => {
  const hops = new Hops(8);
  hops.add(
    batch(
      [
        [1, 0, 0, 0, 0, 0, 100],
        [2, 0, 1, 0, 0, 0, 200],
        [3, 1, 0, 0, 0, 0, 50],
      ],
      10,
    ),
  );
  const flow = new Float64Array(2);
  assert.equal(hops.census(25, flow), 3);
  assert.ok(Math.abs(flow[0] - 0.15) < 1e-12);
  assert.equal(flow[1], 0.2);
});

test('what is too fast to be seen is counted over the time shown, and what can be seen is not', () => {
  const hops = new Hops(8);
  hops.add(
    batch([
      [1, 0, 0, 0, 0, 10, 12],
      [2, 0, 0, 0, 0, 60, 61],
      [3, 1, 0, 0, 0, 20, 90],
      [4, 0, 0, 0, 0, 300, 301],
    ]),
  );
  const flow = new Float64Array(2);
  hops.raced(0, 100, 30, flow);
  assert.deepEqual([...flow], [0.02, 0]);
});

test('of a message and its acknowledgement the message is found', () => {
  const hops = new Hops(8);
  hops.add(
    batch([
      [1, 0, 0, 0, 0, 0, 100],
      [1, 0, 1, 0, REPLY, 0, 100],
    ]),
  );
  assert.equal(hops.find(1, 50), 0);
  assert.equal(hops.find(2, 50), -1);
});

test('after clearing nothing moves', () => {
  const hops = new Hops(8);
  hops.add(batch([[1, 0, 0, 0, 0, 0, 100]]));
  hops.clear();
  assert.deepEqual(hops.moving(50), []);
});

test('above a few hundred the stage flows, and does not flicker back and forth', () => {
  assert.equal(decide('glyphs', GLYPHS_MOST, 1), 'glyphs');
  assert.equal(decide('glyphs', GLYPHS_MOST + 1, 1), 'flow');
  assert.equal(decide('flow', GLYPHS_MOST - 20, 1), 'flow');
  assert.equal(decide('flow', 100, 1), 'glyphs');
  assert.equal(decide('glyphs', 3, 50), 'flow');
});

test('the table that the shader reads agrees with the lines that glyphs follow', () => {
  const ways = new Ways();
  ways.lay([
    [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 100, y: 50 },
    ],
  ]);
  for (const way of [0, 1]) {
    for (const step of [0, 20, STEPS - 1]) {
      const row = (way * STEPS + step) * 4;
      const { x, y } = ways.at(way, step / (STEPS - 1));
      assert.ok(Math.abs(ways.table[row] - x) < 0.01 && Math.abs(ways.table[row + 1] - y) < 0.01);
    }
  }
});

test('messages spread over the width of a river, each on its own side for life', () => {
  const sides = Array.from({ length: 1000 }, (_, serial) => lateral(serial * 256 + 3));
  assert.equal(lateral(41 * 256), lateral(41 * 256));
  assert.ok(Math.min(...sides) < -0.45 && Math.max(...sides) > 0.45);
  assert.ok(sides.every((side) => side >= -0.5 && side <= 0.5));
});

test('a disc of pixels is round and symmetric', () => {
  const { offsets } = disc(2, 100);
  assert.equal(offsets.length, 13);
  assert.equal(
    offsets.reduce((sum, offset) => sum + offset, 0),
    0,
  );
});
