import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { foundMarket, join, makeWallet, next, ok, restartEverywhere } from '../fixture.ts';
import { type Any, guard, helpOf, pagesOf, placeOf, purchaseAt, revoked } from './town.ts';

test('a recovery that is killed anywhere goes on where it stopped, and loses nothing', async () => {
  const moments = await restartEverywhere(
    async (node) => {
      const market = await foundMarket(node, { charter: { baseLimit: 100n } });
      const enter = async (name: string) => {
        const wallet = await makeWallet(node, name);
        ok(await E(wallet).joinWith(await E(market.cares.steward).invite(), next()));
        return wallet;
      };
      const [ana, beto, carla] = [await enter('Ana'), await enter('Beto'), await enter('Carla')];
      const { credits } = await pagesOf(ana);
      ok(await E(credits).openPurse(0n));
      const [{ entry }] = (await E(credits).view()).purses;
      ok(await E(credits).topUp(entry, next()));
      await guard(ana, [beto, carla], 2n);
      const restored = await makeWallet(node, 'Ana');
      ok(await helpOf(beto, restored, 'Beto', 2n));
      ok(await helpOf(carla, restored, 'Carla', 2n));
      return { old: await placeOf(ana), restored };
    },
    async ({ restored }) => ok((await E((await pagesOf(restored)).recovery).proceed()) as Any),
    async ({ old, restored }) => {
      const { recovery, credits } = await pagesOf(restored);
      const done: Any = ok(await E(recovery).proceed());
      assert.deepEqual([done.phase, done.back], ['done', 1n]);
      assert.deepEqual(await E(old).view(), revoked);
      const [{ worth, lost }] = (await E(credits).view()).purses;
      assert.deepEqual([worth, lost], [32n, 0n]);
      assert.equal((await E(await placeOf(restored)).view()).balance, -32n);
    },
    { moments: 4 },
  );
  assert.ok(moments >= 4, `${moments} moments`);
});

test('a purchase that is killed anywhere is made once, and its change is there', async () => {
  const [topUp, buy] = [next(), next()];
  const moments = await restartEverywhere(
    async (node) => {
      const market = await foundMarket(node, { charter: { baseLimit: 100n } });
      const vera = await join(market.cares.steward, 'Vera');
      const shop: Any = await vera.desk('offer');
      ok(await E(shop).offer('bread', 'of rye', 13n, 50n, next()));
      const ana = await makeWallet(node, 'Ana');
      ok(await E(ana).joinWith(await E(market.cares.steward).invite(), next()));
      ok(await E((await pagesOf(ana)).credits).openPurse(0n));
      const till: Any = await E(await vera.desk<Any>('till')).till();
      return { ana, till, shop };
    },
    async ({ ana, till }) => {
      const { credits } = await pagesOf(ana);
      const [{ entry }] = (await E(credits).view()).purses;
      ok(await E(credits).topUp(entry, topUp));
      ok(await E(credits).buy(entry, await purchaseAt(till), buy));
    },
    async ({ ana, till, shop }) => {
      const { credits } = await pagesOf(ana);
      const [{ entry }] = (await E(credits).view()).purses;
      ok(await E(credits).topUp(entry, topUp));
      ok(await E(credits).buy(entry, await purchaseAt(till), buy));
      const [{ worth, lost, waiting }] = (await E(credits).view()).purses;
      assert.deepEqual([worth, lost, waiting], [19n, 0n, 0n]);
      assert.equal((await E(shop).view()).ownOffers[0].available, '49');
      assert.equal((await E(await placeOf(ana)).view()).balance, -32n);
    },
    { moments: 4 },
  );
  assert.ok(moments >= 4, `${moments} moments`);
});
