/**
 * A long plaintext, sealed in chunks of which none can be altered, left out, moved or added.
 *
 * STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its
 * Nonce-Reuse Misuse-Resistance" (2015), in the form of the age format: ChaCha20-Poly1305 (RFC 8439),
 * whose nonce is the number of the chunk in eleven bytes, and a byte that says whether it is the
 * last one. So a key seals one stream.
 */
import harden from '@endo/harden';
import { type Ciphers, sealBytes } from '../session/ciphers.ts';

export const tagBytes: number = sealBytes;
/** Of plaintext. Every chunk but the last has so many. */
export const chunkBytes: number = 64 << 10;
export const sealedChunkBytes: number = chunkBytes + tagBytes;

/** What goes along unsealed: all of that is bound into the key. */
const nothing = new Uint8Array();

/** The nonce of a chunk. */
const nonceOf = (index: number, isLast: boolean): Uint8Array => {
  const nonce = new Uint8Array(12);
  // Of the eleven bytes seven hold any number that there can be.
  new DataView(nonce.buffer).setBigUint64(3, BigInt(index));
  nonce[11] = isLast ? 1 : 0;
  return nonce;
};

/** The chunks of one stream, one by one. */
export type Chunks = {
  /** @param isLast - nothing may follow */
  next(chunk: Uint8Array, isLast: boolean): Uint8Array;
};

const inTurn = (
  step: (index: number, chunk: Uint8Array, isLast: boolean) => Uint8Array,
): Chunks => {
  let index = 0;
  let isOver = false;
  return harden({
    next(chunk, isLast) {
      if (isOver) throw RangeError('Cannot go on with a stream: its last chunk was there');
      isOver = isLast;
      const done = step(index, chunk, isLast);
      index += 1;
      return done;
    },
  });
};

/** @param key - 32 bytes that seal nothing else */
export const sealChunks = (ciphers: Ciphers, key: Uint8Array): Chunks =>
  inTurn((index, chunk, isLast) => {
    if (isLast ? chunk.length > chunkBytes : chunk.length !== chunkBytes) {
      throw RangeError('Cannot seal a chunk: it has another length');
    }
    const sealed = new Uint8Array(chunk.length + tagBytes);
    ciphers.seal(key, nonceOf(index, isLast), nothing, chunk, sealed);
    return sealed;
  });
harden(sealChunks);

/** What was altered, cut off, added, moved, or sealed to somebody else. Says no more: nobody is told which. */
export class NotSealedSoError extends Error {
  readonly code = 'POCAS_NOT_SEALED_SO';
  constructor() {
    super('Cannot open: it was altered or is not whole, or it is sealed with another key');
    this.name = 'NotSealedSoError';
  }
}

/** @throws NotSealedSoError. Nothing that it answered before may be used then. */
export const openChunks = (ciphers: Ciphers, key: Uint8Array): Chunks =>
  inTurn((index, chunk, isLast) => {
    const isOfLength = isLast
      ? chunk.length >= tagBytes && chunk.length <= sealedChunkBytes
      : chunk.length === sealedChunkBytes;
    if (!isOfLength) throw new NotSealedSoError();
    const opened = new Uint8Array(chunk.length - tagBytes);
    if (!ciphers.open(key, nonceOf(index, isLast), nothing, chunk, opened)) {
      throw new NotSealedSoError();
    }
    return opened;
  });
harden(openChunks);

/** How long `length` bytes of plaintext are when sealed. */
export const sealedLength = (length: number): number =>
  length + tagBytes * Math.max(1, Math.ceil(length / chunkBytes));

/** How many bytes of plaintext make `length` when sealed. */
export const openedLength = (length: number): number =>
  length - tagBytes * Math.max(1, Math.ceil(length / sealedChunkBytes));

/** All chunks of a plaintext that is there as a whole, into `target`. */
export const sealInto = (
  target: Uint8Array,
  ciphers: Ciphers,
  key: Uint8Array,
  plaintext: Uint8Array,
): void => {
  const chunks = sealChunks(ciphers, key);
  let written = 0;
  for (let at = 0; at === 0 || at < plaintext.length; at += chunkBytes) {
    const end = Math.min(at + chunkBytes, plaintext.length);
    const sealed = chunks.next(plaintext.subarray(at, end), end === plaintext.length);
    target.set(sealed, written);
    written += sealed.length;
  }
};
harden(sealInto);

/** The plaintext of all chunks. @throws NotSealedSoError, and nothing of it is answered then */
export const openAll = (ciphers: Ciphers, key: Uint8Array, sealed: Uint8Array): Uint8Array => {
  const chunks = openChunks(ciphers, key);
  if (sealed.length < tagBytes) throw new NotSealedSoError();
  const plaintext = new Uint8Array(openedLength(sealed.length));
  let written = 0;
  for (let at = 0; at < sealed.length; at += sealedChunkBytes) {
    const end = Math.min(at + sealedChunkBytes, sealed.length);
    const opened = chunks.next(sealed.subarray(at, end), end === sealed.length);
    plaintext.set(opened, written);
    written += opened.length;
  }
  return plaintext;
};
harden(openAll);
