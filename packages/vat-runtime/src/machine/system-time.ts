/** Where time comes from, and the machine's. */

/** All in milliseconds. */
export type TimeSource = {
  /** Since the start of 1970, as the machine believes. It may be set to anything at any time. */
  wall(): number;
  /** Since some moment. It never jumps. */
  monotonic(): number;
  /** Runs `task` later. @returns what cancels it */
  after(milliseconds: number, task: () => void): () => void;
};

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
