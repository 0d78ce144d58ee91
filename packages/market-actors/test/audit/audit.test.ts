import { makeManualTime, makeMemoryStorage } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { AuditShare } from '@pocas/clearing/audit';
import { checkAudit, checkOwn } from '@pocas/clearing/audit-check';
import { gatherAudit } from '@pocas/clearing/audit-gather';
import type { Facet } from '@pocas/vat-runtime';
import { sha256 } from '@pocas/vat-runtime';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { buy, makeFair, purchaseOf, walletOf, week, withdraw } from '../till/fixture.ts';
import { type Person, foundMarket, join, makeTestNode, next, ok } from '../fixture.ts';

type Any = any;

const shareOf = (person: Person) => person.desk<Facet<AuditShare>>('audit');
const labelOf = (name: string) => sha256(`the label of ${name}`);

test('when an epoch has ended everybody can check the market, and each their own; who bought blindly is not in it', async () => {
  const fair = await makeFair();
  const { till, people, seller, node, time, founded } = fair;
  const page = await E(await shareOf(seller)).audit();
  assert.equal((await E(page).view()).status, 'none');
  const keys = await fair.keys();
  const wallets = { ana: walletOf('ana', keys), beto: walletOf('beto', keys) };
  for (const name of ['ana', 'beto'] as const) {
    await withdraw(people[name].self, wallets[name]);
    const share = await shareOf(people[name]);
    ok(await E(share).chooseLabel(labelOf(people[name].name), next()));
  }
  const buyWith = async (name: 'ana' | 'beto') => {
    const purchase = purchaseOf(await fair.sale());
    return (await buy(till, wallets[name], purchase, ({ denom }) => denom === 16n)).order;
  };
  // One is paid, and one stays in escrow.
  const order = await buyWith('ana');
  const sale = await fair.lastSale();
  ok(await E(sale).ready());
  ok(await E(sale).handOver());
  ok(await E(order).accept());
  await buyWith('beto');
  time.pass(week);
  await node.rest();

  const audit = (await gatherAudit(page))!;
  // The journal says which audit it is.
  const journal: Any = await E(founded.marketPublic).journal();
  const entries = await E(journal).entries(1n, 100n);
  const [entry] = entries.filter(({ kind }: Any) => kind === 'audit');
  const { digest, accounts, epoch } = entry.facts;
  assert.equal(accounts, (await E(founded.steward).view()).participants);
  assert.deepEqual(checkAudit(audit, { digest, epoch, accounts }), []);
  assert.deepEqual(audit.sales, [{ what: 'bread', price: 13n, times: 1n }]);
  assert.deepEqual([audit.totals.held, audit.totals.float], [13n, 64n - 26n]);
  const used = { kind: 'credit', denom: 16n, epoch: 0n, withdrawn: 1n, used: 1n } as const;
  for (const person of [people.ana, people.beto]) {
    const { opening } = ok(await E(await shareOf(person)).opening());
    const own = { label: labelOf(person.name), opening, balance: -32n, tokens: [used] };
    assert.deepEqual(checkOwn(audit, own), []);
  }
  const text = JSON.stringify(audit, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  assert.doesNotMatch(text, /Ana|Beto|Vera/);
  assert.deepEqual(await descriptionFaults(page), []);
  assert.deepEqual(await descriptionFaults(await shareOf(people.ana)), []);
  // The next epoch has one of its own, without the sales of before.
  time.pass(week);
  await node.rest();
  const later = (await gatherAudit(page))!;
  assert.deepEqual([later.epoch, later.sales], [audit.epoch + 1n, []]);
  assert.deepEqual(checkAudit(later), []);
  await node.stop();
});

test('an audit is made once, also where the node is killed when its time has come', async () => {
  const time = makeManualTime();
  let node = await makeTestNode({ time });
  const { steward } = await foundMarket(node);
  let share = await shareOf(await join(steward, 'Ana'));
  /** What is on disk is all there is. */
  const kill = async () => {
    const text = await E(node.grantor).sturdy(share);
    await node.settled();
    const storage = makeMemoryStorage();
    await storage.write(await node.storage.list(''));
    const dead = node;
    node = await makeTestNode({ storage, secrets: node.secrets, time });
    await dead.stop();
    share = (await E(node.enlivener).enliven(text)) as typeof share;
  };
  time.pass(week);
  await kill();
  await node.rest();
  const audit = (await gatherAudit(await E(share).audit()))!;
  assert.deepEqual(checkAudit(audit, { accounts: 2n }), []);
  await kill();
  await node.rest();
  assert.equal((await gatherAudit(await E(share).audit()))!.digest, audit.digest);
  await node.stop();
});
