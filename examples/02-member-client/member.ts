/** A member: a program without a node, whose sturdy refs lie in a keyring under a passphrase. */
import {
  clientPowers,
  keyringPowers,
  makeFolderStorage,
  openClient,
  openKeyring,
} from '@pocas/vat-runtime/node-client';

/** Opens the keyring in a folder, and holds what it has under each label. */
export const openMember = async (folder: string, passphrase: string) => {
  const storage = makeFolderStorage(folder);
  const keyring = await openKeyring({ ...keyringPowers(), storage, secret: { passphrase } });
  const entries = await keyring.list();
  const client = openClient({ ...clientPowers(), identitySeed: await keyring.identitySeed() });
  // From here on nothing is needed of it.
  keyring.lock();
  const held = new Map(entries.map(({ label, sturdyRef }) => [label, client.enliven(sturdyRef)]));
  return { client, held };
};
