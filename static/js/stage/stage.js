/**
 * The stage: one run as a transit map. SVG for what stands, a canvas above it for messages, a second one for crowds
 * of them.
 *
 * `draw(scene)` is called once per animation frame by whoever owns the clock, and everything moving is a function of
 * `scene.now`: the stage keeps no time, starts no timers and remembers nothing of how it came to a picture, so
 * pausing, seeking and joining late show the same. What it does remember is the viewer's: where they look closer, what
 * they point at, and how much room each station has needed, so that the map does not jump.
 */

import { Card } from 'app/stage/card.js';
import { decide, GLYPHS_MOST, openDots } from 'app/stage/crowd.js';
import { bounds } from 'app/stage/geometry.js';
import { Hops } from 'app/stage/hops.js';
import { fit, frame, places } from 'app/stage/layout.js';
import { Legend } from 'app/stage/legend.js';
import { Links } from 'app/stage/links.js';
import { Messages } from 'app/stage/messages.js';
import { compose, kept, PanZoom } from 'app/stage/panzoom.js';
import { element } from 'app/stage/shapes/svg.js';
import { Stations } from 'app/stage/stations.js';
import { sentence, summary, table } from 'app/stage/tell.js';
import { readTheme, ruler } from 'app/stage/theme.js';
import { Viewer } from 'app/stage/viewer.js';
import { Ways } from 'app/stage/ways.js';
import { describe } from 'app/stage/whereabouts.js';
import { count, REPLY } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').HopBatch} HopBatch */
/** @typedef {import('app/stage/types.js').Scene} Scene */
/** @typedef {import('app/stage/types.js').Naming} Naming */
/** @typedef {import('app/stage/types.js').View} View */
/** @typedef {import('app/stage/types.js').Point} Point */
/** @typedef {import('app/stage/layout.js').Plan} Plan */
/**
 * `state`: which of a state machine's states was pointed at.
 * @typedef {{ onSelect: (node: number | null, link: number | null, state: number | null) => void, onFollow: (id: number | null) => void,
 *   names: Naming }} Options
 */

const HOPS_LISTED = 300;
const CORNER = 46; // pixels at the top that the page around may use for its own: mode, buttons
const LEAST_CLOSER = 1.3; // looking closer must be seen
const LATELY = 30; // drawings: about half a second
const GLIMPSE = 3; // drawings that a hop must last to be seen; what is faster brightens its line instead
const RESTING_EVERY = 4;
const TOLD_EVERY = 30; // drawings between two updates of what screen readers find at a station

/** @param {HTMLElement} host @param {Hello} hello @param {Options} options */
export function createStage(host, hello, options) {
  return new Stage(host, hello, options);
}

export class Stage {
  /** @param {HTMLElement} host @param {Hello} hello @param {Options} options */
  constructor(host, hello, options) {
    this.host = host;
    this.hello = hello;
    this.names = options.names;
    this.hops = new Hops();
    this.ways = new Ways();
    this.flow = new Float64Array(hello.links.length);
    this.raced = new Float64Array(hello.links.length);
    this.places = places(hello.nodes, hello.links);
    this.tokens = readTheme(host);
    this.theme = this.tokens; // with the sizes of texts that the plan chose
    this.plan = /** @type {Plan | null} */ (null);
    this.scene = /** @type {Scene | null} */ (null);
    this.crowd = /** @type {'glyphs' | 'flow'} */ ('glyphs');
    this.dots = /** @type {import('app/stage/crowd.js').Dots | null} */ (null);
    this.opening = false;
    this.moving = 0;
    this.drawings = 0;
    this.stale = true; // something other than the scene has changed since the last drawing
    this.sizes = '';
    this.drawnHead = 0;
    this.gone = false;
    host.classList.add('stage-host');
    this.world = element('g', { class: 'world' });
    const [lines, stations] = [element('g', { class: 'links' }), element('g', { class: 'stations' })];
    const above = element('g', { class: 'above' });
    this.world.append(lines, stations, above);
    this.map = element(
      'svg',
      { class: 'stage-map', role: 'group', 'aria-label': 'Map of the system' },
      ground(),
      this.world,
    );
    host.append(this.map);
    this.dotLayer = document.createElement('div');
    this.dotLayer.className = 'stage-crowd';
    host.append(this.dotLayer);
    this.links = new Links(lines, above, hello);
    this.stations = new Stations(stations, hello, () => this.places);
    this.messages = new Messages(host, hello);
    this.legend = new Legend(host);
    this.legend.write(hello.looks);
    this.scaleNote = document.createElement('p');
    this.scaleNote.className = 'stage-scale';
    this.scaleNote.hidden = true;
    host.append(this.scaleNote);
    this.pointed = new Card(host, 'is-pointed');
    this.following = new Card(host, 'is-followed');
    this.panzoom = new PanZoom(host, () => this.refresh());
    this.viewer = new Viewer(this, options);
    if (hello.nodes.some((node) => node.at === null)) this.arrange();
  }

