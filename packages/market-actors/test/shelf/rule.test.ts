import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fill } from '#src/shelf/filling.js';
import { divideZone } from '#src/shelf/rule.js';
import type { Division, ShelfClaim, ShelfRule } from '#src/shelf/rule-types.js';

const rule: ShelfRule = { slots: 40n, base: 1n, reserve: 200n, newcomerCap: 4n, isRoot: false };
const slotsOf = ({ shares }: Division): bigint[] => shares.map(({ slots }) => slots);
const total = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => a + b, 0n);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** `a/b ≤ c/d`. */
const atMost = (a: bigint, b: bigint, c: bigint, d: bigint): boolean => a * d <= c * b;
/** That nobody of these gets less in the second division, before rounding. */
const nobodyLess = (one: Division, other: Division, who: readonly number[]): boolean =>
  who.every((i) => atMost(one.shares[i]!.due, one.unit, other.shares[i]!.due, other.unit));

const claimArb = fc.record({
  demand: fc.bigInt(0n, 20n),
  weight: fc.bigInt(0n, 50n),
  isNewcomer: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  held: fc.bigInt(0n, 6n),
});
const claimsArb = fc
  .array(claimArb, { minLength: 1, maxLength: 25 })
  .map((claims): ShelfClaim[] => claims.map((claim, lot) => ({ ...claim, lot: BigInt(lot) })));
const ruleArb = fc.record({
  slots: fc.bigInt(0n, 120n),
  base: fc.bigInt(0n, 2n),
  reserve: fc.bigInt(0n, 1000n),
  newcomerCap: fc.bigInt(0n, 6n),
  isRoot: fc.boolean(),
});
const runs = { numRuns: 500 };

test('the golden vector of SPEC 7.4', () => {
  const rows: readonly (readonly [bigint, bigint, boolean, bigint])[] = [
    [20n, 60n, false, 15n],
    [12n, 25n, false, 9n],
    [6n, 10n, false, 4n],
    [8n, 0n, true, 0n],
    [3n, 5n, true, 0n],
  ];
  const claims = rows.map(([demand, weight, isNewcomer, held], lot) => ({
    demand,
    weight,
    isNewcomer,
    held,
    lot: BigInt(lot),
  }));
  const division = divideZone(rule, claims);
  // In hundredths, rounded as the text writes them.
  const hundredths = division.shares.map(
    ({ due }) => (due * 200n + division.unit) / (2n * division.unit),
  );
  assert.deepEqual(hundredths, [1995n, 889n, 416n, 400n, 300n]);
  assert.deepEqual(slotsOf(division), [20n, 9n, 4n, 4n, 3n]);
});

test('water stands at one level: below it are only those who are full', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10n ** 30n),
      fc.array(fc.tuple(fc.bigInt(0n, 10n ** 20n), fc.bigInt(0n, 9n)), { maxLength: 20 }),
      (water, parts) => {
        const ceilings = parts.map(([ceiling]) => ceiling);
        const weights = parts.map(([, weight]) => weight);
        const { amounts, scale } = fill(water, ceilings, weights);
        const wanted = total(ceilings.filter((_, i) => weights[i]! > 0n));
        assert.equal(total(amounts), least(water, wanted) * scale);
        amounts.forEach((amount, i) => {
          assert.ok(amount >= 0n && amount <= ceilings[i]! * scale);
          const isFull = weights[i] === 0n || amount === ceilings[i]! * scale;
          // Whoever is not full has as much of the level as anybody.
          if (!isFull)
            amounts.forEach((other, j) => {
              assert.ok(weights[j] === 0n || other * weights[i]! <= amount * weights[j]!);
            });
        });
      },
    ),
    runs,
  );
});

test('all that is wanted is given, never more than there is, and to nobody more than they asked', () => {
  fc.assert(
    fc.property(ruleArb, claimsArb, (zone, claims) => {
      const { shares, unit } = divideZone(zone, claims);
      const used = least(zone.slots, total(claims.map(({ demand }) => demand)));
      assert.equal(total(shares.map(({ due }) => due)), used * unit);
      assert.equal(total(shares.map(({ slots }) => slots)), used);
      shares.forEach(({ due, slots, base, reserve, activity, leftover }, i) => {
        const { demand } = claims[i]!;
        assert.ok(due >= 0n && due <= demand * unit);
        assert.ok(slots >= 0n && slots <= demand);
        // Rounding moves nobody by a whole slot.
        const distance = slots * unit - due;
        assert.ok(distance < unit && -distance < unit);
        assert.equal(base + reserve + activity + leftover, due);
      });
    }),
    runs,
  );
});

test('each newcomer has a place', () => {
  fc.assert(
    fc.property(ruleArb, claimsArb, (zone, claims) => {
      const { shares, unit } = divideZone(zone, claims);
      const newcomers = claims.flatMap(({ isNewcomer, demand }, i) =>
        isNewcomer && demand > 0n ? [i] : [],
      );
      const count = BigInt(newcomers.length);
      for (const i of newcomers) {
        const { due, base, reserve, slots } = shares[i]!;
        const wish = least(claims[i]!.demand, zone.newcomerCap);
        // min(demand, cap, ρS / newcomers), of what half of the zone left of the reserve.
        const promised = least(
          (zone.slots * least(zone.reserve, 500n) * unit) / (1000n * count),
          wish * unit,
        );
        assert.ok(due >= promised);
        assert.ok((slots + 1n) * unit > promised);
        // The cap is on both together, and the base alone may be more where the charter says so.
        assert.ok(
          base + reserve <= (zone.newcomerCap > zone.base ? zone.newcomerCap : zone.base) * unit,
        );
      }
    }),
    runs,
  );
});

