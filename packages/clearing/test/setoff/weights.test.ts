import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type Network,
  componentsOf,
  numberNetwork,
  setOff,
  weightsOf,
} from '@pocas/clearing/setoff';
import { network } from './arbitrary.ts';

type Rating = readonly [total: bigint, priority: bigint, lent: bigint];

/** Compares as the promise says: total, then priority, then as little of lines as possible. */
const isBetter = (a: Rating, b: Rating): boolean => {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] === b[1] ? a[2] < b[2] : a[1] > b[1];
};

/** The best rating there is, by trying every flow. */
const bestOf = (given: Network): Rating => {
  const { problem, edges } = numberNetwork(given);
  const { debtors, creditors, amounts, participants } = problem;
  const balance = Array.from({ length: participants }, () => 0n);
  /** How often each participant still comes, so that a balance that cannot be repaired is left at once. */
  const lastAt = balance.map((_, who) =>
    debtors.reduce((last, u, i) => (u === who || creditors[i] === who ? i : last), -1),
  );
  let best: Rating = [0n, 0n, 0n];
  const go = (i: number, rating: Rating): void => {
    if (i === edges.length) {
      if (isBetter(rating, best)) best = rating;
      return;
    }
    const edge = edges[i]!;
    const [u, v] = [debtors[i]!, creditors[i]!];
    for (let value = 0n; value <= amounts[i]!; value += 1n) {
      balance[u]! -= value;
      balance[v]! += value;
      const isOver = [u, v].some((who) => lastAt[who] === i && balance[who] !== 0n);
      if (!isOver) {
        const [total, priority, lent] = rating;
        if (edge.kind === 'line') go(i + 1, [total, priority, lent + value]);
        else {
          const { weight = 1n, priority: rank = 0n } = edge.obligation;
          go(i + 1, [total + weight * value, priority + rank * value, lent]);
        }
      }
      balance[u]! += value;
      balance[v]! -= value;
    }
  };
  go(0, [0n, 0n, 0n]);
  return best;
};

const ratingOf = (given: Network): Rating => {
  const result = setOff(given);
  const values = new Map(result.cleared);
  let total = 0n;
  let priority = 0n;
  for (const { origin, weight = 1n, priority: rank = 0n } of given.obligations) {
    total += weight * values.get(origin)!;
    priority += rank * values.get(origin)!;
  }
  return [total, priority, result.lent];
};

for (const weights of [false, true]) {
  test(`total comes first, then priority, then lines: as by trying everything${weights ? ', with weights' : ''}`, () => {
    const given = network({
      maxParticipants: 5,
      maxEdges: 9,
      maxAmount: 2n,
      weights,
      selves: false,
    });
    fc.assert(
      fc.property(given, (each) => assert.deepEqual(ratingOf(each), bestOf(each))),
      { numRuns: 1500 },
    );
  });
}

const owes = (origin: string, debtor: number, creditor: number, priority = 0n) => ({
  origin,
  debtor: `p${debtor}`,
  creditor: `p${creditor}`,
  amount: 1n,
  priority,
});
const lends = (origin: string, lender: number, borrower: number) => ({
  origin,
  lender: `p${lender}`,
  borrower: `p${borrower}`,
  limit: 1n,
});

test('no priority, however high, costs total', () => {
  // Either the one debt with priority and a way back of one, or the way around of all the others.
  for (let size = 4; size < 40; size += 1) {
    const rest = size - 1;
    const obligations = [
      ...Array.from({ length: rest - 1 }, (_, i) => owes(`a${i}`, i, i + 1, 0n)),
      owes('back', rest - 1, 0, 0n),
      // A short cut with priority, and the way back is shared: only one of the two fits.
      owes('cut', 0, rest - 1, 1_000n),
    ];
    const result = new Map(setOff({ obligations }).cleared);
    assert.equal(result.get('cut'), 0n, `${size}`);
    assert.equal(result.get('a0'), 1n);
  }
});

test('a long chain of lines is drawn where one more unit is cleared for it, and no priority is too small for one', () => {
  const size = 30;
  const lines = Array.from({ length: size - 1 }, (_, i) => lends(`l${i}`, i + 1, (i + 2) % size));
  // 0 owes 1, and only by way of 28 lines does it come back to 0.
  const result = setOff({ obligations: [owes('x', 0, 1)], lines });
  assert.equal(result.total, 1n);
  assert.equal(result.lent, BigInt(size - 1));
  // Two debts from 0 to 1, one of higher priority, which needs no line less: it is the one.
  const obligations = [owes('a', 0, 1), owes('b', 0, 1, 1n)];
  assert.deepEqual(setOff({ obligations, lines }).cleared, [
    ['a', 0n],
    ['b', 1n],
  ]);
  // One debt of priority 1, of whose way back all but one are lines, or one of none without any line.
  for (let last = 2; last < 14; last += 1) {
    for (const [near, far] of ['ab', 'ba'] as unknown as [string, string][]) {
      const either = [owes(near, 0, last), owes(far, 0, 1, 1n), owes('shared', last, 0)];
      const way = Array.from({ length: last - 1 }, (_, i) => lends(`m${i}`, i + 1, i + 2));
      const cleared = new Map(setOff({ obligations: either, lines: way }).cleared);
      assert.deepEqual([cleared.get(far), cleared.get(near)], [1n, 0n], `${last}`);
    }
  }
});

