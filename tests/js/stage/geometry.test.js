/** Lines arrive at edges, go round stations, and a fraction of a line is a fraction of its length. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside, cuts, path, pointAt, polyline, reversed, rounded, route, tabulate } from 'app/stage/geometry.js';

/** @param {number} x @param {number} y */
const across = (x, y) => ({ x, y, across: true });
/** @param {number} x @param {number} y */
const down = (x, y) => ({ x, y, across: false });
/** @param {number} left @param {number} top @param {number} right @param {number} bottom */
const wall = (left, top, right, bottom) => ({ left, top, right, bottom });

test('two stations at the same height are joined by a straight line', () => {
  assert.deepEqual(
    route(across(0, 50), across(200, 50), []).map(({ x, y }) => [x, y]),
    [
      [0, 50],
      [200, 50],
    ],
  );
});

test('a line leaves and arrives level, whatever the heights', () => {
  const way = route(across(0, 0), across(200, 120), []);
  assert.equal(way[1].y, 0);
  assert.equal(way.at(-2)?.y, 120);
});

test('a line never crosses a station that stands in its way', () => {
  const obstacles = [wall(80, -60, 160, 60), wall(80, 70, 160, 200)];
  const way = route(across(0, 0), across(300, 0), obstacles);
  for (let i = 1; i < way.length; i++) {
    for (const box of obstacles) assert.ok(!cuts(way[i - 1], way[i], box), `${path(way)} cuts ${JSON.stringify(box)}`);
  }
});

test('a line back to an earlier column goes round both of its stations', () => {
  const ends = [wall(200, -40, 300, 40), wall(0, -40, 100, 40)];
  const way = route(across(300, 0), across(0, 0), [], ends);
  for (let i = 2; i < way.length - 1; i++) {
    for (const box of ends) assert.ok(!cuts(way[i - 1], way[i], box));
  }
  assert.deepEqual([way[0].x, way.at(-1)?.x], [300, 0]);
});

test('downward lines obey the same rules, turned', () => {
  const way = route(down(0, 0), down(90, 200), []);
  assert.equal(way[1].x, 0);
  assert.equal(way.at(-2)?.x, 90);
});

test('rounding keeps the ends and cuts corners short', () => {
  const corners = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 100 },
  ];
  const smooth = rounded(corners, 20);
  assert.deepEqual(smooth[0], corners[0]);
  assert.deepEqual(smooth.at(-1), corners[2]);
  assert.ok(polyline(smooth).length < 200);
  assert.ok(polyline(smooth).length > 200 - 20);
});

test('equal parts of time are equal parts of the way, also round a bend', () => {
  const line = polyline([
    { x: 0, y: 0 },
    { x: 30, y: 0 },
    { x: 30, y: 70 },
  ]);
  assert.deepEqual(pointAt(line, 0.3), { x: 30, y: 0 });
  assert.deepEqual(pointAt(line, 0.65), { x: 30, y: 35 });
  assert.deepEqual(pointAt(line, -1), { x: 0, y: 0 });
  assert.deepEqual(pointAt(line, 2), { x: 30, y: 70 });
});

test('the way back runs beside the way there, from the other end', () => {
  const line = polyline([
    { x: 0, y: 0 },
    { x: 100, y: 0 },
  ]);
  const back = beside(reversed(line), 10);
  assert.deepEqual(back.points, [
    { x: 100, y: -10 },
    { x: 0, y: -10 },
  ]);
});

test('a table of a line holds its points and unit normals', () => {
  const table = new Float32Array(5 * 4);
  tabulate(
    polyline([
      { x: 0, y: 0 },
      { x: 80, y: 0 },
    ]),
    5,
    table,
    0,
  );
  assert.deepEqual([...table.slice(4, 8)], [20, 0, -0, 1]);
});
