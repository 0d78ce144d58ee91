/** A ledger with its exchange desk and a coordinator, and what its people and its steward do with them. */
import { M } from '@endo/patterns';
import type { Account, Ledger, Payee, Payment } from '@pocas/clearing';
import {
  type ExchangeDesk,
  type ExchangeInside,
  type ExchangeTerms,
  type Leader,
  makeCoordinator,
  makeExchangeDesk,
} from '@pocas/clearing/bridge';
import { makeLedger } from '@pocas/clearing/credit';
import {
  type Clock,
  type DurableMap,
  type Facet,
  type Timer,
  defineActor,
  makeDurableMap,
  send,
  typed,
} from '@pocas/vat-runtime';

// `any`: terms come from a test as they are, right or wrong.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });
type Member = { readonly account: Facet<Account>; readonly payee: Facet<Payee> };

type BankParams = { readonly unit: string; readonly kind?: 'mutual' | 'time' };

const makeTime = defineActor({
  name: 'Time',
  state: {
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
  },
  init: (clock: Clock, timer: Timer) => ({ clock, timer }),
  guards: { time: loose('Time'), sleeper: loose('Sleeper') },
  facets: {
    time: {
      now(): bigint {
        return this.state.clock.now();
      },
      wakeAt(at: bigint, task: Any, ctx: Any): bigint {
        return this.state.timer.wakeAt(at, this.facets.sleeper, { task, ctx });
      },
      cancelWake(timer: bigint): void {
        this.state.timer.cancel(timer);
      },
    },
    sleeper: {
      wake({ task, ctx }: Any): void {
        task.due(ctx);
      },
    },
  },
});

const makeBank = defineActor({
  name: 'Bank',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable('ledger')),
    exchange: typed<Facet<ExchangeInside>>(M.remotable('exchange')),
    leader: typed<Facet<Leader>>(M.remotable('leader')),
    time: typed<Any>(M.remotable('time')),
    members: typed<DurableMap<string, Member>>(M.any()),
    payments: typed<DurableMap<string, Facet<Payment>>>(M.any()),
    endings: typed<DurableMap<string, string>>(M.any()),
  },
  init: (
    { clock, timer }: { clock: Clock; timer: Timer },
    { unit, kind = 'mutual' }: BankParams,
  ) => {
    const ledger = makeLedger({ name: unit, kind, unit }, { clock, timer });
    const { time } = makeTime(clock, timer);
    const pool = ledger.openAccount('pool', { debitLimit: 0n, ceiling: 0n }, 'exchange');
    const secret = `secret of ${unit}`;
    return {
      ledger,
      exchange: makeExchangeDesk({ name: unit, unit, pool, time, secret }),
      leader: makeCoordinator(time),
      time,
      members: makeDurableMap<string, Member>(),
      payments: makeDurableMap<string, Facet<Payment>>(),
      endings: makeDurableMap<string, string>(),
    };
  },
  guards: { bank: loose('Bank'), watcher: loose('Watcher') },
  facets: {
    bank: {
      join(name: string, debitLimit: bigint): Facet<Payee> {
        const limits = { debitLimit, ceiling: 1_000n };
        const { account, payee } = this.state.ledger.openAccount('member', limits);
        this.state.members.set(name, { account, payee });
        return payee;
      },
      desk(): Facet<ExchangeDesk> {
        return this.state.exchange.desk();
      },
      coordinator(): Any {
        return this.state.leader.coordinator();
      },
      lead(terms: ExchangeTerms): Any {
        return this.state.leader.lead(terms);
      },
      led(id: string): Any {
        return this.state.leader.view(id);
      },
      prepare(name: string, terms: ExchangeTerms): Any {
        const { account } = this.state.members.get(name)!;
        return this.state.exchange.prepare(account, terms, this.facets.watcher);
      },
      freeze(id: string): Any {
        return this.state.exchange.freeze(id);
      },
      askAgain(id: string): Any {
        return this.state.exchange.askAgain(id);
      },
      side(id: string): Any {
        return this.state.exchange.view(id);
      },
      ended(id: string): Any {
        return this.state.endings.get(id);
      },
      payment(id: string): Any {
        return this.state.payments.get(id);
      },
      /** Hands the payment to somebody's account in the other ledger. */
      passOn(id: string, there: Any, name: string): void {
        send(there, 'deposit' as never, [name, this.state.payments.get(id)] as never);
      },
      deposit(name: string, payment: Any): Any {
        const { account } = this.state.members.get(name)!;
        return account.deposit(payment, 'a deposit');
      },
      balance(name: string): bigint {
        return this.state.members.get(name)!.account.view().balance;
      },
      held(name: string): bigint {
        return this.state.members.get(name)!.account.view().held;
      },
      /** Throws where value was made or lost. */
      assertSound(): void {
        this.state.ledger.assertSound();
      },
    },
    watcher: {
      ended(id: string, phase: string): void {
        this.state.endings.set(id, phase);
      },
      paid(id: string, payment: Facet<Payment>): void {
        this.state.payments.set(id, payment);
      },
    },
  },
});

export const make = (powers: { clock: Clock; timer: Timer }, params: BankParams): unknown =>
  makeBank(powers, params).bank;
