/**
 * The anchor in a file with two slots, written in turn: a write that is torn leaves the other one.
 *
 * A slot has one width: form, sequence, hash and a checksum over them.
 */
import { closeSync, constants, fdatasync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Anchor, AnchorPoint } from '../store/anchor.ts';
import { rowChecksum } from '../machine/integrity.ts';
import { syncPath } from './synced-files.ts';

/** Far enough apart that no disk writes both at once: a page, and a sector of the largest kind. */
const slotOffsets = [0, 4096] as const;
const slotLength = 128;
const fileLength = slotOffsets[1] + slotLength;

const form = 'pocas anchor 1';
const slotPattern = /^(pocas anchor 1 (\d{16}) ([A-Za-z0-9_-]{43}) +)([0-9a-f]{8})\n$/;

const encodeSlot = (sequence: number, hash: string): string => {
  const text = `${form} ${String(sequence).padStart(16, '0')} ${hash} `.padEnd(slotLength - 9);
  return `${text}${rowChecksum(form, text)}\n`;
};

const decodeSlot = (text: string): AnchorPoint | undefined => {
  const [, body, sequence, hash, checksum] = slotPattern.exec(text) ?? [];
  if (body === undefined || rowChecksum(form, body) !== checksum) return undefined;
  return Object.freeze({ sequence: Number(sequence), hash: hash! });
};

const isUnused = (text: string) => /^\0*$/.test(text);

const sync = promisify(fdatasync);

/** Opens the file, or makes it. Whoever opens it must hold the store's lock. */
export const openAnchorFile = (path: string): Anchor => {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const content = Buffer.alloc(fileLength);
  const isNew = readSync(file, content, 0, fileLength, 0) === 0;
  if (isNew) {
    // With its whole length from the start: a later write changes no size, and needs no new block.
    writeSync(file, content, 0, fileLength, 0);
    fsyncSync(file);
    syncPath(dirname(path));
  }
  const texts = slotOffsets.map((offset) =>
    content.toString('latin1', offset, offset + slotLength),
  );
  const slots = texts.map(decodeSlot);
  const newestSlot = (slots[1]?.sequence ?? -1) > (slots[0]?.sequence ?? -1) ? 1 : 0;
  let nextSlot: 0 | 1 = newestSlot === 1 ? 0 : 1;
  // Where one slot was never used, the other is at worst a first write that was torn.
  let point: AnchorPoint | 'damaged' | undefined =
    slots[newestSlot] ?? (texts.some(isUnused) ? undefined : 'damaged');

  return Object.freeze({
    read: () => point,
    async write(sequence: number, hash: string) {
      const offset = slotOffsets[nextSlot];
      nextSlot = nextSlot === 1 ? 0 : 1;
      // To the page cache at once; only the disk is waited for.
      const written = writeSync(file, encodeSlot(sequence, hash), offset, 'latin1');
      if (written !== slotLength) throw Error('Cannot write anchor: the disk took a part of it');
      await sync(file);
      point = Object.freeze({ sequence, hash });
    },
    close: async () => closeSync(file),
  });
};
