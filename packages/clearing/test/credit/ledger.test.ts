import { type Workshop, credits, makeWorkshop, next, ok } from './fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Decider, Hold, Ledger, OpenedAccount, Payee, Payment } from '@pocas/clearing';
import { makeDouble } from '@pocas/vat-runtime/testing';
import type { Facet } from '@pocas/vat-runtime';

// What every ledger does: conformance.test.ts. Here is what is of this one.
const day = 24 * 60 * 60 * 1000;
const closed = { ok: false, code: 'closed' };
const invalid = { ok: false, code: 'invalid' };

let workshop: Workshop;
let ledger: Facet<Ledger>;
let ana: OpenedAccount;
let beto: OpenedAccount;

const open = (debitLimit = 20n, ceiling = 50n) =>
  E(ledger).openAccount('member', { debitLimit, ceiling });
const balance = async ({ account }: OpenedAccount) => (await E(account).view()).balance;
/** Rows of the vat's objects, collections and timers. */
const rowsNow = async () => {
  await workshop.node.settled();
  const rows = await workshop.node.storage.list('v/');
  return new Map(rows.filter(([key]) => /^v\/\d+\/(?:[omknxt]\/|meta$)/.test(key)));
};
const rowCount = async () => (await rowsNow()).size;
/** How many rows an act writes or deletes. */
const rowsOf = async (act: () => Promise<unknown>) => {
  const before = await rowsNow();
  await act();
  const after = await rowsNow();
  const written = [...after].filter(([key, value]) => before.get(key) !== value).length;
  return written + [...before.keys()].filter((key) => !after.has(key)).length;
};

before(async () => {
  workshop = await makeWorkshop();
});
beforeEach(async () => {
  ledger = await E(workshop.bench).makeLedger(credits);
  ana = await open();
  beto = await open();
});
after(() => workshop.node.stop());

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
  ok(await E(ana.account).pay(beto.payee, 20n, next()));
  assert.deepEqual([await balance(ana), await balance(beto)], [-20n, 20n]);
});

test('an hour of anyone is an hour of anyone: sixty minutes go from one to the other', async () => {
  const terms = { name: 'horas', kind: 'time', unit: 'minutos', step: 15n } as const;
  const hours = await E(workshop.bench).makeLedger(terms);
  const limits = { debitLimit: 120n, ceiling: 120n };
  const caro = await E(hours).openAccount('member', limits);
  const dora = await E(hours).openAccount('member', limits);
  ok(await E(caro.account).pay(dora.payee, 60n, next()));
  assert.deepEqual([await balance(caro), await balance(dora)], [-60n, 60n]);
  assert.deepEqual(await E(caro.account).pay(dora.payee, 50n, next()), invalid);
  // What fits below a ceiling is whole steps too.
  await E(dora.care).setLimits({ debitLimit: 0n, ceiling: 100n });
  assert.equal(ok(await E(caro.account).pay(dora.payee, 45n, next())).asked, 15n);
  assert.equal(await balance(dora), 90n);
});

test('whoever answers as an object of the ledger does is none', async () => {
  const { payment } = ok(await E(ana.account).withdraw(5n, next()));
  const { hold, decider } = ok(await E(ana.account).hold(beto.payee, 5n, {}, next()));
  const issuer = await E(ledger).issuer();
  const stranger = makeDouble('Payee', { number: () => 2n }) as unknown as Facet<Payee>;
  // From the ledger's own vat, where its objects can be called at once.
  const forge = async (original: unknown) =>
    (await E(workshop.bench).forge(original as Facet<Payee>)) as unknown;
  for (const payee of [stranger, (await forge(beto.payee)) as Facet<Payee>])
    await assert.rejects(E(ana.account).pay(payee, 1n, next()), /not an account of this ledger/);
  const forgery = (await forge(payment)) as Facet<Payment>;
  assert.deepEqual(await E(issuer).amountOf(forgery), invalid);
  assert.deepEqual(await E(beto.account).deposit(forgery, next()), invalid);
  assert.deepEqual(await E(beto.payee).deposit(forgery, next()), invalid);
  const forgedHold = (await forge(hold)) as Facet<Hold>;
  assert.deepEqual(await E(issuer).holdOf(forgedHold), invalid);
  assert.deepEqual(await E(issuer).takeOver(forgedHold, decider, next()), invalid);
  // Nor is one kind of object another kind.
  assert.deepEqual(await E(issuer).holdOf(payment as unknown as Facet<Hold>), invalid);
  assert.equal(await balance(beto), 0n);
  ok(await E(beto.account).deposit(payment, next()));
});

test('when time is up, time has decided, though its timer comes later', async () => {
  const expires = (await workshop.now()) + 1000n;
  const settling = ok(await E(ana.account).hold(beto.payee, 3n, { expires }, next()));
  const taking = ok(await E(ana.account).hold(beto.payee, 3n, { expires }, next()));
  // The clock shows it, and no timer has gone off.
  workshop.step(1000);
  const issuer = await E(ledger).issuer();
  assert.deepEqual(await E(issuer).takeOver(taking.hold, taking.decider, next()), closed);
  assert.deepEqual(await E(settling.decider).settle(), closed);
  assert.equal((await E(settling.hold).view()).phase, 'released');
  await workshop.pass(1000);
  assert.equal((await E(taking.hold).view()).phase, 'released');
  assert.deepEqual([await balance(ana), await balance(beto)], [0n, 0n]);
  await E(ledger).assertSound();
});

