import { type Any, rest, startBench, restart } from './bench.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeManualTime, makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';

/** Everything that was on disk after each batch, while `act` ran. */
const recordBatches = async (kind: 'caretaker' | 'membrane', act: (all: Any) => Promise<void>) => {
  let bench = await startBench({ vat: 'keepers', other: 'keepers', third: 'keepers' });
  const thing = await E(bench.roots['other']).thing();
  const asker = await E(bench.roots['third']).thing();
  const kit = await E(bench.roots['vat'])[kind](thing);
  await E(bench.roots['vat']).keep('all', { ...kit, thing, asker });
  bench = await restart(bench);
  const { storage, secrets } = bench.node;
  const snapshots: (readonly (readonly [string, string])[])[] = [];
  await bench.node.stop();
  const recording = {
    ...storage,
    async write(rows: Any) {
      await storage.write(rows);
      snapshots.push(await storage.list(''));
    },
  };
  const node = await makeTestNode({ storage: recording, secrets, time: bench.time });
  const roots = node.getProgram() as Record<string, Any>;
  await act(await E(roots['vat']).kept('all'));
  await rest({ ...bench, node, roots });
  await node.stop();
  return { snapshots, secrets };
};

test('a send through a caretaker or a membrane happens once, whenever the node dies on its way', async () => {
  for (const kind of ['caretaker', 'membrane'] as const) {
    const { snapshots, secrets } = await recordBatches(kind, (all) =>
      E(all.asker).askBySend(all[kind], 'add', [1n]),
    );
    // The sender's turn, the forwarder's, the target's, the answer's way back, its arrival.
    assert.ok(snapshots.length >= 5, `${snapshots.length} batches`);
    for (const rows of snapshots) {
      const storage = makeMemoryStorage();
      await storage.write(rows.map(([key, value]) => [key, value]));
      const node = await makeTestNode({ storage, secrets, time: makeManualTime(0) });
      const roots = node.getProgram() as Record<string, Any>;
      await rest({ node, roots, lines: [], time: makeManualTime(0) });
      const all = await E(roots['vat']).kept('all');
      const count = await E(all.thing).count();
      const { used } = await E(all.revoker).status();
      const heard = await E(all.asker).heard();
      // Whole or absent, at all three places.
      assert.ok(count === 0n || count === 1n);
      assert.deepEqual([used, heard], [count, count === 0n ? [] : [['fulfilled', 1n]]]);
      const left = (await storage.list('')).filter(([key]) => /^in\/|^v\/\d+\/a\//.test(key));
      assert.deepEqual(left, []);
      await node.stop();
    }
  }
});
