/** Founding places (SPEC M1): "Any member can create a new market", and any other kind of place. */
import type { Facet } from '@pocas/vat-runtime';
import type { Founding, Refusal } from '@pocas/vat-runtime/actors';
import type { MarketParams } from '../market/types.ts';

/** What whoever founds a market says of it. */
export type MarketWish = Omit<MarketParams, 'secret'>;

/**
 * The node's power to make one kind of place as a vat of its own. It answers the root, which is claimed by whoever
 * founds it.
 *
 * @typeParam Wish - data that says what is founded; the vat checks it
 */
export type PlaceMaker<Wish = unknown> = { make(wish: Wish): Promise<Facet<Founding>> };

/** Makes places of one kind, as many as it was made for. It never holds anything of them. */
export type CountedMaker = {
  view(): { readonly left: bigint };
  changes(since?: string): Promise<string>;
  /**
   * Makes a place's vat and answers its root, by which the founder claims it. With the same `requestId`
   * it answers the same again. `quota` where all were made.
   */
  found(wish: unknown, requestId: string): Promise<FoundingMade | Refusal> | FoundingMade | Refusal;
};
export type FoundingMade = { readonly ok: true; readonly founding: Facet<Founding> };

/** By the word for the kind of place: `market`, `foco`, `shelf`, `decision`, `vault`, `repository`. */
export type CountedMakers = { readonly [kind: string]: Facet<CountedMaker> };
