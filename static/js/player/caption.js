/**
 * The last sentence of the log as a caption below the stage, for a room that can't read the log itself.
 *
 * In a fast run sentences change ten times a second. So each stays long enough to be read while time runs, and one that
 * tells of trouble longer; only worse news cuts it short. When time stands, the caption is the last sentence, at once.
 */
import { element, mark, need, say } from 'app/player/dom.js';
import { levelSign } from 'app/player/log.js';
import { stamp } from 'app/player/words.js';

/** @typedef {import("app/player/timeline.js").Line} Line */

const LEVELS = ['info', 'good', 'warn', 'bad'];
const READ = 1600;
const READ_TROUBLE = 3200;

/**
 * The last thing that happened up to `now`; a note that lines were left out is none.
 * @param {Line[]} lines newest last
 * @param {number} now
 * @returns {Line | null}
 */
export function latestOf(lines, now) {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    if (lines[index].time <= now && !lines[index].gap) return lines[index];
  }
  return null;
}

/**
 * Whether the caption changes from `shown` to `latest`.
 * @param {Line | null} shown
 * @param {Line | null} latest
 * @param {boolean} moving whether time runs
 * @param {number} waited for how long `shown` has been on show, in milliseconds
 */
export function gives(shown, latest, moving, waited) {
  if (shown === null || latest === null || !moving || latest.time < shown.time) return shown !== latest;
  const [old, fresh] = [LEVELS.indexOf(shown.level), LEVELS.indexOf(latest.level)];
  return shown !== latest && (fresh > Math.max(1, old) || waited >= (old > 1 ? READ_TROUBLE : READ));
}

export class Caption {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.time = need(root, '[data-caption-time]');
    this.text = need(root, '[data-caption-text]');
    /** @type {Line | null} */
    this.shown = null;
    this.since = 0;
  }

  /**
   * @param {Line[]} lines of the log, newest last
   * @param {number} now
   * @param {boolean} moving
   * @param {number} wall
   */
  update(lines, now, moving, wall) {
    const latest = latestOf(lines, now);
    if (!gives(this.shown, latest, moving, wall - this.since)) return;
    this.shown = latest;
    this.since = wall;
    mark(this.root, 'data-level', latest?.level ?? 'info');
    say(this.time, latest === null ? '' : stamp(latest.time));
    this.text.replaceChildren(
      ...(latest === null
        ? ['Nothing has happened yet.']
        : [levelSign(latest.level), element('span', { text: latest.sentence })]),
    );
  }
}
