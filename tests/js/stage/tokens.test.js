/** Every theme keeps the contrast of WCAG 2.2: 4.5:1 for text (1.4.3), 3:1 for messages and lines (1.4.11). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const SHEET = readFileSync(new URL('../../../static/css/tokens.css', import.meta.url), 'utf8');
const THEMES = {
  dark: ':root[data-theme="dark"] {',
  light: ':root[data-theme="light"] {',
  projector: ':root[data-theme="projector"] {',
};
const MESSAGES = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `m${number}`);

/** @param {string} opening @returns {Record<string, string>} */
function tokens(opening) {
  const from = SHEET.indexOf(opening);
  assert.ok(from >= 0, `${opening} is missing`);
  const block = SHEET.slice(from, SHEET.indexOf('}', from));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
}

/** Relative luminance; source: WCAG 2.2, definition. @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

for (const [theme, opening] of Object.entries(THEMES)) {
  test(`${theme}: every text can be read on every ground`, () => {
    const found = tokens(opening);
    const least = theme === 'projector' ? 7 : 4.5;
    for (const ink of ['text', 'soft', 'faint', 'warn', 'bad', 'ok', 'accent']) {
      for (const ground of ['bg', 'stage', 'panel', 'raised']) {
        const ratio = contrast(found[ink], found[ground]);
        assert.ok(
          ratio >= (ink === 'text' || ink === 'soft' ? least : 4.5),
          `${ink} on ${ground}: ${ratio.toFixed(2)}`,
        );
      }
    }
    assert.ok(contrast(found['on-accent'], found.accent) >= 4.5, 'text on a primary button');
  });

  test(`${theme}: every message and every line stands out`, () => {
    const found = tokens(opening);
    for (const name of [...MESSAGES, 'track']) {
      for (const ground of ['stage', 'panel']) {
        const ratio = contrast(found[name], found[ground]);
        assert.ok(ratio >= 3, `${name} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
    assert.equal(new Set(MESSAGES.map((name) => found[name])).size, 8);
  });
}

test('a page without a chosen theme in a light system looks like the light theme', () => {
  assert.deepEqual(tokens(':root:not([data-theme]) {'), tokens(THEMES.light));
});

test('the projector writes nothing smaller than 18 pixels', () => {
  const found = tokens(THEMES.projector);
  for (const name of ['text-size', 'stage-text', 'stage-small']) assert.ok(Number.parseFloat(found[name]) >= 18, name);
});
