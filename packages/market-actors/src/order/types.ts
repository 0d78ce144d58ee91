/**
 * Orders (SPEC M5): what is bought, by whichever mechanism, ends here, exactly once.
 *
 * `placed` → `escrowed` → `claimed` → `ready` → `handedOver` → `accepted`. `placed` waits for legs in other
 * ledgers, `escrowed` for a home elsewhere; where all is near both are passed in the turn of the order.
 * Values are whole numbers of their brand's smallest unit, times milliseconds since 1970.
 */
import type { Decider, Hold, Issuer, Payee, Share } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk, MemberInside } from '../inside/types.ts';
import type { Claim } from '../item/types.ts';

export type EndPhase =
  /** Paid: by the buyer's word, or by silence after the handing over. */
  | 'accepted'
  /** The seller could not, the item was gone, or a part of the price could not be set aside. */
  | 'refused'
  /** Its time ran out before anybody was handed anything. */
  | 'expired'
  /** By the buyer. */
  | 'cancelled'
  /** After a dispute: all of it to the seller, none of it, or a part. */
  | 'settled'
  | 'refunded'
  | 'split';
export type OrderPhase =
  'placed' | 'escrowed' | 'claimed' | 'ready' | 'handedOver' | 'disputed' | EndPhase;

// ---- what a mechanism hands in ------------------------------------------------------------------

/** What the buyer saw; it stays what it was when the offer changes. */
export type Terms = {
  readonly what: string;
  readonly description: string;
  /** Of an offer, from 1. */
  readonly version: bigint;
};

/** One brand of the price. Together they are set aside, and end in the same way. */
export type Leg = NearLeg | FarLeg | OutsideLeg;
/** A divisible hold that never expires, in a ledger of this vat, made in the turn of the order. */
export type NearLeg = {
  readonly kind: 'near';
  readonly decider: Facet<Decider>;
  readonly value: bigint;
  /** Absent: the market's own credit. */
  readonly unit?: string;
  /** Who is paid in the other brand: the seller's. Absent only for the market's own credit. */
  readonly payee?: Facet<Payee>;
  /** Of the other brand (`BrandView.step`). Default 1. */
  readonly step?: bigint;
};
/** The same in a ledger that is not the market's, near or far: taken over at its issuer before it counts. */
export type FarLeg = {
  readonly kind: 'far';
  readonly hold: Facet<Hold>;
  readonly decider: Facet<Decider>;
  /** The brand's, as the market knows it: never the buyer's word. */
  readonly issuer: Facet<Issuer>;
  /** The seller's, in that ledger. */
  readonly payee: Facet<Payee>;
  readonly value: bigint;
  readonly unit: string;
  readonly step?: bigint;
};
/** Such as `20 pesos`: both sides say that it was paid. */
export type OutsideLeg = { readonly kind: 'outside'; readonly what: string };

/** A label's shares: who gets how much of what the market's own credit pays (M12). Sums exactly to `value`. */
export type Payout = { shares(value: bigint): readonly Share[] };

export type OrderParts = {
  readonly terms: Terms;
  readonly quantity: bigint;
  readonly seller: Facet<MemberInside>;
  /** Undefined: blind. Then nothing here depends on who buys. */
  readonly buyer?: Facet<MemberInside>;
  readonly legs: readonly Leg[];
  /** Of the item's home, near or far. Undefined: made on demand, there is no stock. */
  readonly claim?: Facet<Claim>;
  /** Undefined: all to the seller's payee. */
  readonly payout?: Facet<Payout>;
  /** Where it is not claimed by then it lapses. Undefined: after the charter's `orderExpiry`. */
  readonly expiry?: bigint;
  /** By when it should be handed over: from then on the buyer may cancel it. Undefined: after the charter's `silence`. */
  readonly due?: bigint;
  /** Pickup or delivery, in words. */
  readonly delivery?: string;
  readonly onEnd?: Facet<OrderWatcher>;
  /** Undefined: the market's next. @see hiddenNumber */
  readonly number?: bigint;
};

/** Told once, in the turn of the end. `paid` and `returned` are of the near legs in the market's own credit. */
export type OrderWatcher = { ended(phase: EndPhase, paid: bigint, returned: bigint): void };

/**
 * `buyer` is all that is needed to be the buyer: whoever places an order for somebody hands it on.
 * Where the home is near and has no unit, or a near leg is missing, there is no order at all:
 * `makeOrder` answers a refusal, has released all near legs, and `onEnd` is not told.
 */
export type OrderKit = {
  readonly ok: true;
  readonly number: bigint;
  readonly buyer: Facet<OrderBuyer>;
  readonly seller: Facet<OrderSeller>;
  readonly inside: Facet<OrderInside>;
};

/** For the mechanism that made it. */
export type OrderInside = {
  number(): bigint;
  phase(): OrderPhase;
  /**
   * Ends it before the handing over, as the buyer's cancelling (`cancelled`) or the seller's refusal
   * (`refused`) does, but without asking for the phase: units and value go back. `closed` after that.
   */
  callOff(how: 'cancelled' | 'refused'): OrderStep | Refusal;
};

