/**
 * A plural market (SPEC M1): a ledger, a charter, members, and what wakes up later.
 *
 * It knows no rule of any mechanism: those are rooms, listed in `desks.ts`. It hands them `inside`.
 */
import { M } from '@endo/patterns';
import { makeLedger } from '@pocas/clearing/credit';
import { type Activity, type LimitChange, makeActivity } from '@pocas/clearing/limits';
import { type Mint, makeMint } from '@pocas/clearing/blind';
import type { Issuer, Ledger, LedgerAuditor, Payee } from '@pocas/clearing/value';
import type { Clock, DurableMap, Enlivener, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import { defineActor, hmac, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import {
  type Acts,
  type Fences,
  type JournalKeeper,
  type JournalReader,
  type JournalWriter,
  type PrivacyLabel,
  type Refusal,
  makeCharter,
  makeFences,
  makeJournal,
  refuse,
} from '@pocas/vat-runtime/actors';
import type { AuditPart } from '../audit/types.ts';
import { marketCharter } from '../charter/definition.ts';
import type { MarketCharterInside, MarketCharterPublic } from '../charter/types.ts';
import { NameShape } from '../inside/shapes.ts';
import type { CharterName, Desk, MarketInside, MemberInside, Task } from '../inside/types.ts';
import { mechanisms } from './desks.ts';
import { openFacets } from './fences.ts';
import type { Admission, MarketHub, MemberKit } from './inside.ts';
import { absorbDebt, depart } from './leaving.ts';
import { DispatcherI, HubI, MarketInsideI } from './market-guards.ts';
import { makeMember } from './member.ts';
import type { MarketParams, MarketPhase, MarketRules, MemberCard } from './types.ts';

const shown = 30;

export type MarketPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Lets people make invitations that can be sent as a text. */
  readonly grantor?: Facet<Grantor>;
  /** Lets people bring what they hold in another market as a text. */
  readonly enlivener?: Facet<Enlivener>;
};

type Terms = {
  readonly name: string;
  readonly kind: 'mutual' | 'time';
  readonly unit: string;
  readonly secret: string;
};
type Room = {
  readonly part: object;
  readonly publicPage?: Facet<Desk>;
  readonly stewardPage?: Facet<Desk>;
};

const makeMarketKit = defineActor({
  name: 'Market',
  state: {
    name: NameShape,
    kind: M.or('mutual', 'time'),
    unit: NameShape,
    /** All keys of this market follow from it. It never leaves its vat. */
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    enlivener: typed<Facet<Enlivener> | undefined>(M.opt(M.remotable('enlivener'))),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    journalKeeper: typed<Facet<JournalKeeper>>(M.remotable('journalKeeper')),
    charter: typed<Facet<MarketCharterInside>>(M.remotable('charter')),
    ledger: typed<Facet<Ledger>>(M.remotable('ledger')),
    /** Known once the market is there for it to ask. */
    activity: typed<Facet<Activity> | undefined>(M.opt(M.remotable('activity'))),
    mint: typed<Facet<Mint> | undefined>(M.opt(M.remotable('mint'))),
    rooms: typed<DurableMap<string, Room>>(M.any()),
    members: typed<DurableMap<bigint, MemberKit>>(M.any()),
    /** Those with whom a plan was agreed on, by number. */
    plans: typed<DurableMap<bigint, true>>(M.any()),
    fences: typed<Facet<Fences>>(M.remotable('fences')),
    next: M.nat(),
    phase: typed<MarketPhase>(M.or('open', 'windingDown', 'closed')),
    /** How many came by themselves in which epoch. */
    strangers: typed<{ readonly epoch: bigint; readonly came: bigint }>(M.record()),
    /** Counts what public pages show, so that a page can wait for the next thing. */
    news: M.nat(),
  },
  init: (
    { name, kind, unit, secret }: Terms,
    { clock, timer, grantor, enlivener }: MarketPowers,
    journal: Facet<JournalWriter>,
    journalKeeper: Facet<JournalKeeper>,
    charter: Facet<MarketCharterInside>,
    ledger: Facet<Ledger>,
  ) => ({
    name,
    kind,
    unit,
    secret,
    clock,
    timer,
    grantor,
    enlivener,
    journal,
    journalKeeper,
    charter,
    ledger,
    activity: undefined,
    mint: undefined,
    rooms: makeDurableMap<string, Room>(),
    members: makeDurableMap<bigint, MemberKit>(),
    plans: makeDurableMap<bigint, true>(),
    fences: makeFences(openFacets),
    next: 1n,
    phase: 'open' as MarketPhase,
    strangers: { epoch: 0n, came: 0n },
    news: 0n,
  }),
  guards: { inside: MarketInsideI, hub: HubI, dispatcher: DispatcherI },
  facets: {
    inside: {
      name(): string {
        return this.state.name;
      },
      unit(): string {
        return this.state.unit;
      },
      ledger(): Facet<Ledger> {
        return this.state.ledger;
      },
      mint(): Facet<Mint> {
        return this.state.mint!;
      },
      issuers(): readonly Facet<Issuer>[] {
        return [this.state.ledger.issuer()];
      },
      now(): bigint {
        return this.state.clock.now();
      },
      epoch(): bigint {
        return this.state.clock.epoch();
      },
      charter(name: CharterName): bigint {
        const { charter, ledger } = this.state;
        // A ledger keeps the step it was made with, so whatever is priced here goes by that one.
        return name === 'step' ? ledger.brand().describe().step : charter.value(name);
      },
      charterList(name: 'categories' | 'units' | 'refused'): readonly string[] {
        return this.state.charter.list(name);
      },
      isOpen(): boolean {
        return this.state.phase === 'open';
      },
      nextNumber(): bigint {
        const number = this.state.next;
        this.state.next += 1n;
        return number;
      },
      derive(purpose: string): string {
        return derived(this.state.secret, purpose);
      },
      part(mechanism: string): object {
        const room = this.state.rooms.get(mechanism);
        if (room === undefined) throw new RangeError(`This market has no "${mechanism}"`);
        return room.part;
      },
      record(kind: string, facts: unknown, label: PrivacyLabel): void {
        this.state.journal.record(kind, facts, label);
      },
      countSale(
        seller: Facet<MemberInside>,
        buyer: Facet<MemberInside> | undefined,
        price: bigint,
      ): void {
        // A buyer who is hidden is counted only where the till was shown an appreciation token.
        const isAppreciated = buyer === undefined;
        this.state.activity!.sold(seller.number(), buyer?.number(), price, isAppreciated);
      },
      noteSale(what: string, price: bigint): void {
        (this.facets.inside.part('audit') as Facet<AuditPart>).noteSale(what, price);
      },
      wakeAt(at: bigint, task: Facet<Task>, ctx: unknown): bigint {
        return this.state.timer.wakeAt(at, this.facets.dispatcher, { task, ctx });
      },
      cancelWake(timer: bigint): void {
        this.state.timer.cancel(timer);
      },
      grantor(): Facet<Grantor> | undefined {
        return this.state.grantor;
      },
      enlivener(): Facet<Enlivener> | undefined {
        return this.state.enlivener;
      },
      touch(): void {
        this.state.news += 1n;
      },
    },
    hub: {
      inside(): Facet<MarketInside> {
        return this.facets.inside;
      },
      rules(): MarketRules {
        const { clock, ledger, unit } = this.state;
        const { inside } = this.facets;
        const epochZero = clock.startOf(0n);
        return {
          unit,
          isOpen: inside.isOpen(),
          price: inside.charter('price'),
          step: ledger.brand().describe().step,
          maxOffers: inside.charter('maxOffers'),
          maxNeeds: inside.charter('maxNeeds'),
          categories: inside.charterList('categories'),
          units: inside.charterList('units'),
          refused: inside.charterList('refused'),
          epochZero,
          epochLength: clock.startOf(1n) - epochZero,
        };
      },
      phase(): MarketPhase {
        return this.state.phase;
      },
      /** Makes what each mechanism keeps for the market. Once, when it is founded. */
      begin(): void {
        const { inside } = this.facets;
        const { clock, ledger } = this.state;
        const epoch = clock.epoch();
        this.state.activity = makeActivity(inside, epoch);
        // Nobody else has the account of the float.
        const float = ledger.openAccount('pool', { debitLimit: 0n, ceiling: 0n }, 'float');
        this.state.mint = makeMint({
          market: inside.derive('mint tag'),
          secret: inside.derive('mint'),
          step: inside.charter('step'),
          float: { account: float.account, payee: float.payee },
          commons: ledger.commons(),
          epoch,
        });
        inside.record('mint keys', this.state.mint.keys(), 'P0');
        for (const { name, found } of mechanisms)
          if (found !== undefined) this.state.rooms.set(name, found(inside));
      },
      enrol(name: string, admission: Admission): MemberKit {
        const { ledger, members } = this.state;
        const { inside, hub } = this.facets;
        const activity = this.state.activity!;
        const number = inside.nextNumber();
        const limits = activity.admit(number, admission.kind === 'invited');
        const opened = ledger.openAccount('member', limits);
        const kit = makeMember(number, name, hub, opened);
        members.set(number, kit);
        if (admission.kind === 'introduced') lendFirst(hub, admission, number);
        if (admission.kind === 'stranger') {
          const { clock, strangers } = this.state;
          const epoch = clock.epoch();
          const came = strangers.epoch === epoch ? strangers.came : 0n;
          this.state.strangers = { epoch, came: came + 1n };
        }
        inside.record('joined', { member: number, how: admission.kind }, 'P1');
        inside.touch();
        return kit;
      },
      fences(): Facet<Fences> {
        return this.state.fences;
      },
      member(number: bigint): MemberKit | undefined {
        return this.state.members.get(number);
      },
      memberOf(card: Facet<MemberCard>): MemberKit | undefined {
        // The number says where to look; only the identity of what is found there is believed.
        if (typeof card.number !== 'function') return undefined;
        const kit = this.state.members.get(card.number());
        return kit?.card === card ? kit : undefined;
      },
      members(before?: bigint): readonly MemberKit[] {
        const range = before === undefined ? {} : { to: before };
        return [...this.state.members.values({ ...range, reverse: true, limit: shown })];
      },
      everybody(): readonly MemberKit[] {
        return [...this.state.members.values()];
      },
      membersFrom(from: bigint, limit: number): readonly MemberKit[] {
        return [...this.state.members.values({ from, limit })];
      },
      memberCount(): bigint {
        return BigInt(this.state.members.size());
      },
      activity(): Facet<Activity> {
        return this.state.activity!;
      },
      commons(): Facet<Payee> {
        return this.state.ledger.commons();
      },
      grantor(): Facet<Grantor> | undefined {
        return this.state.grantor;
      },
      journal(label: PrivacyLabel): Facet<JournalReader> {
        return this.state.journalKeeper.reader(label);
      },
      auditor(): Facet<LedgerAuditor> {
        return this.state.ledger.auditor();
      },
      applyLimits(changes: readonly LimitChange[]): void {
        const { members, phase } = this.state;
        for (const { member, limits } of changes) {
          // While a market winds down nobody gets deeper into debt, whatever was earned.
          const { ceiling } = limits;
          const now = phase === 'open' ? limits : { debitLimit: 0n, ceiling };
          members.get(member)?.care.account().setLimits(now);
        }
      },
      windDown(): { readonly ok: true } | Refusal {
        const { state } = this;
        const { hub, inside } = this.facets;
        if (state.phase !== 'open') return refuse('closed');
        state.phase = 'windingDown';
        const activity = state.activity!;
        hub.applyLimits(
          [...state.members.keys()].map((member) => ({ member, limits: activity.limits(member) })),
        );
        inside.record('winding down', {}, 'P0');
        hub.tellAll();
        return { ok: true };
      },
      close(): { readonly ok: true } | Refusal {
        const { state } = this;
        if (state.phase === 'open') return refuse('notYet');
        if (state.phase === 'closed') return refuse('closed');
        const { accounts, holds, payments } = state.ledger.books();
        const isZero = accounts.every(({ kind, balance }) => kind === 'commons' || balance === 0n);
        if (!isZero || holds.length > 0 || payments.length > 0) return refuse('notYet');
        state.phase = 'closed';
        this.facets.inside.record('closed', state.ledger.auditor().statement(), 'P0');
        this.facets.hub.tellAll();
        return { ok: true };
      },
      tellAll(): void {
        this.facets.inside.touch();
        for (const { inside } of this.state.members.values()) inside.touch();
      },
      forget(number: bigint): void {
        const { members, activity } = this.state;
        this.facets.hub.applyLimits(activity!.leave(number));
        members.delete(number);
        this.state.plans.delete(number);
        this.facets.inside.record('left', { member: number }, 'P1');
        this.facets.inside.touch();
      },
      expel(number: bigint): void {
        const kit = this.state.members.get(number)!;
        kit.care.account().close(false, this.facets.inside.derive(`expelled ${number}`));
        kit.care.left();
      },
      depart(number: bigint, isGiving: boolean): void {
        depart(this.facets.hub, number, isGiving);
      },
      notePlan(number: bigint, isThere: boolean): void {
        if (isThere) this.state.plans.set(number, true);
        else this.state.plans.delete(number);
        this.facets.inside.touch();
      },
      plans(): readonly MemberKit[] {
        const { plans, members } = this.state;
        return [...plans.keys({ limit: shown })].flatMap((number) => members.get(number) ?? []);
      },
      absorb(number: bigint): void {
        absorbDebt(this.facets.hub, number);
      },
      strangersLeft(): bigint {
        const { clock, strangers, charter } = this.state;
        const came = strangers.epoch === clock.epoch() ? strangers.came : 0n;
        const left = charter.value('strangers') - came;
        return left > 0n ? left : 0n;
      },
      publicPages(): readonly Facet<Desk>[] {
        return mechanisms.flatMap(({ name }) => this.state.rooms.get(name)?.publicPage ?? []);
      },
      stewardPages(): readonly Facet<Desk>[] {
        return mechanisms.flatMap(({ name }) => this.state.rooms.get(name)?.stewardPage ?? []);
      },
    },
    /** All timers of this market come here. */
    dispatcher: {
      wake({ task, ctx }: { task: Facet<Task>; ctx: unknown }): void {
        task.due(ctx);
      },
    },
  },
});

/** A secret for one purpose, from which nothing follows about the others. */
const derived = (secret: string, purpose: string): string =>
  sha256(hmac(secret, `pocas market\n${purpose}`));

/** An introducer lends what is still unused of what they said, and not more. */
const lendFirst = (
  hub: Facet<MarketHub>,
  { by, lends }: { readonly by: bigint; readonly lends: bigint },
  to: bigint,
): void => {
  const introducer = hub.member(by);
  if (introducer === undefined) return;
  const { balance, debitLimit } = introducer.inside.account().view();
  const used = balance < 0n ? -balance : 0n;
  const unused = debitLimit - used;
  const value = lends < unused ? lends : unused;
  if (value <= 0n) return;
  const lent = hub.activity().vouch(by, to, value, used);
  if (lent.ok) hub.applyLimits(lent.changes);
};

/** What a market is when it has been founded. */
export type Market = {
  readonly hub: Facet<MarketHub>;
  readonly charterPublic: Facet<MarketCharterPublic>;
  /** By which its charter is changed, and no other way. */
  readonly charterActs: Facet<Acts>;
};

export const makeMarket = (powers: MarketPowers, params: MarketParams): Market => {
  const { name, kind = 'mutual', secret } = params;
  const { unit = kind === 'time' ? 'minutos' : 'créditos', charter: values = {} } = params;
  const { clock } = powers;
  // Two markets of one name are told apart by it, and it tells nothing of the secret.
  const actorTag = `market ${derived(secret, 'tag').slice(0, 16)}`;
  const { writer, keeper } = makeJournal({
    actorTag,
    clock,
    secret: derived(secret, 'journal'),
  });
  const { categories = [], units = [], refused = [] } = params;
  const lists = { categories, units, refused };
  const charter = makeCharter(marketCharter, { clock, journal: writer }, { values, lists });
  const step = charter.inside.value('step');
  const commonsFloor = charter.inside.value('commonsFloor');
  const ledger = makeLedger({ name, kind, unit, step, commonsFloor }, powers);
  const terms = { name, kind, unit, secret };
  const { hub } = makeMarketKit(terms, powers, writer, keeper, charter.inside, ledger);
  writer.record('founded', { name, kind, unit }, 'P0');
  hub.begin();
  return { hub, charterPublic: charter.charterPublic, charterActs: charter.acts };
};
