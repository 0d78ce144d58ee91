/** Pools with assurance (SPEC F2). */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Card, DestinationInside, DestinationItem } from '../inside/types.ts';

type Done = { readonly ok: true } | Refusal;

/**
 * `open`: pledges come and go. `paying`: reached, all pledges are the pool's. `paid`: all of it went out.
 * `failed`: not reached, all pledges are back. `returned`: reached, and what was not paid is back.
 */
export type PoolPhase = 'open' | 'paying' | 'paid' | 'failed' | 'returned';

/** What whoever opens a pool says of it. */
export type PoolTerms = {
  readonly title: string;
  readonly words: string;
  /** Rising; the first is the target, the others are stretch targets. At most 10. */
  readonly targets: readonly bigint[];
  /** In milliseconds since 1970: decided once, then. */
  readonly deadline: bigint;
  /** So many at least have to pay something. */
  readonly least: bigint;
  /**
   * In so many equal parts: the first at once, each other after so many milliseconds; or, with `attested`,
   * each when the witness has said that its milestone was reached. What is not paid after `within` goes back.
   */
  readonly parts: bigint;
  readonly every: bigint;
  readonly attested: boolean;
  readonly within: bigint;
  /** A milestone that the witness has to attest before the deadline, or the pool fails. */
  readonly milestone?: string;
  /** A pool that has to have succeeded before. */
  readonly after?: Facet<Pool>;
  /** A participant, and not whoever opens it. */
  readonly witness?: Facet<Card>;
};

export type Pool = {
  view(): PoolView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};
export type PoolView = {
  readonly title: string;
  readonly words: string;
  readonly by: string;
  readonly whom: string;
  readonly unit: string;
  readonly phase: PoolPhase;
  readonly until: string;
  readonly target: bigint;
  readonly pledged: bigint;
  readonly pledgers: bigint;
  readonly least: bigint;
  /** So many targets are reached: while it is open, if it were decided now. */
  readonly reached: bigint;
  readonly targets: readonly {
    readonly name: string;
    readonly value: bigint;
    readonly isReached: boolean;
  }[];
  readonly milestone?: string;
  readonly witness?: string;
  readonly after?: Facet<Pool>;
  readonly attested: bigint;
  readonly taken: bigint;
  readonly paid: bigint;
  readonly parts: bigint;
};
export type PoolItem = {
  readonly title: string;
  readonly unit: string;
  readonly phase: PoolPhase;
  readonly until: string;
  readonly target: bigint;
  readonly pledged: bigint;
  /** One's own. */
  readonly yours: bigint;
  readonly pool: Facet<Pool>;
};

/** One participant's part in pools. */
export type PoolDesk = {
  view(): PoolDeskView;
  changes(since?: string): Promise<string>;
  /** Refusals: `invalid` for terms or a destination that are none, `quota` with ten open of one's own. */
  open(
    to: Facet<Card>,
    terms: PoolTerms,
    requestId: string,
  ): { readonly ok: true; readonly pool: Facet<Pool> } | Refusal;
  /** The same for a page: one target and perhaps a stretch target (0: none), paid at once. */
  openSimple(
    to: Facet<Card>,
    title: string,
    words: string,
    target: bigint,
    stretch: bigint,
    days: bigint,
    least: bigint,
    requestId: string,
  ): { readonly ok: true; readonly pool: Facet<Pool> } | Refusal;
  /**
   * Sets aside out of one's own envelope.
   * @param k - pays at most one `k`th of the total; 0 for no such cap
   * @param isFirm - cannot be taken back before the deadline
   */
  pledge(pool: Facet<Pool>, value: bigint, k: bigint, isFirm: boolean, requestId: string): Done;
  /** The same for a page: without a cap, and not firm. */
  pledgeSimple(pool: Facet<Pool>, value: bigint, requestId: string): Done;
  /** `closed` for a firm one, and once it was decided. */
  withdraw(pool: Facet<Pool>, requestId: string): Done;
  /** Of the witness: the milestone before the deadline, or the next of those by which it is paid. */
  attest(pool: Facet<Pool>, evidence: string, requestId: string): Done;
};
export type PoolDeskView = {
  readonly open: readonly PoolItem[];
  readonly decided: readonly PoolItem[];
  readonly destinations: readonly DestinationItem[];
};

export type PoolInside = {
  number(): bigint;
  public(): Facet<Pool>;
  item(who: bigint): PoolItem;
  by(): bigint;
  start(): void;
  hasSucceeded(): boolean;
  pledge(who: bigint, value: bigint, k: bigint, isFirm: boolean): Done;
  withdraw(who: bigint): Done;
  attest(who: bigint, evidence: string): Done;
};
export type PoolBoard = {
  open(
    who: bigint,
    to: Facet<Card>,
    terms: PoolTerms,
  ): { readonly ok: true; readonly pool: Facet<Pool> } | Refusal;
  find(pool: Facet<Pool>): Facet<PoolInside> | undefined;
  lists(who: bigint): PoolDeskView;
  decided(number: bigint): void;
};
/** The terms as the pool keeps them: designations are what they designate. */
export type KeptTerms = Omit<PoolTerms, 'after' | 'witness'> & {
  readonly by: bigint;
  readonly to: Facet<DestinationInside>;
  readonly after?: Facet<PoolInside>;
  readonly witness?: bigint;
};
