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
 *   verdict: SVGTextElement | null, targets: SVGTextElement | null, clock: SVGGElement | null, width: number }} Card
 */

const BOLD = 1.08; // times as wide
const MUCH = 0.5; // of a card's width: what is wrong takes no more than that of its name
const OFF = 0;
const SCHEDULE = 2;
const SHINES = 1_000_000; // µs of virtual time for which a match is lit
const RACES = 250_000; // µs between two drawings, above which lights would only flicker

/**
 * How high a card is: with a line for its targets, or without; brief, it is one line.
 * @param {Style} style @param {boolean} roomy @param {boolean} brief
 */
export function tall(style, roomy, brief) {
  return Math.round(brief ? style.small * 1.35 + 8 : 14 + style.small * (roomy ? 4 : 2.7));
}

/**
 * @param {SVGGElement} into @param {{ rail: number, left: number, top: number, width: number, height: number }} place
 * @param {Style} style @param {boolean} roomy @returns {Card}
 */
export function build(into, { rail, left, top, width, height }, style, roomy) {
  const brief = style.compact;
  const first = top + (brief ? 3 : 7) + style.small;
  const step = style.small * 1.32;
  const wire = element('path', { class: 'wire', d: `M${rail} ${top + height / 2}H${left}` });
  const plate = element('rect', { class: 'rule-plate', x: left, y: top, width, height, rx: 9 });
  const name = line(left + 12, first, 'small strong', 'start');
  const figure = line(left + width - 12, first, 'small', 'end');
  const verdict = brief ? null : line(left + 12, first + step, 'small verdict', 'start');
  const targets = roomy ? line(left + 12, first + step * 2, 'small', 'start') : null;
  const face = brief ? null : clock(left + 12 + style.small * 0.5, first - style.small * 0.34, style.small * 0.5);
  const others = [verdict, targets, face].flatMap((one) => (one ? [one] : []));
  const group = element('g', { class: 'rule' }, wire, plate, name, figure, ...others);
  into.append(group);
  return { group, wire, name, figure, verdict, targets, clock: face, width: width - 24 };
}

/**
 * @param {Card} card @param {Rule | undefined} rule @param {EventBusView | null} view @param {number} now
 * @param {number} step  how much time has passed since the drawing before @param {Style} style
 */
export function update(card, rule, view, now, step, style) {
  set(card.group, 'visibility', rule ? 'visible' : 'hidden');
  if (!rule) return;
  const [name, state, matched] = rule;
  const { lit, missed } = verdict(rule, view, now, step);
  const kinds = [lit && 'is-lit', missed && 'is-missed', state === OFF && 'is-off'].filter(Boolean);
  set(card.group, 'class', ['rule', ...kinds].join(' '));
  if (card.clock) set(card.clock, 'visibility', state === SCHEDULE ? 'visible' : 'hidden');
  const indent = card.clock && state === SCHEDULE ? style.small * 1.4 : 0;
  set(card.name, 'dx', indent);
  const wrong = trouble(rule, now);
  const plainly = `${shortCount(matched)} ${state === SCHEDULE ? 'fired' : 'matched'}`;
  const briefly = style.width(wrong, style.small, true) < card.width * MUCH ? wrong : wrong.split(' · ')[0];
  const figure = card.targets || !wrong ? plainly : briefly;
  say(card.figure, figure);
  set(card.figure, 'class', !card.targets && wrong ? 'small warn' : 'small');
  const left = card.width - style.width(figure, style.small, !card.targets && wrong !== '') - 10 - indent;
  const words = said(rule, view, step);
  say(card.name, cut(card.verdict ? name : `${words.charAt(0)} ${name}`, left, style.small * BOLD, style));
  card.name.classList.toggle('verdict', card.verdict === null);
  if (card.verdict) say(card.verdict, cut(words, card.width, style.small * BOLD, style));
  if (!card.targets) return;
  const deliveries = `→ ${count(rule[6])}`;
  say(
    card.targets,
    cut(wrong ? `${deliveries} · ${wrong}` : `${deliveries} delivered`, card.width, style.small * BOLD, style),
  );
  set(card.targets, 'class', wrong ? `small ${rule[9] > now ? 'warn' : 'bad'}` : 'small');
}

/** What somebody reads on a card below its name. @param {Rule} rule @param {EventBusView | null} view @param {number} step */
function said([, state, matched, time, clause, targets], view, step) {
  if (state === OFF) return '‖ off: nothing is matched';
  if (state === SCHEDULE) return `◷ by schedule${targets ? '' : ', without a target'}`;
  if (!view?.latest) return targets ? '· no event yet' : '· without a target';
  if (step > RACES) return `· ${count(matched)} of ${count(view.received)} events`;
  if (time > 0 && time >= view.latest[3]) return `✓ matched${targets ? '' : ', and has no target'}`;
  return clause ? `✗ ${plain(clause)}` : '✗ not matched';
}

/** "detail.country is "NL"" of "did not match: $.detail.country is "NL"; asked for …". @param {string} clause */
export function plain(clause) {
  return clause.replace(/^did not match[^:]*: /, '').replaceAll('$.', '');
}

/**
 * Whether a card is lit: it matched the latest event, a second ago at most. And whether it stands back, because it did
 * not. Where time races neither: its numbers tell then.
 * @param {Rule} rule @param {EventBusView | null} view @param {number} now @param {number} step
 */
export function verdict([, state, , time], view, now, step) {
  const latest = view?.latest?.[3] ?? 0;
  const still = step <= RACES;
  const lit = still && state !== OFF && time > 0 && time >= latest && now - time < SHINES;
  return { lit, missed: still && !lit && state === 1 && latest > 0 && time < latest };
}

/** "✕ 1 failed · ↻ retry in 12 s", "↻ 3 in 12 s", or "". @param {Rule} rule @param {number} now */
function trouble([, , , , , , , failed, retrying, retry], now) {
  const parts = failed ? [`✕ ${count(failed)} failed`] : [];
  const due = retry > now ? ` in ${countdown(retry - now)}` : '';
  const many = due ? count(retrying) : `${count(retrying)} to retry`;
  if (retrying) parts.push(`↻ ${retrying > 1 ? many : 'retry'}${due}`);
  return parts.join(' · ');
}

/** For somebody who does not see it. @param {Rule} rule @param {EventBusView} view @param {number} now */
export function tell(rule, view, now) {
  const [name, state, matched, time, clause, , delivered, failed, retrying, retry] = rule;
  const parts = [
    `${name} ${state === OFF ? 'is off' : `${state === SCHEDULE ? 'fired' : 'matched'} ${count(matched)}`}`,
  ];
  if (state === 1 && view.latest) {
    if (time > 0 && time >= view.latest[3]) parts.push('among them the latest event');
    else if (clause) parts.push(`not the latest: ${plain(clause)}`);
  }
  if (delivered) parts.push(`${count(delivered)} delivered`);
  if (failed) parts.push(`${count(failed)} failed`);
  if (retrying) parts.push(`${count(retrying)} to retry${retry > now ? ` in ${countdown(retry - now)}` : ''}`);
  return parts.join(', ');
}
