/** A client that calls: it holds a sturdy ref and has no node. */
import '@pocas/vat-runtime/lockdown';
import { randomBytes } from 'node:crypto';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import { serve } from '../serve.ts';
import { givenAddress } from './loopback.ts';
import { makeModes } from './modes.ts';
import { callsOn } from './pocas-calls.ts';

serve(async () => {
  const session = await connect(givenAddress(), {
    dial: dialChannel,
    ciphers: nodeCiphers,
    random: (byteLength) => new Uint8Array(randomBytes(byteLength)),
    later: (task) => void setImmediate(task),
  });
  return { modes: await makeModes(callsOn(await session.object)) };
});
