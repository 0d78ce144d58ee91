import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkStore, isSound, recoverStore } from '@pocas/vat-runtime/node';
import { makeFaultyStorage, makeMemoryAnchor, makeMemoryStorage } from '@pocas/vat-runtime/testing';
import { keptSize, linkKey } from '#src/store/chain.js';
import { StoreRefusedError } from '#src/store/open-store.js';
import { commit, openOver, powers } from './stores.ts';

const make = async (batches: number) => {
  const storage = makeMemoryStorage();
  const anchor = makeMemoryAnchor();
  const store = await openOver(storage, anchor);
  for (let i = 1; i <= batches; i += 1) await commit(store, [[`row/${i}`, `secret ${i}`]]);
  return { ...powers, storage, anchor, store };
};

const refusedFor = (reason: string) => (error: unknown) =>
  error instanceof StoreRefusedError && error.reason === reason;

test('a sound store is counted, and nothing in it is changed', async () => {
  const made = await make(3);
  const before = await made.storage.list('');
  const found = await checkStore(made);
  assert.equal(isSound(found), true);
  assert.deepEqual(
    [found.rows, found.links, found.newest, found.anchored?.sequence],
    [before.length, 4, 3, 3],
  );
  assert.deepEqual(await made.storage.list(''), before);
});

test('every damaged row is named, and no value', async () => {
  const made = await make(3);
  for (const key of ['row/1', 'row/3']) {
    await made.storage.write([[key, `${made.storage.get(key)!}!`]]);
  }
  const found = await checkStore(made);
  assert.deepEqual(found.damaged, ['row/1', 'row/3']);
  assert.equal(JSON.stringify(found).includes('secret'), false);
  assert.equal(isSound(found), false);
});

test('a hole, a link that was changed, and a first batch that is gone are told apart from a whole chain', async () => {
  for (const lost of [0, 1, 2]) {
    const made = await make(3);
    await made.storage.write([[linkKey(lost), undefined]]);
    assert.equal((await checkStore(made)).refusal?.reason, 'hole', `without ${lost}`);
    await assert.rejects(openOver(made.storage, made.anchor), refusedFor('hole'));
  }
  // Whole by itself, and of another history.
  const made = await make(3);
  const forked = await make(1);
  await commit(forked.store, [['elsewhere', '1']]);
  await made.storage.write([[linkKey(2), forked.storage.get(linkKey(2))]]);
  assert.equal((await checkStore(made)).refusal?.reason, 'hole');
});

test('a recovered store opens, without its damaged rows, behind every number that was seen', async () => {
  const made = await make(4);
  await made.storage.write([
    ['row/2', 'x'],
    [linkKey(4), undefined],
    [linkKey(2), undefined],
  ]);
  await assert.rejects(openOver(made.storage, made.anchor), refusedFor('hole'));
  const found = await checkStore(made);
  assert.equal(await recoverStore(made, found), 5);
  assert.equal(isSound(await checkStore(made)), true);
  const store = await openOver(made.storage, made.anchor);
  assert.equal(store.get('row/1'), 'secret 1');
  assert.equal(store.get('row/2'), undefined);
  await commit(store, [['row/5', 'new']]);
  assert.equal(store.counts().sequence, 6);
  await openOver(made.storage, made.anchor);
});

test('the links kept follow the size of what was written, and one big batch does not push them out', async () => {
  const made = await make(2);
  await commit(made.store, [['big', 'x'.repeat(3 * keptSize)]]);
  assert.equal((await checkStore(made)).links, 4);
  for (let i = 0; i < 40; i += 1) await commit(made.store, [['half', 'x'.repeat(keptSize / 32)]]);
  const { links, newest } = await checkStore(made);
  assert.ok(links > 30 && links < 36, `${links} links are kept`);
  assert.equal(newest, 43);
  const again = await openOver(made.storage, made.anchor);
  await commit(again, [['half', 'x'.repeat(keptSize / 32)]]);
  assert.ok(Math.abs((await checkStore(made)).links - links) <= 1);
  await openOver(made.storage, made.anchor);
});

test('a storage that acknowledges what it does not keep, as LevelDB does after a full disk, is not asked again', async () => {
  const storage = makeMemoryStorage();
  const anchor = makeMemoryAnchor();
  const faults = makeFaultyStorage(storage, {
    fail: { write: 3, when: 'before', error: Error('ENOSPC') },
  });
  let lying = false;
  const failures: unknown[] = [];
  const store = await openOver(
    { ...faults.storage, write: async (rows) => (lying ? undefined : faults.storage.write(rows)) },
    anchor,
    { onFailure: (error) => failures.push(error) },
  );
  await commit(store, [['a', '1']]);
  const acknowledged: string[] = [];
  for (const key of ['b', 'c', 'd']) {
    store.stage([[key, '1']]);
    store.whenDurable(() => acknowledged.push(key));
    await store.settled().catch(() => {
      lying = true;
    });
  }
  assert.deepEqual(acknowledged, []);
  assert.equal(failures.length, 1);
  const again = await openOver(storage, anchor);
  assert.deepEqual([again.get('a'), again.get('b')], ['1', undefined]);
});
