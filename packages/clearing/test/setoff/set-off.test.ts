import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type Line,
  type Network,
  type Obligation,
  type Result,
  numberNetwork,
  resultOf,
  setOff,
  setOffAll,
  solveProblem,
} from '@pocas/clearing/setoff';
import { nameOf, network, shuffled } from './arbitrary.ts';

const owes = (
  origin: string,
  debtor: string,
  creditor: string,
  amount: bigint,
  more: Partial<Obligation> = {},
): Obligation => ({ origin, debtor, creditor, amount, ...more });

const clearedOf = ({ cleared }: Result) => Object.fromEntries(cleared);

// The examples are published: cycles.money, "Algorithm Design 101"; lowimpact.org.
const published: readonly (readonly [string, bigint, readonly Obligation[], object])[] = [
  [
    'a loop of three',
    210n,
    [owes('1', 'A', 'B', 100n), owes('2', 'B', 'C', 80n), owes('3', 'C', 'A', 70n)],
    { 1: 70n, 2: 70n, 3: 70n },
  ],
  [
    'two loops of three that share nobody, joined by one debt',
    570n,
    [
      owes('1', 'Alice', 'Bob', 100n),
      owes('2', 'Bob', 'Eve', 70n),
      owes('3', 'Eve', 'Alice', 100n),
      owes('4', 'Charlie', 'Dave', 100n),
      owes('5', 'Dave', 'Eve', 100n),
      owes('6', 'Eve', 'Charlie', 70n),
      owes('7', 'Bob', 'Charlie', 100n),
    ],
    { 1: 100n, 2: 70n, 3: 100n, 4: 100n, 5: 100n, 6: 70n, 7: 30n },
  ],
  [
    'a loop of three with a smallest debt of five',
    15n,
    [owes('1', 'A', 'B', 5n), owes('2', 'B', 'C', 10n), owes('3', 'C', 'A', 20n)],
    { 1: 5n, 2: 5n, 3: 5n },
  ],
  [
    'netting pairs first would clear 8',
    12n,
    [
      owes('1', 'u', 'v', 10n),
      owes('2', 'v', 'u', 4n),
      owes('3', 'u', 'x', 4n),
      owes('4', 'x', 'v', 4n),
    ],
    { 1: 4n, 2: 4n, 3: 0n, 4: 0n },
  ],
];

for (const [name, total, obligations, cleared] of published) {
  test(`clears ${name}`, () => {
    const result = setOff({ obligations });
    assert.equal(result.total, total);
    // The last one has several best set-offs.
    if (total !== 12n) assert.deepEqual(clearedOf(result), cleared);
  });
}

