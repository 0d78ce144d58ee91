/**
 * Vouchers (SPEC C7): somebody's promise of a product or service, in units that others can hold, and redeem.
 *
 * A _series_ is one promise. It has a ledger of its own, in which the issuer's account alone may be below
 * zero: what the issuer owes is what is outstanding. So accounts, payments and holds of vouchers are those of
 * any ledger (`value/types.ts`), and after every turn
 * issued = outstanding + redeemed + expired + returned.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Account, Brand, Decider, Issuer, Payee, Payment } from '../value/types.ts';

/** What is promised. It never changes: whoever holds a voucher holds this one. */
export type VoucherTerms = {
  readonly what: string;
  readonly description: string;
  /** Where it can be redeemed, in words; empty for wherever both agree. */
  readonly where: string;
  /** Milliseconds since 1970; from then on it is not redeemed any more. */
  readonly until?: bigint;
  /** What one unit is called, such as `panes`. */
  readonly unit: string;
  /** Units in one voucher. */
  readonly size: bigint;
  /** Whether a part of a voucher can be passed on and redeemed. */
  readonly isDivisible: boolean;
  /** Whether holders can pass it on. */
  readonly isTransferable: boolean;
  /** Of one voucher, in the market's credits: what counts towards the issuer's cap. */
  readonly worth: bigint;
};

export type VoucherCounts = {
  readonly issued: bigint;
  readonly outstanding: bigint;
  readonly redeemed: bigint;
  readonly expired: bigint;
  /** Given back to the issuer unredeemed. */
  readonly returned: bigint;
};
/** `stopped`: no more are issued, those that are out are redeemed. `expired`: neither. */
export type VoucherStatus = 'open' | 'stopped' | 'expired';

/** What anybody may know. */
export type VoucherSeries = {
  view(): VoucherSeriesView;
  changes(since?: string): Promise<string>;
  brand(): Facet<Brand>;
  issuer(): Facet<Issuer>;
};
export type VoucherSeriesView = Omit<VoucherTerms, 'until'> &
  VoucherCounts & {
    /** In words; empty for one without end. */
    readonly until: string;
    readonly issuedBy: string;
    readonly status: VoucherStatus;
  };

/** Of whoever promised. */
export type VoucherMaker = {
  view(): VoucherSeriesView;
  changes(since?: string): Promise<string>;
  /**
   * Makes vouchers for whoever is given the payment. `limit` past the issuer's cap, `invalid` for no whole
   * vouchers, `closed` where no more are issued, `unsupported` where they cannot be passed on.
   */
  issue(
    value: bigint,
    requestId: string,
  ): { readonly ok: true; readonly payment: Facet<Payment> } | Refusal;
  /** The same, to one holder. */
  issueTo(
    payee: Facet<Payee>,
    value: bigint,
    requestId: string,
  ): { readonly ok: true; readonly value: bigint } | Refusal;
  /** Takes back what was issued as payments and nobody has put on an account. */
  takeBack(requestId: string): { readonly ok: true; readonly value: bigint };
  /** Issues no more. */
  stop(requestId: string): { readonly ok: true };
};

/** Of one holder. */
export type VoucherHolder = {
  view(): VoucherHolderView;
  changes(since?: string): Promise<string>;
  /** To be given vouchers. */
  payee(): Facet<Payee>;
  /** To pass them on, and to pay with them; `unsupported` where that is not allowed. */
  account(): { readonly ok: true; readonly account: Facet<Account> } | Refusal;
  /**
   * Asks for what was promised: an order, for which the vouchers are set aside.
   * `expired`, `limit` for more than there is, `invalid` for a part of what is not divisible.
   */
  redeem(value: bigint, requestId: string): Redeemed | Refusal;
  /** The same with a payment that was given. It is put on this account first, and stays there where the order is refused. */
  redeemPayment(payment: Facet<Payment>, requestId: string): Redeemed | Refusal;
  /** Gives them back to the issuer, for nothing. */
  giveBack(
    value: bigint,
    requestId: string,
  ): { readonly ok: true; readonly value: bigint } | Refusal;
};
export type VoucherHolderView = {
  readonly what: string;
  readonly where: string;
  readonly until: string;
  readonly issuedBy: string;
  readonly status: VoucherStatus;
  readonly balance: bigint;
  /** In orders that run. */
  readonly held: bigint;
};
/** `order`: the side of it that the market gives to the holder. */
export type Redeemed = { readonly ok: true; readonly order: object };

/** How the market makes an order of a redemption. In its vat. */
export type Redeemer = { redeem(request: RedeemRequest): Redeemed | Refusal };
export type RedeemRequest = {
  readonly terms: VoucherTerms;
  readonly value: bigint;
  /** As given to `holderFor`. */
  readonly holder: object;
  /** Of a divisible hold without end, for `payee`, which is the issuer's. */
  readonly decider: Facet<Decider>;
  readonly payee: Facet<Payee>;
  /** To be told once how the order ended. */
  readonly watcher: Facet<RedemptionWatcher>;
};
/** Fits `OrderWatcher`. */
export type RedemptionWatcher = {
  ended(phase: string, paid: bigint, returned: bigint): void;
};

/** For the market alone. */
export type VoucherInside = {
  series(): Facet<VoucherSeries>;
  /** The issuer's: what comes there by a payment is redeemed. */
  payee(): Facet<Payee>;
  /** A holder's facet, with an account that is empty. @param holder - what `RedeemRequest.holder` says */
  holderFor(holder: object): Facet<VoucherHolder>;
  outstanding(): bigint;
  /**
   * Takes back what is out and in no order, and issues no more: the issuer gives back what was paid for it.
   * @param limit - of so many holders at most @returns who had how much; undefined where they are more
   */
  recall(limit: number): readonly { readonly holder: object; readonly value: bigint }[] | undefined;
  /** What is outstanding, in the market's credits, rounded up. */
  outstandingWorth(): bigint;
  /** Whether nothing of it is out and nothing will be. */
  isOver(): boolean;
  /** Gives what came back late to a series that has expired to its issuer. To be called once an epoch. */
  tidy(): void;
  /** @throws where counts and ledger disagree */
  assertSound(): void;
};

/** What one issuer may promise, over all of its series. In the market's vat. */
export type Issuance = {
  view(): IssuanceView;
  /** `quota` where there are too many series. */
  add(series: Facet<VoucherInside>): { readonly ok: true } | Refusal;
  /** `limit` where promises worth so much more would pass the cap. */
  mayIssue(worth: bigint): { readonly ok: true } | Refusal;
  kept(worth: bigint): void;
  broke(worth: bigint): void;
};
/** All in the market's credits. */
export type IssuanceView = {
  readonly cap: bigint;
  readonly outstanding: bigint;
  readonly kept: bigint;
  readonly broken: bigint;
};
/** `MarketInside` is one. */
export type IssuancePolicy = { charter(name: 'voucherCap'): bigint; epoch(): bigint };
