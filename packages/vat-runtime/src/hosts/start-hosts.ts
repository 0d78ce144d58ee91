/** Hosts as the program runs them: threads for vats of our own packages, a process for each owner. */
import type { StartHost } from './host-handle.ts';
import { startVatProcess } from './process.ts';
import { startVatThread } from './thread.ts';

export type HostSizes = {
  /** Heap of a thread, in MiB. Room for some ten thousand vats, and a bound on what one mistake can take. */
  readonly threadHeapMebibytes: number;
  /** Heap of a process, in MiB: with the runtime and what is not heap, under the policy's `maxResidentBytes`. */
  readonly guestHeapMebibytes: number;
  /** What a process may report at once: the rows and messages of one delivery. */
  readonly maxReportBytes: number;
};

export const defaultHostSizes: HostSizes = Object.freeze({
  threadHeapMebibytes: 1024,
  guestHeapMebibytes: 128,
  maxReportBytes: 32 << 20,
});

/** @param storeDirectory - where LevelDB keeps the store, which threads read themselves */
export const makeHostStarter = (
  storeDirectory: string,
  sizes: Partial<HostSizes> = {},
): StartHost => {
  const { threadHeapMebibytes, guestHeapMebibytes, maxReportBytes } = {
    ...defaultHostSizes,
    ...sizes,
  };
  return (place, events, read) =>
    place.kind === 'shared'
      ? startVatThread({ directory: storeDirectory, heapMebibytes: threadHeapMebibytes }, events)
      : startVatProcess({ heapMebibytes: guestHeapMebibytes, maxReportBytes }, events, read);
};
