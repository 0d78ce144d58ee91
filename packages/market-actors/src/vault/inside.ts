/** What the parts of a vault are to each other. None of it leaves the vat. */
import type { MethodGuard, InterfaceGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Clock, Facet, Grantor, GroupKey, Timer } from '@pocas/vat-runtime';
import type {
  Budget,
  Fences,
  Joined,
  JournalEntry,
  PrivacyLabel,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type { VaultCharterName } from './definition.ts';
import type {
  Beacon,
  Custodian,
  Door,
  Hastening,
  HeldItem,
  HolderPhase,
  MakingStep,
  MakingView,
  Member,
  Recorder,
  RequestItem,
  RequestWish,
  Requested,
  Seal,
  SegmentItem,
  KeyTerms,
  VaultLog,
  VaultPhase,
  Viewing,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;

/** The guard of what never leaves the vat. */
export const inner = (name: string): InterfaceGuard<Record<never, MethodGuard>> =>
  M.interface(name, {}, { defaultGuards: 'passable' });

export type VaultPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** For codes on a screen. */
  readonly grantor?: Facet<Grantor>;
};

export type VaultInside = {
  name(): string;
  /** The vault's public key, by which its log is signed. */
  key(): string;
  now(): bigint;
  epoch(): bigint;
  clock(): Clock;
  wakeAt(at: bigint, sleeper: object, ctx?: unknown): bigint;
  grantor(): Facet<Grantor> | undefined;
  charter(name: VaultCharterName): bigint;
  record(kind: string, facts: unknown, label: PrivacyLabel): JournalEntry;
  log(): Facet<VaultLog>;
  fences(): Facet<Fences>;
  parts(): VaultParts;
  /** Something that pages show has changed. */
  touch(): void;
  changes(since?: string): Promise<string>;
};
export type VaultParts = {
  readonly holders: Facet<HoldersInside>;
  readonly keys: Facet<KeysInside>;
  readonly cameras: Facet<CamerasInside>;
  readonly places: Facet<PlacesInside>;
  readonly requests: Facet<RequestsInside>;
};

export type Holder = {
  readonly number: bigint;
  readonly name: string;
  readonly phase: HolderPhase;
  readonly isCare: boolean;
  readonly budget: Facet<Budget>;
  readonly custodian?: Facet<Custodian>;
  readonly key?: string;
};
export type HoldersInside = {
  /** `quota` where there are as many as a vault has. */
  enrol(name: string): Joined | Refusal;
  holder(number: bigint): Holder;
  list(): readonly Holder[];
  keep(number: bigint, custodian: Facet<Custodian>, key: string): Done;
  setPhase(number: bigint, phase: HolderPhase): void;
  setCare(number: bigint, isCare: boolean): Done;
  /** Which custodian has this key, now or formerly. */
  custodianOf(key: string): Facet<Custodian> | undefined;
  /** All custodians are told what is new in the log. */
  tell(): void;
};

/** A key that holds. */
export type HeldKey = {
  readonly version: bigint;
  readonly key: GroupKey;
  readonly members: readonly Member[];
  readonly terms: KeyTerms;
  /** The epoch in which it was made, or shared anew. */
  readonly epoch: bigint;
};
export type KeysInside = {
  phase(): VaultPhase;
  current(): HeldKey | undefined;
  begin(): { readonly ok: true; readonly version: bigint } | Refusal;
  making(): (MakingView & { readonly awaited: readonly string[] }) | undefined;
  step(): MakingStep;
  /** This custodian has read the log to its end: what it had to read first keeps it no longer. */
  told(key: string): void;
};

export type KeptSegment = {
  readonly seal: Seal;
  /** Absent where none holds it. */
  readonly held?: { readonly until: bigint; readonly reason: string };
  /** How many requests that are not over name it. */
  readonly asked: bigint;
};
export type CamerasInside = {
  add(
    camera: string,
    key: string,
  ): { readonly ok: true; readonly recorder: Facet<Recorder> } | Refusal;
  list(): readonly { readonly camera: string; readonly last: bigint }[];
  /** By which a camera signs. */
  keyOf(camera: string): string;
  segment(segment: string): KeptSegment | undefined;
  /** The newest first. @param before - only those that began before */
  segments(before?: bigint): readonly SegmentItem[];
  ask(segment: string, by: 1n | -1n): void;
  hold(segment: string, reason: string, until: bigint): Done;
  release(segment: string): Done;
  held(): readonly HeldItem[];
};
export type PlacesInside = {
  beacon(): Facet<Beacon>;
  door(): Facet<Door>;
  until(): bigint;
  /** So many facets of people who were there in these times; they see the request from now on. */
  tell(request: bigint, spans: readonly { readonly from: bigint; readonly to: bigint }[]): bigint;
  /** What was asked of ten minutes. */
  asked(interval: bigint): readonly bigint[];
  checkIn(interval: bigint): object | Refusal;
};
export type RequestsInside = {
  make(by: string, budget: Facet<Budget>, wish: RequestWish): Requested | Refusal;
  hasten(number: bigint, hastening: Hastening): Done;
  viewing(number: bigint, viewer: string): Facet<Viewing> | Refusal;
  item(number: bigint): RequestItem;
  list(before?: bigint): readonly RequestItem[];
  /** A new key holds: what is open is asked for again. */
  keyChanged(): void;
};

/** The ten minutes of SPEC 7.5, in milliseconds. */
export const span = 600_000n;
export const day = 86_400_000n;
