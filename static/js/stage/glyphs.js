/**
 * Messages painted one by one: the colour says what it is, the outline says what happened to it.
 *
 * A ring is in flight, a pie is the time it has left, ×n how often it was received, a double outline a duplicate,
 * spikes a message that can't be processed, a cross a lost or dead one, a hollow disc an acknowledgement. Nothing
 * here remembers anything.
 */

import { countdown, DUPLICATE, LOST, POISON, REFUSED, REPLY, RETRIED } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {CanvasRenderingContext2D} Pen */

/**
 * A message on its way: `held` if its custodian keeps it until it is deleted, `part` of the way behind it.
 * @typedef {{ id: number, x: number, y: number, radius: number, look: number, flags: number, held: boolean,
 *   part: number, receives: number, at: number }} Spot
 */

const TURN = Math.PI * 2;
const SPIKES = 9;
const LOW_SHARE = 0.2; // of the visibility timeout: below it the seconds are written
const LOW_MOST = 60_000_000;

/** @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} now @param {string[]} looks */
export function paintResting(pen, theme, glyph, now, looks) {
  const colour = theme.m[glyph.look % theme.m.length];
  if (glyph.place === 'inflight') paintHeld(pen, theme, glyph, now, colour);
  else {
    if (glyph.place === 'working' || glyph.place === 'cold') paintProgress(pen, theme, glyph, now);
    body(pen, glyph.x, glyph.y, glyph.radius, glyph.flags, colour);
    extras(pen, theme, glyph.x, glyph.y, glyph.radius, glyph.flags, glyph.look, colour);
    if (glyph.place === 'dead' && !(glyph.flags & POISON))
      cross(pen, glyph.x, glyph.y, glyph.radius * 0.45, theme.panel, 2.5);
    letter(pen, theme, glyph.x, glyph.y, glyph.radius, glyph.look, looks);
  }
  if (glyph.place === 'waiting' && glyph.flags & RETRIED)
    badge(pen, theme, `×${glyph.receives}`, glyph.x, glyph.y - glyph.radius - 3, glyph.alarm ? theme.bad : theme.warn);
}

/** @param {Pen} pen @param {Theme} theme @param {Spot} spot @param {string[]} looks */
export function paintMoving(pen, theme, spot, looks) {
  const { x, y, radius, flags } = spot;
  const colour = theme.m[spot.look % theme.m.length];
  if (flags & LOST && spot.part >= 0.5) {
    pen.globalAlpha *= 0.35;
    body(pen, x, y, radius * 0.8, flags, colour);
    pen.globalAlpha /= 0.35;
    cross(pen, x, y, radius * 0.8, theme.bad, 3.5);
    return;
  }
  if (flags & REPLY) {
    knockout(pen, theme, x, y, radius * 0.72);
    ring(pen, x, y, radius * 0.72, colour, 3);
    strokeLine(pen, x - radius * 0.3, y, x + radius * 0.3, y, colour, 2.4);
  } else if (flags & REFUSED) {
    knockout(pen, theme, x, y, radius * 0.85);
    ring(pen, x, y, radius * 0.85, colour, 3);
    strokeLine(pen, x - radius * 0.5, y + radius * 0.5, x + radius * 0.5, y - radius * 0.5, theme.bad, 3);
  } else if (spot.held && !(flags & POISON)) {
    knockout(pen, theme, x, y, radius);
    ring(pen, x, y, radius, colour, 2.6);
    body(pen, x, y, radius * 0.52, flags, colour);
  } else {
    body(pen, x, y, radius, flags, colour);
    if (spot.held) ring(pen, x, y, radius * 1.25, colour, 2);
  }
  extras(pen, theme, x, y, radius, flags, spot.look, colour);
  if (!(flags & (REPLY | REFUSED)) && !spot.held) letter(pen, theme, x, y, radius, spot.look, looks);
  if (spot.receives > 1) badge(pen, theme, `×${spot.receives}`, x, y - radius - 4, theme.warn);
}

/**
 * The two ends of a hop, for those who want no motion.
 * @param {Pen} pen @param {Theme} theme @param {Spot} spot @param {{x: number, y: number}} start
 * @param {{x: number, y: number}} end
 */
export function paintEnds(pen, theme, spot, start, end) {
  const colour = theme.m[spot.look % theme.m.length];
  knockout(pen, theme, start.x, start.y, spot.radius * 0.8);
  ring(pen, start.x, start.y, spot.radius * 0.8, colour, 2);
  if (spot.flags & LOST) return cross(pen, end.x, end.y, spot.radius * 0.7, theme.bad, 3);
  if (spot.flags & (REPLY | REFUSED)) {
    knockout(pen, theme, end.x, end.y, spot.radius * 0.8);
    return ring(pen, end.x, end.y, spot.radius * 0.8, colour, 3.5);
  }
  body(pen, end.x, end.y, spot.radius, spot.flags, colour);
}

/**
 * A ring round the message that somebody follows.
 * @param {Pen} pen @param {Theme} theme @param {number} x @param {number} y @param {number} radius
 */
export function paintHalo(pen, theme, x, y, radius) {
  ring(pen, x, y, radius + 5, theme.accent, 3);
}

/**
 * A message in flight: a ring, and a pie that drains until its visibility timeout.
 * @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} now @param {string} colour
 */
