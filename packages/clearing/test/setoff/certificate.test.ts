import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type OwnRow,
  type Problem,
  type Solution,
  columnsOf,
  faultsOfColumns,
  faultsOfRows,
  faultsOfSolution,
  solveProblem,
} from '@pocas/clearing/setoff';
import { problem } from './arbitrary.ts';

/** Each participant's rows, as a coordinator would tell them. */
const rowsOf = (given: Problem, { cleared, prices }: Solution): OwnRow[][] =>
  Array.from({ length: given.participants }, (_, self) =>
    given.debtors.flatMap((debtor, edge): OwnRow[] => {
      const creditor = given.creditors[edge]!;
      const row = {
        edge,
        max: given.amounts[edge]!,
        cleared: cleared[edge]!,
        weight: given.weights[edge]!,
        own: prices[self]!,
      };
      // With itself it has one edge with two ends, which no round has.
      if (debtor === creditor) return [];
      if (debtor === self) return [{ ...row, end: 'from', other: prices[creditor]! }];
      return creditor === self ? [{ ...row, end: 'to', other: prices[debtor]! }] : [];
    }),
  );

const inNumbers = (given: Problem, { cleared, prices }: Solution): string[] =>
  faultsOfColumns(
    columnsOf(given),
    Float64Array.from(cleared, Number),
    Float64Array.from(prices, Number),
  );

const changed = (column: readonly bigint[], at: number, by: bigint): bigint[] =>
  column.map((value, i) => (i === at ? value + by : value));

