/** The mistake that a power cut must bring to light: a store that answers before the disk has it. */
import { Level } from 'level';
import type { DataDirectory } from '@pocas/vat-runtime/node';

/** @param data - is open; this is a second handle on its store, in the same process */
export const openUnsynced = async ({
  storage,
  storeDirectory,
}: DataDirectory): Promise<DataDirectory['storage']> => {
  const level = new Level<string, string>(storeDirectory, { multithreading: true } as object);
  await level.open();
  return {
    ...storage,
    write: (rows) =>
      level.batch(
        rows.map(([key, value]) =>
          value === undefined
            ? { type: 'del' as const, key }
            : { type: 'put' as const, key, value },
        ),
      ),
    async close() {
      await level.close();
      await storage.close();
    },
  };
};
