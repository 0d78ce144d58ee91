/**
 * Bundles that come in by pieces. What the header says is looked at as soon as it is there, so that no
 * memory is given for what would be refused in the end.
 */
import harden from '@endo/harden';
import {
  type BundleHeader,
  BundleRefusedError,
  classSizes,
  headerBytes,
  readHeader,
} from './bundle-form.ts';
import type { Texts } from './texts.ts';

/** All unfinished bundles together, in bytes of memory. */
export const maxUnfinishedBytes: number = 64 << 20;
/** Characters of a piece: what a call to a power may have, with all around it. */
export const maxPieceLength = 3840;

/** One bundle on its way in. */
export type Incoming = {
  /** Adds a piece. @throws BundleRefusedError, also for all that follows */
  add(piece: string): void;
  /** The whole bundle. @throws BundleRefusedError */
  end(): { readonly bundle: Uint8Array; readonly header: BundleHeader };
};

export type Drops = {
  /**
   * Begins one. Of one carrier's that are unfinished only the newest two stay.
   * @param accept - looks at the header, and throws where the bundle would be refused
   */
  begin(carrier: string, accept: (header: BundleHeader, size: number) => void): Incoming;
};

type Unfinished = { readonly carrier: string; buffer: Uint8Array; isGone: boolean };

const perCarrier = 2;

export const makeDrops = (texts: Texts, now: () => bigint): Drops => {
  const unfinished = new Set<Unfinished>();
  const drop = (gone: Unfinished) => {
    gone.isGone = true;
    gone.buffer = new Uint8Array();
    unfinished.delete(gone);
  };
  /** Those that began first make room, whosever they are: who goes on at a good pace is done before. */
  const makeRoom = (self: Unfinished, size: number) => {
    const bytes = () => [...unfinished].reduce((sum, { buffer }) => sum + buffer.length, 0);
    for (const other of unfinished) {
      if (bytes() + size <= maxUnfinishedBytes) return;
      if (other !== self) drop(other);
    }
  };

  return harden({
    begin(carrier, accept) {
      const own = [...unfinished].filter((other) => other.carrier === carrier);
      for (const other of own.slice(0, Math.max(0, own.length + 1 - perCarrier))) drop(other);
      const self: Unfinished = { carrier, buffer: new Uint8Array(headerBytes), isGone: false };
      unfinished.add(self);
      let header: BundleHeader | undefined;
      let length = 0;
      const refuse = (): never => {
        drop(self);
        throw new BundleRefusedError('malformed');
      };
      const take = (bytes: Uint8Array) => {
        if (length + bytes.length > self.buffer.length) refuse();
        self.buffer.set(bytes, length);
        length += bytes.length;
      };
      return harden({
        add(piece) {
          const bytes = piece.length <= maxPieceLength ? texts.fromText(piece) : undefined;
          if (self.isGone || bytes === undefined) return refuse();
          if (header !== undefined) return take(bytes);
          const first = bytes.subarray(0, headerBytes - length);
          take(first);
          if (length < headerBytes) return;
          try {
            header = readHeader(self.buffer, now());
            const size = classSizes[header.sizeClass]!;
            accept(header, size);
            makeRoom(self, size);
            const whole = new Uint8Array(size);
            whole.set(self.buffer);
            self.buffer = whole;
          } catch (error) {
            drop(self);
            throw error;
          }
          take(bytes.subarray(first.length));
        },
        end() {
          if (self.isGone || header === undefined || length !== self.buffer.length) return refuse();
          const bundle = self.buffer;
          drop(self);
          return { bundle, header };
        },
      }) as Incoming;
    },
  });
};
