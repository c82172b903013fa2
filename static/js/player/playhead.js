/**
 * Where this page is: the moment it shows, and what its reader looks at.
 *
 * The second of the two places in which the page keeps state. Frames arrive about every 50 ms, unevenly; each is a slice
 * of virtual time from `from` to `to`. The playhead plays every slice over a stretch of wall time: as long as frames
 * are apart on average, about 120 ms behind their arrival, so that motion is even although the network is not. The page
 * that lags less shows it jerking, the page that lags more answers late to "pause".
 * It never shows a moment beyond the newest frame's `to`, stops on it exactly when the run stops, and never goes back
 * except at a jump (a seek, or a key frame). Pure: whoever calls it says what the wall clock shows, in milliseconds.
 */

/** @typedef {{start: number, end: number, from: number, to: number}} Stretch a slice of virtual time on the wall clock */

const LAG = 120;
const LONGEST_LAG = 800;
const USUAL_GAP = 50;
const IDLE = 600;
const STEP = 320;
const PULL = 0.15;
const STRETCHES = 64;

export class Playhead {
  constructor() {
    this.now = 0;
    this.newest = 0;
    /** @type {number | null} index of the node that is selected */
    this.node = null;
    /** @type {number | null} index of the link that is selected */
    this.link = null;
    /** @type {number | null} id of the message that is followed */
    this.followed = null;
    /** @type {number | null} the moment the run was asked to go to, until it is there */
    this.target = null;
    /** @type {Stretch[]} oldest first */
    this.stretches = [];
    this.arrived = Number.NEGATIVE_INFINITY;
    this.gap = USUAL_GAP;
    this.moving = false;
  }

  /**
   * Take note of a frame that has just arrived.
   * @param {{from: number, to: number, key: boolean}} frame
   * @param {number} wall
   * @param {boolean} moving whether time goes on passing after this frame
   */
  receive(frame, wall, moving) {
    const gap = wall - this.arrived;
    const rested = !this.moving || gap > IDLE;
    this.arrived = wall;
    this.moving = moving;
    if (!rested) this.gap += (Math.min(gap, LONGEST_LAG) - this.gap) * PULL;
    if (this.target !== null && this.arrives(frame, this.target)) this.target = null;
    if (frame.key || frame.to < this.now) this.jump(frame.to);
    else if (frame.to > this.newest) this.append(frame.to, wall, rested);
  }

  /**
   * Whether the journey to `target` is over with this frame: it is there, or the run stopped on the way. A run that has
   * to compute its way to a moment it never reached comes from a key frame and is still moving.
   * @param {{to: number, key: boolean}} frame
   * @param {number} target
   */
  arrives(frame, target) {
    if (!this.moving || frame.to === target) return true;
    return frame.key ? frame.to > target : this.newest < target && frame.to >= target;
  }

  /**
   * @param {number} to
   * @param {number} wall
   * @param {boolean} rested whether the run stood still, or nothing came for long: then this slice starts at once
   */
  append(to, wall, rested) {
    const last = this.stretches[this.stretches.length - 1];
    const lag = Math.min(Math.max(LAG, this.gap * 1.6 + 40), LONGEST_LAG);
    const due = wall + lag;
    let end = due;
    let start = wall;
    if (rested) {
      end = wall + (this.moving ? lag : STEP);
    } else if (last !== undefined) {
      const even = last.end + this.gap;
      end = Math.abs(even - due) < lag ? even + (due - even) * PULL : due;
      start = Math.max(last.end, wall);
    }
    this.stretches.push({ start, end: Math.max(end, start), from: this.newest, to });
    this.newest = to;
    if (this.stretches.length > STRETCHES) this.stretches.shift();
  }

  /**
   * Show `to` at once, forwards or backwards.
   * @param {number} to
   */
  jump(to) {
    this.stretches.length = 0;
    this.now = to;
    this.newest = to;
  }

  /**
   * The moment to show when the wall clock shows `wall`.
   * @param {number} wall
   */
  tick(wall) {
    while (this.stretches.length > 0 && this.stretches[0].end <= wall) {
      this.now = Math.max(this.now, this.stretches[0].to);
      this.stretches.shift();
    }
    const current = this.stretches[0];
    if (current !== undefined && wall > current.start) {
      const part = (wall - current.start) / (current.end - current.start);
      this.now = Math.max(this.now, current.from + (current.to - current.from) * part);
    }
    return this.now;
  }

  /** Whether everything that has arrived is shown. */
  get settled() {
    return this.stretches.length === 0;
  }
}
