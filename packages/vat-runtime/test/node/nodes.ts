/** Nodes as the program runs them, for tests: LevelDB, a thread of vats, a WebSocket. */
import '@pocas/vat-runtime/lockdown';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Session, connect } from '@pocas/vat-runtime/client';
import {
  LINK_PATH,
  type Level,
  type NodeOptions,
  type PocasNode,
  type StartHost,
  dialChannel,
  nodeCiphers,
  makeLineLog,
  openDataDirectory,
  startNode,
  makeHostStarter,
} from '@pocas/vat-runtime/node';
import type { Storage } from '#src/store/storage.js';

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/${name}.ts`, import.meta.url));

export type RunningNode = PocasNode & {
  readonly port: number;
  readonly storage: Storage;
  /** Why the node could not go on. */
  readonly fatal: string[];
  /** Every connection is lost, as when a cable is pulled and put back. */
  cut(): void;
};

export type StartOptions = {
  readonly port?: number;
  /** Puts something between the node and its store. */
  readonly wrap?: (storage: Storage) => Storage;
  readonly hostsOver?: (storage: Storage) => StartHost;
  readonly print?: (line: string) => void;
  readonly level?: Level;
} & Partial<Pick<NodeOptions, 'dial' | 'hosts' | 'sleep' | 'time'>>;

export const start = async (
  path: string,
  { port = 0, wrap = (storage) => storage, hostsOver, print, level, ...options }: StartOptions = {},
): Promise<RunningNode> => {
  const directory = await openDataDirectory(path);
  const fatal: string[] = [];
  const node = await startNode({
    ...options,
    ...(print === undefined ? {} : { log: makeLineLog(print, level) }),
    startHost: hostsOver?.(directory.storage) ?? makeHostStarter(directory.storeDirectory),
    secrets: directory.secrets,
    storage: wrap(directory.storage),
    anchor: directory.anchor,
    onFatal: (reason) => void fatal.push(reason),
  });
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${actual}${LINK_PATH}`);
  return {
    ...node,
    port: actual,
    storage: directory.storage,
    fatal,
    cut,
    async stop() {
      try {
        await node.stop();
      } finally {
        cut();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
};

/** A node in a process of its own, which a test may kill. Its sturdy refs are to counters. */
export type NodeProcess = {
  readonly child: ChildProcess;
  readonly port: number;
  readonly sturdyRef: string;
  /** As by `kill -9`. */
  kill(): Promise<void>;
};

export const spawnNode = async (path: string, port = 0): Promise<NodeProcess> => {
  const program = fileURLToPath(new URL('./node-process.js', import.meta.url));
  const child = spawn(process.execPath, [program, path, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void exited.then(() => reject(Error('the node process ended')));
  });
  const { port: actual, sturdyRef } = JSON.parse(line) as { port: number; sturdyRef: string };
  return {
    child,
    port: actual,
    sturdyRef,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

export const withFolder = async <T>(body: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-test-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

export const connectClient = (sturdyRef: string): Promise<Session> =>
  connect(sturdyRef, {
    dial: dialChannel,
    ciphers: nodeCiphers,
    random,
    later: (task) => void setImmediate(task),
  });

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `done` says so. @throws where it takes too long */
export const until = async (
  done: () => boolean | Promise<boolean>,
  milliseconds = 10_000,
): Promise<void> => {
  const end = performance.now() + milliseconds;
  while (!(await done())) {
    if (performance.now() > end) throw Error('Cannot go on: what was waited for did not happen');
    await sleep(5);
  }
};

/** Whether a promise has settled by now. */
export const watch = (promise: Promise<unknown>): { settled(): boolean } => {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  return { settled: () => settled };
};
