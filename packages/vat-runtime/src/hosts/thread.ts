/** The node's side of its vat hosts. One interface, whatever the host runs on. */
import { Worker } from 'node:worker_threads';
import { makeVatHost, type HostCommand, type HostReport } from '../vat/host.ts';
import { makeCheckedStorage } from '../store/checked-storage.ts';
import type { Storage } from '../store/storage.ts';
import { digests, rowChecksum } from '../machine/integrity.ts';
import { addRejectionTaker } from '../machine/rejections.ts';
import { makeVatConsole } from './vat-console.ts';

export type HostHandle = {
  command(command: HostCommand): void;
  stop(): Promise<void>;
};

/** Commands that only free memory go with the next one that does more, or when many have gathered. */
const canWait = (command: HostCommand) =>
  command.type === 'durable' ||
  (command.type === 'deliver' &&
    command.delivery.kind === 'message' &&
    command.delivery.message.type === 'CTP_DROP');
const maxWaiting = 256;

/** @param onExit - called when the thread ends without having been told to */
export const startVatThread = (
  directory: string,
  onReport: (report: HostReport) => void,
  onExit: (reason: string) => void,
): HostHandle => {
  const worker = new Worker(new URL('./thread-worker.js', import.meta.url), {
    workerData: { directory },
  });
  let outgoing: HostCommand[] = [];
  let scheduled = false;
  let stopping = false;
  const flush = () => {
    scheduled = false;
    worker.postMessage(outgoing);
    outgoing = [];
  };
  worker.on('message', (reports: HostReport[]) => {
    for (const report of reports) onReport(report);
  });
  let failure = 'the thread ended';
  // An error is always followed by an exit.
  worker.on('error', (error) => {
    failure = error.message;
  });
  worker.on('exit', () => {
    if (!stopping) onExit(failure);
  });
  return Object.freeze({
    command(command: HostCommand) {
      outgoing.push(command);
      const { length } = outgoing;
      if (scheduled || (canWait(command) && length < maxWaiting)) return;
      scheduled = true;
      // One message for all commands of this tick.
      setImmediate(flush);
    },
    async stop() {
      stopping = true;
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      flush();
      worker.postMessage('stop');
      await ended;
    },
  });
};

/** A host on this thread, over any storage with a node's rows: for tests, where a vat need not be kept from looping. */
export const startInlineHost = (
  storage: Storage,
  onReport: (report: HostReport) => void,
): HostHandle => {
  const rows = makeCheckedStorage(storage, rowChecksum);
  const host = makeVatHost({
    read: (vat, key) => rows.get(`v/${vat}/${key}`),
    drained: () => new Promise((resolve) => setImmediate(resolve)),
    report: onReport,
    idle: () => {},
    makeConsole: makeVatConsole,
    digests,
  });
  const stopTaking = addRejectionTaker(host.noteRejection);
  return Object.freeze({
    command: host.command,
    async stop() {
      await host.stop();
      stopTaking();
    },
  });
};
