/** A process that adds to a keyring until it has added so many, and says each that is kept. */
import '@pocas/vat-runtime/lockdown';
import { keyringPowers, makeFolderStorage, openKeyring } from '@pocas/vat-runtime/node-client';
import { toBase64Url } from '#src/locator/base-encoding.js';

const [, , folder, key, times] = process.argv as string[];
const { random, stretch } = keyringPowers();
const keyring = await openKeyring({
  random,
  stretch,
  storage: makeFolderStorage(folder!),
  secret: { deviceKey: new Uint8Array(Buffer.from(key!, 'hex')) },
});
for (let i = 0; i < Number(times); i += 1) {
  const sturdyRef = `ocapn://${'a'.repeat(51)}q.websocket/s/${toBase64Url(random(32))}`;
  process.stdout.write(`${await keyring.add('x', sturdyRef)}\n`);
}
