import '@pocas/vat-runtime/lockdown';
import { createHmac } from 'node:crypto';
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Grant, hashSwiss, makeGrant, redeem } from '#src/locator/grants.js';
import { makeSwiss } from '#src/locator/sturdy-ref.js';

const key = new Uint8Array(32).fill(7);
const swissOf = (byte: number) => makeSwiss((length) => new Uint8Array(length).fill(byte));
const target = ['vat:3', 'o-d7'] as const;

test('the store key of a swiss number is a keyed hash of it', () => {
  const swiss = swissOf(1);
  const expected = createHmac('sha256', key).update(`pocas swiss 1\n${swiss}`).digest('base64url');
  assert.equal(hashSwiss(key, swiss), expected);
  assert.notEqual(hashSwiss(new Uint8Array(32).fill(8), swiss), expected);
  assert.notEqual(hashSwiss(key, swissOf(2)), expected);
});

test('a row holds nothing of the swiss number', () => {
  const swiss = swissOf(1);
  const rows = JSON.stringify([hashSwiss(key, swiss), makeGrant(target, 1n)]);
  assert.ok(!rows.includes(swiss));
});

test('a short key is refused', () => {
  assert.throws(() => hashSwiss(new Uint8Array(31), swissOf(1)), /key has less than 32 bytes/);
});

test('a grant without a number of uses is never used up', () => {
  const grant = makeGrant(target);
  assert.deepEqual(redeem(grant), { target: ['vat:3', 'o-d7'], rest: grant });
});

test('uses count down, and with the last one the row goes', () => {
  let grant: Grant | undefined = makeGrant(target, 3n);
  const left: (number | undefined)[] = [];
  for (let use = 0; use < 3; use += 1) {
    const redemption = redeem(grant);
    assert.deepEqual(redemption?.target, ['vat:3', 'o-d7']);
    grant = redemption?.rest;
    left.push(grant?.usesLeft);
  }
  assert.deepEqual(left, [2, 1, undefined]);
  assert.equal(redeem(grant), undefined);
});

test('unknown, used up and damaged rows are one and the same', () => {
  assert.equal(redeem(undefined), undefined);
  for (const usesLeft of [0, -1, 0.5, Number.NaN, Infinity, '2' as unknown as number]) {
    assert.equal(redeem({ target, usesLeft }), undefined);
  }
});

test('redeeming leaves the row that was read as it was', () => {
  const grant = makeGrant(target, 2n);
  redeem(grant);
  assert.deepEqual(grant, { target: ['vat:3', 'o-d7'], usesLeft: 2 });
});

test('a grant survives the way through JSON', () => {
  for (const grant of [makeGrant(target), makeGrant(target, 5n)]) {
    assert.deepEqual(JSON.parse(JSON.stringify(grant)), grant);
  }
});

test('a number of uses that is none is refused', () => {
  for (const uses of [0n, -1n, 1_000_001n]) {
    assert.throws(() => makeGrant(target, uses), {
      name: 'RangeError',
      message: 'Cannot grant: the number of uses is not between 1 and 1000000',
    });
  }
});
