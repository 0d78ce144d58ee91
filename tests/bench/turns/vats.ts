/**
 * Two vats of one node. Its argument says how they call each other: `E` or `send`.
 * A round is over when all of it is on disk.
 */
import '@pocas/vat-runtime/lockdown';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import { type Mode, serve } from '../serve.ts';
import { vatCase, vatLoads } from './modes.ts';

type Payer = {
  open(): object[];
  use(accounts: object[]): void;
  byE(calls: number, callers: number): void;
  bySend(calls: number, callers: number): void;
};

const [how] = process.argv.slice(2);

serve(async () => {
  const node = await startLoopbackNode();
  const module = fileURLToPath(new URL('./bank-vat.js', import.meta.url));
  // The casts hold: `make` of that module answers a payer.
  const bank = (await node.makeVat({ module, label: 'bank' })) as Payer;
  const payer = (await node.makeVat({ module, label: 'payer' })) as Payer;
  await E(payer).use(await E(bank).open());
  const modes: Record<string, Mode> = {};
  for (const callers of vatLoads) {
    modes[vatCase(callers)] = async (calls) => {
      await (how === 'send' ? E(payer).bySend(calls, callers) : E(payer).byE(calls, callers));
    };
  }
  return { modes, close: node.stop };
});
