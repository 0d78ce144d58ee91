/**
 * One physical item, or a stock of n, and who may promise it (SPEC M4, 7.6). The home is the single
 * writer; it stands where the thing is. Each market in which it is listed holds a claim facet of its own.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { JournalReader, Refusal, RefusalCode } from '@pocas/vat-runtime/actors';

/** Of whoever has the thing. */
export type ItemOwner = {
  view(): ItemView;
  changes(since?: string): Promise<string>;
  /**
   * A claim facet for one market. `conflict` where there was one of this label, `quota` for too many.
   *
   * @param label - for the owner's list
   */
  claimFor(
    label: string,
    requestId: string,
  ): { readonly ok: true; readonly claim: Facet<Claim> } | Refusal;
  /** The same as a text that can be sent to a market elsewhere. `unsupported` in a vat without a grantor. */
  claimLink(
    label: string,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true } | Refusal> | Refusal;
  /**
   * Ends one market's claims for good; what it confirmed stays. `notYet` while it has an offline lease,
   * `invalid` for a label that there is not.
   */
  revoke(label: string, requestId: string): { readonly ok: true } | Refusal;
  /** Sold or used by hand: the same compare-and-set. `insufficient`. */
  take(units: bigint, requestId: string): { readonly ok: true; readonly left: bigint } | Refusal;
  addStock(
    units: bigint,
    requestId: string,
  ): { readonly ok: true; readonly left: bigint } | Refusal;
  /**
   * Until then the holder of that claim alone may sell so many units, without asking; it reports them by
   * `tryClaim` and `confirm` before then. `insufficient`, `conflict` while it has one, `expired` for a time that is over.
   *
   * @param until - milliseconds since 1970
   */
  leaseOffline(
    label: string,
    units: bigint,
    until: bigint,
    requestId: string,
  ): { readonly ok: true } | Refusal;
  /** The same for so many hours from now. */
  sellOffline(
    label: string,
    units: bigint,
    hours: bigint,
    requestId: string,
  ): { readonly ok: true } | Refusal;
  /** What happened, chained by hashes. Without entries where the home keeps no journal. */
  journal(): Facet<JournalReader> | undefined;
};
/** All units that there ever were: free, claimed, leased, fulfilled, taken. */
export type Stock = {
  /** Can be claimed by anybody. */
  readonly free: bigint;
  readonly claimed: bigint;
  /** Set aside for those who sell offline. */
  readonly leased: bigint;
  /** Confirmed. */
  readonly fulfilled: bigint;
  /** By hand. */
  readonly taken: bigint;
};
export type ItemView = Stock & {
  readonly what: string;
  /** At most 30. */
  readonly markets: readonly MarketItem[];
};
export type MarketItem = {
  readonly label: string;
  readonly claimed: bigint;
  readonly fulfilled: bigint;
  /** How many claims ended without having been confirmed: a market with many of them blocks the others. */
  readonly unused: bigint;
  readonly leased: bigint;
  readonly isRevoked: boolean;
};

/**
 * Of one market. All are idempotent by `orderId`, which is random. In the same vat they answer at once;
 * from another vat they are called by `send`, so that none is lost or done twice.
 */
export type Claim = {
  view(): { readonly what: string; readonly free: bigint };
  changes(since?: string): Promise<string>;
  /**
   * `claimed` (none is free now), `insufficient` (fewer are free), `closed` (none will be, or revoked),
   * `quota` (too many claims that were not confirmed).
   *
   * @param ttl - milliseconds; the home may shorten it
   */
  tryClaim(orderId: string, units: bigint, ttl: bigint): Claimed | ClaimRefusal;
  /**
   * For good. `expired` where the claim has lapsed and its units are gone, `closed` where it was
   * restored or revoked: the first of these answers is the only one.
   */
  confirm(orderId: string): Confirmed | ClaimRefusal;
  /** Gives confirmed or claimed units back, once. Of an order that was never heard of: it can claim no more. */
  restore(orderId: string): Confirmed;
  /** Told by `send` when no unit is left (`soldOut`), and when some are there again (`available`). */
  follow(listing: Facet<ClaimListener>): { readonly free: bigint };
};
/**
 * `journal`: the number and the hash of the newest entry in the home's journal, as `12 hash`; empty where
 * it keeps none. Two answers with one number and two hashes cannot both be of one history (`equivocates`).
 */
export type Claimed = { readonly ok: true; readonly expires: bigint; readonly journal: string };
export type Confirmed = { readonly ok: true; readonly journal: string };
export type ClaimRefusal = {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly journal: string;
};
export type ClaimListener = { soldOut(): void; available(free: bigint): void };

/** What a home needs of time. `MarketInside` is one. */
export type ItemTime = {
  now(): bigint;
  wakeAt(at: bigint, task: Facet<{ due(ctx: unknown): void }>, ctx: unknown): bigint;
  cancelWake(timer: bigint): void;
};