  /** @param {HopBatch} hops */
  addHops(hops) {
    this.hops.add(hops);
  }

  clearHops() {
    this.hops.clear();
    this.crowd = 'glyphs';
    this.refresh();
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.drawings++;
    if (!this.plan || this.sizes !== this.stations.sizes(scene.views)) this.lay(scene.views);
    if (!this.stale && this.scene && same(this.scene, scene) && this.drawnHead === this.hops.head) return;
    const due = this.stale || still(scene) || scene.followed !== null || this.drawings % RESTING_EVERY === 0;
    const changed = due || !this.scene || !sameViews(this.scene.views, scene.views);
    const before = this.scene;
    this.stale = false;
    this.drawnHead = this.hops.head;
    this.scene = { ...scene, views: [...scene.views] };
    const step = still(scene) || !before ? 0 : Math.max(0, scene.now - before.now);
    this.hops.retire(scene.now - step * LATELY);
    this.moving = this.hops.census(scene.now, this.flow);
    this.crowd = decide(this.crowd, this.moving, scene.weight);
    if (this.crowd === 'glyphs') this.hops.raced(scene.now - step * LATELY, scene.now, step * GLIMPSE, this.raced);
    const flowing = this.crowd === 'flow' && !scene.reduced && scene.travel;
    this.placeMessages(scene, flowing);
    this.drawMap(scene, flowing, step);
    this.drawCrowd(scene, flowing);
    // Below a crowd the resting messages change slowly: their pies need no sixty paintings a second.
    if (!flowing || changed) this.drawMessages(scene);
  }

  /** @param {Scene} scene @param {boolean} flowing */
  placeMessages(scene, flowing) {
    const { messages, hops, ways } = this;
    const plan = /** @type {Plan} */ (this.plan);
    messages.settle(scene.views, plan.boxes, scene.now);
    let shown = scene.travel || scene.reduced ? (flowing ? [] : hops.moving(scene.now, GLYPHS_MOST)) : [];
    if (flowing && scene.followed !== null) shown = [hops.find(scene.followed, scene.now)].filter((at) => at >= 0);
    messages.locate(hops, shown, ways, scene.now, this.theme.glyph);
    for (const glyph of messages.resting) this.legend.noteResting(glyph);
    for (const spot of messages.spots) this.legend.note(spot.flags, spot.receives);
    if (this.legend.write(scene.looks)) this.sizes = 'outgrown'; // the next drawing keeps clear of the longer legend
  }

