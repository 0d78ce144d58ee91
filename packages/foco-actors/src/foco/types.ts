/**
 * The facets of a FoCo (SPEC F1), as their holders see them, near or far.
 *
 * Amounts are whole numbers of a purse's unit. `requestId` is chosen by the caller at random, once for each
 * intended act; a repetition answers the first outcome. What moves value between vats answers that it is under
 * way, and the view says later what came of it.
 */
import type { Account, Payee, Payment } from '@pocas/clearing/value';
import type { Clock, Enlivener, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import type {
  Acts,
  Assembly,
  BallotShare,
  CharterFirst,
  CharterPublic,
  Founding,
  JournalReader,
  Joined,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type { Card, CharterName, DestinationItem, Heard, Moved, Totals } from '../inside/types.ts';
import type { LoanDesk } from '../loan/types.ts';
import type { PoolDesk } from '../pool/types.ts';
import type { SavingDesk } from '../saving/types.ts';
import type { SpendDesk } from '../spend/types.ts';

type Done = { readonly ok: true } | Refusal;

export type FocoPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** For invitations as texts. */
  readonly grantor?: Facet<Grantor>;
  readonly enlivener?: Facet<Enlivener>;
  /** Makes a FoCo's vat, for those who fork. Without it nobody can. */
  readonly focoMaker?: Facet<FocoMaker>;
};
/** Fixed when it is founded. */
export type FocoParams = {
  readonly name: string;
  /** 32 random bytes in base64url, drawn by the node. Identifiers that nobody may guess follow from it. */
  readonly secret: string;
  readonly charter?: CharterFirst<CharterName, 'purpose'>;
  /**
   * How many FoCos may come out of this one by forking, with all that come out of those: each is a vat of its node.
   * At most 20, which is the default.
   */
  readonly forks?: bigint;
  /** By which its people decide. Without one, the founder is handed the charter's acts. */
  readonly assembly?: Facet<Assembly>;
};
export type FocoMaker = { make(wish: Omit<FocoParams, 'secret'>): Promise<Facet<FocoFounding>> };

/** The root. Besides being claimed by a person, it can be taken by another FoCo for those who fork. */
export type FocoFounding = Founding & {
  claim(name: string, requestId: string): FocoClaimed | Refusal;
  /** Hands the charter's acts to this body and to nobody else. `closed` where there is one, or the root was claimed. */
  convene(assembly: Facet<Assembly>): Done;
  /** For a FoCo whose people move here: like `claim`, for several. `claimed` as there. */
  settle(names: readonly string[], requestId: string): Settled | Refusal;
};
export type FocoClaimed = Joined & {
  readonly participant: Facet<FocoParticipant>;
  readonly cares: {
    readonly steward: Facet<FocoSteward>;
    readonly auditor: Facet<FocoAuditor>;
    readonly [word: string]: Facet<object>;
  };
};
export type Settled = {
  readonly ok: true;
  readonly joined: readonly Joined[];
  readonly steward: Facet<FocoSteward>;
  readonly receiver: Facet<FocoReceiver>;
};

export type FocoPublic = {
  view(): FocoPublicView;
  changes(since?: string): Promise<string>;
  charter(): Facet<CharterPublic>;
  /** Gives value to all of them. It is divided by the rule of the charter. */
  give(purse: Facet<Card>, payment: Facet<Payment>, requestId: string): Done;
  journal(): Facet<JournalReader>;
};
/** P0: totals, and nobody's own. */
export type FocoPublicView = {
  readonly name: string;
  readonly purpose: readonly string[];
  readonly participants: bigint;
  readonly purses: readonly {
    readonly name: string;
    readonly unit: string;
    readonly balance: bigint;
    readonly purse: Facet<Card>;
  }[];
  readonly charter: Facet<CharterPublic>;
};

/** One participant's share. Whoever holds it is that participant here: a person, a poca, another FoCo. */
export type FocoParticipant = {
  view(): FocoParticipantView;
  changes(since?: string): Promise<string>;
  card(): Facet<Card>;
  /** What belongs to everybody here. */
  foco(): Facet<FocoPublic>;
  spending(): Facet<SpendDesk>;
  pools(): Facet<PoolDesk>;
  savings(): Facet<SavingDesk>;
  loans(): Facet<LoanDesk>;
  /**
   * Puts value into one's own envelope. It is under way until the ledger has answered.
   * @param returnable - goes back to whoever leaves, as far as it is not spent; such value buys no part of surplus
   * Refusals: `invalid` for a purse that is none, `notYet` for one that is not open, `quota` with 20 under way.
   */
  contribute(
    purse: Facet<Card>,
    payment: Facet<Payment>,
    returnable: boolean,
    requestId: string,
  ): Done;
  /**
   * The same with a payment as a text, for a page. @param isReturnable - 1: yes
   * Rejects where the text opens nothing; `unsupported` without an enlivener.
   */
  putIn(
    purse: Facet<Card>,
    text: string,
    isReturnable: bigint,
    requestId: string,
  ): Promise<Done> | Done;
  /** Into the other's envelope, as surplus. It cannot be taken back. */
  giveEnvelope(other: Facet<Card>, purse: Facet<Card>, value: bigint, requestId: string): Done;
  /** The same for a page that shows the others, with the first purse. */
  giveTo(other: Facet<Card>, value: bigint, requestId: string): Done;
  /** Enters somewhere that can be paid, for all to see. @param isMine - and where one's own goes on leaving */
  addDestination(
    purse: Facet<Card>,
    payee: Facet<Payee>,
    name: string,
    isMine: boolean,
    requestId: string,
  ): { readonly ok: true; readonly destination: Facet<Card> } | Refusal;
  /** The same with a text that opens a payee, for a page. @param isMine - 1: yes */
  addPlace(
    purse: Facet<Card>,
    text: string,
    name: string,
    isMine: bigint,
    requestId: string,
  ): Promise<{ readonly ok: true; readonly destination: Facet<Card> } | Refusal> | Refusal;
  /** Divides what came in for all. Anybody may: the rule is the charter's. */
  divide(purse: Facet<Card>, requestId: string): Done;
  /** For one person, once. `quota` past the charter's number in this epoch. */
  invite(
    requestId: string,
  ): { readonly ok: true; readonly invitation: Facet<FocoInvitation> } | Refusal;
  inviteLink(
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /**
   * Returnable contributions that are not spent are paid to one's own destination; the rest goes to all, or is
   * kept for a return, as the charter says. `notYet` while something is announced, pledged, saved, lent or
   * under way, and without an own destination for what is to be paid.
   */
  leave(requestId: string): Done;
  /** Comes back to what was kept. `closed` where the charter keeps nothing. */
  comeBack(requestId: string): Done;
  /**
   * Moves to a new FoCo, with all of one's envelope, together with everybody who has joined this fork.
   * `unsupported` where the node makes none.
   */
  fork(
    name: string,
    purpose: string,
    requestId: string,
  ): { readonly ok: true; readonly fork: Facet<Fork> } | Refusal;
  /** Announces a fork that others may join before it goes. */
  proposeFork(
    name: string,
    purpose: string,
    requestId: string,
  ): { readonly ok: true; readonly fork: Facet<Fork> } | Refusal;
  joinFork(fork: Facet<Fork>, requestId: string): Done;
  leaveFork(fork: Facet<Fork>, requestId: string): Done;
  /** Of whoever proposed it. */
  goFork(fork: Facet<Fork>, requestId: string): Done;
  /** One's share in the new FoCo, once it is there; with its care for whoever proposed it. */
  forked(fork: Facet<Fork>): Forked | Refusal;
  /** A text that opens this share, for a backup: it ends when the share is renewed. */
  link(): Promise<{ readonly secret: string }> | Refusal;
  renew(requestId: string): Joined | Refusal;
};
export type EnvelopeItem = {
  readonly name: string;
  readonly unit: string;
  /** All that one decides over at once. */
  readonly value: bigint;
  readonly surplus: bigint;
  readonly own: bigint;
  readonly returnable: bigint;
  /** Of all envelopes together. */
  readonly all: bigint;
  readonly purse: Facet<Card>;
};
export type FocoParticipantView = {
  readonly foco: string;
  readonly name: string;
  readonly purpose: readonly string[];
  readonly status: 'here' | 'leaving' | 'left';
  readonly envelopes: readonly EnvelopeItem[];
  readonly pages: readonly Facet<object>[];
  readonly ballot?: Facet<BallotShare>;
  readonly heard: readonly Heard[];
  readonly others: readonly { readonly name: string; readonly card: Facet<Card> }[];
  readonly destinations: readonly DestinationItem[];
  readonly forks: readonly ForkItem[];
  readonly all: Facet<FocoPublic>;
};

export type FocoInvitation = {
  view(): { readonly foco: string; readonly by: string; readonly left: bigint };
  changes(since?: string): Promise<string>;
  join(name: string, requestId: string): FocoJoined | Refusal;
};
export type FocoJoined = Joined & { readonly participant: Facet<FocoParticipant> };

/** Care of what comes in. It moves nothing out of any envelope. */
export type FocoSteward = {
  view(): FocoStewardView;
  changes(since?: string): Promise<string>;
  /**
   * Joins a market as a participant of its own, so that nobody else holds the account.
   * @param invitation - to a market, near or far
   */
  joinMarket(
    invitation: Facet<MarketInvitation>,
    requestId: string,
  ): { readonly ok: true; readonly purse: Facet<Card> } | Refusal;
  /** The same by the invitation's text. */
  openMarket(
    text: string,
    requestId: string,
  ): Promise<{ readonly ok: true; readonly purse: Facet<Card> } | Refusal> | Refusal;
  /** Takes an account that whoever hands it over could have kept: only for what nobody else holds. */
  addAccount(
    account: Facet<Account>,
    name: string,
    unit: string,
    step: bigint,
    requestId: string,
  ): { readonly ok: true; readonly purse: Facet<Card> } | Refusal;
  /** Records what counts for the division; all participants see it. */
  count(
    who: Facet<Card>,
    measure: 'hours' | 'patronage',
    value: bigint,
    reason: string,
    requestId: string,
  ): Done;
  countHours(who: Facet<Card>, value: bigint, reason: string, requestId: string): Done;
  countUse(who: Facet<Card>, value: bigint, reason: string, requestId: string): Done;
  divide(purse: Facet<Card>, requestId: string): Done;
  invite(
    requestId: string,
  ): { readonly ok: true; readonly invitation: Facet<FocoInvitation> } | Refusal;
};
export type FocoStewardView = {
  readonly name: string;
  readonly purses: readonly {
    readonly name: string;
    readonly unit: string;
    readonly balance: bigint;
    readonly undivided: bigint;
    readonly missing: bigint;
    readonly phase: string;
    readonly purse: Facet<Card>;
  }[];
  readonly people: readonly { readonly name: string; readonly card: Facet<Card> }[];
};
/** What a FoCo asks of a market that it joins. */
export type MarketInvitation = {
  join(name: string, requestId: string): Promise<unknown> | unknown;
};

/** Sees sums, and nobody's envelope. */
export type FocoAuditor = {
  view(): FocoAuditorView;
  changes(since?: string): Promise<string>;
  /** Counts envelopes anew, so many at a time, from a number on. @returns `next` 0 at the end */
  recount(
    purse: Facet<Card>,
    from: bigint,
  ): { readonly ok: true; readonly sum: bigint; readonly next: bigint } | Refusal;
  journal(): Facet<JournalReader>;
};
export type FocoAuditorView = {
  readonly name: string;
  readonly purses: readonly ({
    readonly name: string;
    readonly unit: string;
    readonly balance: bigint;
    /** All parts less the balance: zero, or the books are broken. */
    readonly difference: bigint;
    readonly missing: bigint;
    readonly purse: Facet<Card>;
  } & Totals)[];
};

/** People who go together. */
export type Fork = {
  view(): ForkView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};
/** `proposed`: others may join. `making`: the new FoCo is being made. `moving`: value is on its way. */
export type ForkPhase = 'proposed' | 'making' | 'moving' | 'done' | 'failed';
export type ForkView = {
  readonly name: string;
  readonly purpose: string;
  readonly by: string;
  readonly phase: ForkPhase;
  readonly people: readonly { readonly name: string }[];
  /** Purses whose value could not be moved, and is in the envelopes again. */
  readonly back: readonly { readonly name: string }[];
};
export type Forked = Joined & { readonly cares?: { readonly steward: Facet<FocoSteward> } };
export type ForkItem = {
  readonly name: string;
  readonly by: string;
  readonly phase: ForkPhase;
  readonly fork: Facet<Fork>;
};

/** Held by the FoCo that people come from, and by nobody else. */
export type FocoReceiver = {
  /** A purse of the new FoCo for an account that it gets by an invitation of the old one. */
  openPurse(
    invitation: Facet<MarketInvitation>,
    name: string,
    requestId: string,
  ): { readonly ok: true; readonly purse: bigint } | Refusal;
  /** `notYet` while it opens, `closed` where it cannot. */
  payeeOf(purse: bigint): { readonly ok: true; readonly payee: Facet<Payee> } | Refusal;
  /** What is going to be paid, and whose it is: `who` counts those who moved, from 1 on. */
  expect(purse: bigint, key: string, parts: readonly Moved[]): { readonly ok: true };
  confirm(purse: bigint, key: string, isPaid: boolean): { readonly ok: true };
};
export type { Acts };
