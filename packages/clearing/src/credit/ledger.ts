/**
 * Mutual credit (SPEC C2), and time as its unit (C6): a ledger as `value/types.ts` says what one is.
 *
 * Accounts start at zero, and every change of a balance has its opposite in the same turn: in another balance,
 * in a hold or in a payment. So all of them sum to zero after every turn.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { faultsOf, sumOf } from '../value/conservation.ts';
import { AuditorI, BrandI, IssuerI, LedgerI } from '../value/guards.ts';
import type {
  AccountKind,
  Amount,
  Books,
  Brand,
  BrandKind,
  BrandView,
  Decider,
  Held,
  Hold,
  HoldFacts,
  HoldTerms,
  Issuer,
  Ledger,
  LedgerAuditor,
  LedgerStatement,
  Limits,
  Moved,
  OpenedAccount,
  Payee,
  Payment,
  TakenOver,
} from '../value/types.ts';
import { type AccountKit, makeAccount } from './account.ts';
import { makeHold } from './hold.ts';
import type {
  AccountInside,
  Delivered,
  HoldInside,
  LedgerInside,
  MadePayment,
  MovementKind,
} from './inside.ts';
import { LedgerInsideI } from './inside.ts';
import { makePayment } from './payment.ts';
import { prove } from './proof.ts';
import { type Totals, nothing, withMore, withMoved } from './totals.ts';

export type LedgerTerms = {
  readonly name: string;
  readonly kind: BrandKind;
  /** What people call one unit, such as `créditos`, `minutos`. */
  readonly unit: string;
  /** Every value is a multiple of it. Default 1. */
  readonly step?: bigint;
  /** How far below zero the commons may go. Default 0. */
  readonly commonsFloor?: bigint;
};
export type LedgerPowers = { readonly clock: Clock; readonly timer: Timer };

const NameShape = M.string({ stringLengthLimit: 100 });
const BrandShape = M.splitRecord(
  {
    name: NameShape,
    kind: M.or('mutual', 'time', 'voucher'),
    unit: NameShape,
    step: M.and(ValueShape, M.gte(1n)),
  },
  {},
  {},
);

