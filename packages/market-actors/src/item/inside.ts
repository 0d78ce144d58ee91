/** What a home and its claim facets are to each other. None of these facets leaves the vat. */
import type { ItemLimits, Place, Seat } from './rules.ts';
import type { MarketItem, Stock } from './types.ts';

export type HomeInside = {
  now(): bigint;
  limits(): ItemLimits;
  sight(): { readonly what: string; readonly stock: Stock };
  changes(since?: string): Promise<string>;
  /** Ends what is over by now. Before anything else is decided. */
  sweep(): void;
  keep(stock: Stock): void;
  /** Something of seat `number` ends at `at` by itself: an order's claim, or its lease where `orderId` is empty. */
  expect(at: bigint, number: bigint, orderId: string): void;
  forget(at: bigint, number: bigint, orderId: string): void;
  record(kind: string, orderId: string, units: bigint, label: string): void;
  /** @see Claimed */
  journalHead(): string;
};

export type SeatInside = {
  item(): MarketItem;
  place(orderId: string): Place;
  keep(orderId: string, place: Place): void;
  makeRoom(): void;
  lapse(orderId: string): void;
  leaseTo(units: bigint, until: bigint): boolean;
  lease(): Seat['lease'];
  revoke(outstanding: readonly string[]): void;
  tell(what: 'soldOut' | 'available', stock?: Stock): void;
};
