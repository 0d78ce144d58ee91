/**
 * All that a poca is, in one file: lines of JSON, sealed in chunks, never in memory as a whole.
 *
 *   ["poca", designator, sequence, hash]   whose it is, and where its commit chain was anchored
 *   ["file", name, text]                   a small file beside the store: keys, the operator's way in
 *   ["row", key, value]                    a row as the store has it, with its checksum, in order of keys
 *   ["end", rows, digest]                  how many rows, and the SHA-256 of all their lines
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import {
  NotSealedSoError,
  chunkBytes,
  openChunks,
  sealChunks,
  sealedChunkBytes,
} from '../courier/chunks.ts';
import { nodeCiphers } from '../machine/node-ciphers.ts';
import { fromUtf8 } from '../session/utf8.ts';
import type { StoredRow } from '../store/storage.ts';
import { type Check, isCount, isText, tuple } from '../store/stored-json.ts';
import { type MoveKey, moveHeaderBytes } from './move-key.ts';
import { MoveRefusedError } from './move-refused.ts';

export type Poca = {
  readonly designator: string;
  readonly sequence: number;
  readonly hash: string;
};

/** A row is far shorter; a file too. */
const maxLineBytes = 64 << 20;

/** The digest of rows, in their order. Both ends compute it over what they read. */
export type RowDigest = { add(row: StoredRow): void; count(): number; text(): string };
const rowLine = ([key, value]: StoredRow) => `${JSON.stringify(['row', key, value])}\n`;
export const makeRowDigest = (): RowDigest => {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(row) {
      hash.update(rowLine(row));
      count += 1;
    },
    count: () => count,
    text: () => hash.digest('base64url'),
  };
};

export type ArchiveWriter = {
  poca(poca: Poca): Promise<void>;
  file(name: string, text: string): Promise<void>;
  row(row: StoredRow): Promise<void>;
  /** Writes the end, and resolves when all is on disk. */
  end(): Promise<{ rows: number; digest: string }>;
  close(): Promise<void>;
};

/** The disk, as far as an archive is written to it. */
export type OpenFile = (
  path: string,
  flags: string,
  mode: number,
) => Promise<Pick<FileHandle, 'write' | 'sync' | 'close'>>;

/** Writes a new file that only its owner may read, in the place of an unfinished one. */
export const writeArchive = async (
  path: string,
  { header, key }: MoveKey,
  openFile: OpenFile = open,
): Promise<ArchiveWriter> => {
  await rm(path, { force: true });
  const file = await openFile(path, 'wx', 0o600);
  const chunks = sealChunks(nodeCiphers, key);
  const digest = makeRowDigest();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const writeWhole = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      at += (await file.write(bytes, at)).bytesWritten;
    }
  };
  /** All chunks but the last are full, so one is kept back until more comes. */
  const flush = async (isEnd: boolean) => {
    const bytes = Buffer.concat(waiting);
    let at = 0;
    for (; bytes.length - at > chunkBytes; at += chunkBytes) {
      await writeWhole(chunks.next(bytes.subarray(at, at + chunkBytes), false));
    }
    waiting = [bytes.subarray(at)];
    waitingBytes = bytes.length - at;
    if (isEnd) await writeWhole(chunks.next(bytes.subarray(at), true));
  };
  const write = async (line: string) => {
    const bytes = Buffer.from(line);
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes > 4 * chunkBytes) await flush(false);
  };
  await writeWhole(header);
  return {
    poca: ({ designator, sequence, hash }) =>
      write(`${JSON.stringify(['poca', designator, sequence, hash])}\n`),
    file: (name, text) => write(`${JSON.stringify(['file', name, text])}\n`),
    row(row) {
      digest.add(row);
      return write(rowLine(row));
    },
    async end() {
      const sum = { rows: digest.count(), digest: digest.text() };
      await write(`${JSON.stringify(['end', sum.rows, sum.digest])}\n`);
      await flush(true);
      await file.sync();
      return sum;
    },
    close: () => file.close(),
  };
};

const forms: { readonly [kind: string]: Check } = {
  poca: tuple(isText, isText, isCount, isText),
  file: tuple(isText, isText, isText),
  row: tuple(isText, isText, isText),
  end: tuple(isText, isCount, isText),
};

