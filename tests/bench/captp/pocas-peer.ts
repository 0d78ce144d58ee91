/** A node that calls: from its own powers through its switchboard to the other node. */
import '@pocas/vat-runtime/lockdown';
import { serve } from '../serve.ts';
import { givenAddress } from './loopback.ts';
import { makeModes } from './modes.ts';
import { callsOn } from './pocas-calls.ts';
import { startLoopbackNode } from './pocas-node.ts';

serve(async () => {
  const node = await startLoopbackNode();
  const target = await node.enlivener.enliven(givenAddress());
  return { modes: await makeModes(callsOn(target)), close: node.stop };
});
