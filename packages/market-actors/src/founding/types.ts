/** Founding markets (SPEC M1): "Any member can create a new market". */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketFounding, MarketParams } from '../market/types.ts';

/** What whoever founds a market says of it. */
export type MarketWish = Omit<MarketParams, 'secret'>;

/** Makes markets, as many as it was made for. It never holds anything of them. */
export type MarketMakerCounted = {
  view(): { readonly left: bigint };
  changes(since?: string): Promise<string>;
  /**
   * Makes a market's vat and answers its root, by which the founder claims it. With the same `requestId`
   * it answers the same again. `quota` where all were made.
   */
  found(
    wish: MarketWish,
    requestId: string,
  ): Promise<FoundingMade | Refusal> | FoundingMade | Refusal;
};
export type FoundingMade = { readonly ok: true; readonly founding: Facet<MarketFounding> };
