/** The same bytes in groups to a bare LevelDB: what the disk and the database cost alone. */
import '@pocas/vat-runtime/lockdown';
import { join } from 'node:path';
import { Level } from 'level';
import { type Mode, serve } from '../serve.ts';
import { makeFolder } from './folder.ts';
import { type Rows, sampleRows } from './host.ts';
import { diskCase, diskLoads, withCallers } from './modes.ts';

/** Writes rows in groups: what comes during a write goes into the next one. */
const makeGroups = async (delay: number) => {
  const level = new Level<string, string>(join(makeFolder(), 'store'));
  await level.open();
  let group: { rows: Rows; done: () => void }[] = [];
  let running = false;
  const run = async () => {
    running = true;
    await undefined;
    while (group.length > 0) {
      const current = group;
      group = [];
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
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
  return (rows: Rows, done: () => void) => {
    group.push({ rows, done });
    if (!running) void run();
  };
};

serve(async () => {
  const sample = await sampleRows();
  const modes: Record<string, Mode> = {};
  for (const delay of new Set(diskLoads.map(({ fsyncMillis }) => fsyncMillis))) {
    const write = await makeGroups(delay);
    let written = 0;
    /** Journal entries have a key of their own each. */
    const rowsOf = (): Rows => {
      written += 1;
      const number = String(written).padStart(12, '0');
      return sample.map(([key, value]) => [key.replace(/\d{12}$/, number), value]);
    };
    for (const load of diskLoads.filter(({ fsyncMillis }) => fsyncMillis === delay)) {
      modes[diskCase(load)] = withCallers(load.callers, (_caller, done) => write(rowsOf(), done));
    }
  }
  return { modes };
});
