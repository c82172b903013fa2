/**
 * What tells message groups (or tenants) apart: a pattern of strokes, a short name, and their state in words.
 *
 * The colour of a message is its type for life, so a group is never a colour: it is a pattern on the capsule *and* a
 * name below it. Which pattern follows from the name alone wherever it can, so that a group keeps its own although the
 * server lists others beside it a moment later.
 */

/** @typedef {[name: string, waiting: number, inflight: number, state: number]} Group */
/** @typedef {[x1: number, y1: number, x2: number, y2: number]} Stroke  within a circle of radius 1 */

export const HELD = 1;
export const NOISY = 2;
export const BLOCKED = 4;

/** @type {Stroke[][]} */
export const MOTIFS = [
  [-0.45, 0, 0.45].map((x) => [x, -reach(x), x, reach(x)]),
  [-0.45, 0, 0.45].map((y) => [-reach(y), y, reach(y), y]),
  [
    [-0.62, 0.62, 0.62, -0.62],
    [-0.86, 0.1, 0.1, -0.86],
    [-0.1, 0.86, 0.86, -0.1],
  ],
  [
    [0, -0.88, 0, 0.88],
    [-0.88, 0, 0.88, 0],
  ],
  [
    [-0.36, -0.3, -0.36, -0.3],
    [0.36, -0.3, 0.36, -0.3],
    [0, 0.4, 0, 0.4],
  ],
  [
    [-0.62, -0.62, 0.62, 0.62],
    [-0.86, -0.1, 0.1, 0.86],
    [-0.1, -0.86, 0.86, 0.1],
  ],
  [
    [-0.62, -0.62, 0.62, 0.62],
    [-0.62, 0.62, 0.62, -0.62],
  ],
  [
    [-0.6, 0.25, 0, -0.45],
    [0, -0.45, 0.6, 0.25],
  ],
];

/** Half the length of a chord at this distance from the middle. @param {number} away */
function reach(away) {
  return Math.sqrt(1 - away * away) * 0.92;
}

/**
 * The pattern of each group, by its place in the list; no two of eight share one.
 * @param {string[]} names @returns {number[]}
 */
export function motifsOf(names) {
  const taken = new Set();
  const chosen = new Map();
  for (const name of [...names].sort()) {
    let motif = mix(name) % MOTIFS.length;
    while (taken.has(motif) && taken.size < MOTIFS.length) motif = (motif + 1) % MOTIFS.length;
    taken.add(motif);
    chosen.set(name, motif);
  }
  return names.map((name) => chosen.get(name));
}

/** @param {string} name */
function mix(name) {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) mixed = Math.imul(mixed ^ name.charCodeAt(i), 0x01000193);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** A pattern as the path of an SVG. @param {number} motif @param {number} radius */
export function strokesOf(motif, radius) {
  const at = (/** @type {number} */ part) => Math.round(part * radius * 10) / 10;
  return (MOTIFS[motif] ?? []).map(([x1, y1, x2, y2]) => `M${at(x1)} ${at(y1)}L${at(x2)} ${at(y2)}`).join('');
}

/**
 * A name in at most so many letters: of "customer-12" the part that tells it from the others, "12".
 * @param {string} name @param {number} letters
 */
export function shortName(name, letters) {
  if (name.length <= letters) return name;
  const tail = name.split(/[-_:#/.\s]+/).pop() ?? '';
  if (tail && tail.length <= letters) return tail;
  if (letters < 2) return (tail || name).slice(0, 1);
  return letters < 4 ? name.slice(0, letters) : `${name.slice(0, letters - 1)}…`;
}

/** The state of a group in a few words; "" if there is nothing to say. @param {number} state */
export function groupState(state) {
  const found = [];
  if (state & BLOCKED) found.push('blocked');
  else if (state & HELD) found.push('held');
  if (state & NOISY) found.push('noisy');
  return found.join(', ');
}

/**
 * Groups in an order that stays: by name, numbers by their value.
 * @param {Group[]} groups @returns {{ group: Group, motif: number }[]}
 */
export function ordered(groups) {
  const motifs = motifsOf(groups.map(([name]) => name));
  return groups
    .map((group, index) => ({ group, motif: motifs[index] }))
    .sort((a, b) => a.group[0].localeCompare(b.group[0], 'en', { numeric: true }));
}
