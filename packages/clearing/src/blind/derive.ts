/**
 * Seeds, blinds and requests of a purse, which all follow from its key and a counter (SPEC 7.2, rotation):
 * whoever has the key of a wallet that was lost finds its tokens again.
 */
import { hmac, poprf } from '@pocas/vat-runtime';
import type { Origin, Series } from './purse-types.ts';
import { infoOf } from './tags.ts';
import { first32 } from './texts.ts';
import type { Tag } from './types.ts';

/** @param walletKey - 32 bytes in base64url @returns the key of its purse at one market */
export const purseKey = (walletKey: string, market: string): string =>
  first32(hmac(walletKey, JSON.stringify(['blind credits, key of a purse', market])));

const derived = (key: string, what: string, { series, act, index }: Origin): string =>
  hmac(key, `${what}|${series}|${act}|${index}`);

export const seedOf = (key: string, origin: Origin): string =>
  first32(derived(key, 'seed', origin));

/** Random for whoever does not have the key, and the same again for whoever has. */
export const requestOf = (key: string, series: Series, act: bigint): string =>
  first32(hmac(key, `request|${series}|${act}`));

/** The first step of an evaluation. The element does not depend on the tag; what the proof is checked against does. */
export const blindFor = (
  key: string,
  origin: Origin,
  market: string,
  tag: Tag,
  publicKey: string,
): {
  readonly input: string;
  readonly blind: string;
  readonly blinded: string;
  readonly tweakedKey: string;
} => {
  const input = seedOf(key, origin);
  const random = derived(key, 'blind', origin);
  return { input, ...poprf.blind(input, infoOf(market, tag), publicKey, random) };
};
