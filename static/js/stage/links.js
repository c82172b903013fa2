/**
 * The lines between stations, as SVG: tracks, arrowheads for when time stands still, and what is wrong with a line.
 *
 * A partitioned link is broken in the middle, a lossy one dashed, a slow one amber; each also says so in words. In
 * flow mode the width of a line follows what it carries. While dead letters are moved back to the queue they came
 * from, dots stream up the line that they once fell down.
 */

import {
  arrowhead,
  beside,
  bounds,
  path,
  pointAt,
  polyline,
  reversed,
  rounded,
  route,
  short,
} from 'app/stage/geometry.js';
import { ports } from 'app/stage/shapes/index.js';
import { element, say, set } from 'app/stage/shapes/svg.js';
import { BESIDE } from 'app/stage/ways.js';
import { fault, remaining } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Port} Port */
/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/types.js').FaultRow} FaultRow */
/** @typedef {import('app/stage/types.js').Scene} Scene */
/** @typedef {import('app/stage/types.js').Spoke} Spoke */
/**
 * What is on the lines: how much each carries (in flow mode), which to light up (reduced motion), and what each has
 * carried lately too fast to be seen.
 * @typedef {{ flow: Float64Array | null, busy: Set<number>, raced: Float64Array }} Traffic
 */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {import('app/stage/types.js').Rectangle} Rectangle */
/**
 * @typedef {{ group: SVGGElement, lines: SVGPathElement[], arrow: SVGPathElement, gap: SVGGElement,
 *   words: SVGGElement, stream: SVGPathElement | null, width: number }} Parts
 */

const APART = 22; // between two lines that meet a station on the same side
const WIDEST = 5; // times the normal width, for the busiest line
const STREAM_STEP = 18; // pixels between two dots of a stream
const STREAM_FASTEST = 6; // dots per second of virtual time: a faster stream would only flicker
const SECOND = 1_000_000;
const GRAVE = new Set(['partition', 'lose']);
const CLASSES = new Map([
  ['partition', 'is-cut'],
  ['lose', 'is-lossy'],
  ['slow', 'is-slow'],
  ['duplicate', 'is-doubling'],
  ['reorder', 'is-mixing'],
]);

export class Links {
  /** @param {SVGGElement} layer @param {SVGGElement} above  what lies above the stations @param {Hello} hello */
  constructor(layer, above, hello) {
    this.layer = layer;
    this.above = above;
    this.hello = hello;
    this.parts = /** @type {Parts[]} */ ([]);
    this.theme = /** @type {Theme | null} */ (null);
  }

  /**
   * Draws every line anew.
   * @param {Box[]} boxes @param {boolean} compact @param {Theme} theme
   * @returns {Point[][]}  the points of every link, for what travels on it
   */
  lay(boxes, compact, theme) {
    this.theme = theme;
    const drawn = trace(this.hello, boxes, compact);
    const focused = this.parts.findIndex((parts) => parts.group === document.activeElement);
    this.parts = drawn.map((points, index) => this.build(points, index));
    this.layer.replaceChildren(...this.parts.map((parts) => parts.group));
    this.above.replaceChildren(...this.parts.map((parts) => parts.words));
    this.parts[focused]?.group.focus();
    return drawn;
  }

  /** @param {Point[]} points @param {number} index @returns {Parts} */
  build(points, index) {
    const { nodes, links } = this.hello;
    const link = links[index];
    const line = polyline(points);
    const d = path(points);
    const middle = pointAt(line, 0.5);
    const ahead = pointAt(line, 0.55);
    const angle = short((Math.atan2(ahead.y - middle.y, ahead.x - middle.x) * 180) / Math.PI);
    const level = Math.abs(ahead.x - middle.x) >= Math.abs(ahead.y - middle.y);
    const words = this.label(middle, level);
    const gap = element(
      'g',
      { class: 'gap', transform: `translate(${short(middle.x)} ${short(middle.y)}) rotate(${angle})` },
      element('path', { class: 'hole', d: 'M-15 0H15' }),
      element('path', { class: 'stumps', d: 'M-15-9V9M15-9V9' }),
      element('path', { class: 'cross', d: 'M-6-6L6 6M-6 6L6-6' }),
    );
    const back =
      link.kind === 'poll' ? [element('path', { class: 'back', d: path(beside(reversed(line), BESIDE).points) })] : [];
    const lines = [element('path', { class: 'reach', d }), element('path', { class: 'track', d })];
    const stream =
      link.kind === 'dead'
        ? element('path', { class: 'stream', d: path(reversed(line).points), visibility: 'hidden' })
        : null;
    const arrow = element('path', { class: 'arrow', d: arrowhead(line, 8 + (this.theme?.lineWidth ?? 4)) });
    const group = element(
      'g',
      { class: `link is-${link.kind}`, 'data-link': index, tabindex: 0, role: 'button' },
      ...back,
      ...lines,
      ...(stream ? [stream] : []),
      arrow,
      gap,
    );
    group.setAttribute('aria-label', `Link from ${nodes[link.from].title} to ${nodes[link.to].title}`);
    return { group, lines, arrow, gap, words, stream, width: 0 };
  }

