/** Where a path of a problem leads in a JSON text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLanguage } from '@codemirror/lang-json';
import { placeOf } from 'app/editor/places.js';

const TEXT = `{
  "StartAt": "A.B",
  "States": {
    "A": {"B": 1},
    "A.B": {"Type": "Choice", "Choices": [{"Next": "X"}, [2, {"Next": "C"}]]}
  }
}`;

/**
 * @param {string} path
 * @param {string} text
 */
function marked(path, text = TEXT) {
  const place = placeOf(jsonLanguage.parser.parse(text), (from, to) => text.slice(from, to), path);
  return text.slice(place.from, place.to);
}

test('a value that holds no others is marked itself', () => {
  assert.equal(marked('StartAt'), '"A.B"');
  assert.equal(marked('States.A.B.Choices.0.Next'), '"X"');
  assert.equal(marked('States.A.B.Choices.1.0'), '2');
});

test('of an object or an array its name is marked, or its bracket where it has none', () => {
  assert.equal(marked('States'), '"States"');
  assert.equal(marked('States.A.B.Choices'), '"Choices"');
  assert.equal(marked('States.A.B.Choices.1.1'), '{');
});

test('names with dots are found: the way that leads furthest is taken', () => {
  assert.equal(marked('States.A.B.Type'), '"Choice"');
  assert.equal(marked('States.A.B'), '1', 'both ways lead to the end, and the first is as good');
});

test('what is missing is marked at the nearest part that there is', () => {
  assert.equal(marked('States.A.B.Default'), '"A.B"');
  assert.equal(marked('States.A.B.Choices.7.Next'), '"Choices"');
  assert.equal(marked('Version'), '{');
});

test('the whole is the place where the text breaks, or its first letter', () => {
  assert.equal(marked(''), '{');
  assert.equal(marked('', '{"a": 1,\n}').trim().slice(0, 1), '}');
  assert.equal(marked('', '{"a": '), ' ');
  assert.equal(marked('', ''), '');
  assert.equal(marked('x', ''), '');
  assert.equal(marked('a.b', '[1, 2'), '[');
});

test('escaped names are read as JSON reads them', () => {
  assert.equal(marked('größe "x"', '{"gr\\u00f6\\u00dfe \\"x\\"": 3}'), '3');
});
