/**
 * Notices hosts whose command takes too long, or that take too much memory.
 *
 * Time is counted in steps of its own timer, one for each round of this thread's loop at most: while
 * the machine is asleep or this thread is busy no time passes for anybody.
 */
import type { TimeSource } from '../machine/system-time.ts';

export type Watched = {
  /** What it is at, as a number that differs from one to the next; undefined for nothing. */
  current(): number | undefined;
  /** Whether it is at something or soon will be. */
  isBusy(): boolean;
  /** How long that may take, in milliseconds. */
  readonly limit: () => number;
  onOverdue(current: number): void;
  /** Called at each step. */
  look(): void;
};

export type Watchdog = {
  /** @returns what ends the watch */
  watch(watched: Watched): () => void;
  /** Somebody has something to do now. */
  wake(): void;
};

export const makeWatchdog = (
  time: Pick<TimeSource, 'after'>,
  stepMilliseconds: number,
): Watchdog => {
  const all = new Map<Watched, { current: number | undefined; steps: number }>();
  let isAwake = false;
  const step = () => {
    isAwake = false;
    for (const [watched, seen] of all) {
      const current = watched.current();
      if (watched.isBusy()) wake();
      if (current === undefined || current !== seen.current) {
        all.set(watched, { current, steps: 0 });
      } else {
        seen.steps += 1;
        if (seen.steps * stepMilliseconds >= watched.limit()) watched.onOverdue(current);
      }
      watched.look();
    }
  };
  const wake = () => {
    if (isAwake) return;
    isAwake = true;
    time.after(stepMilliseconds, step);
  };
  return Object.freeze({
    watch(watched: Watched) {
      all.set(watched, { current: undefined, steps: 0 });
      return () => void all.delete(watched);
    },
    wake,
  });
};
