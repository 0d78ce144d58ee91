/** Makes a data directory, opens its store and ends at once, as if the power was cut then. */
import '@pocas/vat-runtime/lockdown';
import { openDataDirectory, openStore, rowChecksum, sha256 } from '@pocas/vat-runtime/node';

const { storage, anchor } = await openDataDirectory(process.argv[2]!);
const store = await openStore({
  storage,
  anchor,
  hash: sha256,
  checksum: rowChecksum,
  onFailure: () => process.exit(1),
});
await store.settled();
process.exit(0);
