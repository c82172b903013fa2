/**
 * A scheduler: the face of a clock that shows when it fires next, with a ring of the time left until then, and beside it
 * the list of its schedules.
 */

import { arc } from 'app/stage/shapes/signs.js';
import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, countdown } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').SchedulerView} SchedulerView */
/** @typedef {import('app/stage/types.js').Schedule} Schedule */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ hands: SVGPathElement, left: SVGPathElement, rows: { name: SVGTextElement, when: SVGTextElement }[],
 *   kind: SVGTextElement | null, next: SVGTextElement, said: SVGTextElement }} Parts
 */

const MOST = 6;
const RING = 60_000_000; // µs that the whole ring stands for, as on a stop-watch
const OVER = 2;
const SIGNS = ['‖', '◷', '✓'];

/** How many rows it needs. @param {SchedulerView | null} view */
export function room(view) {
  return [view?.schedules.length ?? 0];
}

/** Lines leave at the rows of their schedules. @param {SchedulerView | null} view */
export function order(view) {
  return (view?.schedules ?? []).map(([name]) => name).join('\n');
}

/** @param {NodeSpec} node @param {SchedulerView | null} view @param {Style} style @param {Partial<Role>} role @returns {Size} */
export function measure(node, view, style, role) {
  const [asked] = role.room ?? room(view);
  const rows = Math.min(style.compact ? 3 : MOST, Math.max(1, asked));
  const radius = style.compact ? Math.round(style.text * 2) : 46;
  const pitch = style.small * (style.compact ? 1.35 : 2.75);
  const list = Math.max(
    style.width(style.compact ? '◷ schedule · in 59 min 59 s' : 'in 23 h 59 min · Mon 05 Jan 09:00', style.small, true),
    Math.min(style.text * 13, style.width(node.title, style.text, true)),
  );
  const width = 2 * radius + 22 + list + 14;
  const inside = style.text * 1.3 + (style.compact ? style.small * 1.35 : style.small * 1.4) + rows * pitch + 18;
  const height = Math.max(2 * radius + 20, inside);
  const body = { left: width / 2, right: width / 2, up: height / 2, down: height / 2 };
  const shape = { rows, radius, pitch, list, hub: radius + 10 - width / 2 };
  const names = (view?.schedules ?? []).map(([name]) => name);
  const first = style.text + 8 + style.small * 1.5 - height / 2;
  const spokes = style.compact ? undefined : leaving(role.exits ?? [], names, shape, first, width / 2);
  return { ...body, body, shape, spokes };
}

/**
 * Each line leaves beside its schedule.
 * @param {import('app/stage/types.js').Exit[]} exits @param {string[]} names
 * @param {{ rows: number, pitch: number }} list @param {number} top @param {number} x
 * @returns {import('app/stage/types.js').Spoke[]}
 */
