/**
 * Loans without interest (SPEC F6).
 *
 * Nothing here can charge more than was lent: no method takes a rate, a fee or a penalty, and a repayment
 * takes from the payer's envelope what is still open, and not more.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Card, DestinationInside, DestinationItem } from '../inside/types.ts';

type Done = { readonly ok: true } | Refusal;

/**
 * `asked`: lenders and those who vouch come. `funded`: all of it is there, and the borrower takes it.
 * `paying`: it is on its way to who is paid. `running`, with a new plan `rescheduled`. Then `repaid`;
 * `forgiven`, where lenders gave up all that was still open; `absorbed`, where it was lost.
 * `withdrawn`: it never began, and all have theirs back.
 */
export type LoanPhase =
  | 'asked'
  | 'funded'
  | 'paying'
  | 'running'
  | 'rescheduled'
  | 'repaid'
  | 'forgiven'
  | 'absorbed'
  | 'withdrawn';

export type LoanTerms = {
  readonly what: string;
  /** What becomes a good of all by it, and stays so whoever repays. */
  readonly item: string;
  readonly principal: bigint;
  readonly instalments: bigint;
  /** From the start to the first, and from each to the next: milliseconds. */
  readonly every: bigint;
  /** Until when it has to be funded: milliseconds since 1970. */
  readonly until: bigint;
  /** So many have to vouch, before it is funded. */
  readonly vouchers: bigint;
};

export type Loan = {
  view(): LoanView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};
export type LoanView = {
  readonly what: string;
  readonly item: string;
  readonly borrower: string;
  readonly whom: string;
  readonly unit: string;
  readonly phase: LoanPhase;
  readonly principal: bigint;
  readonly offered: bigint;
  readonly repaid: bigint;
  readonly forgiven: bigint;
  /** Of what was lost, so much came from those who vouched. */
  readonly absorbed: bigint;
  readonly covered: bigint;
  readonly open: bigint;
  readonly instalments: bigint;
  /** Absent before it runs and after the last. */
  readonly next?: string;
  readonly nextValue?: bigint;
  /** What should have been paid by now and was not. It costs nothing: it is a reason to talk. */
  readonly late: bigint;
  readonly proposed?: string;
  readonly lenders: readonly {
    readonly name: string;
    readonly value: bigint;
    readonly open: bigint;
  }[];
  readonly vouchers: readonly { readonly name: string; readonly value: bigint }[];
  readonly said: readonly { readonly name: string; readonly words: string }[];
  /** How earlier loans of this borrower went. By asking, the borrower lets this be seen. */
  readonly before: readonly {
    readonly name: string;
    readonly phase: LoanPhase;
    readonly value: bigint;
  }[];
};
export type LoanItem = Pick<
  LoanView,
  'what' | 'borrower' | 'unit' | 'phase' | 'principal' | 'offered' | 'repaid' | 'open' | 'late'
> & { readonly loan: Facet<Loan> };

/** One participant's part in loans: of who borrows, lends, vouches, or only looks. */
export type LoanDesk = {
  view(): LoanDeskView;
  changes(since?: string): Promise<string>;
  /**
   * Asks for a loan that is paid to a destination. Whoever asks lets all see how their earlier loans went.
   * Refusals: `invalid` for terms or a destination that are none, `quota` with three open.
   */
  ask(
    to: Facet<Card>,
    terms: LoanTerms,
    requestId: string,
  ): { readonly ok: true; readonly loan: Facet<Loan> } | Refusal;
  /** The same for a page. */
  askSimple(
    to: Facet<Card>,
    what: string,
    item: string,
    principal: bigint,
    instalments: bigint,
    everyDays: bigint,
    vouchers: bigint,
    requestId: string,
  ): { readonly ok: true; readonly loan: Facet<Loan> } | Refusal;
  /** Offers a part out of one's own envelope; never more than is missing: `limit`. */
  lend(loan: Facet<Loan>, value: bigint, requestId: string): Done;
  /** Vouches with a stated amount, which is set aside: the most that one can lose by it. */
  vouch(loan: Facet<Loan>, value: bigint, requestId: string): Done;
  /** Takes an offer or a vouching back, before it is funded. */
  withdraw(loan: Facet<Loan>, requestId: string): Done;
  /** Of the borrower: the funded loan is paid to whom it is for. */
  begin(loan: Facet<Loan>, requestId: string): Done;
  /** Anybody's, out of their own envelope. `limit` for more than is open. */
  repay(loan: Facet<Loan>, value: bigint, requestId: string): Done;
  say(loan: Facet<Loan>, words: string, requestId: string): Done;
  /** Of the borrower: another plan for what is still open. It holds when all lenders agree, or none objects in the notice window. */
  propose(loan: Facet<Loan>, instalments: bigint, everyDays: bigint, requestId: string): Done;
  /** Of a lender, to the plan that is proposed. @param yes - 1: yes, 0: no */
  answer(loan: Facet<Loan>, yes: bigint, requestId: string): Done;
  /** Of a lender: gives up a part of what is open to oneself. */
  forgive(loan: Facet<Loan>, value: bigint, requestId: string): Done;
  /**
   * What is open is lost: those who vouched cover it up to what they stated, the lenders bear the rest. By the
   * borrower at any time; by a lender when an instalment has been late for 90 days: before, `notYet`.
   */
  absorb(loan: Facet<Loan>, words: string, requestId: string): Done;
};
export type LoanDeskView = {
  readonly open: readonly LoanItem[];
  readonly done: readonly LoanItem[];
  readonly destinations: readonly DestinationItem[];
};

export type LoanInside = {
  public(): Facet<Loan>;
  item(): LoanItem;
  borrower(): bigint;
  principal(): bigint;
  phase(): LoanPhase;
  start(): void;
  lend(who: bigint, value: bigint): Done;
  vouch(who: bigint, value: bigint): Done;
  withdraw(who: bigint): Done;
  begin(who: bigint): Done;
  repay(who: bigint, value: bigint): Done;
  say(who: bigint, words: string): Done;
  propose(who: bigint, instalments: bigint, every: bigint): Done;
  answer(who: bigint, yes: boolean): Done;
  forgive(who: bigint, value: bigint): Done;
  absorb(who: bigint, words: string): Done;
};
export type KeptLoan = LoanTerms & {
  readonly borrower: bigint;
  readonly to: Facet<DestinationInside>;
};
export type LoanBoard = {
  ask(
    who: bigint,
    to: Facet<Card>,
    terms: LoanTerms,
  ): { readonly ok: true; readonly loan: Facet<Loan> } | Refusal;
  find(loan: Facet<Loan>): Facet<LoanInside> | undefined;
  lists(): LoanDeskView;
  /** Of one borrower, those that are over or run, without this one. */
  before(borrower: bigint, loan: Facet<LoanInside>): LoanView['before'];
  ended(number: bigint): void;
};
