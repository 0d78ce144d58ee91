/**
 * What two pocas owe each other: a half in each one's vat (SPEC C11, docs/decisions/0014-clearing.md).
 * Facets whose names end in `Inside` never leave the vat of the book.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Receipt, Refusal } from '@pocas/vat-runtime/actors';

/** `from`: the debtor of an obligation, the lender of a line. `to`: its creditor, its borrower. */
export type End = 'from' | 'to';

export type Kind = 'obligation' | 'line';

/** What both sides agree to. */
export type Terms = {
  /** SHA-256 in hex over the proposer's request id and all of these, so nobody chooses it freely. */
  readonly origin: string;
  readonly unit: string;
  readonly amount: bigint;
  /** Milliseconds since 1970. */
  readonly due: bigint;
  /** What it is for. For people. */
  readonly what: string;
};

export type ObligationPhase =
  /** From here; the other side has not answered. */
  | 'proposed'
  /** From here and asked to be forgotten; the other side says what became of it. */
  | 'withdrawing'
  /** By the other side; it waits for an answer from here. */
  | 'asked'
  | 'open'
  /** Nothing is left of it. */
  | 'cleared'
  | 'declined'
  | 'withdrawn';

/** The one object by which a round reduces an obligation, or draws on a line. Answered by `lock`. */
export type Setoff = {
  /** Clears this much and ends the lock. Again with the same value: the same receipt; with another: refused (`conflict`). */
  apply(value: bigint): Receipt | Refusal;
  /** Ends the lock, and with it what this facet can do. */
  release(): void;
};

/** An obligation or a line, as a round's participant in the same vat sees it. */
export type LodgeableInside = {
  /** As it can be lodged now. Refusal `conflict`: locked by a round; `closed`: nothing is left of it, or the other side has not accepted it. */
  offer():
    | {
        readonly origin: string;
        readonly kind: 'obligation' | 'line';
        readonly end: End;
        readonly unit: string;
        readonly version: bigint;
        /** What is left of it, without what is being paid; of a line what may still be drawn. */
        readonly max: bigint;
        readonly due: bigint;
      }
    | Refusal;
  /** Refusals: `stale` another version, `conflict` locked by another round, `limit` more than `max` above. Again with the same tag and version: the same facet. */
  lock(
    tag: string,
    version: bigint,
    max: bigint,
  ): { readonly ok: true; readonly setoff: Facet<Setoff> } | Refusal;
  /** Whose the other end is. */
  counterparty(): Facet<CounterpartyInside>;
};

/** What a poca knows of another one, for its own book. */
export type CounterpartyInside = {
  number(): bigint;
  label(): string;
  /** Says something to the other side's listener on a topic, by `send`. `then` hears of the answer. */
  tell(topic: string, said: unknown, then?: Facet<object>, ctx?: unknown): void;
  /** Who hears what the other side says on a topic, from now on. Without a listener, what is said is refused as `closed`. */
  listen(topic: string, listener: Facet<Listener>): void;
  unlisten(topic: string): void;
};

/** Hears what the other side says. `from` is the counterparty's `number`. */
export type Listener = { heard(topic: string, said: unknown, from: bigint): unknown };

/** Lets one other poca meet this one. Whoever answers it first is the one: hand it to nobody else. */
export type Introduction = {
  /**
   * Answered by `send`, by the other side's book.
   *
   * @param desk - of the other side, for this poca alone
   * @param nonce - 64 hex digits of its choice, a part of what names the pair
   * Refusals: `claimed` it was used by somebody else; `unsupported` the desk is one of this very poca.
   */
  answer(
    desk: Facet<Desk>,
    nonce: string,
  ):
    | {
        readonly ok: true;
        readonly desk: Facet<Desk>;
        readonly nonce: string;
        readonly pair: string;
      }
    | Refusal;
};

/** What one side says to the other of one obligation or line. See obligation/messages.ts. */
export type Deal = {
  readonly act: string;
  readonly origin: string;
  readonly [key: string]: unknown;
};

/** Where the other side of a pair speaks to this one; nobody else is handed it. Called by `send` only. */
export type Desk = {
  deal(deal: Deal): { readonly ok: true } | Refusal;
  /** On a topic, to its listener, whose answer it is. Refusals: `closed` nobody listens; `limit` it is too large. */
  say(topic: string, said: unknown): unknown;
  /** Asks for the states of what both share, after an origin. They come by `states`, with the number of the question. */
  compare(after: string, question: bigint): { readonly ok: true } | Refusal;
  states(
    page: readonly SharedState[],
    more: boolean,
    question: bigint,
  ): { readonly ok: true } | Refusal;
};

