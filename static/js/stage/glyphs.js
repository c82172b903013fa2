/**
 * Messages painted one by one: the colour says what it is, the outline says what happened to it.
 *
 * A ring is in flight, a pie is the time it has left, ×n how often it was received, a double outline a duplicate,
 * spikes a message that can't be processed, a cross a lost or dead one, a hollow disc an acknowledgement. Strokes on
 * it are its message group, with the group's name below; a lock means that the group is held. Nothing here remembers
 * anything.
 */

import { BLOCKED, HELD, MOTIFS, NOISY } from 'app/stage/motifs.js';
import { paintStay } from 'app/stage/token.js';
import { countdown, DUPLICATE, LOST, POISON, REFUSED, REPLY, RETRIED } from 'app/stage/words.js';

/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {CanvasRenderingContext2D} Pen */

/**
 * A message on its way: `held` if its custodian keeps it until it is deleted, `part` of the way behind it.
 * @typedef {{ id: number, x: number, y: number, radius: number, look: number, flags: number, held: boolean,
 *   part: number, receives: number, at: number, motif: number }} Spot
 */

const TURN = Math.PI * 2;
const SPIKES = 9;
const LOW_SHARE = 0.2; // of the visibility timeout: below it the seconds are written
const LOW_MOST = 60_000_000;
const REPEAT_FADES = 5_000_000; // µs

/** @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} now @param {string[]} looks */
export function paintResting(pen, theme, glyph, now, looks) {
  const colour = theme.m[glyph.look % theme.m.length];
  if (glyph.group) name(pen, theme, glyph);
  if (glyph.place === 'inflight') paintHeld(pen, theme, glyph, now, colour);
  else if (glyph.place === 'repeat') paintRepeat(pen, theme, glyph, now, colour);
  else if (glyph.place === 'heap') paintFaded(pen, theme, glyph, colour, looks);
  else if (glyph.place === 'waiting' && (glyph.state ?? 0) & HELD) paintLocked(pen, theme, glyph, colour);
  else {
    if (glyph.place === 'working' || glyph.place === 'cold') paintProgress(pen, theme, glyph, now);
    if (glyph.place === 'state') paintStay(pen, theme, glyph, now);
    if (glyph.more) paintStack(pen, theme, glyph, colour);
    body(pen, glyph.x, glyph.y, glyph.radius, glyph.flags, colour);
    if (glyph.more) inside(pen, theme, glyph, glyph.more + 1);
    else motif(pen, theme, glyph.x, glyph.y, glyph.radius * (glyph.flags & POISON ? 0.6 : 1), glyph.motif ?? -1);
    if ((glyph.state ?? 0) & NOISY) dashes(pen, theme, glyph);
    extras(pen, theme, glyph.x, glyph.y, glyph.radius, glyph.flags, glyph.look, colour);
    if ((glyph.place === 'dead' || (glyph.place === 'ended' && glyph.alarm)) && !(glyph.flags & POISON))
      cross(pen, glyph.x, glyph.y, glyph.radius * 0.45, theme.panel, 2.5);
    if (!glyph.more) letter(pen, theme, glyph.x, glyph.y, glyph.radius, glyph.look, looks);
  }
  const again = glyph.receives > 1 || !(glyph.flags & DUPLICATE); // a copy of what was received once is no retry
  if (glyph.place === 'waiting' && glyph.flags & RETRIED && again)
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
    else motif(pen, theme, x, y, radius * (flags & POISON ? 0.6 : 1), spot.motif);
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
  else if (glyph.tag) badge(pen, theme, glyph.tag, x, above, theme.warn);
}

/**
 * A message that waits for another of its group: pale, behind a lock.
 * @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {string} colour
 */
function paintLocked(pen, theme, glyph, colour) {
  const { x, y, radius, flags } = glyph;
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * 0.28;
  body(pen, x, y, radius, flags, colour);
  pen.globalAlpha = alpha;
  ring(pen, x, y, radius - 1, colour, 2);
  padlock(pen, x, y, radius * 0.5, (glyph.state ?? 0) & BLOCKED ? theme.bad : theme.text, theme.stage);
  extras(pen, theme, x, y, radius, flags, glyph.look, colour);
}

/**
 * @param {Pen} pen @param {number} x @param {number} y @param {number} reach @param {string} colour
 * @param {string} hole
 */
