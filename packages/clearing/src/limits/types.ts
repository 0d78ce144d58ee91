/**
 * Credit limits (SPEC C3, 7.1): what is counted of each member, and the limits that follow from it.
 *
 * The rule is a pure function (`rule.ts`). What it reads is counted by an _activity_, which belongs to one
 * market, lives in its vat and never leaves it: it knows who bought from whom in the running epoch.
 * Members are numbers here, those of the market. All values are whole and in the market's unit.
 */
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Limits } from '../value/types.ts';

/** Which values of a charter the rule reads. Their bounds: `bounds.ts`. */
export type LimitName =
  /** Given to founding members at first, until they have earned more. */
  | 'baseLimit'
  /** κ: what one sale counts at most. */
  | 'kappa'
  /** κ_pair: what all sales to one open buyer count at most in an epoch. */
  | 'kappaPair'
  /** E: appreciation tokens of each member in an epoch. */
  | 'appreciations'
  /** c: what the sales, and the spending, of one epoch count at most. */
  | 'perEpochCap'
  /** h: the activity at which half of the highest limit is reached. */
  | 'halfActivity'
  /** β, per mille. */
  | 'beta'
  | 'limitCap'
  /** χ, per mille: all earned limits together are at most this part of the market's turnover. */
  | 'chi'
  /** γ, per mille: the ceiling, of the earned and the lent limit. */
  | 'gamma'
  | 'minimumCeiling'
  /** W, in epochs. */
  | 'window';
export type LimitParams = { readonly [name in LimitName]: bigint };

/** Where the numbers come from: `MarketInside` is one. */
export type LimitPolicy = { charter(name: LimitName): bigint };

/** What was counted of one member in one past epoch. */
export type Counted = {
  readonly epoch: bigint;
  /** s_i: each sale at most κ, those to one open buyer at most κ_pair. */
  readonly sold: bigint;
  /** p_i: what left for purchases or as blind credits, less what came back unspent. */
  readonly spent: bigint;
};

/** What the rule reads of one member. `ago` 0 is the epoch that has just ended. */
export type LimitInput = {
  readonly counted: readonly {
    readonly ago: bigint;
    readonly sold: bigint;
    readonly spent: bigint;
  }[];
  /** r_i, per mille. */
  readonly reliability: bigint;
};

/** What the rule says of one member, with the terms on the way. */
export type LimitTerms = {
  /** t_i. */
  readonly turnover: bigint;
  /** A_i. */
  readonly activity: bigint;
  /** ⌊1000·A / (A + h)⌋, per mille. */
  readonly saturation: bigint;
  /** L_i before the exposure bound. */
  readonly wanted: bigint;
  /** L_i. */
  readonly earned: bigint;
};
export type MarketTotals = {
  /** T. */
  readonly turnover: bigint;
  /** v, per head: weighted by turnover, so that many who trade little do not lower it. */
  readonly perHead: bigint;
  /** E = ⌊χ·T / 1000⌋. */
  readonly bound: bigint;
  /** Σ of what the members would have without the bound. */
  readonly wanted: bigint;
};

/** How an account stands when an epoch ends: what left it into holds and payments is not in it any more. */
export type Standing = { readonly member: bigint; readonly balance: bigint };
export type LimitChange = { readonly member: bigint; readonly limits: Limits };

/**
 * Counts for one market. Of the market alone, in its vat.
 *
 * No method keeps outcomes: whoever lets people call it does (`once`). `used` is how far an account is
 * below zero, with all that it has in holds and payments: `−balance`, or 0. Numbers of members that
 * were not admitted, or have left, are ignored where something is counted and `closed` where it is asked.
 */
