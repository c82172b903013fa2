/**
 * The chart of one execution, coloured by what had happened at a moment: where it has been, where it is, where it failed,
 * and which edges it took. A function of its stays and of time.
 */

import { fitted } from 'app/stage/shapes/state_machine/fitting.js';
import * as picture from 'app/stage/shapes/state_machine/picture.js';
import { edgeOf } from 'app/stage/shapes/state_machine/reading.js';
import { show } from 'app/stage/shapes/state_machine/state.js';
import { element, set } from 'app/stage/shapes/svg.js';
import { readTheme, ruler } from 'app/stage/theme.js';

/** @typedef {import('app/stage/types.js').Chart} Chart */
/** @typedef {import('app/stage/types.js').Style} Style */
/** @typedef {{ name: string, entered: number, exited: number | null, failed: boolean }} Stay */
/** What was so far: per state how often it was entered, whether it is there now, and how the last stay ended. @typedef {{ times: number, here: boolean, failed: boolean }} Been */

const CATCH = 3;
const TALLEST = 620;
const LEAST = 200;
const SCROLLED = 1800; // where only then names can be read

/**
 * What had become of each state at a moment, by its place in the chart.
 * @param {Chart} chart @param {Stay[]} stays  in the order in which they began @param {number} now @returns {Been[]}
 */
export function been(chart, stays, now) {
  const places = new Map(chart.states.map(([name], place) => [name, place]));
  const found = chart.states.map(() => ({ times: 0, here: false, failed: false }));
  for (const { name, entered, exited, failed } of stays) {
    const state = found[places.get(name) ?? -1];
    if (!state || entered > now) continue;
    const over = exited !== null && exited <= now;
    state.times++;
    state.here ||= !over;
    state.failed = failed && over;
  }
  return found;
}

/**
 * The edges that had been taken by then, and those by which it came to where it is.
 * @param {Chart} chart @param {Stay[]} stays @param {number} now @returns {{ taken: Set<number>, last: Set<number> }}
 */
export function edgesTaken(chart, stays, now) {
  const places = new Map(chart.states.map(([name], place) => [name, place]));
  const taken = /** @type {Set<number>} */ (new Set());
  const last = /** @type {Set<number>} */ (new Set());
  for (const [index, stay] of stays.entries()) {
    if (stay.entered > now) break;
    const to = places.get(stay.name) ?? -1;
    for (let at = index - 1; at >= 0; at--) {
      const before = stays[at];
      const from = places.get(before.name) ?? -1;
      if (before.exited === null || before.exited > stay.entered) continue;
      const edge = edgeOf(
        chart,
        from,
        to,
        before.failed ? CATCH : (chart.edges.find(([a, b]) => a === from && b === to)?.[2] ?? 0),
      );
      if (edge < 0) continue;
      taken.add(edge);
      if (stay.exited === null || stay.exited > now) last.add(edge);
      break;
    }
  }
  return { taken, last };
}

/**
 * Draws the chart of an execution into an element; choosing a state in it is told.
 * @param {HTMLElement} host @param {any} chart @param {Stay[]} stays @param {(state: number) => void} onChoose
 */
export function drawExecution(host, chart, stays, onChoose) {
  return new ExecutionGraph(host, chart, stays, onChoose);
}

export class ExecutionGraph {
  /**
   * @param {HTMLElement} host @param {Chart} chart @param {Stay[]} stays
   * @param {(state: number) => void} onChoose
   */
  constructor(host, chart, stays, onChoose) {
    this.host = host;
    this.chart = chart;
    this.stays = stays;
    this.picture = /** @type {import('app/stage/shapes/state_machine/picture.js').Picture | null} */ (null);
    this.style = /** @type {Style | null} */ (null);
    this.written = '';
    this.ends = new AbortController();
    const { signal } = this.ends;
    const chosen = (/** @type {Event} */ event) => {
      const state = event.target instanceof Element ? event.target.closest('[data-state]') : null;
      return state ? Number(state.getAttribute('data-state')) : -1;
    };
    host.addEventListener('click', (event) => chosen(event) >= 0 && onChoose(chosen(event)), { signal });
    host.addEventListener(
      'keydown',
      (event) => {
        if ((event.key !== 'Enter' && event.key !== ' ') || chosen(event) < 0) return;
        event.preventDefault();
        event.stopPropagation();
        onChoose(chosen(event));
      },
      { signal },
    );
    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(host);
    document.addEventListener('waystation:theme', () => this.resize(true), { signal });
    this.width = 0;
    this.now = -1;
    this.chosen = -1;
    this.brought = -1;
    this.resize();
  }

