import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';
import { type Notes, auditMarkets } from '#src/command/audit-markets.js';

type Any = any;

const week = 7 * 24 * 3_600_000;
const moduleOf = (name: string) =>
  bundleVat(fileURLToPath(import.meta.resolve(`@pocas/market-actors/${name}`)));

/** A wallet in a market, and what its holder keeps. */
const makeHolder = async () => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  const powers = { clock: node.clock, timer: node.timer, grantor: node.grantor };
  const root: Any = await node.makeVat({
    module: await moduleOf('market'),
    label: 'market',
    powers,
    params: { name: 'Tianguis', secret: Buffer.alloc(32, 7).toString('base64url') },
  });
  const { steward } = await E(root).claim('Fundadora', 'r1');
  const wallet: Any = await node.makeVat({
    module: await moduleOf('wallet'),
    label: 'wallet',
    powers: { enlivener: node.enlivener, grantor: node.grantor },
    params: { name: 'Ana' },
  });
  const { ok } = await E(wallet).joinWith(await E(steward).invite(), 'r2');
  assert.equal(ok, true);
  let notes: Notes = {};
  let drawn = 0;
  return {
    notes: () => notes,
    drawn: () => drawn,
    async audit(from: Notes = notes) {
      const [report] = await auditMarkets(wallet, from, {
        draw: () => Buffer.alloc(32, (drawn += 1)).toString('base64url'),
        save: (next) => void (notes = next),
      });
      return report!;
    },
    async nextEpoch() {
      time.pass(week);
      await node.rest();
    },
    stop: () => node.stop(),
  };
};
const codes = ({ faults }: { faults: readonly { code: string }[] }) =>
  faults.map(({ code }) => code);

test('a label is drawn once, and from the next audit on one’s own entry is looked at', async () => {
  const { audit, nextEpoch, drawn, stop } = await makeHolder();
  assert.deepEqual(await audit(), { market: 'Tianguis', isNew: true, faults: [] });
  await nextEpoch();
  const first = await audit();
  assert.deepEqual([first.isNew, first.accounts, first.balance], [false, 2n, 0n]);
  assert.deepEqual(first.faults, []);
  await nextEpoch();
  const second = await audit();
  assert.equal(second.epoch, first.epoch! + 1n);
  assert.deepEqual(second.faults, []);
  assert.equal(drawn(), 1);
  await stop();
});

test('who begins after an audit is told that it is from the next one on', async () => {
  const { audit, nextEpoch, stop } = await makeHolder();
  await nextEpoch();
  const first = await audit();
  assert.deepEqual([first.isNew, first.faults], [true, []]);
  await nextEpoch();
  const second = await audit();
  assert.deepEqual([second.isNew, second.faults], [false, []]);
  await stop();
});

test('what was noted outside of the market is what counts', async () => {
  const { audit, nextEpoch, notes, stop } = await makeHolder();
  await audit();
  await nextEpoch();
  await audit();
  const [tag, note] = Object.entries(notes())[0]!;
  // The market shows an entry that is not the one of this label.
  const other = { ...note, label: Buffer.alloc(32, 99).toString('base64url') };
  assert.deepEqual(codes(await audit({ [tag]: other })), ['missing']);
  // The same epoch looked otherwise before.
  const seen = Object.fromEntries(Object.keys(note.seen).map((epoch) => [epoch, 'another mark']));
  assert.deepEqual(codes(await audit({ [tag]: { ...note, seen } })), ['digest']);
  await stop();
});
