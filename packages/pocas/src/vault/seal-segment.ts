/**
 * Seals one segment of a camera, from a stream into a file, without ever holding more than some chunks of it
 * (SPEC 7.5). The file is an age file (`age-header.ts`, `age-payload.ts`); what it is a segment of stands in
 * the vault's log, with its digests, and the recorder's signature of all that.
 *
 * Keys in bytes are erased after use. Not erased are keys as texts and scalars, which are values of
 * JavaScript and go when it collects them: the encapsulated key, and `r`. What the ciphers and hashes keep inside
 * is theirs, and the operating system may have written any of it to disk.
 */
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { threshold } from '@pocas/vat-runtime/ristretto';
import { fileKeyBytes, payloadKey, writeHeader } from './age-header.ts';
import { makeSealer, plainBytes } from './age-payload.ts';
import { inChunks } from './chunks.ts';
import { type SealedSegment, digestOf, makeMeter, nonceBytes } from './segment.ts';

export type SealOptions = {
  readonly groupKey: string;
  /** Which segment it is, in one canonical text. */
  readonly context: string;
  /** Bytes from the system's source, which are taken over, and erased after use. */
  readonly random: (length: number) => Uint8Array;
};

/**
 * Seals a stream to its end, and ends the target. Where either fails, the other is destroyed and the promise
 * is rejected; what was written so far is no segment, and does not open.
 */
export const sealSegment = async (
  source: Readable,
  target: Writable,
  { groupKey, context, random }: SealOptions,
): Promise<SealedSegment> => {
  const once = random(64);
  const drawn = Buffer.from(once).toString('base64url');
  const { encapsulation, key } = threshold.encapsulate(groupKey, context, drawn);
  const fileKey = random(fileKeyBytes);
  const nonce = random(nonceBytes);
  const header = writeHeader({ encapsulation, groupKey, key }, fileKey);
  const secret = payloadKey(fileKey, nonce);
  for (const bytes of [once, fileKey]) bytes.fill(0);
  const meter = makeMeter();
  try {
    await pipeline(
      source,
      async function* (plain: AsyncIterable<unknown>) {
        const start = Buffer.concat([header, nonce]);
        meter.see(start);
        yield start;
        const seal = makeSealer(secret);
        for await (const chunks of inChunks(plain, plainBytes)) {
          const sealed = seal(chunks);
          meter.see(sealed);
          yield sealed;
        }
      },
      target,
    );
  } finally {
    secret.fill(0);
  }
  return {
    encapsulation,
    headerDigest: digestOf(header),
    ciphertextDigest: meter.digest(),
    size: meter.size(),
  };
};
