import '@pocas/vat-runtime/testing';
import { createHash } from 'node:crypto';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayOf, hashOfText, isSmall, minuteOf, originOf, pairOf } from '@pocas/clearing/halves';
import type { Proposed } from '@pocas/clearing/halves';

test('hashes are SHA-256 in hex', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(hashOfText(text), createHash('sha256').update(text, 'utf8').digest('hex'));
    }),
  );
});

test('an origin is of all that was proposed, and of the pair', () => {
  const pair = pairOf('one', 'two');
  assert.notEqual(pair, pairOf('two', 'one'));
  const proposed: Proposed = {
    ...{ kind: 'obligation', end: 'from', requestId: 'r', unit: 'MXN' },
    ...{ amount: 1n, due: 2n, what: 'x' },
  };
  const others: Partial<Proposed>[] = [
    { kind: 'line' },
    { end: 'to' },
    { requestId: 's' },
    { unit: 'USD' },
    { amount: 2n },
    { due: 1n },
    { what: 'y' },
    { line: 'l' },
    // What stands in one place is not taken for what stands in the next.
    { requestId: 'rM', unit: 'XN' },
    { unit: 'MXN","1', amount: 1n },
  ];
  const all = [originOf(pair, proposed), originOf(pairOf('1', '2'), proposed)];
  for (const more of others) all.push(originOf(pair, { ...proposed, ...more }));
  assert.equal(new Set(all).size, all.length);
  assert.equal(originOf(pair, proposed), originOf(pair, { ...proposed }));
});

test('days are those of the calendar', () => {
  assert.equal(dayOf(0n), '1970-01-01');
  assert.equal(dayOf(951_782_400_000n), '2000-02-29');
  fc.assert(
    fc.property(fc.bigInt(0n, 253_402_300_799_999n), (time) => {
      const iso = new Date(Number(time)).toISOString();
      assert.equal(dayOf(time), iso.slice(0, 10));
      assert.equal(minuteOf(time), `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`);
    }),
  );
});

test('data that is large, deep, or more than data is not small', () => {
  assert.ok(isSmall({ a: [1n, 'x', true, null, undefined, 5] }, 50));
  assert.ok(!isSmall('x'.repeat(50), 50));
  assert.ok(!isSmall({ ['x'.repeat(60)]: 1n }, 50));
  assert.ok(!isSmall(Array.from({ length: 60 }), 50));
  assert.ok(!isSmall(2n ** 5_000n, 5_000));
  assert.ok(!isSmall(-(2n ** 5_000n), 5_000));
  assert.ok(!isSmall(() => {}, 50));
  assert.ok(!isSmall(new Map(), 50));
  assert.ok(!isSmall(Symbol.iterator, 50));
  let deep: unknown = 'x';
  for (let i = 0; i < 10_000; i += 1) deep = [deep];
  assert.ok(!isSmall(deep, 1_000_000));
});
