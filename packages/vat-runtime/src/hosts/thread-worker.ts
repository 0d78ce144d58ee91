/** The thread of a vat host. */
import '../machine/lockdown.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { digests } from '../machine/integrity.ts';
import { openLevelReader } from '../machine/level-storage.ts';
import { addRejectionTaker } from '../machine/rejections.ts';
import { type HostCommand, type HostReport, makeVatHost } from '../vat/host.ts';
import { BEGUN, ENDED, type ThreadMessage } from './thread.ts';
import { makeVatConsole } from './vat-console.ts';

const port = parentPort!;
const { directory, counters } = workerData as { directory: string; counters: Int32Array };
const reader = await openLevelReader(directory);

/** As many commands or reports go in one message at most: what was not said yet is lost if a vat hangs. */
const maxUnsaid = 64;
/** Nor do they wait for longer than so many milliseconds: others' answers are among them. */
const maxUnsaidMillis = 10;
let reports: HostReport[] = [];
let carriedOut = 0;
let saidAt = 0;
const say = (message: ThreadMessage) => port.postMessage(message);
const flush = () => {
  if (carriedOut === 0 && reports.length === 0) return;
  say({ carriedOut, reports });
  carriedOut = 0;
  reports = [];
  saidAt = performance.now();
};

const host = makeVatHost({
  read: (vat, key) => reader.get(`v/${vat}/${key}`),
  drained: () => new Promise((resolve) => setImmediate(resolve)),
  report: (report) => void reports.push(report),
  onBegin: () => void Atomics.add(counters, BEGUN, 1),
  onEnd() {
    Atomics.add(counters, ENDED, 1);
    carriedOut += 1;
    if (carriedOut >= maxUnsaid || performance.now() - saidAt > maxUnsaidMillis) flush();
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
say('ready');
