/**
 * What the run has told this page, filed by virtual time: views, faults, log, marks, journeys.
 *
 * One of the two places in which the page keeps state (the other is the playhead). The playhead runs a little behind
 * the newest frame, so a view is not shown when it arrives but when its time has come: `viewsAt` answers with the views
 * in force at a moment. Everything is bounded, also while the tab is hidden and nothing is drawn: a window of views per
 * node, 500 log lines, a handful of journeys. A key frame replaces all of it but the history (docs/PROTOCOL.md, `frame`).
 */

/** @typedef {import("app/player/frames.js").Beat} Beat */
/** @typedef {import("app/player/frames.js").Chart} Chart */
/** @typedef {import("app/player/frames.js").Fault} Fault */
/** @typedef {import("app/player/frames.js").Frame} Frame */
/** @typedef {import("app/player/frames.js").Hello} Hello */
/** @typedef {import("app/player/frames.js").History} History */
/** @typedef {import("app/player/frames.js").Journey} Journey */
/** @typedef {import("app/player/frames.js").LogRow} LogRow */
/** @typedef {import("app/player/frames.js").Mode} Mode */
/** @typedef {import("app/player/frames.js").Pace} Pace */
/** @typedef {import("app/player/frames.js").View} View */

/** @typedef {{order: number, time: number, level: string, node: number, message: number, sentence: string, gap?: boolean}} Line */

const WINDOW = 128;
const LINES = 500;
const JOURNEYS = 6;

/**
 * Values by the time from which they hold, oldest first, in a bounded window.
 * @template T
 */
export class Track {
  constructor() {
    /** @type {number[]} */
    this.times = [];
    /** @type {T[]} */
    this.values = [];
  }

  /**
   * @param {number} time not earlier than the one before
   * @param {T} value
   */
  put(time, value) {
    this.times.push(time);
    this.values.push(value);
    if (this.times.length > WINDOW) this.cut(1);
  }

  /**
   * The value in force at `now`; before the first one, the first: a page that has just come knows nothing earlier.
   * @param {number} now
   * @returns {T | null}
   */
  at(now) {
    let index = this.times.length - 1;
    while (index > 0 && this.times[index] > now) index -= 1;
    return index < 0 ? null : this.values[index];
  }

  /**
   * Forget what can't be asked for any more: everything before the value in force at `now`.
   * @param {number} now
   */
  forget(now) {
    let old = 0;
    while (old + 1 < this.times.length && this.times[old + 1] <= now) old += 1;
    if (old > 0) this.cut(old);
  }

  /** @param {number} count */
  cut(count) {
    this.times.splice(0, count);
    this.values.splice(0, count);
  }
}

export class Timeline {
  /** @param {Hello} hello */
  constructor(hello) {
    this.hello = hello;
    this.frame = -1;
    /** @type {Mode} */
    this.mode = 'paused';
    /** @type {Pace} */
    this.pace = { kind: 'follow', rate: 0, slowed: false, skipping: '' };
    this.furthest = 0;
    this.newest = 0;
    this.weight = 1;
    this.looks = [...hello.looks];
    /** @type {Line[]} newest last */
    this.lines = [];
    /** @type {Track<View>[]} */
    this.views = hello.nodes.map(() => new Track());
    /** @type {(Chart | null)[]} the chart that each node was drawn from last */
    this.charts = hello.nodes.map(() => null);
    /** @type {Track<Fault[]>} */
    this.faults = new Track();
    /** @type {{at: number, card: Beat} | null} */
    this.beat = null;
    /** @type {History} */
    this.history = { type: 'history', furthest: 0, series: { time: [] }, marks: [], guarantees: [] };
    /** @type {Map<number, Journey>} in the order in which they were asked for */
    this.journeys = new Map();
    /** @type {(View | null)[]} */
    this.shown = hello.nodes.map(() => null);
    this.written = 0;
  }

