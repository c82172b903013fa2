/**
 * The colours and sizes of the page for what is painted rather than styled: read from the custom properties of
 * tokens.css.
 *
 * Every colour goes through a probe element, so that system colours (forced-colors) and any CSS notation come out as
 * rgb.
 */

/** @typedef {import('app/stage/types.js').Theme} Theme */

const COLOURS = /** @type {const} */ ([
  'stage',
  'panel',
  'raised',
  'line',
  'track',
  'slot',
  'text',
  'soft',
  'faint',
  'accent',
  'ok',
  'warn',
  'bad',
]);

/** @param {HTMLElement} host @returns {Theme} */
export function readTheme(host) {
  const style = getComputedStyle(host);
  const probe = document.createElement('i');
  probe.hidden = true;
  probe.style.setProperty('forced-color-adjust', 'none'); // or every colour would come out as that of text
  host.append(probe);
  /** @param {string} name */
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  /** @param {string} name @param {number} fallback */
  const size = (name, fallback) => Number.parseFloat(style.getPropertyValue(`--${name}`)) || fallback;
  const named = Object.fromEntries(COLOURS.map((name) => [name, colour(name)]));
  const m = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`m${number}`));
  probe.remove();
  return /** @type {Theme} */ ({
    ...named,
    m,
    rgb: m.map(channels),
    font: style.fontFamily || 'sans-serif',
    textSize: size('stage-text', 15),
    smallSize: size('stage-small', 13),
    leastSize: size('stage-least', 12),
    lineWidth: size('stage-line', 4),
    edgeWidth: size('stage-edge', 2),
    glyph: size('stage-glyph', 11),
    letters: size('stage-letters', 0) > 0,
  });
}

/** @param {string} colour  as computed: rgb(1, 2, 3) or color(srgb 0 0 0) @returns {[number, number, number]} */
export function channels(colour) {
  const numbers = (colour.match(/[\d.]+/g) ?? []).map(Number);
  const scale = colour.startsWith('color(') ? 255 : 1;
  return [
    Math.round((numbers[0] ?? 0) * scale),
    Math.round((numbers[1] ?? 0) * scale),
    Math.round((numbers[2] ?? 0) * scale),
  ];
}

/**
 * How wide a text is, remembered: layout asks the same few again and again.
 * @param {string} font
 * @returns {(text: string, size: number, bold?: boolean) => number}
 */
export function ruler(font) {
  const pen = document.createElement('canvas').getContext('2d');
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text, size, bold = false) => {
    const key = `${bold ? 'b' : ''}${text}`;
    let unit = known.get(key);
    if (unit === undefined) {
      if (known.size > 2000) known.clear();
      if (pen) pen.font = `${bold ? '600 ' : ''}100px ${font}`;
      unit = pen ? pen.measureText(text).width / 100 : text.length * 0.56;
      known.set(key, unit);
    }
    return unit * size;
  };
}
