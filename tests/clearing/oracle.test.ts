/** An oracle that finds nothing proves nothing: each thing that must not be is found by it. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { type Half, type Statement, bestTotal, faultsOfRound } from './oracle.ts';

const unit = 'pocos';
const half = (
  origin: string,
  end: Half['end'],
  other: string,
  amount: bigint,
  more: Partial<Half> = {},
): Half => ({
  ...{ origin, end, amount, unit, kind: 'obligation', with: other, version: 1n, due: 0n },
  ...{ locked: false, keeper: { '@': origin } },
  ...more,
});
/** Ana owes Beto 10, Beto owes Ana 6; Beto has a line of 5 from Ana. */
const before: readonly Statement[] = [
  {
    poca: 'ana',
    halves: [
      half('a', 'from', 'beto', 10n),
      half('b', 'to', 'beto', 6n),
      half('l', 'from', 'beto', 5n, { kind: 'line', limit: 5n }),
    ],
    reductions: [],
  },
  {
    poca: 'beto',
    halves: [
      half('a', 'to', 'ana', 10n),
      half('b', 'from', 'ana', 6n),
      half('l', 'to', 'ana', 5n, { kind: 'line', limit: 5n }),
    ],
    reductions: [],
  },
];
/** 6 are set off both ways. */
const cleared = (): Statement[] =>
  before.map(({ poca, halves }) => ({
    poca,
    halves: halves
      .filter(({ origin }) => origin !== 'b')
      .map((one) => (one.origin === 'a' ? { ...one, amount: 4n, version: 2n } : one)),
    reductions: [
      { origin: 'a', value: 6n },
      { origin: 'b', value: 6n },
    ],
  }));
const lodging = ['ana', 'beto'];
const faults = (after: readonly Statement[], more = {}) =>
  faultsOfRound(before, after, { ...{ unit, lodging, whole: true }, ...more });
/** With one half of Ana's changed. */
const altered = (origin: string, change: Partial<Half>): Statement[] => {
  const [ana, beto] = cleared() as [Statement, Statement];
  const halves = ana.halves.map((one) => (one.origin === origin ? { ...one, ...change } : one));
  return [{ ...ana, halves }, beto];
};

test('a set-off of all that can be is right, and the best', () => {
  assert.equal(bestTotal(before, { unit, lodging }), 12n);
  assert.deepEqual(faults(cleared()), []);
  assert.deepEqual(faults(before, { whole: false }), []);
});

test('what must not be is found', () => {
  const wrong: readonly (readonly [RegExp, readonly Statement[], object?])[] = [
    [/12 could have been/, before],
    [/4 in version 1, and 4 in version 2/, altered('a', { version: 1n })],
    [/3 in version 2, and 4/, altered('a', { amount: 3n })],
    [/net position/, altered('a', { amount: 3n })],
    [/is still locked/, altered('a', { locked: true })],
    [/is below zero/, altered('a', { amount: -4n })],
    [/grew from 10 to 11/, altered('a', { amount: 11n })],
    [/5 became 9/, altered('l', { limit: 9n })],
    [/not both lodged it/, cleared(), { lodging: ['ana'] }],
    [/no more than 0 can be/, cleared(), { lodging: ['ana'] }],
    [
      /2 receipts of one round/,
      cleared().map((one) => ({
        ...one,
        reductions: [...one.reductions, { origin: 'a', value: 0n }],
      })),
    ],
    [/its receipts say 0/, cleared().map((one) => ({ ...one, reductions: [] }))],
    [
      /new debt and lines differ by -3/,
      cleared().map((one) => ({
        ...one,
        halves: [
          ...one.halves,
          one.poca === 'ana' ? half('n', 'from', 'beto', 3n) : half('n', 'to', 'ana', 3n),
        ],
      })),
    ],
    [/only one end has it/, [{ ...cleared()[0]!, halves: [] }, cleared()[1]!]],
  ];
  for (const [what, after, more] of wrong) {
    const found = faults(after, more);
    assert.ok(
      found.some((fault) => what.test(fault)),
      `${what} among ${found.join('; ')}`,
    );
  }
});

test('the books of a liar are not looked at, and those of others are', () => {
  assert.deepEqual(faults(altered('a', { amount: 3n }), { liars: ['ana'], whole: false }), []);
  assert.notDeepEqual(faults(altered('a', { amount: 3n }), { liars: ['beto'], whole: false }), []);
});
