/** A member who has a sturdy ref in a keyring, and a node that goes away and comes back. */
import '@pocas/vat-runtime/lockdown';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { E } from '@endo/far';
import {
  type Held,
  keyringPowers,
  makeFolderStorage,
  makeKeyring,
} from '@pocas/vat-runtime/node-client';
import type { make } from '../00-counter/counter.ts';
import { startCounterNode } from './counter-node.ts';
import { openMember } from './member.ts';

type Counter = ReturnType<typeof make>;

const temporary = mkdtempSync(join(tmpdir(), 'pocas-member-client-'));
const folder = join(temporary, 'keyring');
const passphrase = 'nobody else knows this';

let node = await startCounterNode(join(temporary, 'node'));

// Once: what the member was given goes into a new keyring.
const keyring = await makeKeyring({
  ...keyringPowers(),
  storage: makeFolderStorage(folder),
  secret: { passphrase },
});
await keyring.add('the counter', node.sturdyRef);
keyring.lock();
console.log('The sturdy ref is in a keyring, under a passphrase');

// Each time: the keyring is opened, and what is in it held.
const { client, held } = await openMember(folder, passphrase);
const counter = held.get('the counter') as Held<Counter>;
console.log(`The count is ${await E(counter.current()).add(1n)}`);

// A reference lasts as long as its session; what is held outlives both.
const wentOffline = new Promise<void>((resolve) => {
  counter.watch(({ state }) => {
    if (state === 'offline') resolve();
  });
});
const { port } = node;
await node.stop();
await wentOffline;
console.log('The node is gone');
const waiting = E(counter.current()).add(1n);
node = await startCounterNode(join(temporary, 'node'), port);
console.log(`The node is back, and the count is ${await waiting}`);

client.close();
await node.stop();

// Another passphrase opens nothing.
await openMember(folder, 'somebody guesses').catch((error: Error) => console.log(error.message));
rmSync(temporary, { recursive: true });
