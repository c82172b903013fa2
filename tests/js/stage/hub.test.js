/** A topic: copies begin at the rim on the side of their subscriptions, and what is filtered out falls on a heap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace } from 'app/stage/links.js';
import { Messages } from 'app/stage/messages.js';
import { loadShapes } from 'app/stage/shapes/index.js';
import { figures, trouble } from 'app/stage/shapes/subscription.js';
import * as topic from 'app/stage/shapes/topic.js';
import { state } from 'app/stage/words.js';
import { STYLE } from './style.js';

await loadShapes(['topic', 'queue', 'worker', 'endpoint', 'producer']);

/** @typedef {import('app/stage/types.js').Resting} Resting */

const S = 1_000_000;
/** @type {any} */
const NODE = { id: 't', title: 'orders', pattern: 'topic', kind: 'standard', names: { neutral: 'Topic', aws: 'SNS' } };
const EXITS = ['invoices', 'mail', 'hook'].map((title, i) => ({ link: i + 1, to: i + 2, title, part: '' }));
/** @type {any} */
const VIEW = {
  fifo: false,
  published: 41,
  count: 3,
  subscriptions: [
    [1, 'sqs', 0, 41, 0, 0, 0, 0, 0, 0, '', 0],
    [2, 'lambda', 8, 12, 29, 0, 0, 0, 0, 0, 'did not match: $.tier is "basic"', 99 * S],
    [3, 'http', 4, 20, 0, 3, 2, 112 * S, 4, 50, 'HTTP 503', 95 * S],
  ],
  heap: [
    [256, 0, 0, 2, 99 * S],
    [512, 1, 0, 2, 98 * S],
    [256, 0, 0, 3, 97 * S],
  ],
  archive: null,
  caption: [],
};

/** @param {any} [style] @param {any} [view] */
function placed(style = STYLE, view = VIEW) {
  const role = { shelf: true, dead: false, falls: false, exits: EXITS, room: topic.room(view) };
  return /** @type {any} */ ({ ...topic.measure(NODE, view, style, role), x: 500, y: 300 });
}

/** @param {any} box */
function heap(box) {
  /** @type {Resting[]} */
  const glyphs = [];
  topic.rest(box, VIEW, 1, glyphs);
  return glyphs;
}

/** The topic, a producer on its left, three subscribers on its right. @param {any} box */
function traced(box) {
  const body = { left: 40, right: 40, up: 30, down: 30 };
  const other = (/** @type {number} */ x, /** @type {number} */ y) => ({ ...body, body, shape: {}, x, y });
  const boxes = /** @type {any[]} */ ([other(100, 300), box, other(1200, 100), other(1200, 300), other(1200, 500)]);
  const nodes = boxes.map((_, i) => /** @type {any} */ ({ ...NODE, pattern: i === 1 ? 'topic' : 'plain' }));
  const links = [
    { id: 'in', from: 0, to: 1, kind: 'send' },
    ...EXITS.map(({ to }) => ({ id: `to-${to}`, from: 1, to, kind: 'send' })),
  ];
  return trace({ nodes, links, looks: [], prefixes: [] }, boxes, false);
}

test('a message arrives at the rim, and each copy begins at the rim on the side of its subscription', () => {
  const box = placed();
  const [into, ...copies] = traced(box);
  const away = (/** @type {{x: number, y: number}} */ point) => Math.hypot(point.x - box.x, point.y - box.y);
  assert.ok(Math.abs(away(into[into.length - 1]) - box.shape.radius) < 0.01);
  for (const points of copies) assert.ok(Math.abs(away(points[0]) - box.shape.radius) < 0.01);
  assert.ok(into[into.length - 1].x < box.x, 'it comes in on the left');
  assert.ok(copies.every(([first]) => first.x > box.x) && copies[0][0].y < box.y && copies[2][0].y > box.y);
});

test('copies part: no two spokes touch, and each leads on to its own subscriber', () => {
  const copies = traced(placed()).slice(1);
  const ends = copies.map((points) => points[points.length - 1].y);
  assert.deepEqual(ends, [100, 300, 500]);
  const starts = copies.map(([first]) => first.y);
  assert.ok(starts[1] - starts[0] > 10 && starts[2] - starts[1] > 10);
});

test('upright, the spokes leave below the hub, in the order of the subscribers', () => {
  const box = placed({ ...STYLE, compact: true });
  const mouths = box.spokes.map((/** @type {any} */ { lead, across }) => [lead[lead.length - 1], across]);
  assert.ok(mouths.every(([{ y }, across]) => y === box.body.down && !across));
  assert.ok(mouths[0][0].x < mouths[1][0].x && mouths[1][0].x < mouths[2][0].x);
});

