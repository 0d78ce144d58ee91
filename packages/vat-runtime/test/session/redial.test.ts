import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeManualTime } from '@pocas/vat-runtime/testing';
import {
  betweenDials,
  longestHold,
  longestWait,
  makeRedial,
  nextWait,
  shortestWait,
  steadyAfter,
} from '#src/session/redial.js';

/** Bytes that look random, the same for the same seed. */
const makeBytes = (seed: number) => {
  let state = seed;
  const byte = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  return (length: number) => Uint8Array.from({ length }, byte);
};

/** One node, of which a test says what becomes of each dial. */
const makeDialled = (time = makeManualTime(), random = makeBytes(1)) => {
  const dials: number[] = [];
  let gaveUp = 0;
  let idle = 0;
  let becomes: 'failed' | 'ended' | 'open' = 'failed';
  const redial = makeRedial({
    random,
    after: time.after,
    dial() {
      dials.push(time.monotonic());
      if (becomes === 'open' || becomes === 'ended') redial.opened();
      if (becomes === 'ended') redial.ended();
      if (becomes !== 'open') redial.again();
    },
    giveUp: () => void (gaveUp += 1),
    onIdle: () => void (idle += 1),
  });
  return {
    time,
    redial,
    dials,
    gaveUp: () => gaveUp,
    idle: () => idle,
    become(what: typeof becomes) {
      becomes = what;
    },
  };
};
const gaps = (times: readonly number[]) => times.slice(1).map((time, i) => time - times[i]!);

test('waits are from 0.25 to 30 seconds, at most three times the one before, and spread over all of it', () => {
  const none = () => Uint8Array.of(0, 0);
  const most = () => Uint8Array.of(255, 255);
  assert.equal(nextWait(undefined, none), shortestWait);
  assert.equal(nextWait(undefined, most), 3 * shortestWait);
  assert.equal(nextWait(longestWait, none), shortestWait);
  assert.equal(nextWait(longestWait, most), longestWait);
  const random = makeBytes(7);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) {
    const wait = nextWait(longestWait, random);
    assert.ok(wait >= shortestWait && wait <= longestWait);
    tenths[Math.min(9, Math.floor(((wait - shortestWait) / (longestWait - shortestWait)) * 10))]! +=
      1;
  }
  for (const count of tenths) assert.ok(count > 850 && count < 1150, `${count} of 1000`);
  let last: number | undefined;
  for (let i = 0; i < 1000; i += 1) {
    const wait = nextWait(last, random);
    assert.ok(wait <= Math.min(3 * (last ?? shortestWait), longestWait));
    last = wait;
  }
});

test('a node that does not answer is dialled for ever, with waits between the bounds that grow', () => {
  const { time, redial, dials } = makeDialled();
  redial.again();
  time.pass(60 * 60 * 1000);
  const waits = gaps(dials);
  assert.ok(waits.every((wait) => wait >= shortestWait && wait <= longestWait));
  const mean = (some: readonly number[]) => some.reduce((sum, wait) => sum + wait, 0) / some.length;
  assert.ok(mean(waits.slice(0, 3)) < 5000);
  assert.ok(mean(waits.slice(20)) > 8000);
  assert.ok(dials.length > 150);
});

test('a session that lasted ends the back-off; one that is accepted and ended at once does not', () => {
  const { time, redial, dials, become } = makeDialled();
  become('ended');
  redial.again();
  time.pass(10 * 60 * 1000);
  assert.ok(dials.length < 100, `${dials.length} dials`);
  become('open');
  time.pass(longestWait);
  const before = dials.length;
  time.pass(steadyAfter);
  become('failed');
  redial.ended();
  redial.again();
  time.pass(3 * shortestWait);
  assert.ok(dials.length > before, 'the first wait is a short one again');
});

test('a call dials at once, and a flood of calls once a second', () => {
  const { time, redial, dials } = makeDialled();
  redial.want();
  assert.deepEqual(dials, [0]);
  for (let i = 0; i < 60_000; i += 10) {
    redial.want();
    time.pass(10);
  }
  // Those that the back-off makes are among them.
  assert.ok(dials.length <= 2 * 61, `${dials.length} dials`);
  // Many more than the back-off alone would make.
  assert.ok(dials.length > 40, `${dials.length} dials`);
  for (let from = 0; from < 60_000; from += 500) {
    const within = dials.filter((at) => at >= from && at < from + betweenDials);
    assert.ok(within.length <= 4, `${within.length} dials in a second`);
  }
});

test('a call is refused after a bound, where no dial ends before', () => {
  const time = makeManualTime();
  let dials = 0;
  const refused: number[] = [];
  const redial = makeRedial({
    random: makeBytes(1),
    after: time.after,
    // Neither fails nor opens: the other side says nothing.
    dial: () => void (dials += 1),
    giveUp: () => void refused.push(time.monotonic()),
    onIdle: () => {},
  });
  redial.want();
  time.pass(longestHold - 1);
  assert.deepEqual(refused, []);
  time.pass(1);
  assert.deepEqual([refused, dials], [[longestHold], 1]);
  redial.want();
  time.pass(longestHold);
  assert.deepEqual(refused, [longestHold, 2 * longestHold]);
});

test('a call that waits after a session has its own bound, not that of one before', () => {
  const { time, redial, gaveUp, become } = makeDialled();
  become('open');
  redial.want();
  time.pass(longestHold - 1000);
  redial.ended();
  become('failed');
  redial.want();
  time.pass(2000);
  assert.equal(gaveUp(), 0);
  time.pass(longestHold);
  assert.equal(gaveUp(), 1);
});

test('a hundred nodes that lost each other do not dial at one moment, not even after an hour', () => {
  const time = makeManualTime();
  const nodes = Array.from({ length: 100 }, (_, i) => makeDialled(time, makeBytes(i + 1)));
  for (const { redial } of nodes) redial.again();
  time.pass(60 * 60 * 1000);
  const healed = time.monotonic();
  for (const { become } of nodes) become('open');
  time.pass(longestWait);
  const dials = nodes.map((node) => node.dials.find((at) => at >= healed)!);
  assert.ok(dials.every((at) => at <= healed + longestWait));
  for (let from = healed; from < healed + longestWait; from += 100) {
    const within = dials.filter((at) => at >= from && at < from + 1000).length;
    assert.ok(within <= 25, `${within} of 100 within a second`);
  }
});

test('nothing is remembered of a node that is not dialled any more', () => {
  const { time, redial, idle, become } = makeDialled();
  become('open');
  redial.want();
  time.pass(longestHold);
  assert.equal(idle(), 0);
  redial.ended();
  assert.equal(idle(), 1);
  // What comes late changes nothing.
  redial.ended();
  assert.equal(idle(), 1);
  redial.stop();
  redial.want();
  redial.again();
  time.pass(longestWait);
  assert.equal(redial.isWaiting(), false);
});
