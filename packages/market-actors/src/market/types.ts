/**
 * The facets of a plural market (SPEC M1), as their holders see them, near or far.
 *
 * Values are whole numbers in the market's unit (`unit` says which), times milliseconds. `requestId` is
 * chosen by the caller, at random, once for each intended act; a repetition answers the first outcome.
 * Each `view` answers the record that a page shows, each `changes` a promise for its next version.
 */
import type { Account, LedgerAuditor, Moved, Movement, Overflow } from '@pocas/clearing/value';
import type { Facet, Text } from '@pocas/vat-runtime';
import type { ActOption, Acts, Assembly, JournalReader, Refusal } from '@pocas/vat-runtime/actors';
import type { MarketCharterPublic } from '../charter/types.ts';
import type { CharterName, Desk } from '../inside/types.ts';

/** `open` takes new things; `windingDown` lets what runs end; `closed` is zero everywhere. */
export type MarketPhase = 'open' | 'windingDown' | 'closed';
/** `leaving`: has asked to leave in debt. */
/** Of a plan that was agreed on. */
export type PlanPhase = 'running' | 'kept' | 'unkept';
export type MemberStatus = 'here' | 'leaving' | 'left';

/** A view that can be watched. */
type Watched<View> = {
  view(): View;
  changes(since?: string): Promise<string>;
};

/** Fixed when the market is founded. */
export type MarketParams = {
  readonly name: string;
  /** `time`: one unit is a minute of anybody's (C6). Default `mutual`. */
  readonly kind?: 'mutual' | 'time';
  /** What people call one unit of the market's credit. Default `créditos`, or `minutos`. */
  readonly unit?: string;
  /** 32 random bytes in base64url, drawn by the node; see `MarketMaker`. All keys of the market follow from it. */
  readonly secret: string;
  /** First values of the charter. Others have their defaults. */
  readonly charter?: { readonly [name in CharterName]?: bigint };
  readonly categories?: readonly string[];
  /** Other units, such as of outside money, in which a part of a price may stand. */
  readonly units?: readonly string[];
  /** What is not offered here. */
  readonly refused?: readonly string[];
};

/** Done, with nothing to hand over. */
export type Done = { readonly ok: true };

// ---- founding -----------------------------------------------------------------------------------

/** The root of a market's vat. Whoever claims it first is the founder; after that it opens nothing. */
export type MarketFounding = {
  /**
   * Makes the founder's share and all that is to be cared for. With the same `requestId` it answers the
   * same again. Refusal: `claimed` for everybody else, and so for whoever runs the node.
   */
  claim(name: string, requestId: string): Founded | Refusal;
  /**
   * Before it is claimed: the body of decision that alone can change its rules from then on. Refusals: `claimed`
   * after that; `conflict` where there is one.
   */
  convene(assembly: Facet<Assembly>): Done | Refusal;
};
export type Founded = {
  readonly ok: true;
  /** The market's name. */
  readonly place: string;
  readonly participant: Facet<Participant>;
  readonly cares: MarketCares;
};
export type MarketCares = {
  readonly steward: Facet<Steward>;
  /** For whoever decides in common: see `Acts`. Absent where the market has a body of decision, which alone holds them. */
  readonly charter?: Facet<Acts>;
  readonly commons?: Facet<CommonsKeeper>;
  readonly marketPublic: Facet<MarketPublic>;
  readonly auditor: Facet<LedgerAuditor>;
};

/** Makes one market as a vat of its own, with a secret that the node draws: a power of the program. */
export type MarketMaker = {
  make(params: Omit<MarketParams, 'secret'>): Promise<Facet<MarketFounding>>;
};

// ---- public -------------------------------------------------------------------------------------

/** What anyone may see of the market. */
export type MarketPublic = {
  describe(): MarketPublicView;
  changes(since?: string): Promise<string>;
  charter(): Facet<MarketCharterPublic>;
  auditor(): Facet<LedgerAuditor>;
  /** What is public of the journal, and the head of each epoch. */
  journal(): Facet<JournalReader>;
  /** For whoever knows nobody here. */
  door(): Facet<MarketDoor>;
};
export type MarketPublicView = {
  readonly name: string;
  readonly unit: string;
  readonly phase: MarketPhase;
  /** What the mechanisms show to everybody: offers, needs. */
  readonly pages: readonly Facet<Desk>[];
  readonly charter: Facet<MarketCharterPublic>;
  readonly auditor: Facet<LedgerAuditor>;
  readonly journal: Facet<JournalReader>;
  readonly door?: Facet<MarketDoor>;
};

