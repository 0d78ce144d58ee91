import { makeFocoVat, next, ok, refused, start } from './fixture.ts';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { FocoParticipant, Fork } from '@pocas/foco-actors';
import type { Facet } from '@pocas/vat-runtime';

/** How it ended. A vat is made on the way, of which nothing in the FoCo tells. */
const over = async (
  world: Awaited<ReturnType<typeof start>>,
  fork: Facet<Fork>,
): Promise<string> => {
  for (let round = 0; round < 2_000; round += 1) {
    const { phase } = await E(fork).view();
    if (phase === 'done' || phase === 'failed') {
      await world.pass(1_000);
      return phase;
    }
    await world.pass(1_000);
    await sleep(5);
  }
  return 'not over';
};

test('two go apart with their envelopes, part by part, and the others keep theirs', async () => {
  const world = await start(['Ana', 'Beto', 'Caro']);
  const [ana, beto, caro] = world.people;
  await world.put(ana!, 50n, true);
  await world.put(ana!, 20n);
  await world.put(beto!, 30n);
  await world.put(caro!, 40n);
  const { fork } = ok(await E(ana!.self).proposeFork('Colmena', 'pan para el barrio', next()));
  ok(await E(beto!.self).joinFork(fork, next()));
  refused(await E(beto!.self).goFork(fork, next()), 'unsupported');
  refused(await E(ana!.self).forked(fork), 'notYet');
  ok(await E(ana!.self).goFork(fork, next()));
  assert.equal(await over(world, fork), 'done');
  await world.sound();
  const forked = ok(await E(ana!.self).forked(fork));
  assert.notEqual(forked.cares?.steward, undefined);
  assert.equal(ok(await E(beto!.self).forked(fork)).cares, undefined);
  const hers = forked.participant as Facet<FocoParticipant>;
  const his = ok(await E(beto!.self).forked(fork)).participant as Facet<FocoParticipant>;
  const view = await E(hers).view();
  assert.deepEqual(
    [view.foco, view.name, view.purpose],
    ['Colmena', 'Ana', ['pan para el barrio']],
  );
  assert.deepEqual([view.envelopes[0]!.value, view.envelopes[0]!.returnable], [70n, 50n]);
  assert.equal((await E(his).view()).envelopes[0]!.value, 30n);
  assert.equal((await E(await E(hers).foco()).view()).purses[0]!.balance, 100n);
  assert.deepEqual(
    [await world.has(ana!), await world.has(beto!), await world.has(caro!)],
    [0n, 0n, 40n],
  );
  assert.equal((await E(ana!.self).view()).status, 'left');
  refused(await E(caro!.self).forked(fork), 'invalid');
  refused(await E(caro!.self).joinFork(fork, next()), 'closed');
  await world.node.stop();
});

test('one alone goes apart in one call, and what cannot be moved stays in the envelope', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana] = world.people;
  await world.put(ana!, 25n);
  const { steward } = world.founded.cares;
  // An account that no market knows: it moves nowhere.
  const other = await E(world.bank).account('otra cuenta');
  const { purse } = ok(await E(steward).addAccount(other, 'Otro', 'vales', 1n, next()));
  const { payment } = ok(await E(ana!.account).withdraw(7n, next()));
  await world.node.rest();
  ok(await E(ana!.self).contribute(purse, payment, false, next()));
  await world.node.rest();
  const { fork } = ok(await E(ana!.self).fork('Sola', 'sola', next()));
  assert.equal(await over(world, fork), 'done');
  assert.deepEqual((await E(fork).view()).back, [{ name: 'Otro' }]);
  const { envelopes, status } = await E(ana!.self).view();
  assert.deepEqual([envelopes.map(({ value }) => value), status], [[0n, 7n], 'here']);
  const hers = ok(await E(ana!.self).forked(fork)).participant as Facet<FocoParticipant>;
  assert.equal((await E(hers).view()).envelopes[0]!.value, 25n);
  await world.sound();
  await world.node.stop();
});

test('the new FoCo believes its ledger: what is only announced is nobody’s, and what is confirmed comes once', async () => {
  const world = await start(['Zoe']);
  const { node, bank } = world;
  const root = await makeFocoVat(node);
  const { joined, receiver } = ok(await E(root).settle(['Ana', 'Beto'], next()));
  refused(await E(root).claim('Eve', next()), 'claimed');
  const shares = joined.map(({ participant }) => participant as Facet<FocoParticipant>);
  const invitation = await E(bank).invitation();
  const { purse } = ok(await E(receiver).openPurse(invitation as never, 'Tianguis', next()));
  await node.rest();
  const view = async () => {
    const views = await Promise.all(shares.map((share) => E(share).view()));
    return views.map(({ envelopes }) => envelopes[0]!.value);
  };
  const card = (await E(shares[0]!).view()).envelopes[0]!.purse;
  const give = async (value: bigint) => {
    const { payment } = ok(await E(await E(bank).account('Yola')).withdraw(value, next()));
    ok(await E(await E(shares[0]!).foco()).give(card, payment, next()));
    await node.rest();
    ok(await E(shares[1]!).divide(card, next()));
    await node.rest();
  };
  await world.pass(7 * 24 * 3_600_000);
  const part = { who: 1n, taken: { surplus: 30n, own: [] } };
  await E(receiver).expect(purse, 'k', [part]);
  // A gift comes meanwhile: what is announced is left aside, and not credited from it.
  await give(50n);
  assert.deepEqual(await view(), [10n, 10n]);
  await E(receiver).confirm(purse, 'k', true);
  await E(receiver).confirm(purse, 'k', true);
  await node.rest();
  assert.deepEqual(await view(), [40n, 10n]);
  // Confirmed, and not there.
  await E(receiver).expect(purse, 'l', [part]);
  await E(receiver).confirm(purse, 'l', true);
  await node.rest();
  assert.deepEqual(await view(), [40n, 10n]);
  // Announced, and not paid after all.
  await E(receiver).expect(purse, 'm', [part]);
  await E(receiver).confirm(purse, 'm', false);
  await E(receiver).confirm(purse, 'l', false);
  await give(20n);
  assert.deepEqual(await view(), [50n, 20n]);
  await node.stop();
});
