/** What the macs of a purchase are over, beside its change. For buyers too, so it is pure. */
import type { Purchase } from './types.ts';

/** Whoever carries a payment can turn none of this into something else. */
export const saleContext = ({
  number,
  alternative,
  quantity,
  price,
  note,
}: Omit<Purchase, 'offer'>): string =>
  JSON.stringify([`${number}`, `${alternative}`, `${quantity}`, `${price}`, note]);

/** An appreciation is for one order. @param order - its number */
export const appreciationContext = (order: bigint): string => `order ${order}`;
