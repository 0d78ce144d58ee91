/**
 * Value of one brand (SPEC C1, C4), whatever kind it is: the facets that every ledger has.
 *
 * A ledger may be written by anybody; `valueConformance` of `@pocas/clearing/testing` says whether it
 * keeps what stands here. All values are whole numbers of the brand's smallest unit, in `bigint`.
 * `requestId` is chosen by the caller at random, once for each intended act; a repetition answers the
 * first outcome. Inside the vat of a ledger calls answer at once; from elsewhere all of them are promises.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';

/** `mutual`: every credit is somebody's debt. `time`: the same, in minutes. `voucher`: an issuer's promise. */
export type BrandKind = 'mutual' | 'time' | 'voucher';

/** What a value is of. Two values are of one brand where these are one object: names say nothing. */
export type Brand = { describe(): BrandView };
export type BrandView = {
  readonly name: string;
  readonly kind: BrandKind;
  /** What people call one unit, such as `créditos`, `minutos`. */
  readonly unit: string;
  /** Every value is a multiple of it (C6: a market may count time by the quarter of an hour). */
  readonly step: bigint;
};
export type Amount = { readonly brand: Facet<Brand>; readonly value: bigint };

/** What anybody may ask of a brand who accepts it: public, and the only one that knows its payments and holds. */
export type Issuer = {
  brand(): Facet<Brand>;
  /** Of a payment that is this issuer's and was not used up; `invalid` for any other object, `closed` for one that was. */
  amountOf(payment: Facet<Payment>): { readonly ok: true; readonly amount: Amount } | Refusal;
  /** Whether a hold is this issuer's, and how it stands: for whoever is to rely on it from another vat. */
  holdOf(hold: Facet<Hold>): { readonly ok: true; readonly hold: HoldFacts } | Refusal;
  /**
   * Makes a new decider of an open hold, after which every older one answers `closed`. Whoever is handed a
   * hold and its decider does this first, by `send`: before, the giver could still decide it, or the decider
   * might be that of another hold. `invalid` where one is not this issuer's or they do not belong together;
   * `closed` where the hold was decided or somebody has taken it over.
   *
   * @param requestId - the giver must not be able to guess it: whoever repeats a request has its answer
   */
  takeOver(hold: Facet<Hold>, decider: Facet<Decider>, requestId: string): TakenOver | Refusal;
  /** Destroys a payment. `unsupported` where the kind of brand does not allow it: mutual credit never. */
  burn(payment: Facet<Payment>, requestId: string): Moved | Refusal;
};

/** A bearer's value, used up by the deposit. Undeposited, its withdrawer can take it back (`Account.recover`). */
export type Payment = {
  view(): PaymentView;
  changes(since?: string): Promise<string>;
  /** Where the ledger finds it; only the identity of what is found there is believed. */
  number(): bigint;
};
export type PaymentView = {
  readonly value: bigint;
  readonly phase: 'live' | 'deposited' | 'recovered' | 'burnt';
};

/** Deposit-only: designates an account and gives nothing else of it. Safe to post. */
export type Payee = {
  number(): bigint;
  deposit(payment: Facet<Payment>, requestId: string): Moved | Refusal;
};

export type Moved = { readonly ok: true; readonly value: bigint };
/**
 * `asked`: what would pass the receiver's ceiling and waits for the receiver's word (C2, invariant 3); 0
 * where nothing does. It is no longer the payer's, unless the receiver declines it.
 */
export type Paid = { readonly ok: true; readonly value: bigint; readonly asked: bigint };

export type AccountView = {
  /** Below zero: owed to the others together. What is held or was withdrawn has left it already. */
  readonly balance: bigint;
  /** In open holds, and in what waits for the word of others. */
  readonly held: bigint;
  /** In open holds of others, on the way here; without `asked`. */
  readonly incoming: bigint;
  /** Withdrawn as payments that nobody deposited yet. */
  readonly withdrawn: bigint;
  /** Past the ceiling, waiting for this holder's word. */
  readonly asked: bigint;
  /** The most that can be paid, held or withdrawn now. */
  readonly available: bigint;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
  /** `frozen`: receives, and pays nothing (F20). `closed`: at zero for good. */
  readonly status: 'open' | 'frozen' | 'closed';
};

/**
 * What the holder of an account does with what comes in past the ceiling. What is declined goes back to the
 * payer; where that is a pool to the commons, since whom a pool paid for the ledger does not know.
 */
export type Overflow = 'ask' | 'accept' | 'decline' | 'commons';

/** Of an account's holder. Every method that takes value refuses with `limit` (`whose: 'payer'`), `closed`. */
export type Account = {
  view(): AccountView;
  changes(since?: string): Promise<string>;
  payee(): Facet<Payee>;
  /** Moves value at once. `limit` with `whose: 'payee'` where the receiver declines what passes the ceiling. */
  pay(payee: Facet<Payee>, value: bigint, requestId: string): Paid | Refusal;
  /** Takes value out as a payment to give to anybody. */
  withdraw(
    value: bigint,
    requestId: string,
  ): { readonly ok: true; readonly payment: Facet<Payment> } | Refusal;
  /** `invalid` for what is no payment of this brand, `closed` for one that is used up. */
  deposit(payment: Facet<Payment>, requestId: string): Paid | Refusal;
  /** Takes back all payments that were withdrawn here and that nobody deposited. */
  recover(requestId: string): Moved;
  hold(payee: Facet<Payee>, value: bigint, terms: HoldTerms, requestId: string): Held | Refusal;
  /** What waits for a word, the oldest first, at most 30. */
  questions(): readonly Question[];
  /** Accepts, declines (it goes back to the payer) or redirects what passed the ceiling. */
  answer(number: bigint, choice: Exclude<Overflow, 'ask'>, requestId: string): Moved | Refusal;
  setOverflow(overflow: Overflow, requestId: string): { readonly ok: true };
  /** What moved, the newest first, at most 30; `before` is the number of an entry. P2. */
  history(before?: bigint): readonly Movement[];
};
export type Question = { readonly number: bigint; readonly value: bigint };
export type Movement = {
  readonly number: bigint;
  readonly epoch: bigint;
  readonly kind:
    | 'paid'
    | 'received'
    | 'held'
    | 'released'
    | 'withdrawn'
    | 'deposited'
    | 'recovered'
    | 'redirected';
  /** Signed: what it did to the balance. */
  readonly value: bigint;
  readonly balance: bigint;
};

