/**
 * A market as far as orders and offers see one: a real ledger, real mechanisms, and nothing else of it.
 * A test reaches its inside, which in a market nobody does.
 */
import { M } from '@endo/patterns';
import { makeLedger } from '@pocas/clearing/credit';
import type { Account, Issuer, Ledger, Payee } from '@pocas/clearing/value';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { makeItemHome } from '#src/item/home.js';
import type { MarketInside, Mechanism, MemberInside } from '#src/inside/types.js';
import { orderMechanism } from '#src/order/mechanism.js';
import { makeOrder } from '#src/order/order.js';

// `any`: a test hands in and is handed whatever it likes.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const mechanisms: readonly Mechanism[] = [orderMechanism];

const makeMember = defineActor({
  name: 'BenchMember',
  state: {
    number: M.nat(),
    name: M.string(),
    account: typed<Facet<Account>>(M.remotable('account')),
    payee: typed<Facet<Payee>>(M.remotable('payee')),
    parts: typed<DurableMap<string, Any>>(M.any()),
    desks: typed<DurableMap<string, Any>>(M.any()),
    spent: M.bigint(),
    faults: M.nat(),
    waiting: M.nat(),
  },
  init: (number: bigint, name: string, account: Facet<Account>, payee: Facet<Payee>) => ({
    number,
    name,
    account,
    payee,
    parts: makeDurableMap<string, Any>(),
    desks: makeDurableMap<string, Any>(),
    spent: 0n,
    faults: 0n,
    waiting: 0n,
  }),
  guards: { member: loose('Member'), care: loose('MemberCare') },
  facets: {
    member: {
      number(): bigint {
        return this.state.number;
      },
      name(): string {
        return this.state.name;
      },
      account(): Any {
        return this.state.account;
      },
      payee(): Any {
        return this.state.payee;
      },
      countSpending(value: bigint): void {
        this.state.spent += value;
      },
      countFault(): void {
        this.state.faults += 1n;
      },
      mayOpen(_kind: string, open: bigint): Any {
        return open < 20n ? { ok: true } : { ok: false, code: 'quota' };
      },
      part(name: string): Any {
        return this.state.parts.get(name);
      },
      setWaiting(_name: string, waiting: bigint): void {
        this.state.waiting = waiting;
      },
      touch(): void {},
    },
    care: {
      take(name: string, desk: Any, part: Any): void {
        this.state.desks.set(name, desk);
        if (part !== undefined) this.state.parts.set(name, part);
      },
      desk(name: string): Any {
        return this.state.desks.get(name);
      },
      facts(): Any {
        const { spent, faults, waiting } = this.state;
        return { spent, faults, waiting };
      },
      account(): Any {
        return this.state.account;
      },
      payee(): Any {
        return this.state.payee;
      },
    },
  },
});

/** Told how an order ended, and how often it was told. */
const makeWatcher = defineActor({
  name: 'BenchWatcher',
  state: { ends: typed<readonly Any[]>(M.any()) },
  init: () => ({ ends: [] as readonly Any[] }),
  guards: { watcher: loose('Watcher') },
  facets: {
    watcher: {
      ended(phase: string, paid: bigint, returned: bigint): void {
        this.state.ends = [...this.state.ends, { phase, paid, returned }];
      },
      ends(): readonly Any[] {
        return this.state.ends;
      },
    },
  },
});

