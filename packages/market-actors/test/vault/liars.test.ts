/** Custodians that lie in every way: nothing wrong is opened, the right ones suffice, and a liar is named. */
import { type TestNode, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Custodian, CustodyKeeper, VaultClaimed } from '@pocas/market-actors';
import { bundleVat } from '@pocas/vat-runtime/node';
import { keepText } from '#src/vault/texts.js';
import { schnorr } from '@pocas/vat-runtime/ristretto';
import { next, ok, testSecret } from '../fixture.ts';
import {
  addCamera,
  addHolder,
  custodyPair,
  day,
  foundVault,
  joinVault,
  look,
  pair,
  random,
  record,
} from './fixture.ts';
import type { Lie } from './lying-custodian.ts';

type Liar = {
  setLie(lie: Lie): void;
  keeper(): Facet<CustodyKeeper>;
  custodian(): Facet<Custodian>;
};
const module = bundleVat(
  fileURLToPath(new URL('../../../test/vault/lying-custodian.ts', import.meta.url)),
);

const addLiar = async (node: TestNode, vault: VaultClaimed): Promise<Liar> => {
  const secret = testSecret(251);
  const liar = (await node.makeVat({
    ...{ module: await module, label: 'liar', params: { name: 'Liar', secret } },
    powers: { clock: node.clock },
  })) as Liar;
  const share = await joinVault(vault, 'Liar');
  const { secretKey, publicKey } = custodyPair(secret);
  const signature = schnorr.sign(secretKey, keepText(publicKey), random());
  const custodian = await E(liar).custodian();
  // A text that is no key, or the key of somebody else, would keep all others from making one.
  for (const wrong of [pair().publicKey, 'A'.repeat(43), 'AAAA']) {
    const refused = await E(share).keep(custodian, wrong, signature, next());
    assert.deepEqual(refused, { ok: false, code: 'invalid' });
  }
  ok(await E(share).keep(custodian, publicKey, signature, next()));
  return liar;
};

const start = async (t: TestContext) => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  t.after(() => node.stop());
  const vault = await foundVault(node);
  const holders = [];
  for (const name of ['Ana', 'Beto', 'Caro']) holders.push(await addHolder(node, vault, name));
  const liar = await addLiar(node, vault);
  await node.rest();
  return { time, node, vault, holders, liar };
};

const kinds = async (vault: VaultClaimed) => {
  // The cast says what the place is.
  const log = await E(vault.participant).log();
  const entries: { kind: string; facts: { name?: string } }[] = [];
  for (let from = 1n; ; from += 20n) {
    const page = await E(log).entries(from, from + 20n);
    if (page.length === 0) return entries;
    entries.push(...(page as unknown as typeof entries));
  }
};
const named = async (vault: VaultClaimed) =>
  (await kinds(vault))
    .filter(({ kind }) => kind === 'liar' || kind === 'false answer')
    .map(({ kind, facts }) => `${kind}: ${facts.name}`);

for (const lie of ['silent', 'swapped shares', 'garbage dealing'] as const) {
  test(`a key is made without a custodian whose dealing is ${lie}`, async (t) => {
    const { node, vault, liar } = await start(t);
    const { steward } = vault.cares;
    await E(liar).setLie(lie);
    ok(await E(steward).makeKey(next()));
    await node.rest();
    const { phase, holders: people } = await E(steward).view();
    assert.equal(phase, 'making');
    assert.deepEqual(
      people.filter(({ isAwaited }) => isAwaited).map(({ name }) => name),
      ['Liar'],
    );
    ok(await E(steward).makeKey(next()));
    await node.rest();
    const after = await E(steward).view();
    assert.equal(after.phase, 'open');
    assert.deepEqual(
      after.holders.filter(({ isIn }) => isIn).map(({ name }) => name),
      ['Ana', 'Beto', 'Caro'],
    );
    assert.deepEqual(await named(vault), lie === 'silent' ? [] : ['false answer: Liar']);
  });
}

test('whoever complains of an honest dealer is named, and the key is made', async (t) => {
  const { node, vault, liar } = await start(t);
  await E(liar).setLie('false complaint');
  ok(await E(vault.cares.steward).makeKey(next()));
  await node.rest();
  assert.equal((await E(vault.cares.steward).view()).phase, 'open');
  assert.deepEqual(await named(vault), ['liar: Liar']);
});

const answered = {
  silent: [],
  garbage: ['false answer: Liar'],
  'unsigned answer': ['false answer: Liar'],
  'answer of another segment': ['false answer: Liar'],
  'wrong share': ['liar: Liar'],
  'sealed nonsense': ['liar: Liar'],
} as const;
test('three honest custodians open beside one that answers with any lie, and the log names it', async (t) => {
  const { node, time, vault, holders, liar } = await start(t);
  ok(await E(vault.cares.steward).makeKey(next()));
  await node.rest();
  const camera = await addCamera(vault);
  await record(camera, 'one');
  time.pass(600_000);
  await record(camera, 'two');
  const viewer = pair();
  let asked = 0;
  /** Each of the three asks for some. */
  const request = async (segment: string) => {
    const { share } = holders[(asked += 1) % 3]!;
    const viewers = [{ name: 'Ana', key: viewer.publicKey }];
    const wish = { segments: [segment], reason: 'Lost bicycle', viewers };
    const made = ok(await E(share).request(wish, next()));
    time.pass(day);
    await node.rest();
    return { viewing: made.viewings[0]!, request: made.request };
  };
  // An honest answer first, which it can give once more.
  await request('two');
  for (const [lie, said] of Object.entries(answered)) {
    const before = (await named(vault)).length;
    // The cast holds: they are the names of lies.
    await E(liar).setLie(lie as Lie);
    const { viewing, request: made } = await request('one');
    const opened = await look(viewing, 'one', viewer);
    assert.equal(opened.right, 3n, lie);
    assert.equal(opened.key, camera.keys.get('one'), lie);
    for (const { index, disclosure } of opened.liars)
      ok(await E(viewing).report('one', index, disclosure, next()));
    assert.deepEqual((await named(vault)).slice(before), said, lie);
    // An honest one cannot be accused: what is disclosed of it is right.
    const { parts } = ok(await E(viewing).parts('one'));
    assert.equal(parts.length, 3);
    const refused = await E(viewing).report('one', parts[0]!.index, '', next());
    assert.deepEqual(refused, { ok: false, code: 'invalid' });
    ok(await E(made).withdraw(next()));
    // One that says nothing has to be told the log again.
    time.pass(700_000);
    await node.rest();
  }
});