  /** @param {Scene} scene @param {boolean} flowing @param {number} step  µs since the drawing before */
  drawMap(scene, flowing, step) {
    const { node, link } = selection(scene.selected);
    const plan = /** @type {Plan} */ (this.plan);
    const busy = new Set(scene.reduced ? this.messages.spots.map((spot) => this.hops.way[spot.at] >> 1) : []);
    const followed = this.messages.resting.filter((glyph) => glyph.id === scene.followed);
    const lit = new Set(followed.flatMap((glyph) => [glyph.node, glyph.holder]));
    const standing = still(scene);
    this.map.classList.toggle('is-standing', standing);
    this.host.classList.toggle('is-following', scene.followed !== null);
    this.stations.update(scene, plan, this.names, node, lit, step, this.panzoom.camera.scale);
    this.links.update(scene, link, { flow: flowing ? this.flow : null, busy, raced: this.raced }, (index, width) =>
      this.ways.widen(index, width),
    );
    if (standing || this.drawings % TOLD_EVERY === 0)
      this.stations.label((index) => sentence(this.hello, scene, index), this.names);
  }

  /** @param {Scene} scene @param {boolean} flowing */
  drawCrowd(scene, flowing) {
    this.scaleNote.hidden = this.crowd !== 'flow';
    if (this.crowd === 'flow') {
      const text = `1 dot ${scene.weight > 1 ? `≈ ${count(scene.weight)} messages` : '= 1 message'}`;
      if (this.scaleNote.textContent !== text) this.scaleNote.textContent = text;
    }
    this.dotLayer.hidden = !flowing;
    if (!flowing) return;
    if (this.dots?.lost()) {
      this.dots.destroy();
      this.dots = null;
      this.openCrowd(false);
    }
    if (!this.dots) this.openCrowd();
    this.dots?.draw(this.hops, scene.now, this.camera(), this.ways, this.theme);
  }

  /** @param {boolean} [hardware] */
  openCrowd(hardware) {
    if (this.opening) return;
    this.opening = true;
    openDots(this.dotLayer, hardware).then((dots) => {
      this.opening = false;
      if (this.gone) return dots.destroy();
      this.dots = dots;
      dots.resize(this.host.clientWidth, this.host.clientHeight);
      this.refresh();
    });
  }

  /** @param {Scene} scene */
  drawMessages(scene) {
    const camera = this.camera();
    const leader = this.followCard(scene);
    this.pointCard(scene);
    this.messages.paint(scene, camera, this.theme, this.hops, this.ways, leader);
  }

  /** The card of the followed message, and the line to it. @param {Scene} scene */
  followCard(scene) {
    if (scene.followed === null) {
      this.following.hide();
      return null;
    }
    const text = describe(scene.followed, this.messages, this.hops, this.hello, scene);
    const found = this.messages.find(scene.followed);
    const spot = found && this.screen(found);
    const end = this.following.show(text, spot);
    return spot && end && found
      ? {
          from: { x: spot.x, y: spot.y + Math.sign(end.y - spot.y) * (found.radius + 5) * this.camera().scale },
          to: end,
        }
      : null;
  }

  /** The card of what is pointed at. @param {Scene} scene */
  pointCard(scene) {
    const id = this.viewer.pointing();
    const found = id === null || id === scene.followed ? null : (this.messages.find(id) ?? this.spotInFlow(id, scene));
    if (id === null || !found) return this.pointed.hide();
    this.pointed.show(describe(id, this.messages, this.hops, this.hello, scene), this.screen(found));
  }

  /** What the card of a message says, in one line. @param {number} id */
  told(id) {
    if (!this.scene) return '';
    const { title, type, lines } = describe(id, this.messages, this.hops, this.hello, this.scene);
    return `${title} ${type}: ${lines.join('; ')}`;
  }

  /** @param {number} id @param {Scene} scene @returns {Point | null} */
  spotInFlow(id, scene) {
    const at = this.crowd === 'flow' ? this.hops.find(id, scene.now) : -1;
    return at < 0 ? null : this.ways.at(this.hops.way[at], this.hops.fraction(at, scene.now));
  }

