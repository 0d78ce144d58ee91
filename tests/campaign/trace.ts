/** What a process did to the files of a folder, as strace saw it. */
import { readFileSync } from 'node:fs';

/**
 * The calls that change files, and those that make changes last. Some have no part in the model of a
 * disk (`disk.ts`); they are watched so that their use is noticed.
 */
const modelled = [
  'creat',
  'open',
  'openat',
  'write',
  'pwrite64',
  'ftruncate',
  'rename',
  'renameat',
  'renameat2',
  'unlink',
  'unlinkat',
  'mkdir',
  'mkdirat',
  'fsync',
  'fdatasync',
];
const foreign = [
  'writev',
  'pwritev',
  'pwritev2',
  'truncate',
  'link',
  'linkat',
  'symlink',
  'symlinkat',
  'rmdir',
  'fallocate',
  'copy_file_range',
  'sendfile',
  'splice',
];

/** More than any single write. One that is cut short in the trace is an error. */
const maxBytes = 4_194_304;

/** The command that runs another one and writes what it did to `output`. */
export const traceInto = (output: string, faults: readonly string[] = []): readonly string[] => {
  const strace = process.env['STRACE_PATH'];
  if (strace === undefined || strace === '') {
    throw Error(
      'Cannot watch a process: STRACE_PATH is not set; run this by npm test or npm run campaign, which find strace or say how to install it',
    );
  }
  const calls = [...modelled, ...foreign].join(',');
  // Threads, filtered in the kernel; the time; paths of descriptors; all text in hexadecimal.
  const flags = ['-f', '--seccomp-bpf', '-ttt', '-y', '-xx', '-s', String(maxBytes)];
  return [strace, ...flags, '-e', `trace=${calls}`, ...faults, '-o', output];
};

export type Step =
  | {
      readonly kind: 'open';
      readonly path: string;
      readonly fd: number;
      readonly create: boolean;
      readonly truncate: boolean;
      readonly append: boolean;
    }
  | {
      readonly kind: 'write';
      readonly fd: number;
      /** undefined: where the descriptor stands */
      readonly offset: number | undefined;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'truncate'; readonly fd: number; readonly length: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  /** A sync begins; it covers what was done before. */
  | { readonly kind: 'syncing'; readonly fd: number; readonly thread: string }
  /** It has succeeded. */
  | { readonly kind: 'synced'; readonly fd: number; readonly thread: string };

/** `at`: by the clock of the machine, in milliseconds; what came after was done later. */
export type Traced = Step & { readonly at: number };

export type Trace = {
  readonly steps: readonly Traced[];
  /** Calls that a fault was injected into. */
  readonly faults: number;
  /** Files with a write of which the trace does not say whether it was done. */
  readonly unsure: ReadonlySet<string>;
};

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const hex = String.raw`(?:\\x[0-9a-f]{2})*`;
const strings = new RegExp(`"(${hex})"`, 'g');
const firstDescriptor = new RegExp(String.raw`^\w+\((\d+)<(${hex})>`);

const cannot = (line: string): Error => Error(`Cannot read trace: ${line.slice(0, 300)}`);

/** @param call - name and arguments, to the closing parenthesis @param result - what it returned */
const stepOf = (name: string, call: string, result: number): Step | undefined => {
  const texts = [...call.matchAll(strings)].map(([, text]) => unhex(text!));
  const fd = Number(firstDescriptor.exec(call)?.[1]);
  switch (name) {
    case 'creat':
    case 'open':
    case 'openat': {
      const has = (flag: string) => call.includes(flag) || name === 'creat';
      return {
        kind: 'open',
        path: texts[0]!.toString(),
        fd: result,
        create: has('O_CREAT'),
        truncate: has('O_TRUNC'),
        append: call.includes('O_APPEND'),
      };
    }
    case 'write':
    case 'pwrite64': {
      const offset = name === 'write' ? undefined : Number(/, (\d+)\)$/.exec(call)?.[1]);
      return { kind: 'write', fd, offset, bytes: texts[0]!.subarray(0, result) };
    }
    case 'ftruncate':
      return { kind: 'truncate', fd, length: Number(/, (\d+)\)$/.exec(call)?.[1]) };
    case 'rename':
    case 'renameat':
    case 'renameat2':
      return { kind: 'rename', from: texts[0]!.toString(), to: texts[1]!.toString() };
    case 'unlink':
    case 'unlinkat':
      return { kind: 'unlink', path: texts[0]!.toString() };
    case 'mkdir':
    case 'mkdirat':
      return { kind: 'mkdir', path: texts[0]!.toString() };
    default:
      return undefined;
  }
};

/**
 * Reads a trace. A call that lasted while others were made stands in it twice, at its begin and at
 * its end; what it did counts from its end, since only then could anybody have relied on it.
 *
 * @param folder - absolute, without symbolic links; calls on files elsewhere are left out
 */
export const readTrace = (path: string, folder: string): Trace => {
  // By the descriptor or the name that a call is about, and not by what it writes.
  const root = [...Buffer.from(folder)]
    .map((byte) => `\\\\x${byte.toString(16).padStart(2, '0')}`)
    .join('');
  const inside = new RegExp(
    String.raw`^\w+\((?:\d+<|(?:AT_FDCWD<${hex}>, )?")${root}(?:\\x2f|[">])`,
  );
  const steps: Traced[] = [];
  const begun = new Map<string, string>();
  let faults = 0;
  for (const line of readFileSync(path, 'latin1').split('\n')) {
    const [, thread, time, text] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
    if (thread === undefined || text === undefined) continue;
    if (text.startsWith('+++') || text.startsWith('---')) continue;
    const at = Number(time) * 1000;
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const unfinished = / <unfinished \.\.\.>$/.exec(text);
    if (unfinished !== null) begun.set(thread, text.slice(0, unfinished.index));
    const whole = resumed === null ? text : `${begun.get(thread) ?? ''}${resumed[1]}`;
    if (resumed !== null) begun.delete(thread);
    if (!inside.test(whole)) continue;
    const name = /^\w+/.exec(whole)?.[0] ?? '';
    if (whole.includes('"...')) throw cannot(whole);
    const isSync = name === 'fsync' || name === 'fdatasync';
    const fd = Number(firstDescriptor.exec(whole)?.[1]);
    if (isSync && resumed === null) steps.push({ at, kind: 'syncing', fd, thread });
    if (unfinished !== null) continue;
    const end = /^(.*\)) += (-?\d+|\?)(.*)$/.exec(whole);
    if (end === null) throw cannot(whole);
    if (end[3]!.endsWith('(INJECTED)')) faults += 1;
    // A process that was killed in a call has a question mark there.
    const result = end[2] === '?' ? -1 : Number(end[2]);
    if (end[2] === '?') begun.set(thread, end[1]!);
    if (result < 0) continue;
    if (foreign.includes(name))
      throw Error(`Cannot follow "${name}": the model of a disk lacks it`);
    const step = isSync ? ({ kind: 'synced', fd, thread } as const) : stepOf(name, end[1]!, result);
    if (step === undefined) throw cannot(whole);
    steps.push({ at, ...step });
  }
  const unsure = new Set<string>();
  for (const call of begun.values()) {
    const [, , path] = firstDescriptor.exec(call) ?? [];
    if (path !== undefined) unsure.add(unhex(path).toString());
    for (const [, text] of call.matchAll(strings)) unsure.add(unhex(text!).toString());
  }
  return { steps, faults, unsure };
};
