/**
 * What the objects of one ledger are to each other. Whoever holds one of these facets can move value, so
 * none of them leaves this room.
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { BalanceShape, ValueShape } from '../amount/amount.ts';
import { SharesShape } from '../value/guards.ts';
import type {
  AccountEntry,
  AccountKind,
  Decided,
  Decider,
  Held,
  HoldFacts,
  HoldTerms,
  Movement,
  Overflow,
  Payee,
  Payment,
  Share,
  TakenOver,
} from '../value/types.ts';

export type MovementKind = Movement['kind'];

export type AccountInside = {
  number(): bigint;
  entry(): AccountEntry;
  payments(): readonly PaymentFacts[];
  payee(): Facet<Payee>;
  isClosed(): boolean;
  /** Changes the balance and notes why. Whoever calls it makes the opposite change in the same turn. */
  move(by: bigint, kind: MovementKind): void;
  /** So much more, or less, is in open holds with this payer, and so many more, or fewer, they are. */
  pays(value: bigint, holds: bigint): void;
  /** So much more, or less, is in open holds for this payee. */
  awaits(value: bigint): void;
  /** What of a value passes the ceiling, what is to become of that, and whether no more questions fit. */
  overflow(value: bigint): {
    readonly excess: bigint;
    readonly choice: Overflow;
    readonly isFull: boolean;
  };
  /** A question to this holder. */
  ask(question: Facet<HoldInside>, number: bigint, value: bigint): void;
  /** The payment that was withdrawn here is used up. */
  used(payment: bigint, value: bigint): void;
};

export type PaymentFacts = {
  readonly number: bigint;
  readonly account: bigint;
  readonly value: bigint;
};
export type PaymentInside = {
  number(): bigint;
  /** Of one that is live. */
  facts(): PaymentFacts & { readonly from: Facet<AccountInside> };
  isLive(): boolean;
  end(phase: 'deposited' | 'recovered'): void;
};

export type HoldInside = {
  entry(): { number: bigint; payer: bigint; payee: bigint; value: bigint };
  facts(): HoldFacts;
  /** Only whoever has the newest decider decides. */
  decide(
    by: Facet<Decider>,
    phase: 'settled' | 'released',
    shares?: readonly Share[],
  ): Decided | Refusal;
  takeOver(by: Facet<Decider>, requestId: string): TakenOver | Refusal;
  /** Ends a question. */
  answer(choice: Exclude<Overflow, 'ask'>): void;
};

export type Delivered = { readonly asked: bigint; readonly declined: bigint };

export type LedgerInside = {
  now(): bigint;
  epoch(): bigint;
  /** Whether a value is in steps of the brand. */
  isInSteps(value: bigint): boolean;
  step(): bigint;
  /** @throws for what is no account of this ledger */
  accountOf(payee: Facet<Payee>): Facet<AccountInside>;
  commons(): Facet<AccountInside>;
  /** A balance changed. */
  moved(kind: AccountKind, before: bigint, after: bigint): void;
  /** An account was closed. */
  closed(): void;
  makePayment(from: Facet<AccountInside>, value: bigint): MadePayment;
  paymentUsed(value: bigint): void;
  keep(
    payer: Facet<AccountInside>,
    payee: Facet<AccountInside>,
    value: bigint,
    terms: HoldTerms,
  ): Held;
  wakeAt(at: bigint, hold: Facet<Sleeper>): bigint;
  /** A hold has ended; its value is nowhere until it is given to somebody in the same turn. */
  ended(
    number: bigint,
    payer: Facet<AccountInside>,
    payee: Facet<AccountInside>,
    value: bigint,
    timer: bigint | undefined,
  ): void;
  /**
   * Gives value that is nobody's now to `to`, and what passes its ceiling as it said.
   * @param from - gets what is declined
   * @returns what waits for the receiver's word, and what was declined
   */
  deliver(
    from: Facet<AccountInside>,
    to: Facet<AccountInside>,
    value: bigint,
    kind: MovementKind,
  ): Delivered;
  /** Gives back what its receiver did not take. */
  decline(from: Facet<AccountInside>, value: bigint): void;
  giveBack(to: Facet<AccountInside>, value: bigint): void;
};
export type MadePayment = {
  readonly payment: Facet<Payment>;
  readonly inside: Facet<PaymentInside>;
};
export type Sleeper = { sleep(until: bigint): void; wake(ctx: unknown, at: bigint): void };

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;

const far = M.remotable();
const MovementShape = M.string({ stringLengthLimit: 20 });

export const AccountInsideI: Methods<AccountInside> = M.interface('AccountInside', {
  number: M.call().returns(M.nat()),
  entry: M.call().returns(M.record()),
  payments: M.call().returns(M.arrayOf(M.record())),
  payee: M.call().returns(far),
  isClosed: M.call().returns(M.boolean()),
  move: M.call(BalanceShape, MovementShape).returns(),
  pays: M.call(BalanceShape, BalanceShape).returns(),
  awaits: M.call(BalanceShape).returns(),
  overflow: M.call(ValueShape).returns(M.record()),
  ask: M.call(far, M.nat(), ValueShape).returns(),
  used: M.call(M.nat(), ValueShape).returns(),
});

export const PaymentInsideI: Methods<PaymentInside> = M.interface('PaymentInside', {
  number: M.call().returns(M.nat()),
  facts: M.call().returns(M.record()),
  isLive: M.call().returns(M.boolean()),
  end: M.call(M.or('deposited', 'recovered')).returns(),
});

export const HoldInsideI: Methods<HoldInside> = M.interface('HoldInside', {
  entry: M.call().returns(M.record()),
  facts: M.call().returns(M.record()),
  decide: M.call(far, M.or('settled', 'released')).optional(SharesShape).returns(M.record()),
  takeOver: M.call(far, RequestIdShape).returns(M.record()),
  answer: M.call(M.or('accept', 'decline', 'commons')).returns(),
});

export const SleeperI: Methods<Sleeper> = M.interface('HoldSleeper', {
  sleep: M.call(M.bigint()).returns(),
  wake: M.call(M.any(), M.bigint()).returns(),
});

export const LedgerInsideI: Methods<LedgerInside> = M.interface('LedgerInside', {
  now: M.call().returns(M.bigint()),
  epoch: M.call().returns(M.bigint()),
  isInSteps: M.call(ValueShape).returns(M.boolean()),
  step: M.call().returns(M.nat()),
  accountOf: M.call(far).returns(far),
  commons: M.call().returns(far),
  moved: M.call(M.or('member', 'pool', 'commons'), BalanceShape, BalanceShape).returns(),
  closed: M.call().returns(),
  makePayment: M.call(far, ValueShape).returns(M.record()),
  paymentUsed: M.call(ValueShape).returns(),
  keep: M.call(far, far, ValueShape, M.record()).returns(M.record()),
  wakeAt: M.call(M.bigint(), far).returns(M.bigint()),
  ended: M.call(M.nat(), far, far, ValueShape, M.opt(M.bigint())).returns(),
  deliver: M.call(far, far, ValueShape, MovementShape).returns(M.record()),
  decline: M.call(far, ValueShape).returns(),
  giveBack: M.call(far, ValueShape).returns(),
});
