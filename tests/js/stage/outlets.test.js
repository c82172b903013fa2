/** Endpoints, schedulers, pipes, and the events that wait for a function: what is seen of them, and what is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as endpoint from 'app/stage/shapes/endpoint.js';
import * as inbox from 'app/stage/shapes/inbox.js';
import * as pipe from 'app/stage/shapes/pipe.js';
import * as scheduler from 'app/stage/shapes/scheduler.js';
import * as worker from 'app/stage/shapes/worker.js';
import { STYLE } from './style.js';

/** @typedef {import('app/stage/types.js').Resting} Resting */

const S = 1_000_000;

/** @param {string} pattern @param {string} kind @returns {any} */
function node(pattern, kind) {
  return { id: 'n', title: 'it', pattern, kind, names: { neutral: pattern, aws: pattern } };
}

/** @type {any} */
const ENDPOINT = {
  kind: 'http',
  received: 42,
  failed: 3,
  busy: 1,
  last: [1, 2, 3, 4, 5, 6].map((id) => [id * 256, 0, 0, (100 - id) * S]),
  state: 'down',
  rate: 300,
  caption: [],
};

test('what arrived last lies at the foot of an endpoint, as much as fits its shape', () => {
  const shown = ['http', 'email', 'firehose'].map((kind) => {
    const box = /** @type {any} */ ({ ...endpoint.measure(node('endpoint', kind), null, STYLE), x: 0, y: 0 });
    /** @type {Resting[]} */
    const glyphs = [];
    endpoint.rest(box, { ...ENDPOINT, kind }, 0, glyphs);
    assert.ok(glyphs.every(({ x, radius }) => Math.abs(x) + radius <= box.shape.foot + 1));
    assert.ok(glyphs[0].x > glyphs[glyphs.length - 1].x, 'the newest on the right');
    return glyphs.length;
  });
  assert.deepEqual(shown, [6, 6, 3]);
});

test('a line meets a funnel at its wide end, and a door in the middle', () => {
  const y = (/** @type {string} */ kind) => {
    const box = /** @type {any} */ ({ ...endpoint.measure(node('endpoint', kind), null, STYLE), x: 0, y: 0 });
    return endpoint.ports(box, false).in.y;
  };
  assert.ok(y('firehose') < -20);
  assert.equal(y('http'), 0);
});

test('how an endpoint is, is a word', () => {
  const said = ['up', 'down', 'slow', 'failing', 'gone', 'unconfirmed'].map(
    (state) => endpoint.tell(node('endpoint', 'http'), { ...ENDPOINT, state, rate: 0 }, 0).split(',')[0],
  );
  assert.deepEqual(said, ['it: up', 'it: down', 'it: slow', 'it: fails at times', 'it: gone', 'it: not confirmed']);
  assert.equal(endpoint.tell(node('endpoint', 'api'), ENDPOINT, 0), 'it: down, 42 arrived, 3 refused.');
  const gathering = { ...ENDPOINT, state: 'up', rate: 0, doubled: 2, buffer: [12, 3400, 5_000_000, 140 * S] };
  assert.equal(
    endpoint.tell(node('endpoint', 'firehose'), /** @type {any} */ (gathering), 100 * S),
    'it: up, 42 arrived, 3 refused, 2 twice, 12 gathered, written in 40 s.',
  );
});

test('a scheduler tells when each of its schedules fires next', () => {
  const view = /** @type {any} */ ({
    kind: 'schedule',
    schedules: [
      ['report', 112 * S, 1, 3, 0, 'Mon 5 Jan 09:00'],
      ['cleanup', 90 * S, 1, 1, 130 * S, ''],
      ['launch', 0, 2, 1, 0, ''],
      ['old', 0, 0, 4, 0, ''],
    ],
    count: 4,
    failed: 1,
    caption: [],
  });
  assert.equal(
    scheduler.tell(node('scheduler', 'schedule'), view, 100 * S),
    'it: 4 schedules, 1 failed. report in 12 s, Mon 5 Jan 09:00, fired 3; cleanup within 30 s, fired 1; ' +
      'launch over, fired 1; old off, fired 4.',
  );
  assert.deepEqual([scheduler.room(view), scheduler.room(null)], [[4], [0]]);
});

/** @type {any} */
const PIPE = {
  state: 'running',
  received: 120,
  filtered: 30,
  enriched: 84,
  delivered: 80,
  failed: 2,
  batch: [
    [256, 0, 0, 0],
    [512, 1, 0, 2],
    [768, 0, 0, 2],
    [1024, 0, 0, 3],
  ],
  enrichment: 'customers',
  reason: 'Unhandled',
  caption: [],
};

test('the messages of a batch lie in the section that they have come to', () => {
  const box = /** @type {any} */ ({ ...pipe.measure(node('pipe', 'pipe'), PIPE, STYLE, {}), x: 0, y: 0 });
  /** @type {Resting[]} */
  const glyphs = [];
  pipe.rest(box, PIPE, 0, glyphs);
  const sections = glyphs.map(({ x }) => Math.floor((x + box.body.left) / box.shape.section));
  assert.deepEqual(sections, [0, 2, 2, 3]);
  assert.equal(new Set(glyphs.map(({ x, y }) => `${x} ${y}`)).size, 4);
});

test('the line to what enriches leaves below its section, other lines at the end', () => {
  const exits = ['enrichment', ''].map((part, i) => ({ link: i, to: i + 1, title: part, part }));
  const box = /** @type {any} */ (pipe.measure(node('pipe', 'pipe'), PIPE, STYLE, { exits }));
  assert.deepEqual(
    box.spokes.map((/** @type {any} */ { link, across, lead }) => [link, across, lead[0].y]),
    [[0, false, box.body.down]],
  );
});

test('a pipe is told from its source to its target', () => {
  assert.equal(
    pipe.tell(node('pipe', 'pipe'), PIPE),
    'it: running, 120 received, 30 filtered out, 84 enriched by customers, 80 delivered, 2 failed, Unhandled.',
  );
});

test('events that wait for a function lie beside its bench', () => {
  const view = /** @type {any} */ ({ concurrency: 2, seats: [], events: [2, 60 * S, 140 * S] });
  const plain = worker.measure(node('worker', 'function'), { ...view, events: null }, STYLE);
  const waiting = worker.measure(node('worker', 'function'), view, STYLE);
  assert.ok(waiting.body.left > plain.body.left && waiting.body.right === plain.body.right);
  assert.equal(inbox.tell(view, 100 * S), ', 2 events waiting, the oldest 40 s, next try in 40 s');
  assert.equal(inbox.tell({ ...view, events: null }, 100 * S), '');
});
