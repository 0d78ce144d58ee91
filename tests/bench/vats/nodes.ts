/** Nodes on a real store, for the processes of this bench. */
import {
  type PocasNode,
  openDataDirectory,
  startInlineHost,
  startNode,
  makeHostStarter,
} from '@pocas/vat-runtime/node';
import { fileURLToPath } from 'node:url';

/** Vats by their module, each with a method of its root that wakes it. */
export const subjects = {
  'one kind': {
    module: fileURLToPath(new URL('./one-kind.js', import.meta.url)),
    method: 'count',
  },
  wallet: {
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/wallet')),
    method: 'view',
  },
} as const;

/** No vat goes to sleep unless it is told to. */
const awake = { idleMilliseconds: 2 ** 31 - 1, maxAwake: 1_000_000 };

/** @param host - `inline` has the vats on this thread, so that one heap holds all there is of them */
export const openNode = async (
  directory: string,
  host: 'inline' | 'thread',
): Promise<PocasNode> => {
  const { storage, anchor, storeDirectory, secrets } = await openDataDirectory(directory);
  return startNode({
    secrets,
    storage,
    anchor,
    sleep: awake,
    startHost:
      host === 'inline'
        ? (_place, events) => startInlineHost(storage, events)
        : makeHostStarter(storeDirectory),
    onFatal: (reason) => {
      process.stderr.write(`${reason}\n`);
      process.exit(1);
    },
  });
};

export const makeWallet = (node: PocasNode, name: string): Promise<unknown> =>
  node.makeVat({
    module: subjects.wallet.module,
    label: name,
    powers: { clock: node.clock, enlivener: node.enlivener, grantor: node.grantor },
    params: { name, secret: 'A'.repeat(43) },
  });
