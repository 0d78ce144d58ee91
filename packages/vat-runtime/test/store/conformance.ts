/** What every storage does. Given `test` and a way to make one; the storages run it as it is. */
import type nodeTest from 'node:test';
import assert from 'node:assert/strict';
import type { Storage } from '#src/store/storage.js';

export type StorageFactory = () => Promise<{
  readonly storage: Storage;
  /** Closes it and opens what was left; undefined where nothing outlives it. */
  readonly reopen?: () => Promise<Storage>;
  readonly dispose: () => Promise<void>;
}>;

export const runStorageConformance = (
  test: typeof nodeTest,
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
