/** An event bus: the latest event lights the cards that it matched; the others show the clause that failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain, tell, verdict } from 'app/stage/shapes/board.js';
import * as bus from 'app/stage/shapes/event_bus.js';
import { STYLE } from './style.js';

const S = 1_000_000;
/** @type {any} */
const NODE = {
  id: 'b',
  title: 'orders',
  pattern: 'event_bus',
  kind: 'bus',
  names: { neutral: 'Event bus', aws: 'EB' },
};
const CLAUSE = 'did not match: $.detail.country is "NL"; asked for anything-but ["NL"]';
/** @type {any} */
const VIEW = {
  received: 212,
  count: 4,
  rules: [
    ['billing', 1, 90, 99 * S, '', 1, 88, 0, 2, 112 * S],
    ['fraud', 1, 14, 80 * S, CLAUSE, 1, 14, 0, 0, 0],
    ['paused', 0, 3, 99 * S, '', 1, 3, 0, 0, 0],
    ['nightly', 2, 3, 99.5 * S, '', 1, 3, 1, 0, 0],
  ],
  latest: [2048, 2, 0, 99 * S],
  archive: null,
  dropped: 9,
  caption: [],
};

/** @param {number} now @param {number} [step] */
function lit(now, step = 16_000) {
  return VIEW.rules.map((/** @type {any} */ rule) => verdict(rule, VIEW, now, step).lit);
}

test('the cards that the latest event matched are lit for a second of virtual time', () => {
  assert.deepEqual(lit(99.2 * S), [true, false, false, true]);
  assert.deepEqual(lit(100.2 * S), [false, false, false, true]);
  assert.deepEqual(lit(101 * S), [false, false, false, false]);
});

test('a card is not lit for an event before the latest', () => {
  const later = { ...VIEW, latest: [2304, 2, 0, 99.1 * S] };
  assert.deepEqual(verdict(VIEW.rules[0], later, 99.2 * S, 0), { lit: false, missed: true });
});

test('a card that did not match stands back, one that is off does not', () => {
  const missed = VIEW.rules.map((/** @type {any} */ rule) => verdict(rule, VIEW, 150 * S, 0).missed);
  assert.deepEqual(missed, [false, true, false, false]);
});

test('where time races nothing is lit and nothing flickers', () => {
  const said = VIEW.rules.map((/** @type {any} */ rule) => verdict(rule, VIEW, 99.2 * S, S));
  assert.ok(said.every((/** @type {any} */ { lit, missed }) => !lit && !missed));
});

test('of a reason the card shows what stood in the event', () => {
  assert.equal(plain(CLAUSE), 'detail.country is "NL"; asked for anything-but ["NL"]');
  assert.equal(plain('did not match (nearest of 2 alternatives): $.a is 1; $.b is 2'), 'a is 1; b is 2');
});

/** @param {any} [style] */
function placed(style = STYLE) {
  const exits = ['fraud', 'billing', 'gone'].map((part, i) => ({ link: i + 1, to: i + 2, title: part, part }));
  const role = { shelf: true, dead: false, falls: false, exits, room: bus.room(VIEW) };
  return /** @type {any} */ ({ ...bus.measure(NODE, VIEW, style, role), x: 500, y: 300 });
}

test('a line leaves at the card of its rule', () => {
  const box = placed();
  const [fraud, billing, gone] = box.spokes.map((/** @type {any} */ { lead }) => lead[0]);
  const pitch = box.shape.height + 8;
  assert.ok(billing.x === box.body.right && Math.abs(billing.y + box.body.up - box.shape.height / 2) < 0.01);
  assert.ok(Math.abs(fraud.y - billing.y - pitch) < 0.01);
  assert.ok(Math.abs(gone.y - billing.y - 3 * pitch) < 0.01, 'that of a rule without a card, at the last');
});

test('the map is laid out anew when the rules change their places', () => {
  assert.notEqual(bus.order(VIEW), bus.order({ ...VIEW, rules: VIEW.rules.slice(1) }));
  assert.equal(bus.order(VIEW), bus.order({ ...VIEW, received: 213 }));
});

test('upright, lines leave at the foot and no more than seven cards are shown', () => {
  const many = { ...VIEW, rules: Array.from({ length: 9 }, () => VIEW.rules[0]) };
  const role = { room: bus.room(many), exits: [{ link: 1, to: 2, title: 'a', part: '' }] };
  const box = bus.measure(NODE, many, { ...STYLE, compact: true }, role);
  assert.equal(box.shape.cards, 7);
  assert.ok(box.spokes?.every(({ across, lead }) => !across && lead[lead.length - 1].y === box.down));
});

test('the latest event lies on the rail, because the cards speak of it', () => {
  const box = placed();
  /** @type {import('app/stage/types.js').Resting[]} */
  const glyphs = [];
  bus.rest(box, VIEW, 1, glyphs);
  assert.deepEqual(
    glyphs.map(({ id, place }) => [id, place]),
    [[2048, 'latest']],
  );
  assert.ok(glyphs[0].x > box.x - box.body.left && glyphs[0].x < box.x - box.body.left + box.shape.rail);
});

test('somebody who does not see the board is told what each rule said', () => {
  assert.equal(tell(VIEW.rules[1], VIEW, 99 * S), `fraud matched 14, not the latest: ${plain(CLAUSE)}, 14 delivered`);
  assert.equal(
    bus.tell(NODE, VIEW, 99 * S),
    'orders: 212 events, 4 rules, 9 discarded. ' +
      'billing matched 90, among them the latest event, 88 delivered, 2 to retry in 13 s; ' +
      `fraud matched 14, not the latest: ${plain(CLAUSE)}, 14 delivered; ` +
      'paused is off, 3 delivered; nightly fired 3, 3 delivered, 1 failed.',
  );
});
