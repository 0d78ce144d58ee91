/**
 * A shelf space allocator (SPEC M13): its zones, its people, and the run at the beginning of each epoch.
 *
 * The run takes a turn for each zone. What a zone is divided from stands still when the epoch begins, so
 * nothing that happens between these turns changes a share; the timer's row says which zone is next.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import { defineActor, hmac, identityOf, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import {
  type Acts,
  type Assembly,
  type BallotShare,
  type Electorate,
  type ElectorateHost,
  type Fences,
  type Joined,
  type JournalWriter,
  type PrivacyLabel,
  type Refusal,
  makeElectorate,
  makeFences,
  refuse,
} from '@pocas/vat-runtime/actors';
import { CoreI, HostI, HubI, MakerI, PlaceI, RunsI } from './guards-inside.ts';
import { GroupI } from './guards-share.ts';
import type {
  Ok,
  Place,
  ShelfCore,
  ShelfMaker,
  ShelfHub,
  ShelfPlace,
  ZoneInside,
} from './inside.ts';
import { makeInvitation } from './invitation.ts';
import { type ShareCare, makeShare } from './share.ts';
import type { Group, ShelfAuditor, ShelfPolicy, ShelfPolicyName, Zone } from './types.ts';
import type { ZoneParams } from './inside.ts';
import { makeZone } from './zone.ts';

/** A page of the steward shows them all. */
export const maxZones = 100n;
export const maxParticipants = 10_000n;
const maxGroups = 1_000n;
/** What comes out of a share as it is: it designates, or is the same for everybody. */
const openFacets = [
  'ShelfZone zone',
  'ShelfGroup group',
  'ShelfInvitation invitation',
  'ShelfAuditor auditor',
  'Charter charterPublic',
  'JournalReader reader',
];

type Member = {
  readonly name: string;
  /** Who vouched for them; undefined: nobody, so they are no newcomer in the sense of the rule. */
  readonly voucher?: bigint;
  /** The zone where they have a newcomer's part: the first that they had a lease in. */
  readonly door?: bigint;
  /** In how many epochs they had a lease, and the newest of them. */
  readonly epochs: bigint;
  readonly last: bigint;
  readonly isGone: boolean;
};
type GroupRow = { readonly name: string; readonly members: readonly bigint[] };
type Due = { readonly epoch: bigint; readonly zone: bigint };

const makeGroupKit = defineActor({
  name: 'ShelfGroup',
  state: { number: M.nat(), place: typed<Facet<Groups>>(M.remotable('place')) },
  init: (number: bigint, place: Facet<Groups>) => ({ number, place }),
  guards: { group: GroupI },
  facets: {
    group: {
      view(): { name: string; members: readonly string[] } {
        return this.state.place.group(this.state.number);
      },
    },
  },
});
type Groups = { group(number: bigint): { name: string; members: readonly string[] } };

export type ShelfTerms = { readonly name: string; readonly secret: string };
export type ShelfPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Makes the texts of invitations. Without it people bring nobody by a text. */
  readonly grantor?: Facet<Grantor>;
};

