import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';
import { type Notes, auditMarkets } from '#src/command/audit-markets.js';

type Any = any;

const week = 7 * 24 * 3_600_000;
const bundleOf = (name: string) =>
  bundleVat(fileURLToPath(import.meta.resolve(`@pocas/market-actors/${name}`)));
const bundles = { market: bundleOf('market'), wallet: bundleOf('wallet') };

/** A wallet in a market, and what its holder keeps. */
const makeHolder = async () => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  const powers = { clock: node.clock, timer: node.timer, grantor: node.grantor };
  const root: Any = await node.makeVat({
    module: await bundles.market,
    label: 'market',
    powers,
    params: { name: 'Tianguis', secret: Buffer.alloc(32, 7).toString('base64url') },
  });
  const { cares } = await E(root).claim('Fundadora', 'r1');
  const { steward } = cares;
  const wallet: Any = await node.makeVat({
    module: await bundles.wallet,
    label: 'wallet',
    powers: { clock: node.clock, enlivener: node.enlivener, grantor: node.grantor },
    params: { name: 'Ana', secret: Buffer.alloc(32, 5).toString('base64url') },
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

test('one’s own entry is looked at from the audit on that comes after its label was drawn', async () => {
  const { audit, nextEpoch, drawn, notes, stop } = await makeHolder();
  assert.deepEqual(await audit(), { market: 'Tianguis', isNew: true, faults: [] });
  await nextEpoch();
  const first = await audit();
  assert.deepEqual([first.isNew, first.accounts, first.balance], [false, 2n, 0n]);
  assert.deepEqual(first.faults, []);
  assert.equal(drawn(), 1);

  // What was noted outside of the market is what counts. The same epoch looked otherwise before:
  const [tag, note] = Object.entries(notes())[0]!;
  const seen = Object.fromEntries(Object.keys(note.seen).map((epoch) => [epoch, 'another mark']));
  assert.deepEqual(codes(await audit({ [tag]: { ...note, seen } })), ['digest']);
  // The market shows an entry that is not the one of this label.
  const other = { ...note, label: Buffer.alloc(32, 99).toString('base64url') };
  assert.deepEqual(codes(await audit({ [tag]: other })), ['missing']);

  // Who notes nothing begins anew: it is from the next audit on.
  const anew = await audit({});
  assert.deepEqual([drawn(), anew.isNew, anew.faults], [2, true, []]);
  await nextEpoch();
  const second = await audit();
  assert.deepEqual([second.isNew, second.faults], [false, []]);
  assert.equal(second.epoch, first.epoch! + 1n);
  await stop();
});
