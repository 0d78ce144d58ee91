/**
 * Offers (SPEC M2): what somebody has for others, in versions, at a price of several brands or one of
 * several such prices. Values are whole numbers of their brand's smallest unit, times milliseconds since 1970.
 */
import type { Decider, Hold, Issuer, Payee } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk } from '../inside/types.ts';
import type { Claim } from '../item/types.ts';
import type { OrderBuyer, OrderParts, Watched } from '../order/types.ts';

/** A part of a price in a brand that is not the market's own: a voucher, or credit of another market. */
export type BrandPart = {
  /** One that the market accepts. */
  readonly issuer: Facet<Issuer>;
  /** The maker's, in that brand. */
  readonly payee: Facet<Payee>;
  readonly value: bigint;
  readonly unit: string;
  readonly step: bigint;
  /** Of a promise in this market (C7): then the buyer hands nothing over. What else the part says the market knows. */
  readonly voucher?: Facet<object>;
};
/** A price for one: all of its parts together. */
export type Bundle = {
  /** In the market's own credit; 0 for none. */
  readonly own: bigint;
  readonly brands: readonly BrandPart[];
  /** Such as `20 pesos`; empty for none. */
  readonly outside: string;
};

export type OfferTerms = {
  readonly what: string;
  readonly description: string;
  readonly category: string;
  /** Pickup or delivery: where, when, how. */
  readonly delivery: string;
  /** Minutes that a service takes; 0 where that says nothing. */
  readonly duration: bigint;
  /** One of these is paid. The first is shown as the price. */
  readonly alternatives: readonly Bundle[];
};

/** Where the units come from. `demand`: made when ordered, there is no stock. */
export type Stock =
  { readonly kind: 'units'; readonly units: bigint } | { readonly kind: 'demand' } | FarStock;
/** A home elsewhere promises them (SPEC 7.6). */
export type FarStock = { readonly kind: 'claim'; readonly claim: Facet<Claim> };

/** `soldOut`: there are none now. `over`: its time is past. */
export type OfferStatus = 'live' | 'soldOut' | 'paused' | 'over' | 'withdrawn';

/** One version of an offer: what it says never changes. Ordering needs a participant, or the till. */
export type Offer = Watched<OfferView> & {
  /** Where the market finds the version. It checks that the facet found there is this very one. */
  number(): bigint;
};
export type OfferView = {
  readonly what: string;
  /** Absent where nothing is said, as are the other optional ones. */
  readonly description?: string;
  readonly category?: string;
  readonly delivery?: string;
  readonly duration?: bigint;
  /** All prices in words: `10 créditos + 20 pesos`. */
  readonly prices: readonly string[];
  readonly price: string;
  readonly version: bigint;
  /** Units that are left, as far as is known here; absent where it is made on demand. */
  readonly available?: string;
  /** `changed`: the maker has put a newer version in its place. */
  readonly status: OfferStatus | 'changed';
  /** The label of what is offered (M12), to be compared with the one on the thing itself. */
  readonly label?: object;
  /** What buyers say of it, the newest 10; absent where nobody said anything. */
  readonly reviews?: readonly { readonly text: string; readonly epoch: bigint }[];
};
/** An offer in a list, with what a buyer needs to order it. */
export type OfferItem = Pick<
  OfferView,
  'what' | 'description' | 'price' | 'available' | 'category' | 'delivery'
> & {
  readonly offer: Facet<Offer>;
  readonly maker: string;
  /** Of the first price: in the market's own credit, for one. */
  readonly own: bigint;
  /** Whether the only way to pay is the market's own credit. */
  readonly isPlain: boolean;
};

// ---- makers -------------------------------------------------------------------------------------