const makeLedgerKit = defineActor({
  name: 'CreditLedger',
  state: {
    brand: typed<BrandView>(BrandShape),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    accounts: typed<DurableMap<bigint, Facet<AccountInside>>>(M.any()),
    /** The open ones, questions too. */
    holds: typed<DurableMap<bigint, Facet<HoldInside>>>(M.any()),
    commons: typed<AccountKit | undefined>(M.opt(M.record())),
    totals: typed<Totals>(M.record()),
    /** Of holds and payments. */
    nextNumber: M.nat(),
    /** Of holds that a pool pays: how many there were. */
    ofPools: M.nat(),
  },
  init: (brand: BrandView, { clock, timer }: LedgerPowers) => ({
    brand,
    clock,
    timer,
    accounts: makeDurableMap<bigint, Facet<AccountInside>>(),
    holds: makeDurableMap<bigint, Facet<HoldInside>>(),
    commons: undefined,
    totals: nothing,
    nextNumber: 1n,
    ofPools: 0n,
  }),
  guards: {
    ledger: LedgerI,
    issuer: IssuerI,
    auditor: AuditorI,
    brand: BrandI,
    inside: LedgerInsideI,
  },
  facets: {
    ledger: {
      brand(): Facet<Brand> {
        return this.facets.brand;
      },
      issuer(): Facet<Issuer> {
        return this.facets.issuer;
      },
      auditor(): Facet<LedgerAuditor> {
        return this.facets.auditor;
      },
      openAccount(kind: AccountKind, limits: Limits, label?: string): OpenedAccount {
        const { accounts, commons, totals } = this.state;
        if (kind === 'commons' && commons !== undefined) {
          const { account, payee, care } = commons;
          care.setLimits(limits);
          return { account, payee, care };
        }
        const number = BigInt(accounts.size()) + 1n;
        const ownLimits = kind === 'pool' ? { debitLimit: 0n, ceiling: 0n } : limits;
        const kit = makeAccount(this.facets.inside, number, kind, ownLimits, label);
        accounts.set(number, kit.inside);
        if (kind === 'commons') this.state.commons = kit;
        if (kind === 'member') this.state.totals = withMore(totals, 'accounts', 1n);
        const { account, payee, care } = kit;
        return { account, payee, care };
      },
      commons(): Facet<Payee> {
        return this.facets.inside.commons().payee();
      },
      books(): Books {
        const { accounts, holds } = this.state;
        const all = [...accounts.values()];
        return {
          accounts: all.map((account) => account.entry()),
          holds: [...holds.values()].map((hold) => hold.entry()),
          payments: all.flatMap((account) => account.payments()),
          issued: 0n,
        };
      },
      assertSound(): void {
        const faults = faultsOf(this.facets.ledger.books(), this.state.brand.step);
        if (faults.length > 0) throw new Error(`Ledger is not sound: ${faults.join('; ')}`);
      },
    },
    issuer: {
      brand(): Facet<Brand> {
        return this.facets.brand;
      },
      amountOf(payment: Facet<Payment>): { ok: true; amount: Amount } | Refusal {
        const found = prove('payment', this.facets.inside, payment);
        if (found === undefined) return refuse('invalid');
        if (!found.isLive()) return refuse('closed');
        return { ok: true, amount: { brand: this.facets.brand, value: found.facts().value } };
      },
      holdOf(hold: Facet<Hold>): { ok: true; hold: HoldFacts } | Refusal {
        const found = prove('hold', this.facets.inside, hold);
        return found === undefined ? refuse('invalid') : { ok: true, hold: found.facts() };
      },
      takeOver(hold: Facet<Hold>, decider: Facet<Decider>, requestId: string): TakenOver | Refusal {
        const found = prove('hold', this.facets.inside, hold);
        return found === undefined ? refuse('invalid') : found.takeOver(decider, requestId);
      },
      burn(_payment: Facet<Payment>, _requestId: string): Moved | Refusal {
        // A debt would stay, and nobody's credit against it.
        return refuse('unsupported');
      },
    },
    auditor: {
      statement(): LedgerStatement {
        const { brand, totals } = this.state;
        return { unit: brand.unit, ...totals, sum: sumOf(totals) };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.auditor);
      },
    },
    brand: {
      describe(): BrandView {
        return this.state.brand;
      },
    },
    inside: {
      now(): bigint {
        return this.state.clock.now();
      },
      epoch(): bigint {
        return this.state.clock.epoch();
      },
      isInSteps(value: bigint): boolean {
        return value % this.state.brand.step === 0n;
      },
      step(): bigint {
        return this.state.brand.step;
      },
      accountOf(payee: Facet<Payee>): Facet<AccountInside> {
        const found = prove('account', this.facets.inside, payee);
        if (found === undefined)
          throw new TypeError('Cannot pay: payee is not an account of this ledger');
        return found;
      },
      commons(): Facet<AccountInside> {
        return this.state.commons!.inside;
      },
      moved(kind: AccountKind, before: bigint, after: bigint): void {
        this.state.totals = withMoved(this.state.totals, kind, before, after);
      },
      closed(): void {
        this.state.totals = withMore(this.state.totals, 'accounts', -1n);
      },
      makePayment(from: Facet<AccountInside>, value: bigint): MadePayment {
        const { totals, nextNumber: number } = this.state;
        this.state.nextNumber = number + 1n;
        this.state.totals = withMore(totals, 'payments', value);
        return makePayment({ number, value, from, ledger: this.facets.inside });
      },
      paymentUsed(value: bigint): void {
        this.state.totals = withMore(this.state.totals, 'payments', -value);
      },
      keep(
        payer: Facet<AccountInside>,
        payee: Facet<AccountInside>,
        value: bigint,
        terms: HoldTerms,
      ): Held {
        const { hold, decider } = keep(this.state, this.facets.inside, payer, payee, value, terms);
        return { ok: true, hold, decider };
      },
      wakeAt(at: bigint, hold: object): bigint {
        // The cast holds by the guard of whoever calls: only a hold does.
        return this.state.timer.wakeAt(at, hold as Parameters<Timer['wakeAt']>[1]);
      },
      ended(
        number: bigint,
        payer: Facet<AccountInside>,
        payee: Facet<AccountInside>,
        value: bigint,
        timer: bigint | undefined,
      ): void {
        const { totals, holds } = this.state;
        holds.delete(number);
        payer.pays(-value, -1n);
        payee.awaits(-value);
        this.state.totals = withMore(totals, 'held', -value);
        if (timer !== undefined) this.state.timer.cancel(timer);
      },
      deliver(
        from: Facet<AccountInside>,
        to: Facet<AccountInside>,
        value: bigint,
        kind: MovementKind,
      ): Delivered {
        const { state } = this;
        const { inside } = this.facets;
        const commons = inside.commons();
        if (to.isClosed()) {
          commons.move(value, 'received');
          return { asked: 0n, declined: 0n };
        }
        // What comes back to whom it was of is not held against a ceiling.
        if (from === to) {
          to.move(value, kind);
          return { asked: 0n, declined: 0n };
        }
        const { excess, choice, isFull } = to.overflow(value);
        // Too many questions lose nothing of what was earned: a ceiling is a question, not a wall.
        if (excess === 0n || choice === 'accept' || isFull) {
          to.move(value, kind);
          return { asked: 0n, declined: 0n };
        }
        if (choice === 'commons') {
          to.move(value, kind);
          to.move(-excess, 'redirected');
          commons.move(excess, 'received');
          return { asked: 0n, declined: 0n };
        }
        to.move(value - excess, kind);
        if (choice === 'decline') {
          inside.decline(from, excess);
          return { asked: 0n, declined: excess };
        }
        const question = keep(state, inside, from, to, excess, {});
        to.ask(question.inside, question.number, excess);
        return { asked: excess, declined: 0n };
      },
      decline(from: Facet<AccountInside>, value: bigint): void {
        const { inside } = this.facets;
        // Whom a pool paid for the ledger does not know, so there is nobody to give it back to.
        inside.giveBack(from.entry().kind === 'pool' ? inside.commons() : from, value);
      },
      giveBack(to: Facet<AccountInside>, value: bigint): void {
        // What comes back to an account that was closed meanwhile is left to the commons as the rest was.
        if (to.isClosed()) this.facets.inside.commons().move(value, 'received');
        else to.move(value, 'released');
      },
    },
  },
  readOnly: ['auditor.changes'],
});

