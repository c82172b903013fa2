/** The dialog that lists the keys, filled from the table that also drives them, so that the two can't differ. */
import { element, need } from 'app/player/dom.js';
import { KEYS } from 'app/player/keys.js';

/** @param {HTMLDialogElement} dialog */
export function fillHelp(dialog) {
  const rows = KEYS.flatMap(({ shown, means }) => [
    element(
      'dt',
      {},
      ...shown.split(/( or |, )/).map((part) => (/^( or |, )$/.test(part) ? part : element('kbd', { text: part }))),
    ),
    element('dd', { text: means }),
  ]);
  need(dialog, '[data-keys]').replaceChildren(...rows);
}
