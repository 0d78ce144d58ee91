/** What the parts of a FoCo are to each other. Nothing of this leaves the vat. */
import type { Payee, Payment } from '@pocas/clearing/value';
import type { Facet, Sleeper } from '@pocas/vat-runtime';
import type { PrivacyLabel } from '@pocas/vat-runtime/actors';
import type { InflowRule } from '../fund/divide.ts';
import type { Envelope, Taken } from '../fund/envelope.ts';

/** A designation: it says what it is of, and gives nothing. */
export type Card = { view(): { readonly name: string }; number(): bigint };

/** Where value of one purse stands. Their sum is the purse's balance after every turn. */
export type Bucket =
  | 'envelopes'
  /** Announced spends. */
  | 'pending'
  /** Pledged, and what succeeded pools have not paid yet. */
  | 'pools'
  | 'savings'
  /** Offered to a loan that does not run yet, and set aside by those who vouch. */
  | 'loans'
  /** Came in for all, and waits for its division. */
  | 'undivided'
  /** Divided, and on its way into the envelopes. */
  | 'dues'
  /** Sent to be paid, and the ledger has not answered. */
  | 'outgoing';
export type Totals = { readonly [bucket in Bucket]: bigint };

/** Hears what came of a payment, once. */
export type PayListener = {
  /** @param asked - of it, what waits for the receiver's word past a ceiling */
  paid(key: bigint, asked: bigint): void;
  /** Nothing was paid; the value stands where it was before. */
  unpaid(key: bigint, code: string): void;
};

/** Value of one kind, in an account that the FoCo has in some ledger. */
export type PurseInside = {
  number(): bigint;
  card(): Facet<Card>;
  facts(): PurseFacts;
  envelope(who: bigint): Envelope;
  /** Takes from somebody's own envelope; undefined where there is less, or the value is not in steps. */
  take(who: bigint, value: bigint, into: Bucket): Taken | undefined;
  putBack(who: bigint, taken: Taken, from: Bucket): void;
  /** Adds to the surplus of somebody's envelope. */
  credit(who: bigint, value: bigint, from: Bucket): void;
  shift(value: bigint, from: Bucket, to: Bucket): void;
  /** @param who - whose contribution it is; 0 for what is for all */
  deposit(who: bigint, payment: Facet<Payment>, returnable: boolean): void;
  /** Sends a payment; `from` is where the value stands now, and stands again if it is not paid. */
  pay(
    payee: Facet<Payee>,
    value: bigint,
    from: Bucket,
    listener: Facet<PayListener>,
    key: bigint,
  ): void;
  /** Looks for what came in by itself, and divides all that is for all. */
  divide(): void;
  /** What was divided and is due to somebody goes into their envelope now. */
  settleDues(who: bigint): void;
  /** What another FoCo is going to pay into the account for people here. Until it is confirmed it is nobody's. */
  expect(key: string, parts: readonly Moved[]): void;
  confirm(key: string, isPaid: boolean): void;
  /** Counts all envelopes anew, from somebody on. For checks. */
  recount(from: bigint, count: number): { readonly sum: bigint; readonly next: bigint };
};
/** The envelope of one who moves to another FoCo. */
export type Moved = { readonly who: bigint; readonly taken: Taken };
export type PurseFacts = {
  readonly label: string;
  readonly unit: string;
  readonly step: bigint;
  readonly balance: bigint;
  readonly totals: Totals;
  /** What the ledger says is not there, though nobody here has paid it. */
  readonly missing: bigint;
  readonly phase: 'opening' | 'open' | 'failed';
};

/**
 * Somewhere that can be paid, of one purse: all see by whom it was entered, and what was paid to this very
 * account before, under whatever name.
 */
