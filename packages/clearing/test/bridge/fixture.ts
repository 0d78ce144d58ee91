/** Two ledgers in vats of their own, Ana and Beto in both, and exchanges between them. */
import {
  type ManualTime,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';

// `any`: the vats of this folder take what a test hands them.
export type Any = any;

const bundleOf = (name: string) =>
  bundleVat(fileURLToPath(new URL(`../../../test/bridge/${name}.ts`, import.meta.url)));
const bundles = { bank: bundleOf('bank-vat'), liar: bundleOf('liar-vat') };

export const hour = 3_600_000;
const start = 1_800_000_000_000n;

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];

/** A store that remembers its batches, so that a test can go back to any of them. */
export const makeRecordingStorage = (): {
  readonly storage: Storage;
  readonly batches: Rows[];
} => {
  const storage = makeMemoryStorage();
  const batches: Rows[] = [];
  const write = (rows: Rows) => {
    batches.push(rows);
    return storage.write(rows);
  };
  return { storage: { ...storage, write }, batches };
};

export const makeWorld = async (
  time: ManualTime = makeManualTime(Number(start)),
  storage: Storage = makeMemoryStorage(),
) => {
  const node = await makeTestNode({ time, storage });
  const powers = { clock: node.clock, timer: node.timer };
  const bank = async (unit: string): Promise<Any> =>
    node.makeVat({ module: await bundles.bank, label: unit, powers, params: { unit } });
  const a = await bank('jars');
  const b = await bank('minutes');
  const payees = {
    a: { Ana: await E(a).join('Ana', 40n), Beto: await E(a).join('Beto', 40n) },
    b: { Ana: await E(b).join('Ana', 40n), Beto: await E(b).join('Beto', 40n) },
  };
  let count = 0;
  /** Ana gives 10 of A, and Beto 8 of B. B's market leads it, so its ledger is the first. */
  const terms = async (changes: Any = {}): Promise<Any> => {
    count += 1;
    const { legs, ...rest } = changes;
    const first = { desk: await E(b).desk(), value: 8n, to: payees.b.Ana, ...legs?.[0] };
    const second = { desk: await E(a).desk(), value: 10n, to: payees.a.Beto, ...legs?.[1] };
    const coordinator = await E(b).coordinator();
    const deadline = start + BigInt(hour);
    return { id: `exchange ${count}`, legs: [first, second], coordinator, deadline, ...rest };
  };
  const liar = async (): Promise<Any> =>
    node.makeVat({ module: await bundles.liar, label: 'liar' });
  const balances = async () => {
    await E(a).assertSound();
    await E(b).assertSound();
    const of = (bank: Any) => Promise.all([E(bank).balance('Ana'), E(bank).balance('Beto')]);
    return { a: await of(a), b: await of(b) };
  };
  const done = { a: [-10n, 10n], b: [8n, -8n] };
  const nothing = { a: [0n, 0n], b: [0n, 0n] };
  const phases = async (id: string) => [
    (await E(b).side(id))?.phase ?? 'unknown',
    (await E(a).side(id))?.phase ?? 'unknown',
  ];
  return {
    ...{ node, time, a, b, payees, terms, liar, balances, phases },
    async assertDone() {
      assert.deepEqual(await balances(), done);
    },
    async assertNothing() {
      assert.deepEqual(await balances(), nothing);
    },
    /** Time goes on, and all that is due is done. */
    async pass(milliseconds: number) {
      time.pass(milliseconds);
      await node.rest();
    },
  };
};