test('a decision that comes first ends the timer', async () => {
  const expires = (await workshop.now()) + 1000n;
  const timers = async () => [...(await rowsNow()).keys()].filter((key) => key.includes('/t/'));
  const { hold, decider } = ok(await E(ana.account).hold(beto.payee, 3n, { expires }, next()));
  assert.equal((await timers()).length, 1);
  ok(await E(decider).settle());
  assert.deepEqual(await timers(), []);
  await workshop.pass(2000);
  assert.equal((await E(hold).view()).phase, 'settled');
  assert.equal(await balance(beto), 3n);
});

test('a hold expires after a restart as before it', async () => {
  const own = await makeWorkshop();
  const there = await E(own.bench).makeLedger(credits);
  const limits = { debitLimit: 20n, ceiling: 50n };
  const caro = await E(there).openAccount('member', limits);
  const expires = (await own.now()) + 1000n;
  const { hold, decider } = ok(await E(caro.account).hold(caro.payee, 3n, { expires }, next()));
  const again = await own.restart({ bench: own.bench, hold, decider, caro } as never);
  const kept = again.node.getProgram() as unknown as { hold: typeof hold; caro: typeof caro };
  assert.equal((await E(kept.hold).view()).phase, 'open');
  await again.pass(1000);
  assert.equal((await E(kept.hold).view()).phase, 'released');
  assert.equal(await balance(kept.caro), 0n);
  await again.node.stop();
});

test('a request is remembered for thirty days at least, and not for ever', async () => {
  const request = next();
  const pay = () => E(ana.account).pay(beto.payee, 1n, request);
  ok(await pay());
  await workshop.pass(30 * day - 1);
  ok(await pay());
  assert.equal(await balance(beto), 1n);
  const rows = async () => {
    const before = await rowCount();
    for (let n = 0; n < 20; n += 1) ok(await E(ana.account).pay(ana.payee, 0n, next()));
    return (await rowCount()) - before;
  };
  assert.ok((await rows()) >= 19);
  await workshop.pass(61 * day);
  // Each new one takes the place of one that was forgotten.
  assert.ok((await rows()) <= 1);
  ok(await pay());
  assert.equal(await balance(beto), 2n);
});

test('a hold and its end write few rows, however many accounts and holds there are', async () => {
  const acts = async () => {
    const made: Facet<Decider>[] = [];
    const held = await rowsOf(async () => {
      made.push(ok(await E(ana.account).hold(beto.payee, 1n, {}, next())).decider);
    });
    return [held, await rowsOf(() => E(made[0]!).settle())];
  };
  const first = await acts();
  for (let n = 0; n < 30; n += 1) {
    const caro = await open();
    ok(await E(caro.account).hold(beto.payee, 1n, {}, next()));
  }
  const [held, settled] = await acts();
  // Ledger, payer, payee, hold and its number; an entry of the open holds and one of outcomes, each with
  // its page of keys and their count.
  assert.ok(
    held! > 0 && held! <= 11,
    `a hold writes ${held} rows, and ${first[0]} in the beginning`,
  );
  assert.ok(
    settled! <= 7,
    `its settlement writes ${settled} rows, and ${first[1]} in the beginning`,
  );
});

test('an ended hold leaves one row, and with it one answer to its request', async () => {
  const cycle = async () => {
    const { decider } = ok(await E(ana.account).hold(beto.payee, 1n, {}, next()));
    ok(await E(decider).settle());
    ok(await E(beto.account).pay(ana.payee, 1n, next()));
  };
  for (let n = 0; n < 5; n += 1) await cycle();
  const before = await rowCount();
  for (let n = 0; n < 30; n += 1) await cycle();
  const left = (await rowCount()) - before;
  // A hold and its outcome, the outcome of the payment back, and now and then a page of keys or of history.
  assert.ok(left <= 30 * 3 + 10, `30 cycles left ${left} rows`);
});

test('deposits that are refused cost the holder of an account nothing', async () => {
  const low = await open(0n, 0n);
  ok(await E(low.account).setOverflow('decline', next()));
  const { payment: refused } = ok(await E(ana.account).withdraw(5n, next()));
  const { payment: used } = ok(await E(ana.account).withdraw(5n, next()));
  ok(await E(beto.account).deposit(used, next()));
  const before = await rowCount();
  for (let n = 0; n < 10; n += 1) {
    assert.equal((await E(low.payee).deposit(refused, next())).ok, false);
    assert.deepEqual(await E(low.payee).deposit(used, next()), closed);
  }
  assert.equal(await rowCount(), before);
});

test('nobody has more than a hundred payments out', async () => {
  const rich = await open(1000n);
  const taken = [];
  for (let n = 0; n < 101; n += 1) taken.push(await E(rich.account).withdraw(1n, next()));
  assert.deepEqual(
    taken.filter(({ ok: isDone }) => !isDone),
    [{ ok: false, code: 'quota' }],
  );
  assert.deepEqual(await E(rich.account).recover(next()), { ok: true, value: 100n });
  ok(await E(rich.account).withdraw(1n, next()));
  await E(ledger).assertSound();
});

test('nobody has more than five hundred holds open, and each that ends makes room', async () => {
  const expires = (await workshop.now()) + 1000n;
  const hold = () => E(ana.account).hold(beto.payee, 0n, { expires }, next());
  const made = await Promise.all(Array.from({ length: 500 }, hold));
  ok(made[499]!);
  const quota = { ok: false, code: 'quota' };
  assert.deepEqual(await hold(), quota);
  ok(await E(ok(made[7]!).decider).settle());
  ok(await hold());
  assert.deepEqual(await hold(), quota);
  await workshop.pass(1000);
  ok(await E(ana.account).hold(beto.payee, 0n, {}, next()));
  // The market's own, which nobody else can fill, are not counted.
  await E(ledger).assertSound();
});
