/** What a test has begun and must end: processes, browsers, servers, folders. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Takes a task that undoes something. Later ones run first. */
export type Cleanup = (undo: () => unknown) => void;

/**
 * @param after - registers a hook; `after` of `node:test`, or that of one test
 *
 * @example
 * const cleanup = makeCleanup((hook) => t.after(hook));
 */
export const makeCleanup = (after: (hook: () => Promise<void>) => void): Cleanup => {
  const undos: (() => unknown)[] = [];
  after(async () => {
    const failures: unknown[] = [];
    for (const undo of undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        // The others must end all the same.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Cannot clean up');
  });
  return (undo) => void undos.push(undo);
};

/** A new empty folder. */
export const makeFolder = (cleanup: Cleanup): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-test-'));
  cleanup(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
