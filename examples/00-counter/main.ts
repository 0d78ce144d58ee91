// examples/00-counter/main.ts: a node with one vat. Run it again, and the count goes on.
import '@pocas/vat-runtime/lockdown';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { openDataDirectory, startNode, makeHostStarter } from '@pocas/vat-runtime/node';
import type { make } from './counter.ts';

const data = await openDataDirectory(process.argv[2] ?? join(tmpdir(), 'pocas-counter'));
const node = await startNode({
  secrets: data.secrets,
  storage: data.storage,
  anchor: data.anchor,
  startHost: makeHostStarter(data.storeDirectory),
  onFatal(reason) {
    console.error(reason);
    process.exit(1);
  },
});

const module = fileURLToPath(new URL('./counter.js', import.meta.url));
const kept = node.getProgram() ?? (await node.makeVat({ module, label: 'counter' }));
const counter = kept as ReturnType<typeof make>;
node.setProgram(counter);

console.log(`The count is ${await E(counter).add(1n)}`);
await node.stop();
