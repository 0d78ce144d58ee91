/** A part of a siege in a process of its own, as the harness sees it; `serve-part.ts` is the other side. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Reply, Request } from './serve-part.ts';

export type Part = {
  readonly pid: number;
  /** Asks for one of the methods that the process serves. */
  ask<T>(method: string, ...args: readonly unknown[]): Promise<T>;
  /** What it wrote to standard error. */
  stderr(): string;
  isOver(): boolean;
  /** Ends the process in an orderly way; one that does not heed it is killed. */
  stop(): Promise<void>;
};

export type PartOptions = {
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  /** Runs only when nobody else wants the processor, as if on a machine of its own. */
  readonly nice?: boolean;
  /** A command that runs the program, such as one that enters a network namespace; it must keep its process. */
  readonly wrap?: readonly string[];
};

const patienceMillis = 10_000;

const running = new Set<ChildProcess>();
// Whatever ends this process, no part outlives it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @param script - compiled module that calls `servePart` */
export const startPart = async (
  script: URL,
  { flags = [], args = [], nice = false, wrap = [] }: PartOptions = {},
): Promise<Part> => {
  const program = [process.execPath, ...flags, script.pathname, ...args];
  const [command, ...rest] = [...wrap, ...(nice ? ['nice', '-n', '19'] : []), ...program];
  const child = spawn(command!, rest, { stdio: ['ignore', 2, 'pipe', 'ipc'] });
  running.add(child);
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-20_000);
  });
  let over = false;
  const waiting = new Map<number, (reply: Reply) => void>();
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    over = true;
    const error = `${script.pathname.replace(/^.*\//, '')} ended (${code ?? signal}): ${stderr}`;
    for (const [id, settle] of waiting) settle({ id, error });
    waiting.clear();
  });
  child.on('message', (reply: Reply) => {
    const settle = waiting.get(reply.id);
    waiting.delete(reply.id);
    settle?.(reply);
  });
  let last = 0;
  const ask = <T>(method: string, ...args: readonly unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      if (over) return reject(Error(`Cannot ask: the process ended: ${stderr}`));
      last += 1;
      waiting.set(last, ({ error, answer }) =>
        error === undefined ? resolve(answer as T) : reject(Error(error)),
      );
      child.send({ id: last, method, args } satisfies Request, (error) => {
        if (error) reject(error);
      });
    });
  const stop = async () => {
    if (child.connected) child.disconnect();
    const killer = setTimeout(() => child.kill('SIGKILL'), patienceMillis);
    await ended;
    clearTimeout(killer);
  };
  const part = { pid: child.pid!, ask, stderr: () => stderr, isOver: () => over, stop };
  try {
    await ask('ready');
  } catch (error) {
    await stop();
    throw error;
  }
  return part;
};
