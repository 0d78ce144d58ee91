/** What the parts of a shelf say to each other, in its vat. */
import type { Clock, Facet, Grantor } from '@pocas/vat-runtime';
import type {
  Acts,
  Assembly,
  BallotShare,
  Joined,
  PlaceInvitation,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type {
  Explained,
  Group,
  LeaseView,
  ShelfAuditor,
  ShelfPolicyName,
  Zone,
  ZoneKind,
} from './types.ts';

export type Ok = { readonly ok: true };
export type SlotView = LeaseView['slots'][number];

/** For zones. */
export type ShelfHub = {
  clock(): Clock;
  policy(name: ShelfPolicyName): bigint;
  nameOf(member: bigint): string;
  isNewcomer(member: bigint, zone: bigint, epoch: bigint): boolean;
  /** That somebody has a lease in this epoch. */
  noteLease(member: bigint, epoch: bigint, zone: bigint): void;
  /** Where a thing is said to stand now; undefined takes it away. `conflict` where it stands somewhere else. */
  setThing(
    thing: object,
    at: { readonly zone: bigint; readonly slot: bigint } | undefined,
  ): Ok | Refusal;
  record(kind: string, facts: unknown): void;
  touch(): void;
};

/** For the place, its people and its steward. */
export type ZoneInside = {
  number(): bigint;
  name(): string;
  zone(): Facet<Zone>;
  request(member: bigint, demand: bigint, needs: readonly string[]): Ok | Refusal;
  demandOf(member: bigint): bigint;
  slotsOf(member: bigint): readonly SlotView[];
  waitingOf(member: bigint): bigint;
  release(member: bigint): void;
  place(member: bigint, thing: object): { readonly ok: true; readonly slot: bigint } | Refusal;
  clear(member: bigint, slot: bigint): Ok | Refusal;
  lend(member: bigint, to: bigint, slots: bigint): Ok | Refusal;
  holderOf(slot: bigint): bigint | undefined;
  sold(member: bigint, units: bigint): bigint;
  /** @param isEmergency - something broke: with the demands of this epoch's run, and a shorter grace */
  divide(epoch: bigint, seed: string, isEmergency: boolean): void;
  explain(member: bigint): Explained | Refusal;
  recompute(
    epoch: bigint,
  ): { readonly ok: true; readonly isSame: boolean; readonly participants: bigint } | Refusal;
  resize(size: bigint, kept: bigint, from: bigint): void;
  setWorking(working: bigint | undefined): void;
  sweep(slot: bigint): Ok | Refusal;
  overdue(): readonly bigint[];
};

/** For people's own facets. */
export type ShelfPlace = {
  name(): string;
  zones(): readonly Facet<ZoneInside>[];
  zoneOf(zone: Facet<Zone>): Facet<ZoneInside> | undefined;
  zoneAt(number: bigint): Facet<ZoneInside> | undefined;
  nameOf(member: bigint): string;
  isNewcomerNow(member: bigint): boolean;
  isGone(member: bigint): boolean;
  auditor(): Facet<ShelfAuditor>;
  makeGroup(name: string, member: bigint): Facet<Group>;
  joinGroup(group: Facet<Group>, member: bigint): Ok | Refusal;
  /** The number of a member of a group by name; undefined where there is none, or more than one. */
  inGroup(group: Facet<Group>, name: string): bigint | undefined;
  belongs(group: Facet<Group>, member: bigint): boolean;
  leave(member: bigint): void;
  ballotOf(member: bigint): Facet<BallotShare> | undefined;
  renewed(member: bigint): void;
  touch(): void;
};

export type ZoneParams = {
  readonly number: bigint;
  readonly name: string;
  readonly kind: ZoneKind;
  readonly features: readonly string[];
  readonly size: bigint;
  readonly kept: bigint;
};

export type Place = { readonly zone: bigint; readonly slot: bigint };

/** What makes invitations: the shelf itself. */
export type ShelfMaker = {
  grantor(): Facet<Grantor> | undefined;
  introduce(
    by: bigint,
  ): { readonly ok: true; readonly invitation: Facet<PlaceInvitation> } | Refusal;
};

/** For the parts of the shelf that other files make: its steward, counters, auditor and root. */
export type ShelfCore = {
  addZone(params: Omit<ZoneParams, 'number'>): Facet<Zone> | Refusal;
  /** Divides a zone at once, because something broke or works again. */
  divideNow(zone: Facet<ZoneInside>): void;
  enrol(name: string, voucher: bigint | undefined): Joined;
  /** Whether one more who is new may be here by this member's word. */
  canVouch(voucher: bigint): boolean;
  invite(voucher: bigint | undefined): ReturnType<ShelfMaker['introduce']>;
  thingAt(thing: object): Place | undefined;
  participants(): bigint;
  hub(): Facet<ShelfHub>;
  place(): Facet<ShelfPlace>;
  /** Hands the acts to a body of decision, and to nobody else. */
  convene(assembly: Facet<Assembly>, acts: Facet<Acts>): void;
  setAuditor(auditor: Facet<ShelfAuditor>): void;
  /** Begins the runs. */
  begin(): void;
};
