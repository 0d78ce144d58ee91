/** The facets of a mutual credit ledger, as their holders see them. Values are in the ledger's unit. */
import type { Facet } from '@pocas/vat-runtime';
import type { Books, Statement } from './conservation.ts';
import type { Refusal } from './refusal.ts';

export type AccountView = {
  /** Below zero: what its holder owes to the others together. Held value has left it already. */
  readonly balance: bigint;
  /** In open holds, on the way to others. It counts against the limit. */
  readonly held: bigint;
  /** In open holds of others, on the way here. */
  readonly incoming: bigint;
  /** balance + debitLimit: the most that can be paid or held now. */
  readonly available: bigint;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
};

/** Of an account's holder: pays and reserves, never below `-debitLimit`. */
export type Account = {
  view(): AccountView;
  changes(since?: string): Promise<string>;
  /**
   * Moves value at once.
   * Refusals: `limit` of the payer (its debit limit) or of the payee (its ceiling).
   * Throws when `payee` is not an account of this ledger.
   */
  pay(payee: Facet<Payee>, value: bigint, requestId: string): Paid | Refusal;
  /**
   * Takes value out of the balance and keeps it for `payee` until the decider decides.
   * Refusals and faults as for `pay`. The ceiling is asked here and not when the hold is settled,
   * so a settlement never fails.
   */
  hold(payee: Facet<Payee>, value: bigint, requestId: string): Held | Refusal;
};

export type Paid = { readonly ok: true; readonly value: bigint };
export type Held = {
  readonly ok: true;
  readonly hold: Facet<Hold>;
  readonly decider: Facet<Decider>;
};

/** Designates an account to pay into, and gives nothing else of it: safe to post. */
export type Payee = {
  /** Where the ledger finds the account. It checks that the facet found there is this very one. */
  number(): bigint;
};

export type HoldPhase = 'open' | 'settled' | 'released';
export type HoldView = { readonly value: bigint; readonly phase: HoldPhase };

/** Shows a hold and decides nothing. */
export type Hold = {
  view(): HoldView;
  changes(since?: string): Promise<string>;
};

/**
 * Decides a hold, once. The decision made first stands:
 * asked again, it answers the same; asked for the other one, `closed`.
 */
export type Decider = {
  /** The value goes to the payee. */
  settle(): Decided | Refusal;
  /** The value goes back to the payer. */
  release(): Decided | Refusal;
};
export type Decided = { readonly ok: true; readonly phase: HoldPhase };

export type Limits = {
  /** How far below zero its holder may go. */
  readonly debitLimit: bigint;
  /** How far above zero others may lift it. */
  readonly ceiling: bigint;
};

/** The strongest authority over a ledger: for the market that runs it, in its own vat. */
export type Ledger = {
  /** A new account, at zero. */
  openAccount(limits: Limits): { readonly account: Facet<Account>; readonly payee: Facet<Payee> };
  /** Everybody's entries. Not for people. */
  books(): Books;
  /** Throws when the books are not sound. Reads all of them. */
  assertSound(): void;
};

/** Checks that nothing was created or lost, and sees no one's account. */
export type Auditor = {
  statement(): Statement;
  changes(since?: string): Promise<string>;
};
