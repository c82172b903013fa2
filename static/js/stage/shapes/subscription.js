/**
 * One subscription of a topic in words: what passed, what did not, and what is wrong with it.
 */

import { protocolWords } from 'app/stage/shapes/signs.js';
import { count, countdown, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Subscription} Subscription */

export const PENDING = 1;
export const THROTTLED = 2;
export const DEAD = 4;
export const FILTERED = 8;
const MANY = 999; // tries: how far it is of a hundred thousand tells nobody anything

/**
 * "12 passed · 3 filtered"; without a filter "12 delivered".
 * @param {Subscription} subscription @param {boolean} [brief]
 */
export function figures([, , state, delivered, filtered, failed], brief = false) {
  const lost = failed ? ` · ${shortCount(failed)} failed` : '';
  if (!(state & FILTERED) && !filtered) return `${count(delivered)} delivered${lost}`;
  return `${count(delivered)} passed · ${count(filtered)} ${brief ? 'out' : 'filtered'}${lost}`;
}

/**
 * What is wrong now, if anything: in words, in few, and whether it is grave.
 * @param {Subscription} subscription @param {number} now
 * @returns {{ words: string, short: string, grave: boolean } | null}
 */
export function trouble([, , state, , , , retrying, retry, tries, of, reason], now) {
  if (state & PENDING) return { words: '? not confirmed yet', short: '? not confirmed', grave: false };
  if (retrying) {
    const due = retry > now ? ` in ${countdown(retry - now)}` : '';
    const more = retrying > 1 ? ` · ${count(retrying)} wait` : '';
    const short = `↻ retry ${of > MANY ? tries : `${tries}/${of}`}${due}`;
    return { words: `${short}${more}${more ? '' : because(reason)}`, short, grave: false };
  }
  if (state & THROTTLED) return { words: '⧗ throttled', short: '⧗ throttled', grave: false };
  return null;
}

/** @param {string} reason */
function because(reason) {
  return reason ? ` · ${reason}` : '';
}

/** For somebody who does not see it. @param {Subscription} subscription @param {string} title @param {number} now */
export function titled(subscription, title, now) {
  const [, protocol, state, , , , , , , , reason] = subscription;
  const wrong = trouble(subscription, now);
  const said = [`${title} (${protocolWords(protocol)}) ${figures(subscription).replaceAll(' · ', ', ')}`];
  if (wrong) said.push(wrong.short.slice(2) + (wrong.words.includes(reason) || !reason ? '' : `, ${reason}`));
  if (state & DEAD) said.push('has a dead-letter queue');
  return said.join(', ');
}