test('neither the order in which a network is given nor what anybody is called changes what is cleared', () => {
  fc.assert(
    fc.property(
      network(),
      fc.array(fc.nat(), { minLength: 3 }),
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 6, maxLength: 6 }),
      ({ obligations, lines = [] }, by, names) => {
        const result = setOff({ obligations, lines });
        const mixed = { obligations: shuffled(obligations, by), lines: shuffled(lines, by) };
        assert.deepEqual(setOff(mixed), result);
        const called = new Map(names.map((name, i) => [nameOf(i), name]));
        const renamed: Network = {
          obligations: mixed.obligations.map((each) => ({
            ...each,
            debtor: called.get(each.debtor)!,
            creditor: called.get(each.creditor)!,
          })),
          lines: mixed.lines.map((each) => ({
            ...each,
            lender: called.get(each.lender)!,
            borrower: called.get(each.borrower)!,
          })),
        };
        const { prices, ...rest } = setOff(renamed);
        const { prices: before, ...same } = result;
        assert.deepEqual(rest, same);
        assert.deepEqual(
          prices,
          before.map(([name, price]) => [called.get(name), price]),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('no net position changes, and nothing is cleared that is not there', () => {
  fc.assert(
    fc.property(network({ weights: true }), (given) => {
      const { obligations, lines = [] } = given;
      const result = setOff(given);
      const values = new Map([...result.cleared, ...result.drawn]);
      const nets = new Map<string, bigint>();
      const add = (who: string, value: bigint) => nets.set(who, (nets.get(who) ?? 0n) + value);
      for (const { origin, debtor, creditor, amount } of obligations) {
        const value = values.get(origin)!;
        assert.ok(value >= 0n && value <= amount);
        add(debtor, value);
        add(creditor, -value);
      }
      for (const { origin, lender, borrower, limit } of lines) {
        const value = values.get(origin)!;
        assert.ok(value >= 0n && value <= limit);
        add(lender, value);
        add(borrower, -value);
      }
      for (const [who, change] of nets) assert.equal(change, 0n, who);
      assert.equal(
        result.total,
        result.cleared.reduce((sum, [, value]) => sum + value, 0n),
      );
      assert.equal(
        result.lent,
        result.drawn.reduce((sum, [, value]) => sum + value, 0n),
      );
      assert.equal(values.size, obligations.length + lines.length);
    }),
    { numRuns: 300 },
  );
});

test('of debts between the same two, what falls due first is cleared first; then by origin; without a date last', () => {
  const result = setOff({
    obligations: [
      owes('a', 'A', 'B', 2n),
      owes('b', 'A', 'B', 2n, { due: 9n }),
      owes('c', 'A', 'B', 2n, { due: -3n }),
      owes('d', 'A', 'B', 2n, { due: 9n }),
      owes('e', 'B', 'A', 5n),
    ],
  });
  assert.deepEqual(clearedOf(result), { a: 0n, b: 2n, c: 2n, d: 1n, e: 5n });
});

test('of any dates in any order the earliest come first, and those without last', () => {
  const due = fc.option(fc.bigInt(-3n, 3n), { nil: undefined });
  fc.assert(
    fc.property(fc.array(due, { minLength: 1, maxLength: 9 }), fc.nat(9), (dues, paid) => {
      fc.pre(paid >= 1);
      const obligations = dues.map((each, i) =>
        owes(`${i}`, 'A', 'B', 1n, each === undefined ? {} : { due: each }),
      );
      const back = owes('back', 'B', 'A', BigInt(paid));
      const { cleared } = setOff({ obligations: [...obligations, back] });
      const first = dues
        .map((each, i) => ({ each: each ?? 99n, i }))
        .sort((a, b) => Number(a.each - b.each) || a.i - b.i)
        .slice(0, paid)
        .map(({ i }) => `${i}`);
      const found = cleared.filter(([origin, value]) => origin !== 'back' && value > 0n);
      assert.deepEqual(
        found.map(([origin]) => origin),
        first.toSorted(),
      );
    }),
  );
});

test('dates decide among parallel debts only: they change no sum between two', () => {
  fc.assert(
    fc.property(network(), (given) => {
      const undated = given.obligations.map(({ due: _due, ...rest }) => rest);
      const sums = ({ cleared }: Result) => {
        const between = new Map<string, bigint>();
        const values = new Map(cleared);
        for (const { origin, debtor, creditor, priority = 0n } of undated) {
          const pair = JSON.stringify([debtor, creditor, Number(priority)]);
          between.set(pair, (between.get(pair) ?? 0n) + values.get(origin)!);
        }
        return between;
      };
      const one = setOff(given);
      const other = setOff({ ...given, obligations: undated });
      assert.deepEqual(sums(one), sums(other));
      assert.deepEqual(one.drawn, other.drawn);
    }),
  );
});

test('a line lets a chain clear, as new debt of the borrower', () => {
  const chain = [owes('1', 'A', 'B', 10n), owes('2', 'B', 'C', 7n)];
  assert.equal(setOff({ obligations: chain }).total, 0n);
  const line: Line = { origin: 'l', lender: 'C', borrower: 'A', limit: 4n };
  const result = setOff({ obligations: chain, lines: [line] });
  assert.deepEqual(clearedOf(result), { 1: 4n, 2: 4n });
  assert.deepEqual([result.lent, result.drawn], [4n, [['l', 4n]]]);
});

test('whoever owes itself has it cleared whole', () => {
  const result = setOff({ obligations: [owes('1', 'A', 'A', 10n), owes('2', 'A', 'B', 7n)] });
  assert.deepEqual(clearedOf(result), { 1: 10n, 2: 0n });
});

test('names are names, whatever they look like', () => {
  const result = setOff({
    obligations: [
      owes('__proto__', 'constructor', '__proto__', 3n),
      owes('toString', '__proto__', 'constructor', 2n),
    ],
  });
  assert.deepEqual(result.cleared, [
    ['__proto__', 2n],
    ['toString', 2n],
  ]);
  assert.deepEqual(
    result.prices.map(([name]) => name),
    ['constructor', '__proto__'],
  );
});

test('a result is frozen', () => {
  const result = setOff({ obligations: published[0]![2], lines: [] });
  for (const part of [result, result.cleared, result.cleared[0], result.drawn, result.prices[0]]) {
    assert.ok(Object.isFrozen(part));
  }
});

test('a solution that is not the best one is not used', () => {
  const numbered = numberNetwork({ obligations: published[0]![2] });
  const { cleared, prices } = solveProblem(numbered.problem);
  const zeros = { cleared: cleared.map(() => 0n), prices };
  assert.throws(
    () => resultOf(numbered, zeros),
    /^Error: Cannot use a solution: edge 2, from 2 to 0, clears 0 of 70/,
  );
  assert.throws(
    () => resultOf(numbered, { cleared: cleared.map((value) => value + 1n), prices }),
    /clears 71, more than its 70/,
  );
});

const good = owes('1', 'A', 'B', 1n);
const line: Line = { origin: 'l', lender: 'A', borrower: 'B', limit: 1n };
const refused: readonly (readonly [string, Network, RegExp])[] = [
  ['an origin twice', { obligations: [good, { ...good }] }, /two edges have the origin "1"/],
  ['the origin of a line twice', { obligations: [{ ...good, origin: 'l' }], lines: [line] }, /two/],
  ['no origin', { obligations: [{ ...good, origin: '' }] }, /the origin "" is not a text of 1/],
  ['a long name', { obligations: [{ ...good, debtor: 'x'.repeat(201) }] }, /the debtor .* 200/],
  [
    'a name that is none',
    { obligations: [{ ...good, creditor: 7 as unknown as string }] },
    /creditor 7 is not a text/,
  ],
  ['an amount of zero', { obligations: [{ ...good, amount: 0n }] }, /amount of "1" is 0, not/],
  ['a negative amount', { obligations: [{ ...good, amount: -1n }] }, /amount of "1" is -1/],
  [
    'a number',
    { obligations: [{ ...good, amount: 1 as unknown as bigint }] },
    /amount of "1" is 1, not a bigint/,
  ],
  ['a weight of zero', { obligations: [{ ...good, weight: 0n }] }, /weight of "1" is 0/],
  ['a priority below zero', { obligations: [{ ...good, priority: -1n }] }, /priority of "1" is -1/],
  [
    'weight and priority together',
    { obligations: [{ ...good, weight: 1n, priority: 0n }] },
    /"1" has a weight and a priority; give one/,
  ],
  [
    'a due date that is a date',
    { obligations: [{ ...good, due: 1.5 as unknown as bigint }] },
    /the due of "1" is not a bigint/,
  ],
  ['a limit of zero', { obligations: [], lines: [{ ...line, limit: 0n }] }, /limit of "l" is 0/],
  ['a line to oneself', { obligations: [], lines: [{ ...line, borrower: 'A' }] }, /lend to itself/],
];

for (const [name, given, message] of refused) {
  test(`refuses ${name}`, () => assert.throws(() => setOff(given), message));
}

test('the greatest sum is set off, and one more is refused and named', () => {
  const half = (2n ** 53n - 2n) / 2n;
  const pair = [owes('1', 'A', 'B', half), owes('2', 'B', 'A', half)];
  assert.equal(setOff({ obligations: pair }).total, 2n ** 53n - 2n);
  assert.throws(
    () => setOff({ obligations: [...pair, owes('3', 'B', 'C', 2n)] }),
    /the amounts sum to 9007199254740992, more than 2\^53 − 1/,
  );
});

test('currencies never mix', () => {
  const inUnits = [
    { ...owes('1', 'A', 'B', 5n), unit: 'MXN' },
    { ...owes('2', 'B', 'A', 5n), unit: 'hora' },
    { ...owes('3', 'B', 'C', 4n), unit: 'hora' },
    { ...owes('4', 'C', 'A', 3n), unit: 'MXN' },
    { ...owes('5', 'A', 'B', 2n), unit: 'hora' },
  ];
  const told: number[] = [];
  const results = setOffAll(
    { obligations: inUnits, lines: [{ ...line, lender: 'A', borrower: 'C', unit: 'MXN' }] },
    { progress: (done) => void told.push(done) },
  );
  assert.deepEqual(
    results.map(([unit, result]) => [unit, result.total, result.lent]),
    [
      ['MXN', 1n, 1n],
      ['hora', 4n, 0n],
    ],
  );
  assert.ok(told.every((done, i) => done >= (told[i - 1] ?? 0) && done <= 1));
  assert.throws(
    () => setOffAll({ obligations: [inUnits[0]!, { ...inUnits[0]!, unit: 'hora' }] }),
    /two edges have the origin "1"/,
  );
  assert.throws(
    () => setOffAll({ obligations: [{ ...inUnits[0]!, unit: '' }] }),
    /"1" has no unit/,
  );
});
