/**
 * Who pays whom outside of the round, after it: so that those who recall are paid what they are owed on
 * balance, with as little money as possible. A proposal; each payment is for its two ends to make.
 */
import { paymentProblem, paymentsOf } from '../setoff/payments.ts';
import { unpackSolution } from '../setoff/packed.ts';
import type { Debts, Money, Problem } from '../setoff/types.ts';
import { debtsOf, seatsOf } from './components.ts';
import { maxSum } from './limits.ts';
import { countable } from './matching.ts';
import type { NetEdge } from './matching.ts';
import type { Report, Wishes } from './types.ts';

type Payment = Report['payments'][number];

/**
 * What is still owed after the round, as the round knows it: not more of an edge than was lodged of it.
 *
 * A plan counts money that comes in and money that stays besides, each no more than all of this. So the
 * largest are left out where three times the sum would be more than solvers can count; else two who
 * lodged an enormous obligation would leave everybody without a plan.
 */
export const remainsOf = (
  frozen: readonly NetEdge[],
  cleared: ReadonlyMap<number, bigint>,
): readonly NetEdge[] =>
  countable(
    frozen
      .filter(({ isLine }) => !isLine)
      .map((edge) => ({ ...edge, cap: edge.cap - (cleared.get(edge.edge) ?? 0n) }))
      .filter(({ cap }) => cap > 0n),
    maxSum / 3n,
  );

/** In the numbers of solvers. */
export type PaymentPlan = {
  readonly debts: Debts;
  readonly money: Money;
  readonly problem: Problem;
};

/** @returns undefined where nobody recalls, nobody pays, or nothing is owed */
export const planFor = (
  remaining: readonly NetEdge[],
  wishesOf: (seat: number) => Wishes | undefined,
): PaymentPlan | undefined => {
  const seats = seatsOf(remaining);
  const wishes = seats.map((seat) => wishesOf(seat) ?? { recall: 0n, pays: 0n });
  const money = { recall: wishes.map((one) => one.recall), pays: wishes.map((one) => one.pays) };
  if (!money.recall.some((value) => value > 0n) || !money.pays.some((value) => value > 0n)) {
    return undefined;
  }
  const debts = debtsOf(remaining);
  return { debts, money, problem: paymentProblem(debts, money) };
};

/**
 * What both ends of each edge are told to pay and to be paid, by seat.
 *
 * @param packed - of anybody; undefined where it is no solution of this plan
 */
export const paymentsBySeat = (
  remaining: readonly NetEdge[],
  { debts, money }: PaymentPlan,
  packed: unknown,
): ReadonlyMap<number, readonly Payment[]> | undefined => {
  if (typeof packed !== 'string') return undefined;
  let paid: readonly bigint[];
  try {
    ({ paid } = paymentsOf(debts, money, unpackSolution(packed)));
  } catch {
    return undefined;
  }
  const payments = new Map<number, Payment[]>();
  const add = (seat: number, payment: Payment): void => {
    const own = payments.get(seat);
    if (own === undefined) payments.set(seat, [payment]);
    else own.push(payment);
  };
  remaining.forEach(({ edge, from, to }, i) => {
    const value = paid[i]!;
    if (value === 0n) return;
    add(from, { edge, value });
    add(to, { edge, value });
  });
  return payments;
};
