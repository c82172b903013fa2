/** The line to the run comes back by itself, takes up where it was, and knows when to give up. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { addressOf, RunSocket, waitAfter } from 'app/player/socket.js';

/** What a browser's WebSocket looks like from inside, driven by the test. */
class Line {
  static opened = /** @type {Line[]} */ ([]);

  /** @param {string} address */
  constructor(address) {
    Object.assign(this, { address, readyState: 0, sent: [] });
    Line.opened.push(this);
  }

  accept() {
    this.readyState = 1;
    this.onopen();
  }

  /** @param {object} message */
  hear(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  /** @param {number} code */
  drop(code) {
    this.readyState = 3;
    this.onclose({ code });
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }
}

function connected() {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  Line.opened = [];
  const heard = [];
  const states = [];
  const last = { frame: -1 };
  const listener = {
    onMessage: (message) => heard.push(message),
    onState: (state, words) => states.push([state, words]),
    lastFrame: () => last.frame,
  };
  const socket = new RunSocket('ws://here/ws/runs/k/', listener, /** @type {any} */ (Line));
  socket.open();
  Line.opened[0].accept();
  return { socket, heard, states, last, line: () => Line.opened.at(-1) };
}

test.afterEach(() => mock.timers.reset());

test('the address follows the page: wss where the page came by https', () => {
  assert.equal(addressOf({ protocol: 'http:', host: 'a:8000' }, 'k3'), 'ws://a:8000/ws/runs/k3/');
  assert.equal(addressOf({ protocol: 'https:', host: 'a' }, 'k/3'), 'wss://a/ws/runs/k%2F3/');
});

test('a first connection resumes nothing', () => {
  const { line, states } = connected();
  assert.deepEqual(line().sent, []);
  assert.deepEqual(
    states.map(([state]) => state),
    ['connecting', 'open'],
  );
});

test('after a break the first message is resume, with the last frame that arrived', () => {
  const { line, last, states } = connected();
  last.frame = 12;
  line().drop(1006);
  assert.match(states.at(-1)[1], /^Connection lost\. Trying again in \d s\.$/);
  mock.timers.tick(2_000);
  line().accept();
  assert.equal(Line.opened.length, 2);
  assert.deepEqual(line().sent, [{ type: 'resume', after: 12 }]);
});

test('once a second it says what it has seen, when that is new', () => {
  const { line, last } = connected();
  last.frame = 3;
  mock.timers.tick(1_000);
  mock.timers.tick(3_000);
  last.frame = 90;
  mock.timers.tick(1_000);
  assert.deepEqual(line().sent, [
    { type: 'seen', n: 3 },
    { type: 'seen', n: 90 },
  ]);
});

test('it waits longer after each failure in a row, up to some ten seconds, and not all pages alike', () => {
  assert.ok(waitAfter(0, 0.5) < 500);
  assert.ok(waitAfter(3, 0.5) > waitAfter(2, 0.5));
  assert.ok(waitAfter(50, 1) <= 12_500);
  assert.notEqual(waitAfter(2, 0), waitAfter(2, 1));
});

test("a run that does not exist is not asked for again, and the reason is the server's", () => {
  const { line, states } = connected();
  line().hear({ type: 'closing', message: 'There is no run called k.' });
  line().drop(4404);
  mock.timers.tick(60_000);
  assert.equal(Line.opened.length, 1);
  assert.deepEqual(states.at(-1), ['closed', 'There is no run called k.']);
});

test('a run that was put away is opened again only by its reader', () => {
  const { line, states } = connected();
  line().drop(4410);
  mock.timers.tick(60_000);
  assert.equal(Line.opened.length, 1);
  assert.match(states.at(-1)[1], /put this run away\. Reload/);
});

test('a server that restarts is waited for', () => {
  const { line, states } = connected();
  line().hear({ type: 'closing', message: 'The server restarts.' });
  line().drop(4012);
  assert.match(states.at(-1)[1], /^The server restarts\. Trying again/);
  mock.timers.tick(2_000);
  assert.equal(Line.opened.length, 2);
});

test('what is not a message of the protocol is not passed on', () => {
  const { line, heard } = connected();
  line().onmessage({ data: 'not json' });
  line().onmessage({ data: '[1]' });
  line().hear({ type: 'history' });
  assert.deepEqual(heard, [{ type: 'history' }]);
});

test('nothing is sent without a line', () => {
  const { socket, line } = connected();
  assert.equal(socket.send({ type: 'play' }), true);
  line().drop(1006);
  assert.equal(socket.send({ type: 'play' }), false);
});

test('who does not want to wait gets one new line, not two', () => {
  const { socket, line } = connected();
  socket.retry();
  line().drop(1006);
  socket.retry();
  socket.retry();
  mock.timers.tick(60_000);
  assert.equal(Line.opened.length, 2);
});
