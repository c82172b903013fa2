/** Message groups and tenants: told apart by pattern and name, held behind locks, counted below the tube. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCKED, groupState, HELD, MOTIFS, motifsOf, NOISY, ordered, shortName, strokesOf } from 'app/stage/motifs.js';
import * as callout from 'app/stage/shapes/callout.js';
import * as lanes from 'app/stage/shapes/lanes.js';
import * as queue from 'app/stage/shapes/queue.js';
import { state } from 'app/stage/words.js';
import { STYLE } from './style.js';

/** @typedef {import('app/stage/types.js').Resting} Resting */

const S = 1_000_000;
/** @type {any} */
const NODE = { id: 'q', title: 'orders', pattern: 'queue', kind: 'fifo', names: { neutral: 'Queue', aws: 'SQS' } };
const ROLE = { shelf: true, dead: false, falls: false };
/** @type {any} */
const VIEW = {
  waiting: 3,
  inflight: 1,
  delayed: 0,
  oldest: null,
  limit: 0,
  dead: false,
  fifo: true,
  groups: [
    ['ann', 2, 1, HELD],
    ['customer-12', 1, 0, BLOCKED],
  ],
  groupCount: 9,
  head: [
    [256, 0, 0, 0, 0, 0, HELD],
    [512, 0, 1, 2, 0, 1, BLOCKED],
    [768, 0, 0, 0, 0, 0, HELD],
  ],
  shelf: [[1024, 0, 0, 1, 0, 30 * S, 2, 0]],
  caption: [],
};

/** @param {any} view @param {any} style @returns {{ box: any, glyphs: Resting[] }} */
function settle(view, style = STYLE) {
  const box = { ...queue.measure(NODE, view, style, ROLE), x: 500, y: 300 };
  /** @type {Resting[]} */
  const glyphs = [];
  queue.rest(box, view, 0, glyphs);
  return { box, glyphs };
}

test('eight groups have eight patterns, and each pattern lies within its capsule', () => {
  const names = ['ann', 'bob', 'customer-12', 'dora', 'emil', 'frank', 'g', 'h'];
  assert.equal(new Set(motifsOf(names)).size, 8);
  for (const strokes of MOTIFS)
    for (const [x1, y1, x2, y2] of strokes) assert.ok(Math.max(Math.hypot(x1, y1), Math.hypot(x2, y2)) <= 1);
  assert.match(strokesOf(0, 10), /^M.+L.+M/);
  assert.equal(strokesOf(-1, 10), '');
});

test('a group keeps its pattern when the server lists the groups in another order', () => {
  const [ann, bob] = motifsOf(['ann', 'bob']);
  assert.deepEqual(motifsOf(['bob', 'ann']), [bob, ann]);
});

test('of a name that is too long the part that tells it from others is shown', () => {
  assert.deepEqual(
    [
      ['ann', 5],
      ['customer-12', 5],
      ['alexander', 5],
      ['alexander', 2],
      ['customer-12', 1],
    ].map(([name, letters]) => shortName(/** @type {string} */ (name), /** @type {number} */ (letters))),
    ['ann', '12', 'alex…', 'al', '1'],
  );
});

test('a message says of which group it is, and whether that is held', () => {
  const { glyphs } = settle(VIEW);
  assert.deepEqual(
    glyphs.map(({ id, group, state }) => [id, group, state]),
    [
      [256, 'ann', HELD],
      [512, '12', BLOCKED],
      [768, 'ann', HELD],
      [1024, 'ann', 0],
    ],
  );
  assert.equal(glyphs[0].motif, glyphs[2].motif);
  assert.equal(glyphs[0].motif, glyphs[3].motif);
  assert.notEqual(glyphs[0].motif, glyphs[1].motif);
});

test('the names below the capsules stay within the tube', () => {
  const { box } = settle(VIEW);
  assert.ok(box.shape.radius + STYLE.small * 1.25 <= box.shape.half);
});

test('messages without groups are drawn as they always were', () => {
  const plain = {
    ...VIEW,
    fifo: false,
    groups: undefined,
    head: VIEW.head.map((/** @type {number[]} */ row) => row.slice(0, 5)),
    shelf: [],
  };
  const box = { ...queue.measure({ ...NODE, kind: 'standard' }, plain, STYLE, ROLE), x: 0, y: 0 };
  /** @type {Resting[]} */
  const glyphs = [];
  queue.rest(box, plain, 0, glyphs);
  assert.ok(glyphs.every(({ group, motif, state }) => group === '' && motif === -1 && state === 0));
  assert.equal(box.shape.laneRows, 0);
});

