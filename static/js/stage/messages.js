/**
 * The canvas above the map: every message that is drawn as a glyph, at rest or on its way.
 *
 * What rests comes from the views and changes only with them; what travels is computed anew for each drawing. Both
 * lists are kept, so that whoever asks what is under the pointer gets what was painted.
 */

import { pointAt } from 'app/stage/geometry.js';
import { paintEnds, paintHalo, paintMoving, paintResting } from 'app/stage/glyphs.js';
import { shape } from 'app/stage/shapes/index.js';
import { LOST, REFUSED, REPLY } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Hello} Hello */
/** @typedef {import('app/stage/types.js').View} View */
/** @typedef {import('app/stage/types.js').Box} Box */
/** @typedef {import('app/stage/types.js').Scene} Scene */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {import('app/stage/types.js').Camera} Camera */
/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/hops.js').Hops} Hops */
/** @typedef {import('app/stage/ways.js').Ways} Ways */
/** @typedef {import('app/stage/glyphs.js').Spot} Spot */
/** @typedef {import('app/stage/geometry.js').Polyline} Polyline */

const DIMMED = 0.22;
const LIFT = 20; // how far a refused message flies off its line
const GLIDE_MOST = 50_000; // µs of virtual time per drawing: in a faster run gliding would only blur
const SLOTTING = 14; // drawings that a message takes to glide to its new slot
const WALKING = 26; // and along a line within its station
const BOUNCING = 45; // and to fall on the heap, after it bounced off a filter
const BOUNCE = 26; // how high it flies there
const REACH = 7; // pixels a pointer may miss a message by
// Where a message "is" if it is drawn in several places.
const PLACES = [
  'working',
  'cold',
  'state',
  'inflight',
  'waiting',
  'dead',
  'stored',
  'latest',
  'repeat',
  'heap',
  'ended',
];

