/**
 * The address of a moment: the run's own, with `at` in microseconds.
 *
 * Opening it takes somebody who may control the run to that moment. Anybody else watches what is shown, and is offered a
 * fork that starts there: a visitor never moves other people's clock.
 */

/**
 * @param {string} address of the page
 * @param {number} at
 */
export function addressAt(address, at) {
  const url = new URL(address);
  url.hash = '';
  url.searchParams.set('at', String(Math.round(at)));
  return url.href;
}

/**
 * The moment an address names, or null; nonsense is no moment.
 * @param {string} address
 * @param {number} length of the run
 * @returns {number | null}
 */
export function momentIn(address, length) {
  const text = new URL(address).searchParams.get('at') ?? '';
  return /^\d{1,16}$/.test(text) && Number(text) <= length ? Number(text) : null;
}

/**
 * The address without its moment, so that a reload does not seek again.
 * @param {string} address
 */
export function withoutMoment(address) {
  const url = new URL(address);
  url.searchParams.delete('at');
  return url.href;
}

/**
 * Copy text; false where the browser does not allow it (a page that came over plain HTTP from another machine).
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
