/**
 * One state of a chart: its outline, sign and name, and what it shows at a moment.
 */

import { FIGURE, MARK, SLOT, UNIT } from 'app/stage/shapes/state_machine/fitting.js';
import { lettered } from 'app/stage/shapes/state_machine/lettering.js';
import { outline, rounded, sign } from 'app/stage/shapes/state_machine/signs.js';
import { element, line, say, set } from 'app/stage/shapes/svg.js';

/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').ChartState} ChartState */
/** @typedef {import('app/stage/shapes/state_machine/layout.js').Stand} Stand */
/**
 * @typedef {{ group: SVGGElement, stand: Stand, type: string, title: string, sheets: number, head: number,
 *   name: SVGTextElement, note: SVGGElement, count: SVGGElement, bar: SVGRectElement | null,
 *   lost: SVGRectElement | null, bare: boolean, shrunk: number, written: string }} StateParts
 *
 * What a state shows: classes, how many are in it ("" for none), a word at its corner, and of a Map how far it is.
 * @typedef {{ kind: string, count: string, note: string, tone: string, done: number, lost: number }} Shown
 */

const SHEETS = 8;
const HEAD = 16; // where the middle of the head of a frame is
const SMALL = 11;
const BAR = 27;
const ACROSS = 40; // of the name across a small diamond
const RAISED = -12.5; // how far a word at the corner stands above its state

/**
 * @param {ChartState} state @param {Stand} stand @param {number} index
 * @param {boolean} bare  whether there is no room for both a sign and a name
 * @returns {StateParts}
 */
export function build([title, type], stand, index, bare) {
  const sheets = type === 'Map' && stand.framed ? SHEETS : 0;
  const [width, height] = [stand.width - sheets, stand.height - sheets];
  const d = rounded(width, height, 7);
  const back = [2, 1].map((step) =>
    element('path', { class: 'sheet', d, transform: `translate(${step * 4} ${sheets - step * 4})` }),
  );
  const front = element('path', {
    class: 'plate',
    d: outline(type, width, height),
    transform: `translate(0 ${sheets})`,
  });
  const inner = { class: 'inner-line', d: outline(type, width - 6, height - 6), transform: 'translate(3 3)' };
  const double = type === 'Succeed' && !stand.framed;
  const head = sheets + (stand.framed ? HEAD : height / 2);
  const mark = element('path', { class: 'sign', d: sign(type), transform: `translate(${MARK} ${head})` });
  const name = line(0, 0, 'state-name', stand.sharp ? 'middle' : 'start');
  const bars = type === 'Map' && stand.framed ? ['progress', 'progress is-lost'] : [];
  const [bar = null, lost = null] = bars.map((kind) =>
    element('rect', { class: kind, x: 9, y: sheets + BAR, height: 3, width: 0, rx: 1.5 }),
  );
  const [note, count] = [pill('state-note', 6), pill('state-count', 8.5)];
  const group = element(
    'g',
    { class: 'state', 'data-state': index, transform: `translate(${stand.x} ${stand.y})` },
    element('title', {}, `${title} (${type})`),
    ...(sheets ? back : []),
    front,
    ...(double ? [element('path', inner)] : []),
    mark,
    name,
    ...(bar && lost ? [bar, lost] : []),
    note,
    count,
  );
  return {
    group,
    stand,
    type,
    title,
    sheets,
    head,
    name,
    note,
    count,
    bar,
    lost,
    bare: bare && !stand.framed,
    shrunk: 1,
    written: '',
  };
}

/** @param {string} kind @param {number} round */
function pill(kind, round) {
  return element(
    'g',
    { class: kind, visibility: 'hidden' },
    element('rect', { height: 17, rx: round }),
    line(0, 12.4, '', 'middle'),
  );
}

/**
 * Writes the name in letters of this size; 0: not at all.
 * @param {StateParts} parts @param {number} size @param {Style} style
 */
export function write({ group, stand, type, title, sheets, head, name, bare }, size, style) {
  group.classList.toggle('is-lettered', bare && size > 0);
  const left = bare ? 5 : SLOT;
  const room =
    type === 'Choice'
      ? Math.max(stand.width * 0.56 - 7, bare ? ACROSS : 0)
      : stand.width - sheets - left - (stand.framed && type === 'Map' ? FIGURE : 6);
  const rows = stand.framed ? 1 : Math.max(1, Math.floor((stand.height * (stand.sharp ? 0.62 : 0.9)) / (size * 1.12)));
  const lines = size ? lettered(title, Math.max(8, room), size, Math.min(3, rows), style, bare ? '' : '…') : [];
  const x = stand.sharp ? stand.width / 2 : left;
  const top = head + size * 0.36 - ((lines.length - 1) * size * 1.1) / 2;
  name.style.fontSize = `${size || UNIT}px`;
  name.replaceChildren(...lines.map((text, i) => element('tspan', { x, y: (top + i * size * 1.1).toFixed(1) }, text)));
}

/** @param {StateParts} parts @param {Shown} shown @param {Style} style */
export function show(parts, shown, style) {
  const key = JSON.stringify(shown);
  if (parts.written === key) return;
  parts.written = key;
  const { group, count, note, bar, lost, stand, sheets, head, shrunk } = parts;
  const lettering = group.classList.contains('is-lettered') ? ' is-lettered' : '';
  set(group, 'class', `state ${shown.kind}${lettering}`);
  const wide = fill(count, shown.count, style) * shrunk;
  place(count, -wide * 0.5, stand.sharp ? stand.height / 2 - 8.5 * shrunk : RAISED * shrunk, shrunk);
  set(note, 'class', `state-note ${shown.tone}`);
  const right = stand.width - sheets - fill(note, shown.note, style) * shrunk;
  // What went wrong before stands at the foot, where errors leave; what is the matter now, at the head.
  const level = shown.tone.includes('is-past') ? stand.height - sheets - 6 : RAISED * shrunk;
  place(note, right + (stand.framed ? -6 : 8), stand.framed ? head - 8.5 * shrunk : level, shrunk);
  if (!bar || !lost) return;
  const whole = stand.width - sheets - 18;
  set(bar, 'width', (whole * shown.done).toFixed(1));
  set(lost, 'x', (9 + whole * shown.done).toFixed(1));
  set(lost, 'width', (whole * shown.lost).toFixed(1));
}

/** @param {SVGGElement} pill @param {number} x @param {number} y @param {number} scale */
function place(pill, x, y, scale) {
  set(pill, 'transform', `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(2)})`);
}

/** Writes into a pill, and answers how wide it is. @param {SVGGElement} into @param {string} text @param {Style} style */
function fill(into, text, style) {
  set(into, 'visibility', text ? 'visible' : 'hidden');
  if (!text) return 0;
  const [plate, words] = into.children;
  const width = Math.max(17, style.width(text, SMALL, true) + 11);
  say(words, text);
  set(plate, 'width', width.toFixed(1));
  set(words, 'x', (width / 2).toFixed(1));
  return width;
}
