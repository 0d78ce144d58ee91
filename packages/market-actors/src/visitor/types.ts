/** What somebody who is no participant can do in a market (SPEC M1): buy for money outside of it. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { OrderBuyer, OrderParts } from '../order/types.ts';

export type Visitor = {
  /** What can be had for outside money alone, the newest first, at most 30. */
  view(): VisitorView;
  changes(since?: string): Promise<string>;
  /**
   * Orders. Whoever holds the order is its buyer: nothing says who that is, but what `note` says. It is paid by
   * hand; `accept` of the order says that it was.
   *
   * @param offer - from `view().offers`
   * @param note - how the seller knows who comes, such as a word to say
   * Refusals: `stale`, `closed`, `insufficient` and `claimed` as for participants; `unsupported` where no price is
   * in outside money alone; `quota` where as many orders of visitors are open as there may be.
   */
  order(
    offer: Facet<object>,
    quantity: bigint,
    note: string,
    requestId: string,
  ): VisitorOrdered | Refusal;
};
export type VisitorView = { readonly market: string; readonly offers: readonly ForVisitors[] };
export type ForVisitors = {
  readonly offer: Facet<object>;
  readonly what: string;
  readonly description?: string;
  /** Of one, in words. */
  readonly price: string;
  readonly available?: string;
  readonly maker: string;
};
/** `goto`: the same order, for a page to go to. */
export type VisitorOrdered = {
  readonly ok: true;
  readonly order: Facet<OrderBuyer>;
  readonly goto: Facet<OrderBuyer>;
};

/** What the room of offers answers to this one: `market.part('offer')`. */
export type OffersForVisitors = {
  forVisitors(): readonly ForVisitors[];
  /** Which price of an offer is in outside money alone. */
  outsideOf(offer: Facet<object>): bigint | undefined;
  quote(
    offer: Facet<object>,
    quantity: bigint,
    alternative: bigint,
  ):
    | {
        readonly ok: true;
        readonly outside: string;
        readonly parts: Omit<OrderParts, 'buyer' | 'legs' | 'onEnd'>;
      }
    | Refusal;
};
