/** How a limit came to be (SPEC 0.1, convention 10), for the member whose it is. */
import type { Row } from './row.ts';
import { limitsOfRow, totalOf, unpackCounts } from './row.ts';
import { ruleVersion } from './rule.ts';
import type { Explained, LimitParams, MarketTotals } from './types.ts';

/** What an epoch's end left to explain later: it must not change with the charter. */
export type Closed = {
  readonly epoch: bigint | undefined;
  readonly params: LimitParams;
  readonly market: MarketTotals;
};

/** The counts, the terms between, and the limit. Vouches count as they are now, since they change limits at once. */
export const explainRow = (row: Row, { epoch, params, market }: Closed): Explained => {
  const { turnover, perHead, bound, wanted } = market;
  const { past, reliability, terms, published, given, taken } = row;
  return {
    ok: true,
    rule: ruleVersion,
    epoch,
    params,
    // What all others want together says something of them, so it is told only where it is needed.
    market: { turnover, perHead, bound, ...(wanted > bound ? { wanted } : {}) },
    counted: unpackCounts(past),
    reliability,
    terms,
    published,
    vouchedIn: totalOf(taken),
    vouchedOut: totalOf(given),
    limits: limitsOfRow(params, row),
  };
};
