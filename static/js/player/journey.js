/**
 * Journeys: the life of a followed message as a lane over time, and its steps with the reason at each.
 *
 * The server folds a journey out of the run's trace; this module draws it. Every step and every stay is a way to its
 * moment. The last few journeys stay at hand, so that two messages can be told side by side.
 */
import { drawing, element, mark, need } from 'app/player/dom.js';
import { laneOf, ROW, ticksOf } from 'app/player/lane.js';
import { levelSign, sentenceParts } from 'app/player/log.js';
import { duration, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").Journey} JourneyMessage */
/** @typedef {import("app/player/timeline.js").Timeline} Timeline */

const LEFT = 96;
const RIGHT = 10;
const AXIS = 20;
const NARROWEST = 240;
const TICK = 74; // the width of a label on the axis, with the space before the next

/** What the states of a stay are called. */
const STATE_WORDS = new Map([
  ['travelling', 'on the way'],
  ['waiting', 'waiting'],
  ['inflight', 'in flight, hidden'],
  ['working', 'being worked on'],
  ['stored', 'stored'],
  ['dead', 'dead letter'],
  ['gone', 'gone'],
]);

export class Journeys {
  /**
   * @param {HTMLElement} root
   * @param {Timeline} timeline
   * @param {object} listener
   * @param {(to: number) => void} listener.onSeek
   * @param {(id: number | null) => void} listener.onFollow
   */
  constructor(root, timeline, { onSeek, onFollow }) {
    this.timeline = timeline;
    this.onSeek = onSeek;
    this.onFollow = onFollow;
    this.empty = need(root, '[data-journey-empty]');
    this.recent = need(root, '[data-journey-recent]');
    this.heading = need(root, '[data-journey-heading]');
    this.lane = need(root, '[data-journey-lane]');
    this.steps = need(root, '[data-journey-steps]');
    this.drawn = '';
    this.width = NARROWEST;
    new ResizeObserver(([entry]) => {
      this.width = Math.max(NARROWEST, Math.floor(entry.contentRect.width));
    }).observe(root);
    /** @type {number | null} */
    this.shown = null;
    /** @type {number | null} the moment whose step is to be scrolled to, once it is on show */
    this.wanted = null;
  }

  /**
   * @param {number} now
   * @param {number | null} followed
   */
  update(now, followed) {
    const { journeys } = this.timeline;
    if (followed !== null) this.shown = followed;
    const journey = this.shown === null ? undefined : journeys.get(this.shown);
    this.empty.hidden = journey !== undefined;
    const { width } = this;
    const drawn = `${this.shown}|${followed}|${journeys.size}|${journey?.steps.length}|${journey?.line.length}|${journey?.complete}|${width}`;
    const open = journey !== undefined && !journey.complete;
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.showRecent(followed);
      this.showSteps(journey, followed);
      this.showLane(journey, now, width);
    } else if (open) this.showLane(journey, now, width);
    this.showNow(journey, now);
  }

  /** @param {number | null} followed */
  showRecent(followed) {
    const chips = [...this.timeline.journeys.values()].map((journey) => {
      const chip = element('button', { type: 'button', class: 'chip', text: journey.label });
      mark(chip, 'aria-pressed', String(journey.message === followed));
      chip.addEventListener('click', () => this.onFollow(journey.message));
      return chip;
    });
    this.recent.replaceChildren(...chips);
    this.recent.hidden = chips.length < 2;
  }

  /**
   * @param {JourneyMessage | undefined} journey
   * @param {number | null} followed
   */
  showSteps(journey, followed) {
    this.heading.replaceChildren();
    this.steps.replaceChildren();
    if (journey === undefined) return;
    const following = journey.message === followed;
    const button = element('button', {
      type: 'button',
      class: 'button',
      text: following ? 'Stop following' : 'Follow',
    });
    button.addEventListener('click', () => this.onFollow(following ? null : journey.message));
    this.heading.append(element('h2', {}, journey.label, ' ', element('small', { text: journey.what })), button);
    const { prefixes } = this.timeline.hello;
    journey.steps.forEach(([time, level, , id, sentence], index) => {
      const before = index === 0 ? null : time - journey.steps[index - 1][0];
      const parts = sentenceParts(sentence, id === journey.message ? 0 : id, prefixes, (other) => this.onFollow(other));
      const go = element('button', { type: 'button', class: 'time', title: 'Go to this moment', text: stamp(time) });
      const gap = element('small', { class: 'gap', text: before === null ? '' : `+${duration(before)}` });
      const row = element(
        'li',
        { 'data-level': level, 'data-time': time },
        go,
        levelSign(level),
        element('span', {}, ...parts, ' ', gap),
      );
      row.addEventListener('click', () => this.onSeek(time));
      this.steps.append(row);
    });
  }

  /**
   * @param {JourneyMessage | undefined} journey
   * @param {number} now
   * @param {number} width
   */
  showLane(journey, now, width) {
    this.lane.hidden = journey === undefined || journey.spans.length === 0;
    if (journey === undefined || this.lane.hidden) return;
    const titles = this.timeline.hello.nodes.map((facts) => facts.title);
    const reach = Math.max(now, journey.steps[journey.steps.length - 1]?.[0] ?? 0);
    const room = { left: LEFT, width: width - LEFT - RIGHT, now: reach };
    const lane = laneOf(journey.spans, titles, room, new Map(journey.line));
    const picture = drawing('svg', {
      width,
      height: lane.height + AXIS,
      role: 'img',
      'aria-label': this.words(journey, lane),
    });
    for (const row of lane.rows) {
      const middle = row.y + ROW / 2;
      picture.append(drawing('path', { class: 'lane-line', d: `M${LEFT} ${middle}H${width - RIGHT}` }));
      const up = row.whose === '' ? 5 : -1;
      picture.append(drawing('text', { class: 'lane-title', x: 0, y: middle + up }, shorten(row.title)));
      if (row.whose !== '') {
        picture.append(drawing('text', { class: 'lane-whose', x: 0, y: middle + 12 }, shorten(row.whose)));
      }
    }
    for (const move of lane.moves) {
      picture.append(drawing('path', { class: 'lane-move', d: `M${move.x1} ${move.y1}L${move.x2} ${move.y2}` }));
    }
    for (const stay of lane.stays) picture.append(this.stay(stay));
    let free = 0; // a label that would lie over the one before it is left out
    for (const time of ticksOf(lane.start, lane.end, 3)) {
      const x = lane.xOf(time);
      const anchor = x > width - TICK / 2 ? 'end' : 'middle';
      const from = anchor === 'end' ? x - TICK : x - TICK / 2;
      if (from < free) continue;
      free = from + TICK;
      picture.append(
        drawing('text', { class: 'lane-time', x, y: lane.height + 13, 'text-anchor': anchor, text: stamp(time) }),
      );
    }
    picture.append(drawing('path', { class: 'lane-now', 'data-lane-now': true, d: `M0 2V${lane.height}` }));
    this.lane.replaceChildren(picture);
    this.lane.dataset.start = String(lane.start);
    this.lane.dataset.end = String(lane.end);
  }

  /** @param {import("app/player/lane.js").Stay} stay */
  stay(stay) {
    const words = `${STATE_WORDS.get(stay.state) ?? stay.state}, ${stay.open ? 'so far ' : ''}${duration(stay.to - stay.from)}`;
    const bar = drawing(
      'rect',
      {
        class: 'lane-stay',
        'data-state': stay.state,
        x: stay.x,
        y: stay.y,
        width: stay.width,
        height: stay.height,
        rx: 3,
      },
      drawing('title', { text: words }),
    );
    bar.addEventListener('click', () => this.onSeek(stay.from));
    return bar;
  }

  /**
   * Mark what lies after the playhead, and draw where it stands.
   * @param {JourneyMessage | undefined} journey
   * @param {number} now
   */
  showNow(journey, now) {
    if (journey === undefined) return;
    let latest = null;
    for (const row of this.steps.children) {
      const later = Number(row.getAttribute('data-time')) > now;
      mark(row, 'data-later', String(later));
      mark(row, 'data-latest', 'false');
      if (!later) latest = row;
    }
    if (latest !== null) mark(latest, 'data-latest', 'true');
    if (latest !== null && this.wanted === now && journey.message === this.shown) {
      this.wanted = null;
      latest.scrollIntoView({ block: 'nearest' });
    }
    const line = this.lane.querySelector('[data-lane-now]');
    if (line === null) return;
    const [start, end] = [Number(this.lane.dataset.start), Number(this.lane.dataset.end)];
    const room = this.width - LEFT - RIGHT;
    const share = (now - start) / Math.max(1, end - start);
    line.toggleAttribute('hidden', share < 0 || share > 1.001);
    mark(line, 'transform', `translate(${(LEFT + Math.min(1, share) * room).toFixed(1)} 0)`);
  }

  /**
   * The lane in words, for those who do not see it.
   * @param {JourneyMessage} journey
   * @param {import("app/player/lane.js").Lane} lane
   */
  words(journey, lane) {
    const stays = lane.stays.map((stay) => {
      const row = lane.rows.find((candidate) => candidate.y === stay.y - (ROW - stay.height) / 2);
      return `${[row?.whose, row?.title].filter(Boolean).join(' at ')}: ${STATE_WORDS.get(stay.state) ?? stay.state} ${duration(stay.to - stay.from)}`;
    });
    return `${journey.label}. ${stays.join('; ')}.`;
  }
}

/** @param {string} title */
function shorten(title) {
  return title.length > 13 ? `${title.slice(0, 12)}…` : title;
}
