/** A process that commits turns to a store and says the number of each when it is durable. Never ends. */
import '@pocas/vat-runtime/lockdown';
import { writeSync } from 'node:fs';
import { openTestStore } from './stores.ts';

const store = await openTestStore(process.argv[2]!);
let turn = Number(store.get('last') ?? -1);
for (;;) {
  for (let i = 0; i < 3; i += 1) {
    const number = (turn += 1);
    store.stage([
      [`left/${number}`, String(number)],
      [`right/${number}`, String(-number)],
      ['last', String(number)],
    ]);
    store.whenDurable(() => void writeSync(1, `${number}\n`));
  }
  await new Promise((resolve) => setImmediate(resolve));
}
