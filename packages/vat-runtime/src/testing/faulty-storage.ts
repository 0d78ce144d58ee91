/** A storage that is slow, or fails, when and how a test says. */
import type { Row, Storage } from '../store/storage.ts';

/** Where a write fails: before anything of it is on disk, or after all of it is. */
export type FaultMoment = 'before' | 'after';

export type FaultPlan = {
  /** Each write takes this much longer, as on a disk with a slow `fsync`. */
  readonly delayMilliseconds?: number;
  /** The write with this number, from 1, and all that follow reject. */
  readonly fail?: { readonly write: number; readonly when: FaultMoment; readonly error: Error };
};

export type FaultyStorage = {
  readonly storage: Storage;
  /** Writes begin, and wait. */
  hold(): void;
  /** Lets through what waits, and what comes. */
  release(): void;
  /** Lets through the write that has waited longest, and nothing else. */
  releaseOne(): void;
  /** The rows of the writes that wait. */
  held(): readonly (readonly Row[])[];
  /** Every write that is let through from now on rejects. */
  fail(error: Error, when?: FaultMoment): void;
  /** The write with this number, and all that follow, reject. */
  failAt(write: number, error: Error, when?: FaultMoment): void;
  /** How many writes have begun. */
  writes(): number;
};

/** @param plan - without one it does what the storage does */
export const makeFaultyStorage = (inner: Storage, plan: FaultPlan = {}): FaultyStorage => {
  let writes = 0;
  let holding = false;
  let fault = plan.fail;
  const waiting: { rows: readonly Row[]; proceed: () => void }[] = [];

  const storage: Storage = Object.freeze({
    ...inner,
    async write(rows: readonly Row[]) {
      writes += 1;
      const number = writes;
      if (holding) {
        await new Promise<void>((proceed) => {
          waiting.push({ rows, proceed });
        });
      }
      if (plan.delayMilliseconds !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, plan.delayMilliseconds));
      }
      const failing = fault !== undefined && number >= fault.write ? fault : undefined;
      if (failing?.when === 'before') throw failing.error;
      await inner.write(rows);
      if (failing !== undefined) throw failing.error;
    },
  });

  return Object.freeze({
    storage,
    hold() {
      holding = true;
    },
    release() {
      holding = false;
      for (const { proceed } of waiting.splice(0)) proceed();
    },
    releaseOne: () => waiting.shift()?.proceed(),
    held: () => waiting.map(({ rows }) => rows),
    fail(error: Error, when: FaultMoment = 'before') {
      fault = { write: 0, when, error };
    },
    failAt(write: number, error: Error, when: FaultMoment = 'before') {
      fault = { write, when, error };
    },
    writes: () => writes,
  });
};
