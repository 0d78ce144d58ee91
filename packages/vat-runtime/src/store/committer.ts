/**
 * The committer: the only writer of a node's store, and the gate through which its output leaves.
 *
 * Rows are staged, and take effect for readers at once. Whatever is staged while a batch is being
 * written goes into the next one, so many turns share one sync (group commit). Output that was
 * made after some rows were staged leaves only when they are on disk (DESIGN, section 3).
 */
import type { Anchor } from './anchor.ts';
import type { Chain } from './chain.ts';
import {
  type ListOptions,
  type Row,
  type Storage,
  type StoredRow,
  compareKeys,
  isListed,
} from './storage.ts';

export type Committer = {
  /** A row as of now: staged or on disk. @throws RowDamagedError */
  get(key: string): string | undefined;
  /**
   * Rows on disk and staged whose key starts with `prefix`, in order, as of the call.
   * Rejects with RowDamagedError.
   */
  list(prefix: string, options?: ListOptions): Promise<StoredRow[]>;
  /** Adds rows to the next batch. They are written together with all that is staged in this tick. */
  stage(rows: readonly Row[]): void;
  /**
   * Runs `release` when everything staged so far is on disk; at once where it is. In order.
   * @param size - characters that it keeps in memory until then
   */
  whenDurable(release: () => void, size?: number): void;
  /**
   * Runs `task` at once while less waits for the disk than may, otherwise when it has room again.
   * In order. What takes in work from outside does it in such a task, so that a slow disk is felt.
   */
  whenRoom(task: () => void): void;
  /** Resolves when everything staged so far is on disk. Rejects once a batch was not written. */
  settled(): Promise<void>;
  /** Batches and rows written; characters that wait for the disk, output too; the newest batch on disk. */
  counts(): { batches: number; rows: number; waitingBytes: number; sequence: number };
  /** Closes storage and anchor. What is not on disk yet is lost: await `settled` first. */
  close(): Promise<void>;
};

/**
 * Enough for group commit to keep any disk busy, and little enough that the rows of a stalled one,
 * and the output that waits for it, do not fill the memory: about 50 MiB with everything around them.
 */
export const defaultMaxWaitingBytes: number = 16 << 20;

export type CommitterPowers = {
  /** With checksums. */
  readonly storage: Storage;
  readonly anchor: Anchor | undefined;
  readonly chain: Chain;
  readonly maxWaitingBytes: number;
  /**
   * Called once when a batch or its anchor was not written. Nothing is released or written after
   * it: the batch may or may not be on disk, so the process must end and the store be opened anew.
   */
  readonly onFailure: (error: unknown) => void;
};

const sizeOf = (key: string, value: string | undefined) => key.length + (value?.length ?? 0);

