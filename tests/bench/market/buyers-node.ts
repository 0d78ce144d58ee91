/** The node of people who buy in a market of another node, over the one session that two nodes have. */
import '@pocas/vat-runtime/lockdown';
import type { MarketPublic } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { givenAddress } from '../captp/loopback.ts';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import { serve } from '../serve.ts';
import { makeBuyers } from './buy.ts';
import { modesOf } from './modes.ts';
import type { BenchMarket } from './vats/market.ts';

serve(async () => {
  const node = await startLoopbackNode();
  const [market, marketPublic] = await Promise.all(
    givenAddress()
      .split(' ')
      .map((text) => node.enlivener.enliven(text)),
  );
  // The casts hold: those texts are of our own market.
  const buyers = await makeBuyers(market as BenchMarket, marketPublic as Facet<MarketPublic>);
  return { modes: modesOf(buyers), close: node.stop };
});
