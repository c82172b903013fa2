/**
 * The transport bar: a run is a film, and this is its remote control.
 *
 * It shows what the run does and asks for changes; it never changes anything itself. What it shows (running, paused, the
 * pace) is what the last frame said, so that all who watch the same run see the same bar.
 */
import { element, mark, need, say } from 'app/player/dom.js';
import { isMoving } from 'app/player/timeline.js';
import { markWords, neighbour, Track } from 'app/player/track.js';
import { date, length, paceName, paceWords, stamp } from 'app/player/words.js';

/** @typedef {import("app/player/timeline.js").Timeline} Timeline */
/** @typedef {import("app/player/playhead.js").Playhead} Playhead */
/** @typedef {import("app/player/frames.js").Mode} Mode */

/**
 * @typedef {object} Commands what the bar and the keys may ask of the run
 * @property {() => void} toggle
 * @property {(back: boolean) => void} step
 * @property {(to: number) => void} seek
 * @property {(rate: number | null) => void} pace null: follow
 * @property {() => void} fork
 * @property {(on: boolean) => void} story
 * @property {(text: string) => void} tell say something to those who listen rather than look
 */

/** The paces on offer, in virtual seconds per wall second. */
export const PACES = Object.freeze([0.01, 0.05, 0.125, 0.25, 0.5, 1, 2, 4, 10, 30, 60, 300, 3600, 10000]);

const SECOND = 1_000_000;

/** Each mode in a word, and a symbol, so that the frame's colour is not the only sign. */
export const MODE_WORDS = Object.freeze({
  running: ['▶', 'Running'],
  paused: ['❚❚', 'Paused'],
  past: ['↶', 'In the past'],
  replaying: ['↻', 'Replaying the past'],
  finished: ['■', 'Finished'],
});

/**
 * The pace next to `current` in the list, quicker (1) or slower (-1); from `follow` (null) one comes to real time.
 * @param {number | null} current
 * @param {1 | -1} direction
 * @returns {number}
 */
export function nextPace(current, direction) {
  if (current === null) return direction > 0 ? 2 : 0.5;
  const sorted = direction > 0 ? PACES : [...PACES].reverse();
  return sorted.find((pace) => (pace - current) * direction > current * 1e-6) ?? sorted[sorted.length - 1];
}

/**
 * Where "10 seconds later" goes: within the run.
 * @param {number} from
 * @param {number} by
 * @param {number} length
 */
export function within(from, by, length) {
  return Math.round(Math.min(length, Math.max(0, from + by)));
}

export class Transport {
  /**
   * @param {HTMLElement} root
   * @param {Timeline} timeline
   * @param {Playhead} playhead
   * @param {Commands} commands
   */
  constructor(root, timeline, playhead, commands) {
    this.timeline = timeline;
    this.playhead = playhead;
    this.commands = commands;
    this.root = root;
    this.clock = need(root, '[data-clock]');
    this.date = need(root, '[data-date]');
    this.words = need(root, '[data-pace-words]');
    this.toggle = need(root, '[data-do=toggle]');
    this.story = need(document, '[data-story-switch]');
    this.select = /** @type {HTMLSelectElement} */ (need(root, '[data-pace]'));
    this.track = new Track(need(root, '[data-track]'), timeline.hello.length, {
      onSeek: commands.seek,
      mayScrub: () => !isMoving(timeline.mode),
    });
    say(need(root, '[data-length]'), `/ ${length(timeline.hello.length)}`);
    this.fillPaces();
    this.listen();
    this.allow();
  }

  fillPaces() {
    this.select.replaceChildren(
      element('option', { value: 'follow', text: 'Follow' }),
      ...PACES.map((pace) => element('option', { value: pace, text: paceName(pace) })),
    );
  }

  listen() {
    this.root.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-do]') : null;
      if (button !== null) this.act(button.getAttribute('data-do') ?? '');
    });
    this.select.addEventListener('change', () => {
      this.commands.pace(this.select.value === 'follow' ? null : Number(this.select.value));
    });
  }

  /**
   * Do what a button or a key is called: `toggle`, `back`, `later`, `faster`, …; false when it is not the bar's.
   * @param {string} name
   */
  act(name) {
    const { commands, playhead, timeline } = this;
    const from = playhead.target ?? playhead.now;
    const acts = {
      toggle: () => commands.toggle(),
      restart: () => commands.seek(0),
      back: () => commands.step(true),
      forward: () => commands.step(false),
      later: () => commands.seek(within(from, 10 * SECOND, timeline.hello.length)),
      earlier: () => commands.seek(within(from, -10 * SECOND, timeline.hello.length)),
      faster: () => commands.pace(nextPace(this.pace(), 1)),
      slower: () => commands.pace(nextPace(this.pace(), -1)),
      nextMark: () => this.toMark(1),
      lastMark: () => this.toMark(-1),
      fork: () => commands.fork(),
      story: () => commands.story(this.story.getAttribute('aria-pressed') !== 'true'),
    };
    if (!(name in acts)) return false;
    acts[/** @type {keyof typeof acts} */ (name)]();
    return true;
  }

  /** The pace that is set: null for `follow`. */
  pace() {
    const { kind, rate, asked } = this.timeline.pace;
    return kind === 'follow' ? null : (asked ?? rate);
  }

  /** @param {1 | -1} direction */
  toMark(direction) {
    const found = neighbour(this.timeline.history.marks, this.playhead.target ?? this.playhead.now, direction);
    if (found === null) return;
    this.commands.seek(found[0]);
    this.track.flash(found);
    this.commands.tell(markWords(found));
  }

  /** Show what this reader may do. */
  allow() {
    const control = this.timeline.may('control');
    for (const button of this.root.querySelectorAll('[data-do]:not([data-do=fork])')) {
      button.toggleAttribute('disabled', !control);
    }
    this.story.toggleAttribute('disabled', !control);
    for (const button of document.querySelectorAll('[data-do=fork], [data-act=fork]')) {
      button.toggleAttribute('hidden', !this.timeline.may('fork'));
    }
    this.select.disabled = !control;
    this.track.disable(!control);
    this.root.toggleAttribute('data-watching', !control);
  }

  /** Show the run as it stands; called once per drawn frame. */
  update() {
    const { timeline, playhead } = this;
    const moving = isMoving(timeline.mode);
    say(this.clock, stamp(playhead.now));
    if (timeline.hello.begins !== null) say(this.date, date(timeline.hello.begins + playhead.now));
    say(this.words, this.status(moving));
    mark(this.toggle, 'aria-label', moving ? 'Pause' : 'Play');
    mark(this.toggle, 'data-playing', String(moving));
    this.track.update(playhead.now, timeline.furthest, playhead.target);
    this.showPace();
  }

  /** @param {boolean} moving */
  status(moving) {
    if (this.playhead.target !== null) return `going to ${stamp(this.playhead.target)} …`;
    if (moving) return paceWords(this.timeline.pace);
    return this.timeline.pace.kind === 'follow' ? 'follow' : paceWords(this.timeline.pace);
  }

  showPace() {
    const pace = this.pace();
    const value = pace === null ? 'follow' : String(pace);
    if (this.select.dataset.shown === value) return;
    this.select.dataset.shown = value;
    const known = [...this.select.options].some((option) => option.value === value);
    if (!known && pace !== null) this.select.append(element('option', { value, text: paceName(pace) }));
    this.select.value = value;
  }

  showHistory() {
    this.track.showMarks(this.timeline.history.marks);
  }
}
