/** The chart of a state machine: nothing stands on anything else, and no line runs through a state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, fitted, LEVELS } from 'app/stage/shapes/state_machine/fitting.js';
import { stacked } from 'app/stage/shapes/state_machine/lanes.js';
import { layout, scopes } from 'app/stage/shapes/state_machine/layout.js';
import { labelled, lettered } from 'app/stage/shapes/state_machine/lettering.js';
import { upTo } from 'app/stage/shapes/state_machine/picture.js';
import { layered } from 'app/stage/shapes/state_machine/ranks.js';
import { spaced } from 'app/stage/shapes/state_machine/spacing.js';
import { CLAIM, lot, NESTED, ORDER, POLLER, SAGA } from './charts.js';
import { STYLE } from './style.js';

/** @typedef {import('app/stage/types.js').Chart} Chart */
/** @typedef {import('app/stage/shapes/state_machine/layout.js').Layout} Layout */
/** @typedef {import('app/stage/shapes/state_machine/layout.js').Stand} Stand */

/** @type {[string, Chart][]} */
const CORPUS = [
  ...Object.entries({ ORDER, POLLER, SAGA, NESTED, CLAIM }),
  ...Array.from({ length: 40 }, (_, seed) => /** @type {[string, Chart]} */ ([`lot ${seed}`, lot(seed + 1, 4 + seed)])),
];
const TOUCH = 0.01;

/** @param {(chart: Chart, made: Layout, name: string) => void} judge */
function everyDrawing(judge) {
  for (const [name, chart] of CORPUS)
    for (const level of LEVELS.keys())
      for (const columns of [1, 2, 3]) judge(chart, drawn(chart, level, columns, STYLE), `${name} ${level} ${columns}`);
}

/** @param {Stand} a @param {Stand} b */
function overlap(a, b) {
  return (
    a.x + a.width > b.x + TOUCH &&
    b.x + b.width > a.x + TOUCH &&
    a.y + a.height > b.y + TOUCH &&
    b.y + b.height > a.y + TOUCH
  );
}

/** Whether a state is in another, or in one within it. @param {Chart} chart @param {number} state @param {number} holder */
function within(chart, state, holder) {
  for (let at = chart.states[state][2]; at >= 0; at = chart.states[at][2]) if (at === holder) return true;
  return false;
}

test('no two states overlap, and what a state holds stands in its frame', () => {
  everyDrawing((chart, { stands, width, height }, name) => {
    for (const [i, a] of stands.entries()) {
      assert.ok(
        a.x >= -TOUCH && a.y >= -TOUCH && a.x + a.width <= width + TOUCH && a.y + a.height <= height + TOUCH,
        name,
      );
      for (const [j, b] of stands.entries()) {
        if (i >= j) continue;
        if (within(chart, j, i)) {
          const inside = b.x > a.x && b.y > a.y && b.x + b.width < a.x + a.width && b.y + b.height < a.y + a.height;
          assert.ok(inside, `${name}: ${chart.states[j][0]} stands in ${chart.states[i][0]}`);
        } else if (!within(chart, i, j))
          assert.ok(!overlap(a, b), `${name}: ${chart.states[i][0]}, ${chart.states[j][0]}`);
      }
    }
  });
});

