/**
 * What a proof, a key or a mac is of: named parts, of which each has its length before it, so that no
 * two lists of parts are the same bytes.
 */
import { ristretto255_hasher as hasher } from '@noble/curves/ed25519.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { littleEndian } from './texts.ts';

/** The parts one after another, each with its length in four bytes before it. */
export const framed = (parts: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...parts.flatMap((part) => [littleEndian(BigInt(part.length), 4), part]));

/**
 * The challenge of a proof (Fiat–Shamir): hash to scalar of RFC 9380 over all that the proof says.
 *
 * @param name - what kind of proof it is, which sets it apart from all others
 */
export const challengeOf = (name: string, parts: readonly Uint8Array[]): bigint =>
  hasher.hashToScalar!(framed(parts), { DST: utf8ToBytes(`pocas-${name}-v1`) });
