/**
 * Buying with blind credits (SPEC C5, 7.2): the till, what a buyer whom nobody knows holds of an order, and
 * a participant's own side. Values are whole numbers of the market's unit.
 *
 * The till is safe to post. It is reached by `E` in a session that nothing else is done in; a call whose
 * answer was lost is made again, with the same request, in a session that may be another one.
 */
import type { Batch, Found, Issued, MintKeys, Token, TokenCount } from '@pocas/clearing/blind';
import type { Payee } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk, MemberInside } from '../inside/types.ts';
import type { OrderParts, OrderStep, OrderView, Watched } from '../order/types.ts';

// ---- what the room of the offers gives: `market.part('offer')` ----------------------------------

/** An offer that credits of this market alone can pay, as a stranger sees it. */
export type ForSale = {
  /** One version of what is offered: what it says never changes. */
  readonly offer: Facet<object>;
  /** Of that version: the macs of a payment are over it. */
  readonly number: bigint;
  readonly what: string;
  readonly description: string;
  readonly price: string;
  /** For one, in this market's credit. */
  readonly own: bigint;
  readonly available: string;
  readonly maker: string;
};
export type Quote = {
  readonly ok: true;
  /** For the whole quantity, in this market's credit. */
  readonly price: bigint;
  readonly payee: Facet<Payee>;
  /** The number of the offer, whatever its version. */
  readonly subject: bigint;
  /** What else is in the price. */
  readonly brands: readonly unknown[];
  readonly outside: string;
  readonly parts: Omit<OrderParts, 'buyer' | 'legs' | 'onEnd'>;
};
export type OffersForTill = {
  /** The newest first, at most 30; `before` is the number of the last one seen. */
  forStrangers(before?: bigint): readonly ForSale[];
  /** What an order of so many would be made of, at one of its prices. It changes nothing. */
  quote(offer: Facet<object>, quantity: bigint, alternative: bigint): Quote | Refusal;
  /** The number of an offer that stands, whatever its version. */
  subjectOf(offer: Facet<object>): bigint | undefined;
};

// ---- the till -----------------------------------------------------------------------------------

/** What is bought, as the buyer saw it. */
export type Purchase = {
  readonly offer: Facet<object>;
  readonly number: bigint;
  /** Which of its prices, from 0: one that this market's credit alone can pay. */
  readonly alternative: bigint;
  readonly quantity: bigint;
  /** For the whole quantity. */
  readonly price: bigint;
  /** For the seller: how it will be fetched, as far as the buyer wants to say. Empty: nothing. */
  readonly note: string;
};
export type Bought = Issued & { readonly order: Facet<BlindOrder> };

export type TillView = {
  readonly name: string;
  readonly unit: string;
  readonly offers: readonly ForSale[];
};
export type Till = Watched<TillView> & {
  /** Older offers. */
  more(before: bigint): readonly ForSale[];
  keys(): MintKeys;
  counts(): readonly TokenCount[];
  /**
   * In one turn: the tokens are used up, the price is set aside for the seller, and the change is
   * evaluated. The macs are over `saleContext`.
   * Refusals: those of `Mint.hold` and of an order; `stale` where that is not what the offer says, and
   * `unsupported` where its price is not in this market's credit alone.
   */
  pay(
    purchase: Purchase,
    tokens: readonly Token[],
    change: readonly Batch[],
    requestId: string,
  ): Bought | Refusal;
  /** The order of a request: whoever knows the request is its buyer. `invalid` where there is none. */
  order(requestId: string): { readonly ok: true; readonly order: Facet<BlindOrder> } | Refusal;
  /**
   * Says something of what was bought, with the token that its order gave for that (`BlindOrder.review`); its mac is
   * over `reviewContext`, with the purpose `review`. Once, and shown with the offer. Refusals: `stale` for no offer that
   * stands, `invalid` for a token that is none or for another offer, `claimed`, `expired`.
   */
  review(offer: Facet<object>, text: string, token: Token): { readonly ok: true } | Refusal;
  /** Old tokens for new ones. */
  swap(tokens: readonly Token[], change: readonly Batch[], requestId: string): Issued | Refusal;
  /** For a wallet that was restored. At most 64 elements. */
  again(blinded: readonly string[]): readonly Found[];
};

export type BlindOrderView = OrderView & {
  /** What is there to be fetched. */
  readonly refund: bigint;
  /** What a review would be about: the denomination of its token. */
  readonly subject: bigint;
  readonly isAppreciated: boolean;
};
/** Of a buyer whom nobody knows. Whoever holds it is the buyer. */
export type BlindOrder = Watched<BlindOrderView> & {
  cancel(): OrderStep | Refusal;
  accept(): OrderStep | Refusal;
  dispute(statement: string): OrderStep | Refusal;
  state(statement: string, requestId: string): OrderStep | Refusal;
  propose(share: bigint, requestId: string): OrderStep | Refusal;
  /** What came back, in fresh elements worth exactly `refund`. `notYet`; `closed` where there is none any more. */
  refund(elements: readonly Batch[], requestId: string): Issued | Refusal;
  /** Lets the sale count for the seller (7.1), with a token of this epoch; macs over `appreciationContext`. Once. */
  appreciate(token: Token): { readonly ok: true } | Refusal;
  /** A token that says that somebody bought this offer: of the kind `review` and the denomination `subject`. One element, once. `notYet` before the end. */
  review(element: string, requestId: string): Issued | Refusal;
};

// ---- a participant's side -----------------------------------------------------------------------

export type BlindDeskView = {
  readonly unit: string;
  /** How many withdrew the most common denomination in this epoch: among so many a buyer is hidden. */
  readonly members: bigint;
  /** What all participants together have taken out and not spent yet. */
  readonly outstanding: bigint;
};
export type BlindDesk = Desk &
  Watched<BlindDeskView> & {
    keys(): MintKeys;
    counts(): readonly TokenCount[];
    /** As `Mint.withdraw`. */
    withdraw(batches: readonly Batch[], requestId: string): Issued | Refusal;
    /** Tokens to one's own account; macs over the number of its payee, with the purpose `deposit`. */
    deposit(
      tokens: readonly Token[],
      requestId: string,
    ): { readonly ok: true; readonly value: bigint } | Refusal;
    /** Tokens with which this person lets blind purchases of this epoch count. `quota` past the charter's number. */
    appreciations(elements: readonly string[], requestId: string): Issued | Refusal;
    /** To whom a deposit goes. */
    payee(): Facet<Payee>;
    /** The same for everybody: whoever buys there does so in a session of its own. */
    till(): Facet<Till>;
  };

/** What of a participant this room needs beyond `MemberInside`. */
export type Appreciating = Facet<
  MemberInside & {
    takeAppreciations(count: bigint): { readonly ok: true; readonly left: bigint } | Refusal;
  }
>;
