/** The end of an epoch (SPEC 7.1), as a pure function of what was counted. */
import { mostValue } from './bounds.ts';
import { reliabilityAfter, without } from './counting.ts';
import type { Row } from './row.ts';
import { nothingYet, packCounts, unpackCounts } from './row.ts';
import { limitsOf, smoothed } from './rule.ts';
import type { Counted, LimitParams, MarketTotals } from './types.ts';
import { changed, uncarried, unusedOf } from './vouching.ts';

export type Closing = {
  /** In which the running counts were made. */
  readonly opened: bigint;
  /** That has ended: the same, or a later one where a market slept over some. */
  readonly ended: bigint;
  readonly params: LimitParams;
  readonly balances: ReadonlyMap<bigint, bigint>;
};

/** The row after the epoch, and what of it and of past ones counts. */
const counted = (
  row: Row,
  { opened, ended, params, balances }: Closing,
  member: bigint,
): { readonly row: Row; readonly counts: readonly Counted[] } => {
  const { sold, spent } = row.running;
  const balance = balances.get(member) ?? row.balance;
  const now = { epoch: opened, sold: countable(sold), spent: countable(spent) };
  const past = unpackCounts(row.past);
  const unspent = spent < 0n ? without(past, 'spent', -spent) : past;
  const before = sold < 0n ? without(unspent, 'sold', -sold) : unspent;
  const counts = [now, ...before].filter(
    (one) => ended - one.epoch < params.window && (one.sold > 0n || one.spent > 0n),
  );
  const reliability = reliabilityAfter(row, balance);
  return {
    row: { ...row, balance, reliability, past: packCounts(counts), running: nothingYet },
    counts,
  };
};

// No one member's trade keeps all the others from their limits; past this nothing would count anyway.
const countable = (value: bigint): bigint =>
  value < 0n ? 0n : value > mostValue ? mostValue : value;

/** Takes back, as far as it is unused, what lenders' own limits do not carry any more. */
const withCarriedVouches = (rows: Map<bigint, Row>): void => {
  for (const lender of rows.keys())
    for (const { member, value } of uncarried(rows.get(lender)!)) {
      const from = rows.get(lender)!;
      const to = rows.get(member)!;
      const unused = unusedOf(to, to.balance < 0n ? -to.balance : 0n);
      const by = value < unused ? value : unused;
      if (by === 0n) continue;
      rows.set(lender, { ...from, given: changed(from.given, member, -by) });
      rows.set(member, { ...to, taken: changed(to.taken, lender, -by) });
    }
};

/** All rows as they are after the end of an epoch, and the market's totals. */
export const closeRows = (
  rows: ReadonlyMap<bigint, Row>,
  closing: Closing,
): { readonly rows: ReadonlyMap<bigint, Row>; readonly market: MarketTotals } => {
  const { ended, params } = closing;
  const members = [...rows].map(([member, row]) => ({
    member,
    ...counted(row, closing, member),
  }));
  const result = limitsOf(
    params,
    members.map(({ row, counts }) => ({
      reliability: row.reliability,
      counted: counts.map(({ epoch, sold, spent }) => ({ ago: ended - epoch, sold, spent })),
    })),
  );
  const after = new Map(
    members.map(({ member, row }, index): [bigint, Row] => {
      const terms = result.members[index]!;
      const fallen = smoothed(row.published, terms.earned);
      return [member, { ...row, terms, published: fallen > row.base ? fallen : row.base }];
    }),
  );
  withCarriedVouches(after);
  return { rows: after, market: result.market };
};
