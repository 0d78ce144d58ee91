/** Texts over a stream of bytes, each behind its length in four bytes, the highest first. */

export const headerBytes = 4;

/** A text as it crosses. */
export const frameOf = (text: string): Buffer => {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame.writeUInt32BE(length);
  frame.write(text, headerBytes);
  return frame;
};

/**
 * Takes bytes in whatever pieces they come, and gives whole texts.
 *
 * @returns what takes a piece, and answers false, then and ever after, where a text is too long
 */
export const makeFrameReader = (
  maxBytes: number,
  take: (text: string) => void,
): ((piece: Buffer) => boolean) => {
  let pieces: Buffer[] = [];
  let held = 0;
  /** Of the text that comes; undefined while its length does. */
  let length: number | undefined;
  const next = (bytes: number): Buffer => {
    const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    pieces = all.length === bytes ? [] : [all.subarray(bytes)];
    held -= bytes;
    return all.subarray(0, bytes);
  };
  return (piece) => {
    pieces.push(piece);
    held += piece.length;
    for (;;) {
      if (length === undefined) {
        if (held < headerBytes) return true;
        length = next(headerBytes).readUInt32BE();
      }
      if (length > maxBytes) return false;
      if (held < length) return true;
      const text = next(length).toString('utf8');
      length = undefined;
      take(text);
    }
  };
};