const makeBench = defineActor({
  name: 'Bench',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable('ledger')),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    members: typed<DurableMap<string, Any>>(M.any()),
    parts: typed<DurableMap<string, Any>>(M.any()),
    charter: typed<DurableMap<string, bigint>>(M.any()),
    accepted: typed<readonly Facet<Issuer>[]>(M.any()),
    sales: typed<readonly Any[]>(M.any()),
    records: typed<readonly Any[]>(M.any()),
    next: M.nat(),
    wakes: M.nat(),
    secret: M.string(),
  },
  init: (ledger: Facet<Ledger>, clock: Clock, timer: Timer, secret: string) => ({
    ledger,
    clock,
    timer,
    members: makeDurableMap<string, Any>(),
    parts: makeDurableMap<string, Any>(),
    charter: makeDurableMap<string, bigint>(),
    accepted: [] as readonly Facet<Issuer>[],
    sales: [] as readonly Any[],
    records: [] as readonly Any[],
    next: 1n,
    wakes: 0n,
    secret,
  }),
  guards: { bench: loose('Bench'), inside: loose('MarketInside'), waker: loose('Waker') },
  facets: {
    inside: {
      name(): string {
        return 'Bench';
      },
      unit(): string {
        return 'créditos';
      },
      ledger(): Any {
        return this.state.ledger;
      },
      issuers(): readonly Any[] {
        return this.state.accepted;
      },
      now(): bigint {
        return this.state.clock.now();
      },
      epoch(): bigint {
        return this.state.clock.epoch();
      },
      charter(name: string): bigint {
        const value = this.state.charter.get(name);
        if (value === undefined) throw Error(`no ${name} in the charter`);
        return value;
      },
      isOpen(): boolean {
        return true;
      },
      nextNumber(): bigint {
        this.state.next += 1n;
        return this.state.next - 1n;
      },
      derive(purpose: string): string {
        return sha256(`${this.state.secret} ${purpose}`);
      },
      part(name: string): Any {
        return this.state.parts.get(name);
      },
      record(kind: string, facts: Any, label: string): void {
        this.state.records = [...this.state.records, { kind, facts, label }];
      },
      noteSale(): void {},
      countSale(seller: Any, buyer: Any, price: bigint): void {
        const sale = { seller: seller.name(), buyer: buyer?.name() ?? '', price };
        this.state.sales = [...this.state.sales, sale];
      },
      wakeAt(at: bigint, task: Any, ctx: Any): bigint {
        return this.state.timer.wakeAt(at, this.facets.waker, { task, ctx });
      },
      cancelWake(timer: bigint): void {
        this.state.timer.cancel(timer);
      },
      touch(): void {},
    },
    waker: {
      wake({ task, ctx }: Any): void {
        this.state.wakes += 1n;
        task.due(ctx);
      },
    },
    bench: {
      found(): void {
        for (const { name, found } of mechanisms) {
          const made = found?.(this.facets.inside as unknown as Facet<MarketInside>);
          if (made !== undefined) this.state.parts.set(name, made.part);
        }
      },
      set(name: string, value: bigint): void {
        this.state.charter.set(name, value);
      },
      accept(issuer: Any): void {
        this.state.accepted = [...this.state.accepted, issuer];
      },
      join(name: string, debitLimit = 100n): Any {
        const { ledger, members } = this.state;
        const { account, payee } = ledger.openAccount('member', {
          debitLimit,
          ceiling: 1_000_000n,
        });
        const number = this.facets.inside.nextNumber();
        const { member, care } = makeMember(number, name, account, payee);
        const market = this.facets.inside as unknown as Facet<MarketInside>;
        const inside = member as unknown as Facet<MemberInside>;
        for (const mechanism of mechanisms) {
          const made = mechanism.desk?.(market, inside);
          if (made !== undefined) care.take(mechanism.name, made.desk, made.part);
        }
        members.set(name, { member, care });
        return care;
      },
      care(name: string): Any {
        return this.state.members.get(name).care;
      },
      /** Places an order as a mechanism does. `own`: of the market's credit, out of the buyer's account. */
      order(buyerName: string, sellerName: string, own: bigint, rest: Any, request: string): Any {
        const { members } = this.state;
        const seller = members.get(sellerName).member;
        const { payer = buyerName, legs = [], payoutTo, lost = 0n, ...parts } = rest;
        const holder = members.get(payer).member;
        const terms = { divisible: true };
        const held =
          own === 0n ? undefined : holder.account().hold(seller.payee(), own, terms, request);
        if (held !== undefined && !held.ok) return held;
        const near =
          held === undefined ? [] : [{ kind: 'near', decider: held.decider, value: own }];
        const watcher = makeWatcher().watcher;
        const buyer = buyerName === '' ? {} : { buyer: members.get(buyerName).member };
        const payout =
          payoutTo === undefined ? {} : { payout: this.facets.bench.payout(payoutTo, lost) };
        const kit = makeOrder(this.facets.inside as unknown as Facet<MarketInside>, {
          terms: { what: 'bread', description: 'of rye', version: 1n },
          quantity: 1n,
          seller,
          ...buyer,
          ...payout,
          legs: [...near, ...legs],
          onEnd: watcher as Any,
          ...parts,
        });
        return kit.ok ? { ...kit, watcher } : kit;
      },
      payout(names: Any, lost: bigint): Any {
        const payees = names.map((name: string) => this.state.members.get(name)?.member.payee());
        return makePayout(payees, lost).payout;
      },
      home(units: bigint): Any {
        const { owner, claim } = makeItemHome({ what: 'bread', units, time: this.facets.inside });
        return { owner, claim };
      },
      issuer(): Any {
        return this.state.ledger.issuer();
      },
      books(): Any {
        return this.state.ledger.books();
      },
      check(): void {
        this.state.ledger.assertSound();
      },
      facts(): Any {
        const { sales, records, wakes } = this.state;
        return { sales, records, wakes };
      },
    },
  },
});

/** Equal shares, the first gets the rest, less what is lost. Without a payee the ledger refuses. */
const makePayout = defineActor({
  name: 'BenchPayout',
  state: { payees: typed<readonly Any[]>(M.any()), lost: M.nat() },
  init: (payees: readonly Any[], lost: bigint) => ({ payees, lost }),
  guards: { payout: loose('Payout') },
  facets: {
    payout: {
      shares(value: bigint): readonly Any[] {
        const { payees, lost } = this.state;
        const each = value / BigInt(payees.length);
        return payees.map((payee, index) => ({
          payee: payee ?? this.facets.payout,
          value: index === 0 ? value - each * BigInt(payees.length - 1) - lost : each,
        }));
      },
    },
  },
});

export const make = (
  { clock, timer }: { clock: Clock; timer: Timer },
  { unit = 'créditos' }: { unit?: string } = {},
): unknown => {
  const ledger = makeLedger({ name: 'Bench', kind: 'mutual', unit }, { clock, timer });
  const { bench } = makeBench(ledger, clock, timer, `secret of ${unit}`);
  for (const [name, value] of [
    ['orderExpiry', 1_000_000n],
    ['silence', 100_000n],
    ['disputeRefundBelow', 10n],
    ['window', 12n],
    ['maxOffers', 20n],
    ['price', 0n],
    ['step', 1n],
  ] as const)
    bench.set(name, value);
  bench.found();
  return bench;
};
