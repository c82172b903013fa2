/**
 * The page of the drawing benchmark: the same ten thousand messages on their way, drawn in one of four manners.
 *
 * Ours are the stage's own modules; the peers are what one would write first: a circle of SVG per message, or an arc
 * on a canvas.
 */

import { openDots } from 'app/stage/crowd.js';
import { Hops } from 'app/stage/hops.js';
import { Ways } from 'app/stage/ways.js';

const MOVING = 10_000;
const LINKS = 30;
const SECOND = 1_000_000;
const SIZE = { width: 1600, height: 900 };
const CAMERA = { scale: 1, x: 0, y: 0 };
const COLOURS = ['#4c78a8', '#f58518', '#54a24b', '#e45756', '#72b7b2', '#b279a2', '#ff9da6', '#9d755d'];
const THEME = { rgb: COLOURS.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))) };
const SVG = 'http://www.w3.org/2000/svg';

const layer = /** @type {HTMLElement} */ (document.querySelector('main'));
let seed = 1;

/** The same numbers each time. */
function random() {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

/** Links from left to right, each with a bend. */
function lay() {
  const ways = new Ways();
  const point = (/** @type {number} */ from, /** @type {number} */ to) => ({
    x: from + random() * (to - from),
    y: 30 + random() * (SIZE.height - 60),
  });
  ways.lay(Array.from({ length: LINKS }, () => [point(30, 500), point(500, 1000), point(1000, 1570)]));
  return ways;
}

/** Hops that begin at `now`; the first ones began up to their whole travel earlier, so that all is in full flow. */
function send(hops, now, count, early) {
  const batch = { count, weight: 1, id: [], leave: [], arrive: [], link: [], back: [], look: [], flags: [] };
  for (let i = 0; i < count; i++) {
    const travel = (0.6 + 0.8 * random()) * SECOND;
    const leave = now - (early ? random() * travel : 0);
    batch.id.push((hops.head + i) * 256);
    batch.leave.push(leave);
    batch.arrive.push(leave + travel);
    batch.link.push(Math.floor(random() * LINKS));
    batch.back.push(i & 1);
    batch.look.push(i & 7);
    batch.flags.push(0);
  }
  hops.add(batch);
}

/** Circles of SVG, one for each message in motion. */
function circles() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', String(SIZE.width));
  svg.setAttribute('height', String(SIZE.height));
  layer.append(svg);
  const pool = [];
  return {
    name: 'svg',
    draw(hops, now, ways) {
      const places = hops.moving(now);
      while (pool.length < places.length) {
        const circle = document.createElementNS(SVG, 'circle');
        circle.setAttribute('r', '2.4');
        pool.push(svg.appendChild(circle));
      }
      for (const [i, circle] of pool.entries()) {
        if (i >= places.length) circle.setAttribute('display', 'none');
        else {
          const at = places[i];
          const { x, y } = ways.at(hops.way[at], hops.fraction(at, now));
          circle.setAttribute('transform', `translate(${x} ${y})`);
          circle.setAttribute('fill', COLOURS[hops.look[at] & 7]);
          circle.removeAttribute('display');
        }
      }
    },
    destroy: () => svg.remove(),
  };
}

/** Arcs on a canvas, one for each message in motion. */
function arcs() {
  const canvas = Object.assign(document.createElement('canvas'), SIZE);
  layer.append(canvas);
  const pen = canvas.getContext('2d');
  return {
    name: 'canvas',
    draw(hops, now, ways) {
      pen.clearRect(0, 0, SIZE.width, SIZE.height);
      for (const at of hops.moving(now)) {
        const { x, y } = ways.at(hops.way[at], hops.fraction(at, now));
        pen.fillStyle = COLOURS[hops.look[at] & 7];
        pen.beginPath();
        pen.arc(x, y, 2.4, 0, 2 * Math.PI);
        pen.fill();
      }
    },
    destroy: () => canvas.remove(),
  };
}

/** @param {boolean} hardware */
async function ours(hardware) {
  const dots = await openDots(layer, hardware);
  dots.resize(SIZE.width, SIZE.height);
  return {
    name: dots.name,
    draw: (hops, now, ways) => dots.draw(hops, now, CAMERA, ways, THEME),
    destroy: () => dots.destroy(),
  };
}

const MANNERS = { webgl2: () => ours(true), raster: () => ours(false), canvas: arcs, svg: circles };
let running = null;

/** Begin to draw; every hop that arrives is followed by another. @param {keyof typeof MANNERS} manner */
window.begin = async (manner) => {
  seed = 1;
  const painter = await MANNERS[manner]();
  const [ways, hops] = [lay(), new Hops()];
  const began = performance.now();
  send(hops, 0, MOVING, true);
  running = { frames: 0 };
  const flow = new Float64Array(LINKS);
  const draw = () => {
    if (!running) return painter.destroy();
    const now = (performance.now() - began) * 1000;
    hops.retire(now);
    send(hops, now, MOVING - hops.census(now, flow), false);
    painter.draw(hops, now, ways);
    running.frames++;
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  return painter.name;
};

/** How many frames were drawn so far. */
window.count = () => running.frames;

window.end = () => {
  running = null;
};
