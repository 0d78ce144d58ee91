/**
 * A host in a process of its own, for the vats of one owner whose modules come from elsewhere.
 *
 * It gets no environment, no files but those of this library and its packages, and two pipes. What it
 * says is believed as far as it says it of its own vats: see `check-reports.ts`, and `take` below.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTokenBucket } from '../switchboard/token-bucket.ts';
import { WireViolation } from '../switchboard/wire.ts';
import type { HostCommand, HostReport } from '../vat/host.ts';
import { ReportViolation, checkFromChild } from './check-reports.ts';
import { frameOf, makeFrameReader } from './frames.ts';
import {
  type HostEnd,
  type HostEvents,
  type HostHandle,
  type ReadRow,
  isAwaited,
  makeOutbox,
} from './host-handle.ts';
import { makeResidentSize } from './resident-size.ts';
import { type RowAnswer, encodeCommand } from './wire.ts';

export type ProcessOptions = {
  /** Past it V8 ends the process. */
  readonly heapMebibytes: number;
  /** The longest that it may say at once. */
  readonly maxReportBytes: number;
  /** What runs there. Default: the program of a vat host. */
  readonly program?: string;
};

/** What it may say while it has nothing to do: drops of what was collected, and the rows for those. */
const maxUnasked = 4096;
/** Of what it prints before it is ready, so that the operator learns why it does not start. */
const maxComplaint = 2000;

/**
 * Milliseconds of the node's own thread that taking what it says may cost in a second, and at once.
 * Past that it is read later, and waits.
 */
const takingRate = { perSecond: 500, burst: 250 };

/** Signals by which somebody outside ends a process. */
const fromOutside: readonly (string | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];

const child = fileURLToPath(new URL('./process-child.js', import.meta.url));

/**
 * Node's permission model, by which the process opens no file but those it runs from, starts no
 * other process or thread and loads no native code.
 */
const permissions = (program: string): string[] => {
  const flags = process.allowedNodeEnvironmentFlags;
  const flag = ['--permission', '--experimental-permission'].find((name) => flags.has(name));
  if (flag === undefined) return [];
  const home = fileURLToPath(new URL('../..', import.meta.url));
  const readable = [program, join(home, 'package.json'), `${join(home, 'dist')}/`];
  for (let folder = home; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) readable.push(`${modules}/`);
    if (dirname(folder) === folder) break;
  }
  return [flag, ...readable.map((path) => `--allow-fs-read=${path}`)];
};

