/**
 * The order in which the states of one scope come: loops cut open, ranks by the longest path, and who stands beside
 * whom.
 *
 * A layered drawing after Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
 * structures" (1981). An edge that passes a rank has a place in it; edges to the same state share one, so that the
 * catch edges of many states become one line. Pure and deterministic: ties go to the state that comes first.
 */

export const CATCH = 3;

/** @typedef {{ from: number, to: number, kind: number, edge: number }} Arc  states by their place in the scope; `edge`: its index in the chart */
/**
 * What stands in a rank: a state (`node`), or an edge on its way (`node` -1).
 * @typedef {{ node: number, rank: number }} Item
 */
/** @typedef {{ from: number, to: number, weight: number }} Segment  items of two ranks that follow each other */
/**
 * @typedef {{ items: Item[], layers: number[][], segments: Segment[], ways: Map<Arc, number[]>, back: Arc[], rank: number[] }} Layers
 *   `ways`: the items that an edge leads through, from its state to its target; `back`: edges that lead upwards
 */

const SWEEPS = 12;

/** @param {number} size  how many states @param {Arc[]} arcs @param {number} start @returns {Layers} */
export function layered(size, arcs, start) {
  const back = closing(size, arcs, start);
  const forward = arcs.filter((arc) => !back.has(arc));
  const rank = longest(size, forward);
  const items = rank.map((at, node) => ({ node, rank: at }));
  const ways = new Map();
  const segments = /** @type {Segment[]} */ ([]);
  const known = new Map();
  /** @type {(from: number, to: number, kind: number) => void} */
  const join = (from, to, kind) => {
    const key = `${from} ${to}`;
    const passing = items[from].node < 0 && items[to].node < 0;
    const weight = kind === CATCH ? 0.01 : passing ? 6 : kind === 0 ? 10 : 4;
    const before = known.get(key);
    if (before) before.weight = Math.max(before.weight, weight);
    else {
      const made = { from, to, weight };
      known.set(key, made);
      segments.push(made);
    }
  };
  const passages = new Map();
  for (const arc of forward) {
    const way = [arc.from];
    for (let at = rank[arc.from] + 1; at < rank[arc.to]; at++) {
      const key = `${arc.to} ${arc.kind === CATCH} ${at}`;
      if (!passages.has(key)) passages.set(key, items.push({ node: -1, rank: at }) - 1);
      way.push(passages.get(key));
    }
    way.push(arc.to);
    for (let i = 1; i < way.length; i++) join(way[i - 1], way[i], arc.kind);
    ways.set(arc, way);
  }
  return { items, layers: ordered(items, segments, start), segments, ways, back: [...back], rank };
}

/**
 * The edges that close a loop: they lead to a state from which the search is still on its way.
 * @param {number} size @param {Arc[]} arcs @param {number} start
 */
function closing(size, arcs, start) {
  const found = /** @type {Set<Arc>} */ (new Set());
  const state = new Uint8Array(size); // 1: on the way, 2: done
  const out = Array.from({ length: size }, () => /** @type {Arc[]} */ ([]));
  // What goes on normally comes first: a handler of errors that leads back is what closes the loop.
  for (const arc of [...arcs].sort((a, b) => Number(a.kind === CATCH) - Number(b.kind === CATCH)))
    out[arc.from].push(arc);
  for (const root of [start, ...state.keys()]) {
    if (root < 0 || state[root]) continue;
    const path = [{ node: root, next: 0 }];
    state[root] = 1;
    while (path.length) {
      const here = path[path.length - 1];
      const arc = out[here.node][here.next++];
      if (!arc) {
        state[here.node] = 2;
        path.pop();
      } else if (state[arc.to] === 1) found.add(arc);
      else if (!state[arc.to]) {
        state[arc.to] = 1;
        path.push({ node: arc.to, next: 0 });
      }
    }
  }
  return found;
}

