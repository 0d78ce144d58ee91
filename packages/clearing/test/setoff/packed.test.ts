import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  maxPackedLength,
  packProblem,
  packSolution,
  solveProblem,
  unpackProblem,
  unpackSolution,
} from '@pocas/clearing/setoff';
import { problem } from './arbitrary.ts';

test('problems and solutions come out of their texts as they went in', () => {
  fc.assert(
    fc.property(problem(), (given) => {
      assert.deepEqual(unpackProblem(packProblem(given)), given);
      const solution = solveProblem(given);
      assert.deepEqual(unpackSolution(packSolution(solution)), solution);
    }),
  );
});

const ring = {
  participants: 2,
  debtors: [0, 1],
  creditors: [1, 0],
  amounts: [10n, 12n],
  weights: [1n, -1n],
};
const text = 'problem 2\n0 1\n1 0\n10 12\n1 -1';

test('the text is as it is said to be', () => {
  assert.equal(packProblem(ring), text);
  assert.equal(packSolution({ cleared: [10n], prices: [0n, -1n] }), 'solution\n10\n0 -1');
});

const malformed: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', '', /it has 1 lines, not 5/],
  ['a line too many', `${text}\n`, /it has 6 lines/],
  ['another head', text.replace('problem 2', 'solution'), /begins otherwise/],
  ['no number of participants', text.replace('problem 2', 'problem 0x2'), /begins otherwise/],
  ['a column too short', text.replace('10 12', '10'), /2 debtors and 1 amounts/],
  ['two spaces', text.replace('10 12', '10  12'), /number 1 of a column is no whole number/],
  ['a space at the end', text.replace('10 12', '10 12 '), /number 2 of a column/],
  ['hexadecimal', text.replace('10 12', '0x10 12'), /number 0/],
  ['a zero in front', text.replace('10 12', '010 12'), /number 0/],
  ['minus zero', text.replace('1 -1', '1 -0'), /number 1/],
  ['a fraction', text.replace('10 12', '10.5 12'), /number 0/],
  ['digits of another script', text.replace('10 12', '１０ 12'), /number 0/],
  ['a number without end', text.replace('10 12', `${'9'.repeat(41)} 12`), /number 0/],
  ['a negative amount', text.replace('10 12', '-10 12'), /amount 0 is -10, below zero/],
  ['a participant that is none', text.replace('1 0', '1 2'), /creditor 1 is 2/],
  ['a participant past exact numbers', text.replace('1 0', `1 ${2n ** 70n}`), /creditor 1 is/],
  ['a text too long', 'x'.repeat(maxPackedLength + 1), /more than 1000000/],
];

for (const [name, packed, message] of malformed) {
  test(`refuses ${name}`, () => assert.throws(() => unpackProblem(packed), message));
}

test('refuses what is no solution, and what is no text', () => {
  assert.throws(() => unpackSolution('solution\n1'), /it has 2 lines, not 3/);
  assert.throws(() => unpackSolution('problem\n1\n1'), /begins otherwise than a solution/);
  assert.throws(() => unpackSolution('solution\n1\nx'), /number 0 of a column/);
  assert.throws(() => unpackSolution(7 as unknown as string), /it is no text/);
});

test('what is longer than a message is not packed', () => {
  const many = Array.from({ length: 300_000 }, () => 0);
  const long = {
    participants: 1,
    debtors: many,
    creditors: many,
    amounts: many.map(() => 1n),
    weights: many.map(() => 1n),
  };
  assert.throws(() => packProblem(long), /more than the 1000000 of a message/);
});
