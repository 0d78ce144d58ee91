import { type LedgerFixture, type Member, heldBy, makeLedgerFixture } from './fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeDouble } from '@pocas/vat-runtime/testing';

let ledger: LedgerFixture;
let ana: Member;
let beto: Member;
let count = 0;
/** A fresh request. */
const next = () => `request ${(count += 1)}`;
const balance = async ({ account }: Member) => (await E(account).view()).balance;

before(async () => {
  ledger = await makeLedgerFixture();
});
beforeEach(async () => {
  ana = await ledger.open();
  beto = await ledger.open();
});
after(() => ledger.stop());

test('an account starts at zero and can be overdrawn to its debit limit', async () => {
  assert.deepEqual(await E(ana.account).view(), {
    balance: 0n,
    held: 0n,
    incoming: 0n,
    withdrawn: 0n,
    asked: 0n,
    available: 20n,
    debitLimit: 20n,
    ceiling: 50n,
    status: 'open',
  });
});

test('a payment makes a debt and an equal credit', async () => {
  assert.deepEqual(await E(ana.account).pay(beto.payee, 7n, next()), {
    ok: true,
    value: 7n,
    asked: 0n,
  });
  assert.equal(await balance(ana), -7n);
  assert.equal(await balance(beto), 7n);
  await ledger.checkBooks();
});

test('a payer reaches the debit limit exactly and never passes it', async () => {
  const refused = { ok: false, code: 'limit', whose: 'payer' };
  assert.deepEqual(await E(ana.account).pay(beto.payee, 21n, next()), refused);
  assert.equal(await balance(ana), 0n);
  assert.equal((await E(ana.account).pay(beto.payee, 20n, next())).ok, true);
  assert.equal(await balance(ana), -20n);
  assert.deepEqual(await E(ana.account).pay(beto.payee, 1n, next()), refused);
  assert.deepEqual(await E(ana.account).hold(beto.payee, 1n, {}, next()), refused);
  await ledger.checkBooks();
});

test('held value counts against the limit', async () => {
  heldBy(await E(ana.account).hold(beto.payee, 15n, {}, next()));
  const { balance: left, held, available } = await E(ana.account).view();
  assert.deepEqual({ left, held, available }, { left: -15n, held: 15n, available: 5n });
  const answer = await E(ana.account).pay(beto.payee, 6n, next());
  assert.deepEqual(answer, { ok: false, code: 'limit', whose: 'payer' });
  await ledger.checkBooks();
});

test('what passes the ceiling waits for the receiver’s word, and may be accepted, declined or redirected', async () => {
  const own = await makeLedgerFixture();
  const rich = await own.open(100n, 100n);
  const low = await own.open(10n, 50n);
  const paid = (value: bigint, asked: bigint) => ({ ok: true, value, asked });
  assert.deepEqual(await E(rich.account).pay(low.payee, 50n, next()), paid(50n, 0n));
  assert.deepEqual(await E(rich.account).pay(low.payee, 5n, next()), paid(5n, 5n));
  assert.deepEqual(await E(rich.account).pay(low.payee, 6n, next()), paid(6n, 6n));
  const { decider } = heldBy(await E(rich.account).hold(low.payee, 7n, {}, next()));
  assert.deepEqual(await E(decider).settle(), { ok: true, phase: 'settled' });
  const waiting = await E(low.account).view();
  assert.deepEqual([waiting.balance, waiting.asked, waiting.incoming], [50n, 18n, 0n]);
  assert.equal((await E(rich.account).view()).held, 18n);
  await own.checkBooks();
  const [first, second, third] = await E(low.account).questions();
  assert.deepEqual([first!.value, second!.value, third!.value], [5n, 6n, 7n]);
  const accepting = next();
  assert.deepEqual(await E(low.account).answer(first!.number, 'accept', accepting), {
    ok: true,
    value: 5n,
  });
  assert.equal((await E(low.account).answer(first!.number, 'accept', accepting)).ok, true);
  const again = await E(low.account).answer(first!.number, 'decline', next());
  assert.deepEqual(again, { ok: false, code: 'closed' });
  await E(low.account).answer(second!.number, 'decline', next());
  await E(low.account).answer(third!.number, 'commons', next());
  assert.equal(await balance(low), 55n);
  assert.equal(await balance(rich), -62n);
  assert.equal((await E(own.auditor).statement()).commons, 7n);
  await own.checkBooks();
  await own.stop();
});

