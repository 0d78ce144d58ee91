import { descriptionFaults, makeDouble } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { hmac, pedersen } from '@pocas/vat-runtime/ristretto';
import { purseKey } from '@pocas/clearing/purse';
import type { WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { join, makeWallet, next, ok, testSecret } from '../fixture.ts';
import {
  type Any,
  type Town,
  guard,
  makeTown,
  pagesOf,
  placeOf,
  purchaseAt,
  refused,
  revoked,
  week,
} from './town.ts';

let town: Town;
let till: Any;
let seller: Any;
before(async () => {
  town = await makeTown();
  seller = await join(town.market.cares.steward, 'Vera');
  const shop: Any = await seller.desk('offer');
  ok(await E(shop).offer('bread', 'of rye', 13n, 50n, next()));
  till = await E(await seller.desk('till')).till();
});
after(() => town.node.stop());

let doubles = 0;
const double = (methods: Any): Any =>
  town.node.definePower(`double${(doubles += 1)}`, makeDouble('Double', methods));
const balanceOf = async (wallet: Facet<WalletOwner>) =>
  (await E(await placeOf(wallet)).view()).balance;
const payeeOf = async (person: Any): Promise<Any> => E(E(person.self).account()).payee();

test('an app pays at one place, up to its bound, until it is taken back', async () => {
  const ana = await town.enter('Ana');
  const { apps } = await pagesOf(ana);
  const terms = { label: 'groceries', place: 0n, from: 'account', most: 10n, confirmAbove: 10n };
  const app = await E(apps).give(terms, next());
  const payee = await payeeOf(seller);
  const request = next();
  ok(await E(app).pay(payee, 6n, request));
  assert.equal(await balanceOf(ana), -6n);
  // The answer was lost.
  ok(await E(app).pay(payee, 6n, request));
  assert.equal(await balanceOf(ana), -6n);
  assert.deepEqual(await E(app).pay(payee, 5n, request), refused('conflict'));
  assert.deepEqual(await E(app).pay(payee, 5n, next()), refused('limit'));
  assert.equal((await E(app).view()).left, 4n);
  const many = await Promise.all([1, 2, 3, 4].map(() => E(app).pay(payee, 2n, next())));
  assert.equal(many.filter((one: Any) => one.ok).length, 2);
  assert.equal(await balanceOf(ana), -10n);
  assert.deepEqual(await E(app).buy(await purchaseAt(till), next()), refused('unsupported'));
  town.time.pass(week);
  await town.node.rest();
  ok(await E(app).pay(payee, 1n, next()));
  const [{ entry }] = (await E(apps).view()).apps;
  ok(await E(apps).revoke(entry));
  assert.deepEqual(await E(app).pay(payee, 1n, next()), revoked);
  assert.deepEqual(await E(app).pay(payee, 1n, request), revoked);
  assert.equal((await E(app).view()).isOver, true);
  assert.deepEqual((await E(apps).view()).apps, []);
});

test('what an app wants above the owner’s size waits for the owner, and is done once', async () => {
  const ana = await town.enter('Ana');
  const { apps } = await pagesOf(ana);
  const terms = { label: 'rent', place: 0n, from: 'account', most: 40n, confirmAbove: 3n };
  const app = await E(apps).give(terms, next());
  const payee = await payeeOf(seller);
  const [first, second] = [next(), next()];
  assert.deepEqual(await E(app).pay(payee, 20n, first), refused('notYet'));
  assert.deepEqual(await E(app).pay(payee, 20n, first), refused('notYet'));
  assert.deepEqual(await E(app).pay(payee, 20n, second), refused('notYet'));
  assert.equal((await E(ana).view()).questions, 2n);
  // What is asked for is set aside: nothing more fits.
  assert.deepEqual(await E(app).pay(payee, 3n, next()), refused('limit'));
  const [one, two] = (await E(apps).view()).questions;
  assert.deepEqual([one.app, one.place, one.value], ['rent', 'Tianguis', 20n]);
  ok(await E(apps).allow(one.entry));
  assert.equal(await balanceOf(ana), -20n);
  assert.deepEqual(await E(apps).allow(one.entry), refused('closed'));
  ok(await E(app).pay(payee, 20n, first));
  assert.equal(await balanceOf(ana), -20n);
  ok(await E(apps).deny(two.entry));
  assert.deepEqual(await E(app).pay(payee, 20n, second), refused('limit'));
  assert.equal((await E(app).view()).left, 20n);
  // An app has no word on its own question, and nothing of the app leads to it.
  assert.deepEqual(await E(apps).allow(app), refused('closed'));
  for (const method of ['allow', 'give', 'pages', 'places'])
    await assert.rejects(E(app)[method](one.entry, next()));
});

test('what a place refuses is free again, and an answer that is lost is not', async () => {
  const ana = await makeWallet(town.node, 'Ana');
  let answer: Any = () => refused('limit');
  const share = double({
    view: () => ({}),
    account: () => double({ pay: () => answer() }),
  });
  ok(
    await E(ana).joinWith(
      double({ join: () => ({ ok: true, place: 'x', participant: share }) }),
      next(),
    ),
  );
  const { apps } = await pagesOf(ana);
  const terms = { label: 'a', place: 0n, from: 'account', most: 10n, confirmAbove: 10n };
  const app = await E(apps).give(terms, next());
  const payee = await payeeOf(seller);
  assert.deepEqual(await E(app).pay(payee, 10n, next()), refused('limit'));
  assert.equal((await E(app).view()).left, 10n);
  answer = () => {
    throw Error('the link broke');
  };
  const request = next();
  await assert.rejects(E(app).pay(payee, 7n, request));
  assert.equal((await E(app).view()).left, 3n);
  answer = () => ({ ok: true });
  ok(await E(app).pay(payee, 7n, request));
  assert.equal((await E(app).view()).left, 3n);
});

test('a pass buys at the till until its time is over, and its text opens once', async () => {
  const ana = await town.enter('Ana');
  const { credits, apps } = await pagesOf(ana);
  ok(await E(credits).openPurse(0n));
  const [{ entry }] = (await E(credits).view()).purses;
  ok(await E(credits).topUp(entry, next()));
  const { secret } = await E(apps).pass(0n, 20n, 10n, next());
  const pass: Any = await E(town.node.enlivener).enliven(secret);
  await assert.rejects(E(town.node.enlivener).enliven(secret) as Promise<unknown>);
  assert.deepEqual(await E(pass).buy(await purchaseAt(till), next()), { ok: true });
  assert.deepEqual(await E(pass).buy(await purchaseAt(till), next()), refused('limit'));
  const [{ worth }] = (await E(credits).view()).purses;
  assert.equal(worth, 19n);
  const [{ order }] = (await E(credits).view()).orders;
  assert.equal((await E(order).view()).price, '13 créditos');
  const other = await E(apps).pass(0n, 20n, 10n, next());
  const late: Any = await E(town.node.enlivener).enliven(other.secret);
  town.time.pass(10 * 60_000);
  await town.node.rest();
  assert.deepEqual(await E(late).buy(await purchaseAt(till), next()), refused('expired'));
});

test('a purse tops up, buys, fetches a refund and gives back; lost answers cost nothing', async () => {
  const ana = await town.enter('Ana');
  const { credits } = await pagesOf(ana);
  ok(await E(credits).openPurse(0n));
  const [{ entry }] = (await E(credits).view()).purses;
  const request = next();
  const copies: Any[] = await Promise.all([1, 2, 3].map(() => E(credits).topUp(entry, request)));
  for (const copy of copies) assert.equal(ok(copy).worth, 32n);
  assert.equal(ok((await E(credits).topUp(entry, request)) as Any).worth, 32n);
  assert.equal(await balanceOf(ana), -32n);
  const bought = next();
  ok(await E(credits).buy(entry, await purchaseAt(till), bought));
  ok(await E(credits).buy(entry, await purchaseAt(till), bought));
  assert.equal((await E(credits).view()).purses[0].worth, 19n);
  const order = await E(credits).order(bought);
  ok(await E(order).cancel());
  assert.equal(ok((await E(credits).refund(bought)) as Any).worth, 32n);
  assert.equal(ok((await E(credits).refund(bought)) as Any).worth, 32n);
  const poor = { ...(await purchaseAt(till)), quantity: 5n, price: 65n };
  assert.deepEqual(await E(credits).buy(entry, poor, next()), refused('insufficient'));
  assert.ok((await E(credits).warnings(entry)).length > 0);
  const back: Any = ok(await E(credits).giveBack(entry, next()));
  assert.equal(back.worth, 0n);
  assert.equal(await balanceOf(ana), 0n);
  // Nine epochs later what is left would be over: it is swapped in time.
  ok(await E(credits).topUp(entry, next()));
  town.time.pass(7 * week);
  await town.node.rest();
  ok(await E(credits).settle(entry));
  town.time.pass(3 * week);
  await town.node.rest();
  ok(await E(credits).settle(entry));
  ok(await E(credits).buy(entry, await purchaseAt(till), next()));
  // Another wallet's entry, and what is none.
  const beto = await town.enter('Beto');
  assert.deepEqual(await E((await pagesOf(beto)).credits).topUp(entry, next()), refused('invalid'));
});

test('a till that shows another key than the desk is not believed', async () => {
  const wallet = await makeWallet(town.node, 'Ana');
  const real: Any = await seller.desk('till');
  const keys: Any = await E(real).keys();
  const forged = {
    ...keys,
    keys: keys.keys.map((one: Any) => ({
      ...one,
      publicKey: keys.keys[0].publicKey.replace(/^./, 'X'),
    })),
  };
  const desk = double({
    keys: () => forged,
    till: () => till,
    withdraw: () => assert.fail('asked for tokens under a key of its own'),
  });
  const share = double({ view: () => ({}), desk: () => desk });
  ok(
    await E(wallet).joinWith(
      double({ join: () => ({ ok: true, place: 'x', participant: share }) }),
      next(),
    ),
  );
  const { credits } = await pagesOf(wallet);
  assert.deepEqual(await E(credits).openPurse(0n), refused('conflict'));
  const [{ entry }] = (await E(credits).view()).purses;
  assert.deepEqual(await E(credits).topUp(entry, next()), refused('conflict'));
});

test('attestations are taken with fresh keys, and shown where the owner says, once', async () => {
  const ana = await town.enter('Ana');
  const { attestations } = await pagesOf(ana);
  const taken: Any[] = [];
  const { attest, challengeOf, checkPresentation } = await import('@pocas/vat-runtime/verify');
  const issuer = pedersen.scalar(hmac('AA', 'issuer'));
  let failures = 1;
  const grant = double({
    view: () => ({ copies: 2n }),
    take: (holders: string[]) => {
      taken.push(holders);
      if ((failures -= 1) >= 0) throw Error('the link broke');
      const said = { kind: 'care shifts', count: 12n };
      const sign = (holder: string, at: number) =>
        attest(issuer, said, 9_000n, holder, hmac('AA', `sign ${at}`));
      return { ok: true, attestations: holders.map(sign) };
    },
  });
  const request = next();
  await assert.rejects(E(attestations).take(grant, request));
  assert.deepEqual(ok((await E(attestations).take(grant, request)) as Any).count, 2n);
  assert.deepEqual(taken[0], taken[1], 'the same keys are asked for again');
  assert.equal(new Set(taken[0]).size, 2);
  const { attestations: rows } = await E(attestations).view();
  assert.equal(rows.length, 2);
  const seen: Any[] = [];
  const challenge = challengeOf('the workshop', 0n, 'nonce');
  const gate = double({
    view: () => ({ purpose: 'the workshop', wants: [] }),
    challenge: () => ({ ok: true, challenge }),
    open: (presentations: Any, id: string) => {
      seen.push(presentations);
      if (id === 'lost' && seen.length === 1) throw Error('the link broke');
      return { ok: true, facet: grant };
    },
  });
  await assert.rejects(E(attestations).show(gate, [rows[0].entry], 'lost'));
  ok((await E(attestations).show(gate, [rows[0].entry], 'lost')) as Any);
  assert.deepEqual(seen[0], seen[1]);
  const issuers = [seen[0][0].attestation.issuer];
  assert.deepEqual(checkPresentation(seen[0][0], { issuers, epoch: 0n, challenge }), { ok: true });
  assert.deepEqual(await E(attestations).show(gate, [rows[0].entry], next()), refused('claimed'));
  // A gate that says one thing and has another signed.
  const liar = double({
    view: () => ({ purpose: 'the garden', wants: [] }),
    challenge: () => ({ ok: true, challenge }),
    open: () => assert.fail('shown for another purpose'),
  });
  assert.deepEqual(await E(attestations).show(liar, [rows[1].entry], next()), refused('invalid'));
  const { attestations: after } = await E(attestations).view();
  assert.deepEqual(after.map((one: Any) => one.isUsed).sort(), [false, true]);
  // Statements that nobody signed, or for other keys, are not kept.
  for (const alter of [
    (one: Any) => ({ ...one, facts: { kind: 'surgery' } }),
    (one: Any) => ({ ...one, holder: issuers[0] }),
  ]) {
    const forger = double({
      view: () => ({ copies: 1n }),
      take: (holders: string[]) => ({
        ok: true,
        attestations: holders.map((holder) =>
          alter(attest(issuer, { kind: 'x' }, 9n, holder, hmac('AA', 'again'))),
        ),
      }),
    });
    assert.deepEqual(await E(attestations).take(forger, next()), refused('invalid'));
  }
});

test('others put into the inbox up to a quota, and nothing of it is called by itself', async () => {
  const ana = await makeWallet(town.node, 'Ana');
  const { things } = await pagesOf(ana);
  const inbox = await E(things).inbox();
  const bomb = double({
    view: () => assert.fail('opened by itself'),
    __describe__: () => assert.fail('opened by itself'),
  });
  ok(await E(inbox).offer('Beto', 'I lend you my drill', bomb));
  for (let left = 29; left > 0; left -= 1) ok(await E(inbox).leave('Spam', 'x'));
  assert.deepEqual(await E(inbox).leave('Spam', 'x'), refused('quota'));
  assert.deepEqual(await E(inbox).offer('Spam', 'x', bomb), refused('quota'));
  await assert.rejects(E(inbox).leave('Spam', 'x'.repeat(501)));
  assert.deepEqual(await E(inbox).view(), { name: 'Ana' });
  assert.equal((await E(ana).view()).notices, 30n);
  const { notices } = await E(things).view();
  const beto = notices.find((one: Any) => one.from === 'Beto');
  ok(await E(things).take(beto.entry, 'drill'));
  assert.deepEqual(await E(things).take(beto.entry, 'drill'), refused('closed'));
  assert.equal((await E(things).all())[0].thing, bomb);
  const spam = notices.find((one: Any) => one.from === 'Spam');
  assert.deepEqual(await E(things).take(spam.entry, 'x'), refused('invalid'));
  ok(await E(things).discard(spam.entry));
  ok(await E(inbox).leave('Carla', 'there is room again'));
});

test('the payee facet receives where its owner shows it, and takes nothing', async () => {
  const ana = await town.enter('Ana');
  const payee: Any = await E(ana).payee();
  assert.deepEqual(await E(payee).view(), { name: 'Ana', accepts: [] });
  ok((await E(ana).showPayee(0n)) as Any);
  const [{ place, payee: into }] = (await E(payee).view()).accepts;
  assert.equal(place, 'Tianguis');
  ok(await E(await E(seller.self).account()).pay(into, 4n, next()));
  assert.equal(await balanceOf(ana), 4n);
  for (const method of ['pay', 'withdraw', 'account'])
    await assert.rejects(E(into)[method](1n, next()));
});

test('all that is done leaves a chained receipt, and every page describes itself', async () => {
  const ana = await town.enter('Ana');
  const pages = await pagesOf(ana);
  for (const [name, page] of Object.entries(pages))
    assert.deepEqual(await descriptionFaults(page as Any), [], name);
  const { apps, receipts } = pages;
  const terms = { label: 'a', place: 0n, from: 'account', most: 9n, confirmAbove: 9n };
  const app = await E(apps).give(terms, next());
  ok(await E(app).pay(await payeeOf(seller), 2n, next()));
  assert.deepEqual(await descriptionFaults(app), []);
  assert.deepEqual(await descriptionFaults(await E(pages.things).inbox()), []);
  assert.deepEqual(await descriptionFaults(await E(pages.guardians).offer(next())), []);
  const entries = await E(receipts).entries(1n, 10n);
  const paid = entries.find(({ kind }: Any) => kind === 'app spent');
  assert.deepEqual(paid.facts, { app: 'a', value: 2n });
  const { verifyEntries } = await import('@pocas/vat-runtime/verify');
  assert.deepEqual(verifyEntries(entries, await E(receipts).head()), { ok: true });
});

test('no facet, not even a page of the owner’s, answers a secret', async () => {
  const secret = testSecret(77);
  const ana = await makeWallet(town.node, 'Ana', secret);
  ok(await E(ana).joinWith(await E(town.market.cares.steward).invite(), next()));
  const pages = await pagesOf(ana);
  ok(await E(pages.credits).openPurse(0n));
  const [{ entry }] = (await E(pages.credits).view()).purses;
  ok(await E(pages.credits).topUp(entry, next()));
  await guard(ana, [await town.enter('Beto'), await town.enter('Carla')], 2n);
  const terms = { label: 'a', place: 0n, from: 'account', most: 9n, confirmAbove: 0n };
  const app = await E(pages.apps).give(terms, next());
  await E(app).pay(await payeeOf(seller), 2n, next());
  const key = hmac(secret, 'wallet key');
  const keys: Any = await E(till).keys();
  const purposes = [
    ...['guardians', 'backup key', 'backup part', 'backup', 'attestation', 'renewal', 'help'],
    ...['key link', 'lock out', 'recovery', 'presentation'],
  ];
  const drawn = Array.from({ length: 60 }, (_, at) => at + 1).flatMap((at) =>
    purposes.map((purpose) => hmac(secret, `draw ${at} ${purpose}`)),
  );
  const secrets = [
    ...[secret, key, key.slice(0, 43), purseKey(key, keys.market)],
    ...drawn.map((one) => one.slice(0, 43)),
    ...drawn.map((one) => pedersen.scalar(one)),
  ];
  const seen = new Set<unknown>();
  let calls = 0;
  const walk = async (value: unknown, path: string, depth: number): Promise<void> => {
    if (typeof value === 'string') {
      const found = secrets.find((one) => value.includes(one));
      assert.equal(found, undefined, `a secret in ${path}`);
      assert.ok(!value.startsWith('ocapn://'), `a way in, in ${path}`);
    }
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
      for (const [name, one] of Object.entries(value)) await walk(one, `${path}.${name}`, depth);
      return;
    }
    if (seen.has(value) || depth === 0) return;
    seen.add(value);
    const facet = value as Any;
    const names: string[] = await E(facet).__getMethodNames__();
    for (const name of names) {
      // What makes a way in on purpose is the owner's alone, and shown once.
      if (/^__|[lL]ink$|^(pass|add|renew|renewPlaces|lockOut)$/.test(name)) continue;
      for (const args of [[], [0n], [entry], ['x', next()], [next()], [entry, next()]]) {
        calls += 1;
        const late = new Promise((resolve) => setImmediate(resolve, undefined));
        const waits = name === 'changes' || name === 'changedSince';
        const answer = await (waits ? late : E(facet)[name](...args)).catch(
          (error: Error) => error.message,
        );
        await walk(answer, `${path}.${name}()`, depth - 1);
      }
    }
  };
  const { inbox } = { inbox: await E(pages.things).inbox() };
  const offer = await E(pages.guardians).offer(next());
  for (const [name, facet] of Object.entries({ app, inbox, offer, payee: await E(ana).payee() }))
    await walk(facet, name, 3);
  for (const [name, page] of Object.entries(pages)) await walk(page, name, 1);
  await walk(await E(ana).view(), 'view', 0);
  assert.ok(calls > 200, `${calls} calls`);
});
