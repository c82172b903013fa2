/**
 * The hops that the stage knows: a ring of typed arrays, written once per frame of the server and read at every
 * drawing.
 *
 * A message on its way is a departure, an arrival and a line; where it is *now* follows from these alone. Counters
 * only grow; `counter & mask` is the place in the ring. Hops that have arrived fall off the tail.
 */

import { LOST, REFUSED, REPLY } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').HopBatch} HopBatch */

const CAPACITY = 1 << 16;

export class Hops {
  constructor(capacity = CAPACITY) {
    this.capacity = capacity;
    this.mask = capacity - 1;
    this.id = new Float64Array(capacity);
    this.leave = new Float64Array(capacity);
    this.arrive = new Float64Array(capacity);
    this.way = new Uint16Array(capacity); // 2 * link + (1 if it travels back)
    this.look = new Uint16Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.weight = new Float32Array(capacity);
    this.tail = 0;
    this.head = 0;
    this.generation = 0; // grows when everything known so far is void
  }

  /** @param {HopBatch} batch */
  add(batch) {
    const first = Math.max(0, batch.count - this.capacity);
    for (let i = first; i < batch.count; i++) {
      const at = this.head & this.mask;
      this.id[at] = batch.id[i];
      this.leave[at] = batch.leave[i];
      this.arrive[at] = batch.arrive[i];
      this.way[at] = batch.link[i] * 2 + batch.back[i];
      this.look[at] = batch.look[i];
      this.flags[at] = batch.flags[i];
      this.weight[at] = batch.weight;
      this.head++;
    }
    this.tail = Math.max(this.tail, this.head - this.capacity);
  }

  clear() {
    this.tail = this.head = 0;
    this.generation++;
  }

  /** Lets go of the oldest hops that have arrived by then. @param {number} now */
  retire(now) {
    while (this.tail < this.head && this.arrive[this.tail & this.mask] <= now) this.tail++;
  }

  /**
   * How many are in motion, and how much flows on every link.
   *
   * The flow of a link is the sum of weight / travel time over what is in motion on it: messages per microsecond, by
   * Little's law.
   * @param {number} now @param {Float64Array} flow  by link; overwritten
   * @returns {number}
   */
  census(now, flow) {
    const { leave, arrive, way, weight, mask } = this;
    flow.fill(0);
    let moving = 0;
    for (let counter = this.tail; counter < this.head; counter++) {
      const at = counter & mask;
      if (leave[at] > now || arrive[at] <= now) continue;
      moving++;
      flow[way[at] >> 1] += weight[at] / (arrive[at] - leave[at]);
    }
    return moving;
  }

  /**
   * The ring places of the hops in motion, oldest first, at most `limit`.
   * @param {number} now @param {number} limit
   * @returns {number[]}
   */
  moving(now, limit = Infinity) {
    const { leave, arrive, mask } = this;
    const found = [];
    for (let counter = this.tail; counter < this.head && found.length < limit; counter++) {
      const at = counter & mask;
      if (leave[at] <= now && arrive[at] > now) found.push(at);
    }
    return found;
  }

  /**
   * What every link has carried lately that was too fast to be seen: messages per microsecond.
   * @param {number} since @param {number} now @param {number} unseen  travel time below which nobody sees a hop
   * @param {Float64Array} flow  by link; overwritten
   */
  raced(since, now, unseen, flow) {
    const { leave, arrive, way, weight, mask } = this;
    flow.fill(0);
    for (let counter = this.tail; counter < this.head; counter++) {
      const at = counter & mask;
      if (leave[at] < since || leave[at] > now || arrive[at] - leave[at] >= unseen) continue;
      flow[way[at] >> 1] += weight[at] / (now - since);
    }
  }

  /**
   * The ring place of a message in motion, or -1; of several copies the one that left last.
   * @param {number} id @param {number} now
   */
  find(id, now) {
    let found = -1;
    for (let counter = this.tail; counter < this.head; counter++) {
      const at = counter & this.mask;
      if (this.id[at] !== id || this.leave[at] > now || this.arrive[at] <= now) continue;
      if (found < 0 || rank(this.flags[at]) >= rank(this.flags[found])) found = at;
    }
    return found;
  }

  /**
   * How much of its way a hop has behind it: time is distance; what is lost stops half-way.
   * @param {number} at @param {number} now
   */
  fraction(at, now) {
    const part = (now - this.leave[at]) / (this.arrive[at] - this.leave[at]);
    return this.flags[at] & LOST ? Math.min(part, 0.5) : part;
  }
}

/** The message itself before an acknowledgement of it. @param {number} flags */
function rank(flags) {
  return flags & REPLY ? 0 : flags & REFUSED ? 1 : 2;
}
