/**
 * The playhead runs evenly a little behind the frames, never beyond the newest, never backwards except at a jump.
 * Wall times are arguments: nothing here waits.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Playhead } from 'app/player/playhead.js';

const MOVING = true;

/** Frames of `slice` µs every `gap` ms from wall 0 on, each arriving up to `jitter` ms late. */
function stream({ frames = 60, slice = 50_000, gap = 50, jitter = 0 }) {
  return Array.from({ length: frames }, (_, index) => {
    const late = (jitter * ((index * 7919) % 11)) / 10;
    return { at: (index + 1) * gap + late, frame: { from: index * slice, to: (index + 1) * slice, key: false } };
  });
}

/** Play `arrivals` and read the playhead every 16 ms. */
function play(arrivals, until, step = 16) {
  const playhead = new Playhead();
  const waiting = [...arrivals];
  const seen = [];
  for (let wall = 0; wall <= until; wall += step) {
    while (waiting.length > 0 && waiting[0].at <= wall) {
      const { at, frame, moving = MOVING } = waiting.shift();
      playhead.receive(frame, at, moving);
    }
    seen.push({ wall, now: playhead.tick(wall), newest: playhead.newest });
  }
  return { playhead, seen };
}

test('it never shows a moment that has not arrived, and never goes backwards', () => {
  const { seen } = play(stream({ jitter: 45 }), 3_300);
  seen.forEach(({ now, newest }, index) => {
    assert.ok(now <= newest);
    assert.ok(index === 0 || now >= seen[index - 1].now);
  });
  assert.equal(seen.at(-1)?.now, 60 * 50_000);
});

test('it stays less than a third of a second behind', () => {
  const { seen } = play(stream({}), 3_000);
  const settled = seen.filter(({ wall }) => wall > 500);
  for (const { wall, now } of settled) assert.ok(wall * 1000 - now < 330_000, `${wall} ms: at ${now} µs`);
});

test('motion is even although frames arrive unevenly', () => {
  const { seen } = play(stream({ jitter: 40 }), 2_900);
  const steps = seen
    .filter(({ wall }) => wall > 600)
    .map(({ now }, index, all) => (index === 0 ? 16_000 : now - all[index - 1].now));
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  assert.ok(least > 4_000 && most < 32_000, `between ${least} and ${most} µs in 16 ms`);
});

test('frames that come slowly are stretched, not stuttered', () => {
  const { seen } = play(stream({ frames: 20, slice: 300_000, gap: 300 }), 6_000);
  const late = seen.filter(({ wall }) => wall > 4_000 && wall < 5_900);
  const still = late.filter(({ now }, index) => index > 0 && now === late[index - 1].now);
  assert.ok(still.length < late.length / 10, `${still.length} of ${late.length} readings stood still`);
});

test('the pace does not matter: a slice of a minute passes as evenly as one of a millisecond', () => {
  for (const slice of [1_000, 60_000_000]) {
    const { seen } = play(stream({ slice }), 2_000);
    const middle = seen.filter(({ wall }) => wall > 800).map(({ now }) => now / slice);
    for (let index = 1; index < middle.length; index += 1) assert.ok(middle[index] - middle[index - 1] < 1);
  }
});

test('a paused run stops exactly at the last moment of its last frame', () => {
  const frames = stream({ frames: 10 });
  const { seen } = play(
    [...frames, { at: 520, frame: { from: 500_000, to: 512_345, key: false }, moving: false }],
    1_500,
  );
  assert.equal(seen.at(-1)?.now, 512_345);
});

test('a step is shown as a movement from where the run stood, in a third of a second', () => {
  const playhead = new Playhead();
  playhead.receive({ from: 0, to: 0, key: true }, 0, false);
  playhead.receive({ from: 0, to: 25_000, key: false }, 10_000, false);
  assert.equal(playhead.tick(10_000), 0);
  assert.ok(playhead.tick(10_160) > 10_000 && playhead.tick(10_160) < 15_000);
  assert.equal(playhead.tick(10_400), 25_000);
});

test('a seek jumps, backwards too', () => {
  const { playhead } = play(stream({}), 2_000);
  playhead.receive({ from: 30_000, to: 30_000, key: true }, 2_010, false);
  assert.equal(playhead.tick(2_010), 30_000);
  assert.equal(playhead.tick(5_000), 30_000);
});

test('a page that slept shows the present at once when it wakes', () => {
  const playhead = new Playhead();
  playhead.receive({ from: 0, to: 0, key: true }, 0, MOVING);
  for (const { at, frame } of stream({ frames: 400 })) playhead.receive(frame, at, MOVING);
  assert.ok(playhead.tick(20_000) > 19_000_000);
  assert.ok(playhead.stretches.length <= 64);
});

test('where the run was asked to go is remembered until it is there', () => {
  const playhead = new Playhead();
  playhead.receive({ from: 0, to: 1_000, key: true }, 0, false);
  playhead.target = 90_000_000;
  playhead.receive({ from: 5_000, to: 5_000, key: true }, 50, MOVING);
  assert.equal(playhead.target, 90_000_000, 'it computes its way');
  playhead.receive({ from: 5_000, to: 60_000_000, key: false }, 100, MOVING);
  assert.equal(playhead.target, 90_000_000);
  playhead.receive({ from: 60_000_000, to: 90_000_000, key: false }, 150, false);
  assert.equal(playhead.target, null);
});

test('a run that was stopped on the way is not on the way any more', () => {
  const playhead = new Playhead();
  playhead.target = 90_000_000;
  playhead.receive({ from: 0, to: 4_000_000, key: false }, 50, false);
  assert.equal(playhead.target, null);
});