/** Linux ends the process with this one, also where it hangs and does not notice that its pipes are closed. */
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
const withNode: readonly string[] =
  process.platform === 'linux' && setpriv !== undefined
    ? [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', '--']
    : [];

/**
 * Descriptors that whoever started this process left open for all that it starts. Node marks those
 * that it opens itself, and of the others only the lowest.
 */
const inheritable = (): string[] => {
  if (process.platform !== 'linux') return [];
  const closeOnExec = 0o2000000;
  return readdirSync('/proc/self/fdinfo').filter((fd) => {
    if (Number(fd) <= 4) return false;
    try {
      const [, flags] = /^flags:\s*([0-7]+)$/m.exec(
        readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'),
      )!;
      return (Number.parseInt(flags!, 8) & closeOnExec) === 0;
    } catch {
      // It was that of the folder that is read.
      return false;
    }
  });
};

const start = ({ heapMebibytes, program = child }: ProcessOptions): ChildProcess => {
  const [command, ...args] = [
    ...withNode,
    process.execPath,
    `--max-old-space-size=${heapMebibytes}`,
    '--max-semi-space-size=8',
    '--no-warnings',
    ...permissions(program),
    program,
    ...inheritable(),
  ];
  return spawn(command!, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
};

const reasonOf = (code: number | null, signal: string | null): string => {
  // V8 aborts when the heap is full.
  if (signal === 'SIGABRT' || signal === 'SIGTRAP') return 'it used too much memory, or crashed';
  return signal === null ? `it ended by itself (exit code ${code})` : `it was ended by ${signal}`;
};

export const startVatProcess = (
  options: ProcessOptions,
  events: HostEvents,
  read: ReadRow,
): HostHandle => {
  const running = start(options);
  const [, , complaints, commands, pipe] = running.stdio as unknown as (Socket | null)[];
  /** The newest load of each vat that it has. */
  const loads = new Map<string, number>();
  /** Commands that are not carried out yet, by number. */
  const outstanding = new Map<number, HostCommand>();
  let lastCommand = 0;
  let unasked = 0;
  let isReady = false;
  let isStopping = false;
  let complaint = '';
  /** Why nothing is heard from it any more. */
  let violation: string | undefined;

  const current = (): [number, HostCommand] | undefined => {
    // Those before it were carried out or will be at once; it would have said so before it began this.
    for (const entry of outstanding) if (isAwaited(entry[1])) return entry;
    return undefined;
  };

  const fail = (what: string): never => {
    throw new ReportViolation(what);
  };
  const checkCrank = ({ vat, load, done }: HostReport & { type: 'crank' }) => {
    const [, command] = current() ?? [];
    const newest = loads.get(vat);
    if (newest === undefined || load > newest) fail('vat');
    if (command?.type !== 'deliver' || command.vat !== vat) {
      unasked += 1;
      if (done !== undefined) fail('item');
      return;
    }
    const { delivery } = command;
    if (done !== undefined && !('item' in delivery && delivery.item === done)) fail('item');
  };
  const takeReport = (report: HostReport) => {
    switch (report.type) {
      case 'crank':
        checkCrank(report);
        break;
      case 'unloaded': {
        const { vat, load, forgotten } = report;
        const asked = [...outstanding.values()].find(({ type }) => type === 'unload');
        if (asked?.type !== 'unload' || asked.vat !== vat || asked.load !== load)
          return fail('unload');
        if (!forgotten && asked.seen === undefined) fail('unload');
        if (forgotten) loads.delete(vat);
        break;
      }
      case 'failed':
        if (!loads.delete(report.vat)) fail('vat');
    }
    events.onReport(report);
  };
  const answerRead = (vat: string, key: string) => {
    if (!loads.has(vat)) fail('vat');
    if (current() === undefined) unasked += 1;
    let answer: RowAnswer;
    try {
      const value = read(vat, key);
      answer = value === undefined ? {} : { value };
    } catch (error) {
      answer = { error: (error as Error).message };
    }
    pipe!.write(frameOf(JSON.stringify(answer)));
  };
  const takeFrame = (json: string) => {
    const message = checkFromChild(json);
    // It waits for each answer before it says anything more. Otherwise they would gather here.
    if (pipe!.writableLength > 0) fail('frame');
    if (!isReady) {
      if (message.type !== 'ready') fail('frame');
      isReady = true;
      complaint = '';
      return events.onReady();
    }
    if (message.type === 'ready') return fail('frame');
    if (message.type === 'read') return answerRead(message.vat, message.key);
    const { carriedOut, reports } = message;
    if (carriedOut === 0 && reports.length === 0) fail('frame');
    for (const report of reports) takeReport(report);
    if (carriedOut > outstanding.size) fail('count');
    let rest = carriedOut;
    for (const number of outstanding.keys()) {
      if (rest === 0) break;
      rest -= 1;
      outstanding.delete(number);
    }
    if (carriedOut > 0) unasked = 0;
    if (unasked > maxUnasked) fail('count');
    events.onCarriedOut(carriedOut);
  };

  const kill = () => void running.kill('SIGKILL');
  const violate = (what: string) => {
    violation = what;
    kill();
  };
  const takeBytes = makeFrameReader(options.maxReportBytes, (json) => {
    if (violation !== undefined) return;
    try {
      takeFrame(json);
    } catch (error) {
      const isViolation = error instanceof ReportViolation || error instanceof WireViolation;
      if (!isViolation) throw error;
      violate(error.message);
    }
  });

  const outbox = makeOutbox((gathered) => {
    commands?.write(Buffer.concat(gathered.map((one) => frameOf(encodeCommand(one)))));
  });

  // Writing to a process that is gone fails. Its end is told by `exit`.
  for (const stream of [complaints, commands, pipe]) stream?.on('error', () => {});
  complaints?.on('data', (piece: Buffer) => {
    if (!isReady) complaint = (complaint + piece.toString('utf8')).slice(-maxComplaint);
  });
  const taking = makeTokenBucket(takingRate, () => performance.now());
  pipe?.on('data', (piece: Buffer) => {
    if (violation !== undefined) return;
    const begun = performance.now();
    if (!takeBytes(piece)) violate('Cannot take report: too long');
    const wait = taking.take(performance.now() - begun);
    if (wait === 0) return;
    pipe.pause();
    setTimeout(() => pipe.resume(), wait);
  });
  const endOf = (code: number | null, signal: string | null): HostEnd => {
    if (violation !== undefined) {
      return { reason: `it broke the protocol (${violation})`, isFault: true };
    }
    if (isStopping && code === 0) return { reason: 'it was stopped', isFault: false };
    const said = complaint === '' ? '' : `; it said: ${complaint.trim()}`;
    return {
      reason: `${reasonOf(code, signal)}${said}`,
      isFault: running.pid !== undefined && !fromOutside.includes(signal),
    };
  };
  let isOver = false;
  const finish = (end: HostEnd) => {
    if (!isOver) events.onEnd(end);
    isOver = true;
  };
  // After this event all that it wrote was read.
  running.once('close', (code, signal) => finish(endOf(code, signal)));
  running.once('error', ({ message }) => {
    // Where it could not be started there may be no `close`.
    if (running.pid === undefined) finish({ reason: message, isFault: false });
  });

  const residentBytes = running.pid === undefined ? undefined : makeResidentSize(running.pid);
  return Object.freeze({
    readsStaged: true,
    command(command: HostCommand) {
      lastCommand += 1;
      outstanding.set(lastCommand, command);
      unasked = 0;
      if (command.type === 'load') loads.set(command.vat, command.load);
      outbox.add(command);
    },
    progress() {
      const [number] = current() ?? [];
      return number === undefined
        ? { begun: lastCommand - outstanding.size, isRunning: false }
        : { begun: number, isRunning: true };
    },
    kill,
    stop() {
      isStopping = true;
      outbox.flush();
      commands?.write(frameOf(encodeCommand({ type: 'stop' })));
    },
    ...(residentBytes === undefined ? {} : { residentBytes }),
  });
};
