/**
 * Mutual credit (SPEC C2) with holds (C4): the only file in which value moves.
 *
 * Accounts start at zero and every change of a balance has its opposite in the same turn, in another
 * balance or in a hold; so all accounts and open holds sum to zero after every turn.
 * The `inside` facets can change a balance at will. None of them leaves this file.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { BalanceShape, ValueShape } from '../amount/amount.ts';
import type { AccountEntry, Books, HoldEntry, Statement } from './conservation.ts';
import { faultsOf, mayTake, statementOf } from './conservation.ts';
import {
  AccountI,
  AccountInsideI,
  AuditorI,
  DeciderI,
  HoldI,
  HoldInsideI,
  LedgerI,
  LedgerInsideI,
  PayeeI,
} from './guards.ts';
import { once } from './once.ts';
import type { Refusal } from './refusal.ts';
import type {
  Account,
  AccountView,
  Auditor,
  Decided,
  Decider,
  Held,
  Hold,
  HoldPhase,
  HoldView,
  Ledger,
  Limits,
  Paid,
  Payee,
} from './types.ts';

type AccountInside = {
  entry(): AccountEntry;
  /** Changes the balance. Whoever calls it makes the opposite change in the same turn. */
  change(by: bigint): void;
  changeHeld(by: bigint): void;
  changeIncoming(by: bigint): void;
  mayGive(value: bigint): boolean;
  /** Whether the ceiling stands against taking `value`. A promise also counts what was promised before. */
  refuses(promise: boolean, value: bigint): boolean;
};
type HoldInside = { entry(): HoldEntry };
type HoldKit = { hold: Facet<Hold>; decider: Facet<Decider> };
type LedgerInside = {
  accountOf(payee: Facet<Payee>): Facet<AccountInside>;
  keep(payer: Facet<AccountInside>, payee: Facet<AccountInside>, value: bigint): HoldKit;
  forget(number: bigint): void;
  moved(): void;
};

const payerLimit: Refusal = { ok: false, code: 'limit', whose: 'payer' };
const payeeLimit: Refusal = { ok: false, code: 'limit', whose: 'payee' };

