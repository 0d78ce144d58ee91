import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fillEqually } from '#src/sharing/fill.js';
import { splitByWeight } from '#src/sharing/split.js';

const sum = (values: readonly bigint[]) => values.reduce((all, one) => all + one, 0n);
const nat = (max: bigint) => fc.bigInt({ min: 0n, max });

test('a split sums exactly, and each part is less than 1 away from what is due', () => {
  fc.assert(
    fc.property(
      nat(10n ** 15n),
      fc.array(nat(10_000n), { minLength: 1, maxLength: 40 }).filter((all) => sum(all) > 0n),
      (value, weights) => {
        const parts = splitByWeight(value, weights);
        const total = sum(weights);
        assert.equal(sum(parts), value);
        for (const [index, part] of parts.entries()) {
          const off = part * total - value * weights[index]!;
          assert.ok(off > -total && off < total, 'within one unit');
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('what is left over goes to the largest remainders, then to the earlier', () => {
  assert.deepEqual(splitByWeight(10n, [1n, 1n, 1n]), [4n, 3n, 3n]);
  assert.deepEqual(splitByWeight(7n, [5000n, 3000n, 2000n]), [4n, 2n, 1n]);
  assert.deepEqual(splitByWeight(1n, [3333n, 3333n, 3334n]), [0n, 0n, 1n]);
  assert.deepEqual(splitByWeight(0n, [1n, 2n]), [0n, 0n]);
  assert.throws(() => splitByWeight(5n, [0n, 0n]), /Cannot divide/);
  assert.throws(() => splitByWeight(-5n, [1n]), /Cannot divide/);
});

/** One unit at a time to whoever has least and still has room: what water does, slowly. */
const poured = (amount: bigint, rooms: readonly bigint[]) => {
  const parts = rooms.map(() => 0n);
  for (let left = amount; left > 0n; left -= 1n) {
    let lowest = -1;
    for (const [index, room] of rooms.entries())
      if (parts[index]! < room && (lowest < 0 || parts[index]! < parts[lowest]!)) lowest = index;
    if (lowest < 0) break;
    parts[lowest]! += 1n;
  }
  return parts;
};

test('water-filling is what pouring unit by unit comes to', () => {
  fc.assert(
    fc.property(nat(200n), fc.array(nat(40n), { maxLength: 12 }), (amount, rooms) => {
      assert.deepEqual(fillEqually(amount, rooms), poured(amount, rooms));
    }),
    { numRuns: 500 },
  );
});

test('saying that there is less or more room than there is gains nobody a whole unit', () => {
  fc.assert(
    fc.property(
      nat(200n),
      fc.array(nat(40n), { minLength: 1, maxLength: 8 }),
      nat(40n),
      (amount, rooms, lie) => {
        const honest = fillEqually(amount, rooms)[0]!;
        const lied = fillEqually(amount, [lie, ...rooms.slice(1)])[0]!;
        const useful = lied < rooms[0]! ? lied : rooms[0]!;
        assert.ok(useful <= honest);
      },
    ),
    { numRuns: 300 },
  );
});