type Line =
  | readonly ['poca', string, number, string]
  | readonly ['file', string, string]
  | readonly ['row', string, string]
  | readonly ['end', number, string];

/** @throws MoveRefusedError, without a word of what the line says */
const parseLine = (bytes: Uint8Array): Line => {
  const text = fromUtf8(bytes);
  let line: unknown;
  try {
    line = JSON.parse(text ?? '');
  } catch {
    throw new MoveRefusedError('malformed');
  }
  const kind = Array.isArray(line) ? (line[0] as unknown) : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(forms, kind) || !forms[kind]!(line)) {
    throw new MoveRefusedError('malformed');
  }
  // The cast holds by the form.
  return line as Line;
};

/** The plaintext of a file, in pieces. @throws MoveRefusedError */
async function* readChunks(file: FileHandle, key: Uint8Array): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  const chunks = openChunks(nodeCiphers, key);
  const sealed = Buffer.alloc(sealedChunkBytes);
  let at = moveHeaderBytes;
  do {
    const length = Math.min(sealedChunkBytes, size - at);
    let got = 0;
    while (got < length) {
      const { bytesRead } = await file.read(sealed, got, length - got, at + got);
      if (bytesRead === 0) throw new MoveRefusedError('altered');
      got += bytesRead;
    }
    const isFirst = at === moveHeaderBytes;
    at += length;
    try {
      const opened = chunks.next(sealed.subarray(0, length), at === size);
      yield Buffer.from(opened.buffer, opened.byteOffset, opened.length);
    } catch (error) {
      if (!(error instanceof NotSealedSoError)) throw error;
      throw new MoveRefusedError(isFirst ? 'wrong-key' : 'altered');
    }
  } while (at < size);
}

export type ArchiveVisitor = {
  poca?(poca: Poca): void;
  file?(name: string, text: string): void;
  row?(row: StoredRow): Promise<void> | void;
};

/** The first bytes of a file, which say how its key is found. */
export const readArchiveHeader = async (path: string): Promise<Uint8Array> => {
  const file = await open(path, 'r');
  try {
    const header = new Uint8Array(moveHeaderBytes);
    const { bytesRead } = await file.read(header, 0, moveHeaderBytes, 0);
    return header.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/**
 * Reads all of a file, in order. What is visited before the end may be of a file whose end was cut.
 * @throws MoveRefusedError
 */
export const readArchive = async (
  path: string,
  { key }: MoveKey,
  visit: ArchiveVisitor,
): Promise<{ rows: number; digest: string }> => {
  const file = await open(path, 'r');
  const digest = makeRowDigest();
  let isFirst = true;
  let end: { rows: number; digest: string } | undefined;
  const take = async (bytes: Uint8Array) => {
    const line = parseLine(bytes);
    // First whose it is, and nothing after the end.
    if (isFirst !== (line[0] === 'poca') || end !== undefined)
      throw new MoveRefusedError('malformed');
    isFirst = false;
    switch (line[0]) {
      case 'poca':
        return visit.poca?.({ designator: line[1], sequence: line[2], hash: line[3] });
      case 'file':
        return visit.file?.(line[1], line[2]);
      case 'row':
        digest.add([line[1], line[2]]);
        return visit.row?.([line[1], line[2]]);
      case 'end':
        end = { rows: line[1], digest: line[2] };
    }
  };
  try {
    let pieces: Buffer[] = [];
    let length = 0;
    for await (const chunk of readChunks(file, key)) {
      let at = 0;
      for (let newline; (newline = chunk.indexOf(10, at)) >= 0; at = newline + 1) {
        await take(Buffer.concat([...pieces, chunk.subarray(at, newline)]));
        pieces = [];
        length = 0;
      }
      length += chunk.length - at;
      if (length > maxLineBytes) throw new MoveRefusedError('malformed');
      if (at < chunk.length) pieces.push(chunk.subarray(at));
    }
    if (end === undefined || length > 0) throw new MoveRefusedError('malformed');
    if (end.rows !== digest.count() || end.digest !== digest.text()) {
      throw new MoveRefusedError('malformed');
    }
    return end;
  } finally {
    await file.close();
  }
};