type State = {
  readonly holds: DurableMap<bigint, Facet<HoldInside>>;
  nextNumber: bigint;
  ofPools: bigint;
  totals: Totals;
};

/** Above all numbers of the others. */
const poolNumbers = 1n << 64n;

/**
 * What a pool pays has numbers of its own: between two of the others they would tell when it paid, and the
 * float of blind credits pays for people whom nobody knows (SPEC 7.2).
 */
const numberFor = (state: State, payer: Facet<AccountInside>): bigint => {
  if (payer.entry().kind === 'pool') {
    state.ofPools += 1n;
    return poolNumbers + state.ofPools;
  }
  const { nextNumber } = state;
  state.nextNumber = nextNumber + 1n;
  return nextNumber;
};

/** Keeps value that has left its payer in this turn. */
const keep = (
  state: State,
  ledger: Facet<LedgerInside>,
  payer: Facet<AccountInside>,
  payee: Facet<AccountInside>,
  value: bigint,
  terms: HoldTerms,
): ReturnType<typeof makeHold> & { number: bigint } => {
  const { holds, totals } = state;
  const number = numberFor(state, payer);
  state.totals = withMore(totals, 'held', value);
  const kit = makeHold(ledger, number, payer, payee, value, terms);
  holds.set(number, kit.inside);
  payer.pays(value, 1n);
  payee.awaits(value);
  return { ...kit, number };
};

/**
 * Makes an empty mutual credit ledger in this vat, with its commons.
 *
 * @param powers - of the vat: holds that expire do so by them
 */
export const makeLedger = (terms: LedgerTerms, powers: LedgerPowers): Facet<Ledger> => {
  const { name, kind, unit, step = 1n, commonsFloor = 0n } = terms;
  const { ledger } = makeLedgerKit({ name, kind, unit, step }, powers);
  ledger.openAccount('commons', { debitLimit: commonsFloor, ceiling: 0n });
  return ledger;
};
