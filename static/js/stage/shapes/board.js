/**
 * One rule card of an event bus: what it is called, what it said to the latest event, and what became of what it passed
 * on.
 */

import { clock } from 'app/stage/shapes/signs.js';
import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, countdown, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Rule} Rule */
/** @typedef {import('app/stage/types.js').EventBusView} EventBusView */
/** @typedef {import('app/stage/types.js').Style} Style */
/**
 * @typedef {{ group: SVGGElement, wire: SVGPathElement, name: SVGTextElement, figure: SVGTextElement,
 *   verdict: SVGTextElement, targets: SVGTextElement | null, clock: SVGGElement, width: number }} Card
 */

const OFF = 0;
const SCHEDULE = 2;
const SHINES = 1_000_000; // µs of virtual time for which a match is lit
const LATELY = 30; // drawings: where more than that passes within half a second on the screen, it is lit for so long

/** How high a card is, with or without a line for its targets. @param {Style} style @param {boolean} roomy */
export function tall(style, roomy) {
  return Math.round(14 + style.small * (roomy ? 4 : 2.7));
}

/**
 * @param {SVGGElement} into @param {{ rail: number, left: number, top: number, width: number, height: number }} place
 * @param {Style} style @param {boolean} roomy @returns {Card}
 */
export function build(into, { rail, left, top, width, height }, style, roomy) {
  const first = top + 7 + style.small;
  const step = style.small * 1.32;
  const wire = element('path', { class: 'wire', d: `M${rail} ${top + height / 2}H${left}` });
  const plate = element('rect', { class: 'rule-plate', x: left, y: top, width, height, rx: 9 });
  const name = line(left + 12, first, 'small strong', 'start');
  const figure = line(left + width - 12, first, 'small', 'end');
  const verdict = line(left + 12, first + step, 'small verdict', 'start');
  const targets = roomy ? line(left + 12, first + step * 2, 'small', 'start') : null;
  const face = clock(left + 12 + style.small * 0.5, first - style.small * 0.34, style.small * 0.5);
  const group = element(
    'g',
    { class: 'rule' },
    wire,
    plate,
    name,
    figure,
    verdict,
    ...(targets ? [targets] : []),
    face,
  );
  into.append(group);
  return { group, wire, name, figure, verdict, targets, clock: face, width: width - 24 };
}

/**
 * @param {Card} card @param {Rule | undefined} rule @param {EventBusView | null} view @param {number} now
 * @param {number} span  for how long a match is lit @param {Style} style
 */
export function update(card, rule, view, now, span, style) {
  set(card.group, 'visibility', rule ? 'visible' : 'hidden');
  if (!rule) return;
  const [name, state, matched] = rule;
  const { lit, missed } = verdict(rule, view, now, span);
  const kinds = [lit && 'is-lit', missed && 'is-missed', state === OFF && 'is-off'].filter(Boolean);
  set(card.group, 'class', ['rule', ...kinds].join(' '));
  set(card.clock, 'visibility', state === SCHEDULE ? 'visible' : 'hidden');
  const indent = state === SCHEDULE ? style.small * 1.4 : 0;
  set(card.name, 'dx', indent);
  const wrong = trouble(rule, now);
  const figure = card.targets || !wrong ? `${shortCount(matched)} ${state === SCHEDULE ? 'fired' : 'matched'}` : wrong;
  say(card.figure, figure);
  set(card.figure, 'class', !card.targets && wrong ? 'small warn' : 'small');
  const left = card.width - style.width(figure, style.small) - 10 - indent;
  say(card.name, cut(name, left, style.small * 1.06, style));
  say(card.verdict, cut(said(rule, view, span), card.width, style.small, style));
  if (!card.targets) return;
  const deliveries = `→ ${count(rule[6])} delivered`;
  say(card.targets, cut(wrong ? `${deliveries} · ${wrong}` : deliveries, card.width, style.small, style));
  set(card.targets, 'class', wrong ? `small ${rule[9] > now ? 'warn' : 'bad'}` : 'small');
}

/** What somebody reads on a card below its name. @param {Rule} rule @param {EventBusView | null} view @param {number} span */
function said([, state, , time, clause, targets], view, span) {
  if (state === OFF) return '‖ off: nothing is matched';
  if (state === SCHEDULE) return `◷ by schedule${targets ? '' : ', without a target'}`;
  if (!view?.latest) return targets ? 'no event yet' : 'without a target';
  if (time > 0 && time >= view.latest[3]) return `✓ matched${targets ? '' : ', and has no target'}`;
  return clause && span <= SHINES ? `✗ ${plain(clause)}` : '✗ not matched';
}

/** "detail.country is "NL"" of "did not match: $.detail.country is "NL"; asked for …". @param {string} clause */
export function plain(clause) {
  return clause.replace(/^did not match[^:]*: /, '').replaceAll('$.', '');
}

/**
 * Whether a card is lit: it matched the latest event, not long ago. And whether it stands back, because it did not.
 * @param {Rule} rule @param {EventBusView | null} view @param {number} now @param {number} span
 */
export function verdict([, state, , time], view, now, span) {
  const latest = view?.latest?.[3] ?? 0;
  const fresh = span > SHINES ? time : Math.max(time, latest);
  const lit = state !== OFF && time > 0 && time >= (span > SHINES ? 0 : latest) && now - fresh < span;
  return { lit, missed: !lit && state === 1 && latest > 0 && now - latest < span && span <= SHINES };
}

/**
 * For how long a match is lit: a second, or half a second of what passes on the screen, where time races.
 * @param {number} now @param {number} before  the moment of the drawing before; NaN if there was none
 */
export function shining(now, before) {
  return Math.max(SHINES, (now - before) * LATELY || 0);
}

/** "1 failed · retry in 12 s", or "". @param {Rule} rule @param {number} now */
function trouble([, , , , , , , failed, retrying, retry], now) {
  const parts = failed ? [`✕ ${count(failed)} failed`] : [];
  if (retrying)
    parts.push(
      `↻ ${retrying > 1 ? `${count(retrying)} retry` : 'retry'}${retry > now ? ` in ${countdown(retry - now)}` : ''}`,
    );
  return parts.join(' · ');
}

/** For somebody who does not see it. @param {Rule} rule @param {EventBusView} view @param {number} now */
export function tell(rule, view, now) {
  const [name, state, matched, time, clause, , delivered] = rule;
  const parts = [
    `${name} ${state === OFF ? 'is off' : `${state === SCHEDULE ? 'fired' : 'matched'} ${count(matched)}`}`,
  ];
  if (state === 1 && view.latest) {
    if (time > 0 && time >= view.latest[3]) parts.push('among them the latest event');
    else if (clause) parts.push(`not the latest: ${plain(clause)}`);
  }
  if (delivered) parts.push(`${count(delivered)} delivered`);
  const wrong = trouble(rule, now).replace(/[✕↻] /g, '').replaceAll(' · ', ', ');
  return [...parts, ...(wrong ? [wrong] : [])].join(', ');
}
