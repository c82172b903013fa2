/** The banner over the stage that says whether the page hears its run; it is gone while it does. */
import { need, say } from 'app/player/dom.js';

/**
 * Show whether the page hears its run.
 * @param {import("app/player/socket.js").SocketState} state
 * @param {string} text
 */
export function showConnection(state, text) {
  document.body.dataset.connection = state;
  const banner = need(document, '[data-connection-banner]');
  banner.hidden = state === 'open';
  say(need(banner, '[data-connection-text]'), text);
  need(banner, '[data-connection-retry]').hidden = state !== 'waiting';
}
