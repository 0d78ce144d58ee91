/**
 * Problems as solvers work on them: columns of exact doubles. Not for vats, where there are no typed arrays.
 * What is written is written through a `DataView`: on Node 20 `lockdown()` makes each store into a
 * typed array a hundred times slower, and whoever hands a problem to a solver's thread is locked down.
 */
import type { Columns } from './circulation.ts';
import { maxExact, tooLarge } from './limits.ts';
import { checkProblem } from './problem.ts';
import type { Problem, Solution } from './types.ts';

const isLittleEndian = (): boolean => new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** @throws TypeError, RangeError where columns are malformed, or a sum or weight passes 2^53 − 1 */
export const columnsOf = (problem: Problem): Columns => {
  checkProblem('solve', problem);
  const { participants, debtors, creditors, amounts, weights } = problem;
  const edges = debtors.length;
  const little = isLittleEndian();
  const buffers = [4, 4, 8, 8].map((bytes) => new ArrayBuffer(bytes * edges)) as [
    ArrayBuffer,
    ArrayBuffer,
    ArrayBuffer,
    ArrayBuffer,
  ];
  const [from, to, cap, weight] = buffers.map((buffer) => new DataView(buffer)) as [
    DataView,
    DataView,
    DataView,
    DataView,
  ];
  let sum = 0;
  for (let i = 0; i < edges; i += 1) {
    // The sum of two exact doubles may round, but not to what is exact again.
    const amount = Number(amounts[i]);
    sum += amount;
    if (sum > Number.MAX_SAFE_INTEGER) {
      let exact = 0n;
      for (const each of amounts) exact += each;
      throw tooLarge('solve', 'the amounts sum to', exact);
    }
    const worth = Number(weights[i]);
    if (Math.abs(worth) > Number.MAX_SAFE_INTEGER) {
      throw tooLarge('solve', `weight ${i} is`, weights[i]!);
    }
    from.setInt32(4 * i, debtors[i]!, little);
    to.setInt32(4 * i, creditors[i]!, little);
    cap.setFloat64(8 * i, amount, little);
    weight.setFloat64(8 * i, worth, little);
  }
  return {
    n: participants,
    from: new Int32Array(buffers[0]),
    to: new Int32Array(buffers[1]),
    cap: new Float64Array(buffers[2]),
    weight: new Float64Array(buffers[3]),
  };
};

const toBigInts = (values: Float64Array): readonly bigint[] =>
  Object.freeze(Array.from(values, BigInt));

/** @throws RangeError where a value is no whole number, or past 2^53 − 1 */
export const solutionOf = (solved: {
  readonly flow: Float64Array;
  readonly price: Float64Array;
}): Solution => {
  for (const price of solved.price) {
    if (Math.abs(price) > Number.MAX_SAFE_INTEGER) {
      throw RangeError(`Cannot solve: a price passes 2^53 − 1 (${maxExact}) and is not exact`);
    }
  }
  return Object.freeze({ cleared: toBigInts(solved.flow), prices: toBigInts(solved.price) });
};
