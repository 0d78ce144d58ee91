/** What remains after a set-off, in the words of the network, and how it is paid: payments.ts says what is least. */
import { shown } from './limits.ts';
import type { Control } from './circulation.ts';
import { netsOf, paymentProblem, paymentsOf } from './payments.ts';
import { solveProblem } from './solve.ts';
import { directTransfers, hubTransfers } from './transfers.ts';
import type { Debts, Network, Problem, Remaining, Result, Solution, Transfer } from './types.ts';

/** Finds a value by its origin. @throws where the result is of another network */
const valuesOf = (pairs: Result['cleared']): ((origin: string) => bigint) => {
  const values = new Map(pairs);
  return (origin) => {
    const value = values.get(origin);
    if (value !== undefined) return value;
    throw RangeError(`Cannot read a result: it does not say anything of ${shown(origin)}`);
  };
};

const byOrigin = (a: Remaining, b: Remaining): number =>
  a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0;

/**
 * All debts after a set-off, in the order of their origins: what is left of obligations, and what was drawn
 * of lines, which the borrower owes the lender. Those that are cleared are not among them.
 *
 * @throws RangeError where the result is not of this network
 */
export const remainingOf = (
  { obligations, lines = [] }: Network,
  { cleared, drawn }: Result,
): Remaining[] => {
  const clearedOf = valuesOf(cleared);
  const drawnOf = valuesOf(drawn);
  return [
    ...obligations.map(({ origin, debtor, creditor, amount }) => ({
      origin,
      debtor,
      creditor,
      amount: amount - clearedOf(origin),
      isNew: false,
    })),
    ...lines.map(({ origin, lender, borrower }) => ({
      origin,
      debtor: borrower,
      creditor: lender,
      amount: drawnOf(origin),
      isNew: true,
    })),
  ]
    .filter(({ amount }) => amount > 0n)
    .sort(byOrigin);
};

/** Debts in numbers: participants have those in which they first appear. */
export const numberRemaining = (
  remaining: readonly Remaining[],
): { readonly debts: Debts; readonly participants: readonly string[] } => {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  const ends = remaining.map(
    ({ debtor, creditor }) => [numberOf(debtor), numberOf(creditor)] as const,
  );
  return {
    debts: {
      participants: numbers.size,
      debtors: ends.map(([debtor]) => debtor),
      creditors: ends.map(([, creditor]) => creditor),
      amounts: remaining.map(({ amount }) => amount),
    },
    participants: [...numbers.keys()],
  };
};

/** What somebody wants and can, by what it is called. */
export type Wishes = { readonly recall: bigint; readonly pays: bigint };

export type Settlement = {
  /** Outside money in all, and what of the recalls nobody can pay. */
  readonly total: bigint;
  readonly unserved: bigint;
  /** What each debtor pays of each debt, where it pays any of it. */
  readonly payments: readonly (readonly [origin: string, value: bigint])[];
  /** The same outside: between those who put in and those who keep. One fewer than there are of both, at most. */
  readonly direct: readonly Transfer<string>[];
  /** The same by one in the middle, where one was named. */
  readonly byHub?: readonly Transfer<string>[];
};

/** The settlement as a problem for any solver, and what its solution says. */
export type SettlementPlan = {
  readonly problem: Problem;
  /** @throws Error where it is not feasible or not optimal */
  readonly settlementOf: (solution: Solution) => Settlement;
};

/** As `settle`, where the solving is done elsewhere. */
export const planSettlement = (
  remaining: readonly Remaining[],
  wishesOf?: (participant: string) => Wishes,
  { hub }: { readonly hub?: string } = {},
): SettlementPlan => {
  const { debts, participants } = numberRemaining(remaining);
  const nets = netsOf(debts);
  const size = (net: bigint) => (net < 0n ? -net : net);
  const wishes = participants.map(
    (name, i) => wishesOf?.(name) ?? { recall: size(nets[i]!), pays: size(nets[i]!) },
  );
  const money = {
    recall: wishes.map(({ recall }) => recall),
    pays: wishes.map(({ pays }) => pays),
  };
  const names =
    hub === undefined || participants.includes(hub) ? participants : [...participants, hub];
  const named = ({ from, to, value }: Transfer): Transfer<string> =>
    Object.freeze({ from: names[from]!, to: names[to]!, value });
  return Object.freeze({
    problem: paymentProblem(debts, money),
    settlementOf(solution: Solution): Settlement {
      const { paid, putIn, received, total, unserved } = paymentsOf(debts, money, solution);
      const changes = received.map((value, i) => value - putIn[i]!);
      return Object.freeze({
        total,
        unserved,
        payments: Object.freeze(
          paid.flatMap((value, i) =>
            value === 0n ? [] : [Object.freeze([remaining[i]!.origin, value] as const)],
          ),
        ),
        direct: Object.freeze(directTransfers(changes).map(named)),
        ...(hub === undefined
          ? {}
          : { byHub: Object.freeze(hubTransfers(changes, names.indexOf(hub)).map(named)) }),
      });
    },
  });
};

/**
 * The least outside money that settles what remains (`paymentProblem` says what is least), and the
 * ways to pay it. Not for vats.
 *
 * @param wishesOf - of each participant; without it, everybody recalls all and can pay all
 * @param hub - through whom to pay. It need not be a participant
 */
export const settle = (
  remaining: readonly Remaining[],
  wishesOf?: (participant: string) => Wishes,
  { hub, control }: { readonly hub?: string; readonly control?: Control } = {},
): Settlement => {
  const plan = planSettlement(remaining, wishesOf, hub === undefined ? {} : { hub });
  return plan.settlementOf(solveProblem(plan.problem, control));
};
