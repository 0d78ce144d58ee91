import '@pocas/vat-runtime/lockdown';
import { createHmac } from 'node:crypto';
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Grant, hashSwiss, isGrant, makeTerms, redeem } from '#src/locator/grants.js';
import { makeSwiss } from '#src/locator/write-locator.js';

const key = new Uint8Array(32).fill(7);
const swissOf = (byte: number) => makeSwiss((length) => new Uint8Array(length).fill(byte));
const target = ['v3', 'o+d7'] as const;
const grantOf = (terms: Partial<Grant> = {}): Grant => ({
  ...{ target, by: 'v3', id: 1, madeAt: 0 },
  ...terms,
});
const ana = 'v1';
const beto = 'v2';

test('the store key of a swiss number is a keyed hash of it', () => {
  const swiss = swissOf(1);
  const expected = createHmac('sha256', key).update(`pocas swiss 1\n${swiss}`).digest('base64url');
  assert.equal(hashSwiss(key, swiss), expected);
  assert.notEqual(hashSwiss(new Uint8Array(32).fill(8), swiss), expected);
  assert.notEqual(hashSwiss(key, swissOf(2)), expected);
});

test('a short key is refused', () => {
  assert.throws(() => hashSwiss(new Uint8Array(31), swissOf(1)), /key has less than 32 bytes/);
});

test('a grant without terms is never used up, is over never, and is good for anybody', () => {
  const grant = grantOf();
  for (const asker of [ana, beto]) {
    assert.deepEqual(redeem([grant], asker, Number.MAX_SAFE_INTEGER), { target, rest: [grant] });
  }
});

test('uses count down, and with the last one the row goes', () => {
  let grant: Grant | undefined = grantOf({ usesLeft: 3 });
  const left: (number | undefined)[] = [];
  for (let use = 0; use < 3; use += 1) {
    const redemption = redeem([grant], ana, 0);
    assert.deepEqual(redemption?.target, target);
    grant = redemption?.rest[0];
    left.push(grant?.usesLeft);
  }
  assert.deepEqual(left, [2, 1, undefined]);
  assert.equal(redeem([grant], ana, 0), undefined);
});

test('a grant is over from the time at which it expires', () => {
  const grant = grantOf({ expires: 1000 });
  assert.notEqual(redeem([grant], ana, 999), undefined);
  assert.equal(redeem([grant], ana, 1000), undefined);
  assert.equal(redeem([grant], ana, 1001), undefined);
});

test('a bound grant is good for nobody else, and who it is bound to is decided by the first use', () => {
  assert.notEqual(redeem([grantOf({ bound: ana })], ana, 0), undefined);
  assert.equal(redeem([grantOf({ bound: ana })], beto, 0), undefined);
  const [bound] = redeem([grantOf({ binds: true, usesLeft: 5 })], beto, 0)!.rest;
  assert.deepEqual(bound, grantOf({ bound: beto, usesLeft: 4 }));
  assert.equal(redeem([bound], ana, 0), undefined);
  assert.notEqual(redeem([bound], beto, 0), undefined);
});

test('a use of a derived grant is a use of each that it comes from, and all must allow it', () => {
  const above = ['p', 'q'];
  const own = grantOf({ above, usesLeft: 9 });
  const parent = grantOf({ usesLeft: 2, binds: true });
  const grandparent = grantOf({ expires: 1000, usesLeft: 1 });
  assert.deepEqual(redeem([own, parent, grandparent], ana, 0)?.rest, [
    grantOf({ above, usesLeft: 8 }),
    grantOf({ usesLeft: 1, bound: ana }),
    undefined,
  ]);
  const refused: (readonly (Grant | undefined)[])[] = [
    [own, undefined, grandparent],
    [own, parent, undefined],
    [own, { ...parent, bound: beto }, grandparent],
    [own, parent, { ...grandparent, bound: beto }],
    [{ ...own, bound: beto }, parent, grandparent],
    [{ ...own, expires: 0 }, parent, grandparent],
    [own, { ...parent, expires: 0 }, grandparent],
    // The row says that there are more above it.
    [own, parent],
    [own],
    [],
  ];
  for (const rows of refused) assert.equal(redeem(rows, ana, 0), undefined);
  assert.equal(redeem([own, parent, grandparent], ana, 1000), undefined);
});

test('unknown, used up and damaged rows are one and the same', () => {
  assert.equal(redeem([undefined], ana, 0), undefined);
  for (const usesLeft of [0, -1, 0.5, Number.NaN, Infinity, '2' as unknown as number]) {
    assert.equal(redeem([grantOf({ usesLeft })], ana, 0), undefined);
  }
  for (const damaged of [
    { expires: '9' },
    { bound: 7 },
    { binds: 1 },
    { above: 'p' },
    { target: ['v3'] },
  ]) {
    assert.equal(redeem([grantOf(damaged as unknown as Grant)], ana, 0), undefined);
  }
});

test('redeeming leaves the row that was read as it was', () => {
  const grant = grantOf({ usesLeft: 2, binds: true });
  redeem([grant], ana, 0);
  assert.deepEqual(grant, grantOf({ usesLeft: 2, binds: true }));
});

test('a grant survives the way through JSON', () => {
  for (const asked of [{}, { uses: 5n, expires: 9n, bind: 'first use', label: 'né ☕' }]) {
    const grant = grantOf(makeTerms(asked, 0n));
    const read: unknown = JSON.parse(JSON.stringify(grant));
    assert.deepEqual(read, grant);
    assert.ok(isGrant(read));
  }
});

const designator = 'a'.repeat(52);
test('terms that are none are refused, without a word of them', () => {
  for (const uses of [0n, -1n, 1_000_001n]) {
    assert.throws(() => makeTerms({ uses }, 0n), {
      name: 'RangeError',
      message: 'Cannot grant: the number of uses is not between 1 and 1000000',
    });
  }
  for (const expires of [-1n, 99n, 100n, 1n << 60n]) {
    assert.throws(() => makeTerms({ expires }, 100n), {
      message: 'Cannot grant: the time at which it expires is not in the future',
    });
  }
  // Vats and web sessions are bound by their own first use only, never by name.
  for (const bind of ['', 'v1', 'program', designator.toUpperCase(), `${designator}a`, 'first']) {
    assert.throws(() => makeTerms({ bind }, 0n), {
      message: 'Cannot grant: "bind" is neither "first use" nor a designator',
    });
  }
  for (const label of ['a'.repeat(101), 'a\nb', 'a\u001b[2Jb', 'a\u202eb', 'a\ud800']) {
    assert.throws(() => makeTerms({ label }, 0n), /^RangeError: Cannot grant: the label/);
  }
  assert.deepEqual(makeTerms({ bind: designator, expires: 101n, label: 'soup' }, 100n), {
    label: 'soup',
    expires: 101,
    bound: designator,
  });
});
