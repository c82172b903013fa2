/** How problems are asked for, and the words in which they are shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, sentences, summary } from 'app/editor/checks.js';

test('a problem is a place and up to three sentences', () => {
  const problem = { path: 'States.A', problem: 'has no Next', allowed: 'one of them', cure: 'Add it.' };
  assert.deepEqual(sentences(problem), {
    where: 'States.A',
    what: 'has no Next.',
    allowed: 'Allowed: one of them.',
    cure: 'Add it.',
  });
  assert.deepEqual(sentences({ path: '', problem: 'is empty', allowed: '', cure: '' }), {
    where: '',
    what: 'The text is empty.',
    allowed: '',
    cure: '',
  });
});

test('they are counted in words', () => {
  assert.deepEqual([0, 1, 2].map(summary), ['No problems', '1 problem', '2 problems']);
});

test('the text is sent as it is, with the token, and an answer that is none is an error', async () => {
  /** @type {any[]} */
  const asked = [];
  const real = globalThis.fetch;
  const answers = [
    { ok: true, json: async () => ({ problems: [1] }) },
    { ok: false, status: 403 },
  ];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {any} */ ...call) => {
      asked.push(call);
      return answers.shift();
    }
  );
  try {
    assert.deepEqual(await problemsOf('/check/x/', '{"a": 1}', 'secret'), [1]);
    await assert.rejects(problemsOf('/check/x/', '', ''), /403/);
  } finally {
    globalThis.fetch = real;
  }
  const [address, { method, headers, body }] = asked[0];
  assert.deepEqual([address, method, body, headers['x-csrftoken']], ['/check/x/', 'POST', '{"a": 1}', 'secret']);
});