test('lines run level or upright, from the foot of a state to the head of the next, and through no state', () => {
  everyDrawing((chart, { stands, wires, width, height }, name) => {
    assert.equal(wires.length, chart.edges.length, name);
    for (const { edge, points } of wires) {
      const [from, to] = chart.edges[edge];
      const [first, last] = [points[0], points[points.length - 1]];
      assert.ok(Math.abs(first.y - stands[from].y - stands[from].height) < TOUCH, name);
      assert.ok(Math.abs(last.y - stands[to].y) < TOUCH, name);
      for (const { x, y } of points) assert.ok(x >= 0 && x <= width + TOUCH && y >= 0 && y <= height + TOUCH, name);
      for (let i = 1; i < points.length; i++) {
        const [a, b] = [points[i - 1], points[i]];
        assert.ok(Math.abs(a.x - b.x) < TOUCH || Math.abs(a.y - b.y) < TOUCH, `${name}: neither level nor upright`);
        for (const [state, box] of stands.entries()) {
          if (within(chart, from, state)) continue; // a line within a frame
          const cuts =
            Math.max(a.x, b.x) > box.x + TOUCH &&
            Math.min(a.x, b.x) < box.x + box.width - TOUCH &&
            Math.max(a.y, b.y) > box.y + TOUCH &&
            Math.min(a.y, b.y) < box.y + box.height - TOUCH;
          assert.ok(
            !cuts,
            `${name}: ${chart.states[from][0]} → ${chart.states[to][0]} runs through ${chart.states[state][0]}`,
          );
        }
      }
    }
  });
});

test('the words at an edge stand in no state', () => {
  everyDrawing((chart, { stands, wires }, name) => {
    for (const { label } of wires) {
      const hit =
        label &&
        stands.findIndex((box, state) => {
          const holds = chart.states.some(([, , parent]) => parent === state);
          return (
            !holds && label.x > box.x && label.x < box.x + box.width && label.y > box.y && label.y < box.y + box.height
          );
        });
      assert.ok(label === null || hit === -1, name);
    }
  });
});

test('the same chart is always the same picture', () => {
  const again = /** @type {Chart} */ (JSON.parse(JSON.stringify(CLAIM)));
  assert.deepEqual(drawn(CLAIM, 0, 3, STYLE), drawn(again, 0, 3, STYLE));
});

test('what happens when all goes well runs straight down', () => {
  const { stands } = drawn(SAGA, 0, 1, STYLE);
  const middles = [0, 1, 2, 3, 4].map((state) => stands[state].x + stands[state].width / 2);
  assert.ok(Math.max(...middles) - Math.min(...middles) < 4);
  assert.ok([0, 1, 2, 3].every((state) => stands[state].y < stands[state + 1].y));
});

test('a loop leads back up at the side', () => {
  const { stands, wires } = drawn(POLLER, 0, 1, STYLE);
  const back = wires.find(({ edge }) => edge === 5);
  const side = back?.points.map(({ x }) => x) ?? [];
  const right = Math.max(...stands.slice(1, 4).map(({ x, width }) => x + width));
  const left = Math.min(...stands.slice(1, 4).map(({ x }) => x));
  assert.ok(Math.max(...side) > right || Math.min(...side) < left);
});

test('a chart of thirty states is folded into columns and still says names', () => {
  const found = fitted(CLAIM, { width: 660, height: 480 }, STYLE);
  assert.ok(found.text > 0 && found.scale <= 1);
  assert.ok(found.layout.width * found.scale <= 660.01 && found.layout.height * found.scale <= 480.01);
  assert.ok(found.layout.height < drawn(CLAIM, found.level, 1, STYLE).height / 2);
});

test('a chart of a few states is drawn with whole names at the size of other texts', () => {
  const found = fitted(POLLER, { width: 660, height: 480 }, STYLE);
  assert.deepEqual([found.level, found.scale], [0, 1]);
});

test('a chart of two hundred states fits as well', () => {
  const many = lot(7, 200);
  const found = fitted(many, { width: 660, height: 480 }, STYLE);
  assert.ok(found.layout.width * found.scale <= 660.01 && found.layout.height * found.scale <= 480.01);
});

test('a machine without states is an empty picture', () => {
  const none = { version: 1, start: 0, states: [], edges: [] };
  const made = layout(
    none,
    /** @type {any} */ ({ form: () => null, entry: 0, down: 0, lane: 1, tallest: 1, label: () => 0 }),
  );
  assert.deepEqual(made.stands, []);
});

