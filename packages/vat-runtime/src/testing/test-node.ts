/** A node in this thread over a memory store: real switchboard, real vats, no disk. For fast tests. */
import '../machine/lockdown.ts';
import { makeSecret } from '../node/data-directory.ts';
import { makeLineLog } from '../node/log.ts';
import { type NodeOptions, type NodeSecrets, type PocasNode, startNode } from '../node/node.ts';
import { startInlineHost } from '../hosts/inline.ts';
import { makeMemoryStorage } from '../store/memory-storage.ts';
import type { Storage } from '../store/storage.ts';

export type TestNodeOptions = Partial<
  Pick<
    NodeOptions,
    | 'time'
    | 'epochs'
    | 'sleep'
    | 'quotasOf'
    | 'limits'
    | 'hosts'
    | 'startHost'
    | 'pingMilliseconds'
    | 'dial'
    | 'log'
  >
> & {
  /** Where the lines of the log go. Default: standard error. */
  readonly print?: (line: string) => void;
  /** Give the same storage and secrets again to see the node after a restart. */
  readonly storage?: Storage;
  readonly secrets?: NodeSecrets;
};

export type TestNode = PocasNode & {
  readonly storage: Storage;
  readonly secrets: NodeSecrets;
  /** Resolves when nothing is under way any more: sends, their answers, timers that are due. */
  rest(): Promise<void>;
};

/** How often in a row nothing may have been written before a node counts as at rest. */
const quietRounds = 10;

const rest = async ({ settled, counts }: PocasNode): Promise<void> => {
  let { batches } = counts();
  for (let quiet = 0; quiet < quietRounds; quiet += 1) {
    await settled();
    await new Promise((resolve) => setImmediate(resolve));
    const now = counts().batches;
    if (now !== batches) quiet = -1;
    batches = now;
  }
};

export const makeTestSecrets = (): NodeSecrets => ({
  identity: makeSecret(),
  grants: makeSecret(),
});

/**
 * @example
 * const node = await makeTestNode();
 * const root = await node.makeVat({ module: fileURLToPath(import.meta.resolve('@pocas/market-actors/market')), label: 'market' });
 */
export const makeTestNode = async ({
  storage = makeMemoryStorage(),
  secrets = makeTestSecrets(),
  print,
  ...options
}: TestNodeOptions = {}): Promise<TestNode> => {
  const node = await startNode({
    startHost: (_place, events) => startInlineHost(storage, events),
    ...options,
    ...(print === undefined ? {} : { log: makeLineLog(print) }),
    secrets,
    storage,
    anchor: undefined,
    onFatal: (reason) => {
      throw Error(reason);
    },
  });
  return Object.freeze({ ...node, storage, secrets, rest: () => rest(node) });
};