test('filtered copies lie on a heap below the hub, each with the subscriber that did not want it', () => {
  const box = placed();
  const glyphs = heap(box);
  assert.deepEqual(
    glyphs.map(({ id, place, holder }) => [id, place, holder]),
    [
      [256, 'heap', 3],
      [512, 'heap', 3],
      [256, 'heap', 4],
    ],
  );
  for (const glyph of glyphs) {
    assert.ok(glyph.y > box.y + box.shape.radius && glyph.y < box.y + box.down);
    assert.ok(glyph.from && Math.hypot(glyph.from.x - box.x, glyph.from.y - box.y) >= box.shape.radius);
  }
  const hello = /** @type {any} */ ({ nodes: [NODE, NODE, NODE, { title: 'mail' }, { title: 'hook' }] });
  assert.equal(state(glyphs[0], 100 * S, hello, []), 'filtered out for mail 1 s ago: did not match: $.tier is "basic"');
});

test('where nothing can be filtered out, no room is kept for a heap', () => {
  const open = { ...VIEW, heap: [], subscriptions: [VIEW.subscriptions[0]] };
  assert.deepEqual(
    [topic.room(VIEW), topic.room(open), topic.room(null)],
    [
      [1, 0],
      [0, 0],
      [0, 0],
    ],
  );
  assert.ok(placed(STYLE, open).down < placed().down);
});

test('a filtered copy bounces off the rim in an arc, and stands still where time does', () => {
  const [glyph] = heap(placed());
  const { from } = glyph;
  assert.ok(from);
  const messages = Object.assign(Object.create(Messages.prototype), { moves: new WeakMap() });
  messages.glide([], [glyph], 99 * S, 1000);
  const at = (/** @type {number} */ now, mode = 'running', reduced = false) =>
    messages.slotting(glyph, /** @type {any} */ ({ now, mode, reduced }));
  assert.deepEqual([at(99 * S).x, at(99 * S).y], [from.x, from.y]);
  assert.ok(at(99 * S + 15_000).y < (2 * from.y + glyph.y) / 3, 'it flies higher than a straight line would');
  assert.equal(at(99 * S + 15_000, 'paused'), glyph);
  assert.equal(at(99 * S + 15_000, 'running', true), glyph);
  assert.equal(at(100 * S), glyph);
});

test('two copies of one message on the heap are two', () => {
  const glyphs = heap(placed());
  const messages = Object.assign(Object.create(Messages.prototype), { moves: new WeakMap() });
  messages.glide(glyphs.slice(0, 2), glyphs, 99 * S, 1000);
  assert.deepEqual(
    glyphs.map((glyph) => messages.moves.has(glyph)),
    [false, false, true],
  );
});

test('a subscription says what passed and what did not, and what is wrong now', () => {
  assert.deepEqual(
    VIEW.subscriptions.map((/** @type {any} */ one) => figures(one)),
    ['41 delivered', '12 passed · 29 filtered', '20 delivered · 3 failed'],
  );
  const said = (/** @type {any} */ one) => trouble(one, 100 * S)?.words;
  assert.deepEqual(VIEW.subscriptions.map(said), [undefined, undefined, '↻ retry 4/50 in 12 s · 2 wait']);
  assert.equal(said([3, 'sqs', 0, 0, 0, 0, 1, 112 * S, 9, 100_015, '', 0]), '↻ retry 9 in 12 s');
  assert.equal(said([3, 'http', 1, 0, 0, 0, 0, 0, 0, 0, '', 0]), '? not confirmed yet');
  assert.equal(said([3, 'http', 2, 0, 0, 0, 0, 0, 0, 0, '', 0]), '⧗ throttled');
  assert.equal(said([3, 'http', 0, 0, 0, 0, 1, 112 * S, 4, 50, 'HTTP 503', 0]), '↻ retry 4/50 in 12 s · HTTP 503');
});

test('somebody who does not see the hub is told of every subscription', () => {
  const titles = ['', 'invoices', 'mail', 'hook'];
  assert.equal(
    topic.tell(NODE, { ...VIEW, archive: [41, true, 12] }, 100 * S, (link) => titles[link]),
    'orders: 41 published, pushed to 3 subscriptions, 41 archived · replaying 12. ' +
      'invoices (a queue) 41 delivered; mail (a function) 12 passed, 29 filtered; ' +
      'hook (a webhook) 20 delivered, 3 failed, retry 4/50 in 12 s, HTTP 503, has a dead-letter queue.',
  );
});
