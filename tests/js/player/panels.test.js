/** The panels: what the log lists, what the inspector says of a view, and where a journey's stays are drawn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldMessages } from 'app/player/held.js';
import { liveText, lookUp } from 'app/player/inspector.js';
import { laneOf, ROW, ticksOf } from 'app/player/lane.js';
import { price, sentenceOf } from 'app/player/live.js';
import { around, visibleLines } from 'app/player/log.js';
import { rowsOf } from 'app/player/tables.js';
import { refusalNote } from 'app/player/toast.js';

const SECOND = 1_000_000;
const LINES = [
  { order: 1, time: 1 * SECOND, level: 'info', node: 0, message: 256, sentence: 'shop sends m-1 to emails.' },
  { order: 2, time: 2 * SECOND, level: 'bad', node: 1, message: 0, sentence: 'mailer crashed; it held m-1.' },
  { order: 3, time: 9 * SECOND, level: 'info', node: 0, message: 512, sentence: 'shop sends m-2 to emails.' },
];

test('the log lists nothing later than the playhead, newest first', () => {
  assert.deepEqual(
    visibleLines(LINES, 5 * SECOND, '', 99).map(({ order }) => order),
    [2, 1],
  );
  assert.deepEqual(
    visibleLines(LINES, 99 * SECOND, '', 2).map(({ order }) => order),
    [3, 2],
  );
});

test('the search wants every word, in any case, in the sentence or the time', () => {
  assert.deepEqual(
    visibleLines(LINES, 99 * SECOND, 'SHOP m-2', 99).map(({ order }) => order),
    [3],
  );
  assert.deepEqual(
    visibleLines(LINES, 99 * SECOND, '00:02', 99).map(({ order }) => order),
    [2],
  );
  assert.deepEqual(visibleLines(LINES, 99 * SECOND, 'nobody', 99), []);
});

test('a message is found in a sentence by its whole name', () => {
  assert.deepEqual(around('emails hands m-41 to mailer.', 'm-41'), ['emails hands ', 'm-41', ' to mailer.']);
  assert.deepEqual(around('m-412 and m-4 wait', 'm-4'), ['m-412 and ', 'm-4', ' wait']);
  assert.deepEqual(around('team-4 sends nothing', 'm-4'), ['team-4 sends nothing', '', '']);
  assert.deepEqual(around('anything', ''), ['anything', '', '']);
});

test('live numbers are read from the view by their path, and said by their format', () => {
  const view = { waiting: 1_234, oldest: 8 * SECOND, seats: [[2, 256]], paused: true, caption: ['a', 'b'], p95: null };
  assert.equal(lookUp(view, 'seats.0.1'), 256);
  assert.equal(lookUp(view, 'seats.9.1'), undefined);
  assert.equal(lookUp(view, 'constructor'), undefined);
  assert.equal(liveText(view.waiting, 'number', 0), '1,234');
  assert.equal(liveText(view.oldest, 'age', 20 * SECOND), '12 s');
  assert.equal(liveText(view.p95, 'duration', 0), '–');
  assert.equal(liveText(3_800_000, 'duration', 0), '3.8 s');
  assert.equal(liveText(4, 'rate', 0), '4.0 per s');
  assert.equal(liveText(true, 'number', 0), 'yes');
  assert.equal(liveText(view.caption, 'number', 0), 'a · b');
});

test('a queue holds what waits, next first, and what is in flight with the time until it is back', () => {
  const view = {
    limit: 3,
    head: [
      [256, 0, 1, 2, 4 * SECOND],
      [512, 1, 0, 0, 9_500_000],
    ],
    shelf: [
      [768, 0, 1, 2, 0, 13 * SECOND, 2],
      [1024, 1, 0, 1, 0, 30 * SECOND, -1],
    ],
  };
  const held = heldMessages(view, 10 * SECOND, {
    titles: ['Shop', 'emails', 'Mailer'],
    prefixes: ['m'],
    views: [null, view, { crashed: 40 * SECOND }],
  });
  assert.deepEqual(
    held.map(({ id, note, state, alarm }) => [id, note, state, alarm]),
    [
      [256, '×2 of 3', 'next · 6 s', false],
      [512, '', 'waiting · under 1 s', false],
      [768, 'Mailer is down · ×2 of 3', 'back in 3 s', true],
      [1024, '', 'hidden 20 s', false],
    ],
  );
});

test('a worker holds what is on its seats, a store what it wrote last', () => {
  const around = { titles: [], prefixes: ['m'], views: [] };
  const seats = [
    [2, 256, 0, 4, 0, 2 * SECOND],
    [1, 0, 0, 0, 0, SECOND],
    [3, 512, 0, 0, 0, 4 * SECOND],
    [0, 0, 0, 0, 0, 0],
  ];
  assert.deepEqual(
    heldMessages({ seats }, SECOND, around).map(({ id, note, state }) => [id, note, state]),
    [
      [256, 'poison', '1 s left'],
      [512, 'cold start', '3 s left'],
    ],
  );
  const [stored] = heldMessages({ last: [[256, 0, 0, SECOND]] }, 13 * SECOND, around);
  assert.equal(stored.state, 'stored 12 s ago');
});

test('a message is at its consumer only while that works on it; afterwards it was merely received', () => {
  const view = {
    shelf: [
      [256, 0, 0, 1, 0, 30 * SECOND, 1],
      [512, 0, 0, 1, 0, 30 * SECOND, 1],
    ],
  };
  const worker = { crashed: 0, seats: [[2, 512, 0, 0, 0, 9]] };
  const held = heldMessages(view, SECOND, { titles: ['q', 'Mailer'], prefixes: ['m'], views: [view, worker] });
  assert.deepEqual(
    held.map(({ note }) => note),
    ['received by Mailer', 'at Mailer'],
  );
});

test('a message of a FIFO queue says why it waits', () => {
  const view = {
    fifo: true,
    groups: [
      ['ann', 2, 1, 1],
      ['bob', 1, 0, 0],
    ],
    head: [
      [256, 0, 0, 0, 0, 0, 1],
      [512, 0, 0, 0, 0, 1, 0],
      [768, 0, 0, 0, 0, 0, 1],
    ],
    shelf: [[1024, 0, 0, 1, 0, 30 * SECOND, -1, 0]],
  };
  const held = heldMessages(view, SECOND, { titles: ['q'], prefixes: ['m'], views: [view] });
  assert.deepEqual(
    held.map(({ note, state }) => [note, state]),
    [
      ['group ann is held: m-4 is in flight', 'waiting · 1 s'],
      ['group bob', 'next · 1 s'],
      ['behind m-1 of group ann', 'waiting · 1 s'],
      ['group ann', 'hidden 29 s'],
    ],
  );
});

test('a refusal is told with its code, and with its sentence while the log has it', () => {
  const view = { refusals: [2 * SECOND, 'MissingParameter', 3] };
  const line = { time: 2 * SECOND, node: 1, sentence: 'emails refuses SendMessage: MissingParameter.' };
  const told = 'MissingParameter: 3 calls refused, the last 2 s ago.';
  assert.equal(sentenceOf('refusals', view, 4 * SECOND, [], 1), told);
  assert.equal(sentenceOf('refusals', view, 4 * SECOND, [line], 1), `${told} ${line.sentence}`);
  assert.equal(sentenceOf('refusals', { refusals: null }, 4 * SECOND, [line], 1), '');
});

test('requests that come back empty have a price', () => {
  const told = sentenceOf('calls', { calls: [1200, 300, 480] }, 0, [], 0);
  assert.equal(told, '1,200 requests so far: $0.00048. 300 of them came back empty: $0.00012 for nothing.');
  assert.deepEqual([0, 0.4, 52, 410_000, 12_300_000].map(price), [
    '$0.00',
    '$0.00000040',
    '$0.000052',
    '$0.41',
    '$12.30',
  ]);
});

test('a redrive says how far it is, and groups have a row each', () => {
  assert.equal(
    sentenceOf('move', { move: [120, 400, 10, 'orders'] }, 0, [], 0),
    'Moving to orders: 120 of 400, 10 per s.',
  );
  assert.deepEqual(rowsOf('groups', { groups: [['ann', 1200, 1, 5]] }, 0, String), [['ann', '1,200', '1', 'blocked']]);
});

test('what is pushed is told so, and each subscription, rule and schedule has a row', () => {
  const topic = {
    count: 2,
    subscriptions: [
      [1, 'sqs', 8, 12, 3, 0, 0, 0, 0, 0, 'tier is "basic"', 9 * SECOND],
      [2, 'http', 1, 0, 0, 4, 1, 20 * SECOND, 3, 50, 'HTTP 503', 8 * SECOND],
    ],
    archive: [41, true, 12],
  };
  assert.match(sentenceOf('pushes', topic, 0, [], 0), /2 subscriptions .* no subscriber ever asks, and no publisher/);
  assert.equal(sentenceOf('archive', topic, 0, [], 0), 'The archive keeps 41 messages. A replay runs: 12 so far.');
  assert.deepEqual(
    rowsOf('subscriptions', topic, 10 * SECOND, (link) => `to-${link}`),
    [
      ['to-1', '12', '3', '0', 'tier is "basic"'],
      ['to-2', '0', '0', '4', 'not confirmed · retry 3 of 50 in 10 s · HTTP 503'],
    ],
  );
  const bus = {
    count: 3,
    latest: [256, 0, 0, 9 * SECOND],
    rules: [
      ['billing', 1, 90, 9 * SECOND, '', 1, 88, 0, 2, 12 * SECOND],
      ['fraud', 1, 14, SECOND, '$.country is "NL"', 1, 14, 1, 0, 0],
      ['old', 0, 1, 0, '', 0, 1, 0, 0, 0],
    ],
  };
  assert.match(sentenceOf('pushes', bus, 0, [], 0), /^3 rules decide where an event goes/);
  assert.deepEqual(
    rowsOf('rules', bus, 10 * SECOND, String).map((row) => row[4]),
    ['matched · 2 to retry in 2 s', '$.country is "NL"', 'off'],
  );
  const plans = {
    schedules: [
      ['report', 20 * SECOND, 1, 3, 0, 'Mon 09:00'],
      ['once', 0, 2, 1, 0, ''],
    ],
  };
  assert.deepEqual(rowsOf('schedules', plans, 10 * SECOND, String), [
    ['report', '3', 'in 10 s · Mon 09:00'],
    ['once', '1', 'over'],
  ]);
});

test('the list of a topic is its heap: what was filtered out, for whom, and why', () => {
  const view = {
    subscriptions: [[1, 'sqs', 8, 1, 2, 0, 0, 0, 0, 0, 'tier is "basic"', 9 * SECOND]],
    heap: [
      [256, 0, 0, 1, 9 * SECOND],
      [512, 0, 0, 1, 8 * SECOND],
    ],
  };
  const around = { titles: ['t', 'mail'], prefixes: ['m'], views: [view], links: [{ to: 0 }, { to: 1 }] };
  assert.deepEqual(
    heldMessages(view, 10 * SECOND, around).map(({ note, state, hollow }) => [note, state, hollow]),
    [
      ['not for mail: tier is "basic"', '1 s ago', true],
      ['not for mail', '2 s ago', true],
    ],
  );
});

test('the list of a bus begins with the latest event, that of a pipe says where in it each message is', () => {
  const around = { titles: [], prefixes: [], views: [] };
  const said = (/** @type {any} */ view) => heldMessages(view, 10 * SECOND, around).map(({ state }) => state);
  assert.deepEqual(said({ latest: [256, 0, 0, 9 * SECOND], rules: [] }), ['1 s ago']);
  assert.deepEqual(
    said({
      enrichment: '',
      batch: [
        [256, 0, 0, 1],
        [512, 0, 0, 2],
      ],
    }),
    ['in the filter', 'in the enrichment'],
  );
});

