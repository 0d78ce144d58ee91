/** What this process has used. */

// `--expose-gc` is among the flags that the bench gives its processes.
const collect = (globalThis as { gc?: () => void }).gc!;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The heap of this thread and the resident memory of the process, in KiB, when garbage is gone. */
export const memory = async (): Promise<{ heap: number; resident: number }> => {
  // What was collected is only then given back to those who counted it.
  for (let i = 0; i < 3; i += 1) {
    collect();
    await pause(20);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 1024, resident: rss / 1024 };
};

/** User and system time of all threads, in microseconds. */
export const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Hands the figures to the bench, which reads them on standard output. */
export const say = (figures: object): void =>
  void process.stdout.write(`${JSON.stringify(figures)}\n`);
