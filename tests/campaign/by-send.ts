/**
 * Purses that pay each other by `send`. A payment is acknowledged when it has left the payer, and
 * nobody asks again: after a crash it has to arrive by itself, once and in its place.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { type Statement, audit } from './audit.ts';
import { type Purse, driveLanes, pursesOf, statementOf } from './purses.ts';
import type { Transfer } from './transfers.ts';
import type { Workload } from './workload.ts';

const pay = async (roots: readonly Purse[], { id, from, to, value }: Transfer): Promise<void> => {
  await E(roots[from]).pay(await E(roots[to]).payee(), value, id, BigInt(from), BigInt(to));
};

/** How long what is under way may take after a start. */
const patienceMillis = 20_000;

const isUnderWay = ({ outgoing }: Statement): boolean =>
  [...outgoing.values()].some(({ settled }) => !settled);

export const bySend: Workload = {
  name: 'send',
  vats: pursesOf(fileURLToPath(new URL('../../campaign/vats/sending-purse.ts', import.meta.url))),
  drive: (roots, log, random, transfers) =>
    driveLanes(roots.length, (transfer) => pay(roots, transfer), log, random, transfers),
  async check(roots, log) {
    const end = Date.now() + patienceMillis;
    let statements = await Promise.all(roots.map(statementOf));
    while (statements.some(isUnderWay) && Date.now() < end) {
      await sleep(20);
      statements = await Promise.all(roots.map(statementOf));
    }
    const faults = await Promise.all(
      roots.map((root: Purse): Promise<string[]> => E(root).faults()),
    );
    return [...audit(statements, log), ...faults.flat()];
  },
};