  /** Finds a place for everything. @param {View[]} views */
  lay(views) {
    const { hello, host, tokens } = this;
    const [width, height] = [host.clientWidth, host.clientHeight];
    const base = {
      text: tokens.textSize,
      small: tokens.smallSize,
      line: tokens.lineWidth,
      edge: tokens.edgeWidth,
      glyph: tokens.glyph,
      slots: 8,
      compact: false,
      flat: false,
      width: ruler(tokens.font),
    };
    this.sizes = this.stations.sizes(views);
    const room = { width, height, top: Math.max(CORNER, this.legend.height()), least: tokens.leastSize };
    this.plan = fit(this.places, hello.links, (style) => this.stations.measure(views, style), room, base);
    const { text, small } = this.plan.style;
    this.theme = { ...tokens, textSize: text, smallSize: small };
    this.map.style.setProperty('--stage-text', `${text}px`);
    this.map.style.setProperty('--stage-small', `${small}px`);
    this.stations.lay(this.plan);
    const lines = this.links.lay(this.plan.boxes, this.plan.compact, this.theme);
    this.plan.camera = frame(this.plan.boxes, room, lines.flat());
    this.ways.lay(lines);
    this.messages.forget();
    this.messages.resize(width, height);
    this.dots?.resize(width, height);
    this.refresh();
  }

  /** Positions that the scenario leaves open are found by a layout library, loaded only then. */
  async arrange() {
    const library = await import('@dagrejs/dagre').catch(() => null);
    if (!library || this.gone) return;
    this.places = places(this.hello.nodes, this.hello.links, library.default ?? library);
    this.plan = null;
  }

  /** The camera from map to screen. */
  camera() {
    const fitted = this.plan?.camera ?? { scale: 1, x: 0, y: 0 };
    return compose(fitted, this.panzoom.camera);
  }

  /** Looks at one station as closely as it fits, or at everything again. @param {number} index */
  closer(index) {
    const box = this.plan?.boxes[index];
    if (!box || this.panzoom.camera.scale > 1.05) return this.panzoom.fit();
    const size = { width: this.host.clientWidth, height: this.host.clientHeight };
    const { scale: fitted, x, y } = /** @type {Plan} */ (this.plan).camera;
    const [wide, tall] = [(box.left + box.right) * fitted, (box.up + box.down) * fitted];
    const scale = Math.max(LEAST_CLOSER, Math.min(size.width / (wide + 2 * CORNER), size.height / (tall + CORNER)));
    const middle = {
      x: (box.x + (box.right - box.left) / 2) * fitted + x,
      y: (box.y + (box.down - box.up) / 2) * fitted + y,
    };
    const at = { x: size.width / 2 - middle.x * scale, y: (size.height + CORNER) / 2 - middle.y * scale };
    const covered = this.legend.height() - (middle.y - tall / 2) * scale - at.y; // of its top, by the legend
    this.panzoom.look(kept({ scale, x: at.x, y: at.y + Math.max(0, covered + 4) }, size));
  }

  /** What the next drawing shows has changed, though the scene may not have. */
  refresh() {
    this.stale = true;
    const { scale, x, y } = this.camera();
    this.world?.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
  }

  retheme() {
    this.tokens = readTheme(this.host);
    this.theme = this.tokens;
    this.plan = null;
  }

  /** @param {Naming} names */
  rename(names) {
    this.names = names;
    this.plan = null;
  }

  resize() {
    this.plan = null;
  }

  summary() {
    return this.scene ? summary(this.hello, this.scene, this.places) : '';
  }

  table() {
    return this.scene ? table(this.hello, this.scene, this.places, this.names) : [];
  }