test('in a lane distance is time, every node has its row, and a stay too short to see is seen', () => {
  /** @type {import('app/player/frames.js').Span[]} */
  const spans = [
    [0, 25_000, 1, 'travelling'],
    [0, 40 * SECOND, 1, 'waiting'],
    [40 * SECOND, 40 * SECOND + 10, 2, 'working'],
    [41 * SECOND, null, 1, 'waiting'],
  ];
  const lane = laneOf(spans, ['Shop', 'emails', 'Mailer'], { left: 100, width: 800, now: 80 * SECOND });
  assert.deepEqual(
    lane.rows.map(({ title }) => title),
    ['emails', 'Mailer'],
  );
  assert.deepEqual(
    lane.stays.map(({ x, width }) => [Math.round(x), Math.round(width)]),
    [
      [100, 400],
      [500, 3],
      [510, 390],
    ],
  );
  assert.equal(lane.stays[1].y - lane.stays[0].y, ROW);
  assert.equal(lane.moves.length, 2);
  assert.equal(lane.stays[2].open, true);
});

test('a lane of nothing is empty', () => {
  const lane = laneOf([], [], { left: 0, width: 100, now: 5 });
  assert.deepEqual([lane.rows, lane.stays, lane.moves], [[], [], []]);
});

test('the ticks of an axis stand at round times', () => {
  assert.deepEqual(ticksOf(28 * SECOND, 73 * SECOND, 3), [40 * SECOND, 60 * SECOND]);
  assert.ok(ticksOf(0, 1, 3).length <= 3);
});

test('a refusal says what to do, and a change of the past is offered as a fork', () => {
  let forks = 0;
  const refusal = {
    type: /** @type {const} */ ('error'),
    code: 'InThePast',
    message: 'This moment is past.',
    cure: 'Fork.',
    about: 'intervene',
  };
  const note = refusalNote(refusal, () => {
    forks += 1;
  });
  note.offer?.act();
  assert.deepEqual(
    [note.title, note.text, note.offer?.text, forks],
    ['This moment is past.', 'Fork.', 'Fork from here', 1],
  );
  assert.equal(refusalNote({ ...refusal, code: 'NotAllowed' }, () => {}).offer, undefined);
});
