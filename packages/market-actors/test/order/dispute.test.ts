import { deskOf, factsOf, next, ok, silence, stands, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Any } from './fixture.ts';

/** An order that was handed over, and that the buyer complains of. */
const quarrel = async (market: Any, own = 20n, rest: Any = {}): Promise<Any> => {
  const kit = ok(await E(market).order('Ana', 'Beto', own, rest, next()));
  ok(await E(kit.seller).handOver());
  ok(await E(kit.buyer).dispute('it never came'));
  return kit;
};
const faults = async (market: Any, ...names: string[]): Promise<bigint[]> =>
  Promise.all(names.map(async (name) => (await factsOf(market, name)).faults));
const phaseOf = async (kit: Any): Promise<string> => (await E(kit.buyer).view()).phase;

test('both agree: the price is shared to the last unit, once', async () => {
  const { node, market } = await start();
  const kit = await quarrel(market, 21n);
  assert.deepEqual(await E(kit.buyer).accept(), { ok: false, code: 'closed' });
  ok(await E(kit.seller).state('it did', next()));
  ok(await E(kit.buyer).propose(30n, next()));
  ok(await E(kit.seller).propose(80n, next()));
  assert.equal(await phaseOf(kit), 'disputed');
  const { byBuyer, bySeller, buyerProposes, sellerProposes } = await E(kit.seller).view();
  assert.deepEqual(
    [byBuyer, bySeller, buyerProposes, sellerProposes],
    ['it never came', 'it did', 30n, 80n],
  );
  assert.equal(ok(await E(kit.seller).propose(30n, next())).phase, 'split');
  assert.deepEqual(await stands(market, 'Ana'), [-6n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [6n, 0n, 0n]);
  assert.deepEqual(await E(kit.watcher).ends(), [{ phase: 'split', paid: 6n, returned: 15n }]);
  assert.deepEqual(await faults(market, 'Ana', 'Beto'), [0n, 1n]);
  await E(market).check();
  await node.stop();
});

test('a false claim that is given up pays the seller, and stands against who made it', async () => {
  const { node, market } = await start();
  const kit = await quarrel(market);
  ok(await E(kit.buyer).propose(100n, next()));
  assert.equal(ok(await E(kit.seller).propose(100n, next())).phase, 'settled');
  assert.deepEqual(await stands(market, 'Beto'), [20n, 0n, 0n]);
  assert.deepEqual(await faults(market, 'Ana', 'Beto'), [1n, 0n]);
  assert.equal((await E(market).facts()).sales.length, 1);
  const { past } = await E(deskOf(market, 'Ana')).view();
  assert.equal(past[0].phase, 'settled', 'it stands in their own history');
  await node.stop();
});

test('nobody agrees: given back below the market’s amount, shared above', async () => {
  const { node, time, market } = await start();
  const [small, large] = [await quarrel(market, 9n), await quarrel(market, 21n)];
  for (const kit of [small, large]) ok(await E(kit.seller).state('it did', next()));
  time.pass(silence);
  await node.rest();
  assert.deepEqual([await phaseOf(small), await phaseOf(large)], ['refunded', 'split']);
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 0n, 0n]);
  assert.deepEqual(await E(small.seller).propose(1n, next()), { ok: false, code: 'closed' });
  await E(market).check();
  await node.stop();
});

test('whoever claims again and again that nothing came pays for it; a silent seller does too', async () => {
  const { node, time, market } = await start();
  for (let i = 0; i < 3; i += 1) {
    const kit = await quarrel(market, 5n);
    ok(await E(kit.seller).state('it did', next()));
    time.pass(silence);
    await node.rest();
    assert.equal(await phaseOf(kit), 'refunded');
  }
  assert.deepEqual(await faults(market, 'Ana', 'Beto'), [2n, 0n]);
  const unanswered = await quarrel(market, 5n);
  time.pass(silence);
  await node.rest();
  assert.equal(await phaseOf(unanswered), 'refunded');
  assert.deepEqual(await faults(market, 'Ana', 'Beto'), [2n, 1n]);
  await node.stop();
});

test('a helper is drawn by lot of those who offered it before, and decides nothing', async () => {
  const { node, market } = await start();
  await E(deskOf(market, 'Ana')).offerHelp(next());
  await E(deskOf(market, 'Beto')).offerHelp(next());
  const alone = await quarrel(market);
  assert.equal((await E(alone.buyer).view()).facilitator, undefined, 'no party helps itself');

  const drawn = new Set<string>();
  const kit = ok(await E(market).order('Ana', 'Beto', 5n, {}, next()));
  ok(await E(kit.seller).handOver());
  await E(deskOf(market, 'Carla')).offerHelp(next());
  ok(await E(kit.buyer).dispute('no'));
  assert.equal(
    (await E(kit.buyer).view()).facilitator,
    undefined,
    'nor does who came after the order',
  );

  await E(deskOf(market, 'Dora')).offerHelp(next());
  let last: Any;
  for (let i = 0; i < 12; i += 1) {
    last = await quarrel(market, 5n);
    drawn.add((await E(last.buyer).view()).facilitator);
  }
  assert.deepEqual([...drawn].toSorted(), ['Carla', 'Dora'], 'now one, now the other');

  const name = (await E(last.buyer).view()).facilitator;
  const { helping } = await E(deskOf(market, name)).view();
  const help = helping.find(({ order }: Any) => order !== undefined);
  ok(await E(help.order).suggest(50n, 'meet in the middle', next()));
  assert.equal((await E(help.order).view()).phase, 'disputed');
  await node.stop();
});

test('a late copy of a proposal does not undo what was proposed since', async () => {
  const { node, market } = await start();
  const kit = await quarrel(market);
  const early = next();
  ok(await E(kit.buyer).propose(50n, early));
  ok(await E(kit.buyer).propose(10n, next()));
  ok(await E(kit.buyer).propose(50n, early));
  assert.equal((await E(kit.buyer).view()).buyerProposes, 10n);
  assert.equal(ok(await E(kit.seller).propose(50n, next())).phase, 'disputed');
  await node.stop();
});

test('what complains and when: not before it is ready, and the seller only after handing over', async () => {
  const { node, market } = await start();
  const { claim } = await E(market).home(1n);
  const kit = ok(await E(market).order('Ana', 'Beto', 9n, { claim }, next()));
  assert.deepEqual(await E(kit.buyer).dispute('?'), { ok: false, code: 'notYet' });
  assert.deepEqual(await E(kit.seller).dispute('?'), { ok: false, code: 'notYet' });
  assert.deepEqual(await E(kit.buyer).propose(0n, next()), { ok: false, code: 'notYet' });
  ok(await E(kit.seller).ready());
  assert.deepEqual(await E(kit.seller).dispute('?'), { ok: false, code: 'notYet' });
  ok(await E(kit.buyer).dispute('nobody was there'));
  ok(await E(kit.seller).propose(0n, next()));
  assert.equal(ok(await E(kit.buyer).propose(0n, next())).phase, 'refunded');
  assert.equal((await E(claim).view()).free, 1n, 'it never left its home');
  await assert.rejects(E(kit.buyer).propose(101n, next()));
  await node.stop();
});

test('what was handed over and is given back in a dispute is not in its home', async () => {
  const { node, market } = await start();
  const { claim } = await E(market).home(1n);
  const kit = await quarrel(market, 9n, { claim });
  ok(await E(kit.seller).propose(0n, next()));
  assert.equal(ok(await E(kit.buyer).propose(0n, next())).phase, 'refunded');
  assert.equal((await E(claim).view()).free, 0n);
  await node.stop();
});
