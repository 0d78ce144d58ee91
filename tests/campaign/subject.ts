/** The campaign's side of the process that is crashed; `subject-process.ts` is the other side. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { Moment } from './die-at.ts';
import type { Vat } from './workload.ts';

/** What the process is told. */
export type Order = {
  readonly directory: string;
  /** To make when the node is founded. */
  readonly vats: readonly Vat[];
  /** Writes are not synced. */
  readonly unsynced?: boolean;
  /** When the process ends itself. */
  readonly moment?: Moment;
};

/** What the process says when it can be reached. */
export type Ready = {
  readonly pid: number;
  readonly sturdyRefs: readonly string[];
  /** How many writes the store was given so far. */
  readonly writes: number;
};

export type Outcome = {
  /** undefined after a signal. */
  readonly code: number | undefined;
  readonly stderr: string;
  /** How many writes there were. Only known of a process that stopped as it was told. */
  readonly writes: number | undefined;
};

export type Subject = {
  /** Rejects where the process ends before. */
  readonly ready: Promise<Ready>;
  /** The roots of the vats, over a link. */
  connect(): Promise<readonly unknown[]>;
  /** As by `kill -9`. */
  kill(): void;
  wasKilled(): boolean;
  /** Stops it in an orderly way. */
  stop(): void;
  readonly ended: Promise<Outcome>;
};

/** Nothing takes nearly as long; what does hangs. */
const patienceMillis = 30_000;

/** @throws where it takes too long, saying what did not come */
export const within = async <T>(
  what: string,
  promise: Promise<T>,
  millis = patienceMillis,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Error(`${what} did not come in ${millis} ms`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

const running = new Set<() => void>();
// Whatever ends this process, no subject outlives it.
process.on('exit', () => {
  for (const kill of running) kill();
});

const program = fileURLToPath(new URL('./subject-process.js', import.meta.url));
const random = (byteLength: number) => new Uint8Array(randomBytes(byteLength));

/** @param tracer - a command that runs the one after it, such as strace with its options */
export const startSubject = (order: Order, tracer: readonly string[] = []): Subject => {
  const [command, ...args] = [...tracer, process.execPath, program, JSON.stringify(order)];
  const child = spawn(command!, args, { stdio: 'pipe' });
  let pid = tracer.length === 0 ? child.pid : undefined;
  let killed = false;
  const kill = () => {
    killed = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    // A traced process whose number we do not know yet ends with its standard input.
    if (pid === undefined) child.stdin.end();
    else process.kill(pid, 'SIGKILL');
  };
  running.add(kill);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => void lines.push(line));
  const ended = once(child, 'close').then(([code]): Outcome => {
    running.delete(kill);
    const last = lines[1] === undefined ? undefined : (JSON.parse(lines[1]) as Ready);
    return { code: (code as number | null) ?? undefined, stderr, writes: last?.writes };
  });
  const ready = (async () => {
    const first = once(reader, 'line').then(([line]) => JSON.parse(line as string) as Ready);
    const early = ended.then(() => {
      throw Error(`The node ended before it could be reached: ${stderr}`);
    });
    const said = await within('the node', Promise.race([first, early]));
    pid = said.pid;
    return said;
  })();
  ready.catch(() => {});
  return {
    ready,
    async connect() {
      const { sturdyRefs } = await ready;
      const powers = {
        dial: dialChannel,
        ciphers: nodeCiphers,
        random,
        later: (task: () => void) => void setImmediate(task),
      };
      const session = await connect(sturdyRefs[0]!, powers);
      void ended.then(() => session.close());
      return Promise.all(sturdyRefs.map((sturdyRef) => session.enliven(sturdyRef)));
    },
    kill,
    wasKilled: () => killed,
    stop: () => void child.stdin.end(),
    ended,
  };
};
