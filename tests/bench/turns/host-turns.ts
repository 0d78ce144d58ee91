/** Turns inside a vat host on a thread, committed by the node's committer to a real LevelDB, without CapTP. */
import '@pocas/vat-runtime/lockdown';
import {
  type HostEvents,
  openDataDirectory,
  openStore,
  rowChecksum,
  sha256,
  makeHostStarter,
} from '@pocas/vat-runtime/node';
import { makeFaultyStorage } from '@pocas/vat-runtime/testing';
import { type Mode, serve } from '../serve.ts';
import { makeFolder } from './folder.ts';
import { driveBank } from './host.ts';
import { diskCase, diskLoads, withCallers } from './modes.ts';

const fail = (error: unknown): never => {
  throw error instanceof Error ? error : Error(String(error));
};

/** @param delay - how much longer each sync takes, of the store and of its anchor, in milliseconds */
const open = async (delay: number) => {
  const { storage, anchor, storeDirectory } = await openDataDirectory(makeFolder());
  const wait = () => new Promise((resolve) => setTimeout(resolve, delay));
  const store = await openStore({
    storage:
      delay === 0 ? storage : makeFaultyStorage(storage, { delayMilliseconds: delay }).storage,
    anchor: {
      ...anchor,
      async write(sequence: number, hash: string) {
        if (delay > 0) await wait();
        return anchor.write(sequence, hash);
      },
    },
    hash: sha256,
    checksum: rowChecksum,
    onFailure: fail,
  });
  const startHost = makeHostStarter(storeDirectory);
  return driveBank(store, (events: HostEvents) =>
    startHost({ kind: 'shared', number: 0 }, events, () => undefined),
  );
};

serve(async () => {
  const modes: Record<string, Mode> = {};
  for (const delay of new Set(diskLoads.map(({ fsyncMillis }) => fsyncMillis))) {
    const begin = await open(delay);
    for (const load of diskLoads.filter(({ fsyncMillis }) => fsyncMillis === delay)) {
      modes[diskCase(load)] = withCallers(load.callers, begin);
    }
  }
  return { modes };
});
