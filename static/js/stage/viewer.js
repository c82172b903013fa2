/**
 * The person before the stage: what they point at, click, and reach with the keyboard.
 *
 * A station or a link is selected with a click or Enter; a message is followed with a click, or, from the keyboard,
 * by walking through the messages of a station with the up and down keys and pressing Enter. Left, right and space
 * belong to the player.
 */

/** @typedef {import('app/stage/stage.js').Stage} Stage */
/** @typedef {import('app/stage/stage.js').Options} Options */

const BUTTONS = /** @type {const} */ ([
  ['+', 'Closer'],
  ['−', 'Farther'],
  ['⤢', 'Show everything'],
]);

export class Viewer {
  /** @param {Stage} stage @param {Options} options */
  constructor(stage, options) {
    this.stage = stage;
    this.options = options;
    this.hovered = /** @type {number | null} */ (null);
    this.walked = /** @type {number | null} */ (null);
    this.ends = new AbortController();
    const { host } = stage;
    const signal = this.ends.signal;
    host.addEventListener('pointermove', (event) => this.point(event), { signal });
    host.addEventListener('pointerleave', () => this.rest(), { signal });
    host.addEventListener('click', (event) => this.click(event), { signal });
    host.addEventListener('keydown', (event) => this.key(event), { signal });
    host.addEventListener('focusin', (event) => this.focus(event), { signal });
    host.addEventListener('focusout', () => this.walk(null), { signal });
    this.said = document.createElement('p');
    this.said.className = 'stage-said';
    this.said.setAttribute('role', 'status');
    host.append(this.buttons(), this.said);
  }

  buttons() {
    const group = document.createElement('div');
    group.className = 'stage-zoom';
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', 'Zoom');
    const actions = [
      () => this.stage.panzoom.step(1),
      () => this.stage.panzoom.step(-1),
      () => this.stage.panzoom.fit(),
    ];
    for (const [i, [sign, words]] of BUTTONS.entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = sign;
      button.title = words;
      button.setAttribute('aria-label', words);
      button.addEventListener('click', actions[i]);
      group.append(button);
    }
    return group;
  }

  /** The message pointed at, with whatever. */
  pointing() {
    return this.walked ?? this.hovered;
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (event.pointerType === 'touch') return;
    const { x, y } = this.stage.panzoom.spot(event);
    const found = this.stage.hit(x, y);
    this.hover(found?.kind === 'message' ? found.id : null);
  }

  rest() {
    this.hover(null);
  }

  /** @param {number | null} id */
  hover(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.stage.host.classList.toggle('is-pointing', id !== null);
    this.stage.refresh();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (this.stage.panzoom.dragged || !target || target.closest('button, .stage-legend, .stage-card')) return;
    const { x, y } = this.stage.panzoom.spot(event);
    const found = this.stage.hit(x, y);
    const followed = this.stage.scene?.followed ?? null;
    if (found?.kind === 'message') return this.options.onFollow(found.id === followed ? null : found.id);
    const station = target.closest('[data-node]');
    const link = target.closest('[data-link]');
    const state = target.closest('[data-state]')?.getAttribute('data-state') ?? null;
    if (station && target.closest('[data-closer]')) return this.stage.closer(Number(station.getAttribute('data-node')));
    if (station)
      return this.options.onSelect(
        Number(station.getAttribute('data-node')),
        null,
        state === null ? null : Number(state),
      );
    if (link) return this.options.onSelect(null, Number(link.getAttribute('data-link')), null);
    if (followed !== null) this.options.onFollow(null);
    this.options.onSelect(null, null, null);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = event.target instanceof Element ? event.target : null;
    const station = target?.closest('[data-node]');
    const link = target?.closest('[data-link]');
    if ((!station && !link) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (this.walked !== null) this.options.onFollow(this.walked);
      else if (station) this.options.onSelect(Number(station.getAttribute('data-node')), null, null);
      else if (link) this.options.onSelect(null, Number(link.getAttribute('data-link')), null);
    } else if (station && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      this.stride(Number(station.getAttribute('data-node')), event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Escape' && this.walked !== null) {
      event.stopPropagation();
      this.walk(null);
    }
  }

  /** To the next or the last message of a station. @param {number} node @param {number} by */
  stride(node, by) {
    const here = this.stage.messages.resting.filter((glyph) => glyph.node === node);
    if (here.length === 0) return;
    const at = here.findIndex((glyph) => glyph.id === this.walked);
    const next = at < 0 ? (by > 0 ? 0 : here.length - 1) : (at + by + here.length) % here.length;
    this.walk(here[next].id);
  }

  /** @param {number | null} id */
  walk(id) {
    if (id === this.walked) return;
    this.walked = id;
    this.said.textContent = id === null ? '' : this.stage.told(id);
    this.stage.refresh();
  }

  /** What has the focus must be in sight. @param {FocusEvent} event */
  focus(event) {
    const station = event.target instanceof Element ? event.target.closest('[data-node]') : null;
    const box = station && this.stage.plan?.boxes[Number(station.getAttribute('data-node'))];
    const fitted = this.stage.plan?.camera;
    if (box && fitted)
      this.stage.panzoom.reveal({ x: box.x * fitted.scale + fitted.x, y: box.y * fitted.scale + fitted.y });
  }

  destroy() {
    this.ends.abort();
  }
}
