/** A state machine: executions stand on their states, and every number and colour is a function of the view and of time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from 'app/player/timeline.js';
import { edgesBetween, litEdges, shownStates, stay, tokensAt, told } from 'app/stage/shapes/state_machine/reading.js';
import * as machine from 'app/stage/shapes/state_machine.js';
import { state as inWords } from 'app/stage/words.js';
import { CLAIM, ORDER, POLLER } from './charts.js';
import { STYLE } from './style.js';

/** @typedef {import('app/stage/types.js').MachineView} MachineView */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').TokenRow} TokenRow */

const S = 1_000_000;
const [TIMER, TASK, TOKEN, RETRY, FAILED] = [1, 2, 4, 8, 16];
/** @type {any} */
const NODE = {
  id: 'm',
  title: 'orders',
  pattern: 'state_machine',
  names: { neutral: 'State machine', aws: 'Step Functions' },
};

/** @param {number} id @param {number} state @param {number[]} [more] since, until, tries, of, bits, execution, from, kind @returns {TokenRow} */
function token(
  id,
  state,
  [since = 9 * S, until = 0, tries = 0, of = 0, bits = TASK, execution = 1, from = -1, kind = 0] = [],
) {
  return [id, 1, 0, state, since, until, tries, of, bits, execution, from, kind];
}

/** @param {TokenRow[]} tokens @param {Partial<MachineView>} [more] @returns {MachineView} */
function view(tokens, more = {}) {
  const here = new Map();
  for (const [, , , state] of tokens) here.set(state, (here.get(state) ?? 0) + 1);
  return {
    kind: 'standard',
    chart: 1,
    graph: ORDER,
    running: tokens.length,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    states: [...here].map(([state, many]) => [state, many, many, 0, 0, 0]),
    tokens,
    maps: [],
    last: [],
    caption: [],
    ...more,
  };
}

/** @param {MachineView} shown @param {any} [style] @returns {{ box: any, glyphs: Resting[] }} */
function settle(shown, style = STYLE) {
  const box = { ...machine.measure(NODE, shown, style, {}), x: 500, y: 300 };
  /** @type {Resting[]} */
  const glyphs = [];
  machine.rest(box, shown, 1, glyphs);
  return { box, glyphs };
}

test('an execution stands in its state', () => {
  const { box, glyphs } = settle(view([token(256, 3)]));
  const { scale, chartLeft, chartTop } = box.shape;
  const stand = box.chart.fitted.layout.stands[3];
  const [left, top] = [box.x + chartLeft + stand.x * scale, box.y + chartTop + stand.y * scale];
  assert.equal(glyphs.length, 1);
  assert.ok(glyphs[0].x > left && glyphs[0].x < left + stand.width * scale);
  assert.ok(glyphs[0].y > top && glyphs[0].y < top + stand.height * scale);
});

test('three at one state are drawn one by one, of more there is a number beside the newest', () => {
  const three = view([256, 512, 768].map((id) => token(id, 3)));
  assert.deepEqual([settle(three).glyphs.length, shownStates(ORDER, three, 10 * S, true)[3].count], [3, '']);
  const four = view([1024, 768, 512, 256].map((id) => token(id, 3)));
  assert.deepEqual([settle(four).glyphs.length, shownStates(ORDER, four, 10 * S, true)[3].count], [3, '4']);
  assert.ok(!settle(four).glyphs.some(({ id }) => id === 256));
});

test('of thousands there is only a number', () => {
  const many = view([token(256, 3)], { states: [[3, 12_000, 12_000, 0, 0, 0]] });
  assert.equal(tokensAt(many).size, 0);
  assert.equal(shownStates(ORDER, many, 10 * S, true)[3].count, '12k');
});

test('a retry says which try it is, and when it comes', () => {
  const [, , , charge] = shownStates(ORDER, view([token(256, 3, [9 * S, 14 * S, 2, 3, RETRY | FAILED])]), 10 * S, true);
  assert.deepEqual([charge.note, charge.tone], ['↻ 2/3 · 4 s', 'warn']);
});

test('a wait counts down', () => {
  const waits = view([token(256, 2, [9 * S, 39 * S, 0, 0, TIMER])]);
  assert.equal(shownStates(ORDER, waits, 10 * S, true)[2].note, '29 s');
  assert.equal(shownStates(ORDER, waits, 38.5 * S, true)[2].note, '1 s');
});

test('a Map shows how many of its items are done, and how many of those failed', () => {
  const maps = view([], {
    maps: [
      [4, 10, 6, 1, 3, 0],
      [4, 2, 0, 0, 2, 0],
    ],
  });
  const pack = shownStates(ORDER, maps, 0, true)[4];
  assert.deepEqual([pack.note, pack.done, pack.lost], ['7/12', 0.5, 1 / 12]);
});

test('the edge that was taken is lit for a second, also the catch edge', () => {
  const caught = view([token(256, 6, [9 * S, 0, 0, 0, TASK, 1, 3, 3])]);
  const catchEdge = ORDER.edges.findIndex(([from, to, kind]) => from === 3 && to === 6 && kind === 3);
  assert.deepEqual([...litEdges(ORDER, caught, 9.5 * S, 16_000)], [catchEdge]);
  assert.deepEqual([...litEdges(ORDER, caught, 10 * S, 16_000)], []);
  assert.deepEqual([...litEdges(ORDER, caught, 9.5 * S, S)], [], 'where time races nothing flickers');
});

