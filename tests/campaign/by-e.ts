/** Purses that pay each other by `E`: what was not answered is asked again, under the same name. */
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { audit } from './audit.ts';
import { type Purse, driveLanes, pursesOf, statementOf } from './purses.ts';
import type { Transfer } from './transfers.ts';
import type { Workload } from './workload.ts';

const pay = async (roots: readonly Purse[], { id, from, to, value }: Transfer): Promise<void> => {
  await E(roots[from]).pay(await E(roots[to]).payee(), value, id);
};

export const byE: Workload = {
  name: 'E',
  // This file runs as tests/dist/campaign/by-e.js; a vat is bundled from its source.
  vats: pursesOf(fileURLToPath(new URL('../../campaign/vats/purse.ts', import.meta.url))),
  drive: (roots, log, random, transfers) =>
    driveLanes(roots.length, (transfer) => pay(roots, transfer), log, random, transfers),
  async check(roots, log) {
    // A promise does not outlive the node, so nothing moves by itself after a start.
    const before = audit(await Promise.all(roots.map(statementOf)), log);
    const unknown = log.transfers.filter(({ acknowledged }) => acknowledged === undefined);
    await Promise.all(
      unknown.map(async (transfer) => {
        await pay(roots, transfer);
        log.acknowledge(transfer);
      }),
    );
    const after = audit(await Promise.all(roots.map(statementOf)), log);
    return [...new Set([...before, ...after])];
  },
};
