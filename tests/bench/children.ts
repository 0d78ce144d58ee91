/** The CPU time of the processes that this one has started and that still run: those of guests' vats. */
import { readFileSync, readdirSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process or the thread has ended, or this is not Linux.
    return '';
  }
};
const list = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

const childrenOf = (process: string): string[] =>
  list(`/proc/${process}/task`).flatMap((thread) =>
    read(`/proc/${process}/task/${thread}/children`).split(' ').filter(Boolean),
  );

/** In microseconds. The kernel counts nanoseconds on a CPU for each thread. */
const microsOf = (process: string): number =>
  list(`/proc/${process}/task`).reduce(
    (sum, thread) =>
      sum + Number(read(`/proc/${process}/task/${thread}/schedstat`).split(' ')[0]) / 1_000,
    0,
  );

export const childrenCpuMicros = (): number =>
  childrenOf('self').reduce((sum, child) => sum + microsOf(child), 0);
