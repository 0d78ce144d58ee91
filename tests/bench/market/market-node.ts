/** A node with a market, for people at another node. */
import '@pocas/vat-runtime/lockdown';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import { serve } from '../serve.ts';
import { members } from './buy.ts';
import { found } from './found.ts';

serve(async () => {
  const node = await startLoopbackNode();
  const { market, founded } = await found(node, members);
  const texts = [market, founded.cares.marketPublic].map((facet) =>
    node.grantor.sturdy(facet as object),
  );
  return { ready: texts.join(' '), close: node.stop };
});
