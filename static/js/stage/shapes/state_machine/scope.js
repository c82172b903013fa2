/**
 * One scope of a chart laid out: its states in ranks from the top down, in one column or several, and the lines between
 * them.
 *
 * Lines run upright beside states and level in the gaps between ranks, so that none can run through a state. What leads
 * back up runs at the side. A chart that would be too tall is folded like the text of a newspaper: the line at the foot
 * of a column goes on at the head of the next. Pure functions in coordinates of their own.
 */

import { folded } from 'app/stage/shapes/state_machine/folding.js';
import { beside, stacked } from 'app/stage/shapes/state_machine/lanes.js';
import { CATCH, layered } from 'app/stage/shapes/state_machine/ranks.js';
import { spaced } from 'app/stage/shapes/state_machine/spacing.js';

/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/shapes/state_machine/ranks.js').Arc} Arc */
/** @typedef {import('app/stage/shapes/state_machine/ranks.js').Layers} Layers */
/** @typedef {import('app/stage/shapes/state_machine/lanes.js').Run} Run */
/** @typedef {import('app/stage/shapes/state_machine/lanes.js').Upright} Upright */
/** The size of a state; `sharp`: lines meet it at its tips only. @typedef {{ width: number, height: number, sharp: boolean }} Form */
/**
 * `across` and `down`: least gaps; `lane`: between two lines; `tallest`: above it a scope is folded; `entry`: the way
 * into the first state; `label` and `letter`: width and height of what is written at an edge, 0 for nothing.
 * @typedef {{ across: number, down: number, lane: number, tallest: number, entry: number, label: (edge: number) => number, letter: number }} Room
 */
/** @typedef {{ x: number, y: number, width: number, height: number }} Place  left upper corner and size */
/** @typedef {{ edge: number, points: Point[], label: Point | null }} Wire */
/** @typedef {{ width: number, height: number, places: Place[], wires: Wire[], start: Point }} Piece */
/** @typedef {Upright & { ends: number[] }} Asked  `ends`: the states that a loop joins */
/** @typedef {{ gap: string, to: number }} Turn */
/** @typedef {{ arc: Arc, x: number, turns: Turn[], runs: (Run | null)[], spot: { x: number, gap: string } | null }} Route */

const RISE = 8; // of a line below a state before it turns
const LANDING = 15; // and above the next one, with the arrowhead
const NEARER = 0.8; // how much nearer the left side must be for a loop to run there
const CENTRED = 26; // of a rank: what is that much lower than its tallest stands in its middle

/** @param {Form[]} forms @param {Arc[]} arcs @param {number} start @param {Room} room @returns {Piece} */
export function scope(forms, arcs, start, room) {
  const layers = layered(forms.length, arcs, start);
  const heights = layers.layers.map((layer) =>
    Math.max(0, ...layer.map((item) => forms[layers.items[item].node]?.height ?? 0)),
  );
  const passing = heights.map(
    (_, rank) => new Set(layers.segments.filter(({ to }) => layers.items[to].rank === rank).map(({ to }) => to)).size,
  );
  for (const { from, to } of layers.back)
    for (let at = layers.rank[to] + 1; at <= layers.rank[from]; at++) passing[at]++;
  const column = folded(heights, passing, room);
  const plan = new Plan(forms, layers, heights, column, room);
  plan.stand();
  const routes = arcs.map((arc) => plan.route(arc));
  return plan.piece(routes, start);
}

class Plan {
  /** @param {Form[]} forms @param {Layers} layers @param {number[]} heights @param {number[]} column @param {Room} room */
  constructor(forms, layers, heights, column, room) {
    this.forms = forms;
    this.layers = layers;
    this.heights = heights;
    this.column = column;
    this.room = room;
    this.columns = (column[column.length - 1] ?? 0) + 1;
    this.x = /** @type {number[]} */ ([]);
    this.back = new Set(layers.back);
    this.uprights = /** @type {Map<string, Asked>} */ (new Map());
    this.labels = this.written();
    this.width = 0;
  }

  /** How much is written right of each item: at the first thing that an edge comes to. */
  written() {
    const found = new Map();
    for (const [arc, way] of this.layers.ways) {
      const wide = this.room.label(arc.edge);
      if (wide) found.set(way[1], Math.max(found.get(way[1]) ?? 0, wide + 10));
    }
    return found;
  }