  /**
   * The words beside a line, above the stations so that none hides them: room for two faults.
   * @param {Point} middle @param {boolean} level
   * @returns {SVGGElement}
   */
  label(middle, level) {
    const small = this.theme?.smallSize ?? 13;
    const faults = [0, 1].map((row) =>
      element('text', {
        class: 'fault-words',
        x: middle.x + (level ? 0 : 14),
        y: middle.y + (level ? (row - 1) * small * 1.25 - 20 : (row - 0.3) * small * 1.25),
        'text-anchor': level ? 'middle' : 'start',
      }),
    );
    return element('g', { class: 'link-words' }, ...faults);
  }

  /**
   * @param {Scene} scene @param {number | null} selected @param {Traffic} traffic
   * @param {(link: number, width: number) => void} widen
   */
  update({ now, faults, views, reduced }, selected, { flow, busy, raced }, widen) {
    const most = flow ? Math.max(1e-12, ...flow) : 1;
    for (const [index, parts] of this.parts.entries()) {
      const own = faults.filter(([target, place]) => target === 'link' && place === index);
      for (const [name, kind] of CLASSES) {
        parts.group.classList.toggle(
          kind,
          own.some(([, , called]) => called === name),
        );
      }
      parts.group.classList.toggle('is-selected', selected === index);
      parts.group.classList.toggle('is-lit', busy.has(index));
      parts.group.classList.toggle('is-racing', !flow && raced[index] > 0);
      parts.words.classList.toggle('is-warning', own.length > 0 && !own.some(([, , name]) => GRAVE.has(name)));
      const what = own.map(([, , name]) => fault(name)).join(', ');
      const time = own.length ? remaining(Math.max(...own.map(([, , , ends]) => ends)), now) : '';
      const [upper, lower] = parts.words.children;
      say(upper, time ? what : '');
      say(lower, time || what);
      if (parts.stream) this.flowBack(parts.stream, index, views, reduced ? 0 : now);
      set(parts.group, 'aria-label', this.describe(index, own));
      this.width(parts, flow ? 1 + (WIDEST - 1) * Math.sqrt(flow[index] / most) : 1, index, widen);
    }
  }

  /**
   * Dead letters on their way back, one dot per message where the eye can follow.
   * @param {SVGPathElement} stream @param {number} index @param {import('app/stage/types.js').View[]} views
   * @param {number} now
   */
  flowBack(stream, index, views, now) {
    const link = this.hello.links[index];
    const move = views[link.to]?.move ?? null;
    const shown = move !== null && (move[3] === '' || move[3] === this.hello.nodes[link.from].title);
    set(stream, 'visibility', shown ? 'visible' : 'hidden');
    if (!shown) return;
    const perSecond = Math.min(STREAM_FASTEST, move[2] || STREAM_FASTEST);
    set(stream, 'stroke-dashoffset', -Math.round(((now / SECOND) * perSecond * STREAM_STEP) % STREAM_STEP));
  }

  /**
   * Sets the width when it has changed visibly.
   * @param {Parts} parts @param {number} times @param {number} index
   * @param {(link: number, width: number) => void} widen
   */
  width(parts, times, index, widen) {
    const wanted = Math.round((this.theme?.lineWidth ?? 4) * times);
    if (wanted === parts.width || (times > 1 && Math.abs(wanted - parts.width) < 2)) return;
    parts.width = wanted;
    parts.lines[1].style.strokeWidth = times === 1 ? '' : `${wanted}px`;
    widen(index, wanted);
  }

