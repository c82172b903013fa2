/**
 * What the colours and outlines mean, above the map: the types of this run, and the marks that have been seen in it.
 */

import { BLOCKED, HELD, NOISY } from 'app/stage/motifs.js';
import { RETRY, TASK, TIMER, TOKEN } from 'app/stage/token.js';
import { DUPLICATE, LOST, POISON, REFUSED, REPLY } from 'app/stage/words.js';

const TYPES_MOST = 8;

/** Marks in the order in which they are explained: name, sample's class, words. */
const MARKS = /** @type {const} */ ([
  ['inflight', 'ring', 'in flight'],
  ['retried', 'times', 'received twice'],
  ['duplicate', 'double', 'duplicate'],
  ['poison', 'spiky', "can't be processed"],
  ['reply', 'hollow', 'acknowledgement'],
  ['lost', 'crossed', 'lost'],
  ['refused', 'barred', 'refused'],
  ['repeat', 'barred again', 'sent twice, not stored again'],
  ['filtered', 'faded', 'filtered out'],
  ['group', 'striped', 'message group'],
  ['held', 'lock', 'its group is held'],
  ['blocked', 'lock shut', 'its group is blocked'],
  ['noisy', 'dashed', 'noisy tenant'],
  ['batch', 'stacked', 'left of its batch'],
  ['timer', 'draining', 'time left'],
  ['asks', 'broken', 'waits for an answer'],
  ['retry', 'draining amber', 'next try'],
]);

/** @typedef {(typeof MARKS)[number][0]} Mark */
/** @typedef {import('app/stage/types.js').Resting} Resting */

export class Legend {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.list = document.createElement('ul');
    this.list.className = 'stage-legend';
    this.list.setAttribute('aria-label', 'What the messages mean');
    host.append(this.list);
    this.seen = /** @type {Set<Mark>} */ (new Set(['inflight']));
    this.written = '';
  }

  /** @param {Resting} glyph */
  noteResting({ flags, receives, place, state = 0, motif = -1, more = 0, bits = 0 }) {
    this.note(place === 'repeat' ? 0 : flags, receives);
    if (place === 'repeat') this.seen.add('repeat');
    if (place === 'heap') this.seen.add('filtered');
    if (motif >= 0) this.seen.add('group');
    if (state & BLOCKED) this.seen.add('blocked');
    else if (state & HELD) this.seen.add('held');
    if (state & NOISY) this.seen.add('noisy');
    if (more) this.seen.add('batch');
    if (bits & RETRY) this.seen.add('retry');
    else if (bits & (TASK | TOKEN)) this.seen.add('asks');
    else if (bits & TIMER) this.seen.add('timer');
  }

  /** @param {number} flags @param {number} receives */
  note(flags, receives) {
    if (receives > 1 || flags & 1) this.seen.add('retried');
    if (flags & DUPLICATE) this.seen.add('duplicate');
    if (flags & POISON) this.seen.add('poison');
    if (flags & REPLY) this.seen.add('reply');
    if (flags & LOST) this.seen.add('lost');
    if (flags & REFUSED) this.seen.add('refused');
  }

  /** How much of the host's top it covers. */
  height() {
    return this.list.offsetTop + this.list.offsetHeight;
  }

  /** Writes what has changed; answers whether it takes more lines now. @param {string[]} looks */
  write(looks) {
    const key = `${looks.join('\n')}\n${this.seen.size}`;
    if (key === this.written) return false;
    const before = this.height();
    this.written = key;
    const types = looks.slice(0, TYPES_MOST).map((look, i) => entry(`dot m${i + 1}`, look || 'message', ''));
    const more = looks.length > TYPES_MOST ? [entry('', `+${looks.length - TYPES_MOST} types`, '')] : [];
    const marks = MARKS.filter(([name]) => this.seen.has(name)).map(([, sample, words]) =>
      entry(`mark ${sample}`, words, 'is-mark'),
    );
    this.list.replaceChildren(...types, ...more, ...marks);
    return this.height() > before;
  }
}

/** @param {string} sample @param {string} words @param {string} kind */
function entry(sample, words, kind) {
  const item = document.createElement('li');
  item.className = kind;
  if (sample) {
    const picture = document.createElement('i');
    picture.className = sample;
    if (sample.endsWith('times')) picture.textContent = '×2';
    if (sample.endsWith('stacked')) picture.textContent = '3';
    item.append(picture);
  }
  item.append(words);
  return item;
}
