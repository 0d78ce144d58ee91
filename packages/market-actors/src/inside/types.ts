/**
 * What the parts of one market are to each other: the seams between rooms of its vat. These facets never
 * leave it. A mechanism is a room that knows these, and nothing of the other rooms.
 */
import type { Mint } from '@pocas/clearing/blind';
import type { Account, Issuer, Ledger, Payee } from '@pocas/clearing/value';
import type { Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import type { PrivacyLabel, Refusal } from '@pocas/vat-runtime/actors';

export type MarketInside = {
  name(): string;
  /** What one unit is called. */
  unit(): string;
  ledger(): Facet<Ledger>;
  mint(): Facet<Mint>;
  /** Issuers of other brands that this market accepts, by the charter. */
  issuers(): readonly Facet<Issuer>[];
  /** By the vat's clock: milliseconds since 1970, and the epoch. */
  now(): bigint;
  epoch(): bigint;
  /** A value of the charter that holds now. @throws for a name that the charter does not have */
  charter(name: CharterName): bigint;
  /** A list of the charter, such as the units in which prices may stand; an empty one bounds nothing. */
  charterList(name: 'categories' | 'units' | 'refused'): readonly string[];
  /** Whether new offers, needs and debts are taken: not while it winds down. */
  isOpen(): boolean;
  /** A number that nothing else in this market has. */
  nextNumber(): bigint;
  /** 32 bytes in base64url that follow from the market's secret and a text, so that no two purposes share any. */
  derive(purpose: string): string;
  /** The vat's own, for texts that lead to a facet: printed on a tag, sent as a link. Absent where the vat was given none. */
  grantor(): Facet<Grantor> | undefined;
  /** Opens such texts of this node and of others, where the market was given one. */
  enlivener(): Facet<Enlivener> | undefined;
  /** What a mechanism keeps once for the whole market (`Mechanism.found`). Only that mechanism asks for it. */
  part(mechanism: string): object;
  /** Adds to the market's journal (SPEC V11), in the turn of the act. */
  record(kind: string, facts: unknown, label: PrivacyLabel): void;
  /** Counts towards limits (7.1). `buyer` is undefined where it is hidden: then it counts only with an appreciation token. */
  countSale(
    seller: Facet<MemberInside>,
    buyer: Facet<MemberInside> | undefined,
    price: bigint,
  ): void;
  /** Adds to the list of what was sold in this epoch, for the public audit (7.2): who bought is not said, nor when. In the turn in which a sale is done. */
  noteSale(what: string, price: bigint): void;
  /** Where all deferred work of this market wakes up: `task.due(ctx)` is called in a turn of its own at `at`. */
  wakeAt(at: bigint, task: Facet<Task>, ctx: unknown): bigint;
  cancelWake(timer: bigint): void;
  /** Something that public pages show has changed. */
  touch(): void;
};
export type Task = { due(ctx: unknown): void };

/** One participant, as the market's own parts see them. */
export type MemberInside = {
  number(): bigint;
  /** Under which they take part here. */
  name(): string;
  account(): Facet<Account>;
  payee(): Facet<Payee>;
  /** Value that left for purchases; below zero, what came back unspent (7.1, `p_i`). */
  countSpending(value: bigint): void;
  /** Of what this participant sold so much was given back, so it was no sale (7.1). */
  countGivenBack(value: bigint): void;
  /** So many appreciation tokens of this epoch. `quota` where fewer are left. */
  takeAppreciations(count: bigint): { readonly ok: true; readonly left: bigint } | Refusal;
  /** An upheld dispute, an unkept plan: settlement reliability falls (7.1). */
  countFault(): void;
  /** `quota` where this participant has too many of a kind open; `closed` while the market winds down, or this person leaves. */
  mayOpen(kind: OpenKind, open: bigint): { readonly ok: true } | Refusal;
  /** What a mechanism keeps for this participant (`Mechanism.desk`). Only that mechanism asks for it. */
  part(mechanism: string): object;
  /** How many things of a mechanism wait for this person's word: the page says so and leads to its desk. */
  setWaiting(mechanism: string, waiting: bigint): void;
  touch(): void;
};

/** What the charter bounds for each participant: `maxOffers`, `maxOrders`, `maxNeeds`. */
export type OpenKind = 'offer' | 'order' | 'need';

/** Every number that is policy. Bounds, version and notice: `charter/`. Times are milliseconds. */
export type CharterName =
  | 'baseLimit'
  | 'kappa'
  | 'kappaPair'
  | 'appreciations'
  | 'perEpochCap'
  | 'halfActivity'
  | 'beta'
  | 'limitCap'
  | 'chi'
  | 'gamma'
  | 'minimumCeiling'
  | 'window'
  | 'silence'
  | 'orderExpiry'
  | 'disputeRefundBelow'
  | 'commonsFloor'
  | 'absence'
  | 'maxOffers'
  | 'maxOrders'
  | 'maxNeeds'
  | 'price'
  | 'step'
  | 'voucherCap'
  /** How many may join in an epoch without an introducer. */
  | 'strangers'
  /** For how many whole epochs a change of the charter is announced before it holds. */
  | 'notice';

/** What somebody has promised and not kept yet: in words such as `3 × bread`, and what was paid for it. */
export type Promises = { readonly words: string; readonly worth: bigint };

/** What a participant sees of one mechanism, as a page of its own: how a room adds to the market. */
export type Desk = { view(): unknown; changes(since?: string): Promise<string> };

/**
 * One way to agree, as the market takes it in: a line in `market/desks.ts`. The functions are called in the
 * turn in which a market is founded, a participant joins or an epoch ends, and are of the module, so they keep nothing.
 */
export type Mechanism = {
  /** As in `part`. Letters, the same for good. */
  readonly name: string;
  /** Whether the desk is shown on the participant's page itself. Default: the page leads to it. */
  readonly isShown?: boolean;
  /** What it keeps for the whole market; what anybody may see of it, and what the steward cares for. */
  readonly found?: (market: Facet<MarketInside>) => {
    readonly part: object;
    readonly publicPage?: Facet<Desk>;
    readonly stewardPage?: Facet<Desk>;
  };
  /** What it keeps for each participant, and what that person sees of it; undefined where this market has none of it. */
  readonly desk?: (
    market: Facet<MarketInside>,
    member: Facet<MemberInside>,
  ) => { readonly desk: Facet<Desk>; readonly part?: object } | undefined;
  /** In the turn in which a share was renewed: takes back what is of other vats, which no fence cuts. */
  readonly renewed?: (market: Facet<MarketInside>, member: Facet<MemberInside>) => void;
  /** By what a stranger becomes a participant (M1): the first thing offered or asked for. */
  readonly firstStep?: (
    market: Facet<MarketInside>,
    member: Facet<MemberInside>,
    what: string,
    description: string,
    price: bigint,
  ) => { readonly ok: true } | Refusal;
  /**
   * When a participant wants to leave: ends what can end by itself, and gives back what was set aside for it. It is
   * undone where they cannot leave after all. @returns whether something stays that others rely on
   */
  readonly settle?: (market: Facet<MarketInside>, member: Facet<MemberInside>) => boolean;
  /** What this participant has promised others and was paid for. Undefined: nothing. */
  readonly owes?: (
    market: Facet<MarketInside>,
    member: Facet<MemberInside>,
  ) => Promises | undefined;
  /**
   * Gives back what others paid for that, from this participant's account. @throws where that cannot be, so that
   * nothing of it stays
   */
  readonly payBack?: (market: Facet<MarketInside>, member: Facet<MemberInside>) => void;
  /** In the turn in which a participant leaves: ends what nobody could answer for any more. */
  readonly left?: (market: Facet<MarketInside>, member: Facet<MemberInside>) => void;
  /** After epoch `epoch` has ended, once for each, in order. */
  readonly endEpoch?: (market: Facet<MarketInside>, epoch: bigint) => void;
};
