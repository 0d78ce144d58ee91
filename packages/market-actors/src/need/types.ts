/**
 * Open needs (SPEC M3): what somebody looks for, who else does, and who answers.
 *
 * A need can be published without a name. Then nobody learns from the board whose it is, and it can be
 * answered once by each reply facet. The market's vat knows it, since it keeps the quotas.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk, MemberInside } from '../inside/types.ts';

export type Watched<View> = { view(): View; changes(since?: string): Promise<string> };
export type Done = { readonly ok: true };

/** `draft`: not published yet, since it might tell who asks. The last three end it. */
export type NeedStatus = 'draft' | 'open' | 'met' | 'withdrawn' | 'over';

export type NeedTerms = {
  /** By which needs are counted together, such as `pan`. */
  readonly kind: string;
  readonly what: string;
  readonly description: string;
  /** In words, such as `2 a week`. */
  readonly howMuch: string;
  /** What is offered for it, in words; empty for nothing said. */
  readonly inReturn: string;
  /** So many days, from 1 to 365. */
  readonly days: bigint;
};

/** What others hold of a need. What they do with it they do by their own desk. */
export type Need = Watched<NeedView> & {
  /** Where the board finds it. It checks that the facet found there is this very one. */
  number(): bigint;
};
export type NeedView = Omit<NeedTerms, 'days'> & {
  /** The last day, UTC. */
  readonly until: string;
  /** Empty: published without a name. */
  readonly by: string;
  /** How many people said that they need it too. */
  readonly signals: bigint;
  readonly status: NeedStatus;
};

/** Of whoever needs it. */
export type OwnNeed = Watched<OwnNeedView>;
export type OwnNeedView = NeedView & {
  /** How many people look for this kind of thing, this one with them. */
  readonly people: bigint;
  /** Below `fewPeople`, without a name: those who know this person may guess who it is. */
  readonly isRare: boolean;
  /** Whether people outside of the market see it. */
  readonly isPublic: boolean;
  /** Without a name: whether somebody has answered, so that nobody else can until `askAgain`. */
  readonly isReplyUsed: boolean;
  /** Those who signalled with their name, at most 30. */
  readonly contacts: readonly { readonly name: string }[];
  /** The newest first, at most 30. */
  readonly answers: readonly AnswerItem[];
};
export type AnswerItem = {
  readonly from: string;
  readonly message: string;
  readonly reply: string;
  readonly answer: Facet<AskerAnswer>;
  /** What can be done now. */
  readonly act?: object;
  readonly offer?: object;
  /** `here`: the offer is one of this market, which can be ordered. `elsewhere`: nobody here has looked at it. */
  readonly place?: 'here' | 'elsewhere';
};

/** An answer, for who asked. Its `reply` is good once. */
export type AskerAnswer = {
  /** `closed` where something was replied before. */
  reply(message: string, requestId: string): Done | Refusal;
};

export type DraftNeed = {
  /** Publishes it though it may tell who asks. */
  publish(): Done;
  withdraw(): Done;
};
export type OpenNeed = {
  /** There is what was needed. */
  met(): Done;
  withdraw(): Done;
  /** Shows it to people outside of the market as well. */
  showToEverybody(): Done;
  /** Without a name: takes one more answer. */
  askAgain(): Done;
};

// ---- a participant's desk -----------------------------------------------------------------------

export type NeedDeskView = {
  /** What others need, the newest first, at most 30. */
  readonly needs: readonly NeedItem[];
  /** Kinds with most people first, at most 30. */
  readonly kinds: readonly KindItem[];
  readonly ownNeeds: readonly OwnNeedItem[];
  /** The newest first, at most 30. */
  readonly given: readonly GivenItem[];
};
export type NeedItem = NeedView & { readonly need: Facet<Need> };
export type KindItem = {
  readonly kind: string;
  readonly needs: bigint;
  /** Who asks for it or has signalled, each counted once. */
  readonly people: bigint;
};
export type OwnNeedItem = NeedView & { readonly need: Facet<OwnNeed>; readonly act?: object };
export type GivenItem = { readonly what: string; readonly message: string; readonly reply: string };

