/**
 * A pipe: four sections of tube, joined by flanges – source, filter, enrichment, target – with the messages of its batch
 * in the section that they have come to.
 */

import { funnel } from 'app/stage/shapes/signs.js';
import { cut, element, line, say, set } from 'app/stage/shapes/svg.js';
import { count, shortCount } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').NodeSpec} NodeSpec */
/** @typedef {import('app/stage/types.js').PipeView} PipeView */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {import('app/stage/types.js').Role} Role */
/** @typedef {import('app/stage/types.js').Spoke} Spoke */
/** @typedef {import('app/stage/types.js').Size} Size */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/**
 * @typedef {{ group: SVGGElement, figures: SVGTextElement[], kind: SVGTextElement | null, state: SVGTextElement,
 *   reason: SVGTextElement }} Parts
 */

export const SECTIONS = ['source', 'filter', 'enrichment', 'target'];
const ENRICHMENT = 2;
const HIGH = 58;

/** @param {NodeSpec} node @param {PipeView | null} _view @param {Style} style @param {Partial<Role>} role @returns {Size} */
export function measure(node, _view, style, role) {
  const section = Math.ceil(
    Math.max(style.compact ? 52 : 74, style.width(style.compact ? '9,999' : 'enrichment', style.small) + 12),
  );
  const width = section * SECTIONS.length;
  const high = style.compact ? 44 : HIGH;
  const body = { left: width / 2, right: width / 2, up: high / 2, down: high / 2 };
  // Wide, figures stand above the tube, so that the way down to what enriches is clear; upright, below it.
  const labels = style.compact ? 0 : style.small * 2.9;
  const at = section * (style.compact ? 1 : ENRICHMENT - 1.5); // upright, between two figures
  const spokes = (role.exits ?? []).flatMap((exit) =>
    exit.part === 'enrichment' ? [enriching(exit, at, high / 2, section)] : [],
  );
  const heads = style.text * 1.25 + labels + style.small * 1.35 + 4;
  const state = Math.max(...['‖ stopped', '▶ running'].map((text) => style.width(text, style.small, true))) + 30;
  const names = Math.max(width, Math.min(style.text * 16, style.width(node.title, style.text, true) + state));
  const up = high / 2 + (style.compact ? 6 : heads);
  const down = high / 2 + style.small * 1.6 + (style.compact ? style.text * 1.2 + style.small * 1.4 : 8);
  const shape = { section, labels, high, state, upright: Number(style.compact) };
  return { ...body, left: names / 2, right: names / 2, up, down, body, shape, spokes };
}

/**
 * What enriches hangs below its section.
 * @param {import('app/stage/types.js').Exit} exit @param {number} x @param {number} y @param {number} room @returns {Spoke}
 */
function enriching(exit, x, y, room) {
  return { ...exit, lead: [{ x, y }], across: false, room };
}

/** @param {SVGGElement} group @param {Box} box @param {NodeSpec} node @param {Style} style @returns {Parts} */
export function build(group, box, node, style) {
  const { section, labels, state: aside, upright } = box.shape;
  const { left, up, right, down } = box.body;
  const middle = (/** @type {number} */ at) => -left + section * (at + 0.5);
  const flanges = [1, 2, 3].map((at) =>
    element('rect', {
      class: 'flange',
      x: -left + section * at - 4,
      y: -up - 5,
      width: 8,
      height: up + down + 10,
      rx: 2.5,
    }),
  );
  const names = SECTIONS.map((text, at) => {
    const made = line(middle(at), -up - 11 - style.small * 1.35, 'small');
    made.textContent = text;
    return made;
  });
  const figures = SECTIONS.map((_, at) =>
    line(middle(at), upright ? down + style.small * 1.5 : -up - 11, 'small strong'),
  );
  const head = upright ? down + style.small * 1.6 + style.text * 1.1 : -up - labels - 9 - style.small * 1.35;
  const name = line(-left, head, 'name', 'start');
  name.textContent = cut(node.title, left + right - aside, style.text * 1.08, style);
  const state = line(right - (upright ? 14 : 0), head, 'small strong', 'end');
  const kind = style.compact ? null : line(-left, head + style.small * 1.35, 'small', 'start');
  const reason = line(-left, upright ? head + style.small * 1.3 : down + style.small * 1.5, 'small', 'start');
  group.append(
    element('rect', { class: 'card tube', x: -left, y: -up, width: left + right, height: up + down, rx: 12 }),
    ...flanges,
    funnel(middle(1) - section * 0.5 + 14, 0, 0),
    ...(style.compact ? [] : names),
    ...figures,
    name,
    state,
    ...(kind ? [kind] : []),
    reason,
  );
  return { group, figures, kind, state, reason };
}