  /** Gives every item its x, column by column, and the uprights beside them theirs. */
  stand() {
    const { layers, room } = this;
    for (const arc of [...layers.back, ...layers.ways.keys()]) this.claim(arc);
    for (let column = 0; column < this.columns; column++) {
      const ranks = [...layers.layers.keys()].filter((rank) => this.column[rank] === column);
      const at = spaced(
        ranks.map((rank) => layers.layers[rank]),
        layers.segments,
        this.lines(column),
        (left, right) => this.half(left, 1) + this.gap(left, right) + this.half(right, -1),
      );
      for (const [item, x] of at) this.x[item] = x;
      /** @type {(side: 1 | -1) => number[]} */
      const edges = (side) =>
        layers.layers.map((layer, rank) => {
          const reach = layer.map((item) => side * (this.x[item] ?? 0) + this.half(item, side));
          return ranks.includes(rank) ? side * Math.max(...reach) : side * -Infinity;
        });
      const [rights, lefts] = [edges(1), edges(-1)];
      const own = [...this.uprights.values()].filter((one) => one.column === column);
      for (const upright of own) upright.side = this.side(upright, rights, lefts);
      beside(own, rights, lefts, room.lane * 1.6);
      const shift = this.width + (column ? room.across * 0.8 : 0) - Math.min(...lefts);
      for (const item of at.keys()) this.x[item] += shift;
      for (const upright of own) upright.x += shift;
      this.width = Math.max(...rights) + shift;
    }
  }

  /** On which side a loop runs up: the nearer one. @param {Asked} upright @param {number[]} rights @param {number[]} lefts */
  side({ first, last, ends }, rights, lefts) {
    if (!ends.length) return 1;
    const right = Math.max(...rights.slice(first, last + 1)) - Math.max(...ends.map((node) => this.x[node]));
    const left = Math.min(...ends.map((node) => this.x[node])) - Math.min(...lefts.slice(first, last + 1));
    return left < right * NEARER ? -1 : 1;
  }

  /** The lines that pass ranks of a column without stopping. @param {number} column */
  lines(column) {
    const found = new Map();
    for (const [arc, way] of this.layers.ways) {
      const passing = way.slice(1, -1).filter((item) => this.column[this.layers.items[item].rank] === column);
      const key = `${arc.to} ${arc.kind === CATCH}`;
      if (passing.length > (found.get(key)?.length ?? 1)) found.set(key, passing);
    }
    return [...found.values()];
  }

  /** Half the width of an item; to the right it has room for what is written there. @param {number} item @param {1 | -1} side */
  half(item, side) {
    const { node } = this.layers.items[item];
    const own = node < 0 ? 1 : this.forms[node].width / 2;
    return side > 0 ? Math.max(own, this.labels.get(item) ?? 0) : own;
  }

  /** @param {number} left @param {number} right */
  gap(left, right) {
    const passing = [left, right].filter((item) => this.layers.items[item].node < 0).length;
    return passing === 2 ? this.room.lane * 1.5 : passing === 1 ? this.room.across * 0.6 : this.room.across;
  }

  /** Asks for the uprights that an edge needs. @param {Arc} arc */
  claim(arc) {
    const { rank, items, ways } = this.layers;
    const way = ways.get(arc);
    if (way) {
      for (let i = 1; i < way.length; i++) {
        const from = this.column[items[way[i - 1]].rank];
        if (this.column[items[way[i]].rank] === from) continue;
        this.upright(`on ${arc.to} ${arc.kind === CATCH} ${from}`, from, this.first(from), this.last(from), 0);
      }
      return;
    }
    const [below, above] = [this.column[rank[arc.from]], this.column[rank[arc.to]]];
    const aside = this.room.label(arc.edge) ? this.room.label(arc.edge) + 6 : 0;
    if (below === above) {
      this.upright(`back ${arc.to} ${below}`, below, rank[arc.to], rank[arc.from], aside, [arc.from, arc.to]);
    } else {
      this.upright(`back ${arc.to} ${below}`, below, this.first(below), rank[arc.from], aside);
      if (rank[arc.to] > this.first(above))
        this.upright(`back ${arc.to} ${above}`, above, this.first(above), rank[arc.to] - 1, 0);
    }
  }

