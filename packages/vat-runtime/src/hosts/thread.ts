/** A host on a thread of this process, for vats of our own packages. It reads the store through a handle of its own. */
import { Worker } from 'node:worker_threads';
import type { HostReport } from '../vat/host.ts';
import { type HostEvents, type HostHandle, makeOutbox } from './host-handle.ts';

export type ThreadOptions = {
  /** Of the store. */
  readonly directory: string;
  /** A help, and no protection: most overflows of the heap end the thread, and some the process. */
  readonly heapMebibytes: number;
};

/** Where the thread counts its commands, for whoever watches it: see `HostHandle.progress`. */
export const BEGUN = 0;
export const ENDED = 1;

/** What the thread says: first that it is ready, then how many commands were carried out, with their reports. */
export type ThreadMessage = 'ready' | { carriedOut: number; reports: HostReport[] };

export const startVatThread = (
  { directory, heapMebibytes }: ThreadOptions,
  events: HostEvents,
): HostHandle => {
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./thread-worker.js', import.meta.url), {
    workerData: { directory, counters },
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytes },
  });
  const outbox = makeOutbox((commands) => worker.postMessage(commands));
  let stopping = false;
  let failure: string | undefined;
  worker.on('message', (message: ThreadMessage) => {
    if (message === 'ready') return events.onReady();
    for (const report of message.reports) events.onReport(report);
    events.onCarriedOut(message.carriedOut);
  });
  // An error is always followed by an exit.
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    // Its message may repeat what a vat holds.
    failure = isMemory ? 'it used too much memory' : `it failed (${error.code ?? error.name})`;
  });
  worker.on('exit', () => {
    if (stopping && failure === undefined) {
      return events.onEnd({ reason: 'it was stopped', isFault: false });
    }
    events.onEnd({ reason: failure ?? 'its thread ended', isFault: true });
  });
  return Object.freeze({
    readsStaged: false,
    command: outbox.add,
    progress() {
      // The end of a command is counted after its beginning, so it is read first.
      const ended = Atomics.load(counters, ENDED);
      const begun = Atomics.load(counters, BEGUN);
      return { begun, isRunning: begun !== ended };
    },
    kill: () => void worker.terminate(),
    stop() {
      stopping = true;
      outbox.flush();
      worker.postMessage('stop');
    },
  });
};
