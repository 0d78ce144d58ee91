import { type TestNode, foundMarket, makeTestNode, ok } from '../fixture.ts';
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
