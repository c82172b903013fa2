/**
 * Where stations stand: grid places become pixels, at any size of the host.
 *
 * Two arrangements are tried, each with longer and shorter tubes: *spread* (columns left to right, for wide hosts)
 * and *stack* (bands from the top down, for a phone held upright). The one that can be drawn largest wins; ties go to
 * the longer tubes. Where the whole map has to be drawn so small that its texts could not be read, texts grow against
 * the rest of it. A dead-letter queue stands below its queue in both. Pure functions: sizes come in, boxes and a
 * camera go out.
 */

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').LinkSpec} LinkSpec */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Camera} Camera */
/** @typedef {[number, number]} Place */
/**
 * The room there is; `top`: what of it the legend takes; `least`: how small a text may be drawn, in pixels.
 * @typedef {{ width: number, height: number, top?: number, least?: number }} Host
 */
/** @typedef {{ boxes: Box[], camera: Camera, compact: boolean, style: Style }} Plan */

const SLOTS = [10, 8, 7, 6, 5, 4];
const LARGEST = 1.5; // a small diagram on a large wall is not blown up further than this
const COMFORT = 1; // scale above which longer tubes are worth more than larger drawing
const MARGIN = 0.024; // of the host's width, within limits
const ARRANGEMENTS = [
  { compact: false, flat: false, across: 112, abreast: 0, price: 0 },
  { compact: false, flat: false, across: 68, abreast: 0, price: 0.07 }, // short lines leave little to see of what travels
  { compact: false, flat: false, across: 46, abreast: 0, price: 0.14 },
  { compact: false, flat: true, across: 96, abreast: 0, price: 0.05 },
  { compact: false, flat: true, low: true, across: 68, abreast: 0, price: 0.1 }, // many below each other
  { compact: false, flat: true, low: true, across: 46, abreast: 0, price: 0.17 },
  { compact: true, flat: true, across: 0, abreast: Infinity, price: 0 },
  { compact: true, flat: true, across: 0, abreast: 2, price: 0.04 }, // a band of many in several rows
  { compact: true, flat: true, across: 0, abreast: 1, price: 0.08 },
];
const GROWTH = [1, 1.06, 1.12, 1.18, 1.25, 1.35, 1.5, 1.65, 1.8]; // of texts
const ILLEGIBLE = { any: 0.1, all: 2 }; // price of texts a little too small, and of texts of no size at all
const HOPELESS = 0.8; // of the least size
const UPRIGHT = 0.8; // price of the stacked arrangement on a wide host
const LINE = 12; // pixels round a line that must be in sight
const GAP = { widest: 230, down: 34, tallest: 84, band: 28, beside: 22 };

/**
 * The best plan for a host of this size.
 * @param {Place[]} places  column and row of each node
 * @param {LinkSpec[]} links
 * @param {(style: Style) => Size[]} measure  the size of every node in a given style
 * @param {Host} host
 * @param {Style} base
 * @returns {Plan}
 */
export function fit(places, links, measure, host, base) {
  let best = /** @type {Plan | null} */ (null);
  let highest = -Infinity;
  const least = host.least ?? 0;
  // People read a wide picture from left to right; an upright one they read from the top down as gladly.
  const upright = UPRIGHT * Math.min(1, Math.max(0, (host.width / host.height - 0.9) / 0.7));
  for (const grown of GROWTH) {
    for (const { compact, flat, low, across, abreast, price } of ARRANGEMENTS) {
      if (compact && abreast < Infinity && host.width > host.height * 1.2) continue; // there is room beside each other
      for (const slots of SLOTS) {
        const style = { ...base, text: base.text * grown, small: base.small * grown, compact, flat, low, slots };
        const sizes = measure(style);
        const boxes = compact ? stack(places, links, sizes, host, abreast) : spread(places, sizes, host, across);
        const camera = frame(boxes, host);
        const lacking = Math.max(0, 1 - smallest(style, camera) / Math.max(1, least));
        const illegible = lacking > 0 ? ILLEGIBLE.any + lacking * ILLEGIBLE.all : 0;
        const cost = (compact ? upright : price) + illegible;
        const score = Math.min(camera.scale, COMFORT) + camera.scale * 0.05 + slots * 0.02 - cost;
        if (score > highest) [best, highest] = [{ boxes, camera, compact, style }, score];
      }
    }
    if (grown > 1 || !best) continue;
    const size = smallest(best.style, best.camera);
    // Nothing to gain where texts can be read, and where no growth would make them so.
    if (size >= least || size * GROWTH[GROWTH.length - 1] < least * HOPELESS) break;
  }
  return /** @type {Plan} */ (best);
}

