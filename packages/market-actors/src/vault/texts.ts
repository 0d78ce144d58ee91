/**
 * What is signed and bound in a video vault, each in one canonical text (SPEC 7.5). Pure: recorders, viewers and
 * custodians make the very same.
 *
 * Each text begins with what it is for, so a signature or proof for one purpose is none for another. Long facts
 * stand in it by their hash.
 */
import type { PartialOpening } from '@pocas/vat-runtime';
import { sha256 } from '@pocas/vat-runtime';
import { type JournalHead, textOf } from '@pocas/vat-runtime/verify';
import type { Making, Seal, SealFacts, SignedHead } from './types.ts';

const text = (kind: string, facts: unknown): string =>
  `pocas vault ${kind}\n${sha256(textOf(facts))}`;

/** What an encapsulation is bound to, so that nobody moves it to another segment, camera, time, epoch or vault. */
export const contextOf = ({ vault, camera, segment, from, to, epoch }: SealFacts): string =>
  `pocas vault segment\n${textOf([vault, camera, segment, from, to, epoch])}`;

/** A camera's chain after one more segment. It covers all that the camera says of it, and all before. */
export const chainAfter = (before: string, seal: Omit<Seal, 'chain' | 'signature'>): string => {
  const { encapsulation, headerDigest, ciphertextDigest, size } = seal;
  const { point, proof } = encapsulation;
  return sha256(
    `pocas vault chain\n${textOf([before, contextOf(seal), point, proof, headerDigest, ciphertextDigest, size])}`,
  );
};
/** What a camera signs of a segment. */
export const sealText = ({ chain }: Pick<Seal, 'chain'>): string => `pocas vault seal\n${chain}`;
/** What a request names a segment by: all that was sealed, as the camera signed it. */
export const sealDigest = (seal: Seal): string => {
  const { encapsulation, headerDigest, ciphertextDigest, size, chain, signature } = seal;
  const { point, proof } = encapsulation;
  return sha256(
    textOf([contextOf(seal), point, proof, headerDigest, ciphertextDigest, size, chain, signature]),
  );
};

/** What the vault signs of its log. Two of them that contradict each other are proof (`equivocation`). */
export const headText = ({ actorTag, epoch, number, hash, final }: JournalHead): string =>
  text('head', [actorTag, epoch, number, hash, final]);
/** What the journal of the vault with this key calls itself. */
export const tagOf = (vaultKey: string): string => `vault ${vaultKey}`;

/** The making of a key, in 43 characters. It is the `id` of its run. */
export const makingDigest = (making: Making): string => sha256(textOf(['making', making]));
/** What a partial opening is for: one segment, in one request as it stands in the log. */
export const purposeOf = (
  vault: string,
  request: bigint,
  entryHash: string,
  segment: string,
): string => text('opening', [vault, request, entryHash, segment]);
/** What a custodian signs of an answer. */
export const answerText = (
  purpose: string,
  version: bigint,
  index: bigint,
  viewer: string,
  sealed: string,
): string => text('answer', [purpose, version, index, viewer, sealed]);
/** In which context it is sealed, so that it is no answer of another custodian. */
export const answerContext = (purpose: string, version: bigint, index: bigint): string =>
  text('answer of', [purpose, version, index]);
/** The sealed text: the part, and where the custodian last saw the log. */
export const writeAnswer = (
  { value, proof }: PartialOpening,
  { head, signature }: SignedHead,
): string => {
  const { actorTag, epoch, number, hash } = head;
  return JSON.stringify([value, proof, actorTag, String(epoch), String(number), hash, signature]);
};
/** Undefined for what is no such text. */
export const readAnswer = (
  sealed: string,
  index: bigint,
): { readonly partial: PartialOpening; readonly head: SignedHead } | undefined => {
  let parts: unknown;
  try {
    parts = JSON.parse(sealed);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 7) return undefined;
  if (!parts.every((part) => typeof part === 'string')) return undefined;
  const [value, proof, actorTag, epoch, number, hash, signature] = parts as string[];
  if (!isNumber.test(epoch!) || !isNumber.test(number!)) return undefined;
  return {
    partial: { index, value: value!, proof: proof! },
    head: {
      head: {
        ...{ actorTag: actorTag!, epoch: BigInt(epoch!), number: BigInt(number!) },
        ...{ hash: hash!, final: false },
      },
      signature: signature!,
    },
  };
};
const isNumber = /^-?[0-9]{1,20}$/;

/** What a custodian signs to show that the key is its own: nobody keeps a share under another’s. */
export const keepText = (key: string): string => text('keep', [key]);
/** What a viewer signs, so that nobody else says that they saw it. */
export const sawText = (purpose: string, viewer: string): string => text('saw', [purpose, viewer]);
/** What a care-taker signs to hasten a request. */
export const hasteText = (vault: string, request: bigint, entryHash: string): string =>
  text('haste', [vault, request, entryHash]);

/** A key in six groups of five characters, to be compared by people over the telephone. */
export const printOf = (key: string): string => {
  const digest = sha256(`pocas vault print\n${key}`).replaceAll(/[^A-Za-z0-9]/g, '0');
  return Array.from({ length: 6 }, (_, at) => digest.slice(at * 5, at * 5 + 5))
    .join(' ')
    .toLowerCase();
};
