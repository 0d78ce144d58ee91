import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  CancelledError,
  type Problem,
  columnsOf,
  faultsOfColumns,
  faultsOfSolution,
  maxExact,
  solveColumns,
  solveProblem,
} from '@pocas/clearing/setoff';
import { problem } from './arbitrary.ts';

const ring: Problem = {
  participants: 3,
  debtors: [0, 1, 2],
  creditors: [1, 2, 0],
  amounts: [100n, 80n, 70n],
  weights: [1n, 1n, 1n],
};

test('a loop clears by its smallest obligation', () => {
  assert.deepEqual(solveProblem(ring).cleared, [70n, 70n, 70n]);
});

test('nothing of nothing', () => {
  const none = { debtors: [], creditors: [], amounts: [], weights: [] };
  assert.deepEqual(solveProblem({ participants: 0, ...none }), { cleared: [], prices: [] });
  assert.deepEqual(solveProblem({ participants: 2, ...none }).cleared, []);
});

test('whatever is solved holds by its certificate, also over columns', () => {
  fc.assert(
    fc.property(problem(), (given) => {
      assert.deepEqual(faultsOfSolution(given, solveProblem(given)), []);
      const columns = columnsOf(given);
      const { flow, price } = solveColumns(columns);
      assert.deepEqual(faultsOfColumns(columns, flow, price), []);
    }),
    { numRuns: 400 },
  );
});

test('of parallel obligations of equal weight the first is cleared first', () => {
  const solution = solveProblem({
    participants: 2,
    debtors: [0, 0, 1, 0],
    creditors: [1, 1, 0, 1],
    amounts: [3n, 3n, 7n, 3n],
    weights: [1n, 1n, 1n, 1n],
  });
  assert.deepEqual(solution.cleared, [3n, 3n, 7n, 1n]);
});

test('parallel obligations of other weight are not merged: the heavier is cleared first', () => {
  const solution = solveProblem({
    participants: 2,
    debtors: [0, 0, 0, 1],
    creditors: [1, 1, 1, 0],
    amounts: [3n, 3n, 3n, 7n],
    weights: [1n, 5n, 1n, 1n],
  });
  assert.deepEqual(solution.cleared, [3n, 3n, 1n, 7n]);
});

test('the order of edges decides among parallel ones only', () => {
  fc.assert(
    fc.property(problem(), fc.array(fc.nat(), { minLength: 1 }), (given, by) => {
      const order = given.debtors
        .map((_, edge) => edge)
        .sort((a, b) => by[a % by.length]! - by[b % by.length]! || b - a);
      const pick = <T>(column: readonly T[]) => order.map((edge) => column[edge]!);
      const other = solveProblem({
        participants: given.participants,
        debtors: pick(given.debtors),
        creditors: pick(given.creditors),
        amounts: pick(given.amounts),
        weights: pick(given.weights),
      });
      const sums = (cleared: (edge: number) => bigint) => {
        const byKind = new Map<string, bigint>();
        given.debtors.forEach((debtor, edge) => {
          const kind = `${debtor} ${given.creditors[edge]} ${given.weights[edge]}`;
          byKind.set(kind, (byKind.get(kind) ?? 0n) + cleared(edge));
        });
        return byKind;
      };
      const one = solveProblem(given);
      assert.deepEqual(
        sums((edge) => other.cleared[order.indexOf(edge)]!),
        sums((edge) => one.cleared[edge]!),
      );
      assert.deepEqual(other.prices, one.prices);
    }),
  );
});

