/**
 * A dispute about an order (SPEC M5): both sides state, somebody helps, both agree; failing that, the
 * market's rule. Pure functions. Shares are what the seller gets of the price, per cent.
 */
export type Side = 'buyer' | 'seller';

export type Quarrel = {
  /** Who said first that something was wrong. */
  readonly by: Side;
  readonly statements: { readonly [side in Side]?: string };
  readonly proposals: { readonly [side in Side]?: bigint };
  readonly suggested?: bigint | undefined;
  readonly note?: string | undefined;
  /** The market's rule, once the time for agreement is over. */
  readonly byDefault?: bigint | undefined;
};

export type QuarrelAct =
  | { readonly kind: 'state'; readonly by: Side; readonly statement: string }
  | { readonly kind: 'propose'; readonly by: Side; readonly share: bigint }
  | { readonly kind: 'suggest'; readonly share: bigint; readonly note: string };

export const newQuarrel = (by: Side, statement: string): Quarrel => ({
  by,
  statements: { [by]: statement },
  proposals: {},
});

export const quarrelStep = (quarrel: Quarrel, act: QuarrelAct): Quarrel => {
  const { statements, proposals } = quarrel;
  if (act.kind === 'state')
    return { ...quarrel, statements: { ...statements, [act.by]: act.statement } };
  if (act.kind === 'propose')
    return { ...quarrel, proposals: { ...proposals, [act.by]: act.share } };
  return { ...quarrel, suggested: act.share, note: act.note };
};

/** What the seller gets, where that is known. Both proposing more than is needed is agreement too. */
export const outcomeOf = ({ proposals, byDefault }: Quarrel): bigint | undefined => {
  const { buyer, seller } = proposals;
  // Who offers the other more than was asked for is taken at the word that favours peace: what was asked.
  if (buyer !== undefined && seller !== undefined && buyer >= seller) return seller;
  return byDefault;
};

/**
 * The market's rule where nobody agrees: given back below a small amount, shared equally above.
 *
 * @param own - what the price is in the market's own credit
 * @param others - whether a part of it is in another brand, which cannot be compared with that amount
 */
export const defaultShareOf = (own: bigint, others: boolean, refundBelow: bigint): bigint =>
  !others && own < refundBelow ? 0n : 50n;

/**
 * Whose settlement reliability falls by it (7.1).
 *
 * Agreed to: who complained was right where the other side gave in to less than half, and wrong where it
 * took nothing of what it had complained about. By the rule: who never said a word is wrong. Where
 * both did, nobody is, but `claims` counts against who complained: a false claim costs nothing once, and
 * something each further time within the window.
 *
 * @param claims - disputes that this complainant began and that ended by the rule, within the window
 */
export const faultOf = (quarrel: Quarrel, share: bigint, claims: bigint): Side | undefined => {
  const { by, statements, byDefault } = quarrel;
  const other = by === 'buyer' ? 'seller' : 'buyer';
  const agreed = outcomeOf({ ...quarrel, byDefault: undefined }) !== undefined;
  if (!agreed && byDefault !== undefined) {
    if (statements[other] === undefined) return other;
    return claims > 0n ? by : undefined;
  }
  const forComplainant = by === 'seller' ? share : 100n - share;
  if (forComplainant > 50n) return other;
  return forComplainant === 0n ? by : undefined;
};

/** Whether it ended without agreement: what counts towards `claims`. */
export const endedByRule = (quarrel: Quarrel): boolean =>
  quarrel.byDefault !== undefined && outcomeOf({ ...quarrel, byDefault: undefined }) === undefined;
