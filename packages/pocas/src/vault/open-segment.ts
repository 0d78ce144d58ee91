/** Opens one segment as a stream: nothing comes out of it that was not sealed there, in its place. */
import { PassThrough, type Readable, pipeline } from 'node:stream';
import type { Encapsulation } from '@pocas/vat-runtime/ristretto';
import { headerBytes, openHeader, payloadKey } from './age-header.ts';
import { makeOpener, sealedBytes } from './age-payload.ts';
import { inChunks, startingWith } from './chunks.ts';
import { SegmentFault } from './fault.ts';
import { type SegmentDigests, digestOf, makeMeter, startBytes } from './segment.ts';

export type OpenOptions = {
  readonly groupKey: string;
  /** Of `threshold.combine`. */
  readonly key: string;
  /** As the log has it, with the recorder's signature looked at. */
  readonly expected: SegmentDigests & { readonly encapsulation: Encapsulation };
};

/** The key of the payload, from the bytes before the first chunk. The caller erases it. */
const secretOf = (start: Buffer, { groupKey, key, expected }: OpenOptions): Buffer => {
  const header = start.subarray(0, headerBytes);
  // Before the key is used for anything.
  if (digestOf(header) !== expected.headerDigest) throw new SegmentFault('header');
  const fileKey = openHeader(header, { encapsulation: expected.encapsulation, groupKey, key });
  try {
    return payloadKey(fileKey, start.subarray(headerBytes));
  } finally {
    fileKey.fill(0);
  }
};

async function* opening(
  file: AsyncIterable<unknown>,
  options: OpenOptions,
): AsyncGenerator<Buffer> {
  const { expected } = options;
  const meter = makeMeter();
  const parts = startingWith(file, startBytes);
  const { value: start } = await parts.next();
  if (start === undefined) throw new SegmentFault('length');
  const secret = secretOf(start, options);
  try {
    meter.see(start);
    const open = makeOpener(secret);
    const metered = async function* () {
      for await (const part of parts) {
        meter.see(part);
        if (meter.size() > expected.size) throw new SegmentFault('length');
        yield part;
      }
    };
    for await (const chunks of inChunks(metered(), sealedBytes)) {
      const { opened, isBad } = open(chunks);
      const isEnd = chunks.at(-1)!.isLast;
      // The last chunk waits until all of the file has been seen to be the right one.
      const held = isEnd && !isBad ? opened.at(-1)! : undefined;
      for (const plain of held === undefined ? opened : opened.slice(0, -1)) yield plain;
      if (isEnd && meter.size() !== expected.size) throw new SegmentFault('length');
      if (isBad) throw new SegmentFault('chunk');
      if (!isEnd) continue;
      if (meter.digest() !== expected.ciphertextDigest) throw new SegmentFault('digest');
      if (held!.length > 0) yield held!;
    }
  } finally {
    secret.fill(0);
  }
}

/**
 * The plaintext of a segment. It fails with a `SegmentFault` at the first thing that is wrong, and has given
 * out nothing of there or beyond; and whoever has seen `digestSegment` before starts with a file that is right.
 * Destroyed, it destroys the file's stream.
 */
export const openSegment = (file: Readable, options: OpenOptions): Readable => {
  const plain = new PassThrough();
  // Its failure is the stream's, where whoever reads it finds it.
  pipeline(
    file,
    (source: AsyncIterable<unknown>) => opening(source, options),
    plain,
    () => {},
  );
  return plain;
};
