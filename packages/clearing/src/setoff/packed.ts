/**
 * Problems and solutions as one text. A message between vats carries a few thousand values at most, and
 * a text is one: of a problem of 1,000,000 characters it carries some 50,000 edges. Fit for vats.
 *
 * A line for each column, decimal, separated by spaces:
 * `problem <participants>`, debtors, creditors, amounts, weights; `solution`, cleared values, prices.
 */
import { maxPackedLength } from './limits.ts';
import { checkProblem } from './problem.ts';
import type { Problem, Solution } from './types.ts';

const pack = (lines: readonly string[]): string => {
  const packed = lines.join('\n');
  if (packed.length <= maxPackedLength) return packed;
  throw RangeError(
    `Cannot pack: it has ${packed.length} characters, more than the ${maxPackedLength} of a message; split the network by component`,
  );
};

/** @throws TypeError, RangeError where it is malformed, or longer than a message */
export const packProblem = (problem: Problem): string => {
  checkProblem('pack', problem);
  const { participants, debtors, creditors, amounts, weights } = problem;
  const columns = [debtors, creditors, amounts, weights];
  return pack([`problem ${participants}`, ...columns.map((column) => column.join(' '))]);
};

/** @throws RangeError where it is longer than a message */
export const packSolution = ({ cleared, prices }: Solution): string =>
  pack(['solution', cleared.join(' '), prices.join(' ')]);

const malformed = (what: string): SyntaxError => SyntaxError(`Cannot unpack: ${what}`);

const linesOf = (packed: string, count: number): string[] => {
  if (typeof packed !== 'string') throw malformed('it is no text');
  if (packed.length > maxPackedLength) {
    throw malformed(`it has ${packed.length} characters, more than ${maxPackedLength}`);
  }
  const lines = packed.split('\n');
  if (lines.length !== count) throw malformed(`it has ${lines.length} lines, not ${count}`);
  return lines;
};

/** 40 digits are more than any sum of money. */
const WHOLE = /^(?:0|-?[1-9][0-9]{0,39})$/;

const columnOf = (line: string): bigint[] =>
  line === ''
    ? []
    : line.split(' ').map((word, i) => {
        if (!WHOLE.test(word)) throw malformed(`number ${i} of a column is no whole number`);
        return BigInt(word);
      });

const numbersOf = (line: string): number[] => columnOf(line).map(Number);

/** @throws SyntaxError, RangeError where it is not what `packProblem` writes */
export const unpackProblem = (packed: string): Problem => {
  const [head = '', debtors = '', creditors = '', amounts = '', weights = ''] = linesOf(packed, 5);
  const [, participants] = /^problem (0|[1-9][0-9]{0,9})$/.exec(head) ?? [];
  if (participants === undefined) throw malformed('it begins otherwise than a problem');
  const problem = {
    participants: Number(participants),
    debtors: numbersOf(debtors),
    creditors: numbersOf(creditors),
    amounts: columnOf(amounts),
    weights: columnOf(weights),
  };
  checkProblem('unpack', problem);
  return problem;
};

/** @throws SyntaxError where it is not what `packSolution` writes. Whether it solves anything: `faultsOfSolution` */
export const unpackSolution = (packed: string): Solution => {
  const [head, cleared = '', prices = ''] = linesOf(packed, 3);
  if (head !== 'solution') throw malformed('it begins otherwise than a solution');
  return { cleared: columnOf(cleared), prices: columnOf(prices) };
};
