/** The rows of an order in synced batches of a bare LevelDB: what the disk and the database cost alone. */
import '@pocas/vat-runtime/lockdown';
import { join } from 'node:path';
import { Level } from 'level';
import { serve } from '../serve.ts';
import { makeFolder } from '../turns/folder.ts';
import { modesOf } from './modes.ts';
import { type Row, sampleOrders } from './sample.ts';

/** Writes rows in groups: what comes during a write goes into the next one. */
const makeGroups = async () => {
  const level = new Level<string, string>(join(makeFolder(), 'store'));
  await level.open();
  let group: { rows: readonly Row[]; done: () => void }[] = [];
  let running = false;
  const run = async () => {
    running = true;
    await undefined;
    while (group.length > 0) {
      const current = group;
      group = [];
      await level.batch(
        current.flatMap(({ rows }) =>
          rows.map(([key, value]) =>
            value === undefined
              ? { type: 'del' as const, key }
              : { type: 'put' as const, key, value },
          ),
        ),
        { sync: true } as object,
      );
      for (const { done } of current) done();
    }
    running = false;
  };
  return (rows: readonly Row[]) =>
    new Promise<void>((done) => {
      group.push({ rows, done });
      if (!running) void run();
    });
};

serve(async () => {
  const write = await makeGroups();
  const samples = await sampleOrders();
  let orders = 0;
  return {
    modes: modesOf(async (way) => {
      const { batches, known } = samples.get(way)!;
      orders += 1;
      const suffix = String(orders).padStart(9, '0');
      for (const rows of batches)
        await write(rows.map(([key, value]) => [known.has(key) ? key : key + suffix, value]));
    }),
  };
});