  /** @param {number} index @param {FaultRow[]} faults */
  describe(index, faults) {
    const { nodes, links } = this.hello;
    const link = links[index];
    const wrong = faults.length ? `: ${faults.map(([, , name]) => fault(name)).join(', ')}` : '';
    const kind = link.kind === 'poll' ? ', which asks for messages' : link.kind === 'dead' ? ', for dead letters' : '';
    return `Link from ${nodes[link.from].title} to ${nodes[link.to].title}${kind}${wrong}`;
  }
}

/** The points of every link. @param {Hello} hello @param {Box[]} boxes @param {boolean} compact @returns {Point[][]} */
export function trace(hello, boxes, compact) {
  const spokes = hello.links.map((link, index) => boxes[link.from].spokes?.find((spoke) => spoke.link === index));
  const ends = hello.links.map((link, index) => {
    const [out, into] = [
      ports(hello.nodes[link.from].pattern, boxes[link.from], compact),
      ports(hello.nodes[link.to].pattern, boxes[link.to], compact),
    ];
    const spoke = spokes[index];
    return link.kind === 'dead'
      ? { from: out.fall, to: into.land }
      : {
          from: spoke ? mouth(boxes[link.from], spoke) : out.out,
          to: spoke && !spoke.across && !compact ? into.land : into.in,
        };
  });
  const from = fan(
    hello,
    boxes,
    ends.map((end) => end.from),
    ends.map((end) => end.to),
    (index) => hello.links[index].from,
    (index) => spokes[index]?.room ?? Infinity,
  );
  const to = fan(
    hello,
    boxes,
    ends.map((end) => end.to),
    ends.map((end) => end.from),
    (index) => hello.links[index].to,
  );
  return hello.links.map((link, index) => {
    const others = boxes.filter((_, node) => node !== link.from && node !== link.to).map(bounds);
    const own = [...new Set([link.from, link.to])].map((node) => bounds(boxes[node]));
    const way = route(from[index], to[index], others, own);
    return rounded([...inside(boxes[link.from], spokes[index]), ...way]);
  });
}

/** Where a spoke leaves its station. @param {Box} box @param {Spoke} spoke @returns {Port} */
function mouth(box, { lead, across }) {
  const { x, y } = lead[lead.length - 1];
  return { x: box.x + x, y: box.y + y, across };
}

/** The part of a line that lies within its station. @param {Box} box @param {Spoke | undefined} spoke */
function inside(box, spoke) {
  return (spoke?.lead ?? []).slice(0, -1).map(({ x, y }) => ({ x: box.x + x, y: box.y + y }));
}

/**
 * Lines that meet a station at the same port are spread along its edge, in the order of where they come from.
 * @param {Hello} hello @param {Box[]} boxes @param {Port[]} near @param {Port[]} far
 * @param {(index: number) => number} owner @param {(index: number) => number} [most]  how far apart they may be at most
 * @returns {Port[]}
 */
function fan(hello, boxes, near, far, owner, most = () => Infinity) {
  const moved = [...near];
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (const index of hello.links.keys()) {
    const key = `${owner(index)} ${near[index].x} ${near[index].y}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const across = near[group[0]].across;
    const box = boxes[owner(group[0])];
    const round = box.shape.half ? box.shape.half * 2 : Infinity; // the end of a tube
    const room = across ? box.body.up + box.body.down : Math.min(round, box.body.left + box.body.right);
    const apart = Math.min(APART, (Math.min(room, most(group[0])) * 0.7) / group.length);
    const sorted = [...group].sort((a, b) => (across ? far[a].y - far[b].y : far[a].x - far[b].x) || a - b);
    for (const [place, index] of sorted.entries())
      moved[index] = slide(box, near[index], (place - (group.length - 1) / 2) * apart);
  }
  return moved;
}

/**
 * A port moved along the edge; on the round end of a tube the edge gives way.
 * @param {Box} box @param {Port} port @param {number} by @returns {Port}
 */
function slide(box, port, by) {
  if (!port.across) return { ...port, x: port.x + by };
  const radius = box.shape.half ?? 0;
  const inward = radius > Math.abs(by) ? radius - Math.sqrt(radius * radius - by * by) : 0;
  return { ...port, x: port.x + (port.x < box.x ? inward : -inward), y: port.y + by };
}
