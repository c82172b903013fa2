/**
 * The strip of charts under the stage: how the run went so far, with the playhead in it.
 *
 * Each chart has its present value as a large number, so that the strip can be read without its lines; pointing at a
 * chart shows that moment in all four and on the scrub track, clicking goes there. uPlot is loaded after the first paint:
 * the page shows and moves without it.
 */
import { chosenCharts, headline, leastTop, niceTop, shown, titleOf, valueAt } from 'app/charts/series.js';

/** @typedef {import("app/charts/series.js").ChartFacts} ChartFacts */
/** @typedef {import("app/charts/series.js").Words} Words */
/** @typedef {Record<string, (number | null)[]>} Series */
/** @typedef {typeof import("uplot")} Plotter */
/** @typedef {{facts: ChartFacts, keys: string[], value: HTMLElement, room: HTMLElement, cursor: HTMLElement, plot: import("uplot") | null, top: number}} Chart */

const MOST = 4;
const SECOND = 1_000_000;
const AXIS_WIDTH = 38;

/** The colours of a chart's lines, by the chart's place in the strip: custom properties of tokens.css. */
const COLOURS = [
  ['--accent', '--m3', '--m2'],
  ['--m1', '--m3', '--m2'],
  ['--warn', '--m1', '--m3'],
  ['--m4', '--m4', '--m1'],
];
const DASHES = [[], [6, 4], [2, 3]];

export class Strip {
  /**
   * @param {HTMLElement} root
   * @param {ChartFacts[]} charts
   * @param {object} options
   * @param {Words} options.words
   * @param {(time: number | null) => void} options.onPoint
   * @param {(time: number) => void} options.onSeek
   * @param {(node: number) => string} options.titleOf
   */
  constructor(root, charts, { words, onPoint, onSeek, titleOf }) {
    this.root = root;
    this.facts = charts;
    this.words = words;
    this.onPoint = onPoint;
    this.onSeek = onSeek;
    this.titleOf = titleOf;
    /** @type {Chart[]} */
    this.charts = [];
    /** @type {Plotter | null} */
    this.Plotter = null;
    /** @type {Series} */
    this.series = { time: [] };
    this.furthest = 0;
    this.now = 0;
    /** @type {number | null} */
    this.node = null;
    /** @type {number | null} */
    this.pointed = null;
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(root);
    this.choose(null);
  }

  /** Load the plotting library and draw; until then the strip shows its numbers only. */
  async load() {
    this.Plotter = (await import('uplot')).default;
    this.redraw();
  }

  /**
   * Show the charts of `node`, filled up with the scenario's own.
   * @param {number | null} node
   */
  choose(node) {
    const chosen = chosenCharts(this.facts, node, MOST);
    if (this.charts.length > 0 && this.node === node) return;
    this.node = node;
    for (const chart of this.charts) chart.plot?.destroy();
    this.charts = chosen.map((facts) => this.build(facts, facts.node !== node));
    this.redraw();
  }

  /**
   * @param {ChartFacts} facts
   * @param {boolean} named whether to say whose chart it is: the selected node's need not
   */
  build(facts, named) {
    const figure = document.createElement('figure');
    figure.className = 'chart';
    figure.dataset.chart = facts.key;
    const caption = figure.appendChild(document.createElement('figcaption'));
    const title = caption.appendChild(document.createElement('span'));
    const owner = title.appendChild(document.createElement('small'));
    owner.textContent = named ? `${this.titleOf(facts.node)} ` : '';
    title.append(titleOf(facts));
    title.title = title.textContent ?? '';
    const value = caption.appendChild(document.createElement('b'));
    const room = figure.appendChild(document.createElement('div'));
    room.className = 'chart-room';
    const cursor = document.createElement('span');
    cursor.className = 'chart-now';
    return { facts, keys: [facts.key, ...facts.with], value, room, cursor, plot: null, top: 1 };
  }

  /** Draw anew: other charts, another theme. */
  redraw() {
    this.root.replaceChildren(...this.charts.map((chart) => /** @type {HTMLElement} */ (chart.room.parentElement)));
    this.charts.forEach((chart, place) => {
      chart.plot?.destroy();
      chart.plot = null;
      if (this.Plotter !== null) this.plot(chart, place, this.Plotter);
    });
    this.show(this.series, this.furthest);
    this.update(this.now);
  }

