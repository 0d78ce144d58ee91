/** What a series is to its holders' facets. It stays in this room. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { OpenedAccount, Payee } from '../value/types.ts';
import type { RedeemRequest, Redeemed, VoucherStatus, VoucherTerms } from './types.ts';

export type Place = {
  terms(): VoucherTerms;
  issuedBy(): string;
  /** `expired` from the very moment, whenever the timer comes. */
  status(): VoucherStatus;
  /** The issuer's. */
  payee(): Facet<Payee>;
  /** A name for a request to an account that nobody can have used. */
  fresh(): string;
  /** So much was given back unredeemed. */
  cameBack(value: bigint): void;
  order(request: Omit<RedeemRequest, 'terms' | 'payee'>): Redeemed | Refusal;
  /** An order of a redemption has ended. */
  ended(phase: string, value: bigint): void;
};
/** An account, and whose it is. */
export type Holding = OpenedAccount & { readonly holder: object };

export const PlaceI: InterfaceGuard<{ [name in keyof Place & string]: MethodGuard }> = M.interface(
  'VoucherPlace',
  {
    terms: M.call().returns(M.record()),
    issuedBy: M.call().returns(M.string()),
    status: M.call().returns(M.string()),
    payee: M.call().returns(M.remotable('payee')),
    fresh: M.call().returns(M.string()),
    cameBack: M.call(ValueShape).returns(),
    order: M.call(M.record()).returns(M.record()),
    ended: M.call(M.string(), ValueShape).returns(),
  },
);