  /**
   * File one frame. `shown` is the moment the page shows now: nothing earlier will be asked for again.
   * @param {Frame} frame
   * @param {number} shown
   * @returns {"key" | "next" | "gap"} "gap": a number is missing, and the page needs a key frame
   */
  file(frame, shown) {
    const gap = !frame.key && frame.n !== this.frame + 1;
    if (frame.key) this.clear();
    this.frame = frame.n;
    this.mode = frame.mode;
    this.pace = frame.pace;
    this.furthest = Math.max(frame.furthest ?? 0, frame.to);
    this.newest = frame.to;
    this.weight = frame.hops?.weight ?? 1;
    if (frame.looks) this.looks = frame.looks;
    this.fileViews(frame, shown);
    this.fileLog(frame);
    this.fileBeat(frame);
    return frame.key ? 'key' : gap ? 'gap' : 'next';
  }

  clear() {
    for (const track of this.views) track.cut(track.times.length);
    this.faults.cut(this.faults.times.length);
    this.lines = [];
    this.beat = null;
  }

  /**
   * @param {Frame} frame
   * @param {number} shown
   */
  fileViews(frame, shown) {
    for (const [index, chart] of Object.entries(frame.charts ?? {})) {
      // Of the same version it is the same, and whoever has drawn it need not do so again.
      if (this.charts[Number(index)]?.version !== chart.version) this.charts[Number(index)] = chart;
    }
    for (const [index, view] of Object.entries(frame.views ?? {})) {
      const track = this.views[Number(index)];
      if (track === undefined) continue;
      const chart = this.charts[Number(index)];
      if (chart && view.chart === chart.version) view.graph = chart;
      if (!frame.key) track.forget(shown);
      track.put(frame.to, view);
    }
    if (!frame.faults) return;
    if (!frame.key) this.faults.forget(shown);
    this.faults.put(frame.to, frame.faults);
  }

  /** @param {Frame} frame */
  fileLog(frame) {
    for (const [time, level, node, message, sentence] of frame.log ?? []) {
      this.write({ order: 0, time, level, node, message, sentence });
    }
    const unlogged = frame.unlogged ?? 0;
    if (unlogged > 0) {
      const lines = unlogged === 1 ? '1 more line is' : `${unlogged.toLocaleString('en')} more lines are`;
      const sentence = `${lines} left out here: too much happened at once.`;
      this.write({ order: 0, time: frame.to, level: 'info', node: -1, message: 0, sentence, gap: true });
    }
    if (this.lines.length > LINES) this.lines.splice(0, this.lines.length - LINES);
  }

  /** @param {Line} line */
  write(line) {
    this.written += 1;
    line.order = this.written;
    this.lines.push(line);
  }

  /**
   * A card holds from the frame that brought it; it stays while the run stands where the card stopped it.
   * @param {Frame} frame
   */
  fileBeat(frame) {
    if (frame.beat) {
      const same = !frame.key && this.beat?.card.n === frame.beat.n;
      this.beat = { at: same && this.beat !== null ? this.beat.at : frame.to, card: frame.beat };
    } else if (this.beat !== null && (frame.to !== this.beat.at || isMoving(frame.mode))) this.beat = null;
  }

  /**
   * The view of each node in force at `now`, or null for a node that has not shown itself yet.
   * The list is reused from call to call.
   * @param {number} now
   */
  viewsAt(now) {
    for (let index = 0; index < this.views.length; index += 1) this.shown[index] = this.views[index].at(now);
    return this.shown;
  }

  /**
   * The faults active at `now`.
   * @param {number} now
   * @returns {Fault[]}
   */
  faultsAt(now) {
    return this.faults.at(now) ?? [];
  }

  /**
   * The story card to show at `now`, or null.
   * @param {number} now
   */
  beatAt(now) {
    return this.beat !== null && now >= this.beat.at ? this.beat.card : null;
  }

  /** @param {History} history */
  fileHistory(history) {
    this.history = history;
    this.furthest = Math.max(this.furthest, history.furthest);
  }

  /**
   * Keep a journey, new or grown; the oldest beyond a handful goes.
   * @param {Journey} journey
   */
  fileJourney(journey) {
    const known = this.journeys.has(journey.message);
    this.journeys.set(journey.message, journey);
    if (known || this.journeys.size <= JOURNEYS) return;
    const [oldest] = this.journeys.keys();
    this.journeys.delete(oldest);
  }

  /** @param {string} permission */
  may(permission) {
    return this.hello.may.includes(permission);
  }
}

/**
 * Whether time passes in this mode.
 * @param {Mode} mode
 */
export function isMoving(mode) {
  return mode === 'running' || mode === 'replaying';
}