test('an edge that closes a loop is turned round, and a catch edge rather than another', () => {
  const arcs = [
    { from: 0, to: 1, kind: 0, edge: 0 },
    { from: 1, to: 2, kind: 3, edge: 1 },
    { from: 2, to: 0, kind: 0, edge: 2 },
  ];
  const { back, rank } = layered(3, arcs, 0);
  assert.deepEqual([back.map(({ edge }) => edge), rank], [[2], [0, 1, 2]]);
});

test('edges that pass a rank on their way to one state share a place in it', () => {
  const arcs = [0, 1, 2].map((from) => ({ from, to: 4, kind: 3, edge: from }));
  const chain = [0, 1, 2, 3].map((from) => ({ from, to: from + 1, kind: 0, edge: 3 + from }));
  const { items } = layered(5, [...arcs, ...chain], 0);
  assert.deepEqual(
    items.filter(({ node }) => node < 0).map(({ rank }) => rank),
    [1, 2, 3],
  );
});

test('items stand as near to what they are joined with as their neighbours allow', () => {
  const at = spaced(
    [[0], [1, 2]],
    [
      { from: 0, to: 1, weight: 1 },
      { from: 0, to: 2, weight: 1 },
    ],
    [],
    () => 40,
  );
  assert.deepEqual(
    [at.get(1), at.get(2)].map((x) => Math.round((x ?? 0) - (at.get(0) ?? 0))),
    [-20, 20],
  );
});

test('runs that would lie on each other get lanes, those that part from one line need none', () => {
  const run = (/** @type {number} */ a, /** @type {number} */ b) => ({ gap: '1', a, b, lane: 0 });
  assert.equal(stacked([run(0, 50), run(80, 120)]), 1);
  assert.equal(stacked([run(0, 50), run(0, 90)]), 1);
  const nested = [run(0, 100), run(20, 60)];
  assert.equal(stacked(nested), 2);
  assert.ok(nested[1].lane < nested[0].lane, 'the inner one turns first, so that they do not cross');
});

test('a line is drawn up to where it runs into another', () => {
  const trunk = [
    [50, 0],
    [50, 10],
    [90, 10],
    [90, 100],
  ].map(([x, y]) => ({ x, y }));
  const joins = [
    [60, 40],
    [60, 50],
    [90, 50],
    [90, 100],
  ].map(([x, y]) => ({ x, y }));
  assert.deepEqual(upTo(joins, trunk), joins.slice(0, 3));
  const other = [
    [0, 0],
    [0, 100],
  ].map(([x, y]) => ({ x, y }));
  assert.deepEqual(upTo(joins, other), joins);
});

test('names break between their words, and are cut at the end', () => {
  assert.deepEqual(lettered('Validate policy', 70, 13, 2, STYLE), ['Validate', 'policy']);
  assert.deepEqual(lettered('ValidatePolicyNow', 66, 13, 2, STYLE), ['Validate', 'PolicyN…']);
  assert.deepEqual(lettered('check_stock', 60, 13, 2, STYLE), ['check_', 'stock']);
  assert.deepEqual(lettered('Validate policy', 66, 13, 1, STYLE), ['Validat…']);
});

test('what is asked at an edge keeps its end where there is little room', () => {
  assert.equal(labelled('$.total > 100', 104, 12, STYLE), '$.total > 100');
  assert.equal(labelled('$.answer.state = "DONE"', 104, 12, STYLE), 'state = "DONE"');
  assert.equal(labelled('States.TaskFailed, States.Timeout', 104, 12, STYLE), 'States.TaskFai…');
});

test('errors are handled on the right of what goes well', () => {
  const { stands } = drawn(SAGA, 0, 1, STYLE);
  assert.ok(stands[5].x > stands[4].x + stands[4].width);
});

test('a branch is a scope of its own', () => {
  assert.deepEqual(scopes(NESTED).get(1), [
    [2, 3],
    [4, 5, 6, 7],
  ]);
});
