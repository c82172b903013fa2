/** Asks the server what is wrong with a text, and says it in the words that a person reads. */

/** @typedef {{path: string, problem: string, allowed: string, cure: string}} Problem */

/**
 * @param {string} address
 * @param {string} text
 * @param {string} token against forged requests, as the page's form carries it
 * @returns {Promise<Problem[]>} rejected when nobody answers, or not with problems
 */
export async function problemsOf(address, text, token) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-csrftoken': token },
    body: text,
  });
  if (!answer.ok) throw new Error(`the check answered with ${answer.status}`);
  return (await answer.json()).problems;
}

/** @param {Problem} problem */
export function sentences({ path, problem, allowed, cure }) {
  return {
    where: path,
    what: sentence(`${path ? '' : 'The text '}${problem}`),
    allowed: allowed ? sentence(`Allowed: ${allowed}`) : '',
    cure: cure ? sentence(cure) : '',
  };
}

/** @param {number} count */
export function summary(count) {
  if (count === 0) return 'No problems';
  return count === 1 ? '1 problem' : `${count} problems`;
}

/** @param {string} text */
function sentence(text) {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
