/** What every storage does. Whoever writes one runs these tests on it as it is. */
import type { Storage } from '../store/storage.ts';

/** The parts of `node:test` and `node:assert/strict` that are used. */
export type TestPowers = {
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  readonly assert: {
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
  };
};

export type StorageFactory = () => Promise<{
  readonly storage: Storage;
  /** Closes it and opens what was left; undefined where nothing outlives it. */
  readonly reopen?: () => Promise<Storage>;
  readonly dispose: () => Promise<void>;
}>;

/**
 * @param name - of the storage: stands before the name of each test
 * @example
 * storageConformance({ test, assert }, 'memory', async () => ({
 *   storage: makeMemoryStorage(),
 *   dispose: async () => {},
 * }));
 */
export const storageConformance = (
  { test, assert }: TestPowers,
  name: string,
  make: StorageFactory,
): void => {
  const withStorage =
    (body: (made: Awaited<ReturnType<StorageFactory>>) => Promise<void>) => async () => {
      const made = await make();
      try {
        await body(made);
      } finally {
        await made.dispose();
      }
    };

  test(
    `${name}: reads what was written, the newest value, and nothing for a key that was deleted`,
    withStorage(async ({ storage }) => {
      assert.equal(storage.get('a'), undefined);
      await storage.write([
        ['a', '1'],
        ['b', '2'],
      ]);
      assert.deepEqual([storage.get('a'), storage.get('b')], ['1', '2']);
      await storage.write([
        ['a', '3'],
        ['b', undefined],
        ['absent', undefined],
      ]);
      assert.deepEqual([storage.get('a'), storage.get('b')], ['3', undefined]);
      await storage.write([]);
    }),
  );

  test(
    `${name}: nothing of a batch is read before it is written, all of it after`,
    withStorage(async ({ storage }) => {
      const rows = Array.from({ length: 1000 }, (_, i) => [`k${i}`, String(i)] as const);
      await storage.write(rows);
      assert.equal((await storage.list('k')).length, 1000);
    }),
  );

  test(
    `${name}: lists the rows under a prefix in order of keys, and no others`,
    withStorage(async ({ storage }) => {
      await storage.write([
        ['p/b', '2'],
        ['p/a', '1'],
        ['p/', '0'],
        ['p', 'x'],
        ['p0', 'x'],
        ['o/z', 'x'],
        ['p/é', '4'],
        ['p/a/b', '5'],
      ]);
      assert.deepEqual(await storage.list('p/'), [
        ['p/', '0'],
        ['p/a', '1'],
        ['p/a/b', '5'],
        ['p/b', '2'],
        ['p/é', '4'],
      ]);
      assert.deepEqual(await storage.list('nothing'), []);
    }),
  );

  test(
    `${name}: a list begins after a key and ends at a limit`,
    withStorage(async ({ storage }) => {
      const rows = ['p/a', 'p/b', 'p/b/c', 'p/d', 'q'].map((key) => [key, `of ${key}`] as const);
      await storage.write([...rows].reverse());
      const keys = async (prefix: string, options: { after?: string; limit?: number }) =>
        (await storage.list(prefix, options)).map(([key]) => key);
      assert.deepEqual(await keys('p/', { limit: 2 }), ['p/a', 'p/b']);
      assert.deepEqual(await keys('p/', { after: 'p/a', limit: 2 }), ['p/b', 'p/b/c']);
      assert.deepEqual(await keys('p/', { after: 'p/b' }), ['p/b/c', 'p/d']);
      assert.deepEqual(await keys('p/', { after: 'p/c', limit: 9 }), ['p/d']);
      assert.deepEqual(await keys('p/', { after: 'p/d' }), []);
      // A key that is not under the prefix counts as well.
      assert.deepEqual(await keys('p/', { after: 'a', limit: 1 }), ['p/a']);
      assert.deepEqual(await keys('p/', { after: 'z' }), []);
      assert.deepEqual(await keys('p/', { limit: 0 }), []);
      assert.deepEqual(await keys('', { after: 'p/d' }), ['q']);
    }),
  );

  test(
    `${name}: keys are in the order of their code points`,
    withStorage(async ({ storage }) => {
      const keys = ['k', 'ka', 'kñ', 'k\uffee', 'k\uffeez', 'k\u{1f702}', 'k\u{1f703}'];
      await storage.write([...keys].reverse().map((key) => [key, '1'] as const));
      const listed = (await storage.list('k')).map(([key]) => key);
      assert.deepEqual(listed, keys);
      assert.equal((await storage.list('k', { after: 'k\uffee' })).length, 3);
    }),
  );

  test(
    `${name}: a list is what was there when it was called`,
    withStorage(async ({ storage }) => {
      const before = Array.from({ length: 500 }, (_, i) => [`k${i}`, 'old'] as const);
      await storage.write(before);
      const listing = storage.list('k');
      await storage.write([...before.map(([key]) => [key, undefined] as const), ['k', 'new']]);
      const listed = await listing;
      assert.equal(listed.length, 500);
      assert.equal(
        listed.every(([, value]) => value === 'old'),
        true,
      );
    }),
  );

  test(
    `${name}: keys and values are texts of any characters`,
    withStorage(async ({ storage }) => {
      const texts = ['', '\0', 'ñandú', '🜂', '"\\\n', 'x'.repeat(100_000), '\uffee'];
      await storage.write(texts.map((text, i) => [`${i}/${text.slice(0, 100)}`, text] as const));
      for (const [i, text] of texts.entries()) {
        assert.equal(storage.get(`${i}/${text.slice(0, 100)}`), text);
        assert.equal((await storage.list(`${i}/`)).length, 1);
      }
    }),
  );

  test(
    `${name}: of two rows with one key in a batch the later one stands`,
    withStorage(async ({ storage }) => {
      await storage.write([
        ['a', '1'],
        ['a', '2'],
        ['b', '1'],
        ['b', undefined],
      ]);
      assert.deepEqual([storage.get('a'), storage.get('b')], ['2', undefined]);
    }),
  );

  test(
    `${name}: what was written is there when it is opened again, where anything outlives it`,
    withStorage(async ({ storage, reopen }) => {
      await storage.write([['a', '1']]);
      if (reopen === undefined) return assert.equal(storage.get('a'), '1');
      const again = await reopen();
      assert.equal(again.get('a'), '1');
      assert.deepEqual(await again.list('a'), [['a', '1']]);
    }),
  );
};
