/** A page that keeps sturdy refs in a sealed keyring, and holds on to what they designate. */
import '@pocas/vat-runtime/browser-lockdown';
import { E } from '@endo/far';
import type { WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { pagePowers, wakeWithPage } from '@pocas/vat-runtime/browser';
import { type Client, type Held, openClient } from '@pocas/vat-runtime/client';
import {
  type Keyring,
  makeKeyring,
  makePageStorage,
  openKeyring,
} from '@pocas/vat-runtime/keyring';

const loaded = performance.now();
const powers = pagePowers();

let keyring: Keyring | undefined;
let client: Client | undefined;
let wallet: Held<Facet<WalletOwner>> | undefined;
let underWay: Promise<string> | undefined;
const states: string[] = [];

const keyringPowers = (passphrase: string) => ({
  random: powers.random,
  secret: { passphrase },
  storage: makePageStorage(),
});

const messageOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'done',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

const requestOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(Error('the database refused'));
  });
const inStore = async <T>(use: (store: IDBObjectStore) => Promise<T>): Promise<T> => {
  const database = await requestOf(indexedDB.open('pocas keyring', 1));
  try {
    return await use(database.transaction('keyring', 'readwrite').objectStore('keyring'));
  } finally {
    database.close();
  }
};
const storedBytes = (): Promise<Uint8Array> =>
  inStore((store) => requestOf(store.get('keyring') as IDBRequest<Uint8Array>));

const functions = {
  loadedAfter: () => loaded,
  /** Whether nothing that promises for `E` are made of can be changed. */
  isFrozenThroughout() {
    const { HandledPromise } = globalThis as unknown as { HandledPromise: object };
    const seen = new Set<unknown>();
    const isFrozen = (value: unknown): boolean => {
      if (Object(value) !== value || seen.has(value)) return true;
      seen.add(value);
      return (
        Object.isFrozen(value) &&
        isFrozen(Object.getPrototypeOf(value)) &&
        Object.values(Object.getOwnPropertyDescriptors(value as object)).every((property) =>
          [property.value, property.get, property.set].every(isFrozen),
        )
      );
    };
    return [HandledPromise, Promise, E, Object, Function, Array].every(isFrozen);
  },
  makesCode() {
    try {
      return (0, eval)('true') === true;
    } catch {
      return false;
    }
  },

  async make(passphrase: string) {
    const start = performance.now();
    keyring = await makeKeyring(keyringPowers(passphrase));
    return performance.now() - start;
  },
  tryToMake: (passphrase: string) => messageOf(makeKeyring(keyringPowers(passphrase))),
  add: (label: string, sturdyRef: string) => keyring!.add(label, sturdyRef),
  labels: async () => (await keyring!.list()).map(({ label }) => label),
  unlock: (passphrase: string): Promise<string> =>
    messageOf(openKeyring(keyringPowers(passphrase)).then((opened) => (keyring = opened))),
  exportText: () => keyring!.exportText(),
  lock: () => keyring!.lock(),
  tryToList: () => messageOf(keyring!.list()),

  /** Holds the wallet in the keyring. */
  async hold() {
    const entries = await keyring!.list();
    const { sturdyRef } = entries.find(({ label }) => label === 'wallet')!;
    client = openClient({ ...powers, identitySeed: await keyring!.identitySeed() });
    wakeWithPage(client);
    wallet = client.enliven<Facet<WalletOwner>>(sturdyRef);
    wallet.watch(({ state }) => void states.push(state));
  },
  state: () => wallet!.state().state,
  states: () => [...states],
  nameOf: async () => (await E(wallet!.current()).view()).name,
  designatorFor: (node: string) => client!.designatorFor(node),
  /** A call that is not answered as long as nothing changes. */
  async begin() {
    const version = await E(wallet!.current()).changes();
    underWay = messageOf(E(wallet!.current()).changes(version));
  },
  end: () => underWay!,

  /** All that the page has stored, and where it is, as text of one character for each byte. */
  async everythingStored() {
    const texts = [location.href, document.cookie, document.title];
    for (const storage of [localStorage, sessionStorage]) texts.push(JSON.stringify(storage));
    for (const { name } of await indexedDB.databases()) {
      const database = await requestOf(indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        const values = await requestOf(
          database.transaction(store).objectStore(store).getAll() as IDBRequest<unknown[]>,
        );
        for (const value of values) {
          texts.push(
            value instanceof Uint8Array
              ? Array.from(value, (byte) => String.fromCharCode(byte)).join('')
              : JSON.stringify(value),
          );
        }
      }
      database.close();
    }
    return texts;
  },
  storedLength: async () => (await storedBytes()).length,
  async flip(at: number) {
    const bytes = await storedBytes();
    bytes[at]! ^= 1;
    await inStore((store) => requestOf(store.put(bytes, 'keyring')));
  },
};

export type KeeperFunctions = typeof functions;

Object.assign(globalThis, { pocas: functions });
