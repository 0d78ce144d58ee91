/** A stream of bytes cut to measure. */
import { SegmentFault } from './fault.ts';

export type Chunk = { readonly bytes: Buffer; readonly isLast: boolean };

const asBuffer = (part: unknown): Buffer => {
  if (part instanceof Uint8Array) {
    return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  }
  throw TypeError('Cannot read stream: it gives texts; give it without an encoding');
};

const joined = (parts: readonly Buffer[]): Buffer =>
  parts.length === 1 ? parts[0]! : Buffer.concat(parts);

/**
 * All chunks that are whole, as they come, several at once where so many come at once; at the end the last
 * one, which may be shorter and is empty only where all is. What is held is at most one chunk and one part.
 */
export async function* inChunks(
  source: AsyncIterable<unknown>,
  size: number,
): AsyncGenerator<readonly Chunk[]> {
  // At most one chunk: whether it is the last shows with the next byte.
  let held: Buffer[] = [];
  let length = 0;
  for await (const part of source) {
    const given = asBuffer(part);
    const chunks: Chunk[] = [];
    let at = 0;
    while (length + given.length - at > size) {
      const end = at + size - length;
      const rest = given.subarray(at, end);
      // Nothing is copied but what lies in several parts.
      const bytes = held.length === 0 ? rest : joined(rest.length === 0 ? held : [...held, rest]);
      chunks.push({ bytes, isLast: false });
      [held, length, at] = [[], 0, end];
    }
    if (chunks.length > 0) yield chunks;
    if (at < given.length) held.push(given.subarray(at));
    length += given.length - at;
  }
  yield [{ bytes: joined(held), isLast: true }];
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
