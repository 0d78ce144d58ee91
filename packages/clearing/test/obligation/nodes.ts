/** Two nodes over memory that are linked by a socket, each with a book; for tests. */
import { type TestNode, makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import type { Bench } from './book-vat.ts';
import type { Side } from './fixture.ts';
import { makeBook, next, ok, sideOf } from './fixture.ts';

export type LinkedNode = TestNode & {
  readonly port: number;
  /** All its connections are lost. */
  cut(): void;
};

type Kept = Pick<TestNode, 'storage' | 'secrets'>;

/** @param kept - of the node that it is again; none for a new one */
export const startLinked = async (kept: Partial<Kept> = {}, port = 0): Promise<LinkedNode> => {
  const node = await makeTestNode({ print: () => {}, ...kept });
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${bound}${LINK_PATH}`);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    ...node,
    port: bound,
    cut,
    async stop() {
      await node.stop();
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** What a node has on its disk, to start it from later. */
export const backupOf = async ({ storage, secrets }: LinkedNode): Promise<Kept> => {
  const copy = makeMemoryStorage();
  await copy.write(await storage.list(''));
  return { storage: copy, secrets };
};

/** Waits until what a page shows is as it should be, looking again whenever it changes. */
export const until = async <View>(
  page: Facet<{ view(): View; changes(since?: string): Promise<string> }>,
  holds: (view: View) => boolean,
): Promise<View> => {
  let since: string | undefined;
  for (let i = 0; i < 1_000; i += 1) {
    since = await E(page).changes(since);
    const view = (await E(page).view()) as View;
    if (holds(view)) return view;
  }
  throw Error('Cannot go on: the page never was as it should be');
};

export type Apart = { readonly a: LinkedNode; readonly b: LinkedNode; ana: Side; beto: Side };

/** Two books on two nodes, which have met by a sturdy ref. */
export const makeApart = async (): Promise<Apart> => {
  const [a, b] = [await startLinked(), await startLinked()];
  const [atA, atB] = [await makeBook(a, 'ana'), await makeBook(b, 'beto')];
  const made = ok(await E(await E(atA).counterparties()).introduce('Beto', next()));
  const text = await E(a.grantor).sturdy(made.introduction, { uses: 1n });
  const introduction = (await E(b.enlivener).enliven(text)) as typeof made.introduction;
  ok(await E(await E(atB).counterparties()).meet(introduction, 'Ana', next()));
  const [ana, beto] = [await sideOf(atA), await sideOf(atB)];
  for (const { keeper } of [ana, beto]) await until(keeper, ({ phase }) => phase === 'met');
  a.setProgram({ bench: atA });
  b.setProgram({ bench: atB });
  await a.settled();
  await b.settled();
  return { a, b, ana, beto };
};

export const sideAt = async (node: LinkedNode): Promise<Side> => {
  const { bench } = node.getProgram() as { bench: Facet<Bench> };
  assert.ok(bench);
  return sideOf(bench);
};