function padlock(pen, x, y, reach, colour, hole) {
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(2, reach * 0.36);
  pen.beginPath();
  pen.arc(x, y - reach * 0.2, reach * 0.56, Math.PI, TURN);
  pen.stroke();
  pen.fillStyle = colour;
  pen.fillRect(x - reach * 0.9, y - reach * 0.2, reach * 1.8, reach * 1.35);
  pen.fillStyle = hole;
  pen.fillRect(x - reach * 0.14, y + reach * 0.2, reach * 0.28, reach * 0.5);
}

/**
 * A repetition that was not stored: a double outline that fades as its moment passes.
 * @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} now @param {string} colour
 */
function paintRepeat(pen, theme, glyph, now, colour) {
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * Math.max(0.25, Math.min(1, 1 - (now - glyph.since) / REPEAT_FADES));
  knockout(pen, theme, glyph.x, glyph.y, glyph.radius + 3);
  ring(pen, glyph.x, glyph.y, glyph.radius, colour, 2.4);
  ring(pen, glyph.x, glyph.y, glyph.radius * 0.55, colour, 2.4);
  strokeLine(
    pen,
    glyph.x - glyph.radius,
    glyph.y + glyph.radius,
    glyph.x + glyph.radius,
    glyph.y - glyph.radius,
    theme.soft,
    2.4,
  );
  pen.globalAlpha = alpha;
}

/**
 * A copy that a filter kept back: pale, with its colour at the edge.
 * @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {string} colour @param {string[]} looks
 */
function paintFaded(pen, theme, glyph, colour, looks) {
  const { x, y, radius, flags } = glyph;
  knockout(pen, theme, x, y, radius);
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * 0.3;
  body(pen, x, y, radius, flags, colour);
  pen.globalAlpha = alpha;
  ring(pen, x, y, radius - 0.8, colour, 1.4);
  if (theme.letters) letter(pen, { ...theme, stage: theme.text }, x, y, radius, glyph.look, looks);
}

/**
 * The rest of a batch, behind the message at work.
 * @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {string} colour
 */
function paintStack(pen, theme, glyph, colour) {
  for (const step of (glyph.more ?? 0) > 1 ? [2, 1] : [1]) {
    knockout(pen, theme, glyph.x + step * 3, glyph.y - step * 3, glyph.radius);
    ring(pen, glyph.x + step * 3, glyph.y - step * 3, glyph.radius - 1, colour, 1.6);
  }
}

/**
 * How many of a batch are left, on the one at work.
 * @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} left
 */
function inside(pen, theme, glyph, left) {
  pen.font = `800 ${Math.min(theme.smallSize, Math.round(glyph.radius * 1.3))}px ${theme.font}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillStyle = theme.stage;
  pen.fillText(left > 99 ? '99+' : String(left), glyph.x, glyph.y + 0.5);
}

/**
 * The strokes of a message group; none where types are told apart by letters, which they would cross out.
 * @param {Pen} pen @param {Theme} theme @param {number} x @param {number} y @param {number} radius
 * @param {number} which
 */
function motif(pen, theme, x, y, radius, which) {
  const strokes = MOTIFS[which];
  if (!strokes || theme.letters) return;
  pen.lineCap = 'round';
  pen.beginPath();
  for (const [x1, y1, x2, y2] of strokes) {
    pen.moveTo(x + x1 * radius, y + y1 * radius);
    pen.lineTo(x + x2 * radius, y + y2 * radius);
  }
  outline(pen, theme.stage, weight(radius, strokes));
}

/** Dots are wider than strokes. @param {number} radius @param {import('app/stage/motifs.js').Stroke[]} strokes */
function weight(radius, strokes) {
  const dots = strokes.every(([x1, y1, x2, y2]) => x1 === x2 && y1 === y2);
  return radius * (dots ? 0.42 : 0.2);
}

/** The mark of a noisy tenant. @param {Pen} pen @param {Theme} theme @param {Resting} glyph */
function dashes(pen, theme, glyph) {
  pen.setLineDash([4, 4]);
  ring(pen, glyph.x, glyph.y, glyph.radius + (glyph.flags & DUPLICATE ? 7 : 3), theme.warn, 2.4);
  pen.setLineDash([]);
}

/** The name of a group below its message. @param {Pen} pen @param {Theme} theme @param {Resting} glyph */
function name(pen, theme, glyph) {
  const state = glyph.state ?? 0;
  pen.font = `${state ? 700 : 400} ${theme.smallSize}px ${theme.font}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = state & BLOCKED ? theme.bad : state & NOISY ? theme.warn : theme.soft;
  const below = glyph.place === 'inflight' ? glyph.radius + 5 : glyph.radius;
  pen.fillText(glyph.group ?? '', glyph.x, glyph.y + below + theme.smallSize * 0.98 + 1);
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
