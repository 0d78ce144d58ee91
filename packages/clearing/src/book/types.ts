/** The facets of a poca's book: what it owes and is owed, and its part in clearing rounds (SPEC C11 to C13). */
import type { Clock, Enlivener, Facet, Grantor, Timer, VatMaker } from '@pocas/vat-runtime';
import type { JournalReader, Refusal } from '@pocas/vat-runtime/actors';
import type {
  CounterpartyKeeper,
  CounterpartyPhase,
  Introduction,
  LineKeeper,
  ObligationKeeper,
} from '../obligation/types.ts';
import type { Convenor } from '../round/facets.ts';
import type { Report, Seat } from '../round/types.ts';
import type { AttendancePhase, Explained, OddityCode, Why } from './attendance-types.ts';

export type BookParams = {
  /** What the poca is called. */
  readonly name: string;
  /** What is usually owed here, such as `MXN`. Others are possible. */
  readonly unit: string;
  /** Milliseconds after which a decision that does not come is made without the coordinator. Default 3 days. */
  readonly doubt?: bigint;
  /** At random and told to nobody: the salt of its journal. */
  readonly secret?: string;
};

export type BookPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** For introductions that can be sent as a text. */
  readonly grantor?: Facet<Grantor>;
  /** For those that come as one. */
  readonly enlivener?: Facet<Enlivener>;
  /** For rounds that are convened here. */
  readonly roundMaker?: Facet<VatMaker>;
};

/** What happens with a positive balance after a round (SPEC C12). */
export type Standing =
  /** it stays for the next cycle */
  | { readonly kind: 'leave' }
  /** it is to be paid out, up to a limit; the fund, if there is one, is told */
  | { readonly kind: 'recall'; readonly limit: bigint; readonly fund?: Facet<Fund> }
  /** one counterparty comes to owe it, up to a limit and to the credit line that it was granted */
  | { readonly kind: 'move'; readonly limit: bigint; readonly to: bigint };

/** A local fund that waits for what was recalled. Anything may be behind it. Told by `send`. */
export type Fund = { recalled(notice: RecallNotice): unknown };
export type RecallNotice = {
  readonly round: string;
  readonly unit: string;
  /** What is to come in, together. */
  readonly value: bigint;
  readonly from: readonly { readonly with: string; readonly value: bigint }[];
};

/** How one obligation or line goes into rounds, where it differs from the rest. */
export type Preference = {
  /** At most this much of it. */
  readonly atMost: bigint;
  /** 0 to 3: what is higher is cleared first, where that costs no total. */
  readonly priority: bigint;
};

export type Balance = {
  readonly unit: string;
  readonly weOwe: bigint;
  readonly theyOwe: bigint;
  /** What they owe more than we do; below zero we owe more. */
  readonly net: bigint;
};

export type CounterpartyItem = {
  readonly label: string;
  readonly phase: CounterpartyPhase;
  /** How many of their proposals wait for an answer from here. */
  readonly waiting: bigint;
  readonly counterparty: Facet<CounterpartyKeeper>;
};

export type DebtItem = {
  readonly what: string;
  readonly with: string;
  readonly kind: 'obligation' | 'line';
  readonly end: 'from' | 'to';
  readonly amount: bigint;
  readonly unit: string;
  readonly locked: boolean;
  /** What of it goes into rounds at most. */
  readonly atMost: bigint;
  readonly debt: Facet<ObligationKeeper> | Facet<LineKeeper>;
};

export type RoundItem = {
  readonly title: string;
  readonly unit: string;
  readonly phase: AttendancePhase;
  readonly cleared: bigint;
  readonly round: Facet<RoundKeeper>;
};

export type BookView = {
  readonly name: string;
  readonly balances: readonly Balance[];
  readonly standing: Standing['kind'];
  /** Of `recall` and `move`. */
  readonly standingLimit?: bigint;
  /** Of `move`. */
  readonly standingTo?: string;
  readonly pays: bigint;
  readonly lends: boolean;
  readonly olderFirst: boolean;
  /** The first hundred counterparties, debts and lines; the newest ten rounds. The rest by `counterparties`, `statement`, `rounds`. */
  readonly counterparties: readonly CounterpartyItem[];
  readonly debts: readonly DebtItem[];
  readonly rounds: readonly RoundItem[];
  /** Rounds that were convened here, the newest ten. */
  readonly convened: readonly { readonly title: string; readonly convenor: Facet<Convenor> }[];
};

export type Done = { readonly ok: true };
/** Done, and the page to go on with. */
export type Gone<Where> = { readonly ok: true; readonly goto: Facet<Where> };
type Soon<T> = Promise<T> | T;

