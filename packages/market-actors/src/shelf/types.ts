/** The facets of a shelf space allocator (SPEC M13, 7.4). Slots, units and demands are whole numbers. */
import type { Facet } from '@pocas/vat-runtime';
import type {
  Acts,
  Assembly,
  BallotShare,
  CharterPublic,
  Claimed,
  JournalReader,
  PlaceInvitation,
  PlaceShare,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type { ShelfClaim, ShelfRule } from './rule-types.ts';

export type ZoneKind =
  'ambient' | 'cold' | 'frozen' | 'hanging' | 'wall' | 'display' | 'counter' | 'hazardous-apart';

export type ShelfPolicyName =
  /** β, in slots */
  | 'base'
  /** ρ, per mille */
  | 'reserve'
  | 'newcomerCap'
  /** Epochs with a lease until somebody is no newcomer any more. */
  | 'newcomerEpochs'
  /** How many newcomers one person may have vouched for at a time. */
  | 'vouches'
  /** How long a lease that shrinks may take to be cleared, in milliseconds; where something broke. */
  | 'grace'
  | 'emergencyGrace'
  /** How many epochs of sales count. */
  | 'window'
  /** The most that one report counts for, and all of an epoch for one participant in one zone. */
  | 'reportCap'
  | 'epochCap'
  /** 1: weights count by their root, see `rule.ts`. */
  | 'root'
  /** How many epochs ahead a change of the charter is announced. */
  | 'notice';
/** What holds now. */
export type ShelfPolicy = { value(name: ShelfPolicyName): bigint };

/** One zone, as everybody sees it. */
export type Zone = {
  view(): ZoneView;
  changes(since?: string): Promise<string>;
  /** What the last division of an epoch was made from and what came of it; 100 participants a page. */
  inputs(epoch: bigint, page: bigint): ZoneInputs | Refusal;
};
export type ZoneView = {
  readonly name: string;
  readonly kind: ZoneKind;
  readonly features: readonly string[];
  readonly size: bigint;
  /** For the free store, the library and other uses without weight. */
  readonly kept: bigint;
  /** Out of use. */
  readonly broken: bigint;
  /** Who has what, at most 30, those with most first; the rest and what is free are one each. */
  readonly places: readonly {
    readonly who: string;
    readonly slots: bigint;
    readonly free: boolean;
  }[];
};
export type ZoneInputs = {
  readonly ok: true;
  readonly epoch: bigint;
  /** How often the zone was divided in this epoch: more than once where something broke. */
  readonly division: bigint;
  readonly rule: ShelfRule;
  readonly version: string;
  /** By which lots were drawn, and its digest, which the journal had an epoch before. */
  readonly seed: string;
  readonly pages: bigint;
  readonly claims: readonly (ShelfClaim & { readonly member: bigint; readonly slots: bigint })[];
};

/** Of one participant. */
export type ShelfParticipant = PlaceShare & {
  view(): ShelfParticipantView;
  /**
   * Says how many slots of a zone one wants, from the next epoch's run on; 0 for none. @param needs - features
   * that the goods need, one a line. `unsupported` where the zone does not offer one of them.
   */
  request(
    zone: Facet<Zone>,
    demand: bigint,
    needs: string,
    requestId: string,
  ): { readonly ok: true } | Refusal;
  /** Gives all slots of a lease back, and wants none. What stands there is to be cleared. */
  release(lease: Facet<Lease>, requestId: string): { readonly ok: true } | Refusal;
  /** Why one has what one has in a zone, in words. `closed` where one had no part in its last division. */
  explain(zone: Facet<Zone>): Explained | Refusal;
  /** Lets somebody new in, and vouches for them: they get a foothold. `quota` past the charter's number. */
  introduce(
    requestId: string,
  ): { readonly ok: true; readonly invitation: Facet<PlaceInvitation> } | Refusal;
  /** The same for a page: the invitation as a text, to be pasted into the wallet of who comes. */
  introduceLink(
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Within a group slots are lent: whoever holds this facet belongs to it. */
  makeGroup(name: string, requestId: string): { readonly ok: true; readonly group: Facet<Group> };
  joinGroup(group: Facet<Group>, requestId: string): { readonly ok: true } | Refusal;
  /** The rules, and who can reckon them again. */
  auditor(): Facet<ShelfAuditor>;
  leave(requestId: string): { readonly ok: true } | Refusal;
};
export type ShelfParticipantView = {
  readonly shelf: string;
  readonly name: string;
  readonly isNewcomer: boolean;
  /** Where the shelf has a body of decision and it has handed it out. */
  readonly ballot?: Facet<BallotShare>;
  readonly zones: readonly {
    readonly name: string;
    readonly zone: Facet<Zone>;
    readonly demand: bigint;
    readonly slots: bigint;
  }[];
  readonly leases: readonly {
    readonly zone: string;
    readonly lease: Facet<Lease>;
    readonly slots: bigint;
    readonly due: bigint;
  }[];
};
export type Explained = {
  readonly ok: true;
  readonly words: { readonly en: string; readonly es: string };
  /** In hundredths of a slot. */
  readonly base: bigint;
  readonly reserve: bigint;
  readonly activity: bigint;
  readonly leftover: bigint;
  readonly slots: bigint;
};

/** A participant's slots in one zone. */
export type Lease = {
  view(): LeaseView;
  changes(since?: string): Promise<string>;
  /** Puts a thing on one's lowest empty slot. A thing stands in one place at a time: `conflict`; `limit` where all are in use. */
  place(
    thing: Facet<object>,
    requestId: string,
  ): { readonly ok: true; readonly slot: bigint } | Refusal;
  /** Takes what stands on a slot away. */
  clear(slot: bigint, requestId: string): { readonly ok: true } | Refusal;
  /** Lends empty slots to another of a group that both belong to, until the next run. */
  transferWithin(
    group: Facet<Group>,
    to: string,
    slots: bigint,
    requestId: string,
  ): { readonly ok: true } | Refusal;
};
export type LeaseView = {
  readonly zone: string;
  readonly slots: readonly {
    readonly slot: bigint;
    readonly isEmpty: boolean;
    readonly toClear: boolean;
    /** Milliseconds since 1970: to be cleared by then. */
    readonly due?: bigint;
  }[];
  /** Slots that are one's due and that somebody else has not cleared yet. */
  readonly waiting: bigint;
};
export type Group = { view(): { readonly name: string; readonly members: readonly string[] } };

/** Tells what was sold. For markets; a participant has none. */
export type Counter = {
  /** Counts `units` of a thing for whose lease it stands on. `closed` for a thing that stands nowhere here. */
  sold(
    thing: Facet<object>,
    units: bigint,
    requestId: string,
  ): { readonly ok: true; readonly counted: bigint } | Refusal;
};

export type ShelfSteward = {
  view(): ShelfStewardView;
  changes(since?: string): Promise<string>;
  mapZone(
    name: string,
    kind: ZoneKind,
    slots: bigint,
    kept: bigint,
    features: string,
    requestId: string,
  ): { readonly ok: true; readonly zone: Facet<Zone> } | Refusal;
  /** From the next run on. */
  resizeZone(
    zone: Facet<Zone>,
    slots: bigint,
    kept: bigint,
    requestId: string,
  ): { readonly ok: true } | Refusal;
  /** Something broke: only so many slots of the zone work. It is divided anew at once. */
  breakZone(zone: Facet<Zone>, working: bigint, requestId: string): { readonly ok: true } | Refusal;
  repairZone(zone: Facet<Zone>, requestId: string): { readonly ok: true } | Refusal;
  /** Takes a slot that was to be cleared and was not. `notYet` before its time. */
  sweep(zone: Facet<Zone>, slot: bigint, requestId: string): { readonly ok: true } | Refusal;
  invite(
    requestId: string,
  ): { readonly ok: true; readonly invitation: Facet<PlaceInvitation> } | Refusal;
  inviteLink(
    requestId: string,
  ): Promise<{ readonly ok: true; readonly secret: string; readonly toPaste: true }>;
  counter(
    label: string,
    requestId: string,
  ): { readonly ok: true; readonly counter: Facet<Counter> };
};
export type ShelfStewardView = {
  readonly shelf: string;
  readonly participants: bigint;
  readonly zones: readonly {
    readonly name: string;
    readonly zone: Facet<Zone>;
    readonly overdue: readonly bigint[];
  }[];
};

/** Read-only checks, for anybody in the place. */
export type ShelfAuditor = {
  view(): {
    readonly shelf: string;
    readonly zones: readonly { readonly name: string; readonly zone: Facet<Zone> }[];
  };
  journal(): Facet<JournalReader>;
  charter(): Facet<CharterPublic>;
  /** Divides a zone again from the published inputs of an epoch and compares. */
  recompute(
    zone: Facet<Zone>,
    epoch: bigint,
  ): { readonly ok: true; readonly isSame: boolean; readonly participants: bigint } | Refusal;
};

/** Data from whoever founds it, and a secret that the node drew: 32 bytes in base64url. */
export type ShelfParams = {
  readonly name: string;
  readonly secret: string;
  /** First values of the charter. */
  readonly charter?: { readonly [name: string]: bigint };
  /** Decides on the charter. Where there is none, the founder holds its acts. */
  readonly assembly?: Facet<Assembly>;
};
/** The root of its vat. Whoever claims it first is the founder; after that it opens nothing. */
export type ShelfFounding = { claim(name: string, requestId: string): ShelfClaimed | Refusal };
export type ShelfClaimed = Claimed & {
  readonly cares: {
    readonly steward: Facet<ShelfSteward>;
    /** Of the charter, for a body of decision; absent where there is one. */
    readonly charter?: Facet<Acts>;
    readonly auditor: Facet<ShelfAuditor>;
  };
};
