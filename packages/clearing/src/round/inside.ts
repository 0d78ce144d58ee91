/**
 * What the objects of a round know of each other. None of these facets leaves the vat.
 *
 *   round ── seats, each with an agent elsewhere
 *         └─ components, each solved, voted on and decided by itself
 */
import type { Clock, Facet, Timer } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type {
  ComponentEntry,
  ComponentPhase,
  RoundPhase,
  RoundTotals,
  SeatEntry,
} from './facets.ts';
import type { NetEdge } from './matching.ts';
import type { NextPass } from './passes.ts';
import type {
  Edge,
  FrozenEdge,
  Lodged,
  Proposal,
  Report,
  RoundTerms,
  Solver,
  Wishes,
} from './types.ts';

export type RoundParts = {
  readonly terms: RoundTerms;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly solvers: readonly Facet<Solver>[];
};

/** What came of a component, when it is over. `network`: its edges; `cleared`: as many amounts. */
export type ComponentResult = {
  readonly phase: ComponentPhase;
  readonly network: readonly NetEdge[];
  readonly cleared: readonly bigint[];
};

export type RoundInside = {
  parts(): RoundParts;
  phase(): RoundPhase;
  lodging(): Facet<LodgingInside>;
  /** Lodging is over. */
  matched(totals: RoundTotals): void;
  /** These edges are locked at both ends, and are to be cleared. @param seats - all that were asked */
  clear(seats: readonly number[], frozen: readonly NetEdge[]): void;
  seat(number: number): Facet<SeatInside>;
  seatsFrom(number: bigint, limit: number): readonly (readonly [bigint, Facet<SeatInside>])[];
  component(number: number): Facet<ComponentInside> | undefined;
  /** All edges that both ends locked. */
  frozen(): readonly NetEdge[];
  /** A component is over; parts of it are solved again. */
  over(component: number, next?: Pick<NextPass, 'components' | 'struck'>): void;
  /** All have been told. */
  ended(outcome: Report['outcome'], totals: RoundTotals): void;
  note(kind: string, facts: object): void;
};

export type LodgingInside = {
  isOpen(): boolean;
  /** How many seats have lodged. */
  /** When it ends, unless it is ended before. */
  until(): bigint;
  count(): bigint;
  /** Keeps what a seat lodged, in place of what it lodged before. Refusals: `conflict` the agent has another seat, `quota`. */
  lodge(seat: number, agent: object, lodged: readonly Lodged[]): Refusal | undefined;
  leave(seat: number, agent: object): void;
  /** Ends it now. @returns whether it was open */
  close(): boolean;
  /** A seat's answer to `freeze`; undefined: none that could be read. */
  froze(seat: number, refused: readonly Edge[] | undefined): void;
  cancel(): void;
};

export type SeatInside = {
  entry(): SeatEntry;
  wishes(): Wishes | undefined;
  freeze(frozen: readonly FrozenEdge[]): void;
  /** @returns whether it has not answered `freeze`; it counts as silent from now on */
  isLate(): boolean;
  /** Before any proposal: all but these edges are dropped. */
  keep(edges: readonly Edge[]): void;
  propose(component: Facet<ComponentInside>, proposal: Proposal): void;
  settle(): void;
  /** Takes no part any more: it is told so in the words that fit what it was told last. */
  sitOut(isSilent: boolean): void;
  finish(report: Report): void;
};

/** Who needs a solution. */
export type Asker = {
  /** The problem as a text; undefined once no solution is needed any more. */
  problem(): string | undefined;
  /** @param solution - from anybody. @returns whether it is valid, and taken */
  offer(solution: unknown): boolean;
  /** Nobody solved it in time. */
  giveUp(): void;
};

export type ComponentInside = Asker & {
  entry(): ComponentEntry;
  result(): ComponentResult;
  /** @param struck - who was an end of a refused edge in a pass before */
  begin(edges: readonly NetEdge[], struck: readonly number[]): void;
  /** @throws where it cannot be put to solvers at all */
  solve(): void;
  /** @returns undefined where the vote counts. `stale`: it was solved again since; `closed`: it is over. */
  vote(seat: number, refused: readonly Edge[]): Refusal | undefined;
  /** The seat will say nothing of use any more. */
  silent(seat: number): void;
  /** As `silent`, whatever the seat said before: it hears no decision of ours any more. */
  withdraw(seat: number): void;
  /** Ends it without a result. */
  cancel(): void;
  /** The histories of two nodes parted: from now on nobody but the participants may decide on it. */
  leave(): void;
  phase(): ComponentPhase;
};