/** @see openStore, which verifies the store first */
export const makeCommitter = ({
  storage,
  anchor,
  chain,
  maxWaitingBytes,
  onFailure,
}: CommitterPowers): Committer => {
  /** Rows not yet on disk, newest value first to be found. */
  let staged = new Map<string, string | undefined>();
  let writing = new Map<string, string | undefined>();
  let stagedBytes = 0;
  let writingBytes = 0;
  /**
   * Counts groups: the staged one is `group`; those up to `written` are in the storage, those up to
   * `durable` are anchored too. The next batch is written while the last one is anchored, and one
   * anchor serves all batches that were written meanwhile.
   */
  let group = 1;
  let written = 0;
  let durable = 0;
  let running = false;
  let anchoring = false;
  let failed = false;
  const waiting: { group: number; release: () => void; size: number }[] = [];
  let outputBytes = 0;
  /** Of all batches so far: those in the storage, and those that are anchored. */
  let writtenBytes = 0;
  let anchoredBytes = 0;
  const held: (() => void)[] = [];
  const unsettled = new Set<(error: Error) => void>();
  const counts = { batches: 0, rows: 0 };
  let newest = chain.last();
  let { sequence } = newest;

  const releaseDurable = () => {
    while (waiting[0] !== undefined && waiting[0].group <= durable) {
      const { release, size } = waiting.shift()!;
      outputBytes -= size;
      release();
    }
  };

  const waitingBytes = () =>
    stagedBytes + writingBytes + (writtenBytes - anchoredBytes) + outputBytes;
  const hasRoom = () => waitingBytes() < maxWaitingBytes;
  const runHeld = () => {
    while (held[0] !== undefined && hasRoom()) held.shift()!();
  };

  const fence = (error: unknown) => {
    if (failed) return;
    failed = true;
    waiting.length = 0;
    held.length = 0;
    for (const reject of unsettled) reject(notWritten());
    onFailure(error);
  };

  const runAnchor = async () => {
    anchoring = true;
    while (durable < written && !failed) {
      const [upTo, link, bytes] = [written, newest, writtenBytes];
      try {
        await anchor?.write(link.sequence, link.hash);
      } catch (error) {
        return fence(error);
      }
      // A later batch may have failed meanwhile. Then nothing leaves any more, not even this.
      if (failed) return;
      sequence = link.sequence;
      durable = upTo;
      anchoredBytes = bytes;
      releaseDurable();
      runHeld();
    }
    anchoring = false;
  };

  const run = async () => {
    running = true;
    // Turns that end in the same tick join the first batch.
    await undefined;
    while (staged.size > 0 && !failed) {
      writing = staged;
      writingBytes = stagedBytes;
      staged = new Map();
      stagedBytes = 0;
      const current = group;
      group += 1;
      const rows = [...writing];
      const { link, rows: linkRows } = chain.next(rows);
      try {
        await storage.write([...rows, ...linkRows]);
      } catch (error) {
        return fence(error);
      }
      counts.batches += 1;
      counts.rows += rows.length;
      writing = new Map();
      writtenBytes += writingBytes;
      writingBytes = 0;
      written = current;
      newest = link;
      if (!anchoring) void runAnchor();
      runHeld();
    }
    running = false;
  };

  const whenDurable = (release: () => void, size = 0) => {
    const last = staged.size > 0 ? group : group - 1;
    if (last <= durable && waiting.length === 0) return release();
    if (failed) return;
    waiting.push({ group: last, release, size });
    outputBytes += size;
  };

  const notWritten = () => Error('Cannot settle: the store could not be written');
  const settled = () =>
    new Promise<void>((resolve, reject) => {
      if (failed) return reject(notWritten());
      unsettled.add(reject);
      whenDurable(() => {
        unsettled.delete(reject);
        resolve();
      });
    });

  return Object.freeze({
    get(key: string) {
      if (staged.has(key)) return staged.get(key);
      if (writing.has(key)) return writing.get(key);
      return storage.get(key);
    },
    async list(prefix: string, { after, limit }: ListOptions = {}) {
      // Both are taken now, before anything is awaited, so together they are one moment's rows.
      const overlay = [...writing, ...staged].filter(([key]) => isListed(key, prefix, after));
      const deleted = new Set(overlay.map(([key]) => key)).size;
      const reading = storage.list(prefix, {
        ...(after === undefined ? {} : { after }),
        // Each row of the overlay takes away at most one of those read.
        ...(limit === undefined ? {} : { limit: limit + deleted }),
      });
      const rows = new Map(await reading);
      for (const [key, value] of overlay) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
      return [...rows].sort(([a], [b]) => compareKeys(a, b)).slice(0, limit);
    },
    stage(rows: readonly Row[]) {
      if (failed) return;
      for (const [key, value] of rows) {
        if (staged.has(key)) stagedBytes -= sizeOf(key, staged.get(key));
        staged.set(key, value);
        stagedBytes += sizeOf(key, value);
      }
      if (!running && staged.size > 0) void run();
    },
    whenDurable,
    whenRoom(task: () => void) {
      if (failed) return;
      if (held.length === 0 && hasRoom()) task();
      else held.push(task);
    },
    settled,
    counts: () => ({ ...counts, waitingBytes: waitingBytes(), sequence }),
    async close() {
      try {
        await storage.close();
      } finally {
        await anchor?.close();
      }
    },
  });
};
