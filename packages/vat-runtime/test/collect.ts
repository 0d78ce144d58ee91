/** Garbage collection on demand. Node must run with `--expose-gc`. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Collects until `done` says so. @throws where it never does */
export const collectUntil = async (done: () => boolean): Promise<void> => {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw Error('Cannot collect garbage: run node with --expose-gc');
  for (let round = 0; round < 100; round += 1) {
    if (done()) return;
    // What `done` has looked at through a WeakRef stays until the end of the job.
    await nextTask();
    gc();
    // Finalizers run as tasks of their own, and so do the messages that they send.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw Error('Cannot collect garbage: what should be gone is still there');
};
