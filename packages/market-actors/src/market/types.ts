/**
 * The facets of a plural market, as their holders see them, near or far.
 *
 * Values are whole numbers in the market's unit (`unit` says which). `requestId` is chosen by the
 * caller, at random, once for each intended act; a repetition answers the first outcome.
 * Each `view` answers the record that a page shows, each `changes` a promise for its next version.
 */
import type { LedgerAuditor, Refusal } from '@pocas/clearing';
import type { Facet } from '@pocas/vat-runtime';

/** A view that can be watched. */
type Watched<View> = {
  view(): View;
  changes(since?: string): Promise<string>;
};

/** Fixed when the market is founded. */
export type MarketParams = {
  readonly name: string;
  /** What people call one unit of the market's credit. Default `créditos`. */
  readonly unit?: string;
  /**
   * How far below zero every participant may go, a fixed charter value until limits follow activity
   * (SPEC 7.1). Default 20.
   */
  readonly debitLimit?: bigint;
  /** How far above zero others may lift a participant. Default 50, the charter minimum of SPEC 7.1. */
  readonly ceiling?: bigint;
};

/** Done, with nothing to hand over. */
export type Done = { readonly ok: true };

// ---- public -------------------------------------------------------------------------------------

/** What anyone may see of the market: what is offered, and not by whom. */
export type MarketPublic = {
  /** The market and what can be had in it now, the newest first, at most 100. */
  describe(): MarketPublicView;
  /** The same offers alone. */
  offers(): PublicOfferItem[];
  changes(since?: string): Promise<string>;
};
export type MarketPublicView = {
  readonly name: string;
  readonly unit: string;
  readonly offers: PublicOfferItem[];
};
export type PublicOfferItem = {
  readonly offer: Facet<Offer>;
  readonly what: string;
  readonly description: string;
  readonly price: bigint;
  readonly available: bigint;
};

// ---- care of the market -------------------------------------------------------------------------

/** Day-to-day care. It sees totals, never a person's account or orders, and cannot move value. */
export type Steward = Watched<StewardView> & {
  /**
   * A new invitation.
   * @param uses - how many people it lets in. Default 1.
   */
  invite(uses?: bigint, requestId?: string): Facet<Invitation>;
  /**
   * The same as a text that can be sent. Refusal: `unsupported` where the market was given no grantor.
   */
  inviteLink(uses: bigint, requestId: string): Promise<{ readonly secret: string }> | Refusal;
  /** The facet that anyone may have. */
  marketPublic(): Facet<MarketPublic>;
  /** The facet that checks the ledger's sum. */
  auditor(): Facet<LedgerAuditor>;
};
export type StewardView = {
  readonly name: string;
  readonly unit: string;
  readonly participants: bigint;
  readonly offers: bigint;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
};

/** Lets people in, as many as it was made for. */
export type Invitation = Watched<InvitationView> & {
  /**
   * Becomes a participant under this name. With the same `requestId` it answers the same facet again,
   * so an answer that was lost costs nothing.
   * Refusals: `claimed` when others used it up; `invalid` when an invitation for several people is
   * used with a `requestId` shorter than 16 characters, since the others could guess it.
   */
  join(name: string, requestId: string): Joined | Refusal;
};
export type InvitationView = { readonly market: string; readonly left: bigint };
export type Joined = {
  readonly ok: true;
  readonly market: string;
  readonly participant: Facet<Participant>;
  /** The same facet, for a page to go to. */
  readonly goto: Facet<Participant>;
};

// ---- participants -------------------------------------------------------------------------------

/** One person's share in the market. Whoever holds it is that person here. */
export type Participant = Watched<ParticipantView> & {
  /**
   * Offers something.
   * @param price - of one piece
   * @param quantity - how many pieces there are
   * Refusal: `quota` with too many offers open.
   */
  offer(
    what: string,
    description: string,
    price: bigint,
    quantity: bigint,
    requestId: string,
  ): Offered | Refusal;
  /**
   * Orders at the offer's present price, and sets the whole price aside at once.
   * @param offer - from `view().offers`
   * Refusals: `stale` when the maker has changed or withdrawn the offer since; `closed` while it is
   * paused; `insufficient` when fewer are left; `limit` of the payer or the payee; `quota` with too
   * many orders open; `unsupported` for one's own offer.
   */
  order(offer: Facet<Offer>, quantity: bigint, requestId: string): Ordered | Refusal;
};
export type Offered = { readonly ok: true; readonly offer: Facet<OfferMaker> };
export type Ordered = { readonly ok: true; readonly order: Facet<OrderBuyer> };

