/** The machine's time. */
import type { TimeSource } from './node-clock.ts';

export const systemTime: TimeSource = Object.freeze({
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds: number, task: () => void) {
    const timer = setTimeout(task, milliseconds);
    // A node that has nothing else to do may end.
    timer.unref();
    return () => clearTimeout(timer);
  },
});