export class Messages {
  /** @param {HTMLElement} layer @param {Hello} hello */
  constructor(layer, hello) {
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'stage-messages';
    this.canvas.setAttribute('aria-hidden', 'true');
    layer.append(this.canvas);
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.hello = hello;
    this.resting = /** @type {Resting[]} */ ([]);
    this.spots = /** @type {Spot[]} */ ([]);
    this.known = /** @type {View[]} */ ([]);
    this.perNode = /** @type {Resting[][]} */ ([]);
    this.receives = /** @type {Map<number, number>} */ (new Map());
    this.motifs = /** @type {Map<number, number>} */ (new Map());
    this.ratio = 1;
    this.now = 0;
    /** @type {WeakMap<Resting, { x: number, y: number, began: number, takes: number, way?: Polyline | null }>} */
    this.moves = new WeakMap();
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(width * this.ratio));
    this.canvas.height = Math.max(1, Math.round(height * this.ratio));
  }

  /** Everything at rest must be placed anew: the map has changed. */
  forget() {
    this.known = [];
  }

  /**
   * Places what rests, for the nodes whose view is another one than before.
   * @param {View[]} views @param {Box[]} boxes @param {number} now
   */
  settle(views, boxes, now) {
    let changed = false;
    const step = now - this.now;
    this.now = now;
    for (const [index, box] of boxes.entries()) {
      const view = views[index] ?? null;
      if (this.known[index] === view && this.perNode[index]) continue;
      changed = true;
      const before = this.known[index] ? this.perNode[index] : [];
      this.known[index] = view;
      this.perNode[index] = [];
      const own = shape(this.hello.nodes[index].pattern);
      if (view) own.rest(box, view, index, this.perNode[index]);
      if (step > 0 && step < GLIDE_MOST)
        this.glide(before, this.perNode[index], now, step, (was, glyph) => own.walk?.(box, view, was, glyph) ?? null);
    }
    if (!changed) return;
    this.resting = this.perNode.flat();
    this.receives.clear();
    this.motifs.clear();
    for (const glyph of this.resting) {
      if (glyph.receives > 1) this.receives.set(glyph.id, glyph.receives);
      if (glyph.motif !== undefined && glyph.motif >= 0) this.motifs.set(glyph.id, glyph.motif);
    }
    // A message keeps the pattern of its group while somebody works on it.
    for (const glyph of this.resting) if (glyph.place === 'working') glyph.motif = this.motifs.get(glyph.id) ?? -1;
  }

  /**
   * Remembers from where the messages of a node came to their new places; `step`: the time since the last drawing.
   * @param {Resting[]} before @param {Resting[]} after @param {number} now @param {number} step
   * @param {(was: Resting, glyph: Resting) => Polyline | null} walk  the line between two places, if there is one
   */
  glide(before, after, now, step, walk) {
    const old = new Map(before.map((glyph) => [known(glyph), glyph]));
    for (const glyph of after) {
      const was = stayed(glyph, before) ?? old.get(known(glyph));
      if (!was && glyph.from) {
        this.moves.set(glyph, { ...glyph.from, began: now, takes: step * BOUNCING });
      } else if (was && (was.x !== glyph.x || was.y !== glyph.y)) {
        const { x, y } = this.slotting(was, /** @type {Scene} */ ({ now, mode: 'running' }));
        const way = walk(was, glyph);
        this.moves.set(glyph, { x, y, began: now, takes: step * (way ? WALKING : SLOTTING), way });
      } else if (was) {
        const move = this.moves.get(was);
        if (move) this.moves.set(glyph, move);
      }
    }
  }

  /**
   * Where the hops in motion are.
   * @param {Hops} hops @param {number[]} places  ring places @param {Ways} ways @param {number} now
   * @param {number} radius
   */
  locate(hops, places, ways, now, radius) {
    this.spots = places.map((at) => {
      const way = hops.way[at];
      const flags = hops.flags[at];
      const part = hops.fraction(at, now);
      const { x, y } = flags & REFUSED ? bounced(ways, way, part) : ways.at(way, part);
      const link = this.hello.links[way >> 1];
      const held = link?.kind === 'poll' && !(way & 1) && !(flags & REPLY);
      const whole = flags & LOST ? (now - hops.leave[at]) / (hops.arrive[at] - hops.leave[at]) : part;
      return {
        id: hops.id[at],
        x,
        y,
        radius,
        look: hops.look[at],
        flags,
        held,
        part: whole,
        receives: this.receives.get(hops.id[at]) ?? 0,
        motif: this.motifs.get(hops.id[at]) ?? -1,
        at,
      };
    });
  }

  /**
   * @param {Scene} scene @param {Camera} camera @param {Theme} theme @param {Hops} hops @param {Ways} ways
   * @param {{ from: {x: number, y: number}, to: {x: number, y: number} } | null} leader  a line from the followed
   *   message to its card
   */
  paint(scene, camera, theme, hops, ways, leader) {
    const { pen, ratio } = this;
    const looks = scene.looks;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(ratio * camera.scale, 0, 0, ratio * camera.scale, ratio * camera.x, ratio * camera.y);
    /** @param {number} id @param {boolean} [still]  its holder is down: it stands still, and pale */
    const alpha = (id, still = false) => {
      pen.globalAlpha = scene.followed !== null && id !== scene.followed ? DIMMED : still ? 0.5 : 1;
    };
    for (const glyph of this.resting) {
      const still = glyph.place === 'working' && Boolean(scene.views[glyph.node]?.crashed);
      alpha(glyph.id, still);
      const shown = this.slotting(glyph, scene);
      if (glyph.id === scene.followed)
        paintHalo(pen, theme, shown.x, shown.y, glyph.radius + (glyph.place === 'working' ? 9 : 0));
      paintResting(pen, theme, shown, still ? glyph.since : scene.now, looks);
    }
    for (const spot of this.spots) {
      alpha(spot.id);
      if (scene.reduced)
        paintEnds(pen, theme, spot, ways.at(hops.way[spot.at], 0.04), ways.at(hops.way[spot.at], 0.96));
      else {
        paintMoving(pen, theme, spot, looks);
        if (spot.id === scene.followed) paintHalo(pen, theme, spot.x, spot.y, spot.radius);
      }
    }
    pen.globalAlpha = 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (leader) this.lead(leader, theme);
  }

  /**
   * A message that has just changed its place glides there: the only easing on the stage, and none while time stands
   * still.
   * @param {Resting} glyph @param {Scene} scene @returns {Resting}
   */
  slotting(glyph, scene) {
    const move = this.moves.get(glyph);
    if (!move || scene.reduced || (scene.mode !== 'running' && scene.mode !== 'replaying')) return glyph;
    const part = (scene.now - move.began) / move.takes;
    if (part >= 1 || part < 0) {
      this.moves.delete(glyph);
      return glyph;
    }
    if (move.way) return { ...glyph, ...pointAt(move.way, part) };
    const rest = glyph.from ? 1 - part : (1 - part) ** 3;
    const lift = glyph.from ? Math.sin(Math.PI * part) * BOUNCE : 0;
    return { ...glyph, x: glyph.x + (move.x - glyph.x) * rest, y: glyph.y + (move.y - glyph.y) * rest - lift };
  }

  /** @param {{ from: {x: number, y: number}, to: {x: number, y: number} }} leader @param {Theme} theme */
  lead({ from, to }, theme) {
    this.pen.strokeStyle = theme.accent;
    this.pen.lineWidth = 1.5;
    this.pen.beginPath();
    this.pen.moveTo(from.x, from.y);
    this.pen.lineTo(from.x, to.y);
    this.pen.lineTo(to.x, to.y);
    this.pen.stroke();
  }

  /**
   * The message nearest to a point of the map.
   * @param {number} x @param {number} y @param {number} scale @returns {number | null}
   */
  under(x, y, scale) {
    let [nearest, best] = [/** @type {number | null} */ (null), Infinity];
    for (const glyph of [...this.resting, ...this.spots]) {
      const away = Math.hypot(glyph.x - x, glyph.y - y) - glyph.radius;
      if (away <= REACH / scale && away < best) [nearest, best] = [glyph.id, away];
    }
    return nearest;
  }

  /**
   * Where a message is drawn: on its way, else at the place that tells most.
   * @param {number} id @returns {Spot | Resting | null}
   */
  find(id) {
    const travelling = this.spots.filter((spot) => spot.id === id && !(spot.flags & REPLY));
    if (travelling.length) return travelling[travelling.length - 1];
    const places = this.resting
      .filter((glyph) => glyph.id === id)
      .sort((a, b) => PLACES.indexOf(a.place) - PLACES.indexOf(b.place));
    return places[0] ?? this.spots.find((spot) => spot.id === id) ?? null;
  }
}

/** An execution may be in several states at once: that it was in this one before counts. @param {Resting} glyph @param {Resting[]} before */
function stayed({ id, place, rank }, before) {
  return place === 'state'
    ? before.find((was) => was.id === id && was.place === place && was.rank === rank)
    : undefined;
}

/** A copy of a message that was filtered out twice lies on the heap twice. @param {Resting} glyph */
function known({ id, place, holder, since }) {
  return place === 'heap' ? `${id} ${holder} ${since}` : id;
}

/**
 * A refused message leaves its line in an arc: it bounces.
 * @param {Ways} ways @param {number} way @param {number} part
 */
function bounced(ways, way, part) {
  const here = ways.at(way, part);
  const ahead = ways.at(way, Math.min(1, part + 0.02));
  const length = Math.hypot(ahead.x - here.x, ahead.y - here.y) || 1;
  const lift = Math.sin(Math.PI * part) * LIFT;
  return { x: here.x + ((ahead.y - here.y) / length) * -lift, y: here.y + ((ahead.x - here.x) / length) * lift };
}
