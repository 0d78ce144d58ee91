/** The program `pocas` as a process of its own, the way people run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from './cleanup.ts';
import { freePort } from './port.ts';
import { patienceMillis, until } from './until.ts';

// This file runs as tests/dist/support/program.js.
const bin = fileURLToPath(new URL('../../../packages/pocas/bin/pocas.mjs', import.meta.url));

/** How a process ended. `code` is -1 after a signal. */
export type Outcome = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

type Process = {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Outcome>;
};

const running = new Set<ChildProcess>();
// Whatever ends this process, no program outlives it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const spawnProgram = (args: readonly string[], cwd?: string): Process => {
  // Flags of this process are not those of the program.
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: (code as number | null) ?? -1, stdout, stderr };
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
};

/** Waits for the end; one that does not come is brought about. */
const endOf = async ({ child, ended }: Process): Promise<Outcome> => {
  const killer = setTimeout(() => child.kill('SIGKILL'), patienceMillis);
  try {
    return await ended;
  } finally {
    clearTimeout(killer);
  }
};

/** Runs a command of the program that ends by itself, in the folder `cwd`. */
export const runProgramIn = (cwd: string | undefined, ...args: string[]): Promise<Outcome> =>
  endOf(spawnProgram(args, cwd));

/** Runs a command of the program that ends by itself. */
export const runProgram = (...args: string[]): Promise<Outcome> => runProgramIn(undefined, ...args);

export type StartedNode = {
  /** Opens the operator's wallet. */
  readonly url: string;
  /** Where its pages are: `url` without the secret. */
  readonly origin: string;
  readonly port: string;
  readonly designator: string;
  readonly data: string;
  /** What the program has said so far. */
  stdout(): string;
  stderr(): string;
  /** Sends a signal and waits for the end. A program that does not heed it is killed in the end. */
  end(signal: NodeJS.Signals): Promise<Outcome>;
};

/** `pocas start --json`, until it is ready. @param args - what else to say; by default, a free port */
export const startNode = async (
  cleanup: Cleanup,
  { data, args }: { data: string; args?: readonly string[] },
): Promise<StartedNode> => {
  const started = spawnProgram([
    'start',
    '--json',
    '--data',
    data,
    ...(args ?? ['--port', await freePort()]),
  ]);
  const { child, stdout, stderr, ended } = started;
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return endOf(started);
  };
  cleanup(() => end('SIGKILL'));
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const line = await until('the ready line', () => {
    if (over) throw Error(`pocas start ended before it was ready: ${stderr()}`);
    return stdout().includes('\n') && stdout().split('\n')[0]!;
  });
  const { url, designator, data: directory } = JSON.parse(line) as Record<string, string>;
  const { origin, port: actual } = new URL(url!);
  return {
    url: url!,
    origin,
    port: actual,
    designator: designator!,
    data: directory!,
    stdout,
    stderr,
    end,
  };
};

/** Another start on the same data, at the same address. */
export const startAgain = (cleanup: Cleanup, { data, port }: StartedNode): Promise<StartedNode> =>
  startNode(cleanup, { data, args: ['--port', port] });

/** `pocas invite`, for a person who opens it in a browser. */
export const invite = async ({ data }: StartedNode): Promise<string> => {
  const { stdout } = await runProgram('invite', '--json', '--data', data);
  return (JSON.parse(stdout) as { url: string }).url;
};

/** `pocas invite --market`, for a person who has a wallet on another node. */
export const inviteToMarket = async ({ data }: StartedNode): Promise<string> => {
  const { stdout } = await runProgram('invite', '--market', '--json', '--data', data);
  return (JSON.parse(stdout) as { sturdyRef: string }).sturdyRef;
};