/** A change gives a new version; running orders keep theirs. Refusals as of `Shop.offer`, and `closed` once withdrawn. */
export type OfferMaker = Watched<OfferMakerView> & {
  changeText(what: string, description: string, requestId: string): Edited | Refusal;
  /** The price in the market's own credit, of the first alternative. */
  changePrice(price: bigint, requestId: string): Edited | Refusal;
  /** Another way to pay: credits and money outside, in words. `quota` for too many. */
  addPrice(own: bigint, outside: string, requestId: string): Edited | Refusal;
  /** Adds value of another brand to a price. `invalid` where the market does not accept the brand. */
  addBrand(
    alternative: bigint,
    issuer: Facet<Issuer>,
    payee: Facet<Payee>,
    value: bigint,
    requestId: string,
  ): Edited | Refusal;
  /** The same with the maker's account there as a pasted text. */
  addBrandLink(
    alternative: bigint,
    issuer: Facet<Issuer>,
    value: bigint,
    link: string,
    requestId: string,
  ): Promise<Edited | Refusal>;
  /**
   * Adds vouchers of this market to a price, so many for one. `stale` for what is none, or over, or nobody
   * else's to have; `quota` where the maker can have no more kinds of them.
   */
  addVoucher(
    alternative: bigint,
    voucher: Facet<object>,
    count: bigint,
    requestId: string,
  ): Edited | Refusal;
  /** Takes a way to pay away, not the last one: `insufficient`. */
  removePrice(alternative: bigint, requestId: string): Edited | Refusal;
  changeDelivery(delivery: string, category: string, requestId: string): Edited | Refusal;
  /** There are more. `unsupported` where there is no stock here. */
  addStock(quantity: bigint, requestId: string): Edited | Refusal;
  /** Shows it for so many days from now; 0 for as long as it is there. */
  setDays(days: bigint, requestId: string): Edited | Refusal;
  pause(): OfferDone | Refusal;
  resume(): OfferDone | Refusal;
  /** Ends the offer for good. Running orders go on. */
  withdraw(): OfferDone;
};
export type OfferMakerView = OfferView & {
  readonly until?: string;
  readonly thing?: object;
  /** What else this market takes, where there is anything. */
  readonly brands?: readonly AcceptedBrand[];
  /** Promises of this market that may be asked for, where there are any. */
  readonly vouchers?: readonly PriceableVoucher[];
};
export type PriceableVoucher = {
  readonly what: string;
  readonly issuedBy: string;
  readonly voucher: Facet<object>;
};
export type Edited = { readonly ok: true; readonly version: bigint };
export type OfferDone = { readonly ok: true };
export type OwnOfferItem = Omit<
  OfferMakerView,
  'label' | 'thing' | 'brands' | 'vouchers' | 'reviews'
> & {
  readonly maker: Facet<OfferMaker>;
  readonly act: object;
};

// ---- a participant's desk -----------------------------------------------------------------------

/** What a buyer hands over for a part of the price in another brand: see `Issuer.takeOver`. */
export type Handed = { readonly hold: Facet<Hold>; readonly decider: Facet<Decider> };

export type OfferDeskView = {
  /** What others offer and can be had now, the newest first, at most 30. */
  readonly offers: readonly OfferItem[];
  /** Of these, those that can be paid in several ways, or only with something of another market. */
  readonly otherWays?: readonly OfferItem[];
  /** What is looked for. Absent: everything. */
  readonly looking?: string;
  /** Goes on to older ones, where there are any. */
  readonly more?: object;
  readonly ownOffers: readonly OwnOfferItem[];
};
export type OfferDesk = Desk &
  Watched<OfferDeskView> & {
    /**
     * Offers something. Refusals: `quota`, `closed` while the market winds down, `limit` where this market
     * has one price for everything, `unsupported` for a unit, `invalid` for a category it does not have,
     * `conflict` for what it does not want.
     */
    offer(
      what: string,
      description: string,
      price: bigint,
      quantity: bigint,
      requestId: string,
    ): Offered | Refusal;
    /** The same with all there is to say. */
    offerWith(
      terms: OfferTerms,
      stock: Stock,
      options: OfferOptions,
      requestId: string,
    ): Offered | Refusal;
    /**
     * The same of a thing that is kept elsewhere, by the text that its owner has for this market: its home says
     * who gets it, wherever else it is offered (M4). `invalid` for no such text, `unsupported` without links.
     */
    offerThere(
      what: string,
      description: string,
      price: bigint,
      link: string,
      requestId: string,
    ): Promise<Offered | Refusal>;
    /**
     * Orders at the first price, where that needs nothing of another brand. Refusals: `stale` where the maker
     * has changed or withdrawn it since; `closed` while it rests, `insufficient` and `claimed` where there are
     * not that many, `limit`, `quota`, `unsupported` for one's own offer or a price in other brands.
     */
    order(offer: Facet<Offer>, quantity: bigint, requestId: string): Ordered | Refusal;
    /** Orders at another price. @param handed - one for each other brand in it, in their order */
    orderWith(
      offer: Facet<Offer>,
      alternative: bigint,
      quantity: bigint,
      handed: readonly Handed[],
      requestId: string,
    ): Ordered | Refusal;
    /**
     * Orders at another price, of which all parts are of this market or outside of all: credits, vouchers that
     * the buyer has (`insufficient` where not that many), money by hand. `unsupported` for a price in other brands.
     */
    orderAt(
      offer: Facet<Offer>,
      alternative: bigint,
      quantity: bigint,
      requestId: string,
    ): Ordered | Refusal;
    /** The same, with what was set aside elsewhere as a pasted text. `unsupported` where the market opens no links. */
    orderWithLink(
      offer: Facet<Offer>,
      alternative: bigint,
      quantity: bigint,
      link: string,
      requestId: string,
    ): Promise<Ordered | Refusal>;
    /** Sets credit of this market aside for a purchase in another one. */
    setAside(value: bigint, requestId: string): SetAside | Refusal;
    /** A text by which one is paid in this market for what one offers in another. */
    payeeLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
    look(words: string, requestId: string): OfferDone;
    older(requestId: string): OfferDone;
  };
