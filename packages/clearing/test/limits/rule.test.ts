import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assertParams } from '#src/limits/bounds.js';
import { defaultLimitParams } from '#src/limits/names.js';
import { ceilingOf, limitsOf, smoothed, weightOf } from '#src/limits/rule.js';
import type { LimitInput, LimitParams } from '#src/limits/types.js';
import { type ModelMember, type ModelParams, modelLimits, specDefaults } from './model.ts';

const params = defaultLimitParams;
const inputOf = ({ s, p, r }: ModelMember): LimitInput => ({
  reliability: BigInt(r),
  counted: s.map((sold, ago) => ({
    ago: BigInt(ago),
    sold: BigInt(sold),
    spent: BigInt(p[ago] ?? 0),
  })),
});
const earnedOf = (members: readonly LimitInput[], with_: LimitParams = params): bigint[] =>
  limitsOf(with_, members).members.map(({ earned }) => earned);
const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

/** So much sold and spent in each of the last epochs. */
const steady = (value: number, epochs: number, r: number): ModelMember => ({
  s: Array<number>(epochs).fill(value),
  p: Array<number>(epochs).fill(value),
  r,
});
const established = Array.from({ length: 30 }, () => inputOf(steady(25, 12, 900)));

test('the golden vector of SPEC 7.1', () => {
  const newcomer: bigint[] = [];
  for (let epochs = 0; epochs <= 12; epochs += 1) {
    const r = Math.min(1000, 600 + 40 * epochs);
    const limits = earnedOf([inputOf(steady(15, epochs, r)), ...established]);
    newcomer.push(limits[0]! + 20n);
    if (epochs === 12) assert.deepEqual([limits[2], limits[1]! - 20n], [136n, 116n]);
  }
  assert.deepEqual(
    newcomer.map(Number),
    [20, 39, 54, 68, 80, 92, 101, 111, 119, 127, 134, 135, 136],
  );
  const before = earnedOf(established);
  assert.deepEqual([before[1], before[0]! - 20n], [137n, 117n]);
});

test('thirty who join and sell for one credit leave an established limit at 137', () => {
  const joiners = Array.from({ length: 30 }, () => inputOf({ s: [1], p: [], r: 600 }));
  assert.equal(earnedOf([...established, ...joiners])[3], 137n);
});

const memberOf = (window: number): fc.Arbitrary<ModelMember> => {
  const values = fc.array(fc.oneof(fc.constant(0), fc.nat(90)), { maxLength: window });
  return fc.record({ s: values, p: values, r: fc.integer({ min: 300, max: 1000 }) });
};
// Counts of one epoch come in pairs in the product, so spending never outlasts the list of sales.
const evened = (member: ModelMember): ModelMember => {
  const epochs = Math.max(member.s.length, member.p.length);
  const fill = (list: number[]) => Array.from({ length: epochs }, (_, k) => list[k] ?? 0);
  return { ...member, s: fill(member.s), p: fill(member.p) };
};
const market = fc.array(memberOf(12).map(evened), { maxLength: 40 });

const setting: fc.Arbitrary<{ model: ModelParams; members: ModelMember[] }> = fc.record({
  model: fc.oneof(
    fc.constant(specDefaults),
    fc.record({
      W: fc.integer({ min: 1, max: 20 }),
      c: fc.nat(100),
      h: fc.integer({ min: 1, max: 400 }),
      beta: fc.nat(2_000),
      cap: fc.nat(500),
      chi: fc.nat(1_000),
    }),
  ),
  members: fc.array(memberOf(20).map(evened), { maxLength: 40 }),
});

test('the rule agrees with the text of SPEC 7.1 on random markets', () => {
  let bounded = 0;
  fc.assert(
    fc.property(setting, ({ model, members }) => {
      const { W, c, h, beta, cap, chi } = model;
      const with_: LimitParams = {
        ...params,
        window: BigInt(W),
        perEpochCap: BigInt(c),
        halfActivity: BigInt(h),
        beta: BigInt(beta),
        limitCap: BigInt(cap),
        chi: BigInt(chi),
      };
      const result = limitsOf(with_, members.map(inputOf));
      const { T, v, E, L } = modelLimits(model, members);
      assert.deepEqual(
        [result.market.turnover, result.market.perHead, result.market.bound].map(Number),
        [T, v, E],
      );
      assert.deepEqual(
        result.members.map(({ earned }) => Number(earned)),
        L,
      );
      if (result.market.wanted > result.market.bound) bounded += 1;
    }),
    { numRuns: 2_000 },
  );
  assert.ok(bounded > 100, `the exposure bound was reached ${bounded} times`);
});

