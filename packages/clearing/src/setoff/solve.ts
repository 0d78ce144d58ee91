/** The interface of the solver: whole numbers of any size in and out, exact doubles within. Not for vats. */
import { type Columns, type Control, solveCirculation } from './circulation.ts';
import { columnsOf, solutionOf } from './columns.ts';
import { handBack, mergeParallels } from './parallel.ts';
import type { Problem, Solution } from './types.ts';

/** As `solveProblem`, over columns of exact doubles. For threads that solve. */
export const solveColumns = (
  columns: Columns,
  control?: Control,
): { readonly flow: Float64Array; readonly price: Float64Array } => {
  const merged = mergeParallels(columns);
  const { flow, price } = solveCirculation(merged.columns, control);
  return { flow: handBack(columns, merged, flow), price };
};

/**
 * Finds the circulation of greatest weight: of each edge between nothing and its amount is cleared, as
 * much into each participant as out of it, and no other choice is worth more. Integral and exact.
 *
 * Of several that are worth the same, one is chosen by the numbers of the participants alone. The order
 * of the edges decides only among parallel ones of equal weight: the first is cleared first. So the
 * order that the caller gives is the canonical one; `setOff` takes due date, then origin.
 * An edge from a participant to itself is cleared whole if its weight is above zero, else not at all.
 *
 * @throws TypeError, RangeError where columns are malformed, or a currency's sum, a weight, or what the
 * solver has to count passes 2^53 − 1; CancelledError where `control.isCancelled` answers true
 */
export const solveProblem = (problem: Problem, control?: Control): Solution =>
  solutionOf(solveColumns(columnsOf(problem), control));