export type ParticipantView = {
  readonly market: string;
  readonly name: string;
  /** Without what is set aside. Below zero: owed to the others together. */
  readonly balance: bigint;
  /** Set aside in open orders. */
  readonly held: bigint;
  /** The most that can be ordered for now. */
  readonly available: bigint;
  readonly limit: bigint;
  readonly ceiling: bigint;
  readonly unit: string;
  /** What others offer and can be had now, the newest first, at most 100. */
  readonly offers: OfferItem[];
  /** Open orders, then the latest that ended. */
  readonly purchases: PurchaseItem[];
  /** Open orders, those that wait for the seller first and at most 20; then the latest that ended. */
  readonly sales: SaleItem[];
  readonly ownOffers: OwnOfferItem[];
};
/** `maker` is the name under which that person joined. */
export type OfferItem = PublicOfferItem & { readonly maker: string };
/** `act` has the methods that can do something now; absent when there are none. */
export type PurchaseItem = OrderView & {
  readonly order: Facet<OrderBuyer>;
  readonly act?: Facet<OrderCancel> | Facet<OrderAccept>;
};
export type SaleItem = OrderView & {
  readonly order: Facet<OrderSeller>;
  readonly act?: Facet<OrderPrepare> | Facet<OrderHandOver>;
};
export type OwnOfferItem = OfferMakerView & {
  readonly maker: Facet<OfferMaker>;
  readonly act: Facet<OfferLive> | Facet<OfferPaused>;
};

// ---- offers -------------------------------------------------------------------------------------

export type OfferStatus = 'live' | 'paused' | 'withdrawn';

/** One version of an offer: its text and price never change. Ordering needs a participant. */
export type Offer = Watched<OfferView> & {
  /** Where the market finds the version. It checks that the facet found there is this very one. */
  number(): bigint;
};
export type OfferView = {
  readonly what: string;
  readonly description: string;
  readonly price: bigint;
  readonly version: bigint;
  readonly available: bigint;
  /** `changed`: the maker has put a newer version in its place. */
  readonly status: OfferStatus | 'changed';
};

/**
 * What a maker can do with an offer that is shown.
 * A new price or text is a new version; running orders keep theirs. Refusal: `closed` once withdrawn.
 */
export type OfferLive = {
  changePrice(price: bigint, requestId: string): Edited | Refusal;
  changeText(what: string, description: string, requestId: string): Edited | Refusal;
  /** There are more pieces. */
  addStock(quantity: bigint, requestId: string): Edited | Refusal;
  /** Shows it to no one for a while. */
  pause(): Done | Refusal;
  /** Ends the offer for good. Running orders go on. */
  withdraw(): Done;
};
/** What a maker can do with an offer that rests. */
export type OfferPaused = {
  resume(): Done | Refusal;
  withdraw(): Done;
};
/** Everything a maker can do. */
export type OfferMaker = Watched<OfferMakerView> & OfferLive & OfferPaused;
export type OfferMakerView = {
  readonly what: string;
  readonly description: string;
  readonly price: bigint;
  readonly version: bigint;
  /** Pieces that nobody has ordered. */
  readonly available: bigint;
  readonly status: OfferStatus;
};
export type Edited = { readonly ok: true; readonly version: bigint; readonly available: bigint };

// ---- orders -------------------------------------------------------------------------------------

/**
 * `escrowed` → `ready` → `handedOver` → `accepted`; out of the first, `cancelled` by the buyer;
 * out of the first two, `refused` by the seller. The last three end it, exactly one of them.
 */
export type OrderPhase = 'escrowed' | 'ready' | 'handedOver' | 'accepted' | 'refused' | 'cancelled';
export type OrderView = {
  readonly what: string;
  readonly description: string;
  /** Of one piece, as it was when ordered. */
  readonly price: bigint;
  readonly quantity: bigint;
  readonly total: bigint;
  readonly phase: OrderPhase;
  /** The name of the other one. */
  readonly with: string;
};

/**
 * Each step can be asked for again: once taken, it answers the same as the first time.
 * Refusals: `notYet` when an earlier step is missing, `closed` when it is too late.
 */
export type OrderCancel = {
  /** Gives the value back. Until the seller has it ready. */
  cancel(): OrderStep | Refusal;
};
export type OrderAccept = {
  /** Pays the seller. After the handing over. */
  accept(): OrderStep | Refusal;
};
export type OrderBuyer = Watched<OrderView> & OrderCancel & OrderAccept;
export type OrderPrepare = {
  /** It can be fetched. */
  ready(): OrderStep | Refusal;
  /** Gives the value back. Until the handing over. */
  refuse(): OrderStep | Refusal;
};
export type OrderHandOver = {
  /** The buyer has it. */
  handOver(): OrderStep | Refusal;
  refuse(): OrderStep | Refusal;
};
export type OrderSeller = Watched<OrderView> & OrderPrepare & OrderHandOver;
export type OrderStep = { readonly ok: true; readonly phase: OrderPhase };