test('all earned limits together stay within the exposure bound', () => {
  fc.assert(
    fc.property(market, (members) => {
      const result = limitsOf(params, members.map(inputOf));
      assert.ok(total(result.members.map(({ earned }) => earned)) <= result.market.bound);
      assert.equal(result.market.bound, result.market.turnover / 2n);
    }),
    { numRuns: 500 },
  );
});

test('new identities have no limit and add none', () => {
  fc.assert(
    fc.property(market, fc.integer({ min: 1, max: 10 }), (members, strangers) => {
      const before = earnedOf(members.map(inputOf));
      const fresh = Array.from({ length: strangers }, () => inputOf({ s: [], p: [], r: 600 }));
      const after = earnedOf([...members.map(inputOf), ...fresh]);
      assert.deepEqual(after.slice(0, members.length), before);
      assert.equal(total(after.slice(members.length)), 0n);
    }),
    { numRuns: 300 },
  );
});

test('who spends more does not have a lower limit for it', () => {
  fc.assert(
    fc.property(
      fc.array(memberOf(12).map(evened), { minLength: 1, maxLength: 20 }),
      fc.nat(),
      fc.nat(11),
      fc.integer({ min: 1, max: 50 }),
      (members, at, ago, more) => {
        const who = at % members.length;
        const spender = members[who]!;
        const p = Array.from(
          { length: 12 },
          (_, k) => (spender.p[k] ?? 0) + (k === ago ? more : 0),
        );
        const s = Array.from({ length: 12 }, (_, k) => spender.s[k] ?? 0);
        const with_ = members.map((member, index) =>
          index === who ? { ...member, s, p } : member,
        );
        assert.ok(earnedOf(with_.map(inputOf))[who]! >= earnedOf(members.map(inputOf))[who]!);
      },
    ),
    { numRuns: 500 },
  );
});

test('what an epoch counts ends at its cap, however much was traded in it', () => {
  const atCap = steady(60, 12, 1000);
  const far = steady(1_000_000, 12, 1000);
  assert.deepEqual(
    earnedOf([inputOf(atCap), ...established]),
    earnedOf([inputOf(far), ...established]),
  );
});

test('what lies outside of the window does not count', () => {
  const old: LimitInput = { reliability: 900n, counted: [{ ago: 12n, sold: 60n, spent: 60n }] };
  assert.equal(earnedOf([old, ...established])[0], 0n);
  assert.deepEqual(
    [0n, 1n, 11n].map((ago) => weightOf(ago, 12n)),
    [1000n, 917n, 84n],
  );
});

test('a published limit falls by at most a fifth, and comes to its end', () => {
  assert.deepEqual(
    [smoothed(100n, 0n), smoothed(100n, 90n), smoothed(100n, 130n)],
    [80n, 90n, 130n],
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 500n }), fc.bigInt({ min: 0n, max: 500n }), (was, is) => {
      const next = smoothed(was, is);
      assert.ok(next >= is, 'never below what was earned');
      // Whole credits: the fifth is rounded up, by less than one.
      assert.ok(5n * (was - next) < was + 5n, `${was} to ${next}`);
      assert.ok(next === is || next < was, 'a fall goes on');
    }),
  );
  let limit = 400n;
  let epochs = 0;
  for (; limit > 0n; epochs += 1) limit = smoothed(limit, 0n);
  assert.equal(epochs, 23);
});

test('the ceiling is half as much again as the limit, and never under the least one', () => {
  assert.equal(ceilingOf(params, 100n, 20n), 180n);
  assert.equal(ceilingOf(params, 0n, 0n), 50n);
});

test('numbers out of bounds are refused, not computed with', () => {
  const wrong: Partial<Record<keyof LimitParams, unknown>>[] = [
    { window: 0n },
    { window: 105n },
    { halfActivity: 0n },
    { chi: 1_001n },
    { beta: -1n },
    { limitCap: 10n ** 30n },
    { kappa: undefined },
    { gamma: 1500 },
  ];
  for (const change of wrong)
    assert.throws(() => assertParams({ ...params, ...change } as LimitParams), RangeError);
  const inputs: LimitInput[] = [
    { reliability: 1_001n, counted: [] },
    { reliability: 299n, counted: [] },
    { reliability: 600n, counted: [{ ago: 0n, sold: -1n, spent: 0n }] },
    { reliability: 600n, counted: [{ ago: -1n, sold: 1n, spent: 0n }] },
    {
      reliability: 600n,
      counted: [
        { ago: 1n, sold: 60n, spent: 0n },
        { ago: 1n, sold: 60n, spent: 0n },
      ],
    },
  ];
  for (const input of inputs) assert.throws(() => limitsOf(params, [input]), RangeError);
});
