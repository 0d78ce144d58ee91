/** A store that ends its own process at a chosen write, as by `kill -9`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDirectory } from '@pocas/vat-runtime/node';

type Storage = DataDirectory['storage'];
type Anchor = DataDirectory['anchor'];

/**
 * Where in a write: before anything of it is issued; when it is on disk and not anchored; when it is
 * anchored and nothing that waited for it has left.
 */
export const places = ['before', 'on disk', 'anchored'] as const;

/** An answer that does not wait for its write has time to leave before the process ends. */
const millisBefore = 20;

export type Moment = {
  /** Counted from 1, since the process started; for `anchored`, of the anchor's own writes. */
  readonly write: number;
  readonly place: (typeof places)[number];
};

export const dieAt = (
  { storage, anchor }: { storage: Storage; anchor: Anchor | undefined },
  moment: Moment | undefined,
): { storage: Storage; anchor: Anchor | undefined; writes(): number } => {
  let writes = 0;
  let anchored = 0;
  const isAt = (write: number, place: Moment['place']) =>
    moment?.write === write && moment.place === place;
  const die = () => void process.kill(process.pid, 'SIGKILL');
  return {
    writes: () => writes,
    storage: {
      ...storage,
      async write(rows) {
        // The committer never has two writes under way.
        writes += 1;
        const write = writes;
        if (isAt(write, 'before')) {
          await sleep(millisBefore);
          die();
        }
        await storage.write(rows);
        if (isAt(write, 'on disk')) die();
      },
    },
    anchor: anchor && {
      ...anchor,
      async write(sequence, hash) {
        await anchor.write(sequence, hash);
        anchored += 1;
        if (isAt(anchored, 'anchored')) die();
      },
    },
  };
};
