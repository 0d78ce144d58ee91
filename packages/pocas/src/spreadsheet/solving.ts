/** Solves a circle, currency by currency, on a thread beside: this one would not hear Ctrl-C. */
import {
  CancelledError,
  type Network,
  type Result,
  type Settlement,
  numberNetwork,
  planSettlement,
  remainingOf,
  resultOf,
} from '@pocas/clearing/setoff';
import { solveInThread } from '../solver/solver.ts';
import type { Part } from './circle.ts';

/** What one currency comes to. */
export type Solved = { readonly result: Result; readonly settlement: Settlement };

export type SolvingOptions = {
  /** Whether there is a file of wishes. Without one everybody recalls all and can pay all. */
  readonly hasWishes: boolean;
  /** Through whom payments go. */
  readonly hub?: string | undefined;
  /** From 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
  /** Default: on a thread beside. What it answers is checked. */
  readonly solve?: typeof solveInThread;
};

export { CancelledError };

export const networkOf = ({ debts, lines }: Part): Network => ({
  obligations: debts.map(({ origin, debtor, creditor, amount, due, priority, weight }) => ({
    ...{ origin, debtor, creditor, amount },
    ...(due === undefined ? {} : { due }),
    ...(priority === undefined ? {} : { priority }),
    ...(weight === undefined ? {} : { weight }),
  })),
  lines: lines.map(({ origin, lender, borrower, limit }) => ({ origin, lender, borrower, limit })),
});

/** As long as somebody at the terminal waits. */
const patienceMilliseconds = 24 * 60 * 60 * 1000;

/** Whoever says nothing wants nothing, and is asked for nothing. */
const nothing = { recall: 0n, pays: 0n };

type Tell = (done: number) => void;

const solvePart = async (
  part: Part,
  known: Result | undefined,
  { hasWishes, hub, signal, solve = solveInThread }: SolvingOptions,
  tell: readonly [Tell, Tell],
): Promise<Solved> => {
  const options = {
    maxMilliseconds: patienceMilliseconds,
    ...(signal === undefined ? {} : { signal }),
  };
  const network = networkOf(part);
  const setOff = async (): Promise<Result> => {
    const numbered = numberNetwork(network);
    const solution = await solve(numbered.problem, { ...options, progress: tell[0] });
    return resultOf(numbered, solution);
  };
  const result = known ?? (await setOff());
  const byName = new Map(part.wishes.map((wish) => [wish.participant, wish]));
  const { problem, settlementOf } = planSettlement(
    remainingOf(network, result),
    hasWishes ? (name) => byName.get(name) ?? nothing : undefined,
    hub === undefined ? {} : { hub },
  );
  const solution = await solve(problem, { ...options, progress: tell[1] });
  return { result, settlement: settlementOf(solution) };
};

/**
 * Each currency in its turn: what is cleared, and how the rest may be paid.
 *
 * @param known - where the set-off is known, only the payments are planned
 * @throws CancelledError; RangeError where amounts are too large for exact calculation
 */
export const solveParts = async (
  parts: readonly Part[],
  options: SolvingOptions,
  known: readonly Result[] = [],
): Promise<readonly Solved[]> => {
  const { onProgress } = options;
  const whole = parts.reduce((sum, { debts }) => sum + debts.length, 0);
  const solved: Solved[] = [];
  let before = 0;
  for (const [i, part] of parts.entries()) {
    const from = before;
    const size = part.debts.length;
    // What remains is paid by a plan that is about as much work.
    const tell =
      (half: 0 | 1): Tell =>
      (done) =>
        onProgress?.((from + (size * (half + done)) / 2) / whole);
    solved.push(await solvePart(part, known[i], options, [tell(0), tell(1)]));
    before += size;
  }
  return solved;
};
