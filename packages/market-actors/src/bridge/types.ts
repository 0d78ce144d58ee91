/**
 * Exchanges of credits between this market and others, for people (SPEC C9, 7.7). A market recognises
 * another because its steward was introduced to it; whoever lives in one offers its credits in the other,
 * at a rate that stands in the offer and nowhere else.
 */
import type { Payee, Payment } from '@pocas/clearing/value';
import type {
  ExchangeDesk,
  ExchangeInside,
  ExchangeTerms,
  Leader,
  SidePhase,
} from '@pocas/clearing/bridge';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';

export type Done = { readonly ok: true };

// ---- between two markets ------------------------------------------------------------------------

/** What one market holds of another, which made it for this one only: so what comes here is from there. */
export type BridgeDoor = {
  /** Whoever answers first is the one. `claimed`, `invalid` for this market's own desk. */
  meet(
    door: Facet<BridgeDoor>,
    desk: Facet<ExchangeDesk>,
  ): { readonly ok: true; readonly desk: Facet<ExchangeDesk> } | Refusal;
  /** An offer of somebody there for people here. `number` is theirs. `quota`, `notYet`, `conflict`. */
  post(number: bigint, bid: Bid, taker: Facet<Taker>): Done | Refusal;
  unpost(number: bigint): void;
};
/** What somebody of the other market offers here. */
export type Bid = {
  /** Of the credits there. */
  readonly gives: bigint;
  /** Of the credits here. */
  readonly wants: bigint;
  /** Milliseconds since 1970. */
  readonly until: bigint;
  /** Where they want them, here. Absent: as a payment. */
  readonly to?: Facet<Payee> | undefined;
};
/** Of whoever made an offer: for the market in which it stands. */
export type Taker = { take(terms: ExchangeTerms): Done | Refusal };

// ---- what people see ----------------------------------------------------------------------------

export type PartnerPhase = 'introduced' | 'meeting' | 'met' | 'failed';
/** Another market, on the pages of this one. */
export type PartnerCard = { view(): { readonly label: string }; number(): bigint };
export type OfferCard = {
  view(): {
    readonly from: string;
    readonly gets: bigint;
    readonly costs: bigint;
    readonly until: bigint;
  };
  number(): bigint;
};
/** `offered`: nobody has taken it. `agreed`: both sides hold it. */
export type TradePhase = 'offered' | 'agreed' | 'settled' | 'released' | 'refused' | 'withdrawn';
export type TradeView = {
  readonly with: string;
  readonly gives: bigint;
  readonly gets: bigint;
  readonly phase: TradePhase;
};
export type TradePage = {
  view(): TradeView & { readonly payment?: Facet<Payment> | undefined };
  changes(since?: string): Promise<string>;
  /** Of an offer that nobody has taken yet. `closed`. */
  withdraw(requestId: string): Done | Refusal;
  /** Puts a payment of the other market into an account there. `notYet`, `invalid`, `unsupported`. */
  passOn(account: string, requestId: string): Promise<Done | Refusal> | Refusal;
};

/** A participant's page. */
export type BridgeDesk = {
  view(): BridgeView;
  changes(since?: string): Promise<string>;
  /**
   * Offers credits of this market to people of another, for theirs.
   *
   * @param account - a text for an account there, or nothing: then a payment comes
   */
  propose(
    partner: Facet<PartnerCard>,
    gives: bigint,
    wants: bigint,
    hours: bigint,
    account: string,
    requestId: string,
  ): Promise<Done | Refusal> | Done | Refusal;
  /** Takes what somebody of another market offers here. */
  take(
    offer: Facet<OfferCard>,
    account: string,
    requestId: string,
  ): Promise<Done | Refusal> | Done | Refusal;
  /** A text for this account here, by which others can put credits into it and nothing else. */
  accountLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
};
export type BridgeView = {
  readonly unit: string;
  readonly offers: readonly {
    readonly from: string;
    readonly gets: bigint;
    readonly costs: bigint;
    readonly offer: Facet<OfferCard>;
  }[];
  readonly partners: readonly { readonly label: string; readonly partner: Facet<PartnerCard> }[];
  readonly trades: readonly (TradeView & { readonly page: Facet<TradePage> })[];
};

/** The steward's page: which other markets this one recognises, and exchanges that hang. */
export type BridgeCare = {
  view(): {
    readonly partners: readonly { readonly label: string; readonly phase: PartnerPhase }[];
    readonly hanging: readonly {
      readonly number: bigint;
      readonly value: bigint;
      readonly peerHeld: boolean;
      readonly isFrozen: boolean;
    }[];
  };
  changes(since?: string): Promise<string>;
  /** A text for the steward of another market. `quota`, `unsupported`. */
  introduceLink(
    label: string,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Answers an introduction. `invalid`, `quota`, `unsupported`. */
  meetBy(introduction: string, label: string, requestId: string): Promise<Done | Refusal> | Refusal;
  /** Gives up on whoever leads an exchange; with the other market's steward it ends without one. `invalid`. */
  freeze(number: bigint, requestId: string): Done | Refusal;
};

// ---- inside -------------------------------------------------------------------------------------

export type PartnerInside = {
  card(): Facet<PartnerCard>;
  door(): Facet<BridgeDoor>;
  label(): string;
  phase(): PartnerPhase;
  desk(): Facet<ExchangeDesk> | undefined;
  theirs(): Facet<BridgeDoor> | undefined;
};
export type PostedInside = {
  card(): Facet<OfferCard>;
  partner(): Facet<PartnerInside>;
  bid(): Bid;
  taker(): Facet<Taker>;
  item(): BridgeView['offers'][number];
};
export type BridgeInside = {
  exchange(): Facet<ExchangeInside>;
  leader(): Facet<Leader>;
  now(): bigint;
  isOpen(): boolean;
  /** Adds an exchange to the market's journal. */
  record(facts: { readonly with: string; readonly gives: bigint; readonly gets: bigint }): void;
  /** A text that nobody can guess, another each time. */
  secret(): string;
  partners(): readonly Facet<PartnerInside>[];
  partnerOf(card: Facet<PartnerCard>): Facet<PartnerInside> | undefined;
  addPartner(label: string): Facet<PartnerInside> | undefined;
  /** `undefined` where there are too many. */
  post(partner: Facet<PartnerInside>, bid: Bid, taker: Facet<Taker>): bigint | undefined;
  unpost(number: bigint): void;
  posted(
    card: Facet<OfferCard>,
  ): { readonly number: bigint; readonly inside: Facet<PostedInside> } | undefined;
  /** Those that can be taken, at most 30, the newest first. */
  offers(): readonly Facet<PostedInside>[];
  follow(id: string): void;
  touch(): void;
};
export type TradeInside = {
  view(): TradeView;
  page(): Facet<TradePage>;
};
export type { SidePhase };
