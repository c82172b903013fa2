/**
 * Lines between stations: rounded orthogonal ways that arrive at edges and go round whatever stands in between.
 *
 * Pure functions of boxes. A way is found by trying a handful of candidates (straight, one bend with the crossing
 * lane at several places, round the outside) and keeping the one that crosses the fewest stations and is shortest:
 * enough for diagrams that people can read at all, and always the same for the same input.
 */

/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/types.js').Port} Port */
/** @typedef {import('app/stage/types.js').Rectangle} Rectangle */
/** @typedef {import('app/stage/types.js').Box} Box */

/**
 * A flattened line: its points, the distance of each from the start, and its length.
 * @typedef {{ points: Point[], along: number[], length: number }} Polyline
 */

const CLEARANCE = 16; // between a line and a station it passes
const STUB = 14; // how far a line leaves a station before it may turn
const BEND = 18; // radius of a rounded corner
const LANES = [0.5, 0.3, 0.7, 0.15, 0.85];
const CROSSING_PRICE = 10_000;
const BEND_PRICE = 24;

/**
 * The corners of a way from one port to another.
 *
 * @param {Port} from @param {Port} to @param {Rectangle[]} obstacles  stations in the way, without the two ends
 * @param {Rectangle[]} ends  what the line must not cut through again after it has left: the two ends themselves
 * @returns {Point[]}
 */
export function route(from, to, obstacles, ends = []) {
  const turned = !from.across;
  const start = turned ? flip(from) : from;
  const goal = turned ? flip(to) : to;
  const walls = (turned ? obstacles.map(flipped) : obstacles).map((wall) => grown(wall, 4));
  const own = (turned ? ends.map(flipped) : ends).map((wall) => grown(wall, -2));
  let best = /** @type {Point[]} */ ([]);
  let lowest = Infinity;
  for (const way of candidates(start, goal, [...walls, ...own])) {
    const price = cost(way, walls, own);
    if (price < lowest) [best, lowest] = [way, price];
  }
  return turned ? best.map(flip) : best;
}

/**
 * @param {Point} start @param {Point} goal @param {Rectangle[]} walls
 * @returns {Point[][]}
 */
function candidates(start, goal, walls) {
  const ways = [];
  if (Math.abs(start.y - goal.y) < 1 && goal.x > start.x) ways.push([start, goal]);
  if (goal.x - start.x >= 2 * STUB) {
    for (const part of LANES) {
      const x = Math.min(goal.x - STUB, Math.max(start.x + STUB, start.x + (goal.x - start.x) * part));
      ways.push([start, { x, y: start.y }, { x, y: goal.y }, goal]);
    }
  }
  const lanes = walls.flatMap((wall) => [wall.top - CLEARANCE, wall.bottom + CLEARANCE]);
  if (lanes.length === 0) lanes.push(Math.min(start.y, goal.y) - 3 * CLEARANCE);
  const [out, back] = [start.x + STUB, goal.x - STUB];
  for (const y of lanes) {
    ways.push([start, { x: out, y: start.y }, { x: out, y }, { x: back, y }, { x: back, y: goal.y }, goal]);
  }
  return ways;
}

/** @param {Point[]} way @param {Rectangle[]} walls @param {Rectangle[]} own */
function cost(way, walls, own) {
  let price = (way.length - 2) * BEND_PRICE;
  for (let i = 1; i < way.length; i++) {
    const [a, b] = [way[i - 1], way[i]];
    price += Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    for (const wall of walls) if (cuts(a, b, wall)) price += CROSSING_PRICE;
    const inner = i > 1 && i < way.length - 1;
    if (inner) for (const wall of own) if (cuts(a, b, wall)) price += CROSSING_PRICE;
  }
  return price;
}

/**
 * Whether a level or upright segment runs through a rectangle.
 * @param {Point} a @param {Point} b @param {Rectangle} wall
 */
export function cuts(a, b, wall) {
  return (
    Math.max(a.x, b.x) > wall.left &&
    Math.min(a.x, b.x) < wall.right &&
    Math.max(a.y, b.y) > wall.top &&
    Math.min(a.y, b.y) < wall.bottom
  );
}

/**
 * The same way with its corners rounded, as many short pieces.
 * @param {Point[]} corners @param {number} radius
 * @returns {Point[]}
 */
export function rounded(corners, radius = BEND) {
  const points = [corners[0]];
  for (let i = 1; i < corners.length - 1; i++) {
    const [before, corner, after] = [corners[i - 1], corners[i], corners[i + 1]];
    const reach = Math.min(radius, distance(before, corner) / 2, distance(corner, after) / 2);
    if (reach < 1) continue;
    const enter = towards(corner, before, reach);
    const leave = towards(corner, after, reach);
    for (let step = 0; step <= 6; step++) points.push(curve(enter, corner, leave, step / 6));
  }
  points.push(corners[corners.length - 1]);
  return points;
}