test('a queue keeps room for its lanes: none without groups, for two in a FIFO queue, for eight at most', () => {
  const counts = [0, 1, 2, 3, 4, 5, 8];
  assert.deepEqual(
    counts.map((groups) => lanes.many(groups, false)),
    [0, 2, 2, 4, 4, 8, 8],
  );
  assert.equal(lanes.many(0, true), 2);
  assert.deepEqual(lanes.arranged(8, false, false), { columns: 2, rows: 4 });
  assert.deepEqual(lanes.arranged(8, true, true), { columns: 2, rows: 2 });
  assert.deepEqual(
    [true, false].map((falls) => lanes.arranged(4, false, falls).rows),
    [4, 2],
  );
  const without = queue.measure({ ...NODE, kind: 'standard' }, null, STYLE, ROLE);
  assert.ok(settle(VIEW).box.down > without.down);
});

test('a send that is not stored bounces off the tail', () => {
  const { box, glyphs } = settle({ ...VIEW, repeat: [9 * 256, 1, 2, 4 * S] });
  const bounced = glyphs.find(({ place }) => place === 'repeat');
  assert.ok(bounced && bounced.id === 9 * 256 && bounced.x < box.x - box.body.left && bounced.since === 4 * S);
});

test('who was handed out before its turn is marked on the shelf', () => {
  const { glyphs } = settle({ ...VIEW, overtook: [1024, 3, 4 * S] });
  assert.deepEqual(
    glyphs.filter(({ tag }) => tag).map(({ id }) => id),
    [1024],
  );
});

test('a refusal is called out by the code of the service, calls of one kind counted', () => {
  const refused = (/** @type {string} */ code, /** @type {number} */ times) =>
    callout.refusal(/** @type {any} */ ({ refusals: [S, code, times] }));
  assert.equal(refused('RequestThrottled', 7), '⊘ RequestThrottled ×7');
  assert.equal(refused('AWS.SimpleQueueService.TooManyEntriesInBatchRequest', 1), '⊘ TooManyEntriesInBatchRequest');
  assert.equal(callout.refusal(/** @type {any} */ ({ refusals: null })), '');
});

test('groups are listed by name, numbers by their value, with their state in words', () => {
  assert.deepEqual(
    ordered([
      ['c-10', 1, 0, 0],
      ['c-9', 1, 0, 0],
      ['b', 1, 0, 0],
    ]).map(({ group }) => group[0]),
    ['b', 'c-9', 'c-10'],
  );
  assert.deepEqual([0, HELD, NOISY, HELD | BLOCKED, NOISY | HELD].map(groupState), [
    '',
    'held',
    'noisy',
    'blocked',
    'held, noisy',
  ]);
});

test('somebody who does not see the stage is told of groups, repetitions, refusals and moves', () => {
  const view = {
    ...VIEW,
    deduplicated: 4,
    refusals: [S, 'MissingParameter', 2],
    move: [120, 400, 10, 'orders'],
    overtook: null,
  };
  assert.equal(
    queue.tell(NODE, view, 10 * S),
    'orders: 3 waiting, 1 in flight, 4 deduplicated, refused MissingParameter ×2, ' +
      'moving to orders: 120 of 400 at 10 per s. ' +
      '9 message groups: ann 2 waiting, 1 in flight, held; customer-12 1 waiting, blocked; and 7 more.',
  );
});

test('the card of a message says why it waits', () => {
  const { glyphs } = settle(VIEW);
  const hello = /** @type {any} */ ({ nodes: [NODE] });
  assert.deepEqual(
    glyphs.slice(0, 2).map((glyph) => [glyph.groupName, state(glyph, 0, hello, [VIEW])]),
    [
      ['ann', 'waits in orders: another message of its group is in flight'],
      ['customer-12', 'waits in orders: its group is blocked'],
    ],
  );
});

test('requests that find nothing are written below a queue where they are many', () => {
  const said = (/** @type {number} */ billed, /** @type {number} */ empty) =>
    queue.remark(/** @type {any} */ ({ calls: [billed, empty, 0] }));
  assert.deepEqual([said(113, 104), said(1000, 99), said(0, 0)], ['104 of 113 requests empty', '', '']);
});