test('any change of one unit of what is cleared is found', () => {
  fc.assert(
    fc.property(problem(), (given) => {
      const solution = solveProblem(given);
      solution.cleared.forEach((_, edge) => {
        // What is worth nothing may be cleared from one to itself, or not: both are optimal.
        if (given.debtors[edge] === given.creditors[edge] && given.weights[edge] === 0n) return;
        for (const by of [1n, -1n]) {
          const lie = { ...solution, cleared: changed(solution.cleared, edge, by) };
          assert.notDeepEqual(faultsOfSolution(given, lie), []);
          assert.notDeepEqual(inNumbers(given, lie), []);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test('a price is refused just where it would not prove it any more', () => {
  fc.assert(
    fc.property(problem(), fc.nat(), fc.constantFrom(1n, -1n), (given, who, by) => {
      const solution = solveProblem(given);
      const lie = { ...solution, prices: changed(solution.prices, who % given.participants, by) };
      // The rule once more, written down from its definition.
      const proves = given.debtors.every((u, edge) => {
        const fall = lie.prices[u]! - lie.prices[given.creditors[edge]!]!;
        const value = lie.cleared[edge]!;
        const isAllowed = value === 0n || given.weights[edge]! >= fall;
        return isAllowed && (value === given.amounts[edge]! || given.weights[edge]! <= fall);
      });
      assert.equal(faultsOfSolution(given, lie).length === 0, proves);
    }),
    { numRuns: 300 },
  );
});

test('in bigints, in numbers, and by each participant alone: all say the same', () => {
  fc.assert(
    fc.property(
      problem(),
      fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.bigInt(-2n, 2n)), { maxLength: 2 }),
      (given, changes) => {
        let { cleared, prices } = solveProblem(given);
        for (const [isPrice, at, by] of changes) {
          if (isPrice) prices = changed(prices, at % given.participants, by);
          else if (cleared.length > 0) cleared = changed(cleared, at % cleared.length, by);
        }
        const solution = { cleared, prices };
        const faults = faultsOfSolution(given, solution);
        assert.deepEqual(inNumbers(given, solution), faults);
        if (given.debtors.some((debtor, edge) => debtor === given.creditors[edge])) return;
        const alone = rowsOf(given, solution).flatMap(faultsOfRows);
        assert.equal(alone.length === 0, faults.length === 0, `${faults.join()} | ${alone.join()}`);
      },
    ),
    { numRuns: 500 },
  );
});

const ring: Problem = {
  participants: 3,
  debtors: [0, 1, 2],
  creditors: [1, 2, 0],
  amounts: [9n, 8n, 7n],
  weights: [1n, 1n, 1n],
};
const solved: Solution = { cleared: [7n, 7n, 7n], prices: [0n, -1n, -2n] };

test('the faults of a solution say what and where', () => {
  assert.deepEqual(faultsOfSolution(ring, solved), []);
  assert.deepEqual(faultsOfSolution(ring, { ...solved, cleared: [6n, 6n, 6n] }), [
    "edge 2, from 2 to 0, clears 6 of 7, though its weight 1 is above the difference -2 of its ends' prices: clearing more is worth more",
  ]);
  assert.deepEqual(faultsOfSolution(ring, { ...solved, cleared: [8n, 8n, 8n] }), [
    'edge 2, from 2 to 0, clears 8, more than its 7',
  ]);
  assert.deepEqual(faultsOfSolution(ring, { ...solved, cleared: [7n, 7n, 6n] }), [
    "edge 2, from 2 to 0, clears 6 of 7, though its weight 1 is above the difference -2 of its ends' prices: clearing more is worth more",
    'participant 0 loses 1 more of debts than of claims',
    'participant 2 loses 1 more of claims than of debts',
  ]);
  assert.deepEqual(faultsOfSolution(ring, { ...solved, prices: [0n, -2n, -3n] }), [
    "edge 0, from 0 to 1, clears 7 of 9, though its weight 1 is below the difference 2 of its ends' prices: clearing less is worth more",
  ]);
  const negative = { cleared: [-1n, -1n, -1n], prices: [0n, -1n, -2n] };
  assert.equal(faultsOfSolution(ring, negative)[0], 'edge 0, from 0 to 1, clears -1, below zero');
});

test('whatever a lying solver answers is told, and nothing thrown', () => {
  const lies: unknown[] = [
    undefined,
    null,
    7,
    'cleared',
    {},
    { cleared: [7n, 7n], prices: [0n, 0n, 0n] },
    { cleared: [7n, 7n, 7n, 7n], prices: [0n, 0n, 0n] },
    { cleared: [7, 7, 7], prices: [0n, -1n, -2n] },
    { cleared: [7n, 7n, 7n], prices: [0n, , -2n] },
    { cleared: [7n, 7n, 7n], prices: { length: 3 } },
    { cleared: { length: 3, 0: 7n, 1: 7n, 2: 7n }, prices: [0n, -1n, -2n] },
  ];
  for (const lie of lies) assert.notDeepEqual(faultsOfSolution(ring, lie as Solution), []);
});

test('fractions, NaN and infinity are refused in numbers', () => {
  const columns = columnsOf(ring);
  const price = Float64Array.of(0, -1, -2);
  for (const bad of [6.5, NaN, Infinity, -Infinity]) {
    assert.notDeepEqual(
      faultsOfColumns(columns, Float64Array.of(bad, bad, bad), price),
      [],
      `${bad}`,
    );
    assert.notDeepEqual(
      faultsOfColumns(columns, Float64Array.of(7, 7, 7), Float64Array.of(bad, bad, bad)),
      [],
    );
  }
  assert.match(
    faultsOfColumns(columns, Float64Array.of(7, 7, 7), Float64Array.of(0.5, -0.5, -1.5)).join(),
    /price 0 is 0.5, no whole number/,
  );
  // Around a loop that is worth nothing any whole number may be cleared, and nothing else.
  const worthless = { ...columns, weight: Float64Array.of(1, 1, -2) };
  assert.deepEqual(faultsOfColumns(worthless, Float64Array.of(5, 5, 5), price), []);
  assert.match(
    faultsOfColumns(worthless, Float64Array.of(5.5, 5.5, 5.5), price).join(),
    /edge 0, from 0 to 1, clears 5.5, no whole number/,
  );
  assert.notDeepEqual(faultsOfColumns(columns, Float64Array.of(7, 7), price), []);
  assert.notDeepEqual(
    faultsOfColumns(columns, Float64Array.of(7, 7, 7), Float64Array.of(0, 0)),
    [],
  );
});

test('of a million faults some hundred are told', () => {
  const edges = Array.from({ length: 5000 }, () => 0);
  const faults = faultsOfSolution(
    {
      participants: 1,
      debtors: edges,
      creditors: edges,
      amounts: edges.map(() => 1n),
      weights: edges.map(() => 1n),
    },
    { cleared: edges.map(() => 0n), prices: [0n] },
  );
  assert.equal(faults.length, 101);
  assert.equal(faults[100], 'and 4900 more');
});

test('a participant finds by its own rows alone what is wrong with them', () => {
  const owes: OwnRow = {
    edge: 4,
    end: 'from',
    max: 9n,
    cleared: 7n,
    weight: 1n,
    own: 0n,
    other: -1n,
    kind: 'obligation',
  };
  const isOwed: OwnRow = { ...owes, edge: 6, end: 'to', max: 7n, other: -2n };
  assert.deepEqual(faultsOfRows([]), []);
  assert.deepEqual(faultsOfRows([owes, isOwed]), []);
  const faults = (change: Partial<OwnRow>) => faultsOfRows([owes, { ...isOwed, ...change }]).join();
  assert.match(faults({ cleared: 8n }), /edge 6 clears 8, more than its 7/);
  assert.match(faults({ cleared: 6n }), /1 more is cleared of what you owe than of what is owed/);
  assert.match(faults({ cleared: 8n, max: 9n }), /1 more is cleared of what is owed to you/);
  assert.match(faults({ cleared: -7n }), /below zero/);
  assert.match(faults({ own: 1n }), /edge 6 says 1 for the own price, not 0/);
  assert.match(faults({ edge: 4 }), /edge 4 stands twice/);
  assert.match(faults({ other: 2n }), /clearing less is worth more/);
  assert.match(faults({ max: 8n }), /clearing more is worth more/);
  assert.match(faults({ kind: 'line' }), /weight 1, not below zero/);
  assert.match(faults({ weight: 0n, max: 7n, other: -2n }), /weight 0, not above zero/);
});
