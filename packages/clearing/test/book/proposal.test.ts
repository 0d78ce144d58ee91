import { proposalsFor, ring, terms } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSmall, obligationLimits } from '@pocas/clearing/halves';
import { maxLodgedWithOne } from '#src/book/attendance-guards.js';
import { type Locked, disagreements, refusedAlone, sayings } from '#src/book/proposal.js';
import { mayAttend } from '#src/book/terms.js';
import type { Proposal, Row } from '#src/round/types.js';

const edgeOf = (origin: string) => ring.findIndex((debt) => debt.origin === origin);
const names = ['A', 'B', 'C'];

/** The locked edges of somebody in the ring. */
const lockedOf =
  (name: string) =>
  (edge: number): Locked | undefined => {
    const debt = ring[edge];
    if (debt === undefined || (debt.from !== name && debt.to !== name)) return undefined;
    const isFrom = debt.from === name;
    return {
      frozen: {
        edge,
        origin: debt.origin,
        kind: debt.kind,
        end: isFrom ? 'from' : 'to',
        version: 1n,
        max: debt.amount,
      },
      neighbour: BigInt(names.indexOf(isFrom ? debt.to : debt.from) + 1),
    };
  };
const rows = proposalsFor(names, ring, 0, 1, edgeOf);

test('what an honest coordinator proposes is refused by nobody, alone or compared', () => {
  for (const name of names) {
    assert.deepEqual([...refusedAlone(rows[name]!, lockedOf(name))], []);
    const mine = sayings(rows[name]!, lockedOf(name));
    for (const [number, said] of mine) {
      const other = names[Number(number) - 1]!;
      const me = BigInt(names.indexOf(name) + 1);
      const theirs = sayings(rows[other]!, lockedOf(other)).get(me)!;
      assert.deepEqual(disagreements(said, theirs), []);
    }
  }
});

const figures = ['cleared', 'weight', 'own', 'other'] as const;

test('no figure of one row can be another without somebody refusing it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat({ max: 2 }),
      fc.constantFrom(...figures),
      fc.bigInt(-20n, 20n).filter((by) => by !== 0n),
      (name, at, figure, by) => {
        const proposal = rows[name]!;
        const index = at % proposal.rows.length;
        const changed: Proposal = {
          ...proposal,
          rows: proposal.rows.map((row: Row, i) =>
            i === index ? { ...row, [figure]: row[figure] + by } : row,
          ),
        };
        const { edge } = proposal.rows[index]!;
        if (refusedAlone(changed, lockedOf(name)).size > 0) return;
        const { neighbour, frozen } = lockedOf(name)(edge)!;
        const other = names[Number(neighbour) - 1]!;
        const me = BigInt(names.indexOf(name) + 1);
        const mine = sayings(changed, lockedOf(name)).get(neighbour)!;
        const theirs = sayings(rows[other]!, lockedOf(other)).get(me)!;
        assert.ok(disagreements(mine, theirs).includes(frozen.origin));
        assert.ok(disagreements(theirs, mine).includes(frozen.origin));
      },
    ),
    { numRuns: 500 },
  );
});

test('what two neighbours say of all that they may lodge together is one message', () => {
  const row = {
    origin: 'a'.repeat(64),
    cleared: 10n ** 15n,
    weight: 10n ** 6n,
    from: -(10n ** 12n),
    to: 10n ** 12n,
    tree: 'beside',
  };
  const said = {
    tag: 'a'.repeat(64),
    kind: 'rows',
    rows: {
      component: 9,
      pass: 3,
      depth: 9,
      totals: { participants: 1n, lodged: 1n, cleared: 1n },
      rows: Array.from({ length: maxLodgedWithOne }, () => row),
    },
  };
  assert.ok(isSmall(said, obligationLimits.said));
  // A message carries 4,096 values, which are counted by its commas and brackets.
  const text = JSON.stringify(said, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  assert.ok([...text.matchAll(/[[{,]/g)].length < 4_000);
});

test('terms are looked at before anything is lodged', () => {
  assert.equal(mayAttend(Object.freeze({ ...terms })), true);
  for (const change of [
    { tag: 'x' },
    { patience: 0n },
    { patience: 10n ** 12n },
    { lodging: 0n },
    { lock: 10n ** 12n },
    { lock: 1n },
    { maxPasses: 0 },
    { maxPasses: Number.NaN },
    { maxPasses: 11 },
    { unit: 7 },
  ]) {
    assert.equal(
      mayAttend(Object.freeze({ ...terms, ...change })),
      false,
      JSON.stringify(Object.keys(change)),
    );
  }
});