test('factors are of the component, so they stay small where lines and priorities are elsewhere', () => {
  const weights = (given: Network) => {
    const { problem, edges } = numberNetwork(given);
    return new Map(
      edges.map((edge, i) => [
        edge.kind === 'line' ? edge.line.origin : edge.obligation.origin,
        problem.weights[i]!,
      ]),
    );
  };
  const found = weights({
    obligations: [
      ...[owes('a', 0, 1), owes('b', 1, 2), owes('c', 2, 0)],
      ...[owes('d', 10, 11, 2n), owes('e', 11, 12), owes('f', 12, 10)],
      ...[owes('g', 20, 21), owes('h', 21, 22)],
      owes('between', 2, 10, 3n),
    ],
    lines: [lends('i', 22, 20)],
  });
  // Without lines or priorities, all weigh 1; what leads from one to another is never cleared.
  assert.deepEqual(
    ['a', 'b', 'c', 'between'].map((origin) => found.get(origin)),
    [1n, 1n, 1n, 1n],
  );
  // Priorities up to 2 among three: at most one is cleared less than others, which loses 2.
  assert.deepEqual(
    ['d', 'e', 'f'].map((origin) => found.get(origin)),
    [5n, 3n, 3n],
  );
  // A line among three: at most two are drawn for one debt.
  assert.deepEqual(
    ['g', 'h', 'i'].map((origin) => found.get(origin)),
    [3n, 3n, -1n],
  );
});

test('factors past 2^53 − 1 are refused, and named', () => {
  const high = { ...owes('a', 0, 1), priority: 2n ** 53n };
  assert.throws(
    () => setOff({ obligations: [high, owes('b', 1, 0)] }),
    /among 2 participants who owe each other in loops, weights and priorities up to 9007199254740992 make edge \d weigh \d+, more than 2\^53 − 1/,
  );
});

test('what is no rank is refused', () => {
  const debts = { participants: 2, debtors: [0], creditors: [1], amounts: [1n] };
  assert.throws(() => weightsOf(debts, []), /1 edges and 0 ranks/);
  assert.throws(
    () => weightsOf(debts, [{ kind: 'obligation', weight: 0n }]),
    /edge 0 has weight 0/,
  );
  assert.throws(() => weightsOf(debts, [{ kind: 'obligation', priority: -1n }]), /priority -1/);
});

test('components are those in which each owes each by way of others', () => {
  fc.assert(
    fc.property(network({ maxParticipants: 9, maxEdges: 16 }), (given) => {
      const { problem } = numberNetwork(given);
      const { participants, debtors, creditors } = problem;
      const reaches = Array.from({ length: participants }, (_, u) => {
        const seen = new Set([u]);
        for (const at of seen) {
          debtors.forEach((debtor, i) => {
            if (debtor === at) seen.add(creditors[i]!);
          });
        }
        return seen;
      });
      const component = componentsOf(problem);
      for (let u = 0; u < participants; u += 1) {
        for (let v = 0; v < participants; v += 1) {
          const isSame = reaches[u]!.has(v) && reaches[v]!.has(u);
          assert.equal(component[u] === component[v], isSame);
        }
      }
      // Numbered as they first come.
      let next = 0;
      for (const number of component) {
        assert.ok(number <= next);
        if (number === next) next += 1;
      }
    }),
    { numRuns: 300 },
  );
});

test('an edge of no amount joins nobody, and a chain of 100,000 is no stack of calls', () => {
  const pair = { participants: 2, debtors: [0, 1], creditors: [1, 0] };
  assert.deepEqual(componentsOf({ ...pair, amounts: [1n, 1n] }), [0, 0]);
  assert.deepEqual(componentsOf({ ...pair, amounts: [1n, 0n] }), [0, 1]);
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  const chain = {
    participants: many.length,
    debtors: many,
    creditors: many.map((i) => (i + 1) % many.length),
    amounts: many.map(() => 1n),
  };
  assert.ok(componentsOf(chain).every((number) => number === 0));
});
