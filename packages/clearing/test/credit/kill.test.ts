import { credits, makeWorkshop, ok } from './fixture.ts';
import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Books, Ledger, OpenedAccount } from '@pocas/clearing';
import { faultsOf } from '@pocas/clearing/conservation';
import type { Facet } from '@pocas/vat-runtime';

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];
type People = {
  readonly ledger: Facet<Ledger>;
  readonly ana: OpenedAccount;
  readonly beto: OpenedAccount;
  readonly low: OpenedAccount;
};

/** Some of all that can happen. Whoever carries it out again asks for the same things by the same requests. */
const live = async ({ ledger, ana, beto, low }: People): Promise<void> => {
  ok(await E(ana.account).pay(beto.payee, 7n, 'pay'));
  const { hold, decider } = ok(
    await E(ana.account).hold(beto.payee, 5n, { divisible: true }, 'hold'),
  );
  const issuer = await E(ledger).issuer();
  const taken = ok(await E(issuer).takeOver(hold, decider, 'take over'));
  ok(await E(taken.decider).settle([{ payee: beto.payee, value: 3n }]));
  const { payment } = ok(await E(ana.account).withdraw(4n, 'withdraw'));
  ok(await E(beto.payee).deposit(payment, 'deposit'));
  ok(await E(ana.account).withdraw(2n, 'withdraw, to lose it'));
  ok(await E(ana.account).recover('recover'));
  ok(await E(ana.account).pay(low.payee, 3n, 'past the ceiling'));
  const [question] = await E(low.account).questions();
  ok(await E(low.account).answer(question?.number ?? 0n, 'accept', 'answer'));
  ok(await E(low.care).close(false, 'close'));
};

test('a node that is killed after any write loses and doubles nothing, and goes on where it was', async () => {
  const inner = makeMemoryStorage();
  const batches: Rows[] = [];
  const write = (rows: Rows) => {
    batches.push(rows);
    return inner.write(rows);
  };
  const { node, bench } = await makeWorkshop({ storage: { ...inner, write } });
  const ledger = await E(bench).makeLedger(credits);
  const open = (ceiling: bigint) => E(ledger).openAccount('member', { debitLimit: 20n, ceiling });
  const people: People = {
    ledger,
    ana: await open(50n),
    beto: await open(50n),
    low: await open(0n),
  };
  node.setProgram(people);
  await node.settled();
  const start = batches.length;
  await live(people);
  await node.settled();
  const expected: Books = await E(ledger).books();
  const end = batches.length;
  await node.stop();
  assert.ok(end - start >= 11, `${end - start} batches`);

  for (let count = start; count <= end; count += 1) {
    const storage = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await storage.write(rows);
    const again = await makeTestNode({ print: () => {}, storage, secrets: node.secrets });
    const kept = again.getProgram() as People;
    assert.deepEqual(faultsOf(await E(kept.ledger).books()), [], `after ${count - start}`);
    await live(kept);
    const books = await E(kept.ledger).books();
    assert.deepEqual(books, expected, `after ${count - start} batches`);
    await E(kept.ledger).assertSound();
    await again.stop();
  }
});
