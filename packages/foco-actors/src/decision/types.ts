/**
 * The facets of a body of decision (SPEC F15), as their holders see them. Times are milliseconds since 1970.
 *
 * Methods that decide take a `requestId` of the caller's, random, once for each intended act; a repetition answers
 * the first outcome. Each `view` answers the record that a page shows.
 */
import type { Evaluation, Facet, Text } from '@pocas/vat-runtime';
import type {
  DrawParticipant,
  DrawPublic,
  Mandate,
  Refusal,
  RefusalCode,
  Wish,
} from '@pocas/vat-runtime/actors';
import type { Answer, MethodName, Outcome } from './methods/types.ts';
import type { Published } from './methods/recount.ts';

export type Done = { readonly ok: true };
type Watched<View> = { view(): View; changes(since?: string): Promise<string> };

// ---- a person's ballot --------------------------------------------------------------------------

/** One person's part in a body of decision. Whoever holds it decides as that person. */
export type Ballot = Watched<BallotView> & {
  /**
   * Opens a decision. Refusals: `quota` with as many open as the body's rules allow, `invalid` for alternatives that
   * the method does not take, `unsupported` for a wish of no `Acts` that the body holds, and those of `Acts.draft`.
   */
  propose(proposal: Proposal, requestId: string): Promise<Opened | Refusal> | Opened | Refusal;
  /** The same for a page: a text, by consent. */
  proposeText(
    title: string,
    words: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /** By agreeing and disagreeing. */
  proposeVote(
    title: string,
    words: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /** By ranking. @param alternatives - one in each line, 2 to 12 */
  proposeChoice(
    title: string,
    alternatives: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /**
   * Lets somebody speak in one's place, with words on what is expected of them, until it is recalled. It is handed
   * to one person; a new one recalls the one before. Not in blind decisions, whose ballots could not be recalled.
   */
  delegate(instruction: string, requestId: string): Delegated | Refusal;
  /**
   * Ends that at once. What the delegate has said in decisions that are open is taken out; what is decided stays.
   * `closed` where there is nobody.
   */
  recall(requestId: string): Done | Refusal;
};
export type BallotView = {
  readonly body: string;
  readonly name: string;
  /** Being decided, the newest first, at most 20. */
  readonly open: readonly OpenItem[];
  /** One's own proposals that are open; absent where there is none. */
  readonly mine?: readonly { readonly title: string; readonly care: Facet<ProposalCare> }[];
  /** Decided, the newest first, at most 10. */
  readonly decided: readonly {
    readonly title: string;
    readonly outcome: Ending;
    readonly decision: Facet<DecisionPublic>;
  }[];
  /** What can be proposed, by place: the forms for it. */
  readonly proposing: readonly { readonly about: Text; readonly form: Facet<Proposing> }[];
  /** Whoever speaks in this person's place. */
  readonly delegation?: Facet<Delegation>;
};
export type OpenItem = {
  readonly title: string;
  readonly until: string;
  /** What was said by this ballot. */
  readonly said: Text;
  readonly paper: Facet<Watched<unknown>>;
};
export type Opened = {
  readonly ok: true;
  readonly decision: Facet<DecisionPublic>;
  readonly goto: Facet<DecisionPublic>;
};

export type Proposal = {
  readonly title: string;
  readonly words: string;
  readonly method: MethodName;
  /** One for consent, advice, agree and record; 2 to 12 to choose among; none for sortition. */
  readonly alternatives: readonly Alternative[];
  /** Who said what is not kept. Where the method allows it: `unsupported`. */
  readonly isBlind?: boolean;
  /** Of sortition: how many are drawn. */
  readonly seats?: bigint;
};
/** What is done where it wins: at most one act, of one of the `Acts` of the body, by its number from 0. */
export type Alternative = { readonly words: string; readonly wish?: ActWish };
export type ActWish = { readonly acts: bigint; readonly wish: Wish };

/** The forms for what one place can decide. */
export type Proposing = {
  /** Asks the place what there is now. Rejects while it is away. */
  view(): Promise<ProposingView> | ProposingView;
  /** A number, by consent. @param option - of `numbers` */
  proposeNumber(
    option: Facet<Option>,
    value: bigint,
    words: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /** The same, where an assembly has decided it: two scribes or more attest it. */
  recordNumber(
    option: Facet<Option>,
    value: bigint,
    words: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /** A list, by consent. @param list - one word in each line */
  proposeList(
    option: Facet<Option>,
    list: string,
    words: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /** What takes nothing, by consent. */
  proposeAct(
    option: Facet<Option>,
    words: string,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
};
export type ProposingView = {
  readonly about: Text;
  readonly numbers: readonly OptionItem[];
  readonly lists: readonly OptionItem[];
  readonly others: readonly OptionItem[];
};
export type OptionItem = {
  readonly label: Text;
  readonly now?: string;
  readonly option: Facet<Option>;
};
/** Designates one thing that can be wished; it gives nothing. */
export type Option = { about(): { readonly act: string; readonly name?: string } };

/** Somebody else's ballot, as a delegate holds it. It cannot be handed on within the body. */
export type Delegation = Watched<DelegationView>;
export type DelegationView = {
  readonly body: string;
  /** In whose place. */
  readonly of: string;
  readonly instruction: string;
  readonly isRecalled: boolean;
  readonly open: readonly OpenItem[];
};
export type Delegated = {
  readonly ok: true;
  readonly delegation: Facet<Delegation>;
  readonly goto: Facet<Delegation>;
};

// ---- one decision -------------------------------------------------------------------------------

/** `drafting` until the place has said what a wish would do; `withdrawn` by who proposed it. */
export type DecisionPhase = 'drafting' | 'refused' | 'open' | 'counted' | 'withdrawn';
export type Ending = Outcome | 'withdrawn' | 'drawn';

/** What everybody of the body may see. */
export type DecisionPublic = Watched<DecisionView> & {
  /** Who could take part, as it was when the decision was opened: 100 from a number on. */
  electorate(from: bigint): readonly {
    readonly number: bigint;
    readonly name: string;
    readonly constituency: string;
  }[];
  /**
   * What the result follows from, beside the ballots, for `recount`. `notYet` while it is open: counts would steer
   * others.
   */
  published(): { readonly ok: true; readonly published: Omit<Published, 'ballots'> } | Refusal;
  /** The ballots, 50 after one, by `who`; '' before the first. An empty list is the end. */
  ballots(after: string): { readonly ok: true; readonly ballots: Published['ballots'] } | Refusal;
  /** Asks the place again for a mandate that it has refused. `closed` where it has not. */
  askAgain(requestId: string): Done | Refusal;
};
export type DecisionView = {
  readonly title: string;
  readonly words: string;
  readonly proposedBy: string;
  readonly method: MethodName;
  readonly phase: DecisionPhase;
  readonly until: string;
  /** What would be done, as the places say it. */
  readonly acts?: readonly Text[];
  /** Where there are several. */
  readonly alternatives?: readonly { readonly number: bigint; readonly words: string }[];
  readonly electors: bigint;
  readonly spoken: bigint;
  /** Of consent, advice and records, at once; of the others once it is counted. At most 30. */
  readonly voices?: readonly Voice[];
  readonly outcome?: Ending;
  readonly counts?: readonly { readonly what: string; readonly count: bigint }[];
  /** The words of what won. */
  readonly winner?: string;
  /** Of sortition: who was drawn. */
  readonly panel?: readonly string[];
  readonly draw?: Facet<DrawPublic>;
  /** Where it is carried out. Whoever takes part may do it. */
  readonly mandate?: Facet<Mandate>;
  /** Why the place has given none. */
  readonly refused?: RefusalCode;
  /** Of blind decisions: where tokens are cast. */
  readonly box?: Facet<BlindBox>;
};
export type Voice = {
  readonly name: string;
  readonly stand: string;
  readonly reason: string;
  /** Present where somebody else spoke in this person's place. */
  readonly byDelegate?: true;
};

/** Of whoever proposed it. */
export type ProposalCare = Watched<CareView> & {
  withdraw(requestId: string): Done | Refusal;
  /**
   * Puts a changed proposal in its place, which everybody is asked about anew: how an objection is taken in. What
   * is said of one text never counts for another. @param value - of a number; undefined where there is none
   */
  amend(
    words: string,
    value: bigint | undefined,
    requestId: string,
  ): Promise<Opened | Refusal> | Opened | Refusal;
  /** Of the advice process: asks somebody. `closed` once it is over. */
  ask(elector: Facet<Elector>, requestId: string): Done | Refusal;
  /**
   * Of the advice process: decides, with reasons. `notYet` while nobody was asked, or somebody who was has not
   * answered and the time for it is not over.
   */
  decide(reason: string, requestId: string): Done | Refusal;
};
export type CareView = {
  readonly title: string;
  readonly phase: DecisionPhase;
  readonly until: string;
  readonly electors: readonly {
    readonly name: string;
    readonly isAsked: boolean;
    readonly elector: Facet<Elector>;
  }[];
};
/** Designates somebody who takes part. */
export type Elector = { name(): string };

// ---- papers: one ballot in one decision ---------------------------------------------------------

export type PaperView = {
  readonly title: string;
  readonly words: string;
  readonly until: string;
  readonly acts: readonly Text[];
  /** Where there are several. */
  readonly alternatives?: readonly { readonly number: bigint; readonly words: string }[];
  /** What one has said. */
  readonly said: Text;
  readonly voices: readonly Voice[];
  readonly decision: Facet<DecisionPublic>;
  /** In the advice process: whether one was asked. */
  readonly isAsked?: boolean;
};
type Said = Done | Refusal;
/** Refusals of all: `closed`, `expired`, `revoked` for a ballot or delegation that was taken back, `conflict` for a delegate where the person has spoken. */
export type ConsentPaper = Watched<PaperView> & {
  consent(requestId: string): Said;
  object(reason: string, requestId: string): Said;
  standAside(reason: string, requestId: string): Said;
};
export type AgreePaper = Watched<PaperView> & {
  agree(reason: string, requestId: string): Said;
  disagree(reason: string, requestId: string): Said;
  abstain(requestId: string): Said;
};
export type AdvicePaper = Watched<PaperView> & {
  advise(reason: string, requestId: string): Said;
  /** “This concerns me”: to be asked. */
  askMe(requestId: string): Said;
};
export type RecordPaper = Watched<PaperView> & {
  attest(requestId: string): Said;
  contest(reason: string, requestId: string): Said;
};
/** Scores, dots and ranks. */
export type NumbersPaper = Watched<PaperView> & {
  /** @param numbers - one for each alternative, in their order */
  cast(numbers: readonly bigint[], requestId: string): Said;
  /** The same for a page: the numbers as a text, such as `3 1 2`. */
  castText(numbers: string, requestId: string): Said;
};
export type DrawPaper = Watched<PaperView> & {
  /** This person's part in the draw: for a wallet, which makes the secret. `revoked` once the ballot was renewed. */
  part(): Facet<DrawParticipant> | Refusal;
};
/** Of a blind decision: one token for each person, and what it was used for is told to nobody. */
export type TokenPaper = Watched<PaperView> & {
  /** What a token is made for: for `poprf.blind`. */
  key(): BlindKey;
  /**
   * Evaluates a blinded element, once for each person: `claimed` for another one. With the same it answers the same.
   */
  token(blinded: string): { readonly ok: true; readonly evaluation: Evaluation } | Refusal;
};
export type BlindKey = { readonly publicKey: string; readonly info: string };
/**
 * Where tokens are cast. It is the same for everybody, and keeps nothing of who comes. Use a session in which
 * nothing else is done.
 */
export type BlindBox = {
  keys(): readonly (BlindKey & { readonly constituency: string })[];
  /**
   * @param input - 32 random bytes in base64url, of which the token was made
   * @param output - the token. Refusals: `invalid` for one that is none here; `conflict` where it was cast otherwise.
   */
  cast(constituency: string, input: string, output: string, answer: Answer): Said;
};