test('more activity never gives less, and a larger zone gives nobody less', () => {
  fc.assert(
    fc.property(ruleArb, claimsArb, fc.nat(), fc.bigInt(1n, 20n), (zone, claims, pick, more) => {
      const i = pick % claims.length;
      const division = divideZone(zone, claims);
      const busier = claims.map((claim, j) =>
        i === j ? { ...claim, weight: claim.weight + more } : claim,
      );
      const after = divideZone(zone, busier);
      assert.ok(nobodyLess(division, after, [i]));
      assert.ok(after.shares[i]!.slots >= division.shares[i]!.slots - 1n);
      const larger = divideZone({ ...zone, slots: zone.slots + more }, claims);
      assert.ok(
        nobodyLess(
          division,
          larger,
          claims.map((_, j) => j),
        ),
      );
      larger.shares.forEach(({ slots }, j) => assert.ok(slots >= division.shares[j]!.slots - 1n));
    }),
    runs,
  );
});

test('a false demand never helps, by less than a slot after rounding', () => {
  fc.assert(
    fc.property(ruleArb, claimsArb, fc.nat(), fc.bigInt(0n, 30n), (zone, claims, pick, said) => {
      const i = pick % claims.length;
      const peak = claims[i]!.demand;
      const told = divideZone(zone, claims);
      const lied = divideZone(
        zone,
        claims.map((claim, j) => (i === j ? { ...claim, demand: said } : claim)),
      );
      /** How good it is, in units: as much as is needed, and slots beyond that are in the way. */
      const worth = (due: bigint, unit: bigint) =>
        due <= peak * unit ? due : 2n * peak * unit - due;
      const [honest, false_] = [told.shares[i]!, lied.shares[i]!];
      assert.ok(
        atMost(worth(false_.due, lied.unit), lied.unit, worth(honest.due, told.unit), told.unit),
      );
      assert.ok(worth(false_.slots, 1n) <= worth(honest.slots, 1n) + 1n);
    }),
    runs,
  );
});

test('two established halves of one have at most the base more', () => {
  fc.assert(
    fc.property(ruleArb, claimsArb, fc.nat(), (zone, claims, pick) => {
      const plain = { ...zone, isRoot: false };
      const i = pick % claims.length;
      // Both halves have some weight: who has none takes part in what is left over by heads.
      const one = { ...claims[i]!, isNewcomer: false, weight: claims[i]!.weight + 2n };
      const before = claims.map((claim, j) => (i === j ? one : claim));
      const half = (weight: bigint, demand: bigint, lot: bigint) => ({
        ...one,
        weight,
        demand,
        lot,
      });
      const [w, d] = [one.weight / 2n, one.demand / 2n];
      const split = before.map((claim, j) => (i === j ? half(w, d, claim.lot) : claim));
      split.push(half(one.weight - w, one.demand - d, BigInt(claims.length)));
      const whole = divideZone(plain, before);
      const parts = divideZone(plain, split);
      const gained = parts.shares[i]!.due + parts.shares.at(-1)!.due;
      const bound = whole.shares[i]!.due + plain.base * whole.unit;
      assert.ok(atMost(gained, parts.unit, bound, whole.unit));
    }),
    runs,
  );
});

test('nobody’s place in the list matters, and lots decide only what is level', () => {
  fc.assert(
    fc.property(ruleArb, claimsArb, (zone, claims) => {
      const forth = slotsOf(divideZone(zone, claims));
      assert.deepEqual(slotsOf(divideZone(zone, claims.toReversed())).toReversed(), forth);
      const other = claims.map((claim) => ({ ...claim, lot: 100n - claim.lot }));
      slotsOf(divideZone(zone, other)).forEach((slots, i) => {
        const distance = slots - forth[i]!;
        assert.ok(distance <= 1n && distance >= -1n);
      });
    }),
    runs,
  );
});

test('whoever would lose a slot that is theirs keeps it against a little more', () => {
  const equal = { demand: 9n, weight: 5n, isNewcomer: false, held: 0n };
  const zone = { ...rule, slots: 9n, reserve: 0n };
  const claims = [
    { ...equal, lot: 0n },
    { ...equal, held: 5n, lot: 1n },
  ];
  assert.deepEqual(slotsOf(divideZone(zone, claims)), [4n, 5n]);
  assert.deepEqual(slotsOf(divideZone(zone, [claims[0]!, { ...claims[1]!, held: 4n }])), [5n, 4n]);
});

test('numbers that mean nothing are refused', () => {
  const claim = { demand: 1n, weight: 1n, isNewcomer: false, held: 0n, lot: 0n };
  assert.throws(() => divideZone({ ...rule, slots: -1n }, [claim]), RangeError);
  assert.throws(() => divideZone({ ...rule, reserve: 1001n }, [claim]), RangeError);
  assert.throws(() => divideZone(rule, [{ ...claim, demand: -1n }]), RangeError);
  assert.throws(() => divideZone(rule, [claim, claim]), RangeError);
});

test('a weight’s root helps the small', () => {
  const claims = [16n, 1n].map((weight, lot) => ({
    demand: 100n,
    weight,
    isNewcomer: false,
    held: 0n,
    lot: BigInt(lot),
  }));
  const zone = { ...rule, slots: 50n, base: 0n, reserve: 0n };
  assert.deepEqual(slotsOf(divideZone(zone, claims)), [47n, 3n]);
  assert.deepEqual(slotsOf(divideZone({ ...zone, isRoot: true }, claims)), [40n, 10n]);
});
