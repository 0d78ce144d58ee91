/** A node that calls another, over the one session that two nodes have. */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import { givenAddress } from '../captp/loopback.ts';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import type { Target } from '../captp/pocas-vat.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';

serve(async () => {
  const node = await startLoopbackNode();
  // The sturdy ref is that of our own vat.
  const target = (await node.enlivener.enliven(givenAddress())) as Target;
  const open = async () => ({
    echo: async (text: string): Promise<unknown> => E(target).echo(text),
    close() {},
  });
  return { modes: await makeModes(open), close: node.stop };
});
