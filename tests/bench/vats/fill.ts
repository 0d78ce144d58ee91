/**
 * `fill.js <directory> <sleepers> <woken>`: makes the store of a node with many sleeping wallets.
 *
 * The first ones are made by the node itself, and the program keeps their roots: these are woken
 * later. The others are copies of the rows of the last of them.
 */
import '@pocas/vat-runtime/lockdown';
import { openDataDirectory, rowChecksum } from '@pocas/vat-runtime/node';
import { makeWallet, openNode } from './nodes.ts';

const [directory = '', sleepers = '', woken = ''] = process.argv.slice(2);

const node = await openNode(directory, 'inline');
const roots: unknown[] = [];
for (let i = 0; i < Number(woken); i += 1) roots.push(await makeWallet(node, `Ana ${i}`));
node.setProgram(roots);
await node.settled();
await node.stop();

const { storage } = await openDataDirectory(directory);
/** On disk a value stands behind a checksum of key and value. */
const sealed = (key: string, value: string) => [key, rowChecksum(key, value) + value] as const;
const checksumLength = rowChecksum('', '').length;
const last = Number(woken);
/** The rows that a wallet and its connection to the switchboard have for themselves. */
const rows = [
  ...(await storage.list(`v/${last}/`)),
  ...(await storage.list(`vat/${last}`)),
  ...(await storage.list(`c/v${last}/`)),
  ...(await storage.list(`r/v${last}/`)),
  ...(await storage.list(`k/v${last}`)),
];
const copyFor = (id: number) =>
  rows.map(([key, value]) => {
    const [room, owner, ...rest] = key.split('/');
    const copy = [room, owner!.replace(String(last), String(id)), ...rest].join('/');
    return sealed(copy, value.slice(checksumLength));
  });
const vatsInBatch = 1_000;
for (let first = last + 1; first <= Number(sleepers); first += vatsInBatch) {
  const end = Math.min(first + vatsInBatch - 1, Number(sleepers));
  const ids = Array.from({ length: end - first + 1 }, (_, i) => first + i);
  await storage.write(ids.flatMap(copyFor));
}
await storage.write([sealed('lastVat', sleepers)]);
await storage.close();
