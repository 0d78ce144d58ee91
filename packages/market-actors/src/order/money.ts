/** Where the price of an order goes when it ends. */
import type { Decided, Share } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MemberInside } from '../inside/types.ts';
import type { Leg, NearLeg, Payout } from './types.ts';

/** The seller's part of a value, in steps of its brand. What a division leaves over goes back to the buyer. */
export const partOf = (value: bigint, share: bigint, step: bigint): bigint => {
  if (share === 100n) return value;
  const part = (value * share) / 100n;
  return part - (part % step);
};

/** The price in words. */
export const priceOf = (legs: readonly Leg[], unit: string): string => {
  const words = legs.map((leg) =>
    leg.kind === 'outside' ? leg.what : `${leg.value} ${leg.unit ?? unit}`,
  );
  return words.length === 0 ? `0 ${unit}` : words.join(' + ');
};

/** Whether a leg is of the market's own credit, which limits and disputes are counted in. */
export const isOwn = (leg: Leg): leg is NearLeg => leg.kind === 'near' && leg.unit === undefined;

export const ownValueOf = (legs: readonly Leg[]): bigint =>
  legs.reduce((sum, leg) => (isOwn(leg) ? sum + leg.value : sum), 0n);

/** What was decided, undefined where it was not. */
const tried = (act: () => Decided | Refusal): Decided | undefined => {
  try {
    const answer = act();
    return answer.ok ? answer : undefined;
  } catch {
    // The call was a savepoint, so nothing of it stays.
    return undefined;
  }
};

const sharesOf = (payout: Facet<Payout>, value: bigint): readonly Share[] => {
  const shares = payout.shares(value);
  const sum = shares.reduce((total, share) => total + share.value, 0n);
  if (sum !== value) throw new Error('Cannot pay the shares: they do not sum to the proceeds');
  return shares;
};

/**
 * Ends a near leg. Contributors who cannot be paid must not keep the seller from it: then all of it goes
 * to the seller, who owes them.
 *
 * @returns the seller's part, and what of it those at their ceilings did not take
 * @throws where the hold was decided by somebody else, which undoes the whole step
 */
export const endNear = (
  { decider, value, unit, payee, step = 1n }: NearLeg,
  share: bigint,
  seller: Facet<MemberInside>,
  payout: Facet<Payout> | undefined,
): { readonly part: bigint; readonly declined: bigint } => {
  const part = partOf(value, share, step);
  const isOwnCredit = unit === undefined;
  const whole: readonly Share[] = [{ payee: payee ?? seller.payee(), value: part }];
  const decided =
    part === 0n
      ? tried(() => decider.release())
      : ((isOwnCredit && payout !== undefined
          ? tried(() => decider.settle(sharesOf(payout, part)))
          : undefined) ??
        tried(() => decider.settle(whole)) ??
        (part === value ? tried(() => decider.settle()) : undefined));
  if (decided === undefined)
    throw new Error('Cannot end the order: what was set aside for it was decided elsewhere');
  return { part, declined: decided.declined ?? 0n };
};
