/**
 * The story card: the run stopped here so that somebody can say something, or ask.
 *
 * A card takes the focus when nothing else needs it, so that a screen reader reads it and space goes on. Its question comes
 * when it is asked for, in the place of the text, and its reason only after an answer: the room should look at the stage
 * and decide first, so a card never grows large enough to hide it. A card that did not stop the run, or that was left
 * behind, folds away once it has been in sight long enough to be read.
 */
import { element, need, say } from 'app/player/dom.js';

/** @typedef {import("app/player/frames.js").Beat} Beat */
/** @typedef {import("app/player/frames.js").Question} Question */

const IN_SIGHT = 20_000;

/**
 * For how long a card has been in sight while time ran: what `folds` decides by. A card stays while time stands, and
 * while somebody is busy with it.
 * @param {number} seen milliseconds so far
 * @param {number} passed milliseconds since then
 * @param {boolean} moving
 * @param {boolean} busy
 */
export function sight(seen, passed, moving, busy) {
  return moving && !busy ? seen + Math.max(0, passed) : seen;
}

/** @param {number} seen */
export function folds(seen) {
  return seen >= IN_SIGHT;
}

export class Story {
  /**
   * @param {HTMLElement} root
   * @param {object} listener
   * @param {() => void} listener.onGoOn
   * @param {(beat: Beat) => void} listener.onShow
   * @param {(id: number) => void} listener.onFollow
   * @param {(id: number) => string} listener.nameOf
   * @param {() => boolean} listener.mayControl
   */
  constructor(root, { onGoOn, onShow, onFollow, nameOf, mayControl }) {
    this.root = root;
    this.onGoOn = onGoOn;
    this.onShow = onShow;
    this.onFollow = onFollow;
    this.nameOf = nameOf;
    this.mayControl = mayControl;
    this.title = need(root, '[data-story-title]');
    this.text = need(root, '[data-story-text]');
    this.question = need(root, '[data-story-question]');
    this.buttons = need(root, '[data-story-buttons]');
    /** @type {Beat | null} */
    this.beat = null;
    this.seen = 0;
    this.looked = 0;
    need(root, '[data-story-hide]').addEventListener('click', () => this.hide());
  }

  /**
   * @param {Beat | null} beat
   * @param {boolean} moving whether time runs
   * @param {number} wall
   */
  update(beat, moving, wall) {
    this.seen = sight(this.seen, wall - this.looked, moving, this.busy());
    this.looked = wall;
    if (!this.root.hidden && folds(this.seen)) this.hide();
    if (beat === this.beat || (beat !== null && this.beat !== null && beat.n === this.beat.n)) return;
    this.beat = beat;
    this.seen = 0;
    this.root.hidden = beat === null;
    if (beat === null) return;
    say(this.title, beat.title);
    say(this.text, beat.say);
    this.show([], beat, beat.ask);
    this.onShow(beat);
    this.takeFocus();
  }

  /**
   * @param {HTMLElement[]} question what takes the place of the text, if anything
   * @param {Beat} beat
   * @param {Question | null} ask the question that can still be asked
   */
  show(question, beat, ask) {
    this.text.hidden = question.length > 0;
    this.question.replaceChildren(...question);
    this.buttons.replaceChildren(...this.choices(beat, ask));
  }

  /** @param {Question} ask */
  ask(ask) {
    const verdict = element('p', { class: 'verdict', role: 'status' });
    const answers = ask.answers.map((answer, index) => {
      const button = element('button', { type: 'button', class: 'answer', text: answer });
      button.addEventListener('click', () => this.answer(ask, index, answers, verdict));
      return button;
    });
    return [
      element('p', { class: 'ask', text: ask.question }),
      element('div', { class: 'answers' }, ...answers),
      verdict,
    ];
  }

  /**
   * @param {Question} ask
   * @param {number} chosen
   * @param {HTMLElement[]} answers
   * @param {HTMLElement} verdict
   */
  answer(ask, chosen, answers, verdict) {
    answers.forEach((button, index) => {
      if (index === ask.right) button.dataset.verdict = 'right';
      else if (index === chosen) button.dataset.verdict = 'wrong';
    });
    say(
      verdict,
      `${chosen === ask.right ? 'Right.' : `No: ${ask.answers[ask.right]}.`.replace('..', '.')} ${ask.because}`,
    );
    verdict.scrollIntoView({ block: 'nearest' });
  }

  /**
   * @param {Beat} beat
   * @param {Question | null} ask
   */
  choices(beat, ask) {
    const main = 'button button-main';
    const buttons = [];
    if (ask !== null) buttons.push(choice(main, 'Ask the class', () => this.pose(beat, ask)));
    if (this.mayControl()) buttons.push(choice(ask === null ? main : 'button', 'Go on', () => this.onGoOn()));
    if (beat.message > 0) {
      buttons.push(choice('button', `Follow ${this.nameOf(beat.message)}`, () => this.onFollow(beat.message)));
    }
    return buttons;
  }

  /**
   * @param {Beat} beat
   * @param {Question} ask
   */
  pose(beat, ask) {
    this.show(this.ask(ask), beat, null);
    this.root.focus();
  }

  hide() {
    this.root.hidden = true;
  }

  /** Whether somebody points at the card, or is about to press something in it. */
  busy() {
    const active = document.activeElement;
    return this.root.matches(':hover') || (active !== this.root && this.root.contains(active));
  }

  /** Take the focus unless it is where somebody types or reads. */
  takeFocus() {
    const active = document.activeElement;
    if (active === null || active === document.body || active.closest('[data-transport]') !== null) this.root.focus();
  }
}

/**
 * @param {string} look
 * @param {string} text
 * @param {() => void} act
 */
function choice(look, text, act) {
  return element('button', { type: 'button', class: look, text, onclick: act });
}