const makeShelfKit = defineActor({
  name: 'Shelf',
  state: {
    name: M.string(),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    policy: typed<Facet<ShelfPolicy>>(M.remotable('policy')),
    zones: typed<DurableMap<bigint, Facet<ZoneInside>>>(M.any()),
    members: typed<DurableMap<bigint, Member>>(M.any()),
    /** Where each thing stands, by its identity. */
    things: typed<DurableMap<string, Place>>(M.any()),
    groups: typed<DurableMap<bigint, GroupRow>>(M.any()),
    fences: typed<Facet<Fences>>(M.remotable('fences')),
    shares: typed<DurableMap<bigint, Facet<ShareCare>>>(M.any()),
    groupFacets: typed<DurableMap<bigint, Facet<Group>>>(M.any()),
    auditor: typed<Facet<ShelfAuditor> | undefined>(M.opt(M.remotable('auditor'))),
    electorate: typed<Facet<Electorate> | undefined>(M.opt(M.remotable('electorate'))),
    participants: M.nat(),
    /** The run that is to come or under way. */
    epoch: M.nat(),
    zone: M.nat(),
    /** Turned whenever a page may look otherwise. */
    version: M.nat(),
  },
  init: (
    { name, secret }: ShelfTerms,
    { clock, timer, grantor }: ShelfPowers,
    journal: Facet<JournalWriter>,
    policy: Facet<ShelfPolicy>,
  ) => ({
    name,
    secret,
    clock,
    timer,
    grantor,
    journal,
    policy,
    zones: makeDurableMap<bigint, Facet<ZoneInside>>(),
    members: makeDurableMap<bigint, Member>(),
    things: makeDurableMap<string, Place>(),
    groups: makeDurableMap<bigint, GroupRow>(),
    fences: makeFences(openFacets),
    shares: makeDurableMap<bigint, Facet<ShareCare>>(),
    groupFacets: makeDurableMap<bigint, Facet<Group>>(),
    auditor: undefined,
    electorate: undefined,
    participants: 0n,
    epoch: clock.epoch() + 1n,
    zone: 0n,
    version: 0n,
  }),
  guards: { host: HostI, hub: HubI, place: PlaceI, maker: MakerI, core: CoreI, runs: RunsI },
  facets: {
    host: {
      name(): string {
        return this.state.name.slice(0, 100);
      },
      derive(purpose: string): string {
        return hmac(this.state.secret, `pocas shelf\n${purpose}`);
      },
      record(kind: string, facts: unknown, label: PrivacyLabel): void {
        this.state.journal.record(kind, facts, label);
      },
      touch(): void {
        this.facets.hub.touch();
      },
    },
    hub: {
      clock(): Clock {
        return this.state.clock;
      },
      policy(name: ShelfPolicyName): bigint {
        return this.state.policy.value(name);
      },
      nameOf(member: bigint): string {
        return this.state.members.get(member)?.name ?? '';
      },
      isNewcomer(member: bigint, zone: bigint, epoch: bigint): boolean {
        const { members, policy } = this.state;
        const row = members.get(member);
        if (row === undefined || row.voucher === undefined || row.isGone) return false;
        if (row.door !== undefined && row.door !== zone) return false;
        // What happens within an epoch changes nobody's standing in it.
        const before = row.last === epoch ? row.epochs - 1n : row.epochs;
        return before < policy.value('newcomerEpochs');
      },
      noteLease(member: bigint, epoch: bigint, zone: bigint): void {
        const { members } = this.state;
        const row = members.get(member);
        if (row === undefined) return;
        const door = row.door ?? (row.voucher === undefined ? undefined : zone);
        const isNew = row.last !== epoch;
        if (!isNew && door === row.door) return;
        members.set(member, {
          ...row,
          ...(door === undefined ? {} : { door }),
          epochs: isNew ? row.epochs + 1n : row.epochs,
          last: epoch,
        });
      },
      setThing(thing: object, at: Place | undefined): Ok | Refusal {
        const { things } = this.state;
        const key = identityOf(thing);
        if (at === undefined) things.delete(key);
        else if (things.has(key)) return refuse('conflict');
        else things.set(key, at);
        return { ok: true };
      },
      record(kind: string, facts: unknown): void {
        this.state.journal.record(kind, facts, 'P0');
      },
      touch(): void {
        this.state.version += 1n;
      },
    },
    place: {
      name(): string {
        return this.state.name;
      },
      zones(): readonly Facet<ZoneInside>[] {
        return [...this.state.zones.values()];
      },
      zoneOf(zone: Facet<Zone>): Facet<ZoneInside> | undefined {
        return [...this.state.zones.values()].find((one) => one.zone() === zone);
      },
      zoneAt(number: bigint): Facet<ZoneInside> | undefined {
        return this.state.zones.get(number);
      },
      nameOf(member: bigint): string {
        return this.facets.hub.nameOf(member);
      },
      isNewcomerNow(member: bigint): boolean {
        const { members, clock } = this.state;
        const door = members.get(member)?.door ?? 0n;
        return this.facets.hub.isNewcomer(member, door, clock.epoch());
      },
      isGone(member: bigint): boolean {
        return this.state.members.get(member)?.isGone ?? true;
      },
      auditor(): Facet<ShelfAuditor> {
        return this.state.auditor!;
      },
      makeGroup(name: string, member: bigint): Facet<Group> {
        const { groups, groupFacets } = this.state;
        const number = BigInt(groups.size()) + 1n;
        if (number > maxGroups) throw Error('Cannot make a group: there are too many here already');
        groups.set(number, { name, members: [member] });
        const { group } = makeGroupKit(number, this.facets.place as unknown as Facet<Groups>);
        groupFacets.set(number, group as Facet<Group>);
        return group as Facet<Group>;
      },
      groupNumber(group: Facet<Group>): bigint | undefined {
        for (const [number, one] of this.state.groupFacets.entries())
          if (one === group) return number;
        return undefined;
      },
      group(number: bigint): { name: string; members: readonly string[] } {
        const { name, members } = this.state.groups.get(number)!;
        return { name, members: members.map((one) => this.facets.hub.nameOf(one)) };
      },
      joinGroup(group: Facet<Group>, member: bigint): Ok | Refusal {
        const { groups } = this.state;
        const number = this.facets.place.groupNumber(group);
        if (number === undefined) return refuse('invalid');
        const row = groups.get(number)!;
        if (row.members.includes(member)) return { ok: true };
        if (row.members.length >= 100) return refuse('quota');
        groups.set(number, { ...row, members: [...row.members, member] });
        return { ok: true };
      },
      inGroup(group: Facet<Group>, name: string): bigint | undefined {
        const number = this.facets.place.groupNumber(group);
        if (number === undefined) return undefined;
        const { place, hub } = this.facets;
        const found = this.state.groups
          .get(number)!
          .members.filter((one) => hub.nameOf(one) === name && !place.isGone(one));
        return found.length === 1 ? found[0] : undefined;
      },
      belongs(group: Facet<Group>, member: bigint): boolean {
        const number = this.facets.place.groupNumber(group);
        return number !== undefined && this.state.groups.get(number)!.members.includes(member);
      },
      leave(member: bigint): void {
        const { members, zones } = this.state;
        members.set(member, { ...members.get(member)!, isGone: true });
        this.state.participants -= 1n;
        for (const zone of zones.values()) zone.release(member);
        this.state.electorate?.remove(member);
        this.facets.hub.record('left', { member });
      },
      ballotOf(member: bigint): Facet<BallotShare> | undefined {
        return this.state.electorate?.ballotOf(member);
      },
      renewed(member: bigint): void {
        this.state.electorate?.renew(member);
        this.facets.hub.record('renewed', { member });
      },
      touch(): void {
        this.facets.hub.touch();
      },
    },
    maker: {
      grantor(): Facet<Grantor> | undefined {
        return this.state.grantor;
      },
      introduce(by: bigint): ReturnType<ShelfMaker['introduce']> {
        const { core } = this.facets;
        return core.canVouch(by) ? core.invite(by) : refuse('quota');
      },
    },
    core: {
      addZone(params: Omit<ZoneParams, 'number'>): Facet<Zone> | Refusal {
        const { zones } = this.state;
        const { hub } = this.facets;
        const number = BigInt(zones.size());
        if (number >= maxZones) return refuse('quota');
        const zone = makeZone(hub as unknown as Facet<ShelfHub>, { number, ...params });
        zones.set(number, zone);
        hub.record('zone mapped', { number, ...params });
        hub.touch();
        return zone.zone();
      },
      divideNow(zone: Facet<ZoneInside>): void {
        const { clock } = this.state;
        zone.divide(clock.epoch(), this.facets.runs.seed(clock.epoch()), true);
      },
      enrol(name: string, voucher: bigint | undefined): Joined {
        const { members, shares, fences, electorate } = this.state;
        const number = BigInt(members.size()) + 1n;
        if (number > maxParticipants) throw Error('Cannot join: the shelf is full of people');
        const vouched = voucher === undefined ? {} : { voucher };
        members.set(number, { name, ...vouched, epochs: 0n, last: 0n, isGone: false });
        this.state.participants += 1n;
        this.facets.hub.record('joined', { member: number, ...vouched });
        this.facets.hub.touch();
        const { place, maker } = this.facets;
        const share = makeShare(
          number,
          place as unknown as Facet<ShelfPlace>,
          maker as unknown as Facet<ShelfMaker>,
          fences,
        );
        shares.set(number, share);
        electorate?.admit(number, name);
        return share.joined();
      },
      canVouch(by: bigint): boolean {
        const { members, policy, clock } = this.state;
        const { hub } = this.facets;
        const epoch = clock.epoch();
        const vouched = [...members.entries()].filter(
          ([number, { voucher, door, isGone }]) =>
            voucher === by && !isGone && hub.isNewcomer(number, door ?? 0n, epoch),
        );
        return BigInt(vouched.length) < policy.value('vouches');
      },
      invite(voucher: bigint | undefined): ReturnType<ShelfMaker['introduce']> {
        const { core } = this.facets;
        return {
          ok: true,
          invitation: makeInvitation(core as unknown as Facet<ShelfCore>, this.state.name, voucher),
        };
      },
      thingAt(thing: object): Place | undefined {
        return this.state.things.get(identityOf(thing));
      },
      participants(): bigint {
        return this.state.participants;
      },
      hub(): Facet<ShelfHub> {
        return this.facets.hub as unknown as Facet<ShelfHub>;
      },
      place(): Facet<ShelfPlace> {
        return this.facets.place as unknown as Facet<ShelfPlace>;
      },
      convene(assembly: Facet<Assembly>, acts: Facet<Acts>): void {
        const electorate = makeElectorate(this.facets.host as unknown as Facet<ElectorateHost>);
        electorate.begin(assembly, [acts]);
        this.state.electorate = electorate;
      },
      setAuditor(auditor: Facet<ShelfAuditor>): void {
        this.state.auditor = auditor;
      },
      begin(): void {
        const { runs } = this.facets;
        runs.commit(this.state.epoch);
        runs.wait();
      },
    },
    runs: {
      /** Known to nobody before it is shown, and committed to an epoch before what it decides is said. */
      seed(epoch: bigint): string {
        return hmac(this.state.secret, `pocas shelf seed ${epoch}`);
      },
      commit(epoch: bigint): void {
        const { hub, runs } = this.facets;
        hub.record('seed promised', { epoch, digest: sha256(runs.seed(epoch)) });
      },
      wake({ epoch, zone }: Due): void {
        const { state } = this;
        const { hub, runs } = this.facets;
        if (epoch !== state.epoch || zone !== state.zone) return;
        if (zone === 0n) hub.record('seed shown', { epoch, seed: runs.seed(epoch) });
        const divided = state.zones.get(zone);
        if (divided === undefined) {
          // All are divided.
          state.epoch = state.clock.epoch() > epoch ? state.clock.epoch() : epoch + 1n;
          state.zone = 0n;
          runs.commit(state.epoch);
        } else {
          // A call of its own, so that nothing of a division that fails stays, and the others go on.
          try {
            divided.divide(epoch, runs.seed(epoch), false);
          } catch {
            hub.record('division failed', { epoch, zone });
          }
          state.zone = zone + 1n;
        }
        runs.wait();
      },
      wait(): void {
        const { clock, timer, epoch, zone } = this.state;
        const start = clock.startOf(epoch);
        const now = clock.now();
        timer.wakeAt(start > now ? start : now, this.facets.runs, { epoch, zone });
      },
    },
  },
});

export const makeShelf = (
  params: ShelfTerms,
  powers: ShelfPowers,
  journal: Facet<JournalWriter>,
  policy: Facet<ShelfPolicy>,
): Facet<ShelfCore> =>
  makeShelfKit(params, powers, journal, policy).core as unknown as Facet<ShelfCore>;
