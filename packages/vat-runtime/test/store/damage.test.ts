/** What happens to a store on disk that was torn, flipped, deleted, swapped or rolled back. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import {
  DataInUseError,
  RowDamagedError,
  StoreRefusedError,
  openLevelStorage,
} from '@pocas/vat-runtime/node';
import { commit, openTestStore } from './stores.ts';

const root = mkdtempSync(join(tmpdir(), 'pocas-test-'));
after(() => rmSync(root, { recursive: true }));

let lastFolder = 0;
const newFolder = () => join(root, String((lastFolder += 1)));

/** A copy of a data directory, as somebody would make it while no node runs. */
const copyOf = (path: string): string => {
  const copy = newFolder();
  cpSync(path, copy, { recursive: true });
  return copy;
};

const filesOf = (path: string, ending: string): string[] =>
  readdirSync(join(path, 'store'))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, 'store', name));
const logOf = (path: string) => filesOf(path, '.log')[0]!;

const flip = (file: string, at: number) => {
  const bytes = readFileSync(file);
  bytes[at]! ^= 0x10;
  writeFileSync(file, bytes);
};

/** Each batch has both of its rows or none. */
const batch = (number: number, size = 8): [string, string][] => {
  const value = `${number} ${randomBytes(size).toString('hex')}`;
  return [
    [`left/${number}`, value],
    [`right/${number}`, value],
  ];
};

/** A new data directory with these batches, in LevelDB's log. */
const makeStore = async (...batches: [string, string][][]): Promise<string> => {
  const path = newFolder();
  await goOn(path, ...batches);
  return path;
};

const goOn = async (path: string, ...batches: [string, string][][]): Promise<void> => {
  const store = await openTestStore(path);
  for (const rows of batches) await commit(store, rows);
  await store.close();
};

/** Why it is refused, or the rows that it has. */
const open = async (path: string): Promise<string | Record<string, string>> => {
  let store;
  try {
    store = await openTestStore(path);
  } catch (error) {
    if (!(error instanceof StoreRefusedError)) throw error;
    assert.equal(error.code, 'POCAS_STORE_REFUSED');
    assert.match(error.message, /^Cannot open the store: .+; .+/);
    return error.reason;
  }
  try {
    const rows = [...(await store.list('left/')), ...(await store.list('right/'))];
    return Object.fromEntries(rows);
  } finally {
    await store.close();
  }
};

const rowsOf = (...batches: [string, string][][]) => Object.fromEntries(batches.flat());

test('a log torn at any byte of its last batch has the batch whole or not at all, and is refused where the batch was shown', async () => {
  const [first, second, last] = [batch(1), batch(2), batch(3)];
  // One opening, so that all is in one log.
  const path = newFolder();
  const store = await openTestStore(path);
  await commit(store, first);
  await commit(store, second);
  const start = statSync(logOf(path)).size;
  const anchorBefore = readFileSync(join(path, 'anchor'));
  await commit(store, last);
  await store.close();
  const end = statSync(logOf(path)).size;
  assert.ok(end - start > 100 && end - start < 600);

  for (let size = start; size <= end; size += 1) {
    const shown = copyOf(path);
    truncateSync(logOf(shown), size);
    assert.deepEqual(
      await open(shown),
      size === end ? rowsOf(first, second, last) : 'behind-anchor',
      `cut at ${size} of ${end}`,
    );
    rmSync(shown, { recursive: true });

    const notShown = copyOf(path);
    writeFileSync(join(notShown, 'anchor'), anchorBefore);
    truncateSync(logOf(notShown), size);
    const expected = size === end ? rowsOf(first, second, last) : rowsOf(first, second);
    assert.deepEqual(await open(notShown), expected, `cut at ${size} of ${end}, not anchored`);
    // What was shown now must not be lost in silence later.
    assert.deepEqual(await open(notShown), expected);
    rmSync(notShown, { recursive: true });
  }
});

test('a batch that was found on disk at a start is anchored before it is shown', async () => {
  const path = await makeStore(batch(1));
  const anchorBefore = readFileSync(join(path, 'anchor'));
  await goOn(path, batch(2));
  const older = copyOf(path);
  truncateSync(logOf(older), 0);
  writeFileSync(join(path, 'anchor'), anchorBefore);
  assert.equal(Object.keys((await open(path)) as object).length, 4);
  cpSync(join(path, 'anchor'), join(older, 'anchor'));
  assert.equal(await open(older), 'behind-anchor');
});

test('a flipped byte anywhere in the log is noticed: nothing is missing from a store that opens', async () => {
  const batches = Array.from({ length: 250 }, (_, i) => batch(i, 100));
  const path = await makeStore(...batches);
  const expected = rowsOf(...batches);
  const { size } = statSync(logOf(path));
  assert.ok(size > 4 * 32_768, 'several of the blocks that LevelDB drops');
  const seen: Record<string, number> = {};
  for (let at = 11; at < size; at += Math.floor(size / 50)) {
    const copy = copyOf(path);
    flip(logOf(copy), at);
    const found = await open(copy);
    if (typeof found !== 'string') assert.deepEqual(found, expected, `flipped at ${at}`);
    const outcome = typeof found === 'string' ? found : 'whole';
    seen[outcome] = (seen[outcome] ?? 0) + 1;
    rmSync(copy, { recursive: true });
  }
  assert.ok((seen['hole'] ?? 0) > 20, JSON.stringify(seen));
});