test('receiving is allowed beyond the ceiling where it brings closer to zero', async () => {
  const rich = await ledger.open(100n, 100n);
  const low = await ledger.open(40n, 0n);
  assert.equal((await E(low.account).pay(rich.payee, 40n, next())).ok, true);
  assert.deepEqual(await E(rich.account).pay(low.payee, 70n, next()), {
    ok: true,
    value: 70n,
    asked: 0n,
  });
  assert.equal(await balance(low), 30n);
});

test('paying oneself changes nothing', async () => {
  assert.equal((await E(ana.account).pay(ana.payee, 5n, next())).ok, true);
  assert.equal(await balance(ana), 0n);
  await ledger.checkBooks();
  const { decider } = heldBy(await E(ana.account).hold(ana.payee, 5n, {}, next()));
  await ledger.checkBooks();
  assert.equal((await E(decider).settle()).ok, true);
  assert.equal((await E(ana.account).view()).balance, 0n);
  await ledger.checkBooks();
});

test('a repeated payment happens once and answers the same', async () => {
  const request = next();
  const first = await E(ana.account).pay(beto.payee, 4n, request);
  assert.deepEqual(await E(ana.account).pay(beto.payee, 4n, request), first);
  assert.equal(await balance(beto), 4n);
});

test('a repeated refusal stays a refusal when the reason has gone', async () => {
  const request = next();
  assert.equal((await E(ana.account).pay(beto.payee, 21n, request)).ok, false);
  assert.equal((await E(beto.account).pay(ana.payee, 5n, next())).ok, true);
  assert.equal((await E(ana.account).pay(beto.payee, 21n, request)).ok, false);
  assert.equal((await E(ana.account).pay(beto.payee, 21n, next())).ok, true);
});

test('two accounts may use the same request identifier', async () => {
  const request = next();
  await E(ana.account).pay(beto.payee, 4n, request);
  await E(beto.account).pay(ana.payee, 3n, request);
  assert.equal(await balance(beto), 1n);
});

test('a repeated hold is the same hold', async () => {
  const request = next();
  const first = heldBy(await E(ana.account).hold(beto.payee, 4n, {}, request));
  const again = heldBy(await E(ana.account).hold(beto.payee, 4n, {}, request));
  assert.equal(again.hold, first.hold);
  assert.equal((await E(ana.account).view()).held, 4n);
});

test('a hold never changes the sum and pays once', async () => {
  const { hold, decider } = heldBy(await E(ana.account).hold(beto.payee, 9n, {}, next()));
  await ledger.checkBooks();
  assert.deepEqual(await E(hold).view(), { value: 9n, phase: 'open' });
  assert.equal((await E(beto.account).view()).incoming, 9n);
  for (let copy = 0; copy < 3; copy += 1)
    assert.deepEqual(await E(decider).settle(), { ok: true, phase: 'settled' });
  assert.equal(await balance(ana), -9n);
  assert.equal(await balance(beto), 9n);
  assert.equal((await E(ana.account).view()).held, 0n);
  assert.deepEqual(await E(hold).view(), { value: 9n, phase: 'settled' });
  await ledger.checkBooks();
});

test('a released hold gives everything back once', async () => {
  const { decider } = heldBy(await E(ana.account).hold(beto.payee, 9n, {}, next()));
  for (let copy = 0; copy < 3; copy += 1)
    assert.deepEqual(await E(decider).release(), { ok: true, phase: 'released' });
  assert.equal(await balance(ana), 0n);
  assert.equal(await balance(beto), 0n);
  await ledger.checkBooks();
});

