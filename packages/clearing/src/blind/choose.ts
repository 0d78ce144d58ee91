/** Which tokens pay a price. Pure: whole numbers only, and the same for whoever computes it again. */
import type { HeldToken } from './purse-types.ts';
import { valueOf } from './tags.ts';

/** The largest first; of those alike, the oldest, which lapse first. */
const byUse = (a: HeldToken, b: HeldToken): number => {
  if (a.denom !== b.denom) return a.denom > b.denom ? -1 : 1;
  return a.epoch < b.epoch ? -1 : Number(a.epoch > b.epoch);
};

/** A value in as few tokens as there can be. */
export const splitValue = (
  value: bigint,
  denominations: readonly bigint[],
): readonly bigint[] | undefined => {
  const parts: bigint[] = [];
  let rest = value;
  for (const denom of [...denominations].reverse()) {
    for (; rest >= denom; rest -= denom) parts.push(denom);
  }
  return rest === 0n ? parts.reverse() : undefined;
};

/**
 * Tokens that are worth `price`, or a little more where they cannot be worth it exactly.
 *
 * Each denomination is twice the one before, so taking the largest that fits finds an exact sum where
 * there is one; else one token more is taken, the smallest that does, and what it makes superfluous is
 * left.
 *
 * @returns undefined where all tokens together are not worth `price`
 */
export const chooseTokens = (
  held: readonly HeldToken[],
  price: bigint,
): readonly HeldToken[] | undefined => {
  const chosen: HeldToken[] = [];
  const left: HeldToken[] = [];
  let rest = price;
  for (const token of [...held].sort(byUse)) {
    if (token.denom <= rest) {
      chosen.push(token);
      rest -= token.denom;
    } else left.push(token);
  }
  if (rest === 0n) return chosen;
  // All that is left is larger than the rest; the smallest of it stands last.
  const extra = left.at(-1);
  if (extra === undefined) return undefined;
  let over = extra.denom - rest;
  const kept = chosen.filter((token) => {
    if (token.denom > over) return true;
    over -= token.denom;
    return false;
  });
  return [...kept, extra];
};

/** What comes back of a payment with these tokens. */
export const changeOf = (tokens: readonly HeldToken[], price: bigint): bigint =>
  valueOf(tokens) - price;
