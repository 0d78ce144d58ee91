import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeMemoryStorage } from '@pocas/vat-runtime/testing';
import { rowChecksum, sha256 } from '#src/machine/integrity.js';
import { makeHoldings } from '#src/node/holdings.js';
import { openInboxes } from '#src/node/inbox.js';
import { countLastingSlots, makeLastingSlots } from '#src/node/lasting-slots.js';
import { openStreamRows } from '#src/node/stream-rows.js';
import { openStore } from '#src/store/open-store.js';

const open = (storage = makeMemoryStorage()) =>
  openStore({
    storage,
    anchor: undefined,
    hash: sha256,
    checksum: rowChecksum,
    onFailure: (error) => {
      throw error;
    },
  });

/** Everything that counts names, over one store. */
const openAll = async (storage = makeMemoryStorage()) => {
  const store = await open(storage);
  const unnamed: string[] = [];
  const holdings = makeHoldings((owner, slot) => void unnamed.push(`${owner} ${slot}`));
  await countLastingSlots(store, holdings);
  const slots = makeLastingSlots(store, holdings);
  const inboxes = await openInboxes(store, holdings, () => {});
  const streams = await openStreamRows(store, holdings, sha256, 1);
  return { storage, store, holdings, slots, inboxes, streams, unnamed };
};
const send = (...refs: (readonly [string, string])[]) =>
  ({ kind: 'send', target: 'o+d9', method: 'm', args: { body: '#[]', refs }, ask: false }) as const;

test('what rows name of other nodes is counted as they come and go, and the same after a restart', async () => {
  let all = await openAll();
  all.slots.keep('v1', 'o-d1', 'n:a', 'o+d5');
  all.slots.keep('v1', 'o-d1', 'n:a', 'o+d5');
  all.slots.keep('w:1', 'o-d1', 'n:a', 'o+d5');
  all.slots.keep('n:b', 'o-d1', 'n:a', 'o+d6');
  all.slots.keep('n:b', 'o-d2', 'v1', 'o+d1.x');
  all.inboxes.add('1', {
    ...{ kind: 'send', target: 'd1.x', method: 'm' },
    args: {
      body: '#[]',
      refs: [
        ['n:a', 'o+d5'],
        ['v2', 'o+d1.x'],
        ['n:c', 'o+d1'],
      ],
    },
  });
  all.streams.give('b', send(['n:a', 'o+d7'], ['v1', 'o+d2.x']));
  await all.store.settled();
  for (let round = 0; round < 2; round += 1) {
    const { holdings } = all;
    assert.deepEqual([...holdings.owners()].sort(), ['n:a', 'n:b', 'n:c']);
    assert.deepEqual([...holdings.namedOf('n:a')].sort(), ['o+d5', 'o+d6', 'o+d7']);
    // What a message is for is needed until it arrived.
    assert.deepEqual([...holdings.namedOf('n:b')], ['o+d9']);
    assert.equal(holdings.isNamed('v1', 'o+d1.x'), false);
    await all.store.settled();
    all = await openAll(all.storage);
  }
  all.slots.erase('v1', 'o-d1');
  all.slots.erase('v1', 'o-d1');
  all.slots.erase('w:1', 'o-d1');
  assert.deepEqual(all.unnamed, []);
  all.inboxes.remove('1', all.inboxes.firstOf('1', 1)[0]!);
  assert.deepEqual(all.unnamed, ['n:a o+d5', 'n:c o+d1']);
  all.streams.acknowledge('b', 1);
  all.slots.erase('n:b', 'o-d1');
  assert.deepEqual(all.unnamed.slice(2), ['n:b o+d9', 'n:a o+d7', 'n:a o+d6']);
  assert.deepEqual([...all.holdings.owners()], []);
  await all.store.settled();
  assert.deepEqual([...(await openAll(all.storage)).holdings.owners()], []);
});

test('what an item names is on its way until it is acknowledged, given up or deleted', async () => {
  const all = await openAll();
  const isOnItsWay = () => all.streams.isOnItsWay('b', 'v1', 'o+d2.x');
  for (const end of [
    () => all.streams.acknowledge('b', all.streams.marks('b').given[0]),
    () => all.streams.giveUp('b', { body: '', refs: [] }),
    () => all.streams.clear('b'),
  ]) {
    all.streams.give('b', send(['v1', 'o+d2.x']));
    all.streams.give('b', send(['v1', 'o+d2.x']));
    assert.ok(isOnItsWay());
    assert.ok(!all.streams.isOnItsWay('c', 'v1', 'o+d2.x'));
    await all.store.settled();
    assert.ok((await openAll(all.storage)).streams.isOnItsWay('b', 'v1', 'o+d2.x'));
    end();
    assert.ok(!isOnItsWay());
  }
  assert.deepEqual([...all.holdings.owners()], []);
});