export type DestinationInside = {
  number(): bigint;
  card(): Facet<Card>;
  name(): string;
  purse(): Facet<PurseInside>;
  payee(): Facet<Payee>;
  before(): PaidBefore;
  item(): DestinationItem;
  paid(value: bigint): void;
};
export type PaidBefore = { readonly times: bigint; readonly value: bigint };
export type DestinationItem = {
  readonly name: string;
  readonly by: string;
  readonly unit: string;
  readonly times: bigint;
  readonly value: bigint;
  readonly destination: Facet<Card>;
};
export type Destinations = {
  /** @returns undefined with too many entered by this participant */
  add(
    by: bigint,
    purse: Facet<PurseInside>,
    payee: Facet<Payee>,
    name: string,
  ): Facet<DestinationInside> | undefined;
  /** By its card; undefined for anything else. */
  find(card: Facet<Card>): Facet<DestinationInside> | undefined;
  items(): readonly DestinationItem[];
  paidTo(payee: Facet<Payee>, purse: bigint): PaidBefore;
  paid(payee: Facet<Payee>, purse: bigint, value: bigint): void;
};

/** One participant, for the other parts. */
export type ShareInside = {
  number(): bigint;
  name(): string;
  card(): Facet<Card>;
  isHere(): boolean;
  /** Counts what this participant has under way: while there is something, they cannot leave. */
  open(by: bigint): void;
  /** A contribution has come to its end, whichever. */
  arrived(): void;
  heard(what: Heard): void;
};
/** What came of something that takes time: one line on the person's page. */
export type Heard = {
  readonly what:
    | 'contribution'
    | 'spend'
    | 'leaving'
    | 'pool'
    | 'saving'
    | 'loan'
    | 'fork'
    | 'gift'
    | 'hours'
    | 'use';
  readonly name: string;
  readonly value: bigint;
  readonly how: 'arrived' | 'refused' | 'paid' | 'back' | 'late';
};

export type CharterName =
  | 'noticeWindow'
  | 'smallSums'
  | 'objectionPause'
  | 'equal'
  | 'contribution'
  | 'hours'
  | 'patronage'
  | 'window'
  | 'leaveRest'
  | 'savingNotice'
  | 'invitations';

export type FocoInside = {
  name(): string;
  now(): bigint;
  epoch(): bigint;
  value(name: CharterName): bigint;
  rule(): InflowRule;
  /** A text that nobody outside can guess, the same for the same purpose. */
  derive(purpose: string): string;
  nextNumber(): bigint;
  share(who: bigint): Facet<ShareInside> | undefined;
  /** By a card of this FoCo; undefined for anything else. */
  shareOf(card: Facet<Card>): Facet<ShareInside> | undefined;
  purse(number: bigint): Facet<PurseInside> | undefined;
  purseOf(card: Facet<Card>): Facet<PurseInside> | undefined;
  purses(): readonly Facet<PurseInside>[];
  wakeAt<Ctx>(at: bigint, sleeper: Sleeper<Ctx>, ctx?: Ctx): bigint;
  cancel(timer: bigint): void;
  record(kind: string, facts: unknown, label: PrivacyLabel): void;
  roll(): Facet<Roll>;
  destinations(): Facet<Destinations>;
  /** That something changed which lists show. */
  touch(): void;
};

/** Who takes part, and what of each counts for the division of surplus. */
export type Roll = {
  add(who: bigint): void;
  remove(who: bigint): void;
  /** Counts from the next epoch on, for as many epochs as the charter's window. */
  count(measure: Exclude<keyof InflowRule, 'equal'>, who: bigint, value: bigint): void;
  /** Of every number from 1 on, as of the last epoch that is over. */
  counted(): readonly InflowRule[];
};

/** Finds the object behind a designation of its own kind; undefined for anything else, near or far. */
export const find = <Found>(
  designation: { number(): bigint },
  get: (number: bigint) => Found | undefined,
  outerOf: (found: Found) => object,
): Found | undefined => {
  // A reference to another vat has no methods here.
  if (typeof designation.number !== 'function') return undefined;
  const found = get(designation.number());
  return found !== undefined && outerOf(found) === (designation as object) ? found : undefined;
};
