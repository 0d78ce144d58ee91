import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { type Audit, checkAudit, checkOwn, isAudit } from '@pocas/clearing/audit-check';
import { gatherAudit } from '@pocas/clearing/audit-gather';
import { bundleVat } from '@pocas/vat-runtime/node';
import { pageSize } from '#src/audit/rules.js';
import { labelOf, secret } from './books.ts';

type Any = any;

const bundle = bundleVat(
  fileURLToPath(new URL('../../../test/audit/audit-vat.ts', import.meta.url)),
);
const codes = (faults: readonly { code: string }[]) => faults.map(({ code }) => code);

/** A node with a ledger and its audits. */
const makeBench = async () => {
  let node = await makeTestNode();
  const powers = { clock: node.clock, timer: node.timer };
  const root: Any = await node.makeVat({
    module: await bundle,
    label: 'ledger',
    powers,
    params: { secret },
  });
  node.setProgram({ root });
  const get = () => (node.getProgram() as { root: Any }).root;
  return {
    bench: get,
    audits: (): Any => E(get()).audits(),
    ledger: (): Any => E(get()).ledger(),
    /** Ends nothing: what is on disk is all there is. */
    async kill() {
      await node.rest();
      const storage = makeMemoryStorage();
      await storage.write(await node.storage.list(''));
      const dead = node;
      node = await makeTestNode({ storage, secrets: node.secrets });
      await dead.stop();
    },
    stop: () => node.stop(),
  };
};
type BenchOf = Awaited<ReturnType<typeof makeBench>>;

const finish = async ({ audits }: BenchOf): Promise<number> => {
  for (let steps = 1; ; steps += 1) if (await E(audits()).step()) return steps;
};

/** The whole of an audit, as somebody gathers it who checks it. */
const fetchAudit = async ({ audits }: BenchOf, epoch?: bigint): Promise<Audit> => {
  const audit = await gatherAudit(await E(audits()).public(), epoch);
  assert.ok(isAudit(audit));
  return audit;
};

test('an audit is made in pages, of the balances as they were when it began, and goes on after a kill', async () => {
  const town = await makeBench();
  const numbers: bigint[] = await E(town.bench()).openMany(2 * pageSize + 7);
  const ledger = await town.ledger();
  const { account, payee } = await E(ledger).openAccount(
    'pool',
    { debitLimit: 0n, ceiling: 0n },
    'float',
  );
  const ana = await E(ledger).openAccount('member', { debitLimit: 100n, ceiling: 100n });
  const beto = await E(ledger).openAccount('member', { debitLimit: 100n, ceiling: 100n });
  await E(ana.account).pay(payee, 7n, 'blind credits');
  await E(beto.account).hold(ana.payee, 9n, {}, 'an order');
  await E(beto.account).withdraw(2n, 'a payment');
  assert.equal((await E(account).view()).balance, 7n);

  const number = await E(ana.payee).number();
  const share: Any = await E(await town.audits()).share(number);
  assert.deepEqual(await E(share).chooseLabel(labelOf('ana'), 'r1'), { ok: true });
  assert.deepEqual(await E(share).opening(), { ok: false, code: 'notYet' });
  await E(await town.audits()).noteSale('jam', 8n);
  await E(await town.audits()).noteSale('bread', 5n);
  await E(await town.audits()).noteSale('jam', 8n);
  await E(await town.audits()).noteSale('🍞'.repeat(300), 1n);
  await E(town.bench()).begin(3n);
  // What is paid now is in the next audit.
  assert.equal(await E(await town.audits()).step(), false);
  await E(ana.account).pay(beto.payee, 1n, 'late');
  await E(await town.audits()).noteSale('soap', 4n);
  await town.kill();
  // Of three pages one was made: two, and the end.
  assert.equal(await finish(town), 3);
  await town.kill();

  const audit = await fetchAudit(town);
  assert.deepEqual(checkAudit(audit, { epoch: 3n, accounts: BigInt(numbers.length + 2) }), []);
  assert.deepEqual(audit.totals, { float: 7n, pools: 0n, commons: 0n, held: 9n, payments: 2n });
  assert.deepEqual(
    audit.sales.map(({ what, times }) => [what, times]),
    [
      ['bread', 1n],
      ['jam', 2n],
      ['🍞'.repeat(200), 1n],
    ],
  );
  const again: Any = await E(await town.audits()).share(number);
  const { opening } = await E(again).opening();
  assert.equal(opening.balance, -7n);
  const label = labelOf('ana');
  assert.deepEqual(checkOwn(audit, { label, opening, balance: -7n }), []);
  // Others’ entries have labels that nobody chose, and so are nobody’s to recognise.
  assert.equal(
    audit.entries.filter((entry) => entry.label.startsWith('~')).length,
    numbers.length + 1,
  );
  // The same epoch has no other audit.
  await E(town.bench()).begin(3n);
  assert.equal(await E(await town.audits()).step(), true);
  assert.equal((await fetchAudit(town)).digest, audit.digest);
  await town.stop();
});

