/**
 * What a strip of charts shows, as data: which charts, which value at which moment, how high an axis is.
 *
 * Pure functions; `strip.js` draws.
 */

/** @typedef {{key: string, node: number, title: string, unit: string, with: string[]}} ChartFacts */
/** @typedef {{duration: (micros: number) => string, number: (value: number) => string, stamp: (micros: number) => string}} Words */

const STEPS = [1, 2, 2.5, 5, 10];
const MICROS = new Set(['µs', 'us', 'micros']);
const SHARE = /^p\d+$/;
const NAMES = new Map([['inflight', 'in flight']]);
const RATES = new Set(['per s', '/s', 's⁻¹', 'per second']);

/**
 * The charts of a node, filled up with the scenario's first ones.
 * @param {ChartFacts[]} charts
 * @param {number | null} node
 * @param {number} most
 * @returns {ChartFacts[]}
 */
export function chosenCharts(charts, node, most) {
  const own = charts.filter((chart) => chart.node === node);
  const others = charts.filter((chart) => chart.node !== node);
  return [...own, ...others].slice(0, most);
}

/**
 * What a chart shows, line by line: its title and the names of the lines drawn with it, taken from their keys.
 * @param {ChartFacts} chart
 */
export function titleOf(chart) {
  const [first, ...others] = [chart.key, ...chart.with].map(nameOf);
  if (others.length === 0) return chart.title;
  return `${SHARE.test(first) ? `${chart.title} ${first}` : chart.title} / ${others.join(' / ')}`;
}

/** @param {string} key */
function nameOf(key) {
  const name = key.slice(key.lastIndexOf('.') + 1);
  return NAMES.get(name) ?? name.replaceAll('_', ' ');
}

/**
 * The last value at or before `now`, or null when there is none; a stretch in which nothing was measured keeps the one before.
 * @param {number[]} times ascending
 * @param {(number | null)[]} values
 * @param {number} now
 * @returns {number | null}
 */
export function valueAt(times, values, now) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= now) low = middle + 1;
    else high = middle;
  }
  while (low > 0 && (values[low - 1] ?? null) === null) low -= 1;
  return low === 0 ? null : (values[low - 1] ?? null);
}

/**
 * A round number at or above `value`, for the top of an axis that starts at 0.
 * @param {number} value
 */
export function niceTop(value) {
  if (!(value > 0)) return 1;
  const scale = 10 ** Math.floor(Math.log10(value));
  return (STEPS.find((step) => step * scale >= value * 0.999) ?? 10) * scale;
}

/**
 * The top of an axis on which nothing has happened yet: one message, one second.
 * @param {string} unit
 */
export function leastTop(unit) {
  return MICROS.has(unit) ? 1_000_000 : 1;
}

/**
 * The span that a chart's rates are told for: what happens twice a day is nothing "per s".
 * @param {number} top  of the chart's axis, per second
 * @returns {{ per: string, seconds: number }}
 */
export function told(top) {
  if (top >= 0.1) return { per: 's', seconds: 1 };
  return top >= 0.1 / 60 ? { per: 'min', seconds: 60 } : { per: 'h', seconds: 3600 };
}

/**
 * A value in its unit, short enough for an axis.
 * @param {number | null} value
 * @param {string} unit
 * @param {Words} words
 * @param {number} [top]  of the chart's axis
 */
export function shown(value, unit, words, top = 1) {
  if (value === null) return '–';
  if (MICROS.has(unit)) return words.duration(value);
  if (unit === 's') return words.duration(value * 1e6);
  if (unit === '%') return `${Math.round(value)} %`;
  if (RATES.has(unit)) {
    const rate = value * told(top).seconds;
    return rate < 10 ? rate.toFixed(1) : words.number(Math.round(rate));
  }
  return words.number(value);
}

/**
 * What stands large beside a chart's title: its value, and those drawn with it: "4.0 / 3.1 per s".
 * @param {(number | null)[]} values
 * @param {string} unit
 * @param {Words} words
 * @param {number} [top]  of the chart's axis
 */
export function headline(values, unit, words, top = 1) {
  const text = values.map((value) => shown(value, unit, words, top)).join(' / ');
  return RATES.has(unit) ? `${text} per ${told(top).per}` : text;
}