function leaving(exits, names, { rows, pitch }, top, x) {
  return exits.map((exit) => {
    const found = names.indexOf(exit.part);
    const row = Math.min(rows - 1, found >= 0 ? found : rows - 1);
    return { ...exit, lead: [{ x, y: top + (row + 0.6) * pitch }], across: true, room: pitch };
  });
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { rows, radius, pitch, list, hub } = box.shape;
  const { left, up, right, down } = box.body;
  const ticks = Array.from({ length: 12 }, (_, i) => {
    const [x, y] = [Math.sin((i * Math.PI) / 6), -Math.cos((i * Math.PI) / 6)];
    const from = radius * (i % 3 ? 0.86 : 0.78);
    return `M${(x * from).toFixed(1)} ${(y * from).toFixed(1)}L${(x * radius * 0.94).toFixed(1)} ${(y * radius * 0.94).toFixed(1)}`;
  });
  const hands = element('path', { class: 'hands', d: '' });
  const rest = element('path', { class: 'countdown', d: '' });
  const face = element(
    'g',
    { class: 'face', transform: `translate(${hub} 0)` },
    element('circle', { class: 'dial', r: radius }),
    element('path', { class: 'inner', d: ticks.join('') }),
    rest,
    hands,
    element('circle', { class: 'inner filled', r: 3 }),
  );
  const x = hub + radius + 16;
  const first = -up + style.text + 8;
  const name = line(x, first, 'name', 'start');
  name.textContent = cut(node.title, list, style.text, style);
  const kind = style.compact ? null : line(x, first + style.small * 1.4, 'small', 'start');
  const next = line(x, first + style.small * 1.4, 'small strong', 'start');
  const top = first + style.small * (style.compact ? 1.4 : 1.5);
  const made = Array.from({ length: rows }, (_, i) => ({
    name: line(x, top + (i + 1) * pitch - (style.compact ? 0 : style.small * 1.3), 'small strong', 'start'),
    when: line(x, top + (i + 1) * pitch, 'small', 'start'),
  }));
  const said = line(hub, radius + style.small + 4, 'small', 'middle');
  group.append(
    element('rect', { class: 'card', x: -left, y: -up, width: left + right, height: up + down, rx: 16 }),
    face,
    name,
    ...(kind ? [kind] : [next]),
    ...made.flatMap((row) => (style.compact ? [row.when] : [row.name, row.when])),
  );
  return { hands, left: rest, rows: made, kind, next, said };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {SchedulerView | null} view
 * @param {{ now: number, names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, { now, names, style }) {
  const { list, radius } = box.shape;
  const next = soonest(view, now);
  const due = next ? `next in ${countdown(next[1] - now)}` : 'nothing planned';
  if (parts.kind) say(parts.kind, cut(node.names[names], list, style.small, style));
  say(parts.next, cut(view ? due : '', list, style.small, style));
  set(parts.hands, 'd', next ? hands(next[5], radius) : '');
  set(parts.left, 'd', next ? arc((next[1] - now) / RING, radius + 5) : '');
  for (const [i, row] of parts.rows.entries()) {
    const schedule = view?.schedules[i];
    say(row.name, schedule ? cut(`${SIGNS[schedule[2]] ?? ''} ${schedule[0]}`, list, style.small * 1.06, style) : '');
    const when = schedule
      ? style.compact
        ? `${SIGNS[schedule[2]]} ${schedule[0]} · ${plan(schedule, now).split(' · ')[0]}`
        : plan(schedule, now)
      : '';
    const fits = style.width(when, style.small, true) <= list ? when : when.replace(/ · fired .*$/, '');
    say(row.when, cut(fits, list, style.small * 1.08, style));
    set(row.when, 'class', next && schedule === next ? 'small strong' : 'small');
  }
}

/** The schedule that fires next. @param {SchedulerView | null} view @param {number} now */
function soonest(view, now) {
  const coming = (view?.schedules ?? []).filter(([, next, state]) => state === 1 && next > now);
  return coming.sort((a, b) => a[1] - b[1])[0] ?? null;
}

/** "in 12 s · Mon 09:00", "within 5 min", "over · fired 3". @param {Schedule} schedule @param {number} now */
function plan([, next, state, fired, window, local], now) {
  const times = `fired ${count(fired)}`;
  if (state === OVER) return `over · ${times}`;
  if (state === 0) return `off · ${times}`;
  if (window > now && next <= now) return `within ${countdown(window - now)} · ${times}`;
  if (next <= now) return times;
  return [`in ${countdown(next - now)}`, local, fired ? times : ''].filter(Boolean).join(' · ');
}

/** The hands at a time of day, "… 09:30 …"; at twelve where the text names none. @param {string} local @param {number} radius */
function hands(local, radius) {
  const [, hours, minutes] = local.match(/(\d{1,2}):(\d{2})/) ?? ['', '0', '0'];
  const turn = (/** @type {number} */ part, /** @type {number} */ reach) => {
    const angle = part * Math.PI * 2;
    return `M0 0L${(Math.sin(angle) * radius * reach).toFixed(1)} ${(-Math.cos(angle) * radius * reach).toFixed(1)}`;
  };
  return turn((Number(hours) % 12) / 12 + Number(minutes) / 720, 0.46) + turn(Number(minutes) / 60, 0.68);
}

/** No message rests at a scheduler. */
export function rest() {}

/** @param {NodeSpec} node @param {SchedulerView} view @param {number} now */
export function tell(node, view, now) {
  const many = view.count || view.schedules.length;
  const failed = view.failed ? `, ${count(view.failed)} failed` : '';
  const told = view.schedules.map((schedule) => `${schedule[0]} ${plan(schedule, now).replaceAll(' · ', ', ')}`);
  return `${node.title}: ${count(many)} ${many === 1 ? 'schedule' : 'schedules'}${failed}.${told.length ? ` ${told.join('; ')}.` : ''}`;
}