export type OfferOptions = {
  readonly days?: bigint;
  /** `LabelPublic` of this market. `stale` where it is not one. */
  readonly label?: object;
};
export type Offered = { readonly ok: true; readonly offer: Facet<OfferMaker> };
export type Ordered = { readonly ok: true; readonly order: Facet<OrderBuyer> };
export type SetAside = { readonly ok: true; readonly aside: Facet<Aside> };

/** Value of this market that was set aside for elsewhere. Whoever it is handed to takes it over. */
export type Aside = Watched<{ readonly value: bigint; readonly phase: string }> & {
  hand(): Handed;
  /** A text to paste where it is to be used. `unsupported` in a market without links. */
  link(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Back to one's account, unless it was taken over. */
  takeBack(): OfferDone | Refusal;
};

// ---- care of the market ------------------------------------------------------------------------

/** A brand of another ledger that the market takes, by what its issuer said when it was accepted. */
export type AcceptedBrand = {
  readonly number: bigint;
  readonly name: string;
  readonly unit: string;
  readonly step: bigint;
  readonly issuer: Facet<Issuer>;
};
export type BrandKeeperView = { readonly brands: readonly AcceptedBrand[] };
export type BrandKeeper = Watched<BrandKeeperView> & {
  /**
   * From now on offers may ask for this brand. Refusals: `invalid` where it does not describe itself as a brand,
   * `quota`, `unsupported` in a market that opens no links.
   */
  accept(link: string, requestId: string): Promise<OfferDone | Refusal>;
  acceptIssuer(issuer: Facet<Issuer>, requestId: string): Promise<OfferDone | Refusal>;
  /** The text of this market's own credit, for another market to take it. `unsupported` without links. */
  ownLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Takes it no more: running orders go on, and offers that ask for it cannot be ordered so. */
  stop(number: bigint, requestId: string): OfferDone;
};

// ---- inside the vat -----------------------------------------------------------------------------

/** `market.part('offer')`: for the till, labels, and whoever else sells what is offered. */
export type OfferBook = {
  /** Of a version that can be ordered: what it costs so many of it, and what an order of it is made from. Changes nothing. */
  quote(offer: Facet<Offer>, quantity: bigint, alternative: bigint): Quote | Refusal;
  /** The number of an offer that stands, whatever its version. */
  subjectOf(offer: object): bigint | undefined;
  /** What can be had for the market's own credit alone, the newest first, at most 30. */
  forStrangers(before?: bigint): readonly StrangerItem[];
  /** What can be had for outside money alone; `price` says that price. */
  forVisitors(): readonly StrangerItem[];
  /** Which price of an offer that is. */
  outsideOf(offer: Facet<Offer>): bigint | undefined;
};
export type Quote = {
  readonly ok: true;
  /** All of it, in the market's own credit. */
  readonly price: bigint;
  /** The seller's. */
  readonly payee: Facet<Payee>;
  /** The number of the offer, whatever its version. */
  readonly subject: bigint;
  /** What else is in the price, for all of it. */
  readonly brands: readonly BrandPart[];
  readonly outside: string;
  readonly parts: Omit<OrderParts, 'buyer' | 'legs'>;
};
export type StrangerItem = OfferItem & { readonly number: bigint };