/** Moves all rows from the log to tables. */
const compact = async (path: string): Promise<void> => {
  // LevelDB has it, and the types of `level`, which serves browsers too, have not.
  const level = new Level(join(path, 'store')) as Level & {
    compactRange(start: string, end: string): Promise<void>;
  };
  await level.open();
  await level.compactRange('', '\u{10ffff}');
  await level.close();
};

test('a flipped byte in a table file never gives a wrong value', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => batch(i, 60)).flat();
  const path = await makeStore(rows);
  await compact(path);
  const { size } = statSync(filesOf(path, '.ldb')[0]!);
  let damaged = 0;
  for (let at = 101; at < size; at += Math.floor(size / 40)) {
    const copy = copyOf(path);
    flip(filesOf(copy, '.ldb')[0]!, at);
    const store = await openTestStore(copy).catch((error: unknown) => {
      assert.ok(error instanceof StoreRefusedError, String(error));
    });
    for (const [key, value] of store === undefined ? [] : rows) {
      try {
        // A row that is missing cannot be noticed here.
        const found = store!.get(key);
        if (found !== undefined) assert.equal(found, value, key);
      } catch (error) {
        assert.ok(error instanceof RowDamagedError, String(error));
        assert.equal(error.code, 'POCAS_ROW_DAMAGED');
        assert.equal(error.message.includes(key), true);
        assert.equal(error.message.includes(value.slice(5, 20)), false);
        damaged += 1;
      }
    }
    await store?.close();
    rmSync(copy, { recursive: true });
  }
  assert.ok(damaged > 10, `${damaged} rows were found damaged`);
});

test('a list stops at a damaged row', async () => {
  const path = await makeStore(batch(1));
  const raw = await openLevelStorage(join(path, 'store'));
  const stored = raw.get('left/1')!;
  await raw.write([['left/1', `${stored}x`]]);
  await raw.close();
  const store = await openTestStore(path);
  await assert.rejects(store.list('left/'), RowDamagedError);
  assert.equal((await store.list('right/')).length, 1);
  await store.close();
});

test('the value of another row is not taken for that of this one', async () => {
  const path = await makeStore(batch(1));
  const raw = await openLevelStorage(join(path, 'store'));
  await raw.write([['left/2', raw.get('left/1')!]]);
  await raw.close();
  const store = await openTestStore(path);
  assert.throws(() => store.get('left/2'), RowDamagedError);
  await store.close();
});

test('a deleted log is refused, with tables beside it or without', async () => {
  const path = await makeStore(batch(1), batch(2));
  const copy = copyOf(path);
  rmSync(logOf(copy));
  assert.equal(await open(copy), 'empty');
  await compact(path);
  await goOn(path, batch(3));
  rmSync(logOf(path));
  assert.equal(await open(path), 'behind-anchor');
});

test('a store without rows is refused, and so is one without its anchor', async () => {
  const path = await makeStore(batch(1));
  const copy = copyOf(path);
  rmSync(join(copy, 'store'), { recursive: true });
  assert.equal(await open(copy), 'empty');
  rmSync(join(path, 'anchor'));
  assert.equal(await open(path), 'no-anchor');
  // Opening it has made the file, and nothing better.
  assert.equal(await open(path), 'no-anchor');
  writeFileSync(join(path, 'anchor'), randomBytes(4224));
  assert.equal(await open(path), 'damaged');
});

test('rows of yesterday are refused beside the anchor of today', async () => {
  const path = await makeStore(batch(1), batch(2));
  const yesterday = copyOf(path);
  await goOn(path, batch(3), batch(4));
  cpSync(join(path, 'anchor'), join(yesterday, 'anchor'));
  assert.equal(await open(yesterday), 'behind-anchor');
});

test('rows and anchor of two histories, or of two nodes, are refused', async () => {
  const path = await makeStore(batch(1));
  const fork = copyOf(path);
  await goOn(path, batch(2));
  await goOn(fork, batch(3), batch(4));
  cpSync(join(path, 'anchor'), join(fork, 'anchor'));
  assert.equal(await open(fork), 'wrong-anchor');
  const other = await makeStore(batch(1), batch(2), batch(3));
  cpSync(join(path, 'anchor'), join(other, 'anchor'));
  assert.equal(await open(other), 'wrong-anchor');
});

test('rows of an older or a newer version are refused, and left as they are', async () => {
  const path = newFolder();
  mkdirSync(join(path, 'store'), { recursive: true });
  const old = await openLevelStorage(join(path, 'store'));
  await old.write([['lastVat', '3']]);
  await old.close();
  assert.equal(await open(path), 'unknown-format');
  const still = await openLevelStorage(join(path, 'store'));
  assert.deepEqual(await still.list(''), [['lastVat', '3']]);
  await still.close();

  const newer = newFolder();
  await goOn(newer, [['format', '2']]);
  assert.equal(await open(newer), 'unknown-format');
});

test('a crash in the middle of the very first start is no loss', async () => {
  const path = await makeStore();
  for (const remove of [['store'], ['anchor', 'store']]) {
    for (const name of remove) rmSync(join(path, name), { recursive: true });
    assert.deepEqual(await open(path), {});
  }
});

test('of two nodes in one process that open one store the second is refused', async () => {
  const path = newFolder();
  const store = await openTestStore(path);
  await assert.rejects(openTestStore(path), DataInUseError);
  await store.close();
  await (await openTestStore(path)).close();
});
