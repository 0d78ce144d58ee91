/** Nodes over memory that are linked by sockets, and may crash at any write. For tests. */
import '@pocas/vat-runtime/lockdown';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { LINK_PATH, type PocasNode, makeLineLog, startNode } from '@pocas/vat-runtime/node';
import {
  type FaultyStorage,
  makeFaultyStorage,
  makeMemoryStorage,
  makeTestSecrets,
} from '@pocas/vat-runtime/testing';
import { startInlineHost } from '#src/hosts/inline.js';
import type { NodeOptions } from '#src/node/node.js';
import type { Storage } from '#src/store/storage.js';

export type Any = any;

export const senderModule = fileURLToPath(
  new URL('../../../test/fixtures/sender.ts', import.meta.url),
);

/** The rows of a node, as they are on its disk now. */
export type Rows = readonly (readonly [string, string])[];

export type PairNode = PocasNode & {
  readonly port: number;
  readonly disk: FaultyStorage;
  readonly lines: string[];
  /** Why it could not go on. */
  readonly fatal: string[];
  rows(prefix?: string): Promise<Rows>;
  /** All its connections are lost. */
  cut(): void;
  /** It ends like a process that is killed. @returns what is on its disk */
  crash(): Promise<Rows>;
};

export type Place = {
  readonly secrets: NodeOptions['secrets'];
  port: number;
};

export const makePlace = (): Place => ({ secrets: makeTestSecrets(), port: 0 });

const copyOf = async (rows: Rows): Promise<Storage> => {
  const storage = makeMemoryStorage();
  await storage.write(rows);
  return storage;
};

export const startAt = async (
  place: Place,
  rows: Rows = [],
  options: Partial<Pick<NodeOptions, 'limits' | 'time' | 'quotasOf' | 'dial'>> = {},
): Promise<PairNode> => {
  const memory = await copyOf(rows);
  const disk = makeFaultyStorage(memory);
  const lines: string[] = [];
  const fatal: string[] = [];
  const node = await startNode({
    ...options,
    secrets: place.secrets,
    storage: disk.storage,
    anchor: undefined,
    startHost: (_place, events) => startInlineHost(disk.storage, events),
    log: makeLineLog((line) => void lines.push(line)),
    onFatal: (reason) => void fatal.push(reason),
  });
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(place.port, '127.0.0.1', resolve));
  place.port = (server.address() as AddressInfo).port;
  node.listen(server, `ws://127.0.0.1:${place.port}${LINK_PATH}`);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  };
  const list = (prefix = '') => memory.list(prefix);
  return {
    ...node,
    port: place.port,
    ...{ disk, lines, fatal, cut },
    rows: list,
    async crash() {
      // From here on nothing is written, so nothing leaves either.
      disk.fail(Error('it crashed'));
      const left = await list();
      await close();
      await node.stop().catch(() => {});
      return left;
    },
    async stop() {
      try {
        await node.stop();
      } finally {
        await close();
      }
    },
  };
};

export const makeSender = (node: PocasNode, label: string, balance = 0n): Promise<Any> =>
  node.makeVat({
    module: senderModule,
    label,
    powers: { clock: node.clock, timer: node.timer },
    params: { balance },
  }) as Promise<Any>;

/** Two nodes, a sender on each, and each sender's reference to the other. */
export const makePair = async () => {
  const places = [makePlace(), makePlace()] as const;
  const a = await startAt(places[0]);
  const b = await startAt(places[1]);
  const atA = await makeSender(a, 'a', 1000n);
  const atB = await makeSender(b, 'b', 1000n);
  const toB = (await E(a.enlivener).enliven(b.grantor.sturdy(atB as object))) as Any;
  const toA = (await E(b.enlivener).enliven(a.grantor.sturdy(atA as object))) as Any;
  await E(atA).keep(toB);
  await E(atB).keep(toA);
  a.setProgram({ own: atA, far: toB });
  b.setProgram({ own: atB, far: toA });
  await a.settled();
  await b.settled();
  return { places, a, b, atA, atB, toA, toB };
};
export const programOf = (node: PairNode) => node.getProgram() as { own: Any; far: Any };

/** Waits until the log of a sender has so many lines. */
export const logHas = async (sender: Any, count: number) => {
  let log: readonly string[] = [];
  for (let i = 0; i < 2000; i += 1) {
    log = (await E(sender).log()) as readonly string[];
    if (log.length >= count) return log;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw Error(`Cannot go on: ${log.length} of ${count} happened`);
};
