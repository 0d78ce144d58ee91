/** A client without a node; `node` as its last argument gives it the ciphers of OpenSSL. */
import '@pocas/vat-runtime/lockdown';
import { randomBytes } from 'node:crypto';
import { E } from '@endo/far';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import { givenAddress } from '../captp/loopback.ts';
import type { Target } from '../captp/pocas-vat.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';

const open = async () => {
  const session = await connect(givenAddress(), {
    dial: dialChannel,
    random: (byteLength) => new Uint8Array(randomBytes(byteLength)),
    later: (task) => void setImmediate(task),
    ...(process.argv.at(-1) === 'node' ? { ciphers: nodeCiphers } : {}),
  });
  // The sturdy ref is that of our own vat.
  const target = (await session.object) as Target;
  return {
    echo: async (text: string): Promise<unknown> => E(target).echo(text),
    close: session.close,
  };
};

serve(async () => ({ modes: await makeModes(open) }));
