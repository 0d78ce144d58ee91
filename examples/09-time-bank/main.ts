/**
 * A time bank: an hour of anyone is an hour of anyone, and nobody issues any.
 *
 * Read it for one thing: whoever gives time is owed it by all the others together, and at each moment
 * everything adds up to nothing. The ledger is `@pocas/clearing/credit`; a market puts offers around it.
 */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { OpenedAccount } from '@pocas/clearing';
import { startLoopbackNode } from '../01-soup-market/loopback-node.ts';
import type { make } from './bank.ts';

const say = (text: string) => console.log(text);
/** A random text for one intended act. Asked twice with it, a facet acts once. */
const requestId = () => randomUUID();

const directory = mkdtempSync(join(tmpdir(), 'pocas-time-bank-'));
const node = await startLoopbackNode(directory);
try {
  const bank = (await node.makeVat({
    module: fileURLToPath(new URL('./bank.js', import.meta.url)),
    label: 'time bank',
    powers: { clock: node.clock, timer: node.timer },
  })) as ReturnType<typeof make>;
  const ledger = await E(bank).ledger();

  // Everybody may owe two hours, and is asked before more than three are owed to them.
  const open = (ceiling = 180n) => E(ledger).openAccount('member', { debitLimit: 120n, ceiling });
  const [ana, beto, caro] = [await open(), await open(), await open(60n)];

  /** Fails where anything was made or lost. */
  const show = async (what: string) => {
    const at = async ({ account }: OpenedAccount) => (await E(account).view()).balance;
    const { sum } = await E(await E(ledger).auditor()).statement();
    await E(ledger).assertSound();
    assert.equal(sum, 0n);
    say(`${what}: Ana ${await at(ana)}, Beto ${await at(beto)}, Caro ${await at(caro)}`);
  };

  await E(ana.account).pay(beto.payee, 60n, requestId());
  await show('Beto repairs Ana’s bicycle, an hour');

  const odd = await E(ana.account).pay(beto.payee, 10n, requestId());
  const far = await E(ana.account).pay(beto.payee, 75n, requestId());
  assert.ok(!odd.ok && !far.ok);
  say(
    `Ten minutes are no step of this bank: ${odd.code}. Two hours are the most to owe: ${far.code}`,
  );

  // A payment is for whoever has it. Ana writes it for Beto, who gives it to Caro.
  const written = await E(ana.account).withdraw(30n, requestId());
  assert.ok(written.ok);
  await E(caro.payee).deposit(written.payment, requestId());
  const again = await E(beto.payee).deposit(written.payment, requestId());
  assert.ok(!again.ok);
  await show('Caro deposits half an hour that Ana had written for anybody');
  say(`The same paper once more: ${again.code}`);

  // A workshop: set aside before, shared out by whoever gave it.
  const terms = { divisible: true };
  const held = await E(beto.account).hold(ana.payee, 120n, terms, requestId());
  assert.ok(held.ok);
  await show('Beto sets two hours aside for a workshop');
  await E(held.decider).settle([
    { payee: ana.payee, value: 45n },
    { payee: caro.payee, value: 60n },
  ]);
  await show('Ana and Caro gave it, and a quarter was left');

  // Caro may be owed an hour. What is more waits for her word, and so nobody gathers unseen.
  const [question] = await E(caro.account).questions();
  say(
    `Caro is asked about ${question!.value} minutes past her ceiling, and leaves them to the commons`,
  );
  await E(caro.account).answer(question!.number, 'commons', requestId());
  await show('After her answer');

  // Beto moves away. What he owes is taken over by the commons, within its floor.
  const gone = await E(beto.care).close(true, requestId());
  const { commons } = await E(await E(ledger).auditor()).statement();
  assert.ok(gone.ok);
  await show('Beto has left');
  say(`The commons owe ${-commons} minutes for him, and all of it adds up to nothing`);
} finally {
  await node.stop();
  rmSync(directory, { recursive: true });
}
