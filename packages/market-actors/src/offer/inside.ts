/** What the objects of this room are to each other. These facets never leave the vat. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Brands } from './brands.ts';
import type { Payout } from '../order/types.ts';
import type { Claim } from '../item/types.ts';
import type {
  Offer,
  OfferBook,
  OfferItem,
  OfferStatus,
  OfferTerms,
  OwnOfferItem,
} from './types.ts';

/** An offer behind its versions. */
export type OfferInside = {
  /** Of the offer, whatever its version. */
  number(): bigint;
  maker(): Facet<MemberInside>;
  terms(): OfferTerms;
  version(): bigint;
  /** The number of the version that counts. */
  current(): bigint;
  status(): OfferStatus;
  available(): string;
  claim(): Facet<Claim> | undefined;
  label(): object | undefined;
  payout(): Facet<Payout> | undefined;
  ownItem(): OwnOfferItem;
  /** Ends it for good; running orders go on. */
  withdraw(): void;
};
export type Listed = { readonly offer: Facet<Offer>; readonly inside: Facet<OfferInside> };

/** `market.part('offer')`, to the objects of this room. */
export type OfferBookInside = OfferBook & {
  /** What the market takes beside its own credit. */
  brands(): Facet<Brands>;
  /** Makes a version the one that can be found. */
  list(number: bigint, listed: Listed): void;
  unlist(number: bigint): void;
  /** Whether people see it: it can be ordered now. */
  show(number: bigint, isShown: boolean): void;
  find(offer: Facet<Offer>): Listed | undefined;
  /** What is not by `maker` and is about `words`, before a number, the newest first. */
  items(
    maker: bigint | undefined,
    words: string,
    before: bigint | undefined,
  ): { readonly items: readonly OfferItem[]; readonly next: bigint | undefined };
};

/** `member.part('offer')`. */
export type OfferDeskInside = {
  ended(offer: bigint): void;
  touch(): void;
  first(what: string, description: string, price: bigint): { readonly ok: true } | Refusal;
  /** Its participant leaves: nobody would hand over what they offered. */
  left(): void;
};

/** What labels say of one of theirs: whom the proceeds go to. Undefined: no label of this market. */
export type LabelBook = { payoutOf(label: object): Facet<Payout> | undefined };

export const bookOf = (market: Facet<MarketInside>): Facet<OfferBookInside> =>
  market.part('offer') as Facet<OfferBookInside>;

/** What the room of reviews keeps: `market.part('review')`. */
export type OfferReviews = {
  of(offer: bigint): readonly { readonly text: string; readonly epoch: bigint }[];
  forget(offer: bigint): void;
};
export const reviewsOf = (market: Facet<MarketInside>): Facet<OfferReviews> =>
  market.part('review') as Facet<OfferReviews>;

export const payoutOf = (
  market: Facet<MarketInside>,
  label: object | undefined,
): Facet<Payout> | undefined => {
  if (label === undefined) return undefined;
  return (market.part('label') as Facet<LabelBook> | undefined)?.payoutOf(label);
};
