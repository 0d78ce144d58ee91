/** A node in a process of its own, which says sturdy refs to a counter and can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type GrantsProcess = {
  readonly child: ChildProcess;
  readonly port: number;
  /** Each for one use. */
  readonly once: readonly string[];
  readonly always: string;
  /** As by `kill -9`. */
  kill(): Promise<void>;
};

/** @param count - how many for one use it makes */
export const spawnGrants = async (
  path: string,
  count: number,
  port = 0,
): Promise<GrantsProcess> => {
  const program = fileURLToPath(new URL('./grants-process.js', import.meta.url));
  const child = spawn(process.execPath, [program, path, String(port), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void exited.then(() => reject(Error('the node process ended')));
  });
  return {
    ...(JSON.parse(line) as { port: number; once: string[]; always: string }),
    child,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