export type Activity = {
  /** @param isFounder - gets the charter's base limit until more is earned. Others begin at 0 */
  admit(member: bigint, isFounder: boolean): Limits;
  /**
   * An accepted sale, in the turn in which it was paid. Nobody sells to themselves.
   *
   * @param buyer - `undefined` for a blind sale, which counts only if it was appreciated
   */
  sold(seller: bigint, buyer: bigint | undefined, price: bigint, isAppreciated: boolean): void;
  /** Value has left for a purchase, or as blind credits. */
  spent(member: bigint, value: bigint): void;
  /** Of that, so much came back unspent: an order that ended unpaid, blind credits put back. */
  cameBack(member: bigint, value: bigint): void;
  /** What was counted as sold was not taken after all, by a seller at the ceiling, or was given back. */
  unsold(member: bigint, value: bigint): void;
  /** An upheld dispute, an unkept plan. */
  fault(member: bigint): void;
  /** Takes so many of the member's appreciation tokens of this epoch. `quota` where fewer are left: none is taken. */
  appreciate(member: bigint, count: bigint): { readonly ok: true; readonly left: bigint } | Refusal;
  /**
   * Lends a part of one's own unused limit. What was lent to the lender cannot be lent on.
   * `limit` where less is unused, `quota` where either side has too many, `unsupported` to oneself.
   *
   * @param used - of `from`
   */
  vouch(
    from: bigint,
    to: bigint,
    value: bigint,
    used: bigint,
  ): { readonly ok: true; readonly changes: readonly LimitChange[] } | Refusal;
  /**
   * Takes a vouch back in so far as it is unused. `insufficient` where nothing is.
   *
   * @param used - of `to`
   */
  recall(
    from: bigint,
    to: bigint,
    value: bigint,
    used: bigint,
  ):
    | { readonly ok: true; readonly value: bigint; readonly changes: readonly LimitChange[] }
    | Refusal;
  /**
   * A member has defaulted on this debt: who vouched for it pays first, the oldest vouch before the others.
   * The vouches are used up by that; the market moves the value from each of them to the member's account.
   */
  consume(member: bigint, debt: bigint): Consumed;
  /** The member has left. What was lent to it goes back to the lenders; what it lent ends, used or not. */
  leave(member: bigint): readonly LimitChange[];
  limits(member: bigint): Limits;
  /** Whom this member lends to, and who lends to it: the oldest first. */
  vouches(member: bigint): Vouches;
  /**
   * Ends an epoch: new reliabilities, new limits. Those that differ are answered.
   *
   * @param epoch - that has ended; later than the one closed before
   * @param standings - of all members
   */
  closeEpoch(epoch: bigint, standings: readonly Standing[]): readonly LimitChange[];
  /** How this member's limit came to be. For that member alone. */
  explain(member: bigint): Explained | Refusal;
  /** Σ of earned and of debit limits, for the market's own checks. */
  totals(): { readonly earned: bigint; readonly debit: bigint };
};
export type Consumed = {
  readonly shares: readonly { readonly voucher: bigint; readonly value: bigint }[];
  readonly changes: readonly LimitChange[];
};
export type Vouch = { readonly member: bigint; readonly value: bigint };
export type Vouches = { readonly given: readonly Vouch[]; readonly taken: readonly Vouch[] };

/** SPEC 0.1, convention 10. Nothing of another member is in it but by the totals. */
export type Explained = {
  readonly ok: true;
  /** Which text of the rule was applied. */
  readonly rule: string;
  /** The epoch at whose end it was; `undefined` before the first. */
  readonly epoch: bigint | undefined;
  /** As they were then. */
  readonly params: LimitParams;
  readonly market: Omit<MarketTotals, 'wanted'> & {
    /** Only where the bound was reached, since then one's own limit follows from it. */
    readonly wanted?: bigint;
  };
  /** The newest first. */
  readonly counted: readonly Counted[];
  readonly reliability: bigint;
  readonly terms: LimitTerms;
  /** The published limit before vouches: `terms.earned`, or what a fall of a fifth leaves, or the base. */
  readonly published: bigint;
  readonly vouchedIn: bigint;
  readonly vouchedOut: bigint;
  readonly limits: Limits;
};