export type HoldTerms = {
  /**
   * When it releases by itself, in milliseconds since 1970 by the vat's clock. Absent: never, which is
   * only for what another vat decides (7.7) or what has a timer of its own (an order).
   */
  readonly expires?: bigint;
  /** The decider may settle less than all, and in parts to several payees; the rest goes back. */
  readonly divisible?: boolean;
};
export type Held = {
  readonly ok: true;
  readonly hold: Facet<Hold>;
  readonly decider: Facet<Decider>;
};
export type HoldPhase = 'open' | 'settled' | 'released';
export type HoldFacts = {
  readonly number: bigint;
  readonly value: bigint;
  readonly phase: HoldPhase;
  /** The account it is for, by its payee. */
  readonly payee: Facet<Payee>;
  readonly expires?: bigint;
  readonly divisible: boolean;
};
export type TakenOver = {
  readonly ok: true;
  readonly hold: HoldFacts;
  readonly decider: Facet<Decider>;
};
export type Hold = {
  view(): { readonly value: bigint; readonly phase: HoldPhase };
  changes(since?: string): Promise<string>;
  number(): bigint;
};
/** Decides a hold, once. The first decision stands: asked again it answers the same, asked for another `closed`. */
export type Decider = {
  /** @param shares - only of a divisible hold: who gets how much of it, all of this ledger; the rest is released. */
  settle(shares?: readonly Share[]): Decided | Refusal;
  release(): Decided | Refusal;
};
export type Share = { readonly payee: Facet<Payee>; readonly value: bigint };
export type Decided = {
  readonly ok: true;
  readonly phase: 'settled' | 'released';
  /** What payees at their ceilings did not take, which went back; absent where they took all. Not said again. */
  readonly declined?: bigint;
};

export type Limits = { readonly debitLimit: bigint; readonly ceiling: bigint };

/**
 * `member`: a person's, or a group's. `pool`: the market's own, such as the float of blind credits; never
 * below zero, without a ceiling, and in statements by its label. `commons`: the market's, down to its floor.
 */
export type AccountKind = 'member' | 'pool' | 'commons';

/** What the market that runs a ledger may do with one account; it cannot take value from it. */
export type AccountCare = {
  setLimits(limits: Limits): void;
  freeze(isFrozen: boolean): void;
  /**
   * C16: gives what is left to the commons, or, with `absorb`, a debt to the commons within its floor (`limit`);
   * then closes. What others hold for it goes to the commons when it comes, so that nobody can keep it open.
   */
  close(absorb: boolean, requestId: string): { readonly ok: true } | Refusal;
};

/** The strongest authority over a ledger: for the market that runs it, in its own vat. */
export type Ledger = {
  brand(): Facet<Brand>;
  issuer(): Facet<Issuer>;
  auditor(): Facet<LedgerAuditor>;
  openAccount(kind: AccountKind, limits: Limits, label?: string): OpenedAccount;
  commons(): Facet<Payee>;
  /** Everybody's entries. Not for people. */
  books(): Books;
  /** Throws when the books are not sound. Reads all of them. */
  assertSound(): void;
};
export type OpenedAccount = {
  readonly account: Facet<Account>;
  readonly payee: Facet<Payee>;
  readonly care: Facet<AccountCare>;
};

export type AccountEntry = {
  readonly number: bigint;
  readonly kind: AccountKind;
  readonly status: AccountView['status'];
  readonly label?: string;
  readonly balance: bigint;
  readonly held: bigint;
  /** Questions too. */
  readonly incoming: bigint;
  readonly withdrawn: bigint;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
};
export type Books = {
  readonly accounts: readonly AccountEntry[];
  /** `payer` and `payee` are accounts by number. A question is a hold that its payee decides. */
  readonly holds: readonly {
    readonly number: bigint;
    readonly payer: bigint;
    readonly payee: bigint;
    readonly value: bigint;
  }[];
  readonly payments: readonly {
    readonly number: bigint;
    readonly account: bigint;
    readonly value: bigint;
  }[];
  /** Only of vouchers: value that its issuer made and that was not destroyed. 0 of mutual credit. */
  readonly issued: bigint;
};
/** Sees totals, and nobody's account. */
export type LedgerAuditor = {
  statement(): LedgerStatement;
  changes(since?: string): Promise<string>;
};
export type LedgerStatement = {
  readonly unit: string;
  readonly accounts: bigint;
  readonly credit: bigint;
  readonly debt: bigint;
  readonly held: bigint;
  readonly payments: bigint;
  readonly pools: bigint;
  readonly commons: bigint;
  /** All of it with its sign, less what was issued. Zero, or the ledger is broken. */
  readonly sum: bigint;
};
