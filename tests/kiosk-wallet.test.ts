/**
 * S3 with a wallet: somebody buys at a kiosk by a pass of their wallet, which lives on another node. And a
 * program with a keyring holds places on two nodes at once.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { Participant } from '@pocas/market-actors';
import { sha256 } from '@pocas/vat-runtime';
import type { Facet } from '@pocas/vat-runtime';
import { openDataDirectory } from '@pocas/vat-runtime/node';
import {
  clientPowers,
  keyringPowers,
  makeFolderStorage,
  makeKeyring,
  openClient,
  openKeyring,
} from '@pocas/vat-runtime/node-client';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { startPart } from './hostile/part.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

let count = 0;
const next = (): string => `a request that nobody guesses ${(count += 1)}`;
const ok = (answer: Any): Any => {
  assert.equal(answer.ok, true, `refused: ${answer.code}`);
  return answer;
};
/** Links break and nodes are away, and every act can be repeated. */
const ask = (node: ClearingNode, ref: Named, method: string, ...args: unknown[]): Promise<Any> =>
  until(`${method} on ${node.name}`, async () => {
    try {
      return { answer: await node.call<Any>(ref, method, ...args) };
    } catch (error) {
      if (/delivered: (no|unknown)|is down|ended/.test(String(error))) return undefined;
      throw error;
    }
  }).then(({ answer }) => answer);

