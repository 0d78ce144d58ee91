/**
 * Nodes of this process, with WebSockets between them. Each dials each other through a proxy of its
 * own, so that any two can be parted, slowed or confused without the others.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { LINK_PATH, type Log, dialChannel } from '@pocas/vat-runtime/node';
import { type TestNode, makeTestNode } from '@pocas/vat-runtime/testing';
import type { Cleanup } from '../support/cleanup.ts';
import { type Faults, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import type { Random } from '../campaign/random.ts';
import type { Tally } from './vats/tally.ts';

export type Told = { readonly event: string; readonly values: Readonly<Record<string, unknown>> };

export type Member = {
  readonly node: TestNode;
  /** Where it listens: behind no proxy. */
  readonly location: string;
  /** Opens its tally. */
  readonly sturdyRef: string;
  /** All that it told its log. */
  readonly told: readonly Told[];
};

export type Mesh = {
  readonly members: readonly Member[];
  /** Through which one dials the other. */
  proxy(from: number, to: number): FaultProxy;
  proxies(): readonly FaultProxy[];
  /** What one holds of the other's. @returns after the first call that reached it */
  tally(from: number, to: number): Promise<Tally>;
};

export type MeshOptions = {
  readonly size: number;
  readonly seed: number;
  readonly plan?: (number: number, random: Random) => Faults;
  readonly pingMilliseconds?: number;
};

const module = fileURLToPath(new URL('../../links/vats/tally.ts', import.meta.url));

/** @param say - a log that keeps what it is told */
const makeKeepingLog = (told: Told[]): Log => ({
  tells: () => true,
  tell: (event, values) => void told.push({ event, values: { ...values } }),
});

export const startMesh = async (
  cleanup: Cleanup,
  { size, seed, plan, pingMilliseconds = 20_000 }: MeshOptions,
): Promise<Mesh> => {
  const members: Member[] = [];
  const proxies = new Map<string, FaultProxy>();
  const between = (from: number, to: number) => proxies.get(`${from} ${to}`)!;

  const startMember = async (number: number): Promise<Member> => {
    const told: Told[] = [];
    const node = await makeTestNode({
      log: makeKeepingLog(told),
      pingMilliseconds,
      dial(location) {
        const to = members.findIndex((member) => member.location === location);
        if (to < 0) throw Error(`Cannot dial: nobody is at "${location}"`);
        return dialChannel(between(number, to).location, undefined, { pingMilliseconds });
      },
    });
    const server = createServer();
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address of this form.
    const { port } = server.address() as AddressInfo;
    const location = `ws://127.0.0.1:${port}${LINK_PATH}`;
    node.listen(server, location);
    cleanup(async () => {
      await node.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const root = (await node.makeVat({ module, label: `tally ${number}` })) as object;
    return { node, location, sturdyRef: node.grantor.sturdy(root), told };
  };

  for (let number = 0; number < size; number += 1) members.push(await startMember(number));
  for (let from = 0; from < size; from += 1) {
    for (let to = 0; to < size; to += 1) {
      if (from === to) continue;
      const port = Number(new URL(members[to]!.location).port);
      const proxy = await startFaultProxy(seed + from * size + to, port, plan);
      cleanup(() => proxy.close());
      proxies.set(`${from} ${to}`, proxy);
    }
  }
  return {
    members,
    proxy: between,
    proxies: () => [...proxies.values()],
    async tally(from, to) {
      // The cast holds: it is the root of the vat above.
      const tally = (await E(members[from]!.node.enlivener).enliven(
        members[to]!.sturdyRef,
      )) as Tally;
      await E(tally).get();
      return tally;
    },
  };
};

/** All ordered pairs of so many. */
export const pairsOf = (size: number): (readonly [from: number, to: number])[] =>
  Array.from({ length: size }, (_, from) => from).flatMap((from) =>
    Array.from({ length: size }, (_, to) => [from, to] as const).filter(([, to]) => to !== from),
  );
