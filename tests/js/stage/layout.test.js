/** Stations keep apart, fit any host, read from left to right where there is room, and dead letters lie below. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounds, cuts } from 'app/stage/geometry.js';
import { fit, places, spread } from 'app/stage/layout.js';
import { trace } from 'app/stage/links.js';
import { loadShapes, shape } from 'app/stage/shapes/index.js';
import { STYLE } from './style.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').LinkSpec} LinkSpec */
/** @typedef {import('app/stage/types.js').Style} Style */

await loadShapes(['endpoint', 'event_bus', 'pipe', 'producer', 'queue', 'scheduler', 'store', 'topic', 'worker']);

/** @param {string} id @param {string} pattern @param {[number, number] | null} at @returns {NodeSpec} */
function node(id, pattern, at) {
  return {
    id,
    title: id,
    pattern,
    role: '',
    kind: 'standard',
    at,
    names: { neutral: pattern, aws: pattern },
    sentence: '',
  };
}

/** @param {number} from @param {number} to @param {string} kind @returns {LinkSpec} */
function link(from, to, kind = 'send') {
  return { id: `${from}-${to}`, from, to, kind };
}

const NODES = [
  node('shop', 'producer', [0, 0]),
  node('emails', 'queue', [1, 0]),
  node('mailer', 'worker', [2, 0]),
  node('dead', 'queue', [1, 1]),
];
const LINKS = [link(0, 1), link(1, 2, 'poll'), link(1, 3, 'dead')];

/**
 * @param {NodeSpec[]} nodes @param {LinkSpec[]} links @param {number} width @param {number} height
 * @param {{ least: number, base: Style }} [legible]
 */
function plan(nodes, links, width, height, { least, base } = { least: 0, base: STYLE }) {
  /** @param {number} index */
  const role = (index) => ({
    shelf: links.some((found) => found.from === index && found.kind === 'poll'),
    dead: links.some((found) => found.to === index && found.kind === 'dead'),
    falls: links.some((found) => found.from === index && found.kind === 'dead'),
  });
  /** @param {Style} style */
  const measure = (style) => nodes.map((found, index) => shape(found.pattern).measure(found, null, style, role(index)));
  return fit(places(nodes, links), links, measure, { width, height, top: 30, least }, base);
}

for (const [name, width, height] of /** @type {const} */ ([
  ['a desk', 1092, 662],
  ['a projector', 676, 500],
  ['a phone', 390, 400],
  ['a tall phone', 390, 700],
  ['a wall', 2500, 1300],
])) {
  test(`on ${name} all stations are in sight, and none overlaps another`, () => {
    const { boxes, camera } = plan(NODES, LINKS, width, height);
    for (const [index, box] of boxes.entries()) {
      const { left, top, right, bottom } = bounds(box);
      assert.ok(
        left * camera.scale + camera.x >= 0 && right * camera.scale + camera.x <= width,
        `${NODES[index].id} sticks out sideways`,
      );
      assert.ok(
        top * camera.scale + camera.y >= 30 && bottom * camera.scale + camera.y <= height,
        `${NODES[index].id} sticks out`,
      );
      for (const other of boxes.slice(0, index))
        assert.ok(!overlap(bounds(box), bounds(other)), `${NODES[index].id} overlaps`);
    }
  });
}

test('a wide host is read from left to right, an upright phone from the top down', () => {
  const wide = plan(NODES, LINKS, 1092, 662);
  assert.ok(wide.boxes[0].x < wide.boxes[1].x && wide.boxes[1].x < wide.boxes[2].x);
  assert.equal(wide.boxes[0].y, wide.boxes[2].y);
  const upright = plan(NODES, LINKS, 390, 600);
  assert.ok(upright.boxes[0].y < upright.boxes[1].y && upright.boxes[1].y < upright.boxes[2].y);
  assert.ok(upright.camera.scale > 0.8, 'what is written stays readable');
});

test('where a map has to be drawn small, its texts grow until they can be read, and nothing overlaps', () => {
  const wall = { ...STYLE, text: 20, small: 18, glyph: 13 };
  for (const [width, height, least, base] of /** @type {const} */ ([
    [386, 376, 12, STYLE], // a phone
    [743, 480, 18, wall], // a projector of 1024 pixels, beside the inspector
    [1020, 440, 18, wall], // the same, the stage alone above a story card
  ])) {
    assert.ok(base.small * plan(NODES, LINKS, width, height, { least: 0, base }).camera.scale < least);
    const { boxes, camera, style } = plan(NODES, LINKS, width, height, { least, base });
    assert.ok(style.small * camera.scale >= least, `${width} x ${height}: ${style.small * camera.scale}`);
    for (const [index, box] of boxes.entries())
      for (const other of boxes.slice(0, index)) assert.ok(!overlap(bounds(box), bounds(other)));
  }
});

test('where texts can be read as they are, they do not grow', () => {
  assert.equal(plan(NODES, LINKS, 1092, 662, { least: 12, base: STYLE }).style.small, STYLE.small);
});

test('a dead-letter queue is below its queue on every host, wherever the scenario forgot to put it', () => {
  const forgotten = NODES.map((found) => ({ ...found, at: null }));
  for (const nodes of [NODES, forgotten]) {
    for (const [width, height] of [
      [1092, 662],
      [390, 420],
    ]) {
      const { boxes } = plan(nodes, LINKS, width, height);
      assert.ok(bounds(boxes[3]).top >= bounds(boxes[1]).bottom);
    }
  }
});

