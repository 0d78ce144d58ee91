import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeMemoryStorage } from '#src/store/memory-storage.js';
import type { Limits } from '#src/switchboard/limits.js';
import { makeTestNode } from '#src/testing/index.js';
import { nextTask } from '../collect.ts';
import { fixture } from './nodes.ts';

type Any = any;

const swissOf = (sturdyRef: string): string => /\/s\/([^?]*)/.exec(sturdyRef)![1]!;

const setUp = async (limits: Partial<Limits> = {}) => {
  const storage = makeMemoryStorage();
  const node = await makeTestNode({ storage, limits });
  const counter: Any = await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start: 0n },
  });
  const swiss = swissOf(node.grantor.sturdy(counter));
  /** A session that keeps the counter. @returns its slot there */
  const keepIn = async (id: string) => {
    const web = await node.sessions.provide(id);
    const slot = web.slotOf(await web.enliven(swiss));
    assert.ok(web.keep(slot));
    return { web, slot };
  };
  const rowsOf = async (id: string) => {
    await node.settled();
    const keys: string[] = [];
    for (const prefix of ['c/', 'r/', 'k/', 's/']) {
      keys.push(
        ...(await storage.list(prefix)).map(([key]) => key).filter((key) => key.includes(id)),
      );
    }
    return keys;
  };
  return { node, keepIn, rowsOf };
};

test('sessions past the limit sleep, the longest unused first, and come back with what they kept', async () => {
  const { node, keepIn } = await setUp({ maxWebSessions: 3 });
  const [a, b, c] = [await keepIn('a'), await keepIn('b'), await keepIn('c')];
  assert.equal(await node.sessions.find('a'), a.web);
  for (const id of ['d', 'e']) await keepIn(id);
  assert.equal(await node.sessions.find('a'), a.web);
  for (const [id, { web, slot }] of [
    ['b', b],
    ['c', c],
  ] as const) {
    const found = (await node.sessions.find(id))!;
    assert.notEqual(found, web);
    assert.deepEqual(found.slots(), [slot]);
    assert.equal(await E(found.presenceAt(slot) as Any).get(), 0n);
  }
  await node.stop();
});

test('a session that waits for something is not put to sleep', async () => {
  const { node, keepIn } = await setUp({ maxWebSessions: 1 });
  const { web, slot } = await keepIn('a');
  const counter = web.presenceAt(slot) as Any;
  const never = E(counter).next(await E(counter).next(undefined));
  const state = { settled: false };
  never.then(
    () => (state.settled = true),
    () => (state.settled = true),
  );
  // The call is on its way.
  await nextTask();
  await keepIn('b');
  await node.settled();
  assert.equal(await node.sessions.find('a'), web);
  assert.equal(state.settled, false);
  await node.stop();
});

test('a session that ends leaves no row, also where it begins again at once', async () => {
  const { node, keepIn, rowsOf } = await setUp();
  const { web } = await keepIn('a');
  assert.ok((await rowsOf('a')).length > 3);
  web.end();
  assert.deepEqual(await rowsOf('a'), []);

  const again = await keepIn('a');
  again.web.end();
  const { slot } = await keepIn('a');
  const rows = await rowsOf('a');
  assert.equal(rows.filter((key) => key.startsWith('c/')).length, 1);
  const found = await node.sessions.find('a');
  assert.deepEqual(found!.slots(), [slot]);
  await node.stop();
});