  /** @param {string} key @param {number} column @param {number} first @param {number} last @param {number} aside @param {number[]} ends */
  upright(key, column, first, last, aside, ends = []) {
    const known = this.uprights.get(key);
    if (!known) this.uprights.set(key, { column, first, last, x: 0, side: 1, aside, ends });
    else {
      known.ends.push(...ends);
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
      known.aside = Math.max(known.aside, aside);
    }
  }

  /** @param {number} column */
  first(column) {
    return this.column.indexOf(column);
  }

  /** @param {number} column */
  last(column) {
    return this.column.lastIndexOf(column);
  }

  /** @param {number} rank */
  above(rank) {
    return rank === this.first(this.column[rank]) ? 'top' : `${rank}`;
  }

  /** @param {number} rank */
  below(rank) {
    return rank === this.last(this.column[rank]) ? `foot ${this.column[rank]}` : `${rank + 1}`;
  }

  /** @param {string} key */
  beside(key) {
    return /** @type {Asked} */ (this.uprights.get(key)).x;
  }

  /** The turns of an edge from its state to its target. @param {Arc} arc @returns {Route} */
  route(arc) {
    const way = this.layers.ways.get(arc);
    return way ? this.onward(arc, way) : this.upward(arc);
  }

  /** @param {Arc} arc @param {number[]} way @returns {Route} */
  onward(arc, way) {
    const { items } = this.layers;
    const straight = this.column[items[way[0]].rank] === this.column[items[way[1]].rank];
    let x = this.leave(arc, straight ? way[1] : -1);
    const route = /** @type {Route} */ ({ arc, x, turns: [], runs: [], spot: null });
    for (let i = 1; i < way.length; i++) {
      const [rank, next] = [items[way[i - 1]].rank, items[way[i]].rank];
      const label = i === 1 ? this.room.label(arc.edge) : 0;
      const goal = this.arrive(way[i], x, label, arc.kind === CATCH);
      if (this.column[rank] !== this.column[next]) {
        const key = `on ${arc.to} ${arc.kind === CATCH} ${this.column[rank]}`;
        route.turns.push({ gap: this.below(rank), to: this.beside(key) });
        x = this.x[way[i]];
        route.turns.push({ gap: 'top', to: x });
      } else {
        route.turns.push({ gap: `${next}`, to: goal });
        x = goal;
      }
      if (label) route.spot = { x: x + 8, gap: this.above(next) };
    }
    return route;
  }

  /** @param {Arc} arc @returns {Route} */
  upward(arc) {
    const { rank } = this.layers;
    const [from, to] = [rank[arc.from], rank[arc.to]];
    const [below, above] = [this.column[from], this.column[to]];
    const goal = this.x[arc.to];
    const side = this.beside(`back ${arc.to} ${below}`);
    const turns = [{ gap: this.below(from), to: side }];
    if (below === above) turns.push({ gap: this.above(to), to: goal });
    else if (to === this.first(above)) turns.push({ gap: 'top', to: goal });
    else turns.push({ gap: 'top', to: this.beside(`back ${arc.to} ${above}`) }, { gap: this.above(to), to: goal });
    const spot = this.room.label(arc.edge) ? { x: side + 8, gap: this.above(from) } : null;
    return { arc, x: this.leave(arc, -1), turns, runs: [], spot };
  }

  /** Where an edge leaves its state: where it need not turn, if it can. @param {Arc} arc @param {number} next  the item it goes to, or -1 */
  leave(arc, next) {
    const form = this.forms[arc.from];
    const middle = this.x[arc.from];
    if (arc.kind === CATCH) return middle + form.width * 0.32;
    if (next < 0 || form.sharp) return middle;
    const goal = this.x[next];
    if (Math.abs(this.arrive(next, middle, this.room.label(arc.edge)) - middle) < 0.5) return middle;
    return Math.abs(goal - middle) <= form.width * 0.22 ? goal : middle;
  }

  /**
   * Where an edge that comes from `x` meets an item: where it need not turn, if it can; else in its middle, or right of
   * it if it brings an error.
   * @param {number} item @param {number} x @param {number} [label]  how wide its label is @param {boolean} [caught]
   */
  arrive(item, x, label = 0, caught = false) {
    const { node } = this.layers.items[item];
    const middle = this.x[item];
    if (node < 0 || this.forms[node].sharp) return middle;
    const { width } = this.forms[node];
    const turned = middle + (caught && !label ? width * 0.26 : 0);
    if (label && x - middle + label + 6 > this.half(item, 1)) return turned;
    return Math.abs(x - middle) <= width / 2 - 12 ? x : turned;
  }

