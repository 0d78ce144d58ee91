/**
 * The committer: the only writer of a node's store, and the gate through which its output leaves.
 *
 * Rows are staged, and take effect for readers at once. Whatever is staged while a batch is being
 * written goes into the next one, so many turns share one sync (group commit). Output that was
 * made after some rows were staged leaves only when they are on disk (DESIGN, section 3).
 */
import type { ListOptions, Row, Storage } from './storage.ts';

export type Committer = {
  /** A row as of now: staged or on disk. */
  get(key: string): string | undefined;
  /** Rows on disk and staged whose key starts with `prefix`, in order. */
  list(prefix: string, options?: ListOptions): Promise<(readonly [key: string, value: string])[]>;
  /** Runs `task` when there is room for what it will write, in order. */
  whenRoom(task: () => void): void;
  /** Adds rows to the next batch. They are written together with all that is staged in this tick. */
  stage(rows: readonly Row[]): void;
  /** Runs `release` when everything staged so far is on disk; at once where it is. In order. */
  whenDurable(release: () => void): void;
  /** Resolves when everything staged so far is on disk. Rejects once a batch was not written. */
  settled(): Promise<void>;
  /** How many batches and rows were written. */
  counts(): { batches: number; rows: number };
};

/**
 * @param onFailure - called once when a batch was not written. Nothing is released after it:
 *   the batch may or may not be on disk, so the process must end and the store be opened anew.
 */
export const makeCommitter = (storage: Storage, onFailure: (error: unknown) => void): Committer => {
  /** Rows not yet on disk, newest value first to be found. */
  let staged = new Map<string, string | undefined>();
  let writing = new Map<string, string | undefined>();
  /** Counts groups: the staged one is `group`, all before `durable` are on disk. */
  let group = 1;
  let durable = 0;
  let running = false;
  let failed = false;
  const waiting: { group: number; release: () => void }[] = [];
  const unsettled = new Set<(error: Error) => void>();
  const counts = { batches: 0, rows: 0 };

  const releaseDurable = () => {
    while (waiting[0] !== undefined && waiting[0].group <= durable) waiting.shift()!.release();
  };

  const run = async () => {
    running = true;
    // Turns that end in the same tick join the first batch.
    await undefined;
    while (staged.size > 0 && !failed) {
      writing = staged;
      staged = new Map();
      const current = group;
      group += 1;
      try {
        await storage.write([...writing]);
      } catch (error) {
        failed = true;
        waiting.length = 0;
        for (const reject of unsettled) reject(notWritten());
        onFailure(error);
        return;
      }
      counts.batches += 1;
      counts.rows += writing.size;
      writing = new Map();
      durable = current;
      releaseDurable();
    }
    running = false;
  };

  const whenDurable = (release: () => void) => {
    const newest = staged.size > 0 ? group : group - 1;
    if (newest <= durable && waiting.length === 0) release();
    else if (!failed) waiting.push({ group: newest, release });
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
    whenRoom: (task: () => void) => task(),
    async list(prefix: string, { after = '', limit = Infinity }: ListOptions = {}) {
      // What is written while the disk is read may be missing there, and here afterwards.
      const before = [...writing, ...staged];
      const onDisk = new Map(await storage.list(prefix));
      for (const [key, value] of [...before, ...writing, ...staged]) {
        if (!key.startsWith(prefix)) continue;
        if (value === undefined) onDisk.delete(key);
        else onDisk.set(key, value);
      }
      return [...onDisk]
        .filter(([key]) => key > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit);
    },
    stage(rows: readonly Row[]) {
      if (failed) return;
      for (const [key, value] of rows) staged.set(key, value);
      if (!running && staged.size > 0) void run();
    },
    whenDurable,
    settled,
    counts: () => ({ ...counts }),
  });
};
