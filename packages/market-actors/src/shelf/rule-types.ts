/** What the rule of SPEC 7.4 takes and answers. */

/** Of one zone in one epoch. */
export type ShelfRule = {
  /** S: what is left when the slots for weightless uses are taken off. */
  readonly slots: bigint;
  /** β, in slots. */
  readonly base: bigint;
  /** ρ, per mille of the zone. */
  readonly reserve: bigint;
  /** The most that base and reserve together give to one newcomer. */
  readonly newcomerCap: bigint;
  /** The exponent of weights: ½ where true, else 1. */
  readonly isRoot: boolean;
};

/** What one participant brings. */
export type ShelfClaim = {
  readonly demand: bigint;
  /** Decayed units that they moved in this zone. */
  readonly weight: bigint;
  readonly isNewcomer: boolean;
  /** Slots that they have here now. */
  readonly held: bigint;
  /** Drawn for the epoch; no two are equal. The lower wins what is left to chance. */
  readonly lot: bigint;
};

/** What one participant gets; all but `slots` in units of the division. */
export type ShelfShare = {
  readonly base: bigint;
  readonly reserve: bigint;
  readonly activity: bigint;
  readonly leftover: bigint;
  /** The sum of these. */
  readonly due: bigint;
  readonly slots: bigint;
};

/** @property unit - so many make one slot */
export type Division = { readonly unit: bigint; readonly shares: readonly ShelfShare[] };