  /** @param {Route[]} routes @param {number} start @returns {Piece} */
  piece(routes, start) {
    const { gaps, spots } = this.lay(routes);
    const tops = /** @type {number[]} */ ([]);
    const floors = /** @type {number[]} */ ([]); // where the gap above each rank begins
    let height = 0;
    const upper = Math.max(this.room.entry, this.deep(gaps.get('top') ?? 0, spots.has('top'), 0));
    for (const [rank, tall] of this.heights.entries()) {
      const first = this.above(rank) === 'top';
      const before = first ? 0 : tops[rank - 1] + this.heights[rank - 1];
      const gap = first ? upper : this.deep(gaps.get(`${rank}`) ?? 0, spots.has(`${rank}`), this.room.down);
      floors[rank] = before;
      tops[rank] = before + gap;
      const below = this.below(rank);
      const foot = below.startsWith('foot') && gaps.get(below) ? RISE + (gaps.get(below) ?? 0) * this.room.lane : 0;
      height = Math.max(height, tops[rank] + tall + foot);
    }
    /** @type {(gap: string, lane: number) => number} */
    const level = (gap, lane) => {
      if (gap.startsWith('foot')) {
        const rank = this.last(Number(gap.slice(5)));
        return tops[rank] + this.heights[rank] + RISE + lane * this.room.lane;
      }
      const rank = gap === 'top' ? 0 : Number(gap);
      const many = gaps.get(gap) ?? 0;
      const letter = spots.has(gap) ? this.room.letter : 0;
      return tops[rank] - LANDING - letter - (many - 1 - lane) * this.room.lane;
    };
    const places = this.forms.map((form, node) => {
      const rank = this.layers.rank[node];
      const spare = this.heights[rank] - form.height;
      const y = tops[rank] + (spare < CENTRED ? spare / 2 : 0);
      return { x: this.x[node] - form.width / 2, y, width: form.width, height: form.height };
    });
    const wires = routes.map((route) => this.wire(route, places, tops, level));
    return { width: this.width, height, places, wires, start: { x: this.x[start] ?? 0, y: places[start]?.y ?? 0 } };
  }

  /** How deep a gap is. @param {number} lanes @param {boolean} written @param {number} least */
  deep(lanes, written, least) {
    const letter = written ? this.room.letter : 0;
    return Math.max(least + letter * 0.6, lanes ? RISE + (lanes - 1) * this.room.lane + LANDING + letter : 0);
  }

  /** Turns become runs, and runs get their lanes. @param {Route[]} routes */
  lay(routes) {
    const byGap = /** @type {Map<string, Run[]>} */ (new Map());
    for (const route of routes) {
      let { x } = route;
      for (const { gap, to } of route.turns) {
        const run = Math.abs(to - x) < 0.5 ? null : { gap, a: x, b: to, lane: 0 };
        route.runs.push(run);
        if (!run) continue;
        byGap.set(gap, [...(byGap.get(gap) ?? []), run]);
        x = to;
      }
    }
    const gaps = new Map([...byGap].map(([gap, runs]) => [gap, stacked(runs)]));
    return { gaps, spots: new Set(routes.flatMap(({ spot }) => (spot ? [spot.gap] : []))) };
  }

  /** @param {Route} route @param {Place[]} places @param {number[]} tops @param {(gap: string, lane: number) => number} level @returns {Wire} */
  wire({ arc, x, turns, runs, spot }, places, tops, level) {
    const from = places[arc.from];
    const points = [{ x, y: from.y + from.height }];
    let at = x;
    for (const [i, { to }] of turns.entries()) {
      const run = runs[i];
      if (!run) continue;
      const y = level(run.gap, run.lane);
      points.push({ x: at, y }, { x: to, y });
      at = to;
    }
    points.push({ x: at, y: places[arc.to].y });
    const floor = spot && (spot.gap === 'top' ? tops[0] : tops[Number(spot.gap)]);
    return { edge: arc.edge, points, label: spot && floor !== null ? { x: spot.x, y: floor - 5 } : null };
  }
}