/** @param {Point[]} points @returns {Polyline} */
export function polyline(points) {
  const along = [0];
  for (let i = 1; i < points.length; i++) along.push(along[i - 1] + distance(points[i - 1], points[i]));
  return { points, along, length: along[along.length - 1] };
}

/**
 * The point at a fraction (0 to 1) of a line's length.
 * @param {Polyline} line @param {number} fraction @returns {Point}
 */
export function pointAt(line, fraction) {
  const reach = Math.min(1, Math.max(0, fraction)) * line.length;
  let low = 0;
  let high = line.along.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (line.along[middle] <= reach) low = middle;
    else high = middle;
  }
  const span = line.along[high] - line.along[low];
  const part = span > 0 ? (reach - line.along[low]) / span : 0;
  const [a, b] = [line.points[low], line.points[high]];
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

/**
 * The same line, `offset` to the right of whoever walks along it.
 * @param {Polyline} line @param {number} offset @returns {Polyline}
 */
export function beside(line, offset) {
  if (offset === 0 || line.length === 0) return line;
  return polyline(
    line.points.map((point, i) => {
      const [a, b] = [line.points[Math.max(0, i - 1)], line.points[Math.min(line.points.length - 1, i + 1)]];
      const length = distance(a, b) || 1;
      return { x: point.x - ((b.y - a.y) / length) * offset, y: point.y + ((b.x - a.x) / length) * offset };
    }),
  );
}

/** @param {Polyline} line @returns {Polyline} */
export function reversed(line) {
  return polyline([...line.points].reverse());
}

/**
 * A line as `steps` evenly spaced rows of x, y, and the unit normal: what the shader and the raster look positions up
 * in.
 * @param {Polyline} line @param {number} steps @param {Float32Array} into @param {number} offset
 */
export function tabulate(line, steps, into, offset) {
  for (let i = 0; i < steps; i++) {
    const here = pointAt(line, i / (steps - 1));
    const a = pointAt(line, (i - 0.5) / (steps - 1));
    const b = pointAt(line, (i + 0.5) / (steps - 1));
    const length = distance(a, b) || 1;
    into.set([here.x, here.y, -(b.y - a.y) / length, (b.x - a.x) / length], offset + i * 4);
  }
}

/** The `d` of an SVG path along points. @param {Point[]} points */
export function path(points) {
  return points.map((point, i) => `${i ? 'L' : 'M'}${short(point.x)} ${short(point.y)}`).join('');
}

/** An arrowhead with its tip at the end of a line. @param {Polyline} line @param {number} size */
export function arrowhead(line, size) {
  const tip = line.points[line.points.length - 1];
  const tail = pointAt(line, line.length > 0 ? 1 - size / line.length : 0);
  const length = distance(tail, tip) || 1;
  const [dx, dy] = [((tip.x - tail.x) / length) * size, ((tip.y - tail.y) / length) * size];
  const wings = [
    { x: tip.x - dx - dy * 0.6, y: tip.y - dy + dx * 0.6 },
    { x: tip.x - dx + dy * 0.6, y: tip.y - dy - dx * 0.6 },
  ];
  return `${path([wings[0], tip, wings[1]])}Z`;
}

/** All a station covers. @param {Box} box @returns {Rectangle} */
export function bounds(box) {
  return { left: box.x - box.left, top: box.y - box.up, right: box.x + box.right, bottom: box.y + box.down };
}

/** @param {Point} a @param {Point} b */
export function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** @param {number} value */
export function short(value) {
  return Math.round(value * 10) / 10;
}

/** @param {Point} point @returns {Point} */
function flip(point) {
  return { x: point.y, y: point.x };
}

/** @param {Rectangle} wall @returns {Rectangle} */
function flipped(wall) {
  return { left: wall.top, top: wall.left, right: wall.bottom, bottom: wall.right };
}

/** @param {Rectangle} wall @param {number} by @returns {Rectangle} */
function grown(wall, by) {
  return { left: wall.left - by, top: wall.top - by, right: wall.right + by, bottom: wall.bottom + by };
}

/** @param {Point} from @param {Point} to @param {number} reach @returns {Point} */
function towards(from, to, reach) {
  const part = reach / (distance(from, to) || 1);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/**
 * A point of the quadratic Bézier curve.
 * @param {Point} a @param {Point} b @param {Point} c @param {number} t @returns {Point}
 */
function curve(a, b, c, t) {
  const s = 1 - t;
  return { x: s * s * a.x + 2 * s * t * b.x + t * t * c.x, y: s * s * a.y + 2 * s * t * b.y + t * t * c.y };
}
