/**
 * A keyring's place in a browser: one record in IndexedDB, which also pages on plain http have.
 *
 * A transaction that writes has its object store to itself, across all tabs of the origin, so reading,
 * changing and writing is one step. `localStorage` has no such thing.
 */
import harden from '@endo/harden';
import { assertLockedDown } from '../session/locked-down.ts';
import type { KeyringStorage } from './keyring.ts';

// What is used of a browser's IndexedDB. This package is compiled without the browser's types.
type Request<T> = {
  readonly result: T;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
};
type Transaction = {
  objectStore(name: string): {
    get(key: string): Request<unknown>;
    put(value: unknown, key: string): Request<unknown>;
  };
  abort(): void;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
};
type Database = {
  transaction(
    store: string,
    mode: 'readonly' | 'readwrite',
    options?: { durability: 'strict' },
  ): Transaction;
  createObjectStore(name: string): unknown;
  close(): void;
  onversionchange: (() => void) | null;
};
export type PageDatabases = {
  open(
    name: string,
    version: number,
  ): Request<Database> & { onupgradeneeded: (() => void) | null; onblocked: (() => void) | null };
};

const STORE = 'keyring';

const openDatabase = (databases: PageDatabases, name: string): Promise<Database> =>
  new Promise((resolve, reject) => {
    const request = databases.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      const database = request.result;
      // Another page wants to remove it.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(Error('Cannot open keyring: the browser gives no IndexedDB'));
  });

const asBytes = (value: unknown): Uint8Array | undefined => {
  if (value === undefined || value instanceof Uint8Array) return value;
  // Somebody else wrote there. It is no keyring, and not nothing either.
  return new Uint8Array(0);
};

/**
 * @param name - of the database; one for each keyring of the page's origin
 * @param databases - where `indexedDB` of `globalThis` is not meant
 */
export const makePageStorage = (
  name = 'pocas keyring',
  // The cast holds in a browser, and elsewhere the call fails.
  databases: PageDatabases = (globalThis as unknown as { indexedDB: PageDatabases }).indexedDB,
): KeyringStorage => {
  assertLockedDown('open keyring');
  const inTransaction = async (
    mode: 'readonly' | 'readwrite',
    take: (stored: Uint8Array | undefined) => Uint8Array | undefined,
  ): Promise<void> => {
    const database = await openDatabase(databases, name);
    try {
      await new Promise<void>((resolve, reject) => {
        const transaction = database.transaction(STORE, mode, { durability: 'strict' });
        const store = transaction.objectStore(STORE);
        let failure: unknown = Error('Cannot write keyring: the browser did not keep it');
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(failure as Error);
        const request = store.get(STORE);
        request.onsuccess = () => {
          try {
            const next = take(asBytes(request.result));
            if (next !== undefined) store.put(next, STORE);
          } catch (error) {
            failure = error;
            transaction.abort();
          }
        };
      });
    } finally {
      database.close();
    }
  };
  return harden({
    async read() {
      let found: Uint8Array | undefined;
      await inTransaction('readonly', (stored) => {
        found = stored;
        return undefined;
      });
      return found;
    },
    replace: (change: (stored: Uint8Array | undefined) => Uint8Array) =>
      inTransaction('readwrite', change),
  });
};
harden(makePageStorage);