test('without positions, what sends stands left of what receives, and a cycle does no harm', () => {
  const loose = ['a', 'b', 'c', 'd'].map((id) => node(id, 'worker', null));
  const found = places(loose, [link(0, 1), link(1, 2), link(2, 1), link(0, 3)]);
  assert.ok(found[0][0] < found[1][0] && found[1][0] < found[2][0]);
  assert.equal(new Set(found.map(String)).size, 4);
});

test('a single node without a position goes behind what sends to it, into a free row', () => {
  const nodes = [node('a', 'producer', [0, 0]), node('b', 'queue', [1, 0]), node('c', 'queue', null)];
  assert.deepEqual(places(nodes, [link(0, 1), link(0, 2)])[2], [1, 1]);
});

test('no line of a wired system crosses a station', () => {
  const producers = [0, 1, 2, 3].map((row) => node(`p${row}`, 'producer', [0, row]));
  const nodes = [
    ...producers,
    node('q', 'queue', [1, 1.5]),
    node('w', 'worker', [2, 1]),
    node('v', 'worker', [2, 2.4]),
    node('s', 'store', [3, 1]),
  ];
  const links = [
    ...producers.map((_, index) => link(index, 4)),
    link(4, 5, 'poll'),
    link(4, 6, 'poll'),
    link(5, 7),
    link(0, 7),
  ];
  const { boxes, compact } = plan(nodes, links, 1440, 900);
  const hello = { nodes, links, looks: [], prefixes: [] };
  for (const [index, points] of trace(hello, boxes, compact).entries()) {
    const others = boxes.filter((_, place) => place !== links[index].from && place !== links[index].to);
    for (let i = 1; i < points.length; i++) {
      for (const box of others)
        assert.ok(!cuts(points[i - 1], points[i], bounds(box)), `link ${index} crosses a station`);
    }
  }
});

test('lines that arrive at the same edge arrive apart, in the order of where they come from', () => {
  const nodes = [
    node('a', 'producer', [0, 0]),
    node('b', 'producer', [0, 1]),
    node('c', 'producer', [0, 2]),
    node('q', 'queue', [1, 1]),
  ];
  const links = [link(2, 3), link(0, 3), link(1, 3)];
  const { boxes, compact } = plan(nodes, links, 1200, 700);
  const ends = trace({ nodes, links, looks: [], prefixes: [] }, boxes, compact).map(
    (points) => points[points.length - 1],
  );
  assert.ok(ends[1].y < ends[2].y && ends[2].y < ends[0].y);
  const tail = boxes[3].x - boxes[3].body.left;
  assert.equal(ends[2].x, tail);
  assert.ok(ends[0].x > tail && ends[0].x < tail + 20, 'on the round end of the tube the edge gives way');
});

/** @param {import('app/stage/types.js').Rectangle} a @param {import('app/stage/types.js').Rectangle} b */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

test('columns are kept apart where that can be drawn larger, whichever rows their stations are in', () => {
  const grid = /** @type {[number, number][]} */ ([
    [0, 1],
    [1, 0],
    [1, 2],
  ]);
  const half = (/** @type {number} */ x, /** @type {number} */ y) => {
    const body = { left: x, right: x, up: y, down: y };
    return { ...body, body, shape: {} };
  };
  const host = { width: 956, height: 551, top: 30 };
  const tall = spread(grid, [half(150, 130), half(150, 80), half(150, 80)], host, 112);
  assert.ok(tall.slice(1).every((box) => bounds(tall[0]).right < bounds(box).left));
  const wide = spread(grid, [half(400, 30), half(400, 30), half(400, 30)], host, 112);
  assert.ok(wide.slice(1).every((box) => bounds(wide[0]).right > bounds(box).left));
});

test('upright, a band of many stands in several rows where it would be too small in one', () => {
  const nodes = [node('t', 'topic', [0, 0]), ...[0, 1, 2, 3].map((row) => node(`q${row}`, 'queue', [1, row]))];
  const links = [0, 1, 2, 3].map((index) => link(0, index + 1));
  const { boxes, compact } = plan(nodes, links, 390, 420);
  assert.ok(compact);
  const rows = new Set(boxes.slice(1).map(({ y }) => Math.round(y)));
  assert.ok(rows.size > 1, `${rows.size} rows`);
  for (const [index, box] of boxes.entries())
    for (const other of boxes.slice(0, index)) assert.ok(!overlap(bounds(box), bounds(other)));
});

test('five consumers below each other lie down rather than turn a wide map upright', () => {
  const nodes = [
    node('shop', 'producer', [0, 1]),
    node('topic', 'topic', [1, 1]),
    ...[0, 1, 2, 3, 4].map((row) => node(`worker ${row}`, 'worker', [2, row / 2])),
  ];
  const links = [link(0, 1), ...[0, 1, 2, 3, 4].map((row) => link(1, row + 2))];
  const { boxes, compact, style } = plan(nodes, links, 1076, 560, { least: 12, base: STYLE });
  assert.ok(!compact && style.low);
  for (const [index, box] of boxes.entries())
    for (const other of boxes.slice(0, index)) assert.ok(!overlap(bounds(box), bounds(other)));
});
