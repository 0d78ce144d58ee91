/**
 * Vouchers of the same market in a price (SPEC M2, C7): "2 credits and a voucher for bread". They lie in this
 * vat, so nothing has to be handed over: they are set aside in the turn of the order, from what the buyer has,
 * and what they are worth their own ledger says.
 */
import type { Decider, Issuer, Payee } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Leg } from '../order/types.ts';
import type { BrandPart, Handed, PriceableVoucher } from './types.ts';

/** What the room of vouchers gives: `market.part('voucher')`. */
type VoucherBook = {
  /** Undefined: it is no promise of this market, nobody else may have it, or its time is over. */
  priceable(voucher: object): Priceable | undefined;
  priceables(): readonly Priceable[];
};
type Priceable = {
  readonly voucher: Facet<object>;
  readonly issuer: Facet<Issuer>;
  readonly unit: string;
  readonly step: bigint;
  readonly size: bigint;
  readonly what: string;
  readonly issuedBy: string;
};
/** `member.part('voucher')`. */
type VoucherPurse = {
  payeeOf(voucher: object): { readonly ok: true; readonly payee: Facet<Payee> } | Refusal;
  hold(
    voucher: object,
    payee: Facet<Payee>,
    value: bigint,
  ): { readonly ok: true; readonly decider: Facet<Decider> } | Refusal;
};

const bookOf = (market: Facet<MarketInside>): Facet<VoucherBook> =>
  market.part('voucher') as Facet<VoucherBook>;
const purseOf = (member: Facet<MemberInside>): Facet<VoucherPurse> =>
  member.part('voucher') as Facet<VoucherPurse>;

/** What may be asked for, as a maker's page lists it. */
export const vouchersIn = (market: Facet<MarketInside>): readonly PriceableVoucher[] =>
  bookOf(market)
    .priceables()
    .map(({ what, issuedBy, voucher }) => ({ what, issuedBy, voucher }));

/** Whether an order can be paid with it now. */
export const isPriceable = (market: Facet<MarketInside>, voucher: object): boolean =>
  bookOf(market).priceable(voucher) !== undefined;

/** So many vouchers as a part of what `maker` asks for. @param count - undefined: `value` says how much */
export const voucherPart = (
  market: Facet<MarketInside>,
  maker: Facet<MemberInside>,
  voucher: object,
  amount: { readonly count: bigint } | { readonly value: bigint },
): { readonly ok: true; readonly part: BrandPart } | Refusal => {
  const found = bookOf(market).priceable(voucher);
  if (found === undefined) return refuse('stale');
  const paid = purseOf(maker).payeeOf(voucher);
  if (!paid.ok) return paid;
  const { issuer, unit, step, size } = found;
  const value = 'count' in amount ? amount.count * size : amount.value;
  const { payee } = paid;
  return { ok: true, part: { issuer, payee, value, unit, step, voucher: found.voucher } };
};

const letGo = (legs: readonly Leg[]): void => {
  for (const leg of legs) if (leg.kind === 'near') leg.decider.release();
};

/**
 * The legs of all parts of a price in other brands, and of `own`, which is set aside last.
 * Where one cannot be set aside, none is. @param handed - one for each part that is no voucher of this market
 */
export const legsOf = (
  buyer: Facet<MemberInside>,
  brands: readonly BrandPart[],
  handed: readonly Handed[],
  own: () => Leg | undefined | Refusal,
): { readonly ok: true; readonly legs: readonly Leg[] } | Refusal => {
  if (handed.length !== brands.filter(({ voucher }) => voucher === undefined).length)
    return refuse('unsupported');
  const rest = [...handed];
  const legs: Leg[] = [];
  for (const brand of brands) {
    const { voucher, payee, value, unit, step } = brand;
    if (voucher === undefined) {
      legs.push({ kind: 'far', ...rest.shift()!, ...brand });
      continue;
    }
    const held = purseOf(buyer).hold(voucher, payee, value);
    if (!held.ok) {
      letGo(legs);
      return held;
    }
    legs.push({ kind: 'near', decider: held.decider, value, unit, payee, step });
  }
  const first = own();
  if (first !== undefined && 'ok' in first) {
    letGo(legs);
    return first;
  }
  return { ok: true, legs: first === undefined ? legs : [first, ...legs] };
};
