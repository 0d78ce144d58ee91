/**
 * Frames, sealed: each is one message of the channel, cut into records that Noise can seal.
 *
 * Every record but the last of a frame is as long as a record can be, and the last byte inside each
 * says whether it is the last: so a frame cannot be cut short, or two be joined, without being noticed.
 * The cipher states count the records, so none can be left out, repeated, moved or turned round.
 */
import harden from '@endo/harden';
import { sealBytes } from './ciphers.ts';
import { type CipherState, nothing } from './cipher-state.ts';
import { maxNoiseBytes } from './noise.ts';

export type Records = {
  /** A frame as it crosses the channel. */
  seal(frame: Uint8Array): Uint8Array;
  /**
   * The frame in a message of the other side, or undefined where it was altered or is not the next
   * one: then the session is over, and nothing more is opened.
   */
  open(message: Uint8Array): Uint8Array | undefined;
};

/** When a direction takes a new key: both ends count alike. */
export type RekeyRule = {
  readonly records: number;
  /** As they cross the channel. */
  readonly bytes: number;
};

export const rekeyRule: RekeyRule = Object.freeze({ records: 65_536, bytes: 2 ** 30 });

const maxRecordBytes = maxNoiseBytes;
const markBytes = 1;
const overhead = sealBytes + markBytes;
const maxPieceBytes = maxRecordBytes - overhead;
const MORE = 0;
const LAST = 1;

/** Where pieces are put together with their marks: of one call at a time. It is never read elsewhere. */
const scratch = new Uint8Array(maxPieceBytes + markBytes);

/** How many bytes a frame of so many has on the channel. */
export const sealedLength = (bytes: number): number =>
  bytes + overhead * Math.max(1, Math.ceil(bytes / maxPieceBytes));
harden(sealedLength);

/** Counts what went in one direction. */
const makeRekeying = (state: CipherState, rule: RekeyRule) => {
  let records = 0;
  let bytes = 0;
  return (sealed: number) => {
    records += 1;
    bytes += sealed;
    if (records < rule.records && bytes < rule.bytes) return;
    state.rekey();
    records = 0;
    bytes = 0;
  };
};

/** @param sending - fresh from the handshake, as is `receiving` */
export const makeRecords = (
  { sending, receiving }: { readonly sending: CipherState; readonly receiving: CipherState },
  rule: RekeyRule = rekeyRule,
): Records => {
  const sent = makeRekeying(sending, rule);
  const received = makeRekeying(receiving, rule);
  let isBroken = false;
  return harden({
    seal(frame: Uint8Array) {
      const message = new Uint8Array(sealedLength(frame.length));
      let from = 0;
      for (let to = 0; to < message.length;) {
        const length = Math.min(frame.length - from, maxPieceBytes);
        scratch.set(frame.subarray(from, from + length));
        from += length;
        const end = Math.min(to + maxRecordBytes, message.length);
        scratch[length] = end === message.length ? LAST : MORE;
        sending.seal(nothing, scratch.subarray(0, length + markBytes), message.subarray(to, end));
        sent(end - to);
        to = end;
      }
      return message;
    },
    open(message: Uint8Array) {
      if (isBroken) return undefined;
      // Stays so if anything below goes wrong.
      isBroken = true;
      const records = Math.max(1, Math.ceil(message.length / maxRecordBytes));
      if (message.length - (records - 1) * maxRecordBytes < overhead) return undefined;
      const frame = new Uint8Array(message.length - records * sealBytes);
      let end = 0;
      for (let from = 0; from < message.length; from += maxRecordBytes) {
        const sealed = message.subarray(from, from + maxRecordBytes);
        const next = end + sealed.length - sealBytes;
        if (!receiving.open(nothing, sealed, frame.subarray(end, next))) return undefined;
        received(sealed.length);
        const isLast = from + sealed.length === message.length;
        if (frame[next - markBytes] !== (isLast ? LAST : MORE)) return undefined;
        // The next record is written over the mark.
        end = next - markBytes;
      }
      isBroken = false;
      return frame.subarray(0, end);
    },
  });
};
harden(makeRecords);
