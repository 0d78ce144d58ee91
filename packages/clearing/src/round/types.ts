/**
 * What a clearing round and those who take part say to each other (docs/decisions/0014-clearing.md).
 * All of it goes by `send`, so each is carried out once and in order. Refusals are values.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';

/** The number of an edge in this round. */
export type Edge = number;

/** Lengths are milliseconds, each measured by the clock of whoever waits. */
export type RoundTerms = {
  /** Names this round among all: 64 hex digits, chosen at random. */
  readonly tag: string;
  readonly title: string;
  readonly unit: string;
  /** How long lodging is open, from the announcement. */
  readonly lodging: bigint;
  /** How long answers to `freeze`, and votes, are waited for. */
  readonly patience: bigint;
  /** How long a lock lasts for one who has not voted; long enough for three passes. */
  readonly lock: bigint;
  /** Passes of a component before it sits out. */
  readonly maxPasses: number;
};

/** One end of an edge, as its owner lodges it. */
export type Lodged = {
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  /** `from`: the debtor of an obligation, the lender of a line. `to`: the other end. */
  readonly end: 'from' | 'to';
  readonly version: bigint;
  /** At most this much. */
  readonly max: bigint;
  /** 0 to 3; an edge has the sum of both ends. */
  readonly priority: bigint;
};

/** What a participant wants of outside money, after the set-off. In the round's unit. */
export type Wishes = {
  /** How much of what it is owed on balance it wants to be paid: standing instruction `recall`. */
  readonly recall: bigint;
  /** How much it can pay to others. */
  readonly pays: bigint;
};

/** One participant's place in a round. Held by a poca. */
export type Seat = {
  terms(): RoundTerms;
  view(): unknown;
  /** Takes part, with these edges and no others; again replaces it, until lodging ends. Refusals: `closed`, `claimed` (another agent has the seat), `quota`. */
  lodge(
    agent: Facet<Agent>,
    lodged: readonly Lodged[],
    wishes: Wishes,
  ): { readonly ok: true } | Refusal;
  /** Leaves, before the freeze. */
  leave(): { readonly ok: true } | Refusal;
  /** On a proposal, once its rows are checked and compared. Nothing refused: ready, and bound until told. Refusals: `stale` (a later pass began), `closed`. */
  vote(component: number, pass: number, refused: readonly Edge[]): { readonly ok: true } | Refusal;
  /** The participants decided in the coordinator's place. */
  succeeded(
    component: number,
    pass: number,
    outcome: 'settle' | 'release',
  ): { readonly ok: true } | Refusal;
};

export type FrozenEdge = {
  readonly edge: Edge;
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  readonly end: 'from' | 'to';
  readonly version: bigint;
  readonly max: bigint;
};

export type Row = {
  readonly edge: Edge;
  readonly cleared: bigint;
  /** As in the certificate: of an obligation 1 and up, of a line below zero. */
  readonly weight: bigint;
  /** The price of this participant, the same in all its rows. */
  readonly own: bigint;
  /** The price of the other end. */
  readonly other: bigint;
};

export type Proposal = {
  readonly component: number;
  readonly pass: number;
  /** Each frozen edge of this participant that is still in the component. The rest of its edges of the component are out. */
  readonly rows: readonly Row[];
  /** For a succession: an edge to the neighbour above in the tree, none at its root; and edges to those below. */
  readonly parent?: Edge;
  readonly children: readonly Edge[];
  /** How far from the root of that tree: 0 at the root. Neighbours compare it, so no tree that is told is a ring. */
  readonly depth: number;
  /** Of the whole component. */
  readonly totals: {
    readonly participants: bigint;
    readonly lodged: bigint;
    readonly cleared: bigint;
  };
};

/** A loop through a participant: what came round, between which of its edges, over how many participants. */
export type Loop = {
  readonly value: bigint;
  readonly owes: Edge;
  readonly isOwed: Edge;
  readonly length: bigint;
};

export type Report = {
  readonly outcome: 'settled' | 'nothing' | 'cancelled';
  /** Of the whole round. */
  readonly totals: {
    readonly participants: bigint;
    readonly edges: bigint;
    readonly lodged: bigint;
    readonly cleared: bigint;
    readonly satOut: bigint;
  };
  readonly loops: readonly Loop[];
  /** What to pay along edges that remain, so that those who recall are paid: by each edge of this participant. */
  readonly payments: readonly { readonly edge: Edge; readonly value: bigint }[];
};

/** A poca's part in a round, as the coordinator holds it. */
export type Agent = {
  /** Locks; answers which edges it does not lock. */
  freeze(
    frozen: readonly FrozenEdge[],
    lock: bigint,
  ): { readonly ok: true; readonly refused: readonly Edge[] } | Refusal;
  /** Voids proposals of earlier passes. Edges that are in no proposal any more are told by `drop`. */
  propose(proposal: Proposal): { readonly ok: true } | Refusal;
  /** These edges are out of the round, and their locks end. Never those of a pass that this participant is bound to, unless a later pass was proposed or it sits out. */
  drop(edges: readonly Edge[]): { readonly ok: true } | Refusal;
  /** The decision on a component: final. */
  settle(component: number, pass: number): { readonly ok: true } | Refusal;
  /** The component sits out, or the round was cancelled: final. */
  release(component: number, pass: number): { readonly ok: true } | Refusal;
  finish(report: Report): { readonly ok: true } | Refusal;
};

/**
 * Anybody who can solve: a power of the node, or an actor. What it answers is checked.
 * A problem and its solution are one text each (`packProblem`, `unpackSolution` of setoff/packed.ts), since a
 * message carries a few thousand values at most. It rejects what it cannot solve.
 */
export type Solver = { solve(packed: string): Promise<string> | string };
