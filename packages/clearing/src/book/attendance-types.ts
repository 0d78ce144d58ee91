/** A poca's part in one round, as its own book sees it. */
import type { Facet } from '@pocas/vat-runtime';
import type { LodgeableInside, Setoff } from '../obligation/types.ts';
import type { Member, Outcome, Place } from '../round/succession.ts';
import type {
  Edge,
  FrozenEdge,
  Lodged,
  Proposal,
  Report,
  RoundTerms,
  Seat,
  Wishes,
} from '../round/types.ts';
import type { SaidRows } from './proposal.ts';

/** Why an edge is as it is, for people. */
export type Why =
  /** nothing was heard of it yet */
  | 'lodged'
  /** the other side did not lodge it, or not in the same version */
  | 'unmatched'
  /** it had changed since it was lodged, or something else held it */
  | 'changed'
  | 'locked'
  /** what was proposed for it is not what was agreed to */
  | 'wrong'
  /** the other side was told something else of it */
  | 'differs'
  /** the other side said nothing in time */
  | 'silent'
  /** it left the round for other reasons */
  | 'dropped'
  /** the decision was: this part of the network waits for the next round */
  | 'satOut'
  /** the coordinator was not heard of in time */
  | 'expired'
  /** no loop goes through what is left of it, or none that is worth more */
  | 'left'
  | 'cleared'
  /** ended by hand, against what the others may have */
  | 'byHand';

/** What is lodged: the half itself, and what is said of it. */
export type Entry = { readonly lodged: Lodged; readonly lodgeable: Facet<LodgeableInside> };

/** An edge that was frozen here. */
export type Held = {
  readonly frozen: FrozenEdge;
  readonly neighbour: bigint;
  /** Gone once the lock has ended. */
  readonly setoff: Facet<Setoff> | undefined;
  readonly cleared: bigint;
  readonly why: Why;
};

/** One component and pass, as it was proposed here. */
export type Part = {
  readonly proposal: Proposal;
  readonly place: Place;
  readonly member: Member;
  /** What was voted. */
  readonly refused: readonly Edge[];
};

/** What one neighbour says to another on the topic `round`. */
export type RoundTalk =
  | { readonly tag: string; readonly kind: 'rows'; readonly rows: SaidRows }
  | {
      readonly tag: string;
      readonly kind: 'succession';
      readonly component: number;
      readonly pass: number;
      readonly said: 'asks' | 'promised' | 'told' | Outcome;
    };

/** Something that should not have happened, or seldom does; words for each stand in `round-guards.ts`. */
export type OddityCode =
  | 'notAdmitted'
  | 'unreachable'
  | 'unheard'
  | 'noProposal'
  | 'dropBound'
  | 'settleUnknown'
  | 'settleUnagreed'
  | 'settleReleased'
  | 'releaseSettled'
  | 'notApplied'
  | 'noDecision'
  | 'byHand';
export type Oddity = { readonly at: bigint; readonly what: OddityCode };

/** `over`: nothing is locked for it any more. */
export type AttendancePhase = 'lodged' | 'refused' | 'frozen' | 'over';

export type AttendanceRow = {
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  readonly end: 'from' | 'to';
  readonly with: string;
  readonly lodged: bigint;
  readonly cleared: bigint;
  readonly why: Why;
};

/** What came of a round for one poca: SPEC 0.1, convention 10. */
export type Explained = {
  readonly terms: RoundTerms;
  readonly phase: AttendancePhase;
  /** Bound, with no decision yet; `split` where neighbours of a succession said different things. */
  readonly inDoubt: boolean;
  readonly split: boolean;
  readonly rows: readonly AttendanceRow[];
  readonly loops: readonly {
    readonly value: bigint;
    readonly length: bigint;
    /** Whom this poca owes in it, and who owes this poca. */
    readonly owes: string;
    readonly isOwedBy: string;
  }[];
  /** To be made outside; never more than what was wished and is owed. */
  readonly payments: readonly {
    readonly origin: string;
    readonly end: 'from' | 'to';
    readonly with: string;
    readonly value: bigint;
  }[];
  readonly report: Report | undefined;
  readonly oddities: readonly Oddity[];
};

export type Summary = {
  readonly title: string;
  readonly unit: string;
  readonly phase: AttendancePhase;
  /** Of this poca's own debts, lines apart. */
  readonly cleared: bigint;
};

/** What an attendance tells the book that made it. */
export type AttendanceOwner = {
  /** It is over, or its report has come. */
  ended(number: bigint): void;
};

export type AttendanceOptions = {
  readonly number: bigint;
  readonly terms: RoundTerms;
  readonly seat: Facet<Seat>;
  readonly entries: readonly Entry[];
  readonly wishes: Wishes;
  /** How long it waits for a decision that it is bound to, before it goes on without the coordinator. */
  readonly doubt: bigint;
};

/** For the book alone. */
export type AttendanceInside = {
  /** Once, when it is made. */
  lodge(): void;
  heard(said: unknown, from: bigint): unknown;
  explain(): Explained;
  /** For a list of rounds: no row is read for it. */
  summary(): Summary;
  phase(): AttendancePhase;
  inDoubt(): boolean;
  /** It took no part, and will not: it left, or was not let in. */
  isGone(): boolean;
  /** Goes on without the coordinator, now. */
  succeed(): void;
  /** Leaves, before the freeze. */
  leave(): void;
  /** Ends what is in doubt by hand: the halves of others may say otherwise. */
  endByHand(outcome: Outcome): void;
};
