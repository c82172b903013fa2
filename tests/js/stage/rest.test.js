/** What rests is placed by the view alone: the head at the consumer's end, the shelf above, the seats on the bench. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as queue from 'app/stage/shapes/queue.js';
import * as store from 'app/stage/shapes/store.js';
import * as worker from 'app/stage/shapes/worker.js';
import { STYLE as LAPTOP } from './style.js';

/** @typedef {import('app/stage/types.js').Resting} Resting */

/** @type {any} */
const NODE = { id: 'q', title: 'q', pattern: 'queue', names: { neutral: 'Queue', aws: 'SQS' } };
const STYLE = { ...LAPTOP, slots: 6 };
const ROLE = { shelf: true, dead: false, falls: false };

/** @param {any} view @param {any} role @returns {{ box: any, glyphs: Resting[] }} */
function settle(view, role = ROLE) {
  const box = { ...queue.measure(NODE, null, STYLE, role), x: 500, y: 300 };
  /** @type {Resting[]} */
  const glyphs = [];
  queue.rest(box, { head: [], shelf: [], waiting: view.head?.length ?? 0, limit: 0, ...view }, 0, glyphs);
  return { box, glyphs };
}

test('the next to be handed out lies at the consumer end, the others behind it towards the tail', () => {
  const { box, glyphs } = settle({
    head: [
      [256, 0, 0, 0],
      [512, 1, 0, 0],
      [768, 0, 0, 0],
    ],
  });
  assert.deepEqual(
    glyphs.map((glyph) => glyph.id),
    [256, 512, 768],
  );
  assert.ok(glyphs[0].x > glyphs[1].x && glyphs[1].x > glyphs[2].x);
  assert.ok(glyphs[0].x + glyphs[0].radius < box.x + box.body.right);
});

test('where more wait than there are slots, one slot is left to the number at the tail', () => {
  const head = Array.from({ length: 16 }, (_, i) => [i * 256, 0, 0, 0]);
  assert.equal(settle({ head, waiting: 320 }).glyphs.length, 5);
  assert.equal(settle({ head: head.slice(0, 6), waiting: 6 }).glyphs.length, 6);
});

test('messages in flight lie above the tube, within its width', () => {
  const { box, glyphs } = settle({
    shelf: [
      [256, 0, 0, 1, 0, 30, 2],
      [512, 0, 0, 1, 5, 35, 2],
    ],
  });
  assert.equal(glyphs.length, 2);
  for (const glyph of glyphs) {
    assert.equal(glyph.place, 'inflight');
    assert.ok(glyph.y + glyph.radius < box.y - box.body.up && glyph.y - glyph.radius > box.y - box.up);
    assert.ok(glyph.x > box.x - box.left && glyph.x < box.x + box.right);
  }
});

test('the badge turns red one receive before the limit, and never on a first receive', () => {
  const head = [
    [1, 0, 0, 1],
    [2, 0, 0, 2],
    [3, 0, 0, 3],
  ];
  assert.deepEqual(
    settle({ head, limit: 4 }).glyphs.map((glyph) => glyph.alarm),
    [false, false, true],
  );
  assert.deepEqual(
    settle({ head, limit: 2 }).glyphs.map((glyph) => glyph.alarm),
    [false, true, true],
  );
  assert.deepEqual(
    settle({ head, limit: 0 }).glyphs.map((glyph) => glyph.alarm),
    [false, false, false],
  );
});

test('what lies in a dead-letter queue is dead, and wears no badge', () => {
  const { glyphs } = settle({ head: [[1, 0, 4, 3]], dead: true }, { shelf: false, dead: true, falls: false });
  assert.deepEqual([glyphs[0].place, glyphs[0].receives], ['dead', 0]);
});

test('only seats with a message show one', () => {
  /** @type {any} */
  const view = {
    concurrency: 4,
    seats: [
      [2, 256, 0, 0, 0, 9],
      [1, 0, 0, 0, 0, 0],
      [3, 512, 0, 0, 0, 5],
      [3, 0, 0, 0, 0, 5],
    ],
  };
  const box = { ...worker.measure(NODE, view, STYLE), x: 0, y: 0 };
  /** @type {Resting[]} */
  const glyphs = [];
  worker.rest(box, view, 7, glyphs);
  assert.deepEqual(
    glyphs.map((glyph) => [glyph.id, glyph.place]),
    [
      [256, 'working'],
      [512, 'cold'],
    ],
  );
  assert.ok(glyphs.every((glyph) => Math.abs(glyph.x) < box.body.right && Math.abs(glyph.y) < box.body.down));
});

test('a bench has as many seats as the concurrency, twelve at most', () => {
  assert.deepEqual(
    [1, 3, 12, 500].map((concurrency) => worker.seats(/** @type {any} */ ({ concurrency, seats: [] }))),
    [1, 3, 12, 12],
  );
});

test('the newest write lies on the right', () => {
  const box = { ...store.measure(NODE, null, STYLE), x: 0, y: 0 };
  /** @type {Resting[]} */
  const glyphs = [];
  store.rest(
    box,
    /** @type {any} */ ({
      last: [
        [1, 0, 0, 90],
        [2, 0, 0, 80],
      ],
    }),
    0,
    glyphs,
  );
  assert.ok(glyphs[0].x > glyphs[1].x);
});

/** @type {any} */
const MAPPING = {
  concurrency: 2,
  busy: 2,
  done: 30,
  failed: 0,
  doubled: 0,
  crashed: 0,
  p95: null,
  caption: [],
  seats: [
    [2, 256, 0, 0, 0, 9, 7],
    [2, 512, 0, 0, 0, 9, 1],
  ],
  pollers: [5, 2, 8],
  batch: [4, 10, 3_000_000],
};

test('a seat that works on a batch says how many wait behind its message', () => {
  const box = { ...worker.measure(NODE, MAPPING, STYLE), x: 0, y: 0 };
  /** @type {Resting[]} */
  const glyphs = [];
  worker.rest(box, MAPPING, 0, glyphs);
  assert.deepEqual(
    glyphs.map(({ more }) => more),
    [6, 0],
  );
});

test('what a mapping feeds has its pollers on the left, where the line arrives, and room for all it may grow to', () => {
  const plain = worker.measure(NODE, { ...MAPPING, pollers: null, batch: null }, STYLE);
  const fed = worker.measure(NODE, MAPPING, STYLE);
  assert.ok(fed.body.left > fed.body.right && plain.body.left === plain.body.right);
  assert.deepEqual(
    [worker.room(MAPPING), worker.room({ ...MAPPING, pollers: null })],
    [
      [8, 1, 0],
      [2, 0, 0],
    ],
  );
  assert.equal(fed.shape.total, 8);
});

test('pollers, invocations and the batch that is gathered are told in words', () => {
  assert.equal(
    worker.tell({ ...NODE, title: 'biller' }, MAPPING, 1_000_000),
    'biller: 5 pollers, 2 of at most 8 invocations running, gathering a batch: 4 of 10, ' +
      'its window closes in 2 s, 30 done.',
  );
});
