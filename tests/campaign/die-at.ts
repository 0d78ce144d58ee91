/** A store that ends its own process at a chosen write, as by `kill -9`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDirectory } from '@pocas/vat-runtime/node';

type Storage = DataDirectory['storage'];

/**
 * Where in a write: before anything of it is issued, or when it is on disk and nothing that waited
 * for it has left. A store that does more for a write (an anchor) gets a place here for each step.
 */
export const places = ['before', 'after'] as const;

/** An answer that does not wait for its write has time to leave before the process ends. */
const millisBefore = 20;

export type Moment = {
  /** Counted from 1, since the process started. */
  readonly write: number;
  readonly place: (typeof places)[number];
};

export const dieAt = (
  storage: Storage,
  moment: Moment | undefined,
): { storage: Storage; writes(): number } => {
  let writes = 0;
  const isAt = (place: Moment['place']) => moment?.write === writes && moment.place === place;
  const die = () => void process.kill(process.pid, 'SIGKILL');
  return {
    writes: () => writes,
    storage: {
      ...storage,
      async write(rows) {
        // The committer never has two writes under way.
        writes += 1;
        if (isAt('before')) {
          await sleep(millisBefore);
          die();
        }
        await storage.write(rows);
        if (isAt('after')) die();
      },
    },
  };
};
