/** A poca that moves to another directory, as a person does it: two nodes, each a process of the program. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { OfferDesk, OrderDesk, OrderSeller, Participant } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { openStoreFiles } from '@pocas/vat-runtime/node';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { modeOf, pathsIn } from './support/files.ts';
import { joinMarket, keysIn, walletAt } from './support/person.ts';
import { until } from './support/until.ts';
import { inviteToMarket, runProgram, startNode } from './support/program.ts';

const cleanup = makeCleanup(after);

type Peer = { linked: boolean };
/** Waits until a node is linked with the one that it knows. */
const linked = ({ data }: { data: string }) =>
  until('a link', async () => {
    const { stdout } = await runProgram(['peer', 'list', '--json', '--data', data]);
    return stdout.split('\n').some((line) => line !== '' && (JSON.parse(line) as Peer).linked);
  });

const rowsIn = async (data: string, prefix: string) => {
  const { storage, anchor } = await openStoreFiles(data);
  const rows = await storage.list(prefix);
  await storage.close();
  await anchor.close();
  return rows;
};

test('a market moves with its orders; references of other nodes work again, and the old directory refuses', async () => {
  const folder = makeFolder(cleanup);
  const [bundle, secret, moved] = ['poca.bundle', 'passphrase', 'moved'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const [a, b] = await Promise.all([
    startNode(cleanup, { data: join(folder, 'a') }),
    startNode(cleanup, { data: join(folder, 'b') }),
  ]);
  // The person of node B buys soup in the market of node A.
  const place = await joinMarket(await walletAt(cleanup, b), await inviteToMarket(a));
  // The casts say which pages they are.
  const offers = (await E(place).desk('offer')) as Facet<OfferDesk>;
  const orders = (await E(place).desk('order')) as Facet<OrderDesk>;
  const [soup] = (await E(offers).view()).offers;
  const ordered = await E(offers).order(soup!.offer, 2n, randomUUID());
  assert.ok(ordered.ok);

  const passphrase = ['--passphrase-file', secret];
  const exporting = ['move', 'export', bundle, '--data', a.data, ...passphrase];
  writeFileSync(secret, 'una sopa de letras\n');
  const running = await runProgram(exporting);
  assert.equal(running.code, 3);
  assert.match(running.stderr, /a node runs on it; stop that one first/);
  assert.equal((await a.end('SIGTERM')).code, 0);
  writeFileSync(secret, 'sopa\n');
  const short = await runProgram(exporting);
  assert.deepEqual([short.code, short.stdout], [1, '']);
  assert.match(short.stderr, /less than 12 characters/);
  writeFileSync(secret, 'una sopa de letras\n');
  const copy = join(folder, 'copy');
  cpSync(a.data, copy, { recursive: true });

  const exported = await runProgram(exporting);
  assert.equal(exported.code, 0, exported.stderr);
  assert.match(exported.stdout, /\d+ rows and its keys/);
  assert.match(exported.stderr, /^Reading and checking the store…\nWriting…\nReading again/);
  assert.equal(modeOf(bundle), '600');
  const refused = await runProgram(['start', '--data', a.data]);
  assert.deepEqual([refused.code, refused.stdout], [7, '']);
  assert.match(refused.stderr, /its poca was moved/);
  assert.equal(
    (await runProgram(exporting)).stdout,
    `This poca was moved before. Its bundle was written as\n${bundle}\n`,
  );

  const importing = ['move', 'import', bundle, '--data', moved];
  writeFileSync(secret, 'otra sopa de letras\n');
  const wrong = await runProgram([...importing, ...passphrase]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /the passphrase or the shares are wrong/);
  assert.equal(existsSync(moved), false);
  assert.equal((await runProgram(importing)).code, 2, 'nobody can be asked');
  writeFileSync(secret, 'una sopa de letras\n');
  const imported = await runProgram([...importing, ...passphrase]);
  assert.equal(imported.code, 0, imported.stderr);
  assert.deepEqual(
    pathsIn(moved).filter((path) => !path.startsWith('store')),
    ['anchor', 'grants.key', 'identity.key', 'keys.json', 'web.key'],
  );
  assert.equal((await runProgram(['check', '--data', moved])).code, 0);

  // At another place: it tells the nodes that it knows.
  const again = await startNode(cleanup, { data: moved });
  assert.equal(again.designator, a.designator);
  assert.notEqual(again.port, a.port);
  const [before, now] = [a, again].map(({ url }) => new URL(url).hash);
  assert.equal(now, before, 'the key of the wallet is the same');
  await linked(b);
  // What the person on B held stands for the same things.
  const { purchases } = await E(orders).view();
  assert.deepEqual(
    purchases.map(({ quantity }) => quantity),
    [2n],
  );
  const cook = await E(await walletAt(cleanup, again)).view();
  const kitchen = (await E(cook.places[0]! as unknown as Facet<Participant>).desk(
    'order',
  )) as Facet<OrderDesk>;
  const [sale] = (await E(kitchen).view()).sales;
  const order = sale!.order as Facet<OrderSeller>;
  await E(order).ready();
  await E(order).handOver();
  await E(ordered.order).accept();
  const { balance, held } = await E(place).view();
  assert.deepEqual([balance, held], [-6n, 0n]);
  assert.deepEqual(keysIn(moved), keysIn(a.data));

  // Who was told is not told again.
  await again.end('SIGTERM');
  assert.equal((await rowsIn(moved, 'arrived/')).length, 0);

  // Somebody starts a copy of the old directory from before the move, and it speaks to node B.
  const old = await startNode(cleanup, { data: copy, args: ['--port', a.port] });
  const at = encodeURIComponent(`ws://127.0.0.1:${b.port}/link`);
  const locator = `ocapn://${b.designator}.websocket?url=${at}`;
  assert.equal((await runProgram(['peer', 'add', locator, '--data', old.data])).code, 0);
  await until('the old copy is found out', async () => {
    const { stdout } = await runProgram(['peer', 'list', '--json', '--data', b.data]);
    return stdout.includes('it was started from an older backup');
  });
  await assert.rejects(E(place).view(), /quarantined/);
});

test('a poca is exported for five stewards, of whom any three import it', async () => {
  const folder = makeFolder(cleanup);
  const [data, bundle, moved] = ['data', 'poca.bundle', 'moved'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const node = await startNode(cleanup, { data });
  await node.end('SIGTERM');
  for (const wrong of ['3', '1/5', '6/5', '0/0', 'a/b']) {
    const args = ['move', 'export', bundle, '--data', data, '--stewards', wrong];
    assert.equal((await runProgram(args)).code, 2, wrong);
  }
  assert.deepEqual(readdirSync(folder), ['data']);
  const exported = await runProgram([
    ...['move', 'export', bundle, '--data', data, '--stewards', '3/5', '--json'],
  ]);
  assert.equal(exported.code, 0, exported.stderr);
  const { shares } = JSON.parse(exported.stdout) as { shares: string[] };
  assert.equal(shares.length, 5);
  assert.ok(shares.every((share) => modeOf(share) === '600'));
  const texts = shares.map((share) => readFileSync(share, 'utf8'));
  assert.equal(new Set(texts).size, 5);

  const importing = (...some: string[]) =>
    runProgram(['move', 'import', bundle, '--data', moved, '--shares', ...some]);
  const [one, two, three, four, five] = shares as [string, string, string, string, string];
  const few = await importing(one, two, one);
  assert.deepEqual(
    [few.code, few.stderr],
    [1, 'Cannot open bundle: it takes 3 different shares, and there are 2\n'],
  );
  // A letter that was read wrongly.
  const misread = join(folder, 'misread');
  writeFileSync(
    misread,
    texts[0]!.replace(/.(?=.{20}\n)/, (letter) => (letter === 'a' ? 'b' : 'a')),
  );
  assert.match((await importing(misread, two, three)).stderr, /a share is not as it was written/);
  // What says that fewer are needed has another checksum, and gives another key all the same.
  writeFileSync(misread, texts[0]!.replace('share-3', 'share-2'));
  assert.match((await importing(misread, two)).stderr, /a share is not as it was written/);
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'una sopa de letras\n');
  const asked = ['move', 'import', bundle, '--data', moved, '--passphrase-file', passphrase];
  assert.match((await runProgram(asked)).stderr, /opened in another way/);
  assert.equal(existsSync(moved), false);

  const imported = await importing(five, two, four);
  assert.equal(imported.code, 0, imported.stderr);
  assert.equal((await runProgram(['check', '--data', moved])).code, 0);
});