const makeAccount = defineActor({
  name: 'CreditAccount',
  state: {
    number: M.nat(),
    balance: BalanceShape,
    held: ValueShape,
    incoming: ValueShape,
    debitLimit: ValueShape,
    ceiling: ValueShape,
    ledger: typed<Facet<LedgerInside>>(M.remotable('ledger')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (ledger: Facet<LedgerInside>, number: bigint, { debitLimit, ceiling }: Limits) => ({
    number,
    balance: 0n,
    held: 0n,
    incoming: 0n,
    debitLimit,
    ceiling,
    ledger,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { account: AccountI, payee: PayeeI, inside: AccountInsideI },
  facets: {
    account: {
      view(): AccountView {
        const { balance, held, incoming, debitLimit, ceiling } = this.state;
        const room = balance + debitLimit;
        const available = room > 0n ? room : 0n;
        return { balance, held, incoming, available, debitLimit, ceiling };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.account);
      },
      pay(payee: Facet<Payee>, value: bigint, requestId: string): Paid | Refusal {
        const { ledger, outcomes } = this.state;
        const { inside: from } = this.facets;
        return once<Paid | Refusal>(outcomes, 'pay', requestId, () => {
          const to = ledger.accountOf(payee);
          if (!from.mayGive(value)) return payerLimit;
          if (to.refuses(false, value)) return payeeLimit;
          from.change(-value);
          to.change(value);
          ledger.moved();
          return { ok: true, value };
        });
      },
      hold(payee: Facet<Payee>, value: bigint, requestId: string): Held | Refusal {
        const { ledger, outcomes } = this.state;
        const { inside: from } = this.facets;
        return once<Held | Refusal>(outcomes, 'hold', requestId, () => {
          const to = ledger.accountOf(payee);
          if (!from.mayGive(value)) return payerLimit;
          if (to.refuses(true, value)) return payeeLimit;
          return { ok: true, ...ledger.keep(from, to, value) };
        });
      },
    },
    payee: {
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      entry(): AccountEntry {
        const { number, balance, held, incoming, debitLimit, ceiling } = this.state;
        return { number, balance, held, incoming, debitLimit, ceiling };
      },
      change(by: bigint): void {
        this.state.balance += by;
      },
      changeHeld(by: bigint): void {
        this.state.held += by;
      },
      changeIncoming(by: bigint): void {
        this.state.incoming += by;
      },
      mayGive(value: bigint): boolean {
        return this.state.balance - value >= -this.state.debitLimit;
      },
      refuses(promise: boolean, value: bigint): boolean {
        const { balance, incoming, ceiling } = this.state;
        // A promise comes after those made before it, so it starts from where they will have led.
        // Otherwise many small ones, each bringing a debtor closer to zero, would pass any ceiling.
        const taker = promise
          ? { balance: balance + incoming, incoming: 0n, ceiling }
          : { balance, incoming, ceiling };
        return !mayTake(taker, value);
      },
    },
  },
  readOnly: ['account.changes'],
});

const makeHold = defineActor({
  name: 'CreditHold',
  state: {
    number: M.nat(),
    value: ValueShape,
    phase: typed<HoldPhase>(M.or('open', 'settled', 'released')),
    payer: typed<Facet<AccountInside>>(M.remotable('payer')),
    payee: typed<Facet<AccountInside>>(M.remotable('payee')),
    ledger: typed<Facet<LedgerInside>>(M.remotable('ledger')),
  },
  init: (
    ledger: Facet<LedgerInside>,
    number: bigint,
    payer: Facet<AccountInside>,
    payee: Facet<AccountInside>,
    value: bigint,
  ) => ({ number, value, phase: 'open' as HoldPhase, payer, payee, ledger }),
  guards: { hold: HoldI, decider: DeciderI, inside: HoldInsideI },
  facets: {
    hold: {
      view(): HoldView {
        const { value, phase } = this.state;
        return { value, phase };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.hold);
      },
    },
    decider: {
      settle(): Decided | Refusal {
        const { state } = this;
        return decide(state, 'settled', state.payee);
      },
      release(): Decided | Refusal {
        const { state } = this;
        return decide(state, 'released', state.payer);
      },
    },
    inside: {
      entry(): HoldEntry {
        const { number, payer, payee, value } = this.state;
        return { number, payer: payer.entry().number, payee: payee.entry().number, value };
      },
    },
  },
  readOnly: ['hold.changes'],
});

type HoldState = {
  readonly number: bigint;
  readonly value: bigint;
  phase: HoldPhase;
  readonly payer: Facet<AccountInside>;
  readonly payee: Facet<AccountInside>;
  readonly ledger: Facet<LedgerInside>;
};

/** Ends a hold in `phase` and gives its value to `receiver`, unless it ended before. */
const decide = (
  state: HoldState,
  phase: 'settled' | 'released',
  receiver: Facet<AccountInside>,
): Decided | Refusal => {
  if (state.phase === phase) return { ok: true, phase };
  if (state.phase !== 'open') return { ok: false, code: 'closed' };
  const { number, value, payer, payee, ledger } = state;
  state.phase = phase;
  payer.changeHeld(-value);
  payee.changeIncoming(-value);
  receiver.change(value);
  ledger.forget(number);
  return { ok: true, phase };
};

type AccountEntryPoint = {
  readonly payee: Facet<Payee>;
  readonly inside: Facet<AccountInside>;
};

const makeLedgerKit = defineActor({
  name: 'CreditLedger',
  state: {
    unit: M.string({ stringLengthLimit: 100 }),
    accounts: typed<DurableMap<bigint, AccountEntryPoint>>(M.any()),
    holds: typed<DurableMap<bigint, Facet<HoldInside>>>(M.any()),
    nextHold: M.nat(),
    /** How often value moved. It lets an auditor wait for the next time. */
    moves: M.nat(),
  },
  init: (unit: string) => ({
    unit,
    accounts: makeDurableMap<bigint, AccountEntryPoint>(),
    holds: makeDurableMap<bigint, Facet<HoldInside>>(),
    nextHold: 1n,
    moves: 0n,
  }),
  guards: { ledger: LedgerI, auditor: AuditorI, inside: LedgerInsideI },
  facets: {
    ledger: {
      openAccount(limits: Limits): { account: Facet<Account>; payee: Facet<Payee> } {
        const { accounts } = this.state;
        const number = BigInt(accounts.size()) + 1n;
        const { account, payee, inside } = makeAccount(this.facets.inside, number, limits);
        accounts.set(number, { payee, inside });
        this.facets.inside.moved();
        return { account, payee };
      },
      books(): Books {
        const { accounts, holds } = this.state;
        return {
          accounts: [...accounts.values()].map(({ inside }) => inside.entry()),
          holds: [...holds.values()].map((hold) => hold.entry()),
        };
      },
      assertSound(): void {
        const faults = faultsOf(this.facets.ledger.books());
        if (faults.length > 0) throw new Error(`Ledger is not sound: ${faults.join('; ')}`);
      },
    },
    auditor: {
      statement(): Statement {
        return statementOf(this.state.unit, this.facets.ledger.books());
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.auditor);
      },
    },
    inside: {
      accountOf(payee: Facet<Payee>): Facet<AccountInside> {
        // The number says where to look; only the identity of what is found there is believed.
        const number = typeof payee.number === 'function' ? payee.number() : 0n;
        const found = this.state.accounts.get(number);
        if (found === undefined || found.payee !== payee)
          throw new TypeError('Cannot pay: payee is not an account of this ledger');
        return found.inside;
      },
      keep(
        payer: Facet<AccountInside>,
        payee: Facet<AccountInside>,
        value: bigint,
      ): { hold: Facet<Hold>; decider: Facet<Decider> } {
        const number = this.state.nextHold;
        this.state.nextHold += 1n;
        const { hold, decider, inside } = makeHold(this.facets.inside, number, payer, payee, value);
        this.state.holds.set(number, inside);
        payer.change(-value);
        payer.changeHeld(value);
        payee.changeIncoming(value);
        this.facets.inside.moved();
        return { hold, decider };
      },
      forget(number: bigint): void {
        this.state.holds.delete(number);
        this.facets.inside.moved();
      },
      moved(): void {
        this.state.moves += 1n;
      },
    },
  },
  readOnly: ['auditor.changes'],
});

/**
 * Makes an empty mutual credit ledger in this vat.
 *
 * @param unit - what people call one unit, such as `créditos`
 */
export const makeLedger = (unit: string): { ledger: Facet<Ledger>; auditor: Facet<Auditor> } => {
  const { ledger, auditor } = makeLedgerKit(unit);
  return { ledger, auditor };
};
