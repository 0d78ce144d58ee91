/** What the objects of this room are to each other. These facets never leave the vat. */
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Claim } from '../item/types.ts';
import type { FarLegs } from './far.ts';
import type { Life } from './life.ts';
import type { EndPhase, EndedItem, NearLeg, OrderItem, OrderWatcher, Payout } from './types.ts';

/** What an order knows while it is open, and forgets then: a market keeps very many that are over. */
export type Running = {
  readonly life: Life;
  readonly legs: readonly NearLeg[];
  readonly description: string;
  readonly version: bigint;
  readonly delivery: string;
  readonly claim?: Facet<Claim> | undefined;
  readonly payout?: Facet<Payout> | undefined;
  readonly onEnd?: Facet<OrderWatcher> | undefined;
  /** By the charter as it was when it was placed. @see defaultShareOf */
  readonly defaultShare: bigint;
  readonly far?: Facet<FarLegs> | undefined;
  /** Who was drawn to help with a dispute. */
  readonly helper?: Facet<MemberInside> | undefined;
  /** Of what was said in a dispute. */
  readonly outcomes?: DurableMap<string, unknown> | undefined;
  readonly armed?: { readonly timer: bigint; readonly at: bigint } | undefined;
};
export type Ended = {
  readonly phase: EndPhase;
  readonly epoch: bigint;
  readonly far?: Facet<FarLegs> | undefined;
  readonly outcomes?: DurableMap<string, unknown> | undefined;
};
/** What an order is for good. */
export type OrderFacts = {
  readonly number: bigint;
  readonly market: Facet<MarketInside>;
  readonly seller: Facet<MemberInside>;
  readonly buyer?: Facet<MemberInside>;
  readonly what: string;
  /** All of it, in words. */
  readonly price: string;
  readonly quantity: bigint;
};
export type OrderState = OrderFacts & {
  readonly running: Running | undefined;
  readonly ended: Ended | undefined;
};

/** On which of a person's lists an order stands. */
export type Role = 'purchase' | 'sale' | 'help';

/** An order, as the desks list it. */
export type OrderEntry = {
  item(role: Role): OrderItem;
  past(role: Role): Omit<EndedItem, 'role'>;
};

/** `member.part('order')`: a person's lists. */
export type DeskInside = {
  /** How many purchases are open. */
  openPurchases(): bigint;
  add(role: Role, number: bigint, entry: Facet<OrderEntry>, waits: boolean): void;
  /** Something has changed; `waits`: for this person's word. */
  update(role: Role, number: bigint, waits: boolean): void;
  end(role: Role, number: bigint): void;
};

/** What the market's journal says of a sale. */
export type SaleFacts = {
  readonly what: string;
  readonly version: bigint;
  readonly paid: bigint;
};

/** `market.part('order')`: what is common to all orders of the market. */
export type OrderBook = {
  setWilling(member: Facet<MemberInside>, isWilling: boolean): void;
  isWilling(member: bigint): boolean;
  /** Somebody who offered to help before that order was made, and is no party to it. */
  draw(order: bigint, parties: readonly bigint[]): Facet<MemberInside> | undefined;
  /** Is written into the market's journal when the epoch is over, among the others of the epoch in no order of time. */
  noteHiddenSale(order: bigint, facts: SaleFacts): void;
  endEpoch(epoch: bigint): void;
  /** Disputes of a complainant that ended by the rule within the window, before this one; counts this one. */
  countClaim(member: bigint): bigint;
};

export const deskOf = (member: Facet<MemberInside>): Facet<DeskInside> =>
  member.part('order') as Facet<DeskInside>;
