/**
 * What a viewer's program does with the parts that custodians gave (SPEC 7.5). Pure: it checks all that can be
 * checked, names who lied, and only then has the key of the segment.
 */
import { schnorr, sealedTo, threshold } from '@pocas/vat-runtime';
import { hashOf } from '@pocas/vat-runtime/verify';
import {
  answerContext,
  answerText,
  contextOf,
  headText,
  purposeOf,
  readAnswer,
  sealDigest,
  sealText,
  tagOf,
} from './texts.ts';
import type { Part, RequestFacts, Seal, SignedHead, ViewingTerms } from './types.ts';

/** What is wrong with what the vault says of a request; undefined where all of it fits together. */
export const faultOfTerms = (
  { vault, request, entry, seals, viewer, cameras }: ViewingTerms,
  ownKey: string,
): string | undefined => {
  if (entry.actorTag !== tagOf(vault) || hashOf(entry) !== entry.hash)
    return 'the request is not in the log of this vault as it is shown';
  // The cast is checked below, as far as it is used.
  const facts = entry.facts as RequestFacts;
  if (entry.kind !== 'request' || facts.request !== request) return 'it is another request';
  if (viewer.key !== ownKey || !facts.viewers.some(({ key }) => key === ownKey))
    return 'the request names other viewers; use the key file whose code was named';
  for (const seal of seals) {
    const named = facts.segments.find(({ segment }) => segment === seal.segment);
    if (seal.vault !== vault || named?.digest !== sealDigest(seal))
      return `the vault shows another seal of segment ${seal.segment} than the log`;
    const camera = cameras.find((one) => one.camera === seal.camera);
    if (camera === undefined || !schnorr.verify(camera.key, sealText(seal), seal.signature))
      return `segment ${seal.segment} is not signed by its camera`;
    if (!threshold.verifyEncapsulation(seal.encapsulation, contextOf(seal)))
      return `the seal of segment ${seal.segment} was made for something else`;
  }
  return undefined;
};

export type Liar = { readonly index: bigint; readonly disclosure: string };
export type Opened = {
  /** The segment's key, where there are enough right parts. */
  readonly key?: string;
  readonly right: bigint;
  readonly liars: readonly Liar[];
  /** Where each custodian saw the log: to be compared with what the vault shows now. */
  readonly heads: readonly SignedHead[];
};

/**
 * Reads the parts of one segment.
 *
 * @param terms - checked by `faultOfTerms`
 * @param random - 64 random bytes for a disclosure
 */
export const readParts = (
  terms: ViewingTerms,
  seal: Seal,
  parts: readonly Part[],
  secretKey: string,
  random: () => string,
): Opened => {
  const { vault, version, key, members, request, entry, viewer } = terms;
  const purpose = purposeOf(vault, request, entry.hash, seal.segment);
  const right = new Map<bigint, { value: string; proof: string; index: bigint }>();
  const liars: Liar[] = [];
  const heads: SignedHead[] = [];
  for (const { index, sealed, signature } of parts) {
    const member = members.find((one) => one.index === index);
    const verification = key.verificationKeys.find((one) => one.index === index)?.key;
    if (member === undefined || verification === undefined || right.has(index)) continue;
    const said = answerText(purpose, version, index, viewer.key, sealed);
    // What its custodian did not sign is the vault's, and says nothing of the custodian.
    if (!schnorr.verify(member.key, said, signature)) continue;
    const context = answerContext(purpose, version, index);
    const text = sealedTo.open(secretKey, sealed, context);
    const read = text === undefined ? undefined : readAnswer(text, index);
    const isHead =
      read !== undefined &&
      read.head.head.actorTag === tagOf(vault) &&
      schnorr.verify(vault, headText(read.head.head), read.head.signature);
    if (
      read !== undefined &&
      isHead &&
      threshold.verifyPartial(verification, read.partial, seal.encapsulation, purpose)
    ) {
      right.set(index, read.partial);
      heads.push(read.head);
    } else {
      const disclosure = sealedTo.disclose(secretKey, sealed, context, random()) ?? '';
      liars.push({ index, disclosure });
    }
  }
  const counted = [...right.values()].slice(0, Number(key.threshold));
  const found = { right: BigInt(right.size), liars, heads };
  if (BigInt(right.size) < key.threshold) return found;
  const context = contextOf(seal);
  return {
    ...found,
    key: threshold.combine(counted, seal.encapsulation, key.groupKey, context),
  };
};