// ---- its two sides ------------------------------------------------------------------------------

/** A view that can be watched. */
export type Watched<View> = { view(): View; changes(since?: string): Promise<string> };

export type OrderView = {
  readonly number: bigint;
  readonly what: string;
  /** Absent where there is none, or no more, as are the other optional ones. */
  readonly description?: string;
  readonly version: bigint;
  readonly quantity: bigint;
  /** In all, in words: `10 créditos + 20 pesos`. */
  readonly price: string;
  readonly phase: OrderPhase;
  /** The name of the other one; empty for a buyer whom nobody knows. */
  readonly with: string;
  readonly delivery?: string;
  /** When the present phase ends by itself, in words that a person can read (UTC). */
  readonly until?: string;
  /** Of money outside: whether the buyer said that it was paid, and the seller that it came. */
  readonly saidPaid?: boolean;
  readonly saidReceived?: boolean;
  /** Parts of the price in other ledgers of which the end is not known yet, or that went wrong. */
  readonly pending?: bigint;
  readonly failed?: bigint;
} & Partial<DisputeView>;
/** Only while there is a dispute. */
export type DisputeView = {
  readonly byBuyer?: string;
  readonly bySeller?: string;
  /** Per cent of the price for the seller, as each proposes. */
  readonly buyerProposes?: bigint;
  readonly sellerProposes?: bigint;
  readonly suggested?: bigint;
  /** Who was drawn to help. Absent: nobody. */
  readonly facilitator?: string;
  readonly note?: string;
};

/**
 * Each step can be asked for again: once taken, it does nothing more, and answers how far the order is.
 * What is said in a dispute has a `requestId`, so that a late copy does not undo what was said since. Refusals: `notYet` where an earlier step is missing, `closed` where it is too late.
 */
export type OrderStep = { readonly ok: true; readonly phase: OrderPhase };

export type OrderBuyer = Watched<OrderView> & {
  /** Gives the value back. Until it is ready; and once it is late (`due`), until it is handed over. */
  cancel(): OrderStep | Refusal;
  /** Pays the seller. After the handing over. With money outside it also says that this was paid. */
  accept(): OrderStep | Refusal;
} & Disputant;
export type OrderSeller = Watched<OrderView> & {
  /** It can be fetched. */
  ready(): OrderStep | Refusal;
  /** The buyer has it. Says again what `ready` says, where that was left out. */
  handOver(): OrderStep | Refusal;
  /** Gives the value back. Until the handing over. */
  refuse(): OrderStep | Refusal;
  /** The money outside came. `unsupported` where there is none in the price. */
  received(): OrderStep | Refusal;
} & Disputant;
export type Disputant = {
  /** Something is wrong: nothing ends by silence any more. The buyer's from `ready` on, the seller's after the handing over. */
  dispute(statement: string): OrderStep | Refusal;
  /** In a dispute: one's own side of it, in the place of what was said before. */
  state(statement: string, requestId: string): OrderStep | Refusal;
  /** How much of the price the seller should get, per cent. Where both say the same, that ends it. */
  propose(share: bigint, requestId: string): OrderStep | Refusal;
};

/** Of whoever was drawn to help with a dispute. It decides nothing. */
export type Facilitator = Watched<OrderView> & {
  /** What both could agree to, per cent for the seller. */
  suggest(share: bigint, note: string, requestId: string): OrderStep | Refusal;
};

// ---- pages --------------------------------------------------------------------------------------

/** `act` has the methods that can do something now; absent where there are none. */
export type OrderItem = {
  readonly what: string;
  readonly quantity: bigint;
  readonly price: string;
  readonly phase: OrderPhase;
  readonly with: string;
  readonly order: Facet<OrderBuyer> | Facet<OrderSeller> | Facet<Facilitator>;
  readonly act?: object;
};
/** An order that is over: what remains of it. */
export type EndedItem = {
  readonly what: string;
  readonly quantity: bigint;
  readonly price: string;
  readonly phase: OrderPhase;
  readonly with: string;
  readonly epoch: bigint;
  /** What this person had to do with it. */
  readonly role: 'purchase' | 'sale' | 'help';
};
export type OrderDeskView = {
  /** Open ones, at most 30, those that wait for this person first. */
  readonly purchases: readonly OrderItem[];
  readonly sales: readonly OrderItem[];
  /** Absent where there is none, as is `past`. */
  readonly helping?: readonly OrderItem[];
  /** The latest that ended, of both sides, at most 20. */
  readonly past?: readonly EndedItem[];
  /** With which this person begins or stops to help others with disputes. */
  readonly help: object;
};
export type OrderDesk = Desk &
  Watched<OrderDeskView> & {
    /** From now on this person may be drawn to help with disputes about orders that are made later. */
    offerHelp(requestId: string): { readonly ok: true };
    stopHelping(requestId: string): { readonly ok: true };
    /** Older ones: those before the number of a page, of 30 each. */
    past(page: bigint): readonly EndedItem[];
  };
