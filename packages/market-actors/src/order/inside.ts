/** What the objects of this room are to each other. These facets never leave the vat. */
import type { Facet } from '@pocas/vat-runtime';
import type { MemberInside } from '../inside/types.ts';
import type { EndedItem, OrderItem } from './types.ts';

/** On which of a person's lists an order stands. */
export type Role = 'purchase' | 'sale' | 'help';

/** An order, as the desks list it. */
export type OrderEntry = {
  item(role: Role): OrderItem;
  past(role: Role): EndedItem;
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

/** `market.part('order')`: what is common to all orders of the market. */
export type OrderBook = {
  setWilling(member: Facet<MemberInside>, isWilling: boolean): void;
  isWilling(member: bigint): boolean;
  /** Somebody who offered to help before that order was made, and is no party to it. */
  draw(order: bigint, parties: readonly bigint[]): Facet<MemberInside> | undefined;
  /** Disputes of a complainant that ended by the rule within the window, before this one; counts this one. */
  countClaim(member: bigint): bigint;
};

export const deskOf = (member: Facet<MemberInside>): Facet<DeskInside> =>
  member.part('order') as Facet<DeskInside>;
