import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BuyTerms, type Range, allot, allotAgain, unitsToNextCase } from '#src/bulk/allot.js';

const sum = (values: readonly bigint[]) => values.reduce((all, one) => all + one, 0n);
const range = (min: bigint, max = min): Range => ({ min, max });

const flour: BuyTerms = {
  tiers: [
    { from: 50n, price: 12n },
    { from: 100n, price: 10n },
    { from: 200n, price: 9n },
  ],
  minimum: 50n,
  caseSize: 25n,
};

test('ranges carry a buy to the next tier and fill the case, equally', () => {
  const pledges = [range(20n, 30n), range(30n, 40n), range(10n, 10n), range(25n, 40n)];
  // 85 are promised and 120 would be taken: 100 are four cases, and the second tier.
  assert.deepEqual(allot(flour, pledges), {
    total: 100n,
    price: 10n,
    units: [25n, 35n, 10n, 30n],
  });
});

test('no more is bought than the tier needs', () => {
  assert.equal(allot(flour, [range(50n, 199n)])?.total, 100n);
  assert.equal(allot(flour, [range(110n, 199n)])?.total, 125n);
  assert.equal(allot(flour, [range(110n, 200n)])?.total, 200n);
});

test('below the minimum nothing is bought', () => {
  assert.equal(allot(flour, [range(10n, 49n)]), undefined);
  assert.equal(allot(flour, []), undefined);
});

test('one odd pledge cannot keep the others from their cases', () => {
  const found = allot(flour, [range(1n), range(25n), range(25n)]);
  assert.deepEqual(found?.units, [0n, 25n, 25n]);
});

test('of equal ways the latest pledge is released', () => {
  const found = allot(flour, [range(25n), range(25n), range(10n), range(10n)]);
  assert.deepEqual(found?.units, [25n, 25n, 0n, 0n]);
  const other = allot(flour, [range(20n), range(30n), range(20n, 21n), range(20n, 21n)]);
  // Both must go, or one with 5 more room each: 70 is no case, 50 is.
  assert.equal(sum(other!.units), other!.total);
});

const rangeArbitrary = fc
  .tuple(fc.bigInt({ min: 1n, max: 12n }), fc.bigInt({ min: 0n, max: 6n }))
  .map(([min, more]) => range(min, min + more));
const termsArbitrary: fc.Arbitrary<BuyTerms> = fc
  .record({
    first: fc.bigInt({ min: 1n, max: 10n }),
    steps: fc.array(fc.bigInt({ min: 1n, max: 12n }), { maxLength: 3 }),
    minimum: fc.bigInt({ min: 1n, max: 25n }),
    caseSize: fc.bigInt({ min: 1n, max: 9n }),
  })
  .map(({ first, steps, minimum, caseSize }) => {
    const tiers = [{ from: first, price: 100n }];
    for (const step of steps)
      tiers.push({ from: tiers.at(-1)!.from + step, price: tiers.at(-1)!.price - 7n });
    return { tiers, minimum, caseSize };
  });

/** Every subset and every number of cases: the least that must be released, then the best price, then the fewest units. */
const byBruteForce = ({ tiers, minimum, caseSize }: BuyTerms, pledges: readonly Range[]) => {
  let best: { released: bigint; room: bigint; price: bigint; total: bigint } | undefined;
  for (let subset = 0; subset < 2 ** pledges.length; subset += 1) {
    const kept = pledges.filter((_, index) => (subset & (1 << index)) === 0);
    const gone = pledges.filter((_, index) => (subset & (1 << index)) !== 0);
    const least = sum(kept.map(({ min }) => min));
    const top = sum(kept.map(({ max }) => max));
    const released = sum(gone.map(({ min }) => min));
    const room = sum(gone.map(({ min, max }) => max - min));
    for (let total = caseSize; total <= top; total += caseSize) {
      const tier = tiers.filter(({ from }) => from <= total).at(-1);
      if (total < least || total < minimum || tier === undefined) continue;
      const found = { released, room, price: tier.price, total };
      const keys = ['released', 'room', 'price', 'total'] as const;
      const differing = keys.find((key) => best !== undefined && found[key] !== best[key]);
      if (best === undefined || (differing !== undefined && found[differing] < best[differing]))
        best = found;
    }
  }
  return best;
};

test('no other choice releases less or reaches a better price', () => {
  fc.assert(
    fc.property(termsArbitrary, fc.array(rangeArbitrary, { maxLength: 7 }), (terms, pledges) => {
      const best = byBruteForce(terms, pledges);
      const found = allot(terms, pledges);
      assert.equal(found === undefined, best === undefined);
      if (found === undefined || best === undefined) return;
      assert.equal(found.price, best.price);
      assert.equal(found.total, best.total);
      assert.equal(found.total % terms.caseSize, 0n);
      assert.equal(sum(found.units), found.total);
      let released = 0n;
      for (const [index, units] of found.units.entries()) {
        const { min, max } = pledges[index]!;
        if (units === 0n) released += min;
        else assert.ok(units >= min && units <= max, 'within its range');
      }
      assert.equal(released, best.released);
    }),
    { numRuns: 400 },
  );
});

test('where fewer came than were bought, nobody gets less than their least unless released', () => {
  fc.assert(
    fc.property(
      termsArbitrary,
      fc.array(rangeArbitrary, { minLength: 1, maxLength: 7 }),
      fc.bigInt({ min: 0n, max: 100n }),
      (terms, pledges, missing) => {
        const first = allot(terms, pledges);
        if (first === undefined) return;
        const received = missing > first.total ? 0n : first.total - missing;
        const again = allotAgain(pledges, first, received);
        assert.ok(again.total <= received);
        assert.equal(sum(again.units), again.total);
        assert.equal(again.price, first.price);
        let released = 0n;
        for (const [index, units] of again.units.entries()) {
          assert.ok(units <= first.units[index]!);
          assert.ok(units === 0n || units >= pledges[index]!.min);
          if (units === 0n && first.units[index]! > 0n) released += pledges[index]!.min;
        }
        // Against every subset: no way to release fewer promised units.
        const held = pledges.filter((_, index) => first.units[index]! > 0n);
        let least = sum(held.map(({ min }) => min));
        for (let subset = 0; subset < 2 ** held.length; subset += 1) {
          const gone = sum(
            held.filter((_, index) => (subset & (1 << index)) !== 0).map(({ min }) => min),
          );
          if (sum(held.map(({ min }) => min)) - gone <= received && gone < least) least = gone;
        }
        assert.equal(released, least);
        if (missing === 0n) assert.deepEqual(again.units, first.units);
      },
    ),
    { numRuns: 300 },
  );
});

test('what is wanted for the case that is begun is said', () => {
  assert.equal(unitsToNextCase(flour, [range(51n, 60n)]), 15n);
  assert.equal(unitsToNextCase(flour, [range(51n, 75n)]), 0n);
  assert.equal(unitsToNextCase(flour, [range(5n, 10n)]), 40n);
});

test('the search is bounded: sixty pledges of awkward sizes are allotted', () => {
  const pledges = Array.from({ length: 60 }, (_, index) => range(151n + BigInt(index % 7)));
  const terms = { tiers: [{ from: 1n, price: 5n }], minimum: 1n, caseSize: 997n };
  const found = allot(terms, pledges)!;
  assert.equal(found.total % 997n, 0n);
  assert.equal(sum(found.units), found.total);
});