export type NeedDesk = Desk &
  Watched<NeedDeskView> & {
    /** Publishes a need under one's name. Refusals: `quota`, `closed`, `invalid` for a kind that the market does not have, `conflict` for what it does not want. */
    post(
      kind: string,
      what: string,
      description: string,
      howMuch: string,
      inReturn: string,
      days: bigint,
      requestId: string,
    ): Posted | Refusal;
    /** The same without a name. Where few look for that kind it stays a draft until `publish`. */
    postUnnamed(
      kind: string,
      what: string,
      description: string,
      howMuch: string,
      inReturn: string,
      days: bigint,
      requestId: string,
    ): Posted | Refusal;
    /** How many look for that kind: to be asked before something is published. */
    peopleOf(kind: string): KindItem;
    /** Needs it too; only the number is told. Refusals: `stale` where it is over, `unsupported` for one's own, `quota`. */
    signal(need: Facet<Need>, requestId: string): Done | Refusal;
    /** The same, and tells whoever asks one's name here. */
    signalWithName(need: Facet<Need>, requestId: string): Done | Refusal;
    /** Answers with words. Refusals as of `signal`; `conflict` where one has answered before, `claimed` where somebody else was first to a need without a name. */
    answer(need: Facet<Need>, message: string, requestId: string): Done | Refusal;
    /**
     * Answers with an offer of this market, or with something of another one, which is shown as such. `unsupported` for
     * what is of this market and is no offer that holds now.
     */
    answerWith(
      need: Facet<Need>,
      message: string,
      offer: object,
      requestId: string,
    ): Done | Refusal;
  };
export type Posted = {
  readonly ok: true;
  readonly need: Facet<OwnNeed>;
  /** `draft`: see `OwnNeedView.isRare`. */
  readonly status: NeedStatus;
};

/** What anybody sees who holds the market's public facet. */
export type NeedBoardPage = Desk &
  Watched<{ readonly needs: readonly NeedItem[]; readonly kinds: readonly KindItem[] }>;

// ---- inside the vat -----------------------------------------------------------------------------

/** What `market.part('offer')` says of what somebody answers with. */
export type OffersForNeeds = { isOffered(offer: object): boolean };
/** What comes with an answer. */
export type Brought = Pick<AnswerItem, 'offer' | 'place'>;

export type NeedBoard = {
  post(
    member: Facet<MemberInside>,
    terms: NeedTerms,
    isNamed: boolean,
    wants: Facet<DeskInside>,
  ): { readonly ok: true; readonly need: Facet<NeedInside> } | Refusal;
  /** The need that this facet is, if it is this board's and open. */
  find(need: Facet<Need>): Facet<NeedInside> | undefined;
  /** The open ones that are not `member`'s. */
  shown(member: bigint | undefined): readonly NeedItem[];
  kinds(): readonly KindItem[];
  peopleOf(kind: string): KindItem;
  /** How many people look for that kind, with this one. */
  peopleWith(kind: string, member: bigint): bigint;
  /** A need was published, has ended, or more people want it. */
  counted(number: bigint): void;
};
export type NeedInside = {
  number(): bigint;
  own(): Facet<OwnNeed>;
  facet(): Facet<Need>;
  asker(): bigint;
  kind(): string;
  status(): NeedStatus;
  isPublic(): boolean;
  /** Everybody who wants it, by number. */
  people(): readonly bigint[];
  item(): NeedItem;
  ownItem(): OwnNeedItem;
  signal(member: Facet<MemberInside>, withName: boolean): Done | Refusal;
  answer(
    member: Facet<MemberInside>,
    message: string,
    brought: Brought,
    desk: Facet<DeskInside>,
  ): { readonly ok: true; readonly answer: Facet<AnswerInside> } | Refusal;
};
export type AnswerInside = {
  given(): GivenItem;
  asked(): AnswerItem;
};
export type DeskInside = {
  /** So many more, or fewer, answers wait to be read. */
  waiting(by: bigint): void;
  /** A need of this person has ended. */
  ended(number: bigint): void;
  touch(): void;
};
