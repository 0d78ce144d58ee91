/** How a market's people decide together: by a body of decision that its founding handed in (SPEC M1, F15). */
import type { Facet } from '@pocas/vat-runtime';
import type { BallotShare } from '@pocas/vat-runtime/actors';

/** One's ballot, as a page of the market. */
export type DecisionDesk = {
  view(): DecisionDeskView;
  changes(since?: string): Promise<string>;
};
export type DecisionDeskView = {
  readonly market: string;
  /** Absent for as long as the body has not handed it out. */
  readonly ballot?: Facet<BallotShare>;
};
