import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { digests } from '#src/machine/integrity.js';
import { hashBundle } from '#src/node/bundle.js';
import { makeVatRows } from '#src/node/vat-rows.js';
import type { Committer } from '#src/store/committer.js';
import { makeMemoryStorage } from '#src/store/memory-storage.js';
import type { Row } from '#src/store/storage.js';

const text = 'export const make = () => {};';
const module = { hash: hashBundle(text), text };

/** A store that counts what is read of vats, and is written at once. */
const start = () => {
  const storage = makeMemoryStorage();
  let lists = 0;
  const store = {
    get: storage.get,
    list(prefix: string, options?: object) {
      lists += 1;
      return storage.list(prefix, options);
    },
    stage: (rows: readonly Row[]) => void storage.write(rows),
  } as unknown as Committer;
  const listsOf = async (act: () => Promise<unknown>) => {
    const before = lists;
    await act();
    return lists - before;
  };
  return { storage, store, listsOf };
};

test('the rows of a vat are read once in the life of a node, and again where something was wrong', async () => {
  const { storage, store, listsOf } = start();
  const first = makeVatRows(store, digests);
  const id = first.add(module, 'mine', undefined);
  assert.equal(await listsOf(() => first.faultOf(id)), 0, 'it was just made');
  assert.equal(await listsOf(() => first.faultOf(id)), 0);

  const again = makeVatRows(store, digests);
  assert.equal(await listsOf(() => again.faultOf(id)), 1);
  assert.equal(await listsOf(() => again.faultOf(id)), 0, 'and not when it wakes again');

  await storage.write([[`v/${id}/o/1`, '{}']]);
  assert.equal(await again.faultOf(id), undefined);
  again.doubt(id);
  assert.match((await again.faultOf(id))!, /its journal does not begin or end/);
  assert.match((await again.faultOf(id))!, /its journal does not begin or end/, 'still');
  assert.match((await makeVatRows(store, digests).faultOf(id))!, /its journal does not/);
});

test('what a process of an owner said is read each time', async () => {
  const { store, listsOf } = start();
  const rows = makeVatRows(store, digests);
  const id = rows.add(module, 'theirs', 'guest');
  assert.equal(await listsOf(() => rows.faultOf(id)), 0, 'it was just made');
  assert.equal(await listsOf(() => rows.faultOf(id)), 1);
  assert.equal(await listsOf(() => rows.faultOf(id)), 1);
});