test('the decision made first stands', async () => {
  const one = heldBy(await E(ana.account).hold(beto.payee, 3n, {}, next()));
  await E(one.decider).settle();
  assert.deepEqual(await E(one.decider).release(), { ok: false, code: 'closed' });
  const two = heldBy(await E(ana.account).hold(beto.payee, 3n, {}, next()));
  await E(two.decider).release();
  assert.deepEqual(await E(two.decider).settle(), { ok: false, code: 'closed' });
  assert.equal(await balance(beto), 3n);
  await ledger.checkBooks();
});

test('a hold can be seen by the one and decided by the other only', async () => {
  const { hold, decider } = heldBy(await E(ana.account).hold(beto.payee, 3n, {}, next()));
  const asDecider = hold as unknown as typeof decider;
  await assert.rejects(E(asDecider).settle());
  const asHold = decider as unknown as typeof hold;
  await assert.rejects(E(asHold).view());
});

test('a payee facet pays nothing out and shows no balance', async () => {
  const asAccount = beto.payee as unknown as Member['account'];
  await assert.rejects(E(asAccount).pay(ana.payee, 1n, next()));
  await assert.rejects(E(asAccount).view());
});

test('a payee of another ledger is a fault', async () => {
  const stranger = makeDouble('Payee', {}) as unknown as Member['payee'];
  await assert.rejects(E(ana.account).pay(stranger, 1n, next()), /not an account/);
  // Nor does another facet of this ledger do.
  const notPayee = ana.account as unknown as Member['payee'];
  await assert.rejects(E(beto.account).pay(notPayee, 1n, next()), /not an account/);
});

test('a payment and a hold under one request identifier are two acts', async () => {
  const request = next();
  assert.deepEqual(await E(ana.account).pay(beto.payee, 1n, request), {
    ok: true,
    value: 1n,
    asked: 0n,
  });
  heldBy(await E(ana.account).hold(beto.payee, 2n, {}, request));
  const { balance: left, held } = await E(ana.account).view();
  assert.deepEqual([left, held], [-3n, 2n]);
});

test('a payment that failed can be repeated under its identifier', async () => {
  const request = next();
  const notPayee = ana.account as unknown as Member['payee'];
  await assert.rejects(E(ana.account).pay(notPayee, 1n, request));
  assert.equal((await E(ana.account).pay(beto.payee, 1n, request)).ok, true);
});

test('values are whole, not negative and not endless, and a request has a name', async () => {
  const pay = (value: unknown, request: string = next()) =>
    E(ana.account).pay(beto.payee, value as bigint, request);
  await assert.rejects(pay(-1n));
  await assert.rejects(pay(1));
  await assert.rejects(pay('1'));
  await assert.rejects(pay(10n ** 40n));
  await assert.rejects(pay(1n, ''));
  await assert.rejects(pay(1n, 'x'.repeat(101)));
  assert.equal(await balance(ana), 0n);
});

test('an auditor sees totals and no account', async () => {
  const own = await makeLedgerFixture();
  const one = await own.open();
  const two = await own.open();
  await E(one.account).pay(two.payee, 8n, next());
  await E(two.account).hold(one.payee, 3n, {}, next());
  assert.deepEqual(await E(own.auditor).statement(), {
    unit: 'créditos',
    accounts: 2n,
    credit: 5n,
    debt: 8n,
    held: 3n,
    payments: 0n,
    pools: 0n,
    commons: 0n,
    sum: 0n,
  });
  const asLedger = own.auditor as unknown as typeof own.ledger;
  await assert.rejects(E(asLedger).books());
  await assert.rejects(E(asLedger).openAccount('member', { debitLimit: 1n, ceiling: 1n }));
  await own.stop();
});

test('an account tells when it has changed', async () => {
  const since = await E(beto.account).changes();
  let told = false;
  const change = E(beto.account)
    .changes(since)
    .then(() => (told = true));
  await E(ana.account).view();
  assert.equal(told, false);
  await E(ana.account).pay(beto.payee, 1n, next());
  await change;
  assert.equal(told, true);
});
