import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { reachedBy } from '#src/fund/assurance.js';
import { divide, mixedWeights } from '#src/fund/divide.js';
import {
  type Envelope,
  contribute,
  emptyEnvelope,
  putBack,
  returnableOf,
  take,
  takeLast,
  valueOf,
} from '#src/fund/envelope.js';
import { dueBy, nextDue } from '#src/fund/plan.js';

const small = fc.bigInt({ min: 0n, max: 1_000n });
const weights = fc.array(small, { minLength: 1, maxLength: 12 });
const sum = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);

const envelopes: fc.Arbitrary<Envelope> = fc
  .tuple(small, fc.array(fc.tuple(small, fc.boolean()), { maxLength: 8 }))
  .map(([surplus, parts]) =>
    parts.reduce<Envelope>(
      (envelope, [value, returnable], at) => contribute(envelope, BigInt(at), value, returnable),
      { surplus, own: [] },
    ),
  );

test('surplus is drawn first, then own contributions, oldest first', () => {
  const envelope = contribute(contribute({ surplus: 5n, own: [] }, 1n, 10n, true), 2n, 10n, false);
  assert.deepEqual(take(envelope, 17n), {
    taken: {
      surplus: 5n,
      own: [
        { at: 1n, value: 10n, returnable: true },
        { at: 2n, value: 2n, returnable: false },
      ],
    },
    left: { surplus: 0n, own: [{ at: 2n, value: 8n, returnable: false }] },
  });
  assert.equal(take(envelope, 26n), undefined);
});

test('what is taken, in any parts and from either end, goes back to where it was', () => {
  fc.assert(
    fc.property(
      envelopes,
      fc.array(fc.tuple(small, fc.boolean()), { maxLength: 5 }),
      (envelope, draws) => {
        let left = envelope;
        const all: Envelope[] = [];
        for (const [value, isLast] of draws) {
          const drawn = (isLast ? takeLast : take)(left, value);
          if (drawn === undefined) continue;
          assert.equal(valueOf(drawn.taken), value);
          assert.equal(valueOf(drawn.taken) + valueOf(drawn.left), valueOf(left));
          left = drawn.left;
          all.push(drawn.taken);
        }
        assert.deepEqual(all.reduce(putBack, left), envelope);
      },
    ),
    { numRuns: 300 },
  );
});

test('no way through an envelope makes value returnable that was not', () => {
  fc.assert(
    fc.property(envelopes, small, (envelope, value) => {
      const drawn = take(envelope, value);
      if (drawn === undefined) return;
      assert.equal(returnableOf(drawn.taken) + returnableOf(drawn.left), returnableOf(envelope));
    }),
    { numRuns: 200 },
  );
  assert.deepEqual(contribute(emptyEnvelope, 1n, 0n, true), emptyEnvelope);
});

test('parts sum exactly, in steps, each less than a step from what is due', () => {
  fc.assert(
    fc.property(small, weights, fc.bigInt({ min: 1n, max: 7n }), (units, all, step) => {
      const total = sum(all);
      fc.pre(total > 0n);
      const parts = divide(units * step, all, step);
      assert.equal(sum(parts), units * step);
      parts.forEach((part, index) => {
        assert.equal(part % step, 0n);
        const off = part * total - units * step * all[index]!;
        assert.ok(off < step * total && off > -step * total);
        if (all[index] === 0n) assert.equal(part, 0n);
      });
    }),
    { numRuns: 300 },
  );
});

test('of equal remainders the earlier comes first', () => {
  assert.deepEqual(divide(10n, [1n, 1n, 1n]), [4n, 3n, 3n]);
  assert.deepEqual(divide(2n, [1n, 1n, 1n]), [1n, 1n, 0n]);
  assert.throws(() => divide(1n, [0n, 0n]), /Cannot divide/);
});

test('a mix gives each measure its proportion, and what nobody has leaves its part to the others', () => {
  const rule = { equal: 0n, contribution: 3n, hours: 1n, patronage: 1n };
  const counted = [
    { equal: 1n, contribution: 10n, hours: 0n, patronage: 0n },
    { equal: 1n, contribution: 20n, hours: 4n, patronage: 0n },
  ];
  // 3/4 by 1 : 2, and 1/4 all to the second: 1/4 and 3/4.
  assert.deepEqual(divide(100n, mixedWeights(rule, counted)!), [25n, 75n]);
  assert.equal(mixedWeights({ ...rule, contribution: 0n, hours: 0n }, counted), undefined);
});

test('a target is reached whole, and nobody pays above pledge or cap', () => {
  const pledges = fc.array(fc.record({ value: small, k: fc.bigInt({ min: 0n, max: 6n }) }), {
    maxLength: 10,
  });
  const targets = fc
    .uniqueArray(fc.bigInt({ min: 1n, max: 800n }), { minLength: 1, maxLength: 4 })
    .map((all) => all.toSorted((a, b) => (a < b ? -1 : 1)));
  let reachedOnce = 0;
  fc.assert(
    fc.property(targets, pledges, (rising, all) => {
      const reached = reachedBy(rising, all, 1n);
      if (reached === undefined) {
        const most = sum(all.map(({ value, k }) => capped(value, k, rising[0]!)));
        assert.ok(most < rising[0]!);
        return;
      }
      reachedOnce += 1;
      assert.equal(reached.total, rising[reached.targets - 1]);
      assert.equal(sum(reached.parts), reached.total);
      reached.parts.forEach((part, index) => {
        const { value, k } = all[index]!;
        assert.ok(part <= value);
        assert.ok(k === 0n || part * k <= reached.total);
      });
      const next = rising[reached.targets];
      if (next !== undefined)
        assert.ok(sum(all.map(({ value, k }) => capped(value, k, next))) < next);
    }),
    { numRuns: 500 },
  );
  assert.ok(reachedOnce > 100);
});
const capped = (value: bigint, k: bigint, total: bigint): bigint =>
  k === 0n || value < total / k ? value : total / k;

test('a plan asks for all of it, and never for more', () => {
  const plan = { value: 100n, instalments: 3n, first: 10n, every: 10n };
  assert.deepEqual(
    [9n, 10n, 20n, 29n, 30n, 1_000n].map((now) => dueBy(plan, now)),
    [0n, 33n, 66n, 66n, 100n, 100n],
  );
  assert.deepEqual(nextDue(plan, 10n), { at: 20n, paid: 66n });
  assert.equal(nextDue(plan, 30n), undefined);
});
