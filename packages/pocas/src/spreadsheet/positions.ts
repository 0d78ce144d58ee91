/** What a set-off comes to for each participant, and for all. */
import type { Result, Settlement } from '@pocas/clearing/setoff';
import type { Part } from './circle.ts';
import type { Solved } from './solving.ts';

export type Position = {
  readonly participant: string;
  readonly owed: bigint;
  readonly owes: bigint;
  /** Of what it owes. */
  readonly cleared: bigint;
  /** By credit lines: what it newly owes. */
  readonly drawn: bigint;
  readonly owedAfter: bigint;
  readonly owesAfter: bigint;
  /** What it is owed less what it owes, before and after. */
  readonly net: bigint;
};

/** For people: what comes first in the alphabet of most languages stands first, the same on every machine. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** In the order of names. */
export const positionsOf = ({ debts, lines }: Part, { cleared, drawn }: Result): Position[] => {
  const clearedOf = new Map(cleared);
  const drawnOf = new Map(drawn);
  type Sums = { owed: bigint; owes: bigint; cleared: bigint; drawn: bigint; owedAfter: bigint };
  const all = new Map<string, Sums>();
  const of = (name: string): Sums => {
    const known = all.get(name);
    if (known !== undefined) return known;
    const sums = { owed: 0n, owes: 0n, cleared: 0n, drawn: 0n, owedAfter: 0n };
    all.set(name, sums);
    return sums;
  };
  for (const { origin, debtor, creditor, amount } of debts) {
    const value = clearedOf.get(origin) ?? 0n;
    of(debtor).owes += amount;
    of(debtor).cleared += value;
    of(creditor).owed += amount;
    of(creditor).owedAfter += amount - value;
  }
  for (const { origin, lender, borrower } of lines) {
    const value = drawnOf.get(origin) ?? 0n;
    if (value === 0n) continue;
    of(borrower).drawn += value;
    of(lender).owedAfter += value;
  }
  return [...all]
    .map(([participant, sums]) => ({
      participant,
      ...sums,
      owesAfter: sums.owes - sums.cleared + sums.drawn,
      net: sums.owed - sums.owes,
    }))
    .toSorted((a, b) => byName(a.participant, b.participant));
};

/** Of one currency, in its smallest unit. */
export type Summary = {
  readonly currency: string;
  readonly places: number;
  readonly participants: number;
  readonly obligations: number;
  readonly owed: bigint;
  readonly cleared: bigint;
  /** By credit lines: debt that is new. */
  readonly drawn: bigint;
  readonly remaining: bigint;
  /** The sum of all balances above zero: less than this cannot remain. */
  readonly netDebt: bigint;
  /** What has to be put in from outside so that those who want it are paid. */
  readonly outsideMoney: bigint;
  /** What of that nobody can pay. */
  readonly unserved: bigint;
  readonly transfers: number;
};

const sum = (values: readonly bigint[]): bigint => values.reduce((so, value) => so + value, 0n);

/** The way of payment that was chosen: through somebody in the middle, where one was named. */
export const transfersOf = ({ direct, byHub }: Settlement): Settlement['direct'] => byHub ?? direct;

export const summaryOf = (part: Part, { result, settlement }: Solved): Summary => {
  const positions = positionsOf(part, result);
  const owed = sum(part.debts.map(({ amount }) => amount));
  return {
    currency: part.currency,
    places: part.places,
    participants: positions.length,
    obligations: part.debts.length,
    owed,
    cleared: result.total,
    drawn: result.lent,
    remaining: owed - result.total + result.lent,
    netDebt: sum(positions.map(({ net }) => (net > 0n ? net : 0n))),
    outsideMoney: settlement.total,
    unserved: settlement.unserved,
    transfers: transfersOf(settlement).length,
  };
};
