/**
 * The process of an owner: a vat host that has two pipes and nothing else.
 *
 * Commands come over one. Over the other, which blocks, it says what each command did before it
 * begins the next, and asks for rows.
 */
import '../machine/lockdown.ts';
import { closeSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { digests } from '../machine/integrity.ts';
import { addRejectionTaker } from '../machine/rejections.ts';
import { type HostReport, makeVatHost } from '../vat/host.ts';
import { frameOf, headerBytes, makeFrameReader } from './frames.ts';
import { makeVatConsole } from './vat-console.ts';
import { type FromChild, type RowAnswer, decodeCommand } from './wire.ts';

const COMMANDS = 3;
const REPORTS = 4;

// What the node's own parent left open for everybody.
for (const inherited of process.argv.slice(2)) closeSync(Number(inherited));
// The node says when to end, also where a terminal or a service manager tells all at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const say = (message: FromChild): void => {
  const frame = frameOf(JSON.stringify(message));
  for (let at = 0; at < frame.length; at += writeSync(REPORTS, frame, at));
};

const readBytes = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const count = readSync(REPORTS, bytes, at, length - at, null);
    // The node is gone.
    if (count === 0) process.exit(1);
    at += count;
  }
  return bytes;
};
const hear = (): RowAnswer =>
  JSON.parse(readBytes(readBytes(headerBytes).readUInt32BE()).toString('utf8')) as RowAnswer;

let reports: HostReport[] = [];
let carriedOut = 0;
const flush = () => {
  if (carriedOut === 0 && reports.length === 0) return;
  say({ type: 'done', carriedOut, reports });
  carriedOut = 0;
  reports = [];
};

const host = makeVatHost({
  readsStaged: true,
  read(vat, key) {
    // The node must know of all rows that were written before.
    flush();
    say({ type: 'read', vat, key });
    const answer = hear();
    if ('error' in answer) throw Error(answer.error);
    return answer.value;
  },
  drained: () => new Promise((resolve) => setImmediate(resolve)),
  report: (report) => void reports.push(report),
  onEnd() {
    carriedOut += 1;
    flush();
  },
  idle: flush,
  makeConsole: makeVatConsole,
  digests,
});

addRejectionTaker(host.noteRejection);

const take = makeFrameReader(2 ** 32, (text) => {
  const command = decodeCommand(text);
  if (command.type !== 'stop') host.command(command);
  else void host.stop().then(() => process.exit(0));
});
new Socket({ fd: COMMANDS })
  .on('data', (piece: Buffer) => void take(piece))
  // The node is gone.
  .on('end', () => process.exit(1))
  .on('error', () => process.exit(1));
say({ type: 'ready' });