test('S3: a wallet on another node buys at a kiosk, where nothing of it remains', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const [plaza, casa] = (await Promise.all(
    ['plaza', 'casa'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300, leaps: true }),
    ),
  )) as [ClearingNode, ClearingNode];
  const foundAt = async (node: ClearingNode, name: string) => {
    const secret = sha256(`the secret of ${name}`);
    const params = { name, secret, charter: { baseLimit: 100n } };
    const root = await node.make(`market ${name}`, '@pocas/market-actors/market', params);
    const { cares } = ok(await node.call(root, 'claim', 'Fundadora', next()));
    return { steward: await node.keep('steward', cares.steward), cares };
  };
  const { steward, cares } = await foundAt(plaza, 'Tianguis');
  const invite = async () => plaza.sturdy(await plaza.call(steward, 'invite', 1n, next()));

  // ---- Vera sells; the till is the same for everybody ----
  const invitation: Named = await plaza.call(steward, 'invite', 1n, next());
  const { participant } = ok(await plaza.call(invitation, 'join', 'Vera', next()));
  const shop = await plaza.keep('shop', await plaza.call(participant, 'desk', 'offer'));
  const sales = await plaza.keep('sales', await plaza.call(participant, 'desk', 'order'));
  ok(await plaza.call(shop, 'offer', 'bread', 'of rye', 13n, 5n, next()));
  const desk: Named = await plaza.call(participant, 'desk', 'till');
  const tillText = await plaza.sturdy(await plaza.call(desk, 'till'));

  // ---- Carla's wallet is on the other node ----
  const params = { name: 'Carla', secret: sha256('the secret of the wallet') };
  const wallet = await casa.make('wallet', '@pocas/market-actors/wallet', params);
  ok(await ask(casa, wallet, 'join', await invite(), next()));
  const pages = await casa.call<Any>(wallet, 'pages');
  const credits = await casa.keep('credits', pages.credits);
  const apps = await casa.keep('apps', pages.apps);
  ok(await ask(casa, credits, 'openPurse', 0n));
  const purse = async () => (await ask(casa, credits, 'view')).purses[0];
  ok(await ask(casa, credits, 'topUp', (await purse()).entry, next()));
  assert.equal((await purse()).worth, 32n);

  // ---- at the kiosk: it is killed with the answer in its hands, and so is the wallet's node ----
  const { secret: pass } = await ask(casa, apps, 'pass', 0n, 20n, 10n, next());
  const request = next();
  const startKiosk = async () => {
    const kiosk = await startPart(new URL('./kiosk/pass-process.js', import.meta.url), {
      args: [tillText],
    });
    cleanup(() => kiosk.stop());
    return kiosk;
  };
  const first = await startKiosk();
  await assert.rejects(first.ask('buy', pass, 'bread', request, true), /SIGKILL/);
  await casa.kill();
  await casa.start();
  const { orders } = await ask(casa, credits, 'view');
  assert.equal(orders.length, 1);
  assert.equal((await purse()).worth, 19n);
  // The text has opened once; whoever finds it in the kiosk's memory, or over a shoulder, has nothing.
  const second = await startKiosk();
  await assert.rejects(second.ask('buy', pass, 'bread', request, false));
  const sale = async () => (await ask(plaza, sales, 'view')).sales;
  const [bought, ...others] = await sale();
  assert.deepEqual([bought.with, others.length], ['', 0]);

  // ---- a second pass buys, and its time is over by itself ----
  const other = await ask(casa, apps, 'pass', 0n, 13n, 10n, next());
  const answer = await second.ask<string>('buy', other.secret, 'bread', next(), false);
  assert.equal(answer, '{"ok":true}');
  assert.equal((await purse()).worth, 6n);
  const late = await ask(casa, apps, 'pass', 0n, 13n, 10n, next());
  await casa.leap(11 * 60_000);
  await assert.rejects(second.ask('buy', late.secret, 'bread', next(), false));
  assert.deepEqual((await ask(casa, apps, 'view')).apps, []);

  // ---- the owner accepts what was bought, and fetches nothing: it was right ----
  for (const { order } of await sale()) {
    ok(await ask(plaza, order, 'ready'));
    ok(await ask(plaza, order, 'handOver'));
  }
  for (const at of [0, 1])
    ok(await ask(casa, (await ask(casa, credits, 'view')).orders[at].order, 'accept'));
  const auditor = await plaza.keep('auditor', cares.auditor);
  assert.equal((await ask(plaza, auditor, 'statement')).sum, 0n);

  // ---- a program with a keyring: places on two nodes at once ----
  const there = await foundAt(casa, 'Barrio');
  const links: string[] = [];
  for (const [node, care] of [
    [plaza, steward],
    [casa, there.steward],
  ] as const) {
    const asked: Named = await node.call(care, 'invite', 1n, next());
    const share = ok(await node.call(asked, 'join', 'Dora', next())).participant as Named;
    links.push((await node.call<Any>(share, 'link')).secret);
  }
  const storage = makeFolderStorage(join(folder, 'keyring'));
  const sealed = { ...keyringPowers(), storage, secret: { passphrase: 'four random words here' } };
  const keyring = await makeKeyring(sealed);
  for (const [at, link] of links.entries()) await keyring.add(`place ${at}`, link);
  const withClient = async <T>(act: (places: Facet<Participant>[]) => Promise<T>): Promise<T> => {
    const opened = await openKeyring(sealed);
    const client = openClient({ ...clientPowers(), identitySeed: await opened.identitySeed() });
    try {
      const all = (await opened.list()).map(({ sturdyRef }) =>
        client.enliven<Facet<Participant>>(sturdyRef),
      );
      return await act(await Promise.all(all.map((one) => one.current())));
    } finally {
      client.close();
    }
  };
  const marketsOf = (places: Facet<Participant>[]) =>
    Promise.all(places.map(async (place) => (await E(place).view()).market));
  assert.deepEqual(await withClient(marketsOf), ['Tianguis', 'Barrio']);
  // The device is lost: whoever has its keyring opens what is revoked.
  const [renewed] = await withClient((places) =>
    Promise.all(
      places.map(async (place) => {
        const answer = await E(place).renew(next());
        return answer.ok ? E(answer.participant).view() : undefined;
      }),
    ),
  );
  assert.equal(renewed!.name, 'Dora');
  const after = await withClient((places) => Promise.all(places.map((place) => E(place).view())));
  for (const view of after as unknown[]) assert.deepEqual(view, { ok: false, code: 'revoked' });

  // ---- the market's store says nothing of the wallet's passes, nor joins the name with a purchase ----
  await plaza.kill();
  const data = await openDataDirectory(join(folder, 'plaza'));
  const rows = (await data.storage.list('v/')).map(([key, row]) => `${key} ${row}`);
  await data.storage.close();
  const swiss = (text: string) => /\/s\/([\w-]+)/.exec(text)![1]!;
  for (const row of rows) {
    for (const text of [pass, other.secret, late.secret]) assert.ok(!row.includes(swiss(text)));
    assert.ok(!(row.includes('Carla') && row.includes('bread')), 'a name beside a purchase');
  }
});
