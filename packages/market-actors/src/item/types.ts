/**
 * One physical item, or a stock of n, and who may promise it (SPEC M4, 7.6). The home is the single
 * writer; it stands where the thing is. Each market in which it is listed holds a claim facet of its own.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';

/** Of whoever has the thing. */
export type ItemOwner = {
  view(): ItemView;
  changes(since?: string): Promise<string>;
  /** A claim facet for one market. @param label - for the owner's list */
  claimFor(label: string, requestId: string): Facet<Claim>;
  /** Ends one market's claims for good; what it confirmed stays. */
  revoke(label: string, requestId: string): { readonly ok: true } | Refusal;
  /** Sold or used by hand: the same compare-and-set. `insufficient`. */
  take(units: bigint, requestId: string): { readonly ok: true; readonly left: bigint } | Refusal;
  addStock(
    units: bigint,
    requestId: string,
  ): { readonly ok: true; readonly left: bigint } | Refusal;
  /** Until then the holder of that claim alone may sell so many units, without asking. `insufficient`. */
  leaseOffline(
    label: string,
    units: bigint,
    until: bigint,
    requestId: string,
  ): { readonly ok: true } | Refusal;
};
export type ItemView = {
  readonly what: string;
  readonly free: bigint;
  readonly claimed: bigint;
  readonly fulfilled: bigint;
  readonly markets: readonly {
    readonly label: string;
    readonly claimed: bigint;
    readonly fulfilled: bigint;
    readonly isRevoked: boolean;
  }[];
};

/**
 * Of one market. All are idempotent by `orderId`, which is random. In the same vat they answer at once;
 * from another vat they are called by `send`, so that none is lost or done twice.
 */
export type Claim = {
  view(): { readonly what: string; readonly free: bigint };
  /** `claimed` (none is free now), `closed` (none will be, or revoked), `quota`. @param ttl - milliseconds */
  tryClaim(orderId: string, units: bigint, ttl: bigint): Claimed | Refusal;
  /** For good. `expired` where the claim has lapsed and its units are gone. */
  confirm(orderId: string): { readonly ok: true } | Refusal;
  /** Gives confirmed or claimed units back, once. */
  restore(orderId: string): { readonly ok: true } | Refusal;
  /** Told by `send` when no unit is left (`soldOut`), and when some are there again (`available`). */
  follow(listing: Facet<ClaimListener>): { readonly free: bigint };
};
export type Claimed = { readonly ok: true; readonly expires: bigint; readonly journal: string };
export type ClaimListener = { soldOut(): void; available(free: bigint): void };