/** How one half stands. */
export type SharedState = {
  readonly origin: string;
  readonly kind: Kind;
  /** `asked` and `proposed` while there is no consent, `over` when there will be none. */
  readonly phase: 'proposed' | 'asked' | 'agreed' | 'over';
  readonly version: bigint;
  /** Of a line its limit. */
  readonly amount: bigint;
  /** Whether a round holds it. */
  readonly locked: boolean;
};

/** A difference that `compare` found, and what to do about it, in words for people. */
export type Difference = {
  readonly origin: string;
  readonly what: string;
  readonly kind: 'unknownHere' | 'unknownThere' | 'differs' | 'underWay';
  readonly here?: { readonly version: bigint; readonly amount: bigint };
  readonly there?: { readonly version: bigint; readonly amount: bigint };
};

export type Done = { readonly ok: true };

/** An obligation, for those who keep this side's book. `requestId` makes a repetition harmless. */
export type ObligationKeeper = {
  view(): ObligationView;
  changes(since?: string): Promise<string>;
  /** Refusals: `closed` it was withdrawn, or decided before; `unsupported` it was proposed from here. */
  accept(requestId: string): Done | Refusal;
  decline(requestId: string): Done | Refusal;
  /** Takes back a proposal. The other side may have accepted it before: then it stands. Refusals: `closed`. */
  withdraw(requestId: string): Done | Refusal;
  /** By the debtor: says that this much was paid outside. Once both have said so, it is less by the smaller of both values. Refusals: `limit`, `conflict` (locked by a round, or an earlier statement is open), `notYet`, `closed`, `unsupported`. */
  paid(value: bigint, requestId: string): Done | Refusal;
  /** By the creditor. As `paid`. */
  received(value: bigint, requestId: string): Done | Refusal;
  /** Takes back one's own statement that something was paid, unless the other side said so meanwhile. */
  retract(requestId: string): Done | Refusal;
  /** Says that the other side's statement is not right. Nothing is reduced. */
  deny(requestId: string): Done | Refusal;
  /** By the creditor alone. Refusals as `paid`. */
  forgive(value: bigint, requestId: string): Done | Refusal;
};

export type ObligationView = {
  readonly with: string;
  readonly end: End;
  readonly what: string;
  readonly unit: string;
  /** As agreed. */
  readonly agreed: bigint;
  /** What is left of it. */
  readonly amount: bigint;
  readonly due: bigint;
  /** The day of it, such as 2026-11-30. */
  readonly day: string;
  readonly phase: ObligationPhase;
  readonly version: bigint;
  readonly origin: string;
  /** A statement of one side that waits for the other's. */
  readonly stated?: { readonly by: 'us' | 'them'; readonly value: bigint };
  /** Why it came to nothing, where the other side's book refused it. */
  readonly why?: string;
  /** Whether a round holds it. */
  readonly locked: boolean;
};

/** A credit line: what the lender agrees to be owed newly, without being asked each time. */
export type LineKeeper = {
  view(): LineView;
  changes(since?: string): Promise<string>;
  /** As for obligations. By the borrower. */
  accept(requestId: string): Done | Refusal;
  decline(requestId: string): Done | Refusal;
  withdraw(requestId: string): Done | Refusal;
  /** By the borrower: new debt, open at once where the lender's side still has room for it. Refusals: `limit`, `closed`, `conflict`, `quota`. */
  draw(amount: bigint, what: string, due: bigint, requestId: string): Drawn | Refusal;
  /** The same, due when the line says. */
  borrow(amount: bigint, what: string, requestId: string): Drawn | Refusal;
  /** By the lender: what may be owed under it at most, from now on. It only falls; what is owed stays. */
  lower(limit: bigint, requestId: string): Done | Refusal;
  /** By either: no new debt under it. What is owed, and what a round holds, stays. */
  end(requestId: string): Done | Refusal;
};

export type Drawn = { readonly ok: true; readonly obligation: Facet<ObligationKeeper> };

export type LinePhase = Exclude<ObligationPhase, 'cleared'> | 'ended';

export type LineView = {
  readonly with: string;
  readonly end: End;
  readonly what: string;
  readonly unit: string;
  readonly limit: bigint;
  /** Owed under it now, as this side knows it. */
  readonly owed: bigint;
  /** What may still come to be owed: limit − owed, never below zero. */
  readonly headroom: bigint;
  /** When that is due which a round makes under it. */
  readonly due: bigint;
  readonly day: string;
  readonly phase: LinePhase;
  readonly version: bigint;
  readonly origin: string;
  readonly locked: boolean;
};

export type ComparePhase = 'never' | 'asked' | 'done' | 'failed';

export type CounterpartyPhase = 'introduced' | 'meeting' | 'met' | 'failed';

