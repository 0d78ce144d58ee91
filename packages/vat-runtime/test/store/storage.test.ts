import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DataInUseError, openLevelStorage } from '@pocas/vat-runtime/node';
import {
  type StorageFactory,
  makeFaultyStorage,
  makeMemoryStorage,
  storageConformance,
} from '@pocas/vat-runtime/testing';
import { openLevelReader } from '#src/machine/level-storage.js';
import { makeCheckedStorage } from '#src/store/checked-storage.js';
import type { Storage } from '#src/store/storage.js';
import { openTestStore, powers } from './stores.ts';

const makeFolder = () => mkdtempSync(join(tmpdir(), 'pocas-test-'));

const makeMemory: StorageFactory = async () => ({
  storage: makeMemoryStorage(),
  dispose: async () => {},
});

const makeLevel: StorageFactory = async () => {
  const folder = makeFolder();
  let storage = await openLevelStorage(folder);
  return {
    storage,
    async reopen() {
      await storage.close();
      storage = await openLevelStorage(folder);
      return storage;
    },
    async dispose() {
      await storage.close();
      rmSync(folder, { recursive: true });
    },
  };
};

const wrapped =
  (make: StorageFactory, wrap: (storage: Storage) => Storage): StorageFactory =>
  async () => {
    const { storage, reopen, dispose } = await make();
    return {
      storage: wrap(storage),
      ...(reopen === undefined ? {} : { reopen: async () => wrap(await reopen()) }),
      dispose,
    };
  };

const withChecksums = (storage: Storage) => makeCheckedStorage(storage, powers.checksum);
const withoutFaults = (storage: Storage) => makeFaultyStorage(storage).storage;

for (const [name, make] of [
  ['memory', makeMemory],
  ['LevelDB', makeLevel],
] as const) {
  storageConformance({ test, assert }, name, make);
  storageConformance({ test, assert }, `${name} with checksums`, wrapped(make, withChecksums));
  storageConformance({ test, assert }, `${name} without faults`, wrapped(make, withoutFaults));
}

const writer = fileURLToPath(new URL('./writer.js', import.meta.url));

test('a store that another process has open is refused, in words that say so', async () => {
  const folder = makeFolder();
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await assert.rejects(
    openTestStore(folder),
    (error) => error instanceof DataInUseError && error.code === 'POCAS_DATA_IN_USE',
  );
  child.kill('SIGKILL');
  await exited;
  rmSync(folder, { recursive: true });
});

test('a reader of the same process sees what was written as soon as the write is done', async () => {
  const folder = makeFolder();
  const storage = withChecksums(await openLevelStorage(folder));
  const reader = await openLevelReader(folder);
  for (let i = 0; i < 20; i += 1) {
    await storage.write([['k', String(i)]]);
    assert.equal(reader.get('k'), String(i));
  }
  assert.equal(reader.get('nothing'), undefined);
  await reader.close();
  await storage.close();
  rmSync(folder, { recursive: true });
});

test('after kill -9 every turn that was acknowledged is there, whole, and so is no part of another', async () => {
  const folder = makeFolder();
  try {
    let acknowledged = -1;
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, [writer, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = new Promise((resolve) => child.once('exit', resolve));
      let seen = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        // At another moment each time, always with turns on their way.
        if ((seen += 1) === 40 + 37 * round) child.kill('SIGKILL');
      }
      await exited;

      const store = await openTestStore(folder);
      const last = Number(store.get('last'));
      assert.ok(last >= acknowledged, `${last} is on disk, ${acknowledged} was acknowledged`);
      for (let turn = 0; turn <= last; turn += 1) {
        assert.equal(store.get(`left/${turn}`), String(turn));
        assert.equal(store.get(`right/${turn}`), String(-turn));
      }
      assert.equal((await store.list('left/')).length, last + 1);
      assert.equal((await store.list('right/')).length, last + 1);
      await store.close();
    }
    assert.ok(acknowledged > 200);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
