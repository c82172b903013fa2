/** How large things are drawn in tests: as on a laptop, with letters that are all equally wide. */
export const STYLE = {
  text: 15,
  small: 13,
  line: 4,
  edge: 2,
  glyph: 11,
  slots: 8,
  compact: false,
  flat: false,
  width: (/** @type {string} */ text, /** @type {number} */ size) => text.length * size * 0.56,
};
