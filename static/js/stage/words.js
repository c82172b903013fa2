/**
 * Numbers and states in words, short enough for a label: pure functions of what the server said and of the time shown.
 */

import { BLOCKED, HELD } from 'app/stage/motifs.js';

/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').View} View */

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YOU = 255; // the origin of messages that somebody sent by hand

export const RETRIED = 1;
export const DUPLICATE = 2;
export const POISON = 4;
export const LOST = 8;
export const REPLY = 16;
export const REFUSED = 32;

/** A span of microseconds, to about two significant parts: "250 ms", "3.8 s", "4 min 10 s". @param {number} micros */
export function duration(micros) {
  const span = Math.max(0, micros);
  if (span < 1000) return span < 1 ? '0 s' : `${Math.round(span)} µs`;
  if (span < SECOND) return `${trim(span / 1000, span < 10_000 ? 1 : 0)} ms`;
  if (span < 10 * SECOND) return `${trim(span / SECOND, 1)} s`;
  if (span < MINUTE) return `${Math.round(span / SECOND)} s`;
  if (span < HOUR) return pair(span, MINUTE, 'min', SECOND, 's');
  if (span < DAY) return pair(span, HOUR, 'h', MINUTE, 'min');
  return pair(span, DAY, 'd', HOUR, 'h');
}

/**
 * A span that runs out, in whole seconds so that it doesn't flicker; never "0 s" while something is left.
 * @param {number} micros
 */
export function countdown(micros) {
  if (micros <= 0) return '0 s';
  return micros < MINUTE ? `${Math.ceil(micros / SECOND)} s` : duration(Math.ceil(micros / SECOND) * SECOND);
}

/** An age in whole seconds above ten. @param {number} micros */
export function age(micros) {
  return micros < MINUTE
    ? `${Math.floor(Math.max(0, micros) / SECOND)} s`
    : duration(Math.floor(micros / SECOND) * SECOND);
}

/** @param {number} number */
export function count(number) {
  return Math.round(number)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count in at most four characters: 312, 1.2k, 45k, 3.1M. @param {number} number */
export function shortCount(number) {
  if (number < 1000) return String(Math.round(number));
  const [size, letter] = number < 999_500 ? [1000, 'k'] : [1_000_000, 'M'];
  return `${trim(number / size, number / size < 9.95 ? 1 : 0)}${letter}`;
}

/** Messages per second, or per minute or hour where that reads better. @param {number} perSecond */
export function rate(perSecond) {
  if (perSecond <= 0) return 'nothing now';
  if (perSecond >= 100) return `${count(perSecond)} per s`;
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)} per s`;
  if (perSecond * 60 >= 0.1) return `${(perSecond * 60).toFixed(1)} per min`;
  return `${(perSecond * 3600).toFixed(1)} per h`;
}

/** "m-41": the name of a message, from its number. @param {number} id @param {string[]} prefixes */
export function label(id, prefixes) {
  const origin = id % 256;
  return `${origin === YOU ? 'you' : (prefixes[origin] ?? 'm')}-${(id - origin) / 256}`;
}

/** "2nd time". @param {number} number */
export function nth(number) {
  const tail = number % 100 > 10 && number % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${tail}`;
}

/**
 * "12 s left", or nothing where nobody knows.
 * @param {number} until  0 or less: until somebody ends it @param {number} now
 */
export function remaining(until, now) {
  return until > 0 ? `${countdown(until - now)} left` : '';
}

const FAULTS = new Map([
  ['partition', 'cut off'],
  ['lose', 'lossy'],
  ['slow', 'slow'],
  ['duplicate', 'doubling'],
  ['reorder', 'shuffling'],
  ['crash', 'crashed'],
  ['throttle', 'throttled'],
]);

/** A fault in words that fit beside a line. @param {string} name */
export function fault(name) {
  return FAULTS.get(name) ?? name.replaceAll('_', ' ');
}

/**
 * What state a message at rest is in, with the time left where time decides.
 * @param {Resting} message @param {number} now @param {Hello} hello @param {View[]} views
 */
export function state(message, now, hello, views) {
  const where = hello.nodes[message.node]?.title ?? '';
  if (message.place === 'dead') return `set aside in ${where}`;
  if (message.place === 'stored') return `written to ${where} ${age(now - message.since)} ago`;
  if (message.place === 'working' && message.tag) return `in ${where}: ${message.tag}`;
  if (message.place === 'working')
    return message.until > now
      ? `${where} works on it, ${countdown(message.until - now)} to go`
      : `${where} works on it`;
  if (message.place === 'cold') return `${where} is starting up for it`;
  if (message.place === 'inflight') {
    const holder = hello.nodes[message.holder]?.title;
    const down = Boolean(views[message.holder]?.crashed);
    const by = holder
      ? `received by ${holder}, ${down ? 'which crashed' : 'not deleted yet'}`
      : 'received, not deleted yet';
    return `${by}: back in ${where} in ${countdown(message.until - now)}`;
  }
  if (message.place === 'heap') {
    const kept = `filtered out for ${hello.nodes[message.holder]?.title ?? 'a subscriber'} ${age(now - message.since)} ago`;
    return message.tag ? `${kept}: ${message.tag}` : kept;
  }
  if (message.place === 'state') {
    const left = message.until > now ? `, ${countdown(message.until - now)} left` : '';
    return `in ${where} at ${message.tag}${left}`;
  }
  if (message.place === 'ended') return `${message.tag} in ${where} ${age(now - message.since)} ago`;
  if (message.place === 'latest') return `the latest that came to ${where}, ${age(now - message.since)} ago`;
  if (message.place === 'repeat') return `sent to ${where} again: accepted, and not stored a second time`;
  if ((message.state ?? 0) & HELD) return `waits in ${where}: another message of its group is in flight`;
  if ((message.state ?? 0) & BLOCKED && message.rank > 0) return `waits in ${where}: its group is blocked`;
  return message.rank === 0 ? `next to leave ${where}` : `${nth(message.rank + 1)} in ${where}`;
}

/** What is special about a message, by its flags. @param {number} flags @param {number} receives */
export function marks(flags, receives) {
  const found = [];
  if (receives > 1) found.push(`received ${receives} times`);
  else if (flags & RETRIED) found.push('received before');
  if (flags & DUPLICATE) found.push('a duplicate');
  if (flags & POISON) found.push("its processing can't succeed");
  if (flags & REPLY) found.push('an acknowledgement, travelling back');
  if (flags & LOST) found.push('lost on the way');
  if (flags & REFUSED) found.push('refused, travelling back');
  return found;
}

/** @param {number} value @param {number} digits */
function trim(value, digits) {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/**
 * @param {number} span @param {number} large @param {string} largeName @param {number} small
 * @param {string} smallName
 */
function pair(span, large, largeName, small, smallName) {
  const whole = Math.floor(span / large);
  const rest = Math.floor((span - whole * large) / small);
  return rest ? `${whole} ${largeName} ${rest} ${smallName}` : `${whole} ${largeName}`;
}