/** Another poca, for those who keep this side's book. */
export type CounterpartyKeeper = {
  view(): CounterpartyView;
  changes(since?: string): Promise<string>;
  /** Only while it is `introduced`: what the other side's book has to be given. */
  introduction(): Facet<Introduction> | undefined;
  /** Takes back the introduction, as long as nobody has answered it. Refusal: `closed`. */
  cancel(requestId: string): Done | Refusal;
  /** Proposes that this side owes (`from`) or is owed (`to`). Refusals: `quota` too many are open, `notYet` they have not met. */
  propose(
    end: End,
    amount: bigint,
    unit: string,
    due: bigint,
    what: string,
    requestId: string,
  ): { readonly ok: true; readonly obligation: Facet<ObligationKeeper> } | Refusal;
  /** The same for people's pages: this side owes, this side is owed, in so many days from now. */
  weOwe(
    amount: bigint,
    unit: string,
    days: bigint,
    what: string,
    requestId: string,
  ): Done | Refusal;
  theyOwe(
    amount: bigint,
    unit: string,
    days: bigint,
    what: string,
    requestId: string,
  ): Done | Refusal;
  /** As the lender. */
  offerLine(
    limit: bigint,
    unit: string,
    due: bigint,
    what: string,
    requestId: string,
  ): { readonly ok: true; readonly line: Facet<LineKeeper> } | Refusal;
  /** The same for people's pages, with the days until what a round makes under it is due. */
  lend(limit: bigint, unit: string, days: bigint, what: string, requestId: string): Done | Refusal;
  /** Asks the other side how everything stands there. What differs is in `differences` once it has answered. */
  compare(requestId: string): Done | Refusal;
  differences(): {
    readonly phase: ComparePhase;
    readonly differences: readonly Difference[];
  };
  /**
   * By the creditor, of an obligation that differs: takes the smaller of both amounts, for both sides.
   * Of one that the other side does not have, by either: it ends here.
   * Refusals: `notYet` no comparison found it to differ, `unsupported`, `conflict`, `stale` it changed since.
   */
  mend(origin: string, requestId: string): Done | Refusal;
  /** Refuses all new proposals of the other side (`closed`), or no longer. */
  pause(requestId: string): Done | Refusal;
  resume(requestId: string): Done | Refusal;
};

export type CounterpartyView = {
  readonly label: string;
  readonly phase: CounterpartyPhase;
  /** A part of what names the pair: both sides see the same. Empty until they have met. */
  readonly code: string;
  readonly paused: boolean;
  readonly compared: ComparePhase;
  /** Whether the other side did not take something that it should have: compare. */
  readonly trouble: boolean;
  /** By unit, of what is open. */
  readonly balances: readonly {
    readonly unit: string;
    /** What they owe us less what we owe them. */
    readonly net: bigint;
    readonly weOwe: bigint;
    readonly theyOwe: bigint;
  }[];
  /** The newest 30 of each, as pages show them. */
  readonly asked: readonly unknown[];
  readonly proposed: readonly unknown[];
  readonly open: readonly unknown[];
  readonly lines: readonly unknown[];
  readonly differences: readonly unknown[];
};

/** All counterparties of one poca. For its book, in the same vat. Answered by `makeCounterparties`. */
export type CounterpartiesInside = {
  /** A new counterparty that somebody else's book still has to answer for. Refusal: `quota`. */
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
  /** Answers somebody's introduction, by `send`: `phase` of the counterparty says what came of it. Refusal: `quota`. */
  meet(
    introduction: Facet<Introduction>,
    label: string,
    requestId: string,
  ): { readonly ok: true; readonly counterparty: Facet<CounterpartyKeeper> } | Refusal;
  /** By number, the oldest first, at most 100. @param after - the number before the first; 0 for all */
  list(after: bigint): readonly {
    readonly number: bigint;
    readonly label: string;
    readonly phase: CounterpartyPhase;
    /** How many of their proposals wait for an answer from here. */
    readonly waiting: bigint;
    readonly keeper: Facet<CounterpartyKeeper>;
    readonly inside: Facet<CounterpartyInside>;
  }[];
  /** What is open, obligations and lines, the oldest first, at most `limit` (500 at most). @param after - the `key` of the last one before; 0 for all */
  lodgeables(
    after: bigint,
    limit: bigint,
  ): readonly {
    readonly key: bigint;
    readonly unit: string;
    readonly kind: 'obligation' | 'line';
    readonly lodgeable: Facet<LodgeableInside>;
    readonly keeper: Facet<ObligationKeeper> | Facet<LineKeeper>;
  }[];
  /** By origin. What it offers says whether it can be lodged. */
  find(origin: string): Facet<LodgeableInside> | undefined;
  /** Of all counterparties together. */
  balances(): readonly {
    readonly unit: string;
    readonly weOwe: bigint;
    readonly theyOwe: bigint;
  }[];
  /** Of one unit, however many there are. */
  balance(unit: string): { readonly weOwe: bigint; readonly theyOwe: bigint };
  /** Settles when anything above may have changed. */
  changes(since?: string): Promise<string>;
};
