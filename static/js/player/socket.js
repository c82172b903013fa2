/**
 * The page's line to its run: one WebSocket that comes back by itself.
 *
 * After a break it waits a little longer each time, and its first message is `resume` with the number of the last frame
 * that arrived, so that the run goes on without a jump where that is possible. Once a second it says which frame it has
 * seen: that is how the server knows a page that can't follow. Three ways of closing are final (docs/PROTOCOL.md): no
 * such run, a run that was put away, and a message of ours that was too large to be a mistake of the network.
 */

/** @typedef {"connecting" | "open" | "waiting" | "closed"} SocketState */

const OPEN = 1; // WebSocket.readyState
const CLOSED = 3;
const NO_SUCH_RUN = 4404;
const PUT_AWAY = 4410;
const TOO_LARGE = 4413;
const FIRST_WAIT = 400;
const LONGEST_WAIT = 10_000;
const SEEN_EVERY = 1000;

/** What to tell the reader when the line has gone for good, by close code. */
const FINAL = new Map([
  [NO_SUCH_RUN, 'This run does not exist any more. Open its scenario again to start a new one.'],
  [PUT_AWAY, 'An administrator has put this run away. Reload the page to open it again.'],
  [TOO_LARGE, 'The server closed the line, because a message from this page was too large. Reload the page to go on.'],
]);

/**
 * How long to wait before the attempt after `failures` failures in a row, in milliseconds.
 * The spread keeps a class of thirty from coming back in the same instant after a restart.
 * @param {number} failures
 * @param {number} chance from 0 to 1
 */
export function waitAfter(failures, chance) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures, 10)) * (0.75 + 0.5 * chance);
}

/**
 * The address of a run's socket, from the address of the page.
 * @param {{protocol: string, host: string}} place
 * @param {string} run
 */
export function addressOf(place, run) {
  return `${place.protocol === 'https:' ? 'wss:' : 'ws:'}//${place.host}/ws/runs/${encodeURIComponent(run)}/`;
}

export class RunSocket {
  /**
   * @param {string} address
   * @param {object} listener
   * @param {(message: any) => void} listener.onMessage
   * @param {(state: SocketState, words: string) => void} listener.onState
   * @param {() => number} listener.lastFrame number of the last frame that arrived, -1 for none
   * @param {typeof WebSocket} [Socket]
   */
  constructor(address, { onMessage, onState, lastFrame }, Socket = WebSocket) {
    this.address = address;
    this.onMessage = onMessage;
    this.onState = onState;
    this.lastFrame = lastFrame;
    this.Socket = Socket;
    this.failures = 0;
    this.seen = -1;
    /** @type {WebSocket | null} */
    this.line = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.reporter = undefined;
    this.ended = false;
    this.farewell = '';
  }

  open() {
    clearTimeout(this.timer);
    this.onState('connecting', this.failures === 0 ? 'Connecting' : 'Reconnecting');
    const line = new this.Socket(this.address);
    this.line = line;
    line.onopen = () => this.opened();
    line.onmessage = (event) => this.heard(event.data);
    line.onclose = (event) => this.lost(line, event.code);
  }

  /**
   * Send one message; false when there is no line at the moment.
   * @param {{type: string} & Record<string, unknown>} message
   */
  send(message) {
    if (this.line?.readyState !== OPEN) return false;
    this.line.send(JSON.stringify(message));
    return true;
  }

  /** Try again at once, for a reader who does not want to wait. */
  retry() {
    if (!this.ended && (this.line?.readyState ?? CLOSED) === CLOSED) this.open();
  }

  /** Leave for good. */
  close() {
    this.ended = true;
    clearTimeout(this.timer);
    clearInterval(this.reporter);
    this.line?.close(1000);
  }

  opened() {
    this.farewell = '';
    this.seen = this.lastFrame();
    if (this.seen >= 0) this.send({ type: 'resume', after: this.seen });
    clearInterval(this.reporter);
    this.reporter = setInterval(() => this.report(), SEEN_EVERY);
    this.onState('open', 'Connected');
  }

  report() {
    const last = this.lastFrame();
    if (last >= 0 && last !== this.seen && this.send({ type: 'seen', n: last })) this.seen = last;
  }

  /** @param {unknown} text */
  heard(text) {
    let message;
    try {
      message = JSON.parse(String(text));
    } catch {
      message = null;
    }
    if (message === null || typeof message !== 'object' || typeof message.type !== 'string') return;
    if (message.type === 'closing') this.farewell = String(message.message ?? '');
    else {
      this.failures = 0;
      this.onMessage(message);
    }
  }

  /**
   * @param {WebSocket} line
   * @param {number} code
   */
  lost(line, code) {
    if (line !== this.line || this.ended) return;
    clearInterval(this.reporter);
    const final = FINAL.get(code);
    if (final !== undefined) {
      this.ended = true;
      this.onState('closed', this.farewell || final);
      return;
    }
    const wait = waitAfter(this.failures, Math.random());
    this.failures += 1;
    this.onState('waiting', `${this.farewell || 'Connection lost.'} Trying again in ${Math.ceil(wait / 1000)} s.`);
    this.timer = setTimeout(() => this.open(), wait);
  }
}
