import { makeManualTime, makeMemoryStorage } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { AuditShare } from '@pocas/clearing/audit';
import { checkAudit, checkOwn } from '@pocas/clearing/audit-check';
import { gatherAudit } from '@pocas/clearing/audit-gather';
import { askFor, emptyPurse, learn, purseKey } from '@pocas/clearing/purse';
import type { Facet } from '@pocas/vat-runtime';
import { sha256 } from '@pocas/vat-runtime';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { buy, makeFair, purchaseOf, walletOf, withdraw } from '../till/fixture.ts';
import { type Person, foundMarket, join, makeTestNode, next, ok } from '../fixture.ts';

type Any = any;

const week = 7 * 24 * 3_600_000;
const pack = [1n, 1n, 2n, 4n, 8n, 16n];
const shareOf = (person: Person) => person.desk<Facet<AuditShare>>('audit');
const labelOf = (name: string) => sha256(`the label of ${name}`);

/** A market of three, of whom one has withdrawn blind credits, in the epoch after. */
const makeAudited = async () => {
  const time = makeManualTime();
  let node = await makeTestNode({ time });
  const founded = await foundMarket(node, { charter: { baseLimit: 100n } });
  const [ana, beto] = [await join(founded.steward, 'Ana'), await join(founded.steward, 'Beto')];
  for (const person of [ana, beto]) {
    ok(await E(await shareOf(person)).chooseLabel(labelOf(person.name), next()));
  }
  const desk = await ana.desk<Any>('till');
  const mint: Any = await E(desk).keys();
  const purse = ok(learn(emptyPurse(mint.market), mint)).purse;
  const key = purseKey(sha256('Ana'), mint.market);
  const { batches, requestId } = askFor(purse, key, 'account', 'credit', pack);
  const { epoch } = ok(await E(desk).withdraw(batches, requestId));
  const tokens = [...new Set(pack)].map((denom) => ({
    ...({ kind: 'credit', denom, epoch, used: 0n } as const),
    withdrawn: BigInt(pack.filter((one) => one === denom).length),
  }));
  return {
    ...{ time, founded, ana, beto, tokens },
    node: () => node,
    /** As if the node had been killed. @returns a person of before */
    async kill<T extends object>(facet: T): Promise<T> {
      const text = await E(node.grantor).sturdy(facet as Any);
      await node.settled();
      const storage = makeMemoryStorage();
      await storage.write(await node.storage.list(''));
      const dead = node;
      node = await makeTestNode({ storage, secrets: node.secrets, time });
      await dead.stop();
      return (await E(node.enlivener).enliven(text)) as T;
    },
  };
};

test('when an epoch has ended everybody can check the market, and each their own', async () => {
  const { time, founded, ana, beto, tokens, node } = await makeAudited();
  assert.equal((await E(await E(await shareOf(ana)).audit()).view()).status, 'none');
  time.pass(week);
  await node().rest();
  const page = await E(await shareOf(ana)).audit();
  const audit = (await gatherAudit(page))!;
  // The head of the journal says which audit it is.
  const journal: Any = await E(founded.marketPublic).journal();
  const entries = await E(journal).entries(1n, 100n);
  const [entry] = entries.filter(({ kind }: Any) => kind === 'audit');
  const { digest, accounts, epoch } = entry.facts;
  assert.deepEqual(checkAudit(audit, { digest, epoch, accounts: 3n }), []);
  assert.equal(accounts, 3n);
  assert.equal(audit.totals.float, 32n);
  for (const [person, balance] of [
    [ana, -32n],
    [beto, 0n],
  ] as const) {
    const { opening } = ok(await E(await shareOf(person)).opening());
    const own = { label: labelOf(person.name), opening, balance };
    assert.deepEqual(checkOwn(audit, person === ana ? { ...own, tokens } : own), []);
  }
  assert.deepEqual(await descriptionFaults(page), []);
  assert.deepEqual(await descriptionFaults(await shareOf(ana)), []);
  // The next epoch has one of its own.
  time.pass(week);
  await node().rest();
  const later = (await gatherAudit(page))!;
  assert.equal(later.epoch, audit.epoch + 1n);
  assert.deepEqual(checkAudit(later), []);
  await node().stop();
});

test('an audit is made once, also where the node is killed when its time has come', async () => {
  const { time, ana, kill, node } = await makeAudited();
  const before = await shareOf(ana);
  time.pass(week);
  const share = await kill(before);
  await node().rest();
  const audit = (await gatherAudit(await E(share).audit()))!;
  assert.deepEqual(checkAudit(audit, { accounts: 3n }), []);
  const again = await kill(share);
  await node().rest();
  assert.equal((await gatherAudit(await E(again).audit()))!.digest, audit.digest);
  await node().stop();
});

test('what was bought with blind credits is in the audit: the sale, the tokens, what is set aside, and no buyer', async () => {
  const fair = await makeFair();
  const { till, people, seller, node, time, founded } = fair;
  const keys = await fair.keys();
  const wallets = { ana: walletOf('ana', keys), beto: walletOf('beto', keys) };
  for (const name of ['ana', 'beto'] as const) {
    await withdraw(people[name].self, wallets[name]);
    const share = await shareOf(people[name]);
    ok(await E(share).chooseLabel(labelOf(people[name].name), next()));
  }
  const buyWith = async (name: 'ana' | 'beto') =>
    (await buy(till, wallets[name], purchaseOf(await fair.sale()), ({ denom }) => denom === 16n))
      .order;
  // One is paid, and one stays in escrow.
  const order = await buyWith('ana');
  const sale = await fair.lastSale();
  ok(await E(sale).ready());
  ok(await E(sale).handOver());
  ok(await E(order).accept());
  await buyWith('beto');

  time.pass(week);
  await node.rest();
  const page = await E(await shareOf(seller)).audit();
  const audit = (await gatherAudit(page))!;
  const { participants } = await E(founded.steward).view();
  assert.deepEqual(checkAudit(audit, { accounts: participants }), []);
  assert.deepEqual(audit.sales, [{ what: 'bread', price: 13n, times: 1n }]);
  assert.deepEqual([audit.totals.held, audit.totals.float], [13n, 64n - 26n]);
  const used = { kind: 'credit', denom: 16n, epoch: 0n, withdrawn: 1n, used: 1n } as const;
  for (const [person, balance] of [
    [people.ana, -32n],
    [people.beto, -32n],
  ] as const) {
    const { opening } = ok(await E(await shareOf(person)).opening());
    const own = { label: labelOf(person.name), opening, balance, tokens: [used] };
    assert.deepEqual(checkOwn(audit, own), []);
  }
  const text = JSON.stringify(audit, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  assert.doesNotMatch(text, /Ana|Beto|Vera/);
  await node.stop();
});
