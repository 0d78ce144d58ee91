/** The thread of a vat host. Its vats read the store through a handle of its own. */
import '../machine/lockdown.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { makeVatHost, type HostCommand, type HostReport } from '../vat/host.ts';
import { openLevelReader } from '../machine/level-storage.ts';
import { digests } from '../machine/integrity.ts';
import { addRejectionTaker } from '../machine/rejections.ts';
import { makeVatConsole } from './vat-console.ts';

const port = parentPort!;
const { directory } = workerData as { directory: string };
const reader = await openLevelReader(directory);

let reports: HostReport[] = [];
const flush = () => {
  if (reports.length === 0) return;
  port.postMessage(reports);
  reports = [];
};

const host = makeVatHost({
  read: (vat, key) => reader.get(`v/${vat}/${key}`),
  drained: () => new Promise((resolve) => setImmediate(resolve)),
  report: (report) => {
    reports.push(report);
    if (reports.length >= 64) flush();
  },
  idle: flush,
  makeConsole: makeVatConsole,
  digests,
});

addRejectionTaker(host.noteRejection);

port.on('message', (message: HostCommand[] | 'stop') => {
  if (message !== 'stop') {
    for (const command of message) host.command(command);
    return;
  }
  void host
    .stop()
    .then(() => reader.close())
    .then(() => port.close());
});