  /**
   * @param {Chart} chart
   * @param {number} place
   * @param {Plotter} Plotter
   */
  plot(chart, place, Plotter) {
    const style = getComputedStyle(this.root);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim() || 'currentColor';
    const size = Number.parseFloat(style.getPropertyValue('--chart-text')) || 11;
    const colours = COLOURS[place % COLOURS.length];
    const stroke = style.getPropertyValue('--chart-line').trim();
    const plot = new Plotter(
      {
        width: Math.max(40, chart.room.clientWidth),
        height: Math.max(30, chart.room.clientHeight),
        padding: [size * 0.6, 6, size * 0.75, 0],
        legend: { show: false },
        cursor: { sync: { key: 'waystation' }, drag: { x: false, y: false }, points: { size: 7 }, y: false },
        scales: {
          x: { time: false, range: () => [0, Math.max(1, this.furthest / SECOND)] },
          y: { range: () => [0, chart.top] },
        },
        axes: [
          { show: false },
          {
            size: (/** @type {unknown} */ _, /** @type {string[] | null} */ words) =>
              size * Math.max(AXIS_WIDTH / 11, 0.9 + 0.56 * Math.max(0, ...(words ?? []).map((word) => word.length))),
            gap: 3,
            font: `${size}px ${style.fontFamily}`,
            stroke: colour('--soft'),
            grid: { stroke: colour('--line'), width: 1 },
            ticks: { show: false },
            splits: () => [0, chart.top],
            values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) =>
              splits.map((split) => shown(split, chart.facts.unit, this.words, chart.top)),
          },
        ],
        series: [
          {},
          ...chart.keys.map((_, index) => ({
            stroke: colour(colours[index % colours.length]),
            width: Number.parseFloat(stroke) || 2,
            dash: DASHES[index % DASHES.length],
            points: { show: false },
            spanGaps: true,
          })),
        ],
        hooks: { setCursor: [(/** @type {import("uplot")} */ moved) => this.point(moved, chart)] },
      },
      [[], ...chart.keys.map(() => [])],
      chart.room,
    );
    chart.plot = plot;
    plot.over.append(chart.cursor);
    plot.over.addEventListener('click', () => {
      if (this.pointed !== null) this.onSeek(this.pointed);
    });
    plot.over.addEventListener('pointerleave', () => this.point(null, chart));
  }

  /**
   * @param {import("uplot") | null} plot
   * @param {Chart} chart
   */
  point(plot, chart) {
    if (plot !== null && plot !== chart.plot) return;
    const left = plot?.cursor.left ?? -1;
    const time = plot === null || left < 0 ? null : Math.round(plot.posToVal(left, 'x') * SECOND);
    if (time === this.pointed) return;
    this.pointed = time === null ? null : Math.min(this.furthest, Math.max(0, time));
    this.onPoint(this.pointed);
    this.update(this.now);
  }

  /**
   * Take the run's history so far.
   * @param {Series} series
   * @param {number} furthest
   */
  show(series, furthest) {
    this.series = series;
    this.furthest = furthest;
    const times = (series.time ?? []).map((time) => (time ?? 0) / SECOND);
    for (const chart of this.charts) {
      const columns = chart.keys.map((key) => series[key] ?? times.map(() => null));
      let highest = 0;
      for (const column of columns) for (const value of column) highest = Math.max(highest, value ?? 0);
      chart.top = highest > 0 ? niceTop(highest) : leastTop(chart.facts.unit);
      chart.plot?.setData([times, ...columns]);
    }
  }

  /**
   * Show the values at `now`, or at the moment pointed at, and the playhead in every chart.
   * @param {number} now
   */
  update(now) {
    this.now = now;
    const moment = this.pointed ?? now;
    const times = /** @type {number[]} */ (this.series.time ?? []);
    for (const chart of this.charts) {
      const values = chart.keys.map((key) => valueAt(times, this.series[key] ?? [], moment));
      const text = headline(values, chart.facts.unit, this.words, chart.top);
      if (chart.value.textContent !== text) chart.value.textContent = text;
      if (chart.plot === null) continue;
      const share = Math.min(1, now / Math.max(SECOND, this.furthest));
      chart.cursor.style.transform = `translateX(${((share * chart.plot.bbox.width) / devicePixelRatio).toFixed(1)}px)`;
    }
  }

  fit() {
    for (const { plot, room } of this.charts) {
      const [width, height] = [room.clientWidth, room.clientHeight];
      if (plot !== null && width > 0 && height > 0 && (plot.width !== width || plot.height !== height)) {
        plot.setSize({ width, height });
      }
    }
    this.update(this.now);
  }
}
