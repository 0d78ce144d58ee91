/** A node with a market, and a program of it that buys: all calls are turns of a vat on another thread. */
import '@pocas/vat-runtime/lockdown';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import { serve } from '../serve.ts';
import { makeBuyers, members } from './buy.ts';
import { found } from './found.ts';
import { modesOf } from './modes.ts';

serve(async () => {
  const node = await startLoopbackNode();
  const { market, founded } = await found(node, members);
  return { modes: modesOf(await makeBuyers(market, founded.cares.marketPublic)), close: node.stop };
});