/** By it somebody becomes a participant with a first offer or need, and without an introducer. */
export type MarketDoor = Watched<{ readonly market: string; readonly left: bigint }> & {
  /** @param price - of one piece. Refusals: `quota` when as many came as the charter lets in in an epoch; `closed`; those of the offer. */
  offer(
    name: string,
    what: string,
    description: string,
    price: bigint,
    requestId: string,
  ): Joined | Refusal;
  ask(name: string, what: string, description: string, requestId: string): Joined | Refusal;
};

// ---- care of the market -------------------------------------------------------------------------

/** Day-to-day care. It sees totals and names, never a person's account or orders, and cannot move value. */
export type Steward = Watched<StewardView> & {
  /**
   * A new invitation. Whoever comes in by it is trusted with the charter's base limit at first.
   * @param uses - how many people it lets in. Default 1. Refusal: `closed` unless the market is open.
   */
  invite(uses?: bigint, requestId?: string): Facet<Invitation>;
  /** The same as a text that can be sent. Refusal: `unsupported` where the market was given no grantor. */
  inviteLink(
    uses: bigint,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /**
   * Lets a person receive and not pay, while somebody cares for a conflict (F20). It ends by itself.
   * @param days - at most 60. Refusals: `invalid` for no participant's card, `closed` for one who has left.
   */
  freeze(
    member: Facet<MemberCard>,
    days: bigint,
    reason: string,
    requestId: string,
  ): Done | Refusal;
  thaw(member: Facet<MemberCard>, requestId: string): Done | Refusal;
  /** No new offers, needs, members or debts from now on; what runs goes on to its end. */
  windDown(requestId: string): Done | Refusal;
  /** `notYet` while anything is not zero. */
  close(requestId: string): Done | Refusal;
  /** A text that opens the public page for whoever has it. Refusal: `unsupported` without a grantor. */
  publicLink(): Promise<{ readonly secret: string }> | Refusal;
  /** The facet that anyone may have. */
  marketPublic(): Facet<MarketPublic>;
  /** The facet that checks the ledger's sum. */
  auditor(): Facet<LedgerAuditor>;
  /** What participants may read of the journal: for the export of a market that closes. */
  journal(): Facet<JournalReader>;
};
export type StewardView = {
  readonly name: string;
  readonly unit: string;
  readonly phase: MarketPhase;
  readonly participants: bigint;
  /** What anybody may see: the public page. */
  readonly everyone: Facet<MarketPublic>;
  /** What mechanisms leave to the steward's care. */
  readonly pages: readonly Facet<Desk>[];
  /** Of the newest 30, those who pay nothing for now; absent where there is nobody. */
  readonly paused?: readonly StewardItem[];
  /** With whom a plan was agreed on, of those who leave in debt: at most 30. Absent where there is nobody. */
  readonly plans?: readonly PlanItem[];
  /** The others of the newest 30. */
  readonly members: readonly StewardItem[];
};
export type PlanItem = {
  readonly name: string;
  readonly phase: PlanPhase;
  readonly until: string;
  readonly member: Facet<MemberCard>;
};

export type StewardItem = {
  readonly name: string;
  readonly status: MemberStatus;
  readonly member: Facet<MemberCard>;
};

/**
 * What the commons take over (C16), of a person who left in debt or does not come any more: for whoever decides
 * in common. It takes nothing from anybody: the debt was theirs, the floor is the charter's. Vouches for it are used
 * first. The wish is `{ act: 'absorb', name }`, with the number of the case; or `{ act: 'agree', name, value }`: the
 * group agrees to the plan of who leaves, to be kept within so many days. `closed` where there is no such case.
 */
export type CommonsKeeper = Omit<Acts, 'view'> & { view(): CommonsView };
export type CommonsView = {
  readonly about: Text;
  readonly options: readonly ActOption[];
  readonly unit: string;
  readonly balance: bigint;
  readonly floor: bigint;
  readonly cases: readonly {
    readonly name: string;
    readonly reason: 'leaving' | 'away';
    readonly balance: bigint;
    readonly plan: string;
    /** What they promised and is still out, and what was paid for it. */
    readonly promised: string;
    readonly worth: bigint;
    readonly agreed: PlanPhase | 'none';
    readonly member: Facet<MemberCard>;
  }[];
};

/** Lets people in, as many as it was made for. */
export type Invitation = Watched<InvitationView> & {
  /**
   * Becomes a participant under this name. With the same `requestId` it answers the same facet again,
   * so an answer that was lost costs nothing.
   * Refusals: `claimed` when others used it up; `closed` when the market takes nobody in any more; `invalid`
   * when an invitation for several people is used with a `requestId` shorter than 16 characters, since the
   * others could guess it.
   */
  join(name: string, requestId: string): Joined | Refusal;
};
export type InvitationView = {
  readonly market: string;
  readonly left: bigint;
  /** Who introduces, and with how much. */
  readonly by?: string;
  readonly lends?: bigint;
};
export type Joined = {
  readonly ok: true;
  /** The market's name. */
  readonly place: string;
  readonly participant: Facet<Participant>;
  /** The same facet, for a page to go to. */
  readonly goto: Facet<Participant>;
};

// ---- participants -------------------------------------------------------------------------------

/** One person's share in the market. Whoever holds it is that person here. */
export type Participant = Watched<ParticipantView> & {
  /** One of the pages that the view leads to, by its mechanism: for programs. @throws for a name that is none */
  desk(mechanism: string): Facet<Desk>;
  /** What others may have of this person: it designates, and gives nothing. */
  card(): Facet<MemberCard>;
  /**
   * One's own account on the market's ledger (C2): for programs, such as a wallet. Holds must end within
   * 90 days: `invalid`.
   */
  account(): Facet<Account>;
  /** What everybody in the market may know of its rules: for programs, such as one that reads a spreadsheet. */
  rules(): MarketRules;
  /**
   * A new facet for the same share. This one, and all that was obtained through it, answers `revoked` from
   * then on: for whoever has restored a wallet, or lost a device. What was handed on to others, such as the
   * account, is to be handed on again; what only designates, such as the card, goes on.
   */
  renew(requestId: string): Joined | Refusal;
  /**
   * A text that opens this share, for its holder's backup: it ends with the share, when that is renewed.
   * Refusal: `unsupported` where the market was given no grantor.
   */
  link(): Promise<{ readonly secret: string }> | Refusal;
};
export type ParticipantView = {
  readonly market: string;
  readonly name: string;
  /** Absent while the market is open. */
  readonly phase?: MarketPhase;
  /** Without what is set aside. Below zero: owed to the others together. */
  readonly balance: bigint;
  /** Set aside in open orders. */
  readonly held: bigint;
  /** The most that can be ordered for now. */
  readonly available: bigint;
  readonly unit: string;
  /** What waits for this person's word; absent where nothing does. */
  readonly attention?: readonly { readonly desk: Facet<Desk>; readonly waiting: bigint }[];
  /** What the page shows itself: what can be had, and one's orders. */
  readonly shown: readonly Facet<Desk>[];
  /** The other pages. */
  readonly desks: readonly Facet<Desk>[];
};

/** What a program can look at before it posts many things: data, so that one question is enough. */
export type MarketRules = {
  readonly unit: string;
  /** Whether new offers and needs are taken. */
  readonly isOpen: boolean;
  /** Of the charter: what every piece costs, or 0; and of what a price is a multiple. */
  readonly price: bigint;
  readonly step: bigint;
  readonly maxOffers: bigint;
  readonly maxNeeds: bigint;
  /** Empty ones bound nothing. */
  readonly categories: readonly string[];
  readonly units: readonly string[];
  readonly refused: readonly string[];
  /** When epoch 0 began, and how long each is: milliseconds. */
  readonly epochZero: bigint;
  readonly epochLength: bigint;
};

/** Designates a participant. */
export type MemberCard = { view(): { readonly name: string }; number(): bigint };

/** One's own account, with what its limits follow from (C2, C3). */
export type AccountDesk = Watched<AccountDeskView> & {
  setOverflow(overflow: Overflow, requestId: string): Done | Refusal;
  /** Gives value to the commons. */
  give(value: bigint, requestId: string): Moved | Refusal;
  /**
   * Takes value out as a text, like cash: whoever has it can put it in once, such as into a FoCo. Refusals: those of
   * `Account.withdraw`; `unsupported` without a grantor.
   */
  takeOut(
    value: bigint,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Takes back all that was taken out and that nobody put in. */
  recover(requestId: string): Moved | Refusal;
  /** A text by which others can pay here, and do nothing else. */
  payeeLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  history(before?: bigint): readonly Movement[];
  /** All terms of the rule: `Explained` of `@pocas/clearing/limits`. */
  explain(): unknown;
};
export type AccountDeskView = {
  readonly unit: string;
  readonly balance: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly incoming: bigint;
  readonly withdrawn: bigint;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
  readonly status: 'open' | 'frozen' | 'closed';
  readonly questions: readonly {
    readonly value: bigint;
    readonly question: Facet<QuestionSlip>;
  }[];
  /** Where the limit comes from. */
  readonly earned: bigint;
  readonly lentToYou: bigint;
  readonly lentByYou: bigint;
  /** Per mille. */
  readonly reliability: bigint;
  readonly counted: readonly {
    readonly epoch: bigint;
    readonly sold: bigint;
    readonly spent: bigint;
  }[];
  readonly latest: readonly Pick<Movement, 'kind' | 'value' | 'balance'>[];
};
/** What came in past the ceiling and waits for a word. */
export type QuestionSlip = {
  accept(requestId: string): Moved | Refusal;
  decline(requestId: string): Moved | Refusal;
  toCommons(requestId: string): Moved | Refusal;
};

/** Whom one introduces, and trusts (7.1). */
export type TrustDesk = Watched<TrustDeskView> & {
  /**
   * An invitation for one person, to whom a part of one's own unused limit is lent when they join.
   * It can be less then: what is unused at that time.
   */
  introduce(lends: bigint, requestId: string): Facet<Invitation> | Refusal;
  /** The same as a text. Refusal: `unsupported` without a grantor. */
  introduceLink(
    lends: bigint,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** Refusals: `limit` where less is unused, `quota`, `unsupported` to oneself, `closed`. */
  lend(member: Facet<MemberCard>, value: bigint, requestId: string): Moved | Refusal;
  /** Takes back what is unused. `insufficient` where nothing is. */
  recall(member: Facet<MemberCard>, value: bigint, requestId: string): Moved | Refusal;
};
export type TrustDeskView = {
  readonly unit: string;
  readonly given: readonly TrustItem[];
  readonly taken: readonly TrustItem[];
};
export type TrustItem = {
  readonly name: string;
  readonly value: bigint;
  readonly member: Facet<MemberCard>;
};

/** How one leaves (C16). */
export type LeavingDesk = Watched<LeavingDeskView> & {
  /**
   * Leaves at zero, and ends what can end: pledges before anything was allotted, subscriptions with what was not
   * handed over. Refusals: `notYet` while something is on its way, above zero, or waited for by others, such as
   * vouchers that are out; `limit` below zero.
   */
  leave(requestId: string): Done | Refusal;
  /** Leaves, and gives what is left and what is still on its way here to the commons. `notYet` while one has something set aside or withdrawn. */
  leaveGiving(requestId: string): Done | Refusal;
  /** Says how a debt is to be made up for, and asks the others to agree or to take it over. */
  plan(plan: string, requestId: string): Done | Refusal;
  /** Takes that back; also the answer of whoever was thought to be away. */
  stay(requestId: string): Done | Refusal;
};
export type LeavingDeskView = {
  readonly status: MemberStatus;
  readonly balance: bigint;
  readonly unit: string;
  readonly plan?: string;
  /** What one promised and is still out, and what was paid for it; absent where nothing is. */
  readonly promised?: string;
  readonly worth?: bigint;
  /** Until when the plan is to be kept, and whether it was. Absent before the others agreed. */
  readonly planUntil?: string;
  readonly planPhase?: PlanPhase;
  readonly isThoughtAway?: true;
};
