/**
 * Numbers of orders. Most come from the market's counter, so each stands between those of two acts of which
 * somebody knows the time. An order whose buyer nobody knows has a number that says its epoch and nothing
 * finer: it is drawn from the market's secret, in a range of its own (SPEC 7.2: no time finer than the epoch).
 */
import { drawOne } from '@pocas/vat-runtime/actors';

/** All numbers of the counter are below it, and in an epoch there are so many to draw from. */
const range = 1n << 64n;

/** @param seed - follows from the market's secret, and is of this order alone */
export const hiddenNumber = (epoch: bigint, seed: string): bigint =>
  (epoch + 1n) * range + drawOne(seed, range);

/** The epoch of an order with such a number, undefined for one of the counter. */
export const epochOfHidden = (number: bigint): bigint | undefined =>
  number < range ? undefined : number / range - 1n;
