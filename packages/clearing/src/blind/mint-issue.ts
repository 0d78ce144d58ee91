/** Evaluating elements (SPEC 7.2, withdraw), and counting what was issued. */
import { hmac, poprf } from '@pocas/vat-runtime';
import type { EpochKey, MintState } from './mint-state.ts';
import { epochKey, goodEpochs, tagKey } from './mint-state.ts';
import { batchesValue, infoOf } from './tags.ts';
import { first32 } from './texts.ts';
import type { Batch, EvaluatedBatch, Found, Tag, TokenKind } from './types.ts';

/** The key pair of an epoch: it follows from the market's secret, so a lost row loses no key. */
export const keyOf = (secret: string, market: string, epoch: bigint): EpochKey => {
  const info = `${market}|${epoch}`;
  return poprf.keyPair(first32(hmac(secret, `blind credits, key of the epoch ${info}`)), info);
};

/** @throws TypeError where an element is none */
export const evaluateTag = (
  { market, secret, keys }: MintState,
  tag: Tag,
  blinded: readonly string[],
): Found['evaluation'] => {
  const info = infoOf(market, tag);
  const key = keys.get(tag.epoch);
  if (key === undefined) throw Error('Cannot evaluate: the epoch is over');
  // The nonce follows from all that is proved: the same proof for the same elements, and never one
  // nonce for two proofs, from which anybody could compute the key.
  const nonce = hmac(secret, JSON.stringify(['blind credits, nonce of a proof', info, ...blinded]));
  return poprf.evaluate(key.secretKey, info, blinded, nonce);
};

/** The same each time for the same elements, so nothing of it is kept. @throws TypeError where an element is none */
export const evaluate = (
  state: MintState,
  kind: TokenKind,
  epoch: bigint,
  batches: readonly Batch[],
): readonly EvaluatedBatch[] =>
  batches.map(({ denom, blinded }) => ({
    denom,
    evaluation: evaluateTag(state, { kind, denom, epoch }, blinded),
  }));

/** `evaluate`, or undefined where an element is none. */
export const tryEvaluate = (
  state: MintState,
  kind: TokenKind,
  batches: readonly Batch[],
): readonly EvaluatedBatch[] | undefined => {
  try {
    return evaluate(state, kind, state.epoch, batches);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

/** The kind and denomination for which an element was evaluated, and in which epoch. */
export const lookUp = (
  state: MintState,
  blinded: string,
): { readonly epoch: bigint; readonly what: string } | undefined => {
  for (const epoch of goodEpochs(state)) {
    const what = state.elements.get(`${epochKey(epoch)}|${blinded}`);
    if (what !== undefined) return { epoch, what };
  }
  return undefined;
};

/**
 * Whether none of them was evaluated before. A wallet that went back to an old copy of itself sends such
 * elements: it would get tokens whose seeds it may have spent already.
 */
export const areFresh = (state: MintState, batches: readonly Batch[]): boolean =>
  batches.every(({ blinded }) => blinded.every((one) => lookUp(state, one) === undefined));

const noCount = { issued: 0n, redeemed: 0n, members: 0n };

/** Counts tokens as issued, and keeps which elements were evaluated. */
export const register = (state: MintState, kind: TokenKind, batches: readonly Batch[]): void => {
  const { epoch, counts, elements } = state;
  for (const { denom, blinded } of batches) {
    const key = tagKey(epoch, kind, denom);
    const count = counts.get(key) ?? noCount;
    counts.set(key, { ...count, issued: count.issued + BigInt(blinded.length) });
    for (const one of blinded) elements.set(`${epochKey(epoch)}|${one}`, `${kind}|${denom}`);
  }
  if (kind === 'credit') state.outstanding += batchesValue(batches);
};

/** Counts one more member among those who withdrew these denominations in this epoch. */
export const countHolder = (state: MintState, batches: readonly Batch[], number: bigint): void => {
  const { epoch, counts, holders } = state;
  for (const { denom } of batches) {
    const holder = `${epochKey(epoch)}|${denom}|${number}`;
    if (holders.has(holder)) continue;
    holders.add(holder);
    const key = tagKey(epoch, 'credit', denom);
    const count = counts.get(key) ?? noCount;
    counts.set(key, { ...count, members: count.members + 1n });
  }
};