/** @param {number} size @param {Arc[]} arcs  without loops @returns {number[]} */
function longest(size, arcs) {
  const rank = Array(size).fill(0);
  const waits = Array(size).fill(0);
  for (const { to } of arcs) waits[to]++;
  const ready = [...rank.keys()].filter((node) => waits[node] === 0);
  for (const node of ready) {
    for (const { from, to } of arcs) {
      if (from !== node) continue;
      rank[to] = Math.max(rank[to], rank[node] + 1);
      if (--waits[to] === 0) ready.push(to);
    }
  }
  return rank;
}

/**
 * Items by rank, so that few lines cross: sweeps by barycentre, of which the best is kept.
 * @param {Item[]} items @param {Segment[]} segments @param {number} start @returns {number[][]}
 */
function ordered(items, segments, start) {
  const depth = Math.max(0, ...items.map(({ rank }) => rank + 1));
  let layers = Array.from({ length: depth }, () => /** @type {number[]} */ ([]));
  for (const item of followed(items.length, segments, start)) layers[items[item].rank].push(item);
  const up = items.map(() => /** @type {number[]} */ ([]));
  const down = items.map(() => /** @type {number[]} */ ([]));
  for (const { from, to } of segments) {
    down[from].push(to);
    up[to].push(from);
  }
  let best = layers;
  let fewest = crossings(layers, down);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const downwards = sweep % 2 === 0;
    layers = layers.map((layer) => [...layer]);
    const at = places(layers, items.length);
    const ranks = [...layers.keys()];
    for (const rank of downwards ? ranks : ranks.reverse()) {
      layers[rank] = sorted(layers[rank], downwards ? up : down, at);
      for (const [place, item] of layers[rank].entries()) at[item] = place;
    }
    const found = crossings(layers, down);
    if (found < fewest) [best, fewest] = [layers, found];
  }
  return best;
}

/**
 * Items in the order in which one comes to them: what goes well first, so that errors are handled on the right.
 * @param {number} size @param {Segment[]} segments @param {number} start
 */
function followed(size, segments, start) {
  const out = Array.from({ length: size }, () => /** @type {Segment[]} */ ([]));
  for (const segment of segments) out[segment.from].push(segment);
  for (const ways of out) ways.sort((a, b) => Number(a.weight < 1) - Number(b.weight < 1));
  const found = /** @type {Set<number>} */ (new Set());
  for (const root of [start, ...out.keys()]) {
    const path = [root];
    for (let item = path.pop(); item !== undefined; item = path.pop()) {
      if (found.has(item)) continue;
      found.add(item);
      for (const { to } of [...out[item]].reverse()) path.push(to);
    }
  }
  return found;
}

/** One rank in the order of the middles of its neighbours. @param {number[]} layer @param {number[][]} beside @param {number[]} at */
function sorted(layer, beside, at) {
  const middle = new Map(
    layer.map((item, place) => {
      const around = beside[item];
      return [item, around.length ? around.reduce((sum, other) => sum + at[other], 0) / around.length : place];
    }),
  );
  return layer
    .map((item, place) => ({ item, place, middle: middle.get(item) ?? 0 }))
    .sort((a, b) => a.middle - b.middle || a.place - b.place)
    .map(({ item }) => item);
}

/** How many pairs of lines cross. @param {number[][]} layers @param {number[][]} down */
export function crossings(layers, down) {
  const at = places(layers, down.length);
  let sum = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((item, place) => down[item].map((to) => [place, at[to]]));
    for (let i = 0; i < ends.length; i++)
      for (let j = i + 1; j < ends.length; j++) if ((ends[i][0] - ends[j][0]) * (ends[i][1] - ends[j][1]) < 0) sum++;
  }
  return sum;
}

/** @param {number[][]} layers @param {number} size */
function places(layers, size) {
  const at = Array(size).fill(0);
  for (const layer of layers) for (const [place, item] of layer.entries()) at[item] = place;
  return at;
}
