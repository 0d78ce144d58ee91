/** The harness's side of a process that a subject runs in; `serve.ts` is the other side. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Reply, Request } from './serve.ts';

/** No single request takes nearly as long; one that does hangs. */
const maxReplyMillis = 60_000;

export type Child = {
  /** What the process said when it was ready. */
  readonly ready: string;
  /** User and system time of all its threads since it started. */
  cpuMicros(): Promise<number>;
  /** @returns the wall time that the calls took, in microseconds */
  call(calls: number, mode: string): Promise<number>;
  stop(): Promise<void>;
};

/**
 * @param script - compiled module to run; all that it prints goes to standard error
 * @param args - its command line
 */
export const startChild = async (script: URL, args: readonly string[] = []): Promise<Child> => {
  const name = script.pathname.replace(/^.*\//, '');
  // Flags of this process are not those of the subject, so `execArgv` is empty.
  const child = fork(script, args, { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
  const ended = new AbortController();
  // A process that cannot even be made emits 'error', on which `once` rejects.
  const exited = once(child, 'exit').catch(() => {});
  void exited.then(() => ended.abort(new Error(`${name} ended too soon`)));

  // Each request is answered before the next is made, so the next message is the answer.
  const reply = async (): Promise<Reply> => {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(maxReplyMillis)]);
    try {
      const [message] = await once(child, 'message', { signal });
      return message as Reply; // only our own `serve.ts` writes to this channel
    } catch (cause) {
      throw new Error(`No reply from ${name}`, { cause: signal.aborted ? signal.reason : cause });
    }
  };
  const ask = async (request: Request): Promise<number> => {
    child.send(request);
    const answer = await reply();
    if (answer.kind === 'figure') return answer.figure;
    throw new Error(
      `Cannot measure ${name}: ${answer.kind === 'error' ? answer.message : 'out of step'}`,
    );
  };
  const stop = async (): Promise<void> => {
    // The child stops when the channel closes. One that does not is killed.
    if (child.connected) child.disconnect();
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    if (child.exitCode === null && child.signalCode === null) await exited;
    clearTimeout(killer);
  };

  try {
    const first = await reply();
    if (first.kind !== 'ready') {
      throw new Error(
        `Cannot start ${name}: ${first.kind === 'error' ? first.message : 'out of step'}`,
      );
    }
    return {
      ready: first.ready,
      cpuMicros: () => ask({ kind: 'cpu' }),
      call: (calls, mode) => ask({ kind: 'call', calls, mode }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