/**
 * @param {Parts} parts @param {Box} box @param {NodeSpec} node @param {PipeView | null} view
 * @param {{ names: Naming, style: Style }} scene
 */
export function update(parts, box, node, view, { names, style }) {
  const wide = box.body.left + box.body.right;
  if (parts.kind) say(parts.kind, cut(node.names[names], wide, style.small, style));
  if (view === null) return;
  const stopped = view.state !== 'running';
  say(parts.state, stopped ? `‖ ${view.state}` : '▶ running');
  set(parts.state, 'class', `small strong ${stopped ? 'warn' : 'good'}`);
  set(parts.group, 'class', stopped ? 'picture is-stopped' : 'picture');
  const said = style.compact
    ? [view.received, -view.filtered, view.enriched, view.delivered].map((number) =>
        number ? shortCount(Math.abs(number)) : '–',
      )
    : [
        `${shortCount(view.received)} in`,
        view.filtered ? `−${shortCount(view.filtered)} out` : 'all pass',
        view.enrichment ? `${shortCount(view.enriched)} enriched` : 'none',
        `${shortCount(view.delivered)} sent`,
      ];
  for (const [at, figure] of parts.figures.entries())
    say(figure, cut(said[at], box.shape.section - 4, style.small, style));
  const failed = view.failed ? `✕ ${count(view.failed)} failed` : '';
  say(
    parts.reason,
    cut(
      [failed, view.reason].filter(Boolean).join(': ') || (view.caption[0] ?? ''),
      box.shape.section * 2.2, // left of the line to the enrichment
      style.small,
      style,
    ),
  );
  set(parts.reason, 'class', view.failed ? 'small bad' : 'small');
}

/** Its batch, each in its section. @param {Box} box @param {PipeView} view @param {number} node @param {Resting[]} into */
export function rest(box, view, node, into) {
  const { section, high } = box.shape;
  const radius = Math.min(8, high * 0.15);
  const filled = SECTIONS.map(() => 0);
  const columns = Math.max(1, Math.floor((section - 16) / (radius * 2 + 3)));
  const total = SECTIONS.map((_, at) => view.batch.filter((one) => one[3] === at).length);
  for (const [rank, [id, look, flags, stage]] of view.batch.slice(0, 10).entries()) {
    const index = filled[stage]++;
    const rows = Math.min(3, Math.ceil(total[stage] / columns));
    const row = Math.min(rows - 1, Math.floor(index / columns));
    const inRow = Math.min(columns, total[stage] - row * columns);
    const x = -box.body.left + section * (stage + 0.5) + (index - row * columns - (inRow - 1) / 2) * (radius * 2 + 3);
    const y = (row - (rows - 1) / 2) * (radius * 2 + 2);
    const place = /** @type {const} */ ('working');
    const none = { receives: 0, alarm: false, since: 0, until: 0, holder: -1 };
    into.push({
      id,
      look,
      flags,
      x: box.x + x,
      y: box.y + y,
      radius,
      place,
      node,
      rank,
      tag: SECTIONS[stage],
      ...none,
    });
  }
}

/** Where lines meet a pipe: its ends; upright, above the first section and right of the figures below the last. @param {Box} box @param {boolean} compact */
export function ports(box, compact) {
  const { left, right, up, down } = box.body;
  /** @type {(x: number, y: number, across: boolean) => import('app/stage/types.js').Port} */
  const port = (x, y, across) => ({ x: box.x + x, y: box.y + y, across });
  const land = port(0, -up, false);
  const fall = port(box.shape.section * 1.6 - left, down, false);
  if (!compact) return { in: port(-left, 0, true), out: port(right, 0, true), fall, land };
  return { in: port(box.shape.section / 2 - left, -up, false), out: port(right - 6, down, false), fall, land };
}

/** @param {NodeSpec} node @param {PipeView} view */
export function tell(node, view) {
  const parts = [`${view.state}, ${count(view.received)} received`];
  if (view.filtered) parts.push(`${count(view.filtered)} filtered out`);
  if (view.enriched) parts.push(`${count(view.enriched)} enriched by ${view.enrichment}`);
  parts.push(`${count(view.delivered)} delivered`);
  if (view.failed) parts.push(`${count(view.failed)} failed`);
  if (view.reason) parts.push(view.reason);
  return `${node.title}: ${parts.join(', ')}.`;
}
