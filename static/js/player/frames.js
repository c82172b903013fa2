/**
 * Reads what a run sends: the shapes of its messages, and a frame's hops as typed arrays.
 *
 * A frame's hops travel as columns of small integers (docs/PROTOCOL.md, `frame`), several times smaller than objects and
 * about a hundred times quicker to decode. They stay columns on the page: the stage copies them into its ring as they are.
 * Nothing that comes off the wire is trusted: a frame of another shape is refused with a sentence that says why.
 */

/** @typedef {"running" | "paused" | "past" | "replaying" | "finished"} Mode */
/**
 * `rate` is the speed of this moment, `asked` the one that was set (for `steady`).
 * @typedef {{kind: "follow" | "steady", rate: number, asked?: number, slowed: boolean, skipping: string}} Pace
 */
/** @typedef {[time: number, level: string, node: number, message: number, sentence: string]} LogRow */
/** @typedef {[target: "node" | "link", index: number, name: string, until: number]} Fault */
/** @typedef {[time: number, kind: string, text: string, count: number]} Mark */
/** @typedef {{question: string, answers: string[], right: number, because: string}} Question */
/** @typedef {{n: number, node: number, message: number, title: string, say: string, ask: Question | null}} Beat */
/** @typedef {{version: number, start: number, states: [string, string, number, number][], edges: [number, number, number, string][]}} Chart what a state machine consists of */
/** @typedef {Record<string, any>} View what a node shows of itself; its shape depends on the pattern */

/**
 * @typedef {object} NodeFacts
 * @property {string} id
 * @property {string} title
 * @property {string} pattern
 * @property {string} role
 * @property {string} kind
 * @property {[number, number] | null} at
 * @property {{neutral: string, aws: string}} names
 * @property {string} sentence
 */
/** @typedef {{id: string, from: number, to: number, kind: "send" | "poll" | "dead"}} LinkFacts */
/** @typedef {{key: string, node: number, title: string, unit: string, with: string[]}} ChartFacts */

/**
 * @typedef {object} Hello
 * @property {"hello"} type
 * @property {number} protocol
 * @property {string} run
 * @property {string} title
 * @property {string[]} may
 * @property {number} length
 * @property {number | null} begins µs since 1970; null: the run has no date
 * @property {number} seed
 * @property {NodeFacts[]} nodes
 * @property {LinkFacts[]} links
 * @property {string[]} looks
 * @property {string[]} prefixes
 * @property {boolean} story
 * @property {ChartFacts[]} charts
 */

/** @typedef {number | number[]} Column */
/**
 * @typedef {object} HopColumns
 * @property {number} weight
 * @property {Column} serial
 * @property {Column} origin
 * @property {Column} link
 * @property {Column} look
 * @property {Column} leave
 * @property {Column} travel
 */

/**
 * @typedef {object} Frame
 * @property {"frame"} type
 * @property {number} n
 * @property {boolean} key
 * @property {number} from
 * @property {number} to
 * @property {Mode} mode
 * @property {Pace} pace
 * @property {number} furthest
 * @property {HopColumns | null} [hops]
 * @property {[number, number][]} [counts]
 * @property {Record<string, View>} [views]
 * @property {Record<string, Chart>} [charts] of the nodes that have one: only when it is another than before, and in key frames
 * @property {Fault[] | null} [faults]
 * @property {string[] | null} [looks]
 * @property {LogRow[]} [log]
 * @property {number} [unlogged]
 * @property {Beat | null} [beat]
 */

/** @typedef {[key: string, title: string, state: string, time: number | null, message: number, node: number, sentence: string]} Guarantee */
/** @typedef {{type: "history", furthest: number, series: Record<string, (number | null)[]>, marks: Mark[], guarantees: Guarantee[]}} History */
/** @typedef {[from: number, to: number | null, node: number, state: string, message: number]} Span */
/**
 * @typedef {object} Found
 * @property {"found"} type
 * @property {string} query
 * @property {[id: number, label: string, type: string, time: number, state: string][]} messages
 * @property {number} more
 * @property {number} searched records that were looked through
 * @property {number} records
 */
/**
 * @typedef {object} Journey
 * @property {"journey"} type
 * @property {number} message
 * @property {string} label
 * @property {string} what
 * @property {boolean} complete
 * @property {LogRow[]} steps
 * @property {Span[]} spans
 * @property {[id: number, label: string][]} line the messages whose stays are shown, in the order in which they were made
 */
