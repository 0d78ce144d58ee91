import { type TestNode, foundMarket, join, makeTestNode, next, ok } from '../fixture.ts';
import { makeManualTime } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Explained } from '@pocas/clearing/limits';
import type { AccountDesk, MarketParams } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

const week = 7 * 24 * 60 * 60 * 1000;
const most = 1_000_000_000n;

const time = makeManualTime();
let node: TestNode;
before(async () => {
  node = await makeTestNode({ time });
});
after(() => node.stop());

// What a charter allows and the rule refuses would leave a market with its old limits for good.
for (const [name, charter] of Object.entries({
  highest: {
    baseLimit: most,
    limitCap: most,
    minimumCeiling: most,
    kappa: most,
    kappaPair: most,
    perEpochCap: most,
    halfActivity: most,
    beta: 10_000n,
    chi: 1_000n,
    gamma: 100_000n,
    window: 104n,
    appreciations: 64n,
  },
  lowest: {
    baseLimit: 0n,
    limitCap: 0n,
    minimumCeiling: 0n,
    kappa: 0n,
    kappaPair: 0n,
    perEpochCap: 0n,
    halfActivity: 1n,
    beta: 0n,
    chi: 0n,
    gamma: 1_000n,
    window: 1n,
    appreciations: 0n,
  },
} satisfies { [name: string]: NonNullable<MarketParams['charter']> }))
  test(`with the ${name} numbers that a charter may have, epochs end with new limits`, async () => {
    const { participant } = await foundMarket(node, { charter });
    time.pass(week);
    await node.rest();
    const desk = (await E(participant).desk('account')) as unknown as Facet<AccountDesk>;
    const explained = ok((await E(desk).explain()) as Explained);
    assert.notEqual(explained.epoch, undefined);
    assert.equal(explained.params.window, charter.window);
  });

// `any`: desks of other rooms.
type Any = any;
/** A seller with a ceiling of 30 sells twice for 20; what passes it is dealt with as they say. */
const sellPast = async (overflow: 'decline' | 'ask') => {
  const { steward } = await foundMarket(node, { charter: { baseLimit: 20n, minimumCeiling: 10n } });
  const seller = await join(steward, 'Vera');
  const buyers = [await join(steward, 'Ana'), await join(steward, 'Beto')];
  const account = await seller.desk<Any>('account');
  ok((await E(account).setOverflow(overflow, next())) as Any);
  ok((await E(await seller.desk<Any>('offer')).offer('bread', '', 20n, 9n, next())) as Any);
  for (const buyer of buyers) {
    const desk = await buyer.desk<Any>('offer');
    const [item] = (await E(desk).view()).offers;
    const { order } = ok((await E(desk).order(item.offer, 1n, next())) as Any) as Any;
    const [sale] = (await E(await seller.desk<Any>('order')).view()).sales;
    ok((await E(sale.order).ready()) as Any);
    ok((await E(sale.order).handOver()) as Any);
    ok((await E(order).accept()) as Any);
  }
  const counted = async () => {
    time.pass(week);
    await node.rest();
    const of = async (desk: Any) => (await E(desk).view()).counted.at(-1);
    const last = await of(await buyers[1]!.desk<Any>('account'));
    return { sold: (await of(account)).sold as bigint, spent: last.spent as bigint };
  };
  return { account, seller, counted };
};

test('what a seller at the ceiling declines is no sale, and no spending', async () => {
  const { seller, counted } = await sellPast('decline');
  assert.equal((await seller.view()).balance, 30n);
  assert.deepEqual(await counted(), { sold: 30n, spent: 10n });
});

test('nor is what they are asked about, and decline then', async () => {
  const { account, seller, counted } = await sellPast('ask');
  const [{ question }] = (await E(account).view()).questions;
  const requestId = next();
  ok((await E(question).decline(requestId)) as Any);
  ok((await E(question).decline(requestId)) as Any);
  assert.equal((await seller.view()).balance, 30n);
  assert.equal((await counted()).sold, 30n);
});

test('no interest, no fee, no demurrage: time and epochs alone change nobody’s balance', async () => {
  const { steward, commons, auditor } = await foundMarket(node, { charter: { baseLimit: 20n } });
  const [rich, poor] = [await join(steward, 'Vera'), await join(steward, 'Ana')];
  const payee = await E(E(rich.self).account()).payee();
  ok(await E(E(poor.self).account()).pay(payee, 17n, next()));
  time.pass(2 * week);
  await node.rest();
  assert.deepEqual([(await rich.view()).balance, (await poor.view()).balance], [17n, -17n]);
  assert.equal((await E(commons).view()).balance, 0n);
  const { sum, pools } = await E(auditor).statement();
  assert.deepEqual([sum, pools], [0n, 0n]);
});
