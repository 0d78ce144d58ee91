/** A person's share in a market: their account, their desks, and what waits for their word. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Account, AccountCare, OpenedAccount, Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Fence, type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import type { CharterName, Desk, MemberInside, OpenKind } from '../inside/types.ts';
import { makeAccountDesk } from './account-desk.ts';
import { mechanisms } from './desks.ts';
import type { AgreedPlan, MarketHub, MemberCase, MemberKit } from './inside.ts';
import { makeLeavingDesk } from './leaving-desk.ts';
import { promisesOf } from './leaving.ts';
import { makeMemberAccount } from './member-account.ts';
import { MemberCareI, MemberInsideI, PlanEndI } from './market-guards.ts';
import { MemberCardI, ParticipantI } from './participant-guards.ts';
import { makeTrustDesk } from './trust-desk.ts';
import type {
  Joined,
  MarketRules,
  MemberCard,
  MemberStatus,
  Participant,
  ParticipantView,
} from './types.ts';

const bounds: { readonly [kind in OpenKind]: CharterName } = {
  offer: 'maxOffers',
  order: 'maxOrders',
  need: 'maxNeeds',
};

type Place = { readonly desk: Facet<Desk>; readonly part?: object; readonly isShown: boolean };

const makeMemberKit = defineActor({
  name: 'Participant',
  state: {
    number: M.nat(),
    name: NameShape,
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    account: typed<Facet<Account>>(M.remotable('account')),
    /** The same, as the member may hold it. */
    ownAccount: typed<Facet<Account>>(M.remotable('account')),
    payee: typed<Facet<Payee>>(M.remotable('payee')),
    accountCare: typed<Facet<AccountCare>>(M.remotable('care')),
    places: typed<DurableMap<string, Place>>(M.any()),
    waiting: typed<DurableMap<string, bigint>>(M.any()),
    status: typed<MemberStatus>(M.or('here', 'leaving', 'left')),
    plan: M.string(),
    /** When this person last did something here, in milliseconds. */
    seen: M.nat(),
    /** When it was noticed that nothing came from them for long; 0 when nothing was. */
    noticed: M.nat(),
    /** What the group agreed to. */
    agreed: typed<AgreedPlan | undefined>(M.opt(M.record())),
    /** When a freeze ends; 0 when there is none. */
    frozenUntil: M.nat(),
    news: M.nat(),
    /** What is handed out goes through it, so that all of it can be renewed. */
    fence: typed<Facet<Fence> | undefined>(M.opt(M.remotable('fence'))),
  },
  init: (
    number: bigint,
    name: string,
    hub: Facet<MarketHub>,
    { account, payee, care }: OpenedAccount,
  ) => ({
    number,
    name,
    hub,
    account,
    ownAccount: makeMemberAccount(hub, account, number),
    payee,
    accountCare: care,
    places: makeDurableMap<string, Place>(),
    waiting: makeDurableMap<string, bigint>(),
    status: 'here' as MemberStatus,
    plan: '',
    seen: hub.inside().now(),
    noticed: 0n,
    agreed: undefined as AgreedPlan | undefined,
    frozenUntil: 0n,
    news: 0n,
    fence: undefined,
  }),
  guards: {
    participant: ParticipantI,
    inside: MemberInsideI,
    care: MemberCareI,
    planEnd: PlanEndI,
    card: MemberCardI,
  },
  facets: {
    participant: {
      view(): ParticipantView {
        const { name, hub, account, places, waiting } = this.state;
        const inside = hub.inside();
        const { balance, held, available } = account.view();
        const all = inOrder(places);
        const phase = hub.phase();
        const attention = [...waiting.entries()].map(([mechanism, count]) => ({
          desk: places.get(mechanism)!.desk,
          waiting: count,
        }));
        return {
          market: inside.name(),
          name,
          // What goes without saying is not on the page.
          ...(phase === 'open' ? {} : { phase }),
          balance,
          held,
          available,
          unit: inside.unit(),
          ...(attention.length === 0 ? {} : { attention }),
          shown: all.filter(({ isShown }) => isShown).map(({ desk }) => desk),
          desks: all.filter(({ isShown }) => !isShown).map(({ desk }) => desk),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.participant, this.state.account);
      },
      desk(mechanism: string): Facet<Desk> {
        const place = this.state.places.get(mechanism);
        if (place === undefined) throw new RangeError('This market has no such page');
        return place.desk;
      },
      card(): Facet<MemberCard> {
        return this.facets.card;
      },
      account(): Facet<Account> {
        return this.state.ownAccount;
      },
      rules(): MarketRules {
        return this.state.hub.rules();
      },
      link(): Promise<{ secret: string }> | Refusal {
        const { hub, fence } = this.state;
        const grantor = hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(fence!.outside(), { label: 'backup of a share' });
        return E.when(text, (secret) => ({ secret }));
      },
      renew(_requestId: string): Joined {
        const { hub, fence, number } = this.state;
        this.state.fence = fence!.renew();
        for (const { renewed } of mechanisms)
          renewed?.(hub.inside(), this.facets.inside as Facet<MemberInside>);
        hub.inside().record('renewed', { member: number }, 'P2');
        return this.facets.care.joined();
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      name(): string {
        return this.state.name;
      },
      account(): Facet<Account> {
        return this.state.account;
      },
      payee(): Facet<Payee> {
        return this.state.payee;
      },
      countSpending(value: bigint): void {
        const { hub, number } = this.state;
        if (value >= 0n) hub.activity().spent(number, value);
        else hub.activity().cameBack(number, -value);
      },
      countGivenBack(value: bigint): void {
        this.state.hub.activity().unsold(this.state.number, value);
      },
      countFault(): void {
        this.state.hub.activity().fault(this.state.number);
      },
      takeAppreciations(count: bigint): { readonly ok: true; readonly left: bigint } | Refusal {
        return this.state.hub.activity().appreciate(this.state.number, count);
      },
      mayOpen(kind: OpenKind, open: bigint): { readonly ok: true } | Refusal {
        const { hub, status } = this.state;
        this.facets.care.act();
        const phase = hub.phase();
        // Orders go on while a market winds down: by them those who owe make up for it.
        const isTaken = phase === 'open' || (phase === 'windingDown' && kind === 'order');
        if (!isTaken || status === 'left') return refuse('closed');
        return open < hub.inside().charter(bounds[kind]) ? { ok: true } : refuse('quota');
      },
      part(mechanism: string): object {
        const part = this.state.places.get(mechanism)?.part;
        if (part === undefined) throw new RangeError(`This participant has no "${mechanism}"`);
        return part;
      },
      setWaiting(mechanism: string, count: bigint): void {
        const { waiting, places } = this.state;
        if (!places.has(mechanism)) throw new RangeError(`There is no page of "${mechanism}"`);
        if (count === (waiting.get(mechanism) ?? 0n)) return;
        if (count === 0n) waiting.delete(mechanism);
        else waiting.set(mechanism, count);
        this.facets.inside.touch();
      },
      touch(): void {
        this.state.news += 1n;
      },
    },
    care: {
      /** What whoever comes in is answered. */
      joined(): Joined {
        const { hub, fence } = this.state;
        // The cast says what stands behind the fence.
        const participant = fence!.outside() as unknown as Facet<Participant>;
        return { ok: true, place: hub.inside().name(), participant, goto: participant };
      },
      enclose(fence: Facet<Fence>): void {
        this.state.fence = fence;
      },
      account(): Facet<AccountCare> {
        return this.state.accountCare;
      },
      status(): MemberStatus {
        return this.state.status;
      },
      plan(): string {
        return this.state.plan;
      },
      isAway(): boolean {
        return this.state.noticed !== 0n;
      },
      isFrozen(): boolean {
        return this.state.frozenUntil !== 0n;
      },
      standing(): { readonly member: bigint; readonly balance: bigint } {
        return { member: this.state.number, balance: this.state.account.view().balance };
      },
      /** Place for a mechanism's page. Each once. */
      adopt(name: string, place: Place): void {
        this.state.places.set(name, place);
      },
      /** They did something here. */
      act(): void {
        const { hub, seen, noticed } = this.state;
        const now = hub.inside().now();
        // Once an hour is enough to know that somebody is there.
        if (noticed === 0n && now - seen < 3_600_000n) return;
        this.state.seen = now;
        if (noticed === 0n) return;
        this.state.noticed = 0n;
        this.facets.inside.setWaiting('leaving', 0n);
      },
      freeze(until: bigint): void {
        const { accountCare, hub } = this.state;
        this.state.frozenUntil = until;
        accountCare.freeze(true);
        hub.inside().wakeAt(until, this.facets.care, { until });
        this.facets.inside.touch();
      },
      thaw(): void {
        this.state.frozenUntil = 0n;
        this.state.accountCare.freeze(false);
        this.facets.inside.touch();
      },
      due({ until }: { until: bigint }): void {
        // A later freeze has its own end.
        if (this.state.frozenUntil === until) this.facets.care.thaw();
      },
      case(): MemberCase | undefined {
        const { status, noticed, plan, account, hub } = this.state;
        if (status !== 'leaving' && noticed === 0n) return undefined;
        const { balance } = account.view();
        const promises = promisesOf(hub.inside(), this.facets.inside as Facet<MemberInside>);
        const { words: promised, worth } = promises ?? { words: '', worth: 0n };
        if (status === 'leaving') return { reason: 'leaving', balance, plan, promised, worth };
        // The notice lasts as long as one for a change of the charter.
        const waits = hub.inside().charter('notice') * week;
        const isAway = status === 'here' && noticed !== 0n && hub.inside().now() - noticed >= waits;
        return isAway ? { reason: 'away', balance, plan, promised, worth } : undefined;
      },
      agree(days: bigint): { readonly ok: true } | Refusal {
        const { hub, status, agreed, number } = this.state;
        const inside = hub.inside();
        if (status !== 'leaving') return refuse('closed');
        if (agreed?.phase === 'running') return refuse('conflict');
        const until = inside.now() + days * day;
        this.state.agreed = { until, phase: 'running' };
        inside.wakeAt(until, this.facets.planEnd, { until });
        inside.record('plan agreed', { member: number, until }, 'P2');
        hub.notePlan(number, true);
        this.facets.inside.touch();
        return { ok: true };
      },
      agreed(): AgreedPlan | undefined {
        return this.state.agreed;
      },
      endEpoch(): void {
        const { hub, seen, noticed, status } = this.state;
        const inside = hub.inside();
        if (status !== 'here' || noticed !== 0n) return;
        if (inside.now() - seen < inside.charter('absence')) return;
        this.state.noticed = inside.now();
        this.facets.inside.setWaiting('leaving', 1n);
        inside.record('thought away', { member: this.state.number }, 'P2');
      },
      leaving(plan: string): void {
        this.state.status = 'leaving';
        this.state.plan = plan;
        this.facets.inside.touch();
      },
      stay(): void {
        this.state.status = 'here';
        this.state.plan = '';
        this.facets.care.act();
        this.facets.inside.touch();
      },
      left(): void {
        const { hub, number, agreed } = this.state;
        const { inside } = this.facets;
        if (agreed?.phase === 'running') hub.inside().record('plan over', { member: number }, 'P2');
        for (const { left } of mechanisms) left?.(hub.inside(), inside as Facet<MemberInside>);
        this.state.status = 'left';
        inside.touch();
        hub.forget(number);
      },
    },
    /** The time of a plan that was agreed on is over. */
    planEnd: {
      due({ until }: { readonly until: bigint }): void {
        const { hub, number, agreed, account, status } = this.state;
        if (agreed?.phase !== 'running' || agreed.until !== until || status === 'left') return;
        const market = hub.inside();
        const isOpen = promisesOf(market, this.facets.inside as Facet<MemberInside>) !== undefined;
        const isKept = account.view().balance >= 0n && !isOpen;
        this.state.agreed = { until, phase: isKept ? 'kept' : 'unkept' };
        // As an upheld dispute does, it lowers settlement reliability (7.1).
        if (!isKept) hub.activity().fault(number);
        market.record(isKept ? 'plan kept' : 'plan not kept', { member: number }, 'P2');
        hub.notePlan(number, true);
        this.facets.inside.touch();
      },
    },
    card: {
      view(): { readonly name: string } {
        return { name: this.state.name };
      },
      number(): bigint {
        return this.state.number;
      },
    },
  },
  readOnly: ['participant.changes'],
});
/** One's account first, then what one can do here, and last the way out. */
const ranks = ['account', ...mechanisms.map(({ name }) => name), 'trust', 'leaving'];
const inOrder = (places: DurableMap<string, Place>): readonly Place[] =>
  ranks.flatMap((name) => places.get(name) ?? []);
const day = 24n * 60n * 60n * 1000n;
const week = 7n * day;

/** Makes a participant with an account, and their page of each mechanism. */
export const makeMember = (
  number: bigint,
  name: string,
  hub: Facet<MarketHub>,
  opened: OpenedAccount,
): MemberKit => {
  const { participant, inside, care, card } = makeMemberKit(number, name, hub, opened);
  const kit = { participant, inside, care, card };
  care.enclose(hub.fences().around(participant));
  const market = hub.inside();
  for (const { name: mechanism, isShown = false, desk: make } of mechanisms) {
    const place = make?.(market, inside as Facet<MemberInside>);
    if (place !== undefined) care.adopt(mechanism, { ...place, isShown });
  }
  care.adopt('account', { desk: makeAccountDesk(hub, kit), isShown: false });
  care.adopt('trust', { desk: makeTrustDesk(hub, kit), isShown: false });
  care.adopt('leaving', { desk: makeLeavingDesk(hub, kit), isShown: false });
  return kit;
};
