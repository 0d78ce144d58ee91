/**
 * What one counterparty may cost the other, in figures.
 *
 * Both sides hold the same figures, and messages of a pair come in order, so that a side which keeps
 * to them is never refused by the other. What depends on a clock may only refuse proposals: a proposal
 * that is refused leaves nothing behind, while two halves that do not hear the same acts would differ.
 */
export type ObligationLimits = {
  /** Proposals of obligations and lines by one side that the other has not answered. */
  readonly openProposals: bigint;
  /** Proposals of the other side in one day by the clock, draws under lines too. */
  readonly proposalsPerDay: bigint;
  /** Obligations and lines with one counterparty that are open at the same time. */
  readonly open: bigint;
  /** Statements, forgivings and lowerings that one side may begin for one obligation or line. */
  readonly acts: bigint;
  readonly counterparties: bigint;
  /** Topics of one counterparty that somebody listens to. */
  readonly topics: bigint;
  /** Characters and values of what is said on a topic, and of its answer. */
  readonly said: number;
};

export const obligationLimits: ObligationLimits = {
  openProposals: 50n,
  proposalsPerDay: 1_000n,
  open: 5_000n,
  acts: 500n,
  counterparties: 1_000n,
  topics: 100n,
  said: 65_536,
};

/** Milliseconds. */
export const day: bigint = 24n * 60n * 60n * 1_000n;

/** How often something was done on a day. */
export type OfDay = { readonly day: bigint; readonly count: bigint };

/** One more now, or nothing where that would be more than `limit` on this day. */
export const oneMore = (before: OfDay, now: bigint, limit: bigint): OfDay | undefined => {
  const today = now / day;
  const count = before.day === today ? before.count : 0n;
  return count >= limit ? undefined : { day: today, count: count + 1n };
};