/** Everything that a poca may do with its book. Whoever has this facet keeps the book. */
export type BookKeeper = {
  view(): BookView;
  changes(since?: string): Promise<string>;
  /** A new counterparty, and what its book has to be given. Refusal: `quota`. */
  introduce(
    label: string,
    requestId: string,
  ):
    | {
        readonly ok: true;
        readonly counterparty: Facet<CounterpartyKeeper>;
        readonly introduction: Facet<Introduction>;
      }
    | Refusal;
  /** The same as a text. Refusals: `quota`; `unsupported` without a grantor. */
  introduceLink(
    label: string,
    requestId: string,
  ): Soon<
    | {
        readonly secret: string;
        /** It is for the other book, not for a browser. */
        readonly toPaste: true;
        readonly goto: Facet<CounterpartyKeeper>;
      }
    | Refusal
  >;
  meet(
    introduction: Facet<Introduction>,
    label: string,
    requestId: string,
  ): Gone<CounterpartyKeeper> | Refusal;
  /** By a text. Refusals: `invalid` for what is no sturdy ref; `quota`; `unsupported` without an enlivener. Rejects when it opens nothing. */
  meetBy(
    introduction: string,
    label: string,
    requestId: string,
  ): Soon<Gone<CounterpartyKeeper> | Refusal>;
  /** A hundred, after a number. */
  counterparties(after: bigint): readonly (CounterpartyItem & { readonly number: bigint })[];
  /**
   * Takes part in a round, by this poca's standing instruction and preferences. One place in each round.
   * Refusals: `claimed` this poca takes part already; `invalid` terms that no round may have;
   * `closed` there is nothing to lodge; `quota` twenty are open.
   */
  attend(seat: Facet<Seat>, requestId: string): Soon<Gone<RoundKeeper> | Refusal>;
  attendBy(seat: string, requestId: string): Soon<Gone<RoundKeeper> | Refusal>;
  /** A new round, with a convenor's facet for its seats. Lengths in minutes. Refusal: `unsupported` without a maker. */
  convene(
    title: string,
    lodging: bigint,
    patience: bigint,
    requestId: string,
  ): Soon<Gone<Convenor> | Refusal>;
  /** Standing instructions: each replaces the one before, and holds for rounds that are attended from then on. */
  leaveIt(): Done;
  recallUpTo(limit: bigint): Done;
  recallInto(limit: bigint, fund: Facet<Fund>): Done;
  /** Refusal: `invalid` where it is no counterparty of this book. */
  moveTo(counterparty: Facet<CounterpartyKeeper>, limit: bigint): Done | Refusal;
  /** How much this poca can pay others after a round. */
  payUpTo(limit: bigint): Done;
  /** Whether rounds may draw on all the credit lines that this poca has granted: what a FoCo does. */
  lendAlongLines(lends: boolean): Done;
  startLending(): Done;
  stopLending(): Done;
  /** Whether what is overdue for longer is cleared first. */
  olderFirst(isOlderFirst: boolean): Done;
  /** How one obligation or line goes into rounds. `atMost` 0 keeps it out. Refusal: `invalid` where it is none of this book. */
  prefer(
    debt: Facet<ObligationKeeper> | Facet<LineKeeper>,
    atMost: bigint,
    priority: bigint,
  ): Done | Refusal;
  /** A hundred rounds before a number, the newest first; 0 for the newest of all. */
  rounds(before: bigint): readonly (RoundItem & { readonly number: bigint })[];
  /** What is open, as rows of a table. */
  statement(after: bigint): Statement;
  /** For those who only look. */
  looker(): Facet<BookLooker>;
  lookLink(): Soon<{ readonly secret: string } | Refusal>;
  /** What was done, in order: agreements, payments, reductions, rounds. */
  journal(): Facet<JournalReader>;
};

/** The book for whoever may look and do nothing: an accountant, an assembly. */
export type BookLooker = {
  view(): Pick<BookView, 'name' | 'balances' | 'standing'> & {
    readonly debts: readonly Omit<DebtItem, 'debt'>[];
    readonly rounds: readonly Omit<RoundItem, 'round'>[];
  };
  changes(since?: string): Promise<string>;
  statement(after: bigint): Statement;
};

/** Rows for a spreadsheet: what stands in `columns`, each a text. */
export type Statement = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What to say to get the rows after; absent on the last page. */
  readonly next?: bigint;
};

/** One round that this poca attends, for those who keep the book. */
export type RoundKeeper = {
  view(): RoundKeeperView;
  changes(since?: string): Promise<string>;
  explain(): Explained;
};

/** Before the freeze. */
export type RoundLeave = { leave(): Done };
/** A decision that does not come. */
export type RoundDoubt = {
  /** Goes on without the coordinator, now: it takes all of the component's participants. */
  decideWithout(): Done;
  /** Ends it in this book alone, against what others may have in theirs. */
  settleByHand(): Done;
  releaseByHand(): Done;
};

export type RoundKeeperView = {
  readonly title: string;
  readonly unit: string;
  readonly phase: AttendancePhase | 'inDoubt' | 'split';
  readonly cleared: bigint;
  readonly lines: readonly {
    readonly with: string;
    readonly end: 'from' | 'to';
    readonly kind: 'obligation' | 'line';
    readonly lodged: bigint;
    readonly cleared: bigint;
    readonly why: Why;
  }[];
  readonly loops: Explained['loops'];
  readonly payments: readonly {
    readonly with: string;
    readonly end: 'from' | 'to';
    readonly value: bigint;
  }[];
  readonly all: readonly (Omit<Report['totals'], 'edges'> & { readonly title: string })[];
  readonly oddities: readonly OddityCode[];
  readonly act?: Facet<RoundLeave> | Facet<RoundDoubt>;
};
