/**
 * A small card beside a message: its name, its type, what state it is in and why. Text only, and only what the data
 * says.
 */

/** @typedef {{ title: string, type: string, look: number, lines: string[], alarm: boolean }} CardText */

const GAP = 18;
const LEGEND = 40; // height of a line of the legend, which the card leaves readable

export class Card {
  /** @param {HTMLElement} host @param {string} kind  a class */
  constructor(host, kind) {
    this.host = host;
    this.element = document.createElement('div');
    this.element.className = `stage-card ${kind}`;
    this.element.hidden = true;
    this.written = '';
    host.append(this.element);
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * Shows the card near a spot, kept inside the host; answers where a leader line from the spot should end.
   * @param {CardText} text @param {{ x: number, y: number } | null} spot  null: in the upper corner
   * @returns {{ x: number, y: number } | null}
   */
  show(text, spot) {
    const key = JSON.stringify(text);
    if (key !== this.written) this.write(text, key);
    this.element.hidden = false;
    const [width, height] = [this.element.offsetWidth, this.element.offsetHeight];
    const { clientWidth, clientHeight } = this.host;
    if (!spot) {
      this.place(clientWidth - width - 12, 44);
      return null;
    }
    const onRight = spot.x + GAP * 2 + width < clientWidth;
    const left = onRight ? spot.x + GAP * 2 : Math.max(6, Math.min(clientWidth - width - 6, spot.x - GAP * 2 - width));
    const above = Math.max(LEGEND, spot.y - GAP * 2 - height);
    const fits = above + height < spot.y || (onRight && above + height < spot.y + GAP);
    const top = fits ? above : Math.min(clientHeight - height - 6, spot.y + GAP * 2);
    this.place(left, top);
    return { x: onRight ? left : left + width, y: top + height / 2 };
  }

  /** @param {number} left @param {number} top */
  place(left, top) {
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** @param {CardText} text @param {string} key */
  write(text, key) {
    this.written = key;
    const title = document.createElement('strong');
    title.textContent = text.title;
    const type = document.createElement('span');
    type.textContent = text.type;
    const dot = document.createElement('i');
    dot.className = `dot m${(text.look % 8) + 1}`;
    const head = document.createElement('p');
    head.append(dot, title, ' ', type);
    const lines = text.lines.map((line) => {
      const made = document.createElement('p');
      made.textContent = line;
      return made;
    });
    this.element.classList.toggle('is-alarm', text.alarm);
    this.element.replaceChildren(head, ...lines);
  }
}
