/**
 * The guarantees: what was promised, and whether it holds, with the way to the moment at which it was broken.
 *
 * The server judges (folds/guarantees.py); this module shows the rows of the history. Every row has a sign, a word and a
 * sentence, so that no state is told by colour alone. Rows stay where they are, so that the focus does too. What breaks
 * while somebody watches is said once to a live region, and not more often than every few seconds.
 */
import { element, mark, need, say } from 'app/player/dom.js';
import { stamp } from 'app/player/words.js';

/** @typedef {import("app/player/frames.js").Guarantee} Guarantee */
/** @typedef {import("app/player/timeline.js").Timeline} Timeline */

const TELL_EVERY = 5000;

/** @type {Record<string, [sign: string, word: string]>} */
const STATES = { holds: ['✓', 'holds'], broken: ['✕', 'broken'], 'n/a': ['–', 'not judged yet'] };

/**
 * What a guarantee's row says of its state: a sign, and words.
 * @param {Guarantee} guarantee
 * @param {number} now the moment on show: what broke later is still to come there
 * @returns {[sign: string, words: string]}
 */
export function stateWords([, , state, time], now) {
  const [sign, word] = STATES[state] ?? STATES['n/a'];
  if (time === null) return [sign, word];
  return [sign, time > now ? `will be broken at ${stamp(time)}` : `broken at ${stamp(time)}`];
}

/**
 * The titles of what has been broken since `known` was true.
 * @param {Guarantee[]} rows
 * @param {Set<string>} known keys of what was broken before
 * @returns {string[]}
 */
export function newlyBroken(rows, known) {
  return rows.filter(([key, , state]) => state === 'broken' && !known.has(key)).map(([, title]) => title);
}

export class Guarantees {
  /**
   * @param {HTMLElement} root the panel
   * @param {Timeline} timeline
   * @param {object} listener
   * @param {(guarantee: Guarantee) => void} listener.onGo somebody wants to see where it was broken
   * @param {(text: string) => void} listener.onTell says it to who does not look
   */
  constructor(root, timeline, { onGo, onTell }) {
    this.timeline = timeline;
    this.onGo = onGo;
    this.onTell = onTell;
    this.list = need(root, '[data-guarantee-list]');
    this.until = need(root, '[data-guarantees-until]');
    this.count = need(document, '[data-guarantees-count]');
    /** @type {Set<string> | null} null until the first history has come: what it says is no news */
    this.known = null;
    this.told = Number.NEGATIVE_INFINITY;
    this.drawn = '';
  }

  /**
   * @param {number} now the moment on show
   * @param {number} wall
   */
  update(now, wall) {
    const { guarantees, furthest } = this.timeline.history;
    if (guarantees.length === 0) return;
    say(this.until, stamp(furthest));
    const drawn = JSON.stringify(guarantees.map((guarantee) => [stateWords(guarantee, now), guarantee[6]]));
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.show(guarantees, now);
    }
    this.tell(guarantees, wall);
  }

  /**
   * @param {Guarantee[]} guarantees
   * @param {number} now
   */
  show(guarantees, now) {
    guarantees.forEach((guarantee, index) => {
      const row = this.list.children[index] ?? this.list.appendChild(this.row(guarantee));
      this.dress(row, guarantee, now);
    });
    const broken = guarantees.filter(([, , state]) => state === 'broken').length;
    this.count.hidden = broken === 0;
    this.count.replaceChildren(
      element('span', { 'aria-hidden': 'true', text: `✕ ${broken}` }),
      element('span', { class: 'unseen', text: `, ${broken} broken` }),
    );
  }

  /** @param {Guarantee} guarantee */
  row([key, title]) {
    return element(
      'li',
      { 'data-guarantee': key },
      element('span', { class: 'guarantee-sign', 'aria-hidden': 'true' }),
      element(
        'div',
        {},
        element(
          'div',
          { class: 'guarantee-head' },
          element('b', { text: title }),
          element('span', { class: 'guarantee-state' }),
        ),
        element('p'),
      ),
    );
  }

  /**
   * @param {Element} row
   * @param {Guarantee} guarantee
   * @param {number} now
   */
  dress(row, guarantee, now) {
    const [, , state, , , , sentence] = guarantee;
    const [sign, words] = stateWords(guarantee, now);
    mark(row, 'data-state', state);
    say(need(row, '.guarantee-sign'), sign);
    say(need(row, '.guarantee-state'), words);
    const place = need(row, 'p, .guarantee-go');
    const isButton = place instanceof HTMLButtonElement;
    if (isButton === (state === 'broken')) say(place, sentence);
    else place.replaceWith(state === 'broken' ? this.way(row, sentence) : element('p', { text: sentence }));
  }

  /**
   * The sentence of a broken guarantee: a button that leads to the moment, whichever it is by then.
   * @param {Element} row
   * @param {string} sentence
   */
  way(row, sentence) {
    const button = element('button', { type: 'button', class: 'guarantee-go', text: sentence });
    button.addEventListener('click', () => {
      const key = row.getAttribute('data-guarantee');
      const guarantee = this.timeline.history.guarantees.find(([name]) => name === key);
      if (guarantee !== undefined) this.onGo(guarantee);
    });
    return button;
  }

  /**
   * @param {Guarantee[]} guarantees
   * @param {number} wall
   */
  tell(guarantees, wall) {
    const broken = new Set(guarantees.filter(([, , state]) => state === 'broken').map(([key]) => key));
    if (this.known === null) this.known = broken;
    const news = newlyBroken(guarantees, this.known);
    if (news.length === 0 || wall - this.told < TELL_EVERY) return;
    this.told = wall;
    this.known = broken;
    this.onTell(`${news.length === 1 ? 'A guarantee is broken' : 'Guarantees are broken'}: ${news.join(', ')}.`);
  }
}