test('splitting an obligation into parallel ones changes nothing of what is cleared of it', () => {
  fc.assert(
    fc.property(problem(), fc.bigInt(0n, 9n), (given, part) => {
      fc.pre(given.debtors.length > 0 && given.amounts[0]! >= part);
      const split = {
        participants: given.participants,
        debtors: [...given.debtors, given.debtors[0]!],
        creditors: [...given.creditors, given.creditors[0]!],
        amounts: [given.amounts[0]! - part, ...given.amounts.slice(1), part],
        weights: [...given.weights, given.weights[0]!],
      };
      const whole = solveProblem(given).cleared;
      const parts = solveProblem(split).cleared;
      const kind = (debtor: number, creditor: number, weight: bigint) =>
        debtor === given.debtors[0] &&
        creditor === given.creditors[0] &&
        weight === given.weights[0];
      const sum = (values: readonly bigint[], { debtors, creditors, weights }: Problem) =>
        values.reduce(
          (so, value, edge) =>
            kind(debtors[edge]!, creditors[edge]!, weights[edge]!) ? so + value : so,
          0n,
        );
      assert.equal(sum(parts, split), sum(whole, given));
    }),
  );
});

test('a debt to oneself clears whole, and a loss to oneself not at all', () => {
  const solution = solveProblem({
    participants: 1,
    debtors: [0, 0],
    creditors: [0, 0],
    amounts: [5n, 5n],
    weights: [1n, -1n],
  });
  assert.deepEqual(solution.cleared, [5n, 0n]);
});

test('a sum past 2^53 − 1 is refused, and named', () => {
  const twice = { ...ring, amounts: [maxExact, maxExact, 1n] };
  assert.throws(() => solveProblem(twice), {
    name: 'RangeError',
    message:
      'Cannot solve: the amounts sum to 18014398509481983, more than 2^53 − 1 (9007199254740991), to which a solver counts exactly',
  });
  const huge = { ...ring, amounts: [10n ** 400n, 1n, 1n] };
  assert.throws(() => solveProblem(huge), /the amounts sum to 10{19}… \(401 characters\),/);
  // And just below it is solved: three thirds of it.
  const third = maxExact / 3n;
  const most = { ...ring, amounts: [third, third, maxExact - 2n * third] };
  assert.deepEqual(solveProblem(most).cleared, [third, third, third]);
  assert.throws(
    () => solveProblem({ ...ring, weights: [1n, 1n, -maxExact - 1n] }),
    /weight 2 is -9007199254740992, more than/,
  );
});

const malformed: readonly (readonly [string, object, RegExp])[] = [
  ['a column that is too short', { amounts: [1n, 2n] }, /3 debtors and 2 amounts/],
  ['weights that are too many', { weights: [1n, 1n, 1n, 1n] }, /3 debtors and 4 weights/],
  ['a participant that is none', { creditors: [1, 2, 3] }, /creditor 2 is 3, not one of 3/],
  ['a participant below zero', { debtors: [-1, 1, 2] }, /debtor 0 is -1, not one of 3/],
  ['half a participant', { debtors: [0.5, 1, 2] }, /debtor 0 is 0.5/],
  ['no participant', { debtors: [NaN, 1, 2] }, /debtor 0 is NaN/],
  ['a negative amount', { amounts: [1n, -2n, 3n] }, /amount 1 is -2, below zero/],
  ['a fraction', { amounts: [1n, 2.5, 3n] }, /amount 1 is 2.5, not a bigint/],
  ['a text', { amounts: [1n, '2', 3n] }, /amount 1 is "2", not a bigint/],
  ['a weight that is no bigint', { weights: [1n, 1n, 1] }, /weight 2 is 1, not a bigint/],
  ['a column that is none', { weights: 'xxx' }, /weights are no array/],
  ['too many participants', { participants: 1e12 }, /no number of participants/],
  ['half of the participants', { participants: 2.5 }, /no number of participants/],
];

for (const [name, change, message] of malformed) {
  test(`refuses ${name}`, () => {
    assert.throws(() => solveProblem({ ...ring, ...change } as Problem), message);
    assert.throws(
      () => faultsOfSolution({ ...ring, ...change } as Problem, solveProblem(ring)),
      message,
    );
  });
}

test('it is cancelled', () => {
  assert.throws(() => solveProblem(ring, { isCancelled: () => true }), CancelledError);
});
