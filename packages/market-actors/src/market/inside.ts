/** What the objects of one market are to each other. These facets never leave its vat. */
import type { Payee } from '@pocas/clearing';
import type { Facet } from '@pocas/vat-runtime';
import type {
  Offer,
  OfferItem,
  OfferStatus,
  OwnOfferItem,
  Participant,
  PurchaseItem,
  SaleItem,
} from './types.ts';

export type Charter = {
  readonly name: string;
  readonly unit: string;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
};

export type MarketInside = {
  charter(): Charter;
  /** A number that nothing else in this market has. */
  nextNumber(): bigint;
  enrol(name: string): Facet<Participant>;
  /** Whether there is room for one more offer. */
  hasRoom(): boolean;
  /** Makes a version the one that can be ordered. */
  list(version: bigint, entry: ListedVersion): void;
  unlist(version: bigint): void;
  /** The version that `offer` is, if it is this market's and can still be ordered or rests. */
  find(offer: Facet<Offer>): Facet<VersionInside> | undefined;
  /** What can be had now and is not by `maker`. */
  offersFor(maker: bigint | undefined): OfferItem[];
  /** Something that pages show has changed. */
  touch(): void;
};
export type ListedVersion = {
  readonly offer: Facet<Offer>;
  readonly inside: Facet<VersionInside>;
};

export type ParticipantInside = {
  number(): bigint;
  name(): string;
  payee(): Facet<Payee>;
  offerEnded(offer: bigint): void;
  bought(order: bigint, inside: Facet<OrderInside>): void;
  sold(order: bigint, inside: Facet<OrderInside>): void;
  /** The order has its final state. */
  orderEnded(order: bigint): void;
  touch(): void;
};

/** The offer behind its versions: the stock and the status are common to all of them. */
export type OfferInside = {
  available(): bigint;
  status(): OfferStatus;
  current(): bigint;
  maker(): Facet<ParticipantInside>;
  /** Takes pieces out of the stock; they must be there. */
  reserve(quantity: bigint): void;
  giveBack(quantity: bigint): void;
  ownItem(): OwnOfferItem;
};

export type VersionInside = {
  offer(): Facet<OfferInside>;
  terms(): Terms;
};
/** What an order is bound to. */
export type Terms = {
  readonly what: string;
  readonly description: string;
  readonly price: bigint;
  readonly version: bigint;
};

export type OrderInside = {
  purchaseItem(): PurchaseItem;
  saleItem(): SaleItem;
};