test('an execution walks along the edge to its next state', () => {
  const before = settle(view([token(256, 3)])).glyphs[0];
  const next = view([token(256, 6, [9 * S, 0, 0, 0, TASK, 1, 3, 3])]);
  const { box, glyphs } = settle(next);
  const way = machine.walk(box, next, before, glyphs[0]);
  assert.deepEqual(
    [way?.points[0], way?.points.at(-1)],
    [
      { x: before.x, y: before.y },
      { x: glyphs[0].x, y: glyphs[0].y },
    ],
  );
  assert.ok((way?.points.length ?? 0) > 4);
  assert.equal(machine.walk(box, next, before, before), null);
});

test('what is passed in no time is passed on its way', () => {
  const named = (/** @type {number[]} */ edges) => edges.map((edge) => ORDER.edges[edge].slice(0, 2).join(' '));
  assert.deepEqual(named(edgesBetween(ORDER, 0, 3, 1, 1)), ['0 1', '1 3']);
  assert.deepEqual(named(edgesBetween(ORDER, 0, 8, 0, 3)), ['0 8']);
  assert.deepEqual(named(edgesBetween(ORDER, 0, 8, 6, 0)), ['0 1', '1 3', '3 6', '6 8']);
  assert.deepEqual(edgesBetween(ORDER, 7, 0, -1, 0), []);
  const round = edgesBetween(POLLER, 2, 1, 3, 2).map((edge) => POLLER.edges[edge].slice(0, 2).join(' '));
  assert.deepEqual(round, ['2 3', '3 1'], 'round a loop');
});

test('those that ended last lie at the foot, a failed one crossed out', () => {
  const { box, glyphs } = settle(
    view([], {
      last: [
        [256, 0, 0, 0, 9 * S],
        [512, 0, 0, 1, 8 * S],
      ],
    }),
  );
  assert.deepEqual(
    glyphs.map(({ place, alarm, tag }) => [place, alarm, tag]),
    [
      ['ended', false, 'succeeded'],
      ['ended', true, 'failed'],
    ],
  );
  assert.ok(glyphs.every(({ x, y }) => x < box.x + box.body.right && y > box.y && y < box.y + box.body.down));
});

test('the frame is bounded, whatever the chart', () => {
  const shown = view([], { graph: CLAIM });
  const { body } = machine.measure(NODE, shown, STYLE, {});
  assert.ok(body.left + body.right < 720 && body.up + body.down < 560);
});

test('every line leaves the frame at a place of its own', () => {
  const exits = [2, 3, 4].map((to, link) => ({ link, to, title: `${to}`, part: '' }));
  for (const compact of [false, true]) {
    const { spokes, body } = machine.measure(NODE, view([]), { ...STYLE, compact }, { exits });
    const ends = (spokes ?? []).map(({ lead }) => lead[0]);
    assert.equal(new Set(ends.map(({ x, y }) => `${x} ${y}`)).size, 3);
    assert.ok(ends.every(({ x, y }) => (compact ? y === body.down : x === body.right)));
  }
});

test('another definition lays the map out anew', () => {
  assert.notEqual(machine.order(view([])), machine.order(view([], { chart: 2 })));
  assert.equal(machine.order({ ...view([]), graph: undefined }), '');
});

test('a machine whose chart has not come yet is an empty frame', () => {
  const { box, glyphs } = settle({ ...view([token(256, 3)]), graph: undefined });
  assert.deepEqual([box.chart, glyphs], [undefined, []]);
  assert.equal(told('orders', { ...view([]), graph: undefined }, 0), 'orders: 0 running.');
});

test('somebody who does not see it is told who is where', () => {
  const shown = view([token(256, 3, [9 * S, 14 * S, 2, 3, RETRY]), token(512, 2, [9 * S, 39 * S, 0, 0, TIMER])], {
    succeeded: 41,
    timedOut: 1,
    maps: [[4, 10, 6, 1, 3, 0]],
  });
  assert.equal(
    machine.tell(NODE, shown, 10 * S),
    'orders: 2 running, 41 succeeded, 1 timed out. 1 at Charge card (retry 2 of 3 in 4 s); 1 at Back-order (29 s left); ' +
      'Pack: 6 of 10 items done, 1 failed.',
  );
});

test('what is pointed at says where it is and what it waits for', () => {
  assert.equal(stay(ORDER, token(256, 3, [0, 0, 0, 0, TOKEN])), 'Charge card, waits for its task token');
  const { glyphs } = settle(view([token(256, 3, [9 * S, 14 * S, 2, 3, RETRY])]));
  const hello = /** @type {any} */ ({ nodes: [NODE, NODE] });
  assert.equal(inWords(glyphs[0], 10 * S, hello, []), 'in orders at Charge card, waits for retry 2 of 3, 4 s left');
});

test('a view is shown with the chart of its version', () => {
  const node = { id: 'm', title: 'm', pattern: 'state_machine' };
  const timeline = new Timeline(/** @type {any} */ ({ nodes: [node], links: [], looks: [], may: [] }));
  const frame = { type: 'frame', key: true, n: 1, from: 0, to: 0, mode: 'paused', pace: {}, furthest: 0 };
  timeline.file(/** @type {any} */ ({ ...frame, charts: { 0: ORDER }, views: { 0: { chart: 1 } } }), 0);
  assert.equal(timeline.viewsAt(0)[0]?.graph, ORDER);
  timeline.file(/** @type {any} */ ({ ...frame, key: false, n: 2, to: 5, views: { 0: { chart: 1, running: 1 } } }), 0);
  assert.equal(timeline.viewsAt(5)[0]?.graph, ORDER);
  const same = structuredClone(ORDER);
  timeline.file(/** @type {any} */ ({ ...frame, n: 3, to: 9, charts: { 0: same }, views: { 0: { chart: 1 } } }), 5);
  assert.equal(timeline.viewsAt(9)[0]?.graph, ORDER, 'the same chart need not be drawn again');
});
