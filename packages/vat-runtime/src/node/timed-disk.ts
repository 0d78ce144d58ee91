/** How long the disk takes: storage and anchor of a node, with a look at the watch before and after. */
import type { Log } from '../monitor/log.ts';
import type { HistogramName } from '../monitor/metrics.ts';
import type { Anchor } from '../store/anchor.ts';
import type { Storage } from '../store/storage.ts';

export type Disk = { readonly storage: Storage; readonly anchor: Anchor | undefined };

export type TimedDisk = Disk & {
  /** The store is opened before there is anything that could show its times. */
  observeBy(observe: (name: HistogramName, seconds: number) => void): void;
};

export const timeDisk = ({ storage, anchor }: Disk, log: Log): TimedDisk => {
  let observe = (_name: HistogramName, _seconds: number): void => {};
  /** @returns the seconds that it took */
  const timed = async (name: HistogramName, task: () => Promise<void>): Promise<number> => {
    const begun = performance.now();
    await task();
    const seconds = (performance.now() - begun) / 1000;
    observe(name, seconds);
    return seconds;
  };
  return {
    storage: {
      ...storage,
      async write(rows) {
        const seconds = await timed('pocas_store_write_seconds', () => storage.write(rows));
        log.tell('store.wrote', { rows: rows.length, duration: seconds * 1000 });
      },
    },
    anchor: anchor && {
      ...anchor,
      async write(...point) {
        await timed('pocas_store_anchor_seconds', () => anchor.write(...point));
      },
    },
    observeBy(wanted) {
      observe = wanted;
    },
  };
};
