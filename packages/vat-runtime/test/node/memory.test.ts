import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { E, Far } from '@endo/far';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import { collectUntil } from '../collect.ts';
import { connectClient, fixture, sleep } from './nodes.ts';

type Any = any;

const heapAfterCollection = async (): Promise<number> => {
  for (let round = 0; round < 8; round += 1) {
    globalThis.gc!();
    // What finalizers send is delivered, and collected in the next round.
    await sleep(15);
  }
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
};

/** A node with a counter, on a link of its own. Everything is in this process: client, switchboard and vat. */
const startCounter = async (t: TestContext) => {
  // The links of the newest batches, 16 MiB of them, are a part of the store, and no memory of a call.
  const memory = makeMemoryStorage();
  const storage = {
    ...memory,
    write: (rows: Parameters<typeof memory.write>[0]) =>
      memory.write(rows.filter(([key]) => !key.startsWith('commit/'))),
  };
  const node = await makeTestNode({ storage });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    await node.stop();
    server.closeAllConnections();
    server.close();
  });
  node.listen(server, `ws://127.0.0.1:${(server.address() as AddressInfo).port}${LINK_PATH}`);
  const counter: Any = await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start: 0n },
  });
  return { node, sturdyRef: node.grantor.sturdy(counter) };
};

test('a call leaves no memory in use, at either end, over a link or in a web session', async (t) => {
  const { node, sturdyRef } = await startCounter(t);
  const session = await connectClient(sturdyRef);
  const web = await node.sessions.provide('session');
  const objects: Any[] = [
    await session.object,
    await web.enliven(/\/s\/([^?]*)/.exec(sturdyRef)![1]!),
  ];
  const calls = async (count: number) => {
    for (let i = 0; i < count; i += 10) {
      const group = objects.flatMap((object) =>
        Array.from({ length: 2 }, () => [
          E(object).get(),
          E(object).add(1n),
          E(object).self(),
          E(object).tell(Far('Mine', { get: () => 1n }), 'get', false),
          E(object)
            .addThenFail(1n)
            .catch(() => {}),
        ]).flat(),
      );
      await Promise.all(group);
    }
  };
  // What the engine compiles and caches meanwhile grows too, but not in every round;
  // what each call leaves behind does.
  await calls(2000);
  let least = Infinity;
  let before = await heapAfterCollection();
  const count = 2000;
  for (let round = 0; round < 3; round += 1) {
    await calls(count);
    const after = await heapAfterCollection();
    least = Math.min(least, (after - before) / (2 * count));
    before = after;
  }
  session.close();
  assert.ok(least < 20, `${least.toFixed(0)} bytes a call`);
});

test('over a link an object is obtained, dropped, collected, obtained again and called, a hundred times, both ways', async (t) => {
  const { sturdyRef } = await startCounter(t);
  const session = await connectClient(sturdyRef);
  const counter: Any = await session.object;
  const mine = Far('Mine', { get: () => 7n });
  const collected = new FinalizationRegistry(() => void (gone += 1));
  let gone = 0;
  for (let round = 0; round < 100; round += 1) {
    const before = gone;
    // In a function of its own: what stands in its variables is gone when it has returned.
    await (async () => {
      const { reader } = await E(counter).self();
      collected.register(reader, undefined);
      assert.equal(await E(reader).get(), 0n);
      // The vat has a presence of `mine` for as long as the call lasts.
      assert.equal(await E(counter).tell(mine, 'get', false), 7n);
    })();
    await collectUntil(() => gone > before);
  }
  session.close();
});
