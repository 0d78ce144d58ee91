import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Share,
  divide,
  effectiveParts,
  faultOf,
  losers,
  maxDepth,
  publicShares,
  wholeParts,
} from '#src/label/shares.js';

type Tree = readonly Share<string>[];
const person = (member: bigint, parts: bigint, isListed = true): Share<string> => ({
  ...{ parts, isListed, member, name: `p${member}`, who: `account ${member}` },
});
const input = (label: bigint, parts: bigint, shares: Tree): Share<string> => ({
  ...{ parts, isListed: true, name: `l${label}`, label, shares },
});
const sum = (values: readonly bigint[]) => values.reduce((all, one) => all + one, 0n);

/** Positive parts that sum to the whole. */
const partsOf = (count: number) =>
  fc
    .uniqueArray(fc.bigInt({ min: 1n, max: wholeParts - 1n }), {
      minLength: count - 1,
      maxLength: count - 1,
    })
    .map((cuts) => {
      const edges = [0n, ...cuts.sort((a, b) => (a < b ? -1 : 1)), wholeParts];
      return edges.slice(1).map((edge, index) => edge - edges[index]!);
    });
const treeOf = (depth: number): fc.Arbitrary<Tree> =>
  fc.integer({ min: 1, max: 4 }).chain((count) =>
    fc
      .tuple(
        partsOf(count),
        fc.array(depth > 1 ? fc.option(treeOf(depth - 1)) : fc.constant(null), {
          minLength: count,
          maxLength: count,
        }),
        fc.integer({ min: 1, max: 5 }),
      )
      .map(([parts, inner, first]) =>
        parts.map((part, index) => {
          const shares = inner[index];
          return shares === null || shares === undefined
            ? person(BigInt(first + index), part, index % 2 === 0)
            : input(BigInt(100 * depth + index), part, shares);
        }),
      ),
  );

test('what is paid is divided to the last unit, however labels lie within each other', () => {
  fc.assert(
    fc.property(treeOf(4), fc.bigInt({ min: 0n, max: 10n ** 12n }), (shares, value) => {
      const parts = divide(value, shares);
      assert.equal(sum(parts.map((part) => part.value)), value);
      assert.equal(new Set(parts.map(({ member }) => member)).size, parts.length);
      for (const part of parts) {
        assert.ok(part.value > 0n);
        assert.equal(part.who, `account ${part.member}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('each person gets what their part of the whole comes to, within one unit for each way', () => {
  fc.assert(
    fc.property(treeOf(3), fc.bigInt({ min: 0n, max: 10n ** 9n }), (shares, value) => {
      const whole = wholeParts ** BigInt(maxDepth);
      const parts = effectiveParts(shares);
      assert.equal(sum([...parts.values()]), whole);
      for (const { member, value: got } of divide(value, shares)) {
        const due = value * parts.get(member)!;
        const off = got * whole - due;
        // A person may be reached by 4 * 4 * 4 ways at most, and each level is off by less than one.
        assert.ok(off < 128n * whole && off > -128n * whole);
      }
    }),
    { numRuns: 200 },
  );
});

test('exactly those must agree whose part of the whole falls', () => {
  fc.assert(
    fc.property(treeOf(3), treeOf(3), (before, after) => {
      const now = effectiveParts(after);
      const expected = [...effectiveParts(before)]
        .filter(([member, part]) => part > (now.get(member) ?? 0n))
        .map(([member]) => member);
      assert.deepEqual(losers(before, after), expected);
      assert.deepEqual(losers(before, before), []);
    }),
    { numRuns: 200 },
  );
});

test('a share inside of another label counts: who is moved into an input may lose', () => {
  const before = [person(1n, 5_000n), person(2n, 5_000n)];
  const flour = [person(2n, 4_000n), person(3n, 6_000n)];
  assert.deepEqual(losers(before, [person(1n, 5_000n), input(9n, 5_000n, flour)]), [2n]);
});

test('what is no whole, or not this label’s to divide, is refused', () => {
  const one = person(1n, wholeParts);
  assert.equal(faultOf(7n, [one]), undefined);
  assert.equal(faultOf(7n, []), 'invalid');
  assert.equal(faultOf(7n, [person(1n, 9_999n)]), 'invalid');
  assert.equal(faultOf(7n, [person(1n, 10_001n)]), 'invalid');
  assert.equal(faultOf(7n, [person(1n, 12_000n), person(2n, -2_000n)]), 'invalid');
  assert.equal(faultOf(7n, [person(1n, wholeParts), person(2n, 0n)]), 'invalid');
  assert.equal(faultOf(7n, [person(1n, 5_000n), person(1n, 5_000n)]), 'invalid');
  assert.equal(faultOf(7n, [input(8n, wholeParts, [one])]), undefined);
  assert.equal(faultOf(7n, [input(7n, wholeParts, [one])]), 'conflict');
  const deepInside = input(8n, wholeParts, [input(7n, wholeParts, [one])]);
  assert.equal(faultOf(7n, [deepInside]), 'conflict', 'a label within itself');
  let nested: Share<string> = one;
  for (let depth = 1; depth < maxDepth; depth += 1)
    nested = input(BigInt(20 + depth), wholeParts, [nested]);
  assert.equal(faultOf(7n, [nested]), undefined);
  assert.equal(faultOf(7n, [input(30n, wholeParts, [nested])]), 'quota');
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      person(BigInt(index + 1), index === 0 ? wholeParts - BigInt(count - 1) : 1n),
    );
  assert.equal(faultOf(7n, many(30)), undefined);
  assert.equal(faultOf(7n, many(31)), 'quota');
  const three = [1n, 2n, 3n].map((label) =>
    input(40n + label, label === 1n ? 3_334n : 3_333n, many(30)),
  );
  assert.equal(faultOf(7n, three), 'quota');
});

test('the public list names the listed, and sums up the others', () => {
  const shares = [person(1n, 6_000n), person(2n, 3_000n, false), person(3n, 1_000n, false)];
  assert.deepEqual(publicShares(shares), {
    contributors: [{ name: 'p1', parts: 6_000n }],
    unlisted: 4_000n,
  });
});
