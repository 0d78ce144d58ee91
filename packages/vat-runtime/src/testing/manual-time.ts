/** Time that passes when a test says so. */
import type { TimeSource } from '../machine/system-time.ts';

export type ManualTime = TimeSource & {
  /** Lets time pass: both clocks go on, and what became due runs, in order. */
  pass(milliseconds: number): void;
  /** Sets the machine's clock forward, or back, as a person or NTP would. No time passes. */
  step(milliseconds: number): void;
};

/** @param start - what the machine's clock shows at first, in milliseconds since 1970 */
export const makeManualTime = (start = 1_800_000_000_000): ManualTime => {
  let wall = start;
  let monotonic = 0;
  const tasks = new Set<{ at: number; task: () => void }>();
  return Object.freeze({
    wall: () => wall,
    monotonic: () => monotonic,
    after(milliseconds: number, task: () => void) {
      const entry = { at: monotonic + Math.max(milliseconds, 0), task };
      tasks.add(entry);
      return () => void tasks.delete(entry);
    },
    pass(milliseconds: number) {
      const end = monotonic + milliseconds;
      for (;;) {
        const [next] = [...tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        tasks.delete(next);
        wall += next.at - monotonic;
        monotonic = next.at;
        next.task();
      }
      wall += end - monotonic;
      monotonic = end;
    },
    step(milliseconds: number) {
      wall += milliseconds;
    },
  });
};
