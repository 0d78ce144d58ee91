/**
 * Why a file is not the segment that it is said to be. `code` is for programs; the words repeat nothing of the
 * file.
 */
export type SegmentFaultCode =
  /** Not the header that was signed, or none of this kind and version. */
  | 'header'
  /** The key does not open this header. */
  | 'key'
  /** A chunk is not what was sealed there: altered, moved, left out, added, or of another file. */
  | 'chunk'
  /** Shorter or longer than was signed. */
  | 'length'
  /** Not the bytes that were signed, as a whole. */
  | 'digest';

const words: Readonly<Record<SegmentFaultCode, string>> = {
  header: 'its header is not the one that was logged; take the file of this segment',
  key: 'the key does not fit its header; take the parts of this request, each of them checked',
  chunk: 'it was altered; nothing from there on was given out; take another copy',
  length: 'it is not as long as was logged; take another copy',
  digest: 'it is not the file that was logged; take another copy',
};

export class SegmentFault extends Error {
  readonly code: SegmentFaultCode;

  constructor(code: SegmentFaultCode) {
    super(`Cannot open segment: ${words[code]}`);
    this.name = 'SegmentFault';
    this.code = code;
  }
}