/** The size of the smallest text as it is drawn. @param {Style} style @param {Camera} camera */
function smallest(style, camera) {
  return style.small * camera.scale;
}

/**
 * Columns from left to right, those of different rows under each other or all apart, whichever can be drawn larger.
 * Gaps grow into the room that the host has left over.
 * @param {Place[]} places @param {Size[]} sizes @param {Host} host
 * @param {number} across  the least gap between columns
 * @returns {Box[]}
 */
export function spread(places, sizes, host, across) {
  const room = inner(host);
  const fits = [false, true].map((apart) => {
    const gaps = { across, down: GAP.down, apart };
    const { width, height } = extent(grid(places, sizes, gaps));
    return { gaps, width, height, scale: Math.min(room.width / width, room.height / height, LARGEST) };
  });
  const { gaps, width, height, scale } = fits[1].scale > fits[0].scale ? fits[1] : fits[0];
  const columns = new Set(places.map(([column]) => column)).size - 1;
  const rows = new Set(places.map(([, row]) => row)).size - 1;
  const wider = Math.max(0, room.width / scale - width) / Math.max(1, columns);
  const taller = Math.max(0, room.height / scale - height) / Math.max(1, rows);
  return grid(places, sizes, {
    across: Math.min(GAP.widest, gaps.across + wider),
    down: Math.min(GAP.tallest, gaps.down + taller),
    apart: gaps.apart,
  });
}

/**
 * Bands from the top down, each centred; a dead-letter queue goes into the band below its queue, on the left.
 * @param {Place[]} places @param {LinkSpec[]} links @param {Size[]} sizes @param {Host} host
 * @param {number} [abreast]  how many stand beside each other at most
 * @returns {Box[]}
 */
export function stack(places, links, sizes, host, abreast = Infinity) {
  const columns = [...new Set(places.map(([column]) => column))].sort((a, b) => a - b);
  const dead = new Map(links.filter((link) => link.kind === 'dead').map((link) => [link.to, link.from]));
  /** @param {number} node @returns {number} */
  const band = (node) => {
    const source = dead.get(node);
    if (source === undefined || dead.has(source)) return places[node][0];
    return columns.find((column) => column > places[source][0]) ?? places[source][0] + 1;
  };
  /** @type {Map<number, number[]>} */
  const bands = new Map();
  for (const node of places.keys()) bands.set(band(node), [...(bands.get(band(node)) ?? []), node]);
  const ordered = [...bands.entries()].sort(([a], [b]) => a - b).map(([, nodes]) => nodes);
  /** @param {number} node */
  const order = (node) => (dead.has(node) ? -1000 : 0) + places[node][1];
  for (const nodes of ordered) nodes.sort((a, b) => order(a) - order(b) || a - b);
  const rows = ordered.flatMap((nodes) => broken(nodes, abreast));
  const tight = banded(rows, sizes, GAP.band);
  const { width, height } = extent(tight);
  const room = inner(host);
  const scale = Math.min(room.width / width, room.height / height, LARGEST);
  const spare = Math.max(0, room.height / scale - height) / Math.max(1, rows.length - 1);
  return banded(rows, sizes, Math.min(GAP.tallest, GAP.band + spare));
}

/** A band in rows of at most so many. @param {number[]} nodes @param {number} abreast */
function broken(nodes, abreast) {
  if (nodes.length <= abreast) return [nodes];
  return Array.from({ length: Math.ceil(nodes.length / abreast) }, (_, i) =>
    nodes.slice(i * abreast, (i + 1) * abreast),
  );
}

/** @param {number[][]} bands @param {Size[]} sizes @param {number} gap @returns {Box[]} */
function banded(bands, sizes, gap) {
  const boxes = /** @type {Box[]} */ ([]);
  let top = 0;
  for (const nodes of bands) {
    const width = nodes.reduce(
      (sum, node) => sum + sizes[node].left + sizes[node].right,
      GAP.beside * (nodes.length - 1),
    );
    const rise = Math.max(...nodes.map((node) => sizes[node].up));
    let left = -width / 2;
    for (const node of nodes) {
      boxes[node] = { ...sizes[node], x: left + sizes[node].left, y: top + rise };
      left += sizes[node].left + sizes[node].right + GAP.beside;
    }
    top += rise + Math.max(...nodes.map((node) => sizes[node].down)) + gap;
  }
  return boxes;
}

