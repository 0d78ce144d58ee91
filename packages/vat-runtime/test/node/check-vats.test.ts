import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import {
  acceptVats,
  checkVats,
  openStore,
  openStoreFiles,
  rowChecksum,
  sha256,
} from '@pocas/vat-runtime/node';
import { fixture, start, withFolder } from './nodes.ts';

type Any = any;

const powersOf = async (directory: string) => ({
  ...(await openStoreFiles(directory)),
  hash: sha256,
  checksum: rowChecksum,
});

test('a vat that lost a row is named, sleeps until it is accepted as it is, and then goes on', async () => {
  await withFolder(async (folder) => {
    const directory = join(folder, 'a');
    const node = await start(directory);
    const make = () =>
      node.makeVat({ module: fixture('counter'), label: 'counter', params: { start: 5n } });
    const [broken, sound]: Any[] = [await make(), await make()];
    await E(broken).put('a', 'one');
    await E(broken).put('b', 'two');
    node.setProgram({ broken, sound });
    await node.stop();

    const powers = await powersOf(directory);
    assert.deepEqual(await checkVats(powers), []);
    const values = await powers.storage.list('v/1/m/');
    assert.equal(values.length, 2);
    // As LevelDB loses it from a table: with nothing in the chain to say so.
    const store = await openStore({ ...powers, onFailure: (error) => assert.fail(String(error)) });
    store.stage([[values[0]![0], undefined]]);
    await store.settled();
    await store.close();

    const refusing = await start(directory);
    const { broken: asked, sound: other } = refusing.getProgram() as Any;
    await assert.rejects(E(asked).get(), /delivered: no/);
    assert.equal(await E(other).get(), 5n);
    assert.equal(refusing.counts().suspended, 1);
    await refusing.stop();

    const again = await powersOf(directory);
    const faults = await checkVats(again);
    assert.deepEqual(
      faults.map(({ vat, fault }) => [vat, fault]),
      [['1', 'its rows are not those that it wrote: one is missing, stale or altered']],
    );
    await acceptVats(again, faults);
    await again.storage.close();
    await again.anchor.close();

    const last = await start(directory);
    const { broken: accepted } = last.getProgram() as Any;
    assert.equal(await E(accepted).add(1n), 6n);
    // What is gone is an error where it is read, and never an empty place.
    await assert.rejects(E(accepted).entries(), /missing/);
    await last.stop();
    const final = await powersOf(directory);
    assert.deepEqual(await checkVats(final), []);
    await final.storage.close();
    await final.anchor.close();
  });
});