function paintHeld(pen, theme, glyph, now, colour) {
  const { x, y, radius, flags, since, until } = glyph;
  const left = until > since ? Math.min(1, Math.max(0, (until - now) / (until - since))) : 0;
  const low = until - now <= Math.min(LOW_MOST, (until - since) * LOW_SHARE);
  if (flags & POISON) {
    spikes(pen, x, y, radius * 1.12);
    outline(pen, colour, 2.4);
  } else ring(pen, x, y, radius - 1, colour, 3);
  if (left > 0) {
    pen.fillStyle = low ? theme.bad : colour;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.arc(x, y, radius * (flags & POISON ? 0.62 : 0.72), -TURN / 4, -TURN / 4 + left * TURN);
    pen.closePath();
    pen.fill();
  }
  if (flags & DUPLICATE) ring(pen, x, y, radius + 3, colour, 1.4);
  const again = glyph.receives > 1 ? `×${glyph.receives}` : '';
  const seconds = low && until > now ? countdown(until - now) : '';
  const tone = low || glyph.alarm ? theme.bad : theme.warn;
  const above = y - radius - 6;
  if (glyph.rank === 0 && seconds)
    badge(pen, theme, `${again ? `${again} · ` : ''}${seconds} left`, x + radius, above, tone, 'right');
  else if (again || seconds) badge(pen, theme, seconds || again, x, above, tone);
}

/** @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} now */
function paintProgress(pen, theme, glyph, now) {
  const { since, until, x, y, radius } = glyph;
  const done = until > since ? Math.min(1, Math.max(0, (now - since) / (until - since))) : 0;
  if (done === 0) return;
  pen.strokeStyle = glyph.place === 'cold' ? theme.warn : theme.ok;
  pen.lineWidth = 4;
  pen.lineCap = 'round';
  if (glyph.place === 'cold') pen.setLineDash([2, 6]);
  pen.beginPath();
  pen.arc(x, y, radius + 9, -TURN / 4, -TURN / 4 + done * TURN);
  pen.stroke();
  pen.setLineDash([]);
}

/**
 * Disc or star.
 * @param {Pen} pen @param {number} x @param {number} y @param {number} radius @param {number} flags
 * @param {string} colour
 */
function body(pen, x, y, radius, flags, colour) {
  pen.fillStyle = colour;
  if (flags & POISON) spikes(pen, x, y, radius * 1.12);
  else {
    pen.beginPath();
    pen.arc(x, y, radius, 0, TURN);
  }
  pen.fill();
}

/**
 * Second outline of a duplicate; a dot in the middle tells the ninth colour from the first.
 * @param {Pen} pen @param {Theme} theme @param {number} x @param {number} y @param {number} radius
 * @param {number} flags @param {number} look @param {string} colour
 */
function extras(pen, theme, x, y, radius, flags, look, colour) {
  if (flags & DUPLICATE) {
    ring(pen, x, y, radius + 2.5, theme.stage, 2);
    ring(pen, x, y, radius + 4.5, colour, 2);
  }
  if (look >= theme.m.length && !theme.letters) {
    pen.fillStyle = theme.stage;
    pen.beginPath();
    pen.arc(x, y, radius * 0.28, 0, TURN);
    pen.fill();
  }
}

/**
 * The initial of the type, where colours may not be used to tell types apart.
 * @param {Pen} pen @param {Theme} theme @param {number} x @param {number} y @param {number} radius
 * @param {number} look @param {string[]} looks
 */
function letter(pen, theme, x, y, radius, look, looks) {
  if (!theme.letters || radius < 7) return;
  pen.fillStyle = theme.stage;
  pen.font = `700 ${Math.round(radius * 1.15)}px ${theme.font}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText((looks[look] ?? '?').charAt(0).toUpperCase(), x, y + 0.5);
}

/**
 * @param {Pen} pen @param {Theme} theme @param {string} text @param {number} x @param {number} y
 * @param {string} colour @param {CanvasTextAlign} align
 */
function badge(pen, theme, text, x, y, colour, align = 'center') {
  pen.font = `700 ${theme.smallSize}px ${theme.font}`;
  pen.textAlign = align;
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} radius */
function spikes(pen, x, y, radius) {
  pen.beginPath();
  for (let i = 0; i < SPIKES * 2; i++) {
    const reach = i % 2 ? radius * 0.58 : radius * 1.08;
    const angle = (i / (SPIKES * 2)) * TURN - TURN / 4;
    pen.lineTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
  }
  pen.closePath();
}

/** @param {Pen} pen @param {string} colour @param {number} width */
function outline(pen, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

/**
 * @param {Pen} pen @param {number} x @param {number} y @param {number} radius @param {string} colour
 * @param {number} width
 */
function ring(pen, x, y, radius, colour, width) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, TURN);
  outline(pen, colour, width);
}

/**
 * Hides the line under what is hollow.
 * @param {Pen} pen @param {Theme} theme @param {number} x @param {number} y @param {number} radius
 */
function knockout(pen, theme, x, y, radius) {
  pen.fillStyle = theme.stage;
  pen.beginPath();
  pen.arc(x, y, radius, 0, TURN);
  pen.fill();
}

/**
 * @param {Pen} pen @param {number} x @param {number} y @param {number} reach @param {string} colour
 * @param {number} width
 */
function cross(pen, x, y, reach, colour, width) {
  strokeLine(pen, x - reach, y - reach, x + reach, y + reach, colour, width);
  strokeLine(pen, x - reach, y + reach, x + reach, y - reach, colour, width);
}

/**
 * @param {Pen} pen @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @param {string} colour
 * @param {number} width
 */
function strokeLine(pen, x1, y1, x2, y2, colour, width) {
  pen.lineCap = 'round';
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  outline(pen, colour, width);
}
