/** A node of the clearing campaign, as the harness sees it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import { type Part, startPart } from '../hostile/part.ts';
import type { NodeOrder } from '../links/node.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { freePort } from '../support/port.ts';
import { type Named, heard, sayable } from './said.ts';

export type { Named } from './said.ts';

/** By name, by what a package offers, or by its path from the folder of all tests. */
type Module = 'book' | 'round' | 'liar' | 'fund' | `@pocas/${string}` | `${string}.ts`;

export type ClearingNode = {
  readonly name: string;
  /** What others dial it by. */
  readonly proxy: FaultProxy;
  /** Makes a vat once, and keeps its root under this name. */
  make(name: string, module: Module, params: unknown): Promise<Named>;
  call<T = unknown>(ref: Named, method: string, ...args: readonly unknown[]): Promise<T>;
  keep(name: string, ref: Named): Promise<Named>;
  sturdy(ref: Named): Promise<string>;
  enliven(name: string, sturdyRef: string): Promise<Named>;
  solve(how: 'honest' | 'less' | 'more' | 'none'): Promise<void>;
  /** Its clock goes ahead, also while it is down: then it finds that so much time has passed. Only with `leaps`. */
  leap(milliseconds: number): Promise<void>;
  /**
   * What was unsound after a delivery to any of its vats, or on the disk when it started (`../soundness`). A
   * test of which something is left here fails at its end.
   */
  faults(): readonly string[];
  /** How many deliveries were looked at since it started. */
  watched(): Promise<{ readonly cranks: number; readonly looked: number }>;
  isUp(): boolean;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** As by `kill -9`. @returns when the process is gone */
  kill(): Promise<void>;
  start(): Promise<void>;
};

const program = new URL('./node-process.js', import.meta.url);

export const named = (name: string): Named => ({ '@': name });

/** @param folder - where its data are; the same again after a kill */
export const startClearingNode = async (
  cleanup: Cleanup,
  {
    name,
    folder,
    seed,
    pingMilliseconds,
    leaps = false,
  }: {
    name: string;
    folder: string;
    seed: number;
    pingMilliseconds: number;
    leaps?: boolean;
  },
): Promise<ClearingNode> => {
  const port = Number(await freePort());
  const proxy = await startFaultProxy(seed, port);
  cleanup(() => proxy.close());
  const order = {
    ...{ directory: join(folder, name), port, pingMilliseconds },
    location: `ws://127.0.0.1:${proxy.port}${LINK_PATH}`,
    faults: join(folder, `${name}.faults`),
  } satisfies NodeOrder;
  const faults = () =>
    existsSync(order.faults) ? readFileSync(order.faults, 'utf8').trimEnd().split('\n') : [];
  cleanup(() => {
    const found = faults();
    if (found.length > 0)
      throw Error(`${name} was unsound ${found.length} times: ${found.slice(0, 5).join('; ')}`);
  });
  let ahead = 0;
  let part: Part | undefined;
  const ask = <T>(method: string, ...args: readonly unknown[]): Promise<T> =>
    part === undefined ? Promise.reject(Error(`${name} is down`)) : part.ask<T>(method, ...args);
  const start = async () => {
    const now = leaps ? { ...order, ahead } : order;
    part = await startPart(program, { args: [JSON.stringify(now)] });
  };
  const kill = async () => {
    const ending = part;
    part = undefined;
    if (ending === undefined) return;
    if (!ending.isOver()) process.kill(ending.pid, 'SIGKILL');
    await ending.stop();
  };
  cleanup(kill);
  await start();
  return {
    ...{ name, proxy, kill, start, faults },
    watched: () => ask('watched'),
    async make(as, module, params) {
      await ask('make', as, module, sayable(params));
      return named(as);
    },
    call: async <T>(ref: Named, method: string, ...args: readonly unknown[]) =>
      heard<T>(await ask('call', ref['@'], method, sayable(args))),
    async keep(as, ref) {
      await ask('keep', as, ref['@']);
      return named(as);
    },
    sturdy: (ref) => ask('sturdy', ref['@']),
    async enliven(as, sturdyRef) {
      await ask('enliven', as, sturdyRef);
      return named(as);
    },
    async leap(milliseconds) {
      ahead += milliseconds;
      if (part !== undefined) await ask('leap', milliseconds);
    },
    solve: (how) => ask('solve', how),
    isUp: () => part !== undefined && !part.isOver(),
    signal(signal) {
      if (part !== undefined && !part.isOver()) process.kill(part.pid, signal);
    },
  };
};
