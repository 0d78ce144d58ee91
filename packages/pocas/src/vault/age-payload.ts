/**
 * The payload of an age file: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over ChaCha20-Poly1305 in
 * chunks of 64 KiB. The nonce of a chunk is its number in 11 bytes and whether it is the last, so none can be
 * moved, left out, repeated or added, and a file cannot end before its end.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Chunk } from './chunks.ts';

const cipher = 'chacha20-poly1305';
const tagBytes = 16;
export const plainBytes = 65_536;
export const sealedBytes: number = plainBytes + tagBytes;

/** Nonces of one payload, from the first on. The counter's upper bytes stay 0 for 2^48 chunks, more than any disk. */
const makeNonces = (): ((isLast: boolean) => Buffer) => {
  const nonce = Buffer.alloc(12);
  let number = 0;
  return (isLast) => {
    nonce.writeUIntBE(number, 5, 6);
    nonce[11] = isLast ? 1 : 0;
    number += 1;
    return nonce;
  };
};

/** Seals chunk by chunk, in their order. @param key - stays the caller's, who erases it */
export const makeSealer = (key: Buffer): ((chunks: readonly Chunk[]) => Buffer) => {
  const nonceOf = makeNonces();
  return (chunks) =>
    Buffer.concat(
      chunks.flatMap(({ bytes, isLast }) => {
        const sealing = createCipheriv(cipher, key, nonceOf(isLast), { authTagLength: tagBytes });
        const sealed = sealing.update(bytes);
        sealing.final();
        return [sealed, sealing.getAuthTag()];
      }),
    );
};

/**
 * Opens chunk by chunk, in their order.
 *
 * @returns the chunks that are right, up to the first that is not, and whether there was one
 */
export const makeOpener = (
  key: Buffer,
): ((chunks: readonly Chunk[]) => {
  readonly opened: readonly Buffer[];
  readonly isBad: boolean;
}) => {
  const nonceOf = makeNonces();
  let isFirst = true;
  return (chunks) => {
    const opened: Buffer[] = [];
    for (const { bytes, isLast } of chunks) {
      const length = bytes.length - tagBytes;
      // Nothing in the last chunk is right only where it is the first, too.
      if (length < 0 || (length === 0 && !isFirst)) return { opened, isBad: true };
      isFirst = false;
      const opening = createDecipheriv(cipher, key, nonceOf(isLast), { authTagLength: tagBytes });
      opening.setAuthTag(bytes.subarray(length));
      const plain = opening.update(bytes.subarray(0, length));
      try {
        opening.final();
      } catch {
        // Nobody sees what came out of a wrong chunk.
        plain.fill(0);
        return { opened, isBad: true };
      }
      opened.push(plain);
    }
    return { opened, isBad: false };
  };
};
