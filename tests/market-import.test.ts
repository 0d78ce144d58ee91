/**
 * `pocas market import` that ends half way, as by `kill -9` of the program, by a link that breaks, and by
 * `kill -9` of the node: whoever runs it again has each row once.
 */
import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import type { OfferDesk, Participant, WalletOwner } from '@pocas/market-actors';
import { parseSturdyRef } from '@pocas/vat-runtime';
import type { Facet } from '@pocas/vat-runtime';
import { clientPowers, openClient } from '@pocas/vat-runtime/node-client';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { startFaultProxy } from './support/fault-proxy.ts';
import { runProgram, startAgain, startNode, startProgram } from './support/program.ts';
import { until } from './support/until.ts';

const rows = 18;
const textOf = (length: number) =>
  `what,price\n${Array.from({ length }, (_, i) => `Thing ${i},1`).join('\n')}\n`;

const startStall = async (t: TestContext) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  let node = await startNode(cleanup, { data: join(folder, 'data') });
  const proxy = await startFaultProxy(1, Number(node.port));
  cleanup(() => proxy.close());
  const granted = await runProgram(['grant', 'wallet', '--data', node.data, '--json']);
  const { sturdyRef } = JSON.parse(granted.stdout) as { sturdyRef: string };
  const { designator, swiss } = parseSturdyRef(sturdyRef);
  const key = `ocapn://${designator}.websocket/s/${swiss}?url=${encodeURIComponent(proxy.location)}`;
  writeFileSync(join(folder, 'key'), `${key}\n`, { mode: 0o600 });
  const write = (length: number) => writeFileSync(join(folder, 'o.csv'), textOf(length));
  const args = ['market', 'import', 'offers', 'o.csv', '--key-file', 'key', '--json'];
  const run = () => runProgram(args, { cwd: folder });
  const bytesOf = async (length: number): Promise<number> => {
    write(length);
    let [bytes, isOver] = [0, false];
    const running = run();
    void running.finally(() => (isOver = true));
    while (!isOver) {
      const last = proxy.connections().at(-1);
      bytes = Math.max(bytes, (last?.bytes('up') ?? 0) + (last?.bytes('down') ?? 0));
      await sleep(5);
    }
    assert.equal((await running).code, 0);
    return bytes;
  };
  // What goes over the link for so many rows follows from what goes over it for one and for four.
  const [one, four] = [await bytesOf(1), await bytesOf(4)];
  write(rows);
  return {
    ...{ proxy, run },
    bytesFor: (count: number) => Math.round(one + ((four - one) / 3) * (count - 1)),
    begin: () => startProgram(cleanup, args, () => true, { cwd: folder }),
    /** The names of all that this person offers, but for what the node began with. */
    async offered(): Promise<string[]> {
      const client = openClient(clientPowers());
      try {
        const wallet = await client.enliven<Facet<WalletOwner>>(sturdyRef).current();
        const [place] = (await E(wallet).view()).places as unknown as Facet<Participant>[];
        const desk = (await E(place!).desk('offer')) as Facet<OfferDesk>;
        const { ownOffers } = await E(desk).view();
        return ownOffers.map(({ what }) => what).filter((what) => what.startsWith('Thing'));
      } finally {
        client.close();
      }
    },
    async killNode() {
      await node.end('SIGKILL');
      node = await startAgain(cleanup, node);
    },
  };
};

const isHalfWay = (names: readonly string[]) =>
  assert.ok(names.length > 0 && names.length < rows, `${names.length} rows are posted`);

test('an import that ends half way, however that came, is gone on with and posts nothing twice', async (t) => {
  const { proxy, run, begin, offered, killNode, bytesFor } = await startStall(t);
  const isPast = (bytes: number) => {
    const stuck = proxy.connections().at(-1);
    return stuck !== undefined && stuck.bytes('up') + stuck.bytes('down') >= bytes;
  };

  // The program is killed while an answer does not come.
  proxy.plan(() => ({ swallowAfterBytes: bytesFor(7) }));
  const killed = await begin();
  await until('half of it', () => isPast(bytesFor(7)));
  await killed.end('SIGKILL');
  const first = await offered();
  isHalfWay(first);

  // The link breaks further on: rows that were there before are asked for again, and are the same.
  proxy.plan(() => ({ cutAfterBytes: bytesFor(11) }));
  const cut = await run();
  assert.notEqual(cut.code, 0);
  assert.match(cut.stderr, /^Cannot go on at o\.csv, line \d+: /);
  assert.match(cut.stderr, /run it again to go on: what is posted is not posted twice/);
  const second = await offered();
  isHalfWay(second);
  assert.ok(second.length > first.length, `${second.length} after ${first.length}`);

  // The node dies while an answer is on its way to the program, which is told.
  proxy.plan(() => ({ swallowAfterBytes: bytesFor(14) }));
  const waiting = await begin();
  await until('more of it', () => isPast(bytesFor(14)));
  await killNode();
  for (const connection of proxy.connections()) connection.cut();
  const told = await waiting.end('SIGCONT');
  assert.match(told.stderr, /^Cannot go on at o\.csv, line \d+: /);
  isHalfWay(await offered());

  proxy.plan(() => ({}));
  const done = await run();
  assert.deepEqual([done.code, done.stderr], [0, '']);
  assert.equal((JSON.parse(done.stdout) as { posted: number }).posted, rows);
  const names = await offered();
  assert.deepEqual([names.length, new Set(names).size], [rows, rows]);
});
