/** A stream of bytes cut to measure. */
import { SegmentFault } from './fault.ts';

export type Chunk = { readonly bytes: Buffer; readonly isLast: boolean };

const asBuffer = (part: unknown): Buffer => {
  if (part instanceof Uint8Array) {
    return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  }
  throw TypeError('Cannot read stream: it gives texts; give it without an encoding');
};

/**
 * All chunks that are whole, as they come, several at once where so many come at once; at the end the last
 * one, which may be shorter and is empty only where all is. What is held is at most one chunk and one part.
 */
export async function* inChunks(
  source: AsyncIterable<unknown>,
  size: number,
): AsyncGenerator<readonly Chunk[]> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const part of source) {
    const given = asBuffer(part);
    held.push(given);
    length += given.length;
    // A chunk is known not to be the last when there is a byte after it. Small parts are joined once.
    if (length <= size) continue;
    const joined = Buffer.concat(held);
    const chunks: Chunk[] = [];
    let at = 0;
    for (; length - at > size; at += size) {
      chunks.push({ bytes: joined.subarray(at, at + size), isLast: false });
    }
    yield chunks;
    held = [joined.subarray(at)];
    length -= at;
  }
  yield [{ bytes: Buffer.concat(held), isLast: true }];
}

/**
 * The first bytes, exactly so many, and then what follows as it comes.
 *
 * @throws SegmentFault `length` where there are fewer
 */
export async function* startingWith(
  source: AsyncIterable<unknown>,
  length: number,
): AsyncGenerator<Buffer> {
  let start: readonly Buffer[] = [];
  let missing = length;
  for await (const part of source) {
    const given = asBuffer(part);
    const rest = given.subarray(missing);
    if (missing > 0) {
      start = [...start, given.subarray(0, missing)];
      missing -= Math.min(missing, given.length);
      if (missing > 0) continue;
      yield Buffer.concat(start);
    }
    if (rest.length > 0) yield rest;
  }
  if (missing > 0) throw new SegmentFault('length');
}
