/**
 * A name in as many lines as there is room for: broken between words, also those of ValidateOrder and check_stock, and
 * cut at the end.
 */

/** @typedef {import('app/stage/types.js').Style} Style */

const BOLD = 1.06; // times as wide
const LONG_PATH = /\$(?:\.[\w[\]]+)*\.(\w+)/g;
const FRAGMENT = /[\s_-]+\S{1,2}$/; // of a word that says nothing any more

/**
 * @param {string} name @param {number} room  the width of a line @param {number} size  of a letter
 * @param {number} rows  at most @param {Style} style @param {string} end  what follows a name that was cut
 * @returns {string[]}
 */
export function lettered(name, room, size, rows, style, end = '…') {
  const fits = (/** @type {string} */ text) => style.width(text, size * BOLD) <= room;
  if (rows <= 1 || fits(name)) return [shortened(name, fits, end)];
  const parts = name.match(/[A-Z]?[^A-Z\s_-]+[\s_-]*|[A-Z]+[\s_-]*|[\s_-]+/g) ?? [name];
  let first = '';
  while (parts.length > 1 && fits((first + parts[0]).trimEnd())) first += parts.shift();
  if (!first) return [shortened(name, fits, end)];
  return [first.trimEnd(), ...lettered(parts.join(''), room, size, rows - 1, style, end)];
}

/** @param {string} name @param {(text: string) => boolean} fits @param {string} end */
function shortened(name, fits, end) {
  if (fits(name)) return name;
  let length = name.length - 1;
  while (length > 1 && !fits(name.slice(0, length) + end)) length--;
  const kept = name.slice(0, length).trimEnd();
  return (end ? kept : kept.replace(FRAGMENT, '')) + end;
}

/**
 * What is written at an edge: a condition whose path is long keeps the end of it.
 * @param {string} words @param {number} room @param {number} size @param {Style} style
 */
export function labelled(words, room, size, style) {
  const fits = (/** @type {string} */ text) => style.width(text, size) <= room;
  if (fits(words)) return words;
  return shortened(words.replace(LONG_PATH, '$1'), fits, '…');
}