  /** @param {boolean} [anew] */
  resize(anew = false) {
    const width = Math.round(this.host.clientWidth);
    if (width < 40 || (width === this.width && !anew)) return;
    this.width = width;
    const tokens = readTheme(this.host);
    const { smallSize: small, textSize: text } = tokens;
    const style = {
      text,
      small,
      line: 4,
      edge: 2,
      glyph: 11,
      slots: 8,
      compact: false,
      flat: false,
      width: ruler(tokens.font),
    };
    const tall = Math.max(LEAST, Math.min(TALLEST, globalThis.innerHeight * 0.6));
    const whole = fitted(this.chart, { width: width - 12, height: tall }, style);
    const found = whole.text ? whole : fitted(this.chart, { width: width - 12, height: SCROLLED }, style);
    const [wide, high] = [found.layout.width * found.scale, found.layout.height * found.scale];
    const svg = element('svg', {
      width,
      height: high + 8,
      viewBox: `0 0 ${width} ${high + 8}`,
      role: 'group',
      'aria-label': 'The chart of this execution',
    });
    const place = element('g', { transform: `translate(${(width - wide) / 2} 4) scale(${found.scale})` });
    svg.append(place);
    svg.classList.add('stage-map', 'execution-map');
    this.picture = picture.build(place, this.chart, found, style);
    for (const { group } of this.picture.states) {
      group.setAttribute('tabindex', '0');
      group.setAttribute('role', 'button');
    }
    this.style = style;
    this.host.style.setProperty('--stage-small', `${small}px`);
    this.host.replaceChildren(svg);
    this.written = '';
    if (this.now >= 0) this.update(this.now, this.chosen);
  }

  /** @param {number} now @param {number} chosen  a state, or -1 */
  update(now, chosen) {
    [this.now, this.chosen] = [now, chosen];
    const { picture: drawn, chart, style } = this;
    if (!drawn || !style) return;
    const states = been(chart, this.stays, now);
    const key = `${chosen} ${states.map(({ times, here, failed }) => `${times}${here}${failed}`)}`;
    if (key === this.written) return;
    this.written = key;
    for (const [place, parts] of drawn.states.entries()) {
      const { times, here, failed } = states[place];
      const [name, type] = chart.states[place];
      const kind = [
        `is-${type.toLowerCase()}`,
        times ? '' : 'is-new',
        here ? 'is-here' : failed ? 'is-failed' : times ? 'is-done' : '',
        place === chosen ? 'is-chosen' : '',
      ];
      show(
        parts,
        {
          kind: kind.filter(Boolean).join(' '),
          count: '',
          note: times > 1 ? `×${times}` : '',
          tone: '',
          done: 0,
          lost: 0,
        },
        style,
      );
      const words = here ? 'is here' : failed ? 'failed' : times ? 'done' : 'not entered';
      set(parts.group, 'aria-label', `${name} (${type}): ${words}${times > 1 ? `, entered ${times} times` : ''}`);
      set(parts.group, 'aria-pressed', String(place === chosen));
    }
    const { taken, last } = edgesTaken(chart, this.stays, now);
    picture.light(drawn, last, taken);
    if (chosen >= 0 && chosen !== this.brought) this.bring(drawn.states[chosen].group);
    this.brought = chosen;
  }

  /** Scrolls the chart, and nothing round it, to what is chosen. @param {Element} state */
  bring(state) {
    const [box, room] = [state.getBoundingClientRect(), this.host.getBoundingClientRect()];
    if (box.top < room.top || box.bottom > room.bottom)
      this.host.scrollTop += (box.top + box.bottom - room.top - room.bottom) / 2;
  }

  destroy() {
    this.ends.abort();
    this.sized.disconnect();
  }
}