/**
 * Columns first, kept apart where two nodes share a row, or all of them; then rows, kept apart where two nodes overlap
 * sideways.
 * @param {Place[]} places @param {Size[]} sizes @param {{ across: number, down: number, apart: boolean }} gaps
 * @returns {Box[]}
 */
function grid(places, sizes, gaps) {
  const xs = axis(
    places.map(([column]) => column),
    sizes.map((size) => size.left),
    sizes.map((size) => size.right),
    (a, b) => gaps.apart || Math.abs(places[a][1] - places[b][1]) < 0.75,
    gaps.across,
    60,
  );
  const ys = axis(
    places.map(([, row]) => row),
    sizes.map((size) => size.up),
    sizes.map((size) => size.down),
    (a, b) =>
      xs[a] - sizes[a].left < xs[b] + sizes[b].right + 20 && xs[b] - sizes[b].left < xs[a] + sizes[a].right + 20,
    gaps.down,
    50,
  );
  return sizes.map((size, node) => ({ ...size, x: xs[node], y: ys[node] }));
}

/**
 * One coordinate per node: nodes of equal value line up, and no two that `meet` come closer than the gap.
 * @param {number[]} values @param {number[]} before @param {number[]} after
 * @param {(a: number, b: number) => boolean} meet @param {number} gap
 * @param {number} unit  least distance of a whole step
 * @returns {number[]}
 */
function axis(values, before, after, meet, gap, unit) {
  const steps = [...new Set(values)].sort((a, b) => a - b);
  const members = steps.map((step) => values.flatMap((value, node) => (value === step ? [node] : [])));
  const at = /** @type {number[]} */ ([]);
  for (const [j, step] of steps.entries()) {
    at[j] = 0;
    for (let i = 0; i < j; i++) {
      let need = (step - steps[i]) * unit;
      for (const a of members[i])
        for (const b of members[j]) if (meet(a, b)) need = Math.max(need, after[a] + gap + before[b]);
      at[j] = Math.max(at[j], at[i] + need);
    }
  }
  return values.map((value) => at[steps.indexOf(value)]);
}

/**
 * The camera that shows all boxes, and the lines that go round them, as large as sensible, in the middle.
 * @param {Box[]} boxes @param {Host} host @param {import('app/stage/types.js').Point[]} [lines]
 * @returns {Camera}
 */
export function frame(boxes, host, lines = []) {
  const spots = lines.map(({ x, y }) => ({ x, y, left: LINE, right: LINE, up: LINE, down: LINE }));
  const { left, top, width, height } = extent([...boxes, ...spots]);
  const room = inner(host);
  const scale = Math.max(0.05, Math.min(room.width / width, room.height / height, LARGEST));
  return {
    scale,
    x: room.left + (room.width - width * scale) / 2 - left * scale,
    y: room.top + (room.height - height * scale) / 2 - top * scale,
  };
}

/**
 * The place of every node: as the scenario says, or found from the links.
 * @param {NodeSpec[]} nodes @param {LinkSpec[]} links @param {any} [dagre]  the library, once it is loaded
 * @returns {Place[]}
 */
export function places(nodes, links, dagre) {
  if (nodes.every((node) => node.at !== null)) return nodes.map((node) => /** @type {Place} */ (node.at));
  const found = nodes.every((node) => node.at === null) ? automatic(nodes, links, dagre) : partial(nodes, links);
  for (const link of links) {
    if (link.kind === 'dead' && nodes[link.to].at === null)
      found[link.to] = free([found[link.from][0], found[link.from][1] + 1], found, link.to);
  }
  return found;
}

