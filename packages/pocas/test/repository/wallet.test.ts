/** A repository as people meet it: founded from a wallet, seen by pages, invited to by links. */
import { type Any, counter, draftOf, joinOf, next, ok, refused, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { makeWalletMaker } from '#src/compose/wallet-maker.js';

test('a repository is founded from a wallet, and what a page shows is enough to use it', async () => {
  const world = await start();
  const { node, maker } = world;
  const reception = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/reception')),
    label: 'reception',
    powers: {
      walletMaker: node.definePowerOfEach('wallet', () => makeWalletMaker(node) as Any),
      makers: { repository: maker },
      grantor: node.grantor,
    },
    params: { name: 'La poca' },
  })) as Any;
  const wallet = ok(await E(await E(reception).invite()).enter('Ana', next())).goto;
  ok(await E(wallet).found('repository', { name: 'Recetas' }, next()));
  const [ana] = (await E(wallet).view()).places;
  assert.equal((await E(ana).view()).repository, 'Recetas');
  ok(await E(await draftOf(ana, { text: counter(), powers: ['clock'] })).publish(next()));

  // Only by what pages show from here on.
  const beto = await joinOf(ana, 'Beto');
  const [{ version }] = (await E(beto).view()).versions;
  const seen = (await E(beto).plan(version, next())).goto;
  const { use } = ok(await E(seen).confirm('Cuenta', next()));
  const { secret } = ok(await E(use).inviteLink(next()));
  assert.deepEqual(await E(ana).acceptLink('no link', next()), refused('invalid'));
  const seat = ok(await E(ana).acceptLink(secret, next())).goto;
  assert.deepEqual(
    (await E(seat).view()).users.map(({ who }: Any) => who),
    ['Beto', 'Ana'],
  );
  ok(await E(ana).plan(version, next()));
  const [{ plan }] = (await E(seat).view()).plans;
  ok(await E(seat).offer(plan, next()));
  assert.equal((await E(seat).view()).plans.length, 0);
  assert.equal((await E(use).view()).offered.length, 1);
  // Each facet that a page shows says in both languages what it is.
  for (const facet of [beto, version, seen, use, plan]) {
    const { label, fields, methods } = await E(facet).__describe__();
    const texts = [label, ...Object.values(fields), ...Object.values(methods)] as Any[];
    for (const one of texts) {
      const text = 'label' in one ? one.label : one;
      assert.ok(text.en !== '' && text.es !== '');
    }
  }
  await node.stop();
});
