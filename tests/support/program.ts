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

export type Surroundings = {
  /** The folder to run in. */
  readonly cwd?: string;
  /** The terminal's language, as in the variable LANG. */
  readonly lang?: string;
  /** Its standard error is open, and nobody reads it. */
  readonly isUnread?: boolean;
};

const running = new Set<ChildProcess>();
// Whatever ends this process, no program outlives it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

type Process = {
  stdout(): string;
  stderr(): string;
  /** Whether it runs no more. */
  over(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Waits for the end. One that does not come is brought about. */
  end(): Promise<Outcome>;
};

const spawnProgram = (
  args: readonly string[],
  { cwd, lang = 'en_US.UTF-8', isUnread = false }: Surroundings = {},
): Process => {
  // Flags of this process are not those of the program.
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, LC_ALL: lang, LC_MESSAGES: lang, LANG: lang },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  let over = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  if (!isUnread) child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, isUnread ? 'exit' : 'close').then(([code]) => {
    running.delete(child);
    over = true;
    return { code: (code as number | null) ?? -1, stdout, stderr };
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    over: () => over,
    kill: (signal) => child.kill(signal),
    async end() {
      const killer = setTimeout(() => child.kill('SIGKILL'), patienceMillis);
      try {
        return await ended;
      } finally {
        clearTimeout(killer);
      }
    },
  };
};

/** Runs a command of the program that ends by itself. */
export const runProgram = (
  args: readonly string[],
  surroundings?: Surroundings,
): Promise<Outcome> => spawnProgram(args, surroundings).end();

export type StartedProgram = {
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
  /** Sends a signal and waits for the end. A program that does not heed it is killed in the end. */
  end(signal: NodeJS.Signals): Promise<Outcome>;
};

/** Runs a command that goes on, until it has said what is waited for. */
export const startProgram = async (
  cleanup: Cleanup,
  args: readonly string[],
  isReady: (stdout: string) => boolean,
  surroundings?: Surroundings,
): Promise<StartedProgram> => {
  const started = spawnProgram(args, surroundings);
  const { stdout, stderr } = started;
  let told = false;
  const end = (signal: NodeJS.Signals): Promise<Outcome> => {
    told = true;
    started.kill(signal);
    return started.end();
  };
  cleanup(async () => {
    const died = started.over() && !told;
    await end('SIGKILL');
    // Whatever else the test found, this is why.
    if (died) throw Error(`The program ended by itself: ${stderr()}`);
  });
  await until('the words that it is ready', () => {
    if (started.over()) throw Error(`The program ended before it was ready: ${stderr()}`);
    return isReady(stdout());
  });
  return { stdout, stderr, end };
};

export type StartedNode = StartedProgram & {
  /** Opens the operator's wallet. */
  readonly url: string;
  /** Where its pages are: `url` without the secret. */
  readonly origin: string;
  readonly port: string;
  readonly designator: string;
  readonly data: string;
};

/** `pocas start --json`, until it is ready. @param args - what else to say; by default, a free port */
export const startNode = async (
  cleanup: Cleanup,
  { data, args }: { data: string; args?: readonly string[] },
  surroundings?: Surroundings,
): Promise<StartedNode> => {
  const more = args ?? ['--port', await freePort()];
  const all = ['start', '--json', '--data', data, ...more];
  const started = await startProgram(cleanup, all, (stdout) => stdout.includes('\n'), surroundings);
  const [line] = started.stdout().split('\n');
  const said = JSON.parse(line!) as { url: string; designator: string; data: string };
  const { origin, port } = new URL(said.url);
  return { ...started, ...said, origin, port };
};

/** Another start on the same data, at the same address. */
export const startAgain = (cleanup: Cleanup, { data, port }: StartedNode): Promise<StartedNode> =>
  startNode(cleanup, { data, args: ['--port', port] });

/** `pocas invite`, for a person who opens it in a browser. */
export const invite = async ({ data }: StartedNode): Promise<string> => {
  const { stdout } = await runProgram(['invite', '--json', '--data', data]);
  return (JSON.parse(stdout) as { url: string }).url;
};

/** `pocas invite --market`, for a person who has a wallet on another node. */
export const inviteToMarket = async ({ data }: StartedNode): Promise<string> => {
  const { stdout } = await runProgram(['invite', '--market', '--json', '--data', data]);
  return (JSON.parse(stdout) as { sturdyRef: string }).sturdyRef;
};
