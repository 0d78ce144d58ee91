import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Bond, makeMoments, takesCall } from '#src/session/crossing.js';

const small = 'a'.repeat(52);
const large = 'b'.repeat(52);
const first = 'first incarnation';
const second = 'second incarnation';
const bond = (change: Partial<Bond> = {}): Bond => ({
  incarnation: first,
  isOld: false,
  ...change,
});
const caller = (designator: string, moment = 5, incarnation = first) => ({
  designator,
  incarnation,
  moment,
});

test('where there is nothing else, a call is taken', () => {
  for (const [ours, theirs] of [
    [small, large],
    [large, small],
  ] as const) {
    assert.equal(takesCall(ours, caller(theirs), undefined, undefined), true);
  }
});

test('of two bound dials the one of the smaller designator is kept, at both ends', () => {
  assert.equal(takesCall(small, caller(large), undefined, bond()), false);
  assert.equal(takesCall(large, caller(small), undefined, bond()), true);
});

test('a dial that is old, or bound to a process that has ended, keeps nobody out', () => {
  assert.equal(takesCall(small, caller(large), undefined, bond({ isOld: true })), true);
  assert.equal(takesCall(small, caller(large, 5, second), undefined, bond()), true);
});

test('an open session is replaced by one that was begun after it, and by none begun before', () => {
  for (const ours of [small, large]) {
    const theirs = ours === small ? large : small;
    const open = { incarnation: first, moment: 5 };
    assert.equal(takesCall(ours, caller(theirs, 6), open, undefined), true);
    assert.equal(takesCall(ours, caller(theirs, 5), open, undefined), false);
    assert.equal(takesCall(ours, caller(theirs, 4), open, undefined), false);
    // Another process counts for itself.
    assert.equal(takesCall(ours, caller(theirs, 0, second), open, undefined), true);
  }
});

test('moments grow, also within one tick and where the clock goes back, and tell no time', () => {
  let time = 1e6;
  const next = makeMoments(
    (length) => new Uint8Array(length).fill(0),
    () => time,
  );
  const moments = [next(), next(), next()];
  time -= 5000;
  moments.push(next());
  time += 1e5;
  moments.push(next());
  for (let i = 1; i < moments.length; i += 1) assert.ok(moments[i]! > moments[i - 1]!);
  assert.ok(moments[0]! < 10);
  assert.ok(moments[4]! - moments[3]! > 90_000);
  const other = makeMoments(
    (length) => new Uint8Array(length).fill(255),
    () => time,
  )();
  assert.ok(Number.isSafeInteger(other + 2 ** 50) && other > 1e12);
});