/** @typedef {{type: "error", code: string, message: string, cure: string, about: string}} Refusal */

/**
 * @typedef {object} Hops
 * @property {number} count
 * @property {Float64Array} id
 * @property {Uint16Array} link
 * @property {Uint8Array} back
 * @property {Uint16Array} look
 * @property {Uint8Array} flags
 * @property {Float64Array} leave
 * @property {Float64Array} arrive
 * @property {number} weight
 */

/** What the bits of a message's flags say. */
export const FLAGS = Object.freeze({ retried: 1, duplicate: 2, poison: 4, lost: 8, reply: 16, refused: 32 });

const ORIGINS = 256;
const TICK = 100;
const FLAG_STATES = 64;
const COLUMNS = /** @type {const} */ (['serial', 'origin', 'link', 'look', 'leave', 'travel']);
const MODES = ['running', 'paused', 'past', 'replaying', 'finished'];

/**
 * A frame's hops with their times in microseconds since the start of the run.
 * `serial` and `leave` come as differences; `leave` and `travel` in ticks of 100 µs, `leave` counted from `from`.
 * @param {Frame} frame
 * @returns {Hops}
 */
export function decodeHops(frame) {
  const columns = frame.hops ?? null;
  const count = columns === null ? 0 : rows(columns);
  const hops = {
    count,
    id: new Float64Array(count),
    link: new Uint16Array(count),
    back: new Uint8Array(count),
    look: new Uint16Array(count),
    flags: new Uint8Array(count),
    leave: new Float64Array(count),
    arrive: new Float64Array(count),
    weight: columns?.weight ?? 1,
  };
  if (columns === null) return hops;
  const { serial, origin, link, look, leave, travel } = columns;
  let number = 0;
  let ticks = 0;
  for (let i = 0; i < count; i += 1) {
    number += typeof serial === 'number' ? serial : serial[i];
    ticks += typeof leave === 'number' ? leave : leave[i];
    const line = typeof link === 'number' ? link : link[i];
    const glyph = typeof look === 'number' ? look : look[i];
    hops.id[i] = number * ORIGINS + (typeof origin === 'number' ? origin : origin[i]);
    hops.link[i] = line >> 1;
    hops.back[i] = line & 1;
    hops.look[i] = Math.floor(glyph / FLAG_STATES);
    hops.flags[i] = glyph % FLAG_STATES;
    hops.leave[i] = frame.from + ticks * TICK;
    hops.arrive[i] = hops.leave[i] + (typeof travel === 'number' ? travel : travel[i]) * TICK;
  }
  return hops;
}

/**
 * How many hops the columns hold: the length of any list among them; one hop when every column is a single number.
 * @param {HopColumns} columns
 */
function rows(columns) {
  for (const name of COLUMNS) {
    const column = columns[name];
    if (Array.isArray(column)) return column.length;
  }
  return 1;
}

/**
 * Why `message` is not a frame this page can show, or "" when it is one.
 * @param {any} message
 * @returns {string}
 */
export function problemOf(message) {
  if (!Number.isInteger(message.n)) return 'a frame without a number';
  const name = `frame ${message.n}`;
  if (!isTime(message.from) || !isTime(message.to) || message.from > message.to) return `${name} has no span of time`;
  if (!MODES.includes(message.mode)) return `${name} has the unknown mode ${JSON.stringify(message.mode)}`;
  if (typeof message.pace?.rate !== 'number') return `${name} has no pace`;
  if (message.views != null && typeof message.views !== 'object') return `${name} has views that are not a table`;
  if (message.log != null && !Array.isArray(message.log)) return `${name} has a log that is not a list`;
  return message.hops == null ? '' : problemOfHops(message.hops, name);
}

/**
 * @param {any} hops
 * @param {string} name
 */
function problemOfHops(hops, name) {
  let count = -1;
  for (const column of COLUMNS) {
    const values = hops[column];
    if (typeof values === 'number') continue;
    if (!Array.isArray(values)) return `${name} lacks the column ${column} of its hops`;
    if (count >= 0 && values.length !== count) return `${name} has columns of hops of different lengths`;
    count = values.length;
  }
  return '';
}

/** @param {unknown} value */
function isTime(value) {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
