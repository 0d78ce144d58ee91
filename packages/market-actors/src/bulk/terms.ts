/** What an organiser types, as terms of a bulk-buy. Pure. */
import type { Tier } from './allot.ts';

export const maxTiers = 10;

/**
 * `50: 12` on each line: from 50 units on, one costs 12. Rising in units and strictly falling in price, so that
 * more never costs anybody more.
 * @param step - every price is a multiple of it
 * @returns undefined where it is not that
 */
export const readTiers = (text: string, step: bigint): Tier[] | undefined => {
  const tiers: Tier[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [, from, price] = /^([0-9]{1,6})\s*[:=]\s*([0-9]{1,12})$/.exec(line) ?? [];
    if (from === undefined || price === undefined || tiers.length === maxTiers) return undefined;
    const tier = { from: BigInt(from), price: BigInt(price) };
    const before = tiers.at(-1);
    const isOrdered =
      before === undefined || (tier.from > before.from && tier.price < before.price);
    if (!isOrdered || tier.from === 0n || tier.price === 0n || tier.price % step !== 0n)
      return undefined;
    tiers.push(tier);
  }
  return tiers.length === 0 ? undefined : tiers;
};

export const tiersText = (tiers: readonly Tier[]): string =>
  tiers.map(({ from, price }) => `${from}: ${price}`).join('\n');
