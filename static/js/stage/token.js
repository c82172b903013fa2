/**
 * What an execution shows of itself on its state: a ring that drains until its Wait, its time limit or its next try is
 * over; a dashed ring while it waits for somebody else; and which try it is.
 */

/** @typedef {import('app/stage/types.js').Resting} Resting */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {CanvasRenderingContext2D} Pen */

export const [TIMER, TASK, TOKEN, RETRY, FAILED] = [1, 2, 4, 8, 16];

const TURN = Math.PI * 2;
const GAP = 3.2;

/** @param {Pen} pen @param {Theme} theme @param {Resting} glyph @param {number} now */
export function paintStay(pen, theme, glyph, now) {
  const { x, y, radius, since, until, bits = 0 } = glyph;
  const retrying = Boolean(bits & RETRY);
  const left = until > since ? Math.min(1, Math.max(0, (until - now) / (until - since))) : 0;
  pen.lineCap = 'butt';
  pen.lineWidth = Math.max(1.6, radius * 0.3);
  const reach = radius + GAP + pen.lineWidth / 2 - 1;
  if (bits & (TASK | TOKEN) && !retrying) {
    pen.strokeStyle = bits & TOKEN ? theme.warn : theme.accent;
    pen.setLineDash(bits & TOKEN ? [radius * 0.25, radius * 0.45] : [radius * 0.8, radius * 0.5]);
    pen.beginPath();
    pen.arc(x, y, reach, 0, TURN);
    pen.stroke();
    pen.setLineDash([]);
  } else if (left > 0) {
    pen.strokeStyle = retrying ? theme.warn : theme.text;
    pen.beginPath();
    pen.arc(x, y, reach, -TURN / 4, -TURN / 4 + left * TURN);
    pen.stroke();
  }
}
