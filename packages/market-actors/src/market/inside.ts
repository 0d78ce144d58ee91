/** What the files of this room are to each other. These facets never leave the market's vat. */
import type { Activity, LimitChange, Standing } from '@pocas/clearing/limits';
import type { AccountCare, LedgerAuditor, Payee } from '@pocas/clearing/value';
import type { Facet, Grantor } from '@pocas/vat-runtime';
import type {
  Fence,
  Fences,
  JournalReader,
  PrivacyLabel,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type { Desk, MarketInside, MemberInside } from '../inside/types.ts';
import type {
  Joined,
  MarketPhase,
  MarketRules,
  MemberCard,
  MemberStatus,
  Participant,
  PlanPhase,
} from './types.ts';

/**
 * How somebody came in: asked in by the steward, introduced by a participant who lends a first limit, or
 * by themselves with something to offer or to ask for.
 */
export type Admission =
  | { readonly kind: 'invited' }
  | { readonly kind: 'introduced'; readonly by: bigint; readonly lends: bigint }
  | { readonly kind: 'stranger' };

export type MemberKit = {
  /** As it is. What is handed out stands behind a fence: `care.joined`. */
  readonly participant: Facet<Participant>;
  readonly inside: Facet<MemberInside>;
  readonly care: Facet<MemberCare>;
  readonly card: Facet<MemberCard>;
};

/** The market behind all its facets. */
export type MarketHub = {
  inside(): Facet<MarketInside>;
  phase(): MarketPhase;
  rules(): MarketRules;
  enrol(name: string, admission: Admission): MemberKit;
  fences(): Facet<Fences>;
  /** How many more may come in by themselves in this epoch. */
  strangersLeft(): bigint;
  member(number: bigint): MemberKit | undefined;
  /** By card, where it is one of this market's. */
  memberOf(card: Facet<MemberCard>): MemberKit | undefined;
  /** The newest first, at most 30. @param before - a number */
  members(before?: bigint): readonly MemberKit[];
  everybody(): readonly MemberKit[];
  /** By their numbers, from one on, as many as there are up to `limit`. */
  membersFrom(from: bigint, limit: number): readonly MemberKit[];
  memberCount(): bigint;
  activity(): Facet<Activity>;
  commons(): Facet<Payee>;
  grantor(): Facet<Grantor> | undefined;
  journal(label: PrivacyLabel): Facet<JournalReader>;
  auditor(): Facet<LedgerAuditor>;
  applyLimits(changes: readonly LimitChange[]): void;
  windDown(): { readonly ok: true } | Refusal;
  close(): { readonly ok: true } | Refusal;
  /** Takes somebody out whose account is closed. */
  forget(number: bigint): void;
  /** Takes out somebody who has just come in, and has nothing. */
  expel(number: bigint): void;
  /** Takes out somebody who goes at zero, or leaves what they have to the commons. @throws a code of `leavingRefusal` */
  depart(number: bigint, isGiving: boolean): void;
  /** Whether a plan was agreed on with somebody, for the steward's page. */
  notePlan(number: bigint, isThere: boolean): void;
  /** At most 30. */
  plans(): readonly MemberKit[];
  /** Absorbs a debt, the vouches first. @throws a code of `leavingRefusal`, `limit` where the commons may not owe so much */
  absorb(number: bigint): void;
  publicPages(): readonly Facet<Desk>[];
  stewardPages(): readonly Facet<Desk>[];
};

/** What the market does with one participant. It moves no value but what C16 says. */
export type MemberCare = {
  /** What whoever comes in, or comes back, is answered: the share behind its fence. */
  joined(): Joined;
  /** Once, before anything is handed out. */
  enclose(fence: Facet<Fence>): void;
  account(): Facet<AccountCare>;
  status(): MemberStatus;
  plan(): string;
  /** Whether nothing came from them for so long that they were told so. */
  isAway(): boolean;
  isFrozen(): boolean;
  standing(): Standing;
  /** Until the review, when it ends by itself (F20). */
  freeze(until: bigint): void;
  thaw(): void;
  /** Why this person is to be decided on: has asked to leave in debt, or is away in spite of the notice. */
  case(): MemberCase | undefined;
  /** The group agrees to the plan, which is to be kept within so many days. `conflict` where one runs. */
  agree(days: bigint): { readonly ok: true } | Refusal;
  agreed(): AgreedPlan | undefined;
  act(): void;
  leaving(plan: string): void;
  stay(): void;
  /** At an epoch's end: notices who is away. */
  endEpoch(): void;
  /** The account is closed: takes this person out of the market. */
  left(): void;
};
export type MemberCase = {
  readonly reason: 'leaving' | 'away';
  readonly balance: bigint;
  readonly plan: string;
  /** What was promised and is still out, in words; empty where nothing is. */
  readonly promised: string;
  /** What was paid for that. */
  readonly worth: bigint;
};
/** A plan that the group agreed to, and what became of it: it is kept when nothing is owed at its end. */
export type AgreedPlan = { readonly until: bigint; readonly phase: PlanPhase };
