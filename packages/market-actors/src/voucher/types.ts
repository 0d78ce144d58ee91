/** Vouchers in a market (SPEC C7): what people promise, who has it, and how it is bought and redeemed. */
import type { Decider, Issuer, Payee } from '@pocas/clearing/value';
import type {
  Issuance,
  VoucherHolder,
  VoucherInside,
  VoucherMaker,
  VoucherSeries,
  VoucherStatus,
  VoucherTerms,
} from '@pocas/clearing/voucher';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk, MemberInside, Promises } from '../inside/types.ts';

export type VoucherDeskView = {
  /** What others promise and sell, the newest first, at most 30. */
  readonly promises: readonly PromiseItem[];
  /** What this person has of others' promises, at most 30. */
  readonly held: readonly HeldItem[];
  /** What this person promises. */
  readonly own: readonly OwnVoucherItem[];
  /** How much may be promised and not yet fulfilled, and how much is; in the market's credits. */
  readonly cap: bigint;
  readonly outstanding: bigint;
};
export type PromiseItem = {
  readonly what: string;
  readonly description: string;
  readonly where: string;
  readonly until: string;
  readonly issuedBy: string;
  /** Of one. */
  readonly price: bigint;
  readonly voucher: Facet<VoucherSeries>;
};
export type HeldItem = {
  readonly what: string;
  readonly where: string;
  readonly until: string;
  readonly issuedBy: string;
  readonly status: VoucherStatus;
  readonly balance: bigint;
  readonly held: bigint;
  readonly holder: Facet<VoucherHolder>;
  readonly act: Facet<VoucherHolder>;
};
export type OwnVoucherItem = {
  readonly what: string;
  readonly where: string;
  readonly until: string;
  readonly status: VoucherStatus;
  readonly issued: bigint;
  readonly outstanding: bigint;
  readonly redeemed: bigint;
  readonly expired: bigint;
  readonly returned: bigint;
  readonly maker: Facet<VoucherMaker>;
  readonly act: Facet<VoucherMaker>;
};

export type VoucherDesk = Desk & {
  view(): VoucherDeskView;
  changes(since?: string): Promise<string>;
  /**
   * Promises something to whoever buys a voucher for it. Each can be passed on, and is redeemed whole.
   * Refusals: `quota`, `closed` while the market winds down.
   *
   * @param days - for how long; 0 for as long as it takes
   * @param price - of one, in credits, paid when it is bought: so it counts towards the cap
   */
  promise(
    what: string,
    description: string,
    where: string,
    days: bigint,
    price: bigint,
    requestId: string,
  ): Promised | Refusal;
  /** With all there is to say. Nobody can buy it here: its maker gives it to whom it likes. */
  promiseWith(terms: VoucherTerms, requestId: string): Promised | Refusal;
  /** Buys so many. `limit` for what one cannot pay, or what the issuer may not promise; `unsupported` for one's own, `stale` for what is not sold here any more. */
  buy(
    voucher: Facet<VoucherSeries>,
    quantity: bigint,
    requestId: string,
  ): { readonly ok: true; readonly holder: Facet<VoucherHolder> } | Refusal;
  /**
   * Takes back all that is out of what one promised and sold, in nobody's order, and gives back what was paid for it.
   * No more of it is handed out. Refusals: `limit` where one cannot pay that, `quota` for too many holders.
   */
  payBack(requestId: string): { readonly ok: true } | Refusal;
  /** To be given some: one's own account of that promise. */
  holderOf(
    voucher: Facet<VoucherSeries>,
  ): { readonly ok: true; readonly holder: Facet<VoucherHolder> } | Refusal;
};
export type Promised = {
  readonly ok: true;
  readonly voucher: Facet<VoucherSeries>;
  readonly maker: Facet<VoucherMaker>;
};

// ---- inside the vat -----------------------------------------------------------------------------

/** One promise, as the board knows it. */
export type Entry = {
  readonly number: bigint;
  readonly issuer: Facet<MemberInside>;
  readonly series: Facet<VoucherSeries>;
  readonly maker: Facet<VoucherMaker>;
  readonly inside: Facet<VoucherInside>;
  readonly isSold: boolean;
};
/** A promise that can be a part of a price: others can be given it. */
export type Priceable = {
  readonly voucher: Facet<VoucherSeries>;
  readonly issuer: Facet<Issuer>;
  /** What one is called in a price, and the least part of it. */
  readonly unit: string;
  readonly step: bigint;
  /** Units in one. */
  readonly size: bigint;
  readonly what: string;
  readonly issuedBy: string;
};
/** `member.part('voucher')`, when somebody leaves. */
export type VoucherDebts = {
  /** What this person promised and was paid for, and what of it is still out; undefined where nothing is. */
  promises(): Promises | undefined;
  /** Whether anything is out, sold or given. */
  isOut(): boolean;
  /** @throws where it cannot be paid, or there are too many holders, so that nothing of it stays */
  payBack(): void;
};
/** `member.part('voucher')`: what offers do with somebody's vouchers, in the turn of an act of theirs. */
export type VoucherPurse = {
  /** To be paid in them: for whoever promised them they are redeemed by that. `quota`, `stale`. */
  payeeOf(
    voucher: Facet<VoucherSeries>,
  ): { readonly ok: true; readonly payee: Facet<Payee> } | Refusal;
  /** Sets some aside for somebody, without an end. `insufficient` where there are not that many, `stale`. */
  hold(
    voucher: Facet<VoucherSeries>,
    payee: Facet<Payee>,
    value: bigint,
  ): { readonly ok: true; readonly decider: Facet<Decider> } | Refusal;
};
export type VoucherPart = VoucherPurse & VoucherDebts;
export type VoucherBoard = {
  make(
    issuer: Facet<MemberInside>,
    issuance: Facet<Issuance>,
    terms: VoucherTerms,
    isSold: boolean,
  ): { readonly ok: true; readonly entry: Entry } | Refusal;
  find(series: Facet<VoucherSeries>): Entry | undefined;
  /** Open ones that are sold, by others. */
  sold(member: bigint): readonly Entry[];
  /** As a part of a price, where it can be one now. */
  priceable(voucher: object): Priceable | undefined;
  /** Those of which there are some that somebody sells, the newest first, at most 30. */
  priceables(): readonly Priceable[];
  tidy(): void;
  touch(): void;
};
