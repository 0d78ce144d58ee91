/** What the files of this room are to each other. These facets never leave the vat. */
import type { Clock, Evaluation, Facet, Text, Timer } from '@pocas/vat-runtime';
import type { Acts, DrawParticipant, PrivacyLabel, Refusal } from '@pocas/vat-runtime/actors';
import type { Answer, Rules } from './methods/types.ts';
import type {
  Ballot,
  BlindKey,
  CareView,
  DecisionPhase,
  Delegation,
  DecisionPublic,
  Done,
  Elector,
  Ending,
  Opened,
  Proposal,
  ProposalCare,
  Voice,
} from './types.ts';

export type ElectorRow = {
  readonly name: string;
  readonly constituency: string;
  readonly elector: Facet<Elector>;
};

/** The body behind all its facets. */
export type BodyHub = {
  name(): string;
  clock(): Clock;
  timer(): Timer;
  /** 32 bytes in base64url that follow from the body's secret and a text. */
  derive(purpose: string): string;
  /** The same of 64 bytes. */
  derive64(purpose: string): string;
  /** Tells this body from others; it tells nothing of the secret. */
  tag(): string;
  acts(number: bigint): Facet<Acts> | undefined;
  actsCount(): bigint;
  /** What these acts are about, as their place says it. */
  aboutOf(number: bigint): Text;
  rules(): Rules;
  /** How long a decision is open, and a mandate waits and is good, in milliseconds. */
  times(): { readonly open: bigint; readonly wait: bigint; readonly good: bigint };
  record(kind: string, facts: unknown, label: PrivacyLabel): void;
  /** Makes a decision, which opens once the places have said what the wishes would do. */
  propose(by: bigint, proposal: Proposal, replaces?: bigint): ProposedKit | Refusal;
  /** What somebody is called who has a ballot, or had one. */
  nameOf(number: bigint): string;
  /** What came of a proposal, once it is known. */
  outcomeOf(number: bigint): Promise<Opened | Refusal> | Opened | Refusal;
  /** All ballots that hold now, to be the electorate of a decision. */
  electors(): readonly (readonly [number: bigint, row: ElectorRow])[];
  /** Tells all seats of a decision that was opened, and makes their papers. */
  opened(number: bigint): void;
  ended(number: bigint): void;
  decision(number: bigint): DecisionKit | undefined;
  /** The newest first. */
  openDecisions(): readonly bigint[];
  endedDecisions(): readonly bigint[];
  openOf(proposer: bigint): readonly bigint[];
  touch(): void;
};
export type ProposedKit = { readonly ok: true; readonly kit: DecisionKit };

export type DecisionKit = {
  readonly decisionPublic: Facet<DecisionPublic>;
  readonly care: Facet<ProposalCare>;
  readonly inside: Facet<DecisionInside>;
};

export type Speaker = 'self' | 'delegate';

/** One decision, for its papers and for the body. */
export type DecisionInside = {
  number(): bigint;
  /** Begins: asks the places what the wishes would do. */
  begin(): void;
  /** The outcome of the proposing, or undefined while it is under way. */
  opening(): Opened | Refusal | undefined;
  public(): Facet<DecisionPublic>;
  title(): string;
  until(): string;
  ending(): Ending;
  proposal(): Proposal;
  isOpen(): boolean;
  has(elector: bigint): boolean;
  cast(elector: bigint, by: Speaker, answer: Answer): Done | Refusal;
  /** Takes out what a delegate said, while it is open. */
  uncast(elector: bigint): void;
  said(elector: bigint): Text;
  voices(): readonly Voice[];
  /** What the alternatives would do, as the places say it. */
  acts(): readonly Text[];
  phase(): DecisionPhase;
  /** At most 30. */
  electors(): CareView['electors'];
  /** Of whoever proposed it: see `ProposalCare`. */
  ask(elector: Facet<Elector>): Done | Refusal;
  decide(reason: string): Done | Refusal;
  withdraw(): Done | Refusal;
  isAsked(elector: bigint): boolean;
  askMe(elector: bigint): Done | Refusal;
  /** Of a blind decision. */
  key(elector: bigint): BlindKey;
  token(
    elector: bigint,
    blinded: string,
  ): { readonly ok: true; readonly evaluation: Evaluation } | Refusal;
  /** Of sortition. */
  part(elector: bigint): Facet<DrawParticipant>;
};

/** A way to speak with one ballot: the person's own, or a delegate's. It can be taken back. */
export type Seat = {
  number(): bigint;
  by(): Speaker;
  isValid(): boolean;
  /** A decision was opened in which this ballot takes part. */
  opened(decision: bigint): void;
  /** Takes it back, and what a delegate has said in open decisions. */
  end(): void;
};
export type BallotKit = { readonly seat: Facet<Seat>; readonly ballot: Facet<Ballot> };
export type DelegationKit = { readonly seat: Facet<Seat>; readonly delegation: Facet<Delegation> };

/** Of a blind decision, for its box. */
export type BlindInside = {
  blindKeys(): readonly (BlindKey & { readonly constituency: string })[];
  blindCast(constituency: string, input: string, output: string, answer: Answer): Done | Refusal;
};
