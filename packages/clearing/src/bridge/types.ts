/** An exchange of value of two ledgers in different vats (SPEC C9, 7.7). What each step does: `rules.ts`. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Account, Payee, Payment } from '../value/types.ts';
import type { Decision, SidePhase, Status } from './rules.ts';

/**
 * What both sides sign off. Each ledger keeps its own copy and shows it with every question to the other,
 * which compares it with its own: numbers by value, facets by identity. So nobody has to be believed that
 * both were told the same, and nothing is settled where they were not.
 *
 * The coordinator is not compared: only the first ledger heeds one, that of its own copy, and none can do
 * more than choose between both and none. A question that carried its reference could not be asked while
 * its node is away, which is just when it has to be.
 */
export type ExchangeTerms = {
  /** At random, for this exchange only. */
  readonly id: string;
  /** The first one's ledger decides (`rules.ts`). */
  readonly legs: readonly [ExchangeLeg, ExchangeLeg];
  readonly coordinator: Facet<Coordinator>;
  /** Both must have prepared by then, in milliseconds since 1970. */
  readonly deadline: bigint;
};
/** What one ledger asks the other about. */
export type ExchangeQuestion = Omit<ExchangeTerms, 'coordinator'>;
/** The same in numbers, between a ledger and the coordinator, who need no reference to the other ledger. */
export type ExchangeSummary = {
  readonly id: string;
  readonly values: readonly [bigint, bigint];
  readonly deadline: bigint;
};
export type ExchangeLeg = {
  /** Of the ledger in which `value` moves; what it answers is believed, and nothing else. */
  readonly desk: Facet<ExchangeDesk>;
  readonly value: bigint;
  /** Of that ledger. Absent: the receiver has no account there, and gets a payment. */
  readonly to?: Facet<Payee> | undefined;
};

/**
 * Of one ledger, for other ledgers. Anybody may hold it: it moves nothing. What is asked is answered;
 * what is said is not believed, but asked back at the facet that the terms name.
 */
export type ExchangeDesk = {
  view(): { readonly name: string; readonly unit: string };
  /**
   * How an exchange stands here, if it has these terms.
   *
   * @param isFinal - where nothing is known of it, write down that it is refused, for good
   */
  ask(question: ExchangeQuestion, isFinal: boolean): Status;
  /** The same for whoever leads it. */
  stands(summary: ExchangeSummary): Status;
  /** Something is new at the other side. */
  hint(id: string): void;
  /** The value of the other leg, for a receiver without an account there. */
  deliver(id: string, payment: Facet<Payment>): void;
  /** Whether this is what was paid out here for the exchange. */
  paidOut(id: string, payment: Facet<Payment>): boolean;
};

/**
 * Who leads an exchange. Named in the terms of both sides, it is asked by their ledgers what it decided,
 * and that is all that it can do to them: say `settle` of what both hold, or `release`.
 */
export type Coordinator = {
  /** Nothing where it has not decided yet, or leads no exchange with these terms. */
  decisionOf(summary: ExchangeSummary): { readonly decision?: Decision | undefined };
  /** Something is new at a ledger. */
  hint(id: string): void;
};
/** To have exchanges led: for the market whose coordinator it is, and for whoever it lets. */
export type Leader = {
  coordinator(): Facet<Coordinator>;
  /** Idempotent. `conflict` for other terms of the same id, `quota`, `expired`, `invalid` for a deadline too far away. */
  lead(terms: ExchangeTerms): { readonly ok: true } | Refusal;
  view(id: string): CoordinationView | undefined;
};
export type CoordinationView = {
  readonly decision?: Decision | undefined;
  /** What each ledger said last. */
  readonly said: readonly [Status['phase'], Status['phase']];
};

/** Told once how it ended. `payment`: of the other ledger, where the terms named no account there. */
export type ExchangeWatcher = {
  ended(id: string, phase: SidePhase): void;
  paid(id: string, payment: Facet<Payment>): void;
};

/** For the vat of a ledger. It never leaves it. */
export type ExchangeInside = {
  desk(): Facet<ExchangeDesk>;
  /**
   * Signs off and sets value aside, for the holder of an account: who calls this has the account.
   * `limit`, `expired`, `conflict` (another exchange of this id), `closed` (it was refused before),
   * `invalid` (this ledger has no part in it, or `to` is not of it).
   */
  prepare(
    account: Facet<Account>,
    terms: ExchangeTerms,
    watcher: Facet<ExchangeWatcher>,
  ): { readonly ok: true } | Refusal;
  /** Nobody here will take part in it. */
  refuse(id: string, deadline: bigint): void;
  /** The steward gives up on the coordinator. `invalid`: there is no such exchange. */
  freeze(id: string): { readonly ok: true; readonly phase: SidePhase } | Refusal;
  /** Looks again at what the other ledger says. */
  askAgain(id: string): { readonly ok: true; readonly phase: SidePhase } | Refusal;
  view(id: string): SideView | undefined;
};
export type SideView = {
  readonly id: string;
  readonly phase: SidePhase;
  readonly value: bigint;
  readonly deadline: bigint;
  /** Whether the other ledger said that it holds its part. */
  readonly peerHeld: boolean;
  readonly isFrozen: boolean;
};

/** What a desk needs of time. A market's own parts have one. */
export type ExchangeTime = {
  now(): bigint;
  wakeAt(at: bigint, task: Facet<{ due(ctx: unknown): void }>, ctx: unknown): bigint;
  cancelWake(timer: bigint): void;
};
