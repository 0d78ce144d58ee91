import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Offer,
  type Settings,
  mostOf,
  movableOf,
  priorityOf,
  priorityOfAge,
  wishesOf,
} from '#src/book/choosing.js';

const day = 24n * 60n * 60n * 1000n;
const settings: Settings = {
  standing: { kind: 'leave' },
  pays: 0n,
  lends: false,
  olderFirst: true,
};
const offer: Offer = {
  origin: 'o',
  kind: 'obligation',
  end: 'from',
  max: 10n,
  due: 0n,
  counterparty: 1n,
};
const line: Offer = { ...offer, kind: 'line' };

test('all of an obligation goes into a round, or as much as is preferred', () => {
  assert.equal(mostOf(offer, settings, undefined, 0n), 10n);
  assert.equal(mostOf(offer, settings, { atMost: 4n, priority: 0n }, 0n), 4n);
  assert.equal(mostOf(offer, settings, { atMost: 40n, priority: 0n }, 0n), 10n);
  assert.equal(mostOf(offer, settings, { atMost: 0n, priority: 3n }, 0n), 0n);
});

test('a line of this poca goes in only where it lends or moves its balance along it', () => {
  const move: Settings = { ...settings, standing: { kind: 'move', to: 1n, limit: 6n } };
  assert.equal(mostOf(line, settings, undefined, 5n), 0n);
  assert.equal(mostOf({ ...line, end: 'to' }, settings, undefined, 0n), 10n);
  assert.equal(mostOf(line, { ...settings, lends: true }, undefined, 0n), 10n);
  assert.equal(mostOf(line, move, undefined, 5n), 5n);
  assert.equal(mostOf({ ...line, counterparty: 2n }, move, undefined, 5n), 0n);
  assert.equal(movableOf(move, 9n), 6n);
  assert.equal(movableOf(move, 5n), 5n);
  assert.equal(movableOf(move, -5n), 0n);
  assert.equal(movableOf(settings, 5n), 0n);
});

test('no more is recalled than the limit and the balance', () => {
  const recall: Settings = { ...settings, pays: 3n, standing: { kind: 'recall', limit: 6n } };
  assert.deepEqual(wishesOf(recall, 9n), { recall: 6n, pays: 3n });
  assert.deepEqual(wishesOf(recall, 4n), { recall: 4n, pays: 3n });
  assert.deepEqual(wishesOf(recall, -4n), { recall: 0n, pays: 3n });
  assert.deepEqual(wishesOf(settings, 9n), { recall: 0n, pays: 0n });
});

test('what is overdue for longer comes first, unless something else was preferred', () => {
  const now = 1000n * day;
  assert.equal(priorityOf({ ...offer, due: now - day }, settings, undefined, now), 1n);
  assert.equal(priorityOf(offer, { ...settings, olderFirst: false }, undefined, now), 0n);
  assert.equal(priorityOf(offer, settings, { atMost: 1n, priority: 0n }, now), 0n);
  assert.equal(priorityOf(line, settings, undefined, now), 0n);
  fc.assert(
    fc.property(fc.bigInt(-400n, 400n), fc.bigInt(-400n, 400n), (a, b) => {
      const [one, other] = [priorityOfAge(a * day, 0n), priorityOfAge(b * day, 0n)];
      assert.ok(one >= 0n && one <= 3n);
      assert.ok(a >= b ? one <= other : one >= other);
    }),
  );
});