test('a label is one owner’s, and holds from the next audit on', async () => {
  const town = await makeBench();
  const [one, two] = (await E(town.bench()).openMany(2)) as [bigint, bigint];
  const shares: Any[] = [];
  for (const number of [one, two]) shares.push(await E(await town.audits()).share(number));
  const [ana, beto] = shares;
  assert.equal(await E(await town.audits()).share(one), ana);
  const label = labelOf('ana');
  assert.deepEqual(await E(ana).chooseLabel(label, 'r1'), { ok: true });
  assert.deepEqual(await E(beto).chooseLabel(label, 'r1'), { ok: false, code: 'claimed' });
  for (const bad of ['', 'short', '~'.repeat(44), 'a b c d e f', `${label}\n`, 'ñandú-ñandú']) {
    assert.deepEqual(await E(beto).chooseLabel(bad, `r ${bad}`), { ok: false, code: 'invalid' });
  }
  const madeUp = (await E(beto).view()).label;
  assert.match(madeUp, /^~/);
  assert.deepEqual(await E(ana).chooseLabel(madeUp, 'r2'), { ok: false, code: 'invalid' });
  await E(town.bench()).begin(3n);
  assert.deepEqual(await E(ana).chooseLabel(labelOf('later'), 'r3'), { ok: true });
  await finish(town);
  const audit = await fetchAudit(town);
  const { opening } = await E(ana).opening();
  assert.deepEqual(codes(checkOwn(audit, { label, opening })), []);
  assert.deepEqual(codes(checkOwn(audit, { label: labelOf('later'), opening })), ['missing']);
  // A late copy of what was asked before changes nothing back.
  assert.deepEqual(await E(ana).chooseLabel(label, 'r1'), { ok: true });
  assert.equal((await E(ana).view()).label, labelOf('later'));
  // What is free again may be had.
  assert.deepEqual(await E(beto).chooseLabel(label, 'r9'), { ok: true });
  await town.stop();
});

test('books that are not sound have no audit, and the one before stands', async () => {
  const town = await makeBench();
  await E(town.bench()).openMany(3);
  await E(town.bench()).begin(1n);
  await finish(town);
  const { digest } = await fetchAudit(town);
  const totals = { float: 5n, pools: 0n, commons: 0n, held: 0n, payments: 0n };
  const books = { accounts: [{ number: 1n, balance: 0n }], totals, tokens: [] };
  await E(await town.audits()).begin(2n, books);
  assert.equal(await E(await town.audits()).step(), false);
  await assert.rejects(E(await town.audits()).step(), /the commitment is not of this value/);
  assert.equal((await fetchAudit(town)).digest, digest);
  // The next epoch goes on without it.
  await E(town.bench()).begin(3n);
  await finish(town);
  assert.deepEqual(checkAudit(await fetchAudit(town), { epoch: 3n }), [
    // What this bench says of tokens has no float.
    ...checkAudit(await fetchAudit(town)).filter(({ code }) => code === 'float'),
  ]);
  await town.stop();
});

test('the last four audits can be had, and entries of no others are kept', async () => {
  const town = await makeBench();
  await E(town.bench()).openMany(2);
  for (const epoch of [1n, 2n, 3n, 4n, 5n, 6n]) {
    await E(town.bench()).begin(epoch);
    await finish(town);
  }
  const shown: Any = await E(await town.audits()).public();
  assert.deepEqual(await E(shown).header(2n), { ok: false, code: 'expired' });
  assert.deepEqual(await E(shown).entries(2n, 0n), { ok: false, code: 'expired' });
  assert.deepEqual(await E(shown).header(7n), { ok: false, code: 'notYet' });
  assert.deepEqual(await E(shown).entries(3n, 2n), { ok: true, entries: [] });
  assert.equal((await fetchAudit(town, 3n)).epoch, 3n);
  assert.equal((await fetchAudit(town)).epoch, 6n);
  await town.stop();
});
