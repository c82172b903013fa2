/** Guarantees, what a search found, and the lanes of a journey that goes on as another message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newlyBroken, stateWords } from 'app/player/guarantees.js';
import { laneOf, ROW } from 'app/player/lane.js';
import { foundWords } from 'app/player/search.js';

const SECOND = 1_000_000;
const [LOSS, ORDER, LIMIT] = [
  ['no_loss', 'No loss', 'holds', null, 0, -1, 'Nothing has been lost.'],
  ['group_order', 'Order per group', 'broken', 34 * SECOND, 256, 2, 'mailer is done with m-1 after m-2.'],
  ['max_receives', 'Limit of receives', 'n/a', null, 0, -1, 'No queue here has a dead-letter queue.'],
];

test('a state is a sign and a word, never a colour alone', () => {
  assert.deepEqual(stateWords(LOSS, 0), ['✓', 'holds']);
  assert.deepEqual(stateWords(ORDER, 60 * SECOND), ['✕', 'broken at 00:34.0']);
  assert.deepEqual(stateWords(LIMIT, 0), ['–', 'not judged yet']);
});

test('what broke later than the moment on show is still to come', () => {
  assert.deepEqual(stateWords(ORDER, 33 * SECOND), ['✕', 'will be broken at 00:34.0']);
  assert.deepEqual(stateWords(ORDER, 34 * SECOND), ['✕', 'broken at 00:34.0']);
});

test('only what has broken since is news', () => {
  assert.deepEqual(newlyBroken([LOSS, ORDER, LIMIT], new Set()), ['Order per group']);
  assert.deepEqual(newlyBroken([LOSS, ORDER, LIMIT], new Set(['group_order'])), []);
});

test('a search says how many it found, and how far it looked', () => {
  const row = [256, 'm-1', 'sign-up', SECOND, 'done at emails'];
  const all = { type: 'found', query: 'a', messages: [row], more: 0, searched: 900, records: 900 };
  assert.equal(foundWords(all), '1 message; Enter follows the first.');
  assert.equal(
    foundWords({ ...all, messages: [row, row], more: 1200, searched: 400 }),
    '2 messages and 1,200 more; Enter follows the first. The last 400 records were looked through.',
  );
  assert.match(foundWords({ ...all, messages: [] }), /^No message is called so/);
});

test('a message that goes on as another has rows of its own, with their names', () => {
  const spans = [
    [0, 10, 0, 'waiting', 256],
    [10, 20, 1, 'dead', 256],
    [20, 30, 0, 'waiting', 513],
  ];
  const titles = ['emails', 'emails-dead'];
  const room = { left: 0, width: 300, now: 30 };
  const names = new Map([
    [256, 'm-1'],
    [513, 'emails-dead-2'],
  ]);
  assert.deepEqual(
    laneOf(spans, titles, room, names).rows.map(({ title, whose }) => [title, whose]),
    [
      ['emails', 'm-1'],
      ['emails-dead', 'm-1'],
      ['emails', 'emails-dead-2'],
    ],
  );
  const alone = laneOf(spans, titles, room, new Map([[256, 'm-1']]));
  assert.deepEqual(
    alone.rows.map(({ title, whose, y }) => [title, whose, y]),
    [
      ['emails', '', 8],
      ['emails-dead', '', 8 + ROW],
    ],
  );
});
