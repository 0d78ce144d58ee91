/** The facets of a round beside those of `types.ts`, and what its makers give it. */
import type { Clock, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import type { JournalReader, Refusal } from '@pocas/vat-runtime/actors';
import type { RoundTerms, Seat, Solver } from './types.ts';

export type RoundPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Asked in this order, and in turn. At least one. What they answer is checked. */
  readonly solvers: readonly Facet<Solver>[];
  /** Lets the convenor make seats that can be sent as a text. */
  readonly grantor?: Facet<Grantor>;
};

/** Lengths are milliseconds. */
export type RoundParams = {
  readonly title: string;
  readonly unit: string;
  readonly lodging: bigint;
  readonly patience: bigint;
  /** At least `(2 · maxPasses + 1) · patience`. Default `8 · patience`. */
  readonly lock?: bigint;
  /** 1 to 3. Default 3. */
  readonly maxPasses?: number;
  /** Chosen at random and told to nobody, 32 to 200 characters: the round's tag, and the salt of its journal, come from it. */
  readonly seed: string;
};

/**
 * `lodging`: seats are taken. `freezing`: locks are asked for. `clearing`: components are solved and
 * voted on. `reporting`: all is decided, and is being told. Then how it ended.
 */
export type RoundPhase =
  'lodging' | 'freezing' | 'clearing' | 'reporting' | 'settled' | 'nothing' | 'cancelled';

/** `silent`: did not answer in time, or not in a form that could be read. `out`: takes no part any more. */
export type SeatStage = 'invited' | 'lodged' | 'freezing' | 'in' | 'settled' | 'silent' | 'out';

/**
 * `again`: what is left of it is solved anew, as other components. `left`: what was said of it may be
 * lost at either end, so its participants decide (`round/succession.ts`).
 */
export type ComponentPhase = 'solving' | 'voting' | 'settled' | 'released' | 'again' | 'left';

export type RoundTotals = {
  readonly participants: bigint;
  readonly edges: bigint;
  readonly lodged: bigint;
  readonly cleared: bigint;
  readonly satOut: bigint;
};

export type SeatEntry = { readonly label: string; readonly stage: SeatStage };
export type ComponentEntry = {
  readonly component: number;
  readonly pass: number;
  readonly phase: ComponentPhase;
  readonly participants: bigint;
  readonly edges: bigint;
  /** Who has not voted yet; 0 while it is solved. */
  readonly missing: bigint;
};

export type RoundView = {
  readonly title: string;
  readonly unit: string;
  readonly phase: RoundPhase;
  readonly invited: bigint;
  /** Seats that take part. */
  readonly lodged: bigint;
  /** Components that are not decided. */
  readonly open: bigint;
  /** How often a participant said that its component decided otherwise than it did here: an operator should look at the journal. */
  readonly contradictions?: bigint;
  /** Of the whole round, once it has ended. */
  readonly totals?: RoundTotals;
  readonly cleared?: bigint;
};

/** `seats`: the first hundred; `seats()` has all. */
export type ConvenorView = RoundView & {
  readonly seats: readonly SeatEntry[];
  readonly public: Facet<RoundPublic>;
};

/** Of whoever convenes a round. It sees who takes part; amounts only by the solver desk, which is its to hand out, and by number. Over results it has no say. */
export type Convenor = {
  view(): ConvenorView;
  changes(since?: string): Promise<string>;
  /** A seat for one participant. Refusals: `closed` once lodging ended, `quota`. */
  invite(label: string, requestId: string): Facet<Seat> | Refusal;
  /** The same as a text that can be sent, to be pasted into a book. Refusal: `unsupported` without a grantor. */
  inviteLink(
    label: string,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Ends lodging now. Refusal: `closed`. */
  closeLodging(): { readonly ok: true } | Refusal;
  /** Ends the round with nothing done. Refusal: `closed` once a component is settled, or all is over. */
  cancel(): { readonly ok: true } | Refusal;
  public(): Facet<RoundPublic>;
  desk(): Facet<SolverDesk>;
  /** What is labelled P1: numbers and totals, nobody's lines. */
  reader(): Facet<JournalReader>;
  /** Two hundred from this number on; seats are numbered from 1. */
  seats(from: bigint): readonly SeatEntry[];
  /** Two hundred from this number on; components are numbered from 1. */
  components(from: bigint): readonly ComponentEntry[];
};

/** What everybody may see of a round. */
export type RoundPublic = {
  view(): RoundView;
  changes(since?: string): Promise<string>;
  terms(): RoundTerms;
};

/** Where anybody who was handed it may solve. It shows numbers, not names. */
export type SolverDesk = {
  /** Components that wait for a solution; two hundred from this number on. */
  open(from: bigint): readonly ComponentEntry[];
  /** `problem`: what `packProblem` made of it. Refusal: `closed` where the component is not being solved. */
  problem(component: number): { readonly ok: true; readonly problem: string } | Refusal;
  /** What `packSolution` made. Refusals: `closed` as above, `invalid` where the certificate does not hold. */
  propose(component: number, solution: string): { readonly ok: true } | Refusal;
};
