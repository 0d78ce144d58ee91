/** A component in the numbers that solvers see, and what is believed of their answers. */
import { faultsOfSolution } from '../setoff/certificate.ts';
import { unpackSolution } from '../setoff/packed.ts';
import type { Problem, Solution } from '../setoff/types.ts';
import { weightsOf } from '../setoff/weights.ts';
import { debtsOf } from './components.ts';
import { maxPrice } from './limits.ts';
import type { NetEdge } from './matching.ts';

/** Participants have the places of their seats in `seatsOf`; edges stand in the order of their origins. */
export const problemOf = (edges: readonly NetEdge[]): Problem => {
  const debts = debtsOf(edges);
  const ranks = edges.map(({ isLine, priority }) =>
    isLine
      ? ({ kind: 'line' } as const)
      : ({ kind: 'obligation', priority: BigInt(priority) } as const),
  );
  return { ...debts, weights: weightsOf(debts, ranks) };
};

const isTooFar = (price: bigint): boolean => price > maxPrice || price < -maxPrice;

/**
 * What a solver answered, if it solves exactly this problem and its certificate holds; else why not.
 *
 * @param packed - anything at all
 */
export const solutionOf = (
  problem: Problem,
  packed: unknown,
): { readonly solution: Solution } | { readonly fault: string } => {
  if (typeof packed !== 'string') return { fault: 'it is no text' };
  let solution: Solution;
  try {
    solution = unpackSolution(packed);
  } catch {
    return { fault: 'it cannot be read' };
  }
  const [fault] = faultsOfSolution(problem, solution);
  if (fault !== undefined) return { fault };
  // Prices may be shifted at will and hold; each of them is told to several.
  if (solution.prices.some(isTooFar)) return { fault: 'a price is beyond any honest one' };
  return { solution };
};