  /** What is on screen now, in pixels of the host. */
  drawn() {
    const { scale } = this.camera();
    const flowing = this.crowd === 'flow' && !this.dotLayer.hidden;
    const nodes = Object.fromEntries(
      (this.plan?.boxes ?? []).map((box, index) => {
        const corner = this.screen({ x: box.x - box.left, y: box.y - box.up });
        return [
          this.hello.nodes[index].id,
          { ...corner, width: (box.left + box.right) * scale, height: (box.up + box.down) * scale },
        ];
      }),
    );
    const now = this.scene?.now ?? 0;
    const spots = flowing
      ? this.hops
          .moving(now, HOPS_LISTED)
          .map((at) => ({ id: this.hops.id[at], ...this.ways.at(this.hops.way[at], this.hops.fraction(at, now)) }))
      : this.messages.spots.slice(0, HOPS_LISTED);
    return {
      glyphs: this.messages.resting.length + this.messages.spots.length,
      dots: flowing ? this.moving : 0,
      nodes,
      mode: this.crowd,
      hops: spots.map((spot) => ({ id: spot.id, ...this.screen(spot) })),
    };
  }

  /**
   * What is at a point of the host.
   * @param {number} x @param {number} y
   * @returns {{ kind: 'message', id: number } | { kind: 'node', index: number } | null}
   */
  hit(x, y) {
    const { scale, x: left, y: top } = this.camera();
    const spot = { x: (x - left) / scale, y: (y - top) / scale };
    const id = this.messages.under(spot.x, spot.y, scale) ?? this.dotUnder(spot, scale);
    if (id !== null) return { kind: 'message', id };
    const index = (this.plan?.boxes ?? []).findIndex((box) => {
      const own = bounds(box);
      return spot.x >= own.left && spot.x <= own.right && spot.y >= own.top && spot.y <= own.bottom;
    });
    return index < 0 ? null : { kind: 'node', index };
  }

  /** @param {Point} spot @param {number} scale @returns {number | null} */
  dotUnder(spot, scale) {
    if (this.crowd !== 'flow' || this.dotLayer.hidden || !this.scene) return null;
    const { now } = this.scene;
    for (const at of this.hops.moving(now)) {
      const place = this.ways.at(this.hops.way[at], this.hops.fraction(at, now));
      if (!(this.hops.flags[at] & REPLY) && Math.hypot(place.x - spot.x, place.y - spot.y) * scale < 7)
        return this.hops.id[at];
    }
    return null;
  }

  /** A point of the map on the screen. @param {Point} point @returns {Point} */
  screen(point) {
    const { scale, x, y } = this.camera();
    return { x: point.x * scale + x, y: point.y * scale + y };
  }

  destroy() {
    this.gone = true;
    this.viewer.destroy();
    this.panzoom.destroy();
    this.dots?.destroy();
    this.host.replaceChildren();
    this.host.classList.remove('stage-host', 'is-following', 'is-zoomed');
  }
}

/** @param {import('app/stage/types.js').Selection} selected */
function selection(selected) {
  if (typeof selected === 'number') return { node: selected, link: null };
  return { node: selected?.node ?? null, link: selected?.link ?? null };
}

/** @param {Scene} a @param {Scene} b */
function same(a, b) {
  const [one, other] = [selection(a.selected), selection(b.selected)];
  return (
    a.now === b.now &&
    a.mode === b.mode &&
    a.faults === b.faults &&
    a.weight === b.weight &&
    a.followed === b.followed &&
    a.reduced === b.reduced &&
    a.travel === b.travel &&
    a.looks === b.looks &&
    one.node === other.node &&
    one.link === other.link &&
    sameViews(a.views, b.views)
  );
}

/** @param {View[]} a @param {View[]} b */
function sameViews(a, b) {
  return a.length === b.length && a.every((view, index) => view === b[index]);
}

/** Whether time stands still. @param {Scene} scene */
function still(scene) {
  return scene.mode !== 'running' && scene.mode !== 'replaying';
}

/** The dotted ground. */
function ground() {
  const pattern = element(
    'pattern',
    { id: 'stage-ground', width: 26, height: 26, patternUnits: 'userSpaceOnUse' },
    element('circle', { cx: 1, cy: 1, r: 1, class: 'ground-dot' }),
  );
  return element(
    'g',
    { class: 'ground' },
    element('defs', {}, pattern),
    element('rect', { class: 'ground', width: '100%', height: '100%', fill: 'url(#stage-ground)' }),
  );
}
