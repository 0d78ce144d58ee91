/**
 * What remains after a set-off, paid in outside money along the debts that are there (SPEC C13). Fit for
 * vats, but for `planPayments`.
 *
 * Who wants to be paid says how much (`recall`), who can pay says how much (`pays`). Money goes in at
 * those who owe on balance, never more than that; each pays its creditors with what it put in or
 * was paid itself; it stays with those who are owed on balance, never more than that and their recall.
 * So each net position comes closer to zero or stays, no debt grows, and nobody is asked for
 * more than it said.
 */
import { faultsOfSolution } from './certificate.ts';
import type { Control } from './circulation.ts';
import { shown } from './limits.ts';
import { checkDebts } from './problem.ts';
import { solveProblem } from './solve.ts';
import type { Debts, Money, Payments, Problem, Solution } from './types.ts';

/** What each participant is owed less what it owes. */
export const netsOf = ({ participants, debtors, creditors, amounts }: Debts): bigint[] => {
  const nets: bigint[] = Array(participants).fill(0n);
  amounts.forEach((amount, i) => {
    nets[debtors[i]!]! -= amount;
    nets[creditors[i]!]! += amount;
  });
  return nets;
};

const checkMoney = (participants: number, money: Money): void => {
  for (const name of ['recall', 'pays'] as const) {
    const column = money[name];
    if (column.length !== participants) {
      throw RangeError(
        `Cannot plan payments: there are ${participants} participants, and ${name} says it of ${column.length}`,
      );
    }
    const at = column.findIndex((value) => typeof value !== 'bigint' || value < 0n);
    if (at === -1) continue;
    throw RangeError(
      `Cannot plan payments: ${name} of participant ${at} is ${shown(column[at])}, not a bigint from zero up`,
    );
  }
};

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const sum = (values: readonly bigint[]): bigint => values.reduce((so, value) => so + value, 0n);

/** What each may put in and keep at most. */
const boundsOf = (debts: Debts, { recall, pays }: Money) => {
  const nets = netsOf(debts);
  return {
    puts: nets.map((net, i) => (net < 0n ? least(-net, pays[i]!) : 0n)),
    keeps: nets.map((net, i) => (net > 0n ? least(net, recall[i]!) : 0n)),
  };
};

/**
 * The plan as a problem for any solver: the participants and a node for money outside. Money flows from there
 * to those who put in, along debts from debtor to creditor, and back from those who keep it. To keep
 * one unit weighs as much as there are participants, to pay one along a debt −1, so lexicographically
 * as much as possible of the recalls is served, and then as little as possible is paid in all, which
 * is to say that money passes through as few hands as it can. (A simple cycle passes the node for money
 * once at most, and no more than n − 1 debts besides.)
 *
 * Edges: the debts as they are given, then for each participant what it puts in, then what it keeps.
 *
 * @throws TypeError, RangeError where debts or money are malformed
 */
export const paymentProblem = (debts: Debts, money: Money): Problem => {
  checkDebts('plan payments', debts);
  checkMoney(debts.participants, money);
  const { participants, debtors, creditors, amounts } = debts;
  const { puts, keeps } = boundsOf(debts, money);
  const everybody = Array.from({ length: participants }, (_, i) => i);
  const outside = everybody.map(() => participants);
  return {
    participants: participants + 1,
    debtors: [...debtors, ...outside, ...everybody],
    creditors: [...creditors, ...everybody, ...outside],
    amounts: [...amounts, ...puts, ...keeps],
    weights: [
      ...amounts.map(() => -1n),
      ...puts.map(() => 0n),
      ...keeps.map(() => BigInt(participants)),
    ],
  };
};

/**
 * The plan that a solution of `paymentProblem` stands for, whoever found it.
 * @throws Error where the solution is not feasible or not optimal
 */
export const paymentsOf = (debts: Debts, money: Money, solution: Solution): Payments => {
  const [fault] = faultsOfSolution(paymentProblem(debts, money), solution);
  if (fault !== undefined) throw Error(`Cannot use a plan of payments: ${fault}`);
  const { length } = debts.debtors;
  const { participants } = debts;
  const putIn = solution.cleared.slice(length, length + participants);
  const received = solution.cleared.slice(length + participants);
  const total = sum(received);
  return Object.freeze({
    paid: Object.freeze(solution.cleared.slice(0, length)),
    putIn: Object.freeze(putIn),
    received: Object.freeze(received),
    total,
    unserved: sum(boundsOf(debts, money).keeps) - total,
  });
};

/**
 * Plans the payments that serve as much as possible of the recalls. Where all who owe on balance can pay it,
 * all recalls are served, and the outside money is the least possible: Σ of the smaller of recall and
 * what is owed on balance. Where not all can be served, who is served is decided by the order of the
 * participants alone, and no rule of fairness.
 *
 * @throws TypeError, RangeError as `paymentProblem` and `solveProblem`; CancelledError
 */
export const planPayments = (debts: Debts, money: Money, control?: Control): Payments =>
  paymentsOf(debts, money, solveProblem(paymentProblem(debts, money), control));