/** @param {NodeSpec[]} nodes @param {LinkSpec[]} links @param {any} dagre @returns {Place[]} */
function automatic(nodes, links, dagre) {
  const flow = links.filter((link) => link.kind !== 'dead' && link.from !== link.to);
  const dead = new Set(links.filter((link) => link.kind === 'dead').map((link) => link.to));
  const shown = [...nodes.keys()].filter(
    (node) => !dead.has(node) || flow.some((link) => link.from === node || link.to === node),
  );
  const found = /** @type {Place[]} */ (nodes.map(() => [-1000, -1000]));
  if (!dagre) {
    const ranks = layers(nodes.length, flow);
    for (const node of shown) found[node] = free([ranks[node], 0], found, node);
    return found;
  }
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 1, ranksep: 1, edgesep: 1 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of shown) graph.setNode(String(node), { width: 1, height: 1 });
  for (const [index, link] of flow.entries()) graph.setEdge(String(link.from), String(link.to), {}, String(index));
  dagre.layout(graph);
  const columns = [...new Set(shown.map((node) => Math.round(graph.node(String(node)).x)))].sort((a, b) => a - b);
  for (const node of shown) {
    const { x, y } = graph.node(String(node));
    found[node] = [columns.indexOf(Math.round(x)), y / 2];
  }
  return found;
}

/**
 * A node without a place goes one column after its sources, or one before its targets.
 * @param {NodeSpec[]} nodes @param {LinkSpec[]} links @returns {Place[]}
 */
function partial(nodes, links) {
  const found = /** @type {Place[]} */ (nodes.map((node) => node.at ?? [-1000, -1000]));
  for (const [node, spec] of nodes.entries()) {
    if (spec.at !== null) continue;
    const sources = links
      .filter((link) => link.to === node && found[link.from][0] > -1000)
      .map((link) => found[link.from]);
    const targets = links
      .filter((link) => link.from === node && found[link.to][0] > -1000)
      .map((link) => found[link.to]);
    const [column, row] = sources[0]
      ? [sources[0][0] + 1, sources[0][1]]
      : targets[0]
        ? [targets[0][0] - 1, targets[0][1]]
        : [0, 0];
    found[node] = free([column, row], found, node);
  }
  return found;
}

/**
 * The first free row at or below a place.
 * @param {Place} place @param {Place[]} taken @param {number} self @returns {Place}
 */
function free([column, row], taken, self) {
  while (taken.some(([x, y], node) => node !== self && x === column && Math.abs(y - row) < 0.75)) row += 1;
  return [column, row];
}

/**
 * Longest distance of each node from a source; a cycle is cut at the link that closes it.
 * @param {number} size @param {LinkSpec[]} links
 * @returns {number[]}
 */
function layers(size, links) {
  const rank = /** @type {number[]} */ (Array(size).fill(0));
  const state = /** @type {('open' | 'done' | undefined)[]} */ (Array(size).fill(undefined));
  const sorted = /** @type {number[]} */ ([]); // every node before those it sends to
  const kept = /** @type {LinkSpec[]} */ ([]);
  /** @param {number} node */
  const visit = (node) => {
    if (state[node]) return;
    state[node] = 'open';
    for (const link of links) {
      if (link.from !== node || state[link.to] === 'open') continue;
      kept.push(link);
      visit(link.to);
    }
    state[node] = 'done';
    sorted.unshift(node);
  };
  const sources = [...rank.keys()].filter((node) => !links.some((link) => link.to === node));
  for (const node of [...sources, ...rank.keys()]) visit(node);
  for (const node of sorted) {
    for (const link of kept) if (link.from === node) rank[link.to] = Math.max(rank[link.to], rank[node] + 1);
  }
  return rank;
}

/** @param {(import('app/stage/types.js').Extent & { x: number, y: number })[]} boxes */
function extent(boxes) {
  if (boxes.length === 0) return { left: 0, top: 0, width: 1, height: 1 };
  const left = Math.min(...boxes.map((box) => box.x - box.left));
  const top = Math.min(...boxes.map((box) => box.y - box.up));
  return {
    left,
    top,
    width: Math.max(...boxes.map((box) => box.x + box.right)) - left,
    height: Math.max(...boxes.map((box) => box.y + box.down)) - top,
  };
}

/** What is left within the margins. @param {Host} host */
function inner(host) {
  const margin = Math.min(28, Math.max(10, host.width * MARGIN));
  const top = (host.top ?? 0) + margin * 0.7;
  return {
    left: margin,
    top,
    width: Math.max(40, host.width - 2 * margin),
    height: Math.max(40, host.height - top - margin * 0.8),
  };
}
