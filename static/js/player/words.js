/**
 * Times, paces and numbers in the words a page shows.
 *
 * One module, because the clock, the log, the journeys and the charts must say the same moment in the same way.
 * The forms are those of the engine's own clock ("01:32.4", "4 min 10 s"), so that a sentence in the log and the
 * clock beside it agree. Everything here is a pure function of its arguments.
 */

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ORIGINS = 256;
const BY_HAND = 255;

/** Fractions that have a glyph of their own, by denominator. */
const FRACTIONS = new Map([
  [2, '½'],
  [3, '⅓'],
  [4, '¼'],
  [5, '⅕'],
  [6, '⅙'],
  [8, '⅛'],
]);

/** Denominators and factors that read well when a speed is only "about" that. */
const ROUND = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80];

/**
 * A moment on the clock, to a tenth of a second: "01:32.4", or "1:02:03.4" from an hour on.
 * It is cut, not rounded: a clock never shows a moment that has not come.
 * @param {number} micros
 */
export function stamp(micros) {
  const tenths = Math.floor(Math.max(0, micros) / (SECOND / 10) + 1e-6);
  return `${whole(Math.floor(tenths / 10))}.${tenths % 10}`;
}

/**
 * A length on the clock without its tenths: "03:20", or "1:02:03".
 * @param {number} micros
 */
export function length(micros) {
  return whole(Math.round(Math.max(0, micros) / SECOND));
}

const DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/**
 * A moment of the calendar, to the minute: "Sun 29 Mar 01:20 UTC".
 * @param {number} micros since 1970
 */
export function date(micros) {
  return `${DATE.format(Math.floor(micros / 1000)).replaceAll(',', '')} UTC`;
}

/** @param {number} seconds */
function whole(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = two(Math.floor(seconds / 60) % 60);
  return hours > 0 ? `${hours}:${minutes}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, '0');
}

/**
 * A span in at most two units: "250 ms", "1.2 s", "12 s", "4 min 10 s", "2 h 5 min", "3 d 4 h".
 * @param {number} micros
 */
export function duration(micros) {
  const span = Math.max(0, micros);
  if (span < 1000) return span === 0 ? '0 s' : `${Math.round(span)} µs`;
  if (span < 999_500) return `${trim(span / 1000, span < 10_000 ? 1 : 0)} ms`;
  if (span < 9_950_000) return `${trim(span / SECOND, 1)} s`;
  if (span < MINUTE - SECOND / 2) return `${Math.round(span / SECOND)} s`;
  if (span < HOUR - SECOND / 2) return pair(Math.round(span / SECOND), 60, 'min', 's');
  if (span < DAY - MINUTE / 2) return pair(Math.round(span / MINUTE), 60, 'h', 'min');
  return pair(Math.round(span / HOUR), 24, 'd', 'h');
}

/**
 * @param {number} count in the small unit
 * @param {number} per how many small ones make a large one
 * @param {string} large
 * @param {string} small
 */
function pair(count, per, large, small) {
  const rest = count % per;
  return rest === 0 ? `${Math.floor(count / per)} ${large}` : `${Math.floor(count / per)} ${large} ${rest} ${small}`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
function trim(value, digits) {
  return String(Number(value.toFixed(digits)));
}

/**
 * A countdown in whole seconds, rounded up as people count down: "3 s", and under a second "1 s".
 * @param {number} micros
 */
export function countdown(micros) {
  return duration(Math.ceil(Math.max(0, micros) / SECOND) * SECOND);
}

/**
 * An age in whole seconds from a second on, so that it does not flicker.
 * @param {number} micros
 */
export function age(micros) {
  return micros < SECOND ? 'under 1 s' : duration(Math.floor(micros / SECOND) * SECOND);
}

/**
 * A count with thousands set apart: "12,300".
 * @param {number} value
 */
export function number(value) {
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(3));
  return shown.toLocaleString('en');
}

/**
 * Events per second: "4.0 per s", "120 per s".
 * @param {number} value
 */
export function rate(value) {
  return `${value < 10 ? value.toFixed(1) : number(Math.round(value))} per s`;
}

/**
 * A speed in words: "real time", "½ speed", "1/25 speed", "60× speed".
 * @param {number} speed virtual seconds per wall second
 */
export function speed(speed) {
  if (speed > 0.95 && speed < 1.05) return 'real time';
  return speed < 1 ? `${fraction(nearest(1 / speed))} speed` : `${number(nearest(speed))}× speed`;
}

/** @param {number} denominator */
function fraction(denominator) {
  if (denominator <= 1) return 'nearly full';
  return FRACTIONS.get(denominator) ?? `1/${number(denominator)}`;
}

/**
 * The number nearest to `value`, in proportion, that reads well.
 * @param {number} value at least 1
 */
function nearest(value) {
  let scale = 1;
  while (value / scale >= 100) scale *= 10;
  let best = ROUND[0];
  for (const candidate of [...ROUND, 100]) {
    if (Math.abs(Math.log((candidate * scale) / value)) < Math.abs(Math.log((best * scale) / value))) best = candidate;
  }
  return best * scale;
}

/**
 * What the run's pace is at this moment: "follow · about 1/25 speed", "slowed to ½ speed: this machine can't keep up".
 * @param {import("app/player/frames.js").Pace} pace
 */
export function paceWords(pace) {
  if (pace.skipping !== '') return pace.skipping;
  if (pace.slowed) return `slowed to ${speed(pace.rate)}`;
  if (pace.kind === 'follow') return pace.rate > 0 ? `follow · about ${speed(pace.rate)}` : 'follow';
  const asked = pace.asked ?? pace.rate;
  return asked > 1 ? `${number(asked)}× speed` : speed(asked);
}

/**
 * The name of a pace in the list of paces: "½×", "1× real time", "60× a minute each second".
 * @param {number} value virtual seconds per wall second
 */
export function paceName(value) {
  if (value < 1) return `${fraction(Math.round(1 / value))}×`;
  const means = new Map([
    [1, ' real time'],
    [60, ' a minute each second'],
    [3600, ' an hour each second'],
  ]);
  return `${number(value)}×${means.get(value) ?? ''}`;
}

/**
 * The label people know a message by: "m-41", "you-3".
 * @param {number} id serial * 256 + origin
 * @param {string[]} prefixes by origin
 */
export function label(id, prefixes) {
  const origin = id % ORIGINS;
  return `${origin === BY_HAND ? 'you' : (prefixes[origin] ?? 'm')}-${Math.floor(id / ORIGINS)}`;
}
