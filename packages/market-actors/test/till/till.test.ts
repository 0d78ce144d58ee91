import {
  beginPurchase,
  buy,
  makeFair,
  purchaseOf,
  sendPurchase,
  walletOf,
  week,
  withdraw,
} from './fixture.ts';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { BlindDesk } from '@pocas/market-actors';
import { appreciationContext } from '@pocas/market-actors';
import { askFor, deposit, finish, learn, shownTokens, swap, worth } from '@pocas/clearing/purse';
import { join, next, ok } from '../fixture.ts';

const codeOf = (answer: { readonly ok: boolean; readonly code?: string }): string =>
  answer.ok ? 'ok' : answer.code!;
/** One market for most of what is tried; who comes to it is new each time. */
const shared = await makeFair({ charter: { baseLimit: 100n, appreciations: 2n } });
after(() => shared.node.stop());
const newcomer = async (name: string) => {
  const person = await join(shared.founded.steward, name);
  const wallet = walletOf(name, await shared.keys());
  await withdraw(person.self, wallet);
  return { person, wallet };
};
const piecesLeft = async (): Promise<number> => Number((await shared.sale()).available);

const balanceOf = async (person: { view(): Promise<unknown> }): Promise<bigint> =>
  ((await person.view()) as { balance: bigint }).balance;

test('somebody buys at the till, the seller is paid, and the order names nobody', async () => {
  const { till } = shared;
  const before = await balanceOf(shared.seller);
  const { person, wallet } = await newcomer('Compradora 1');
  assert.equal(await balanceOf(person), -32n);
  await shared.check();
  const { order } = await buy(
    till,
    wallet,
    purchaseOf(await shared.sale(), 1n, 'I come on Monday'),
    (token) => token.denom === 16n,
  );
  assert.equal(worth(wallet.purse), 19n);
  await shared.check();
  const view = await E(order).view();
  assert.deepEqual(
    [view.what, view.with, view.refund, view.isAppreciated],
    ['bread', 'Vera', 0n, false],
  );
  assert.match(view.delivery!, /I come on Monday/);
  const sale = await shared.saleOf(order);
  assert.equal((await E(sale).view()).with, '');
  assert.equal(codeOf(await E(order).accept()), 'notYet');
  ok(await E(sale).ready());
  ok(await E(sale).handOver());
  assert.equal(ok(await E(order).accept()).phase, 'accepted');
  assert.equal((await balanceOf(shared.seller)) - before, 13n);
  assert.equal(await balanceOf(person), -32n);
  await shared.check();
});

test('what comes back is fetched once, by whoever has the order, in fresh tokens', async () => {
  const { till } = shared;
  const pieces = await piecesLeft();
  const { wallet } = await newcomer('Compradora 2');
  const { order } = await buy(till, wallet, purchaseOf(await shared.sale()));
  const early = askFor(wallet.purse, wallet.key, 'till', 'credit', [1n, 4n, 8n]);
  assert.equal(codeOf(await E(order).refund(early.batches, early.requestId)), 'notYet');
  ok(await E(order).cancel());
  assert.equal((await E(order).view()).refund, 13n);
  const greedy = askFor(wallet.purse, wallet.key, 'till', 'credit', [2n, 4n, 8n]);
  assert.equal(codeOf(await E(order).refund(greedy.batches, next())), 'insufficient');
  const answer = ok(await E(order).refund(early.batches, early.requestId));
  assert.deepEqual(await E(order).refund(early.batches, early.requestId), answer);
  assert.equal(codeOf(await E(order).refund(early.batches, next())), 'closed');
  wallet.purse = ok(finish(early.purse, wallet.key, early.act, answer)).purse;
  assert.equal(worth(wallet.purse), 32n);
  assert.equal((await E(order).view()).refund, 0n);
  assert.equal(await piecesLeft(), pieces);
  await shared.check();
  // It is money again.
  await buy(till, wallet, purchaseOf(await shared.sale(), 2n));
  await shared.check();
});

test('a refund that nobody fetches is the commons’ after nine epochs, and not before', async () => {
  const fair = await makeFair();
  const { till, people, node, time } = fair;
  const wallet = walletOf('ana', await fair.keys());
  await withdraw(people.ana.self, wallet);
  const { order } = await buy(till, wallet, purchaseOf(await fair.sale()));
  ok(await E(order).cancel());
  time.pass(8 * week);
  await node.rest();
  assert.equal((await E(order).view()).refund, 13n);
  const { auditor } = fair.founded;
  assert.equal((await E(auditor).statement()).commons, 0n);
  time.pass(2 * week);
  await node.rest();
  assert.equal((await E(order).view()).refund, 0n);
  // With the tokens that nobody spent.
  assert.equal((await E(auditor).statement()).commons, 32n);
  const late = askFor(wallet.purse, wallet.key, 'till', 'credit', [1n, 4n, 8n]);
  assert.equal(codeOf(await E(order).refund(late.batches, late.requestId)), 'expired');
  await fair.check();
  await node.stop();
});

test('a refund is not issued a second time when the mint has forgotten that it was', async () => {
  const fair = await makeFair();
  const { till, people, node, time } = fair;
  const wallet = walletOf('ana', await fair.keys());
  await withdraw(people.ana.self, wallet);
  const first = await buy(till, wallet, purchaseOf(await fair.sale()));
  ok(await E(first.order).cancel());
  const act = askFor(wallet.purse, wallet.key, 'till', 'credit', [1n, 4n, 8n]);
  ok(await E(first.order).refund(act.batches, act.requestId));
  wallet.purse = act.purse;
  // What somebody else has not fetched yet lies in the float meanwhile.
  time.pass(5 * week);
  await node.rest();
  const beto = walletOf('beto', await fair.keys());
  await withdraw(people.beto.self, beto);
  const other = await buy(till, beto, purchaseOf(await fair.sale()));
  ok(await E(other.order).cancel());
  time.pass(5 * week);
  await node.rest();
  const fresh = askFor(wallet.purse, wallet.key, 'till', 'credit', [1n, 4n, 8n]);
  assert.equal(codeOf(await E(first.order).refund(fresh.batches, act.requestId)), 'expired');
  const due = askFor(beto.purse, beto.key, 'till', 'credit', [1n, 4n, 8n]);
  ok(await E(other.order).refund(due.batches, due.requestId));
  await node.stop();
});

test('a payment whose answer was lost is sent again: one order, one change, found by its request', async () => {
  const { till } = shared;
  const pieces = await piecesLeft();
  const { wallet } = await newcomer('Compradora 3');
  const purchase = purchaseOf(await shared.sale());
  const { act } = beginPurchase(wallet, purchase, (token) => token.denom === 16n);
  assert.equal(codeOf(await E(till).order(act.requestId)), 'invalid');
  const answers = await Promise.all([1, 2, 3].map(() => sendPurchase(till, wallet, purchase, act)));
  const [one, ...others] = answers.map((answer) => ok(answer));
  for (const other of others) {
    // Above all not the hold and its decider, by which a buyer could take the price back.
    assert.deepEqual(Object.keys(other).sort(), ['epoch', 'issued', 'ok', 'order']);
    assert.equal(other.order, one!.order);
    assert.deepEqual(other.issued, one!.issued);
  }
  assert.equal(ok(await E(till).order(act.requestId)).order, one!.order);
  assert.equal(await piecesLeft(), pieces - 1);
  // The same request for something else, also by somebody who saw it go by.
  const more = { ...purchase, quantity: 2n, price: 26n };
  assert.equal(codeOf(await sendPurchase(till, wallet, more, act)), 'conflict');
  assert.equal(
    codeOf(await sendPurchase(till, wallet, { ...purchase, note: 'bring it to me' }, act)),
    'conflict',
  );
  await shared.check();
});

test('who buys what is not what the offer says keeps the tokens', async () => {
  const { till } = shared;
  const [pieces, balance] = [await piecesLeft(), await balanceOf(shared.seller)];
  const { wallet } = await newcomer('Compradora 4');
  const sale = await shared.sale();
  const refused = async (purchase: ReturnType<typeof purchaseOf>): Promise<string> => {
    const before = wallet.purse;
    const { act } = beginPurchase(wallet, purchase);
    const code = codeOf(await sendPurchase(till, wallet, purchase, act));
    wallet.purse = before;
    return code;
  };
  assert.equal(await refused({ ...purchaseOf(sale), price: 12n }), 'stale');
  assert.equal(await refused({ ...purchaseOf(sale), number: sale.number + 1n }), 'stale');
  assert.notEqual(await refused({ ...purchaseOf(sale), alternative: 7n }), 'ok');
  assert.notEqual(await refused({ ...purchaseOf(sale), quantity: 30n, price: 13n }), 'ok');
  assert.equal(
    await refused({ ...purchaseOf(sale), offer: till as unknown as (typeof sale)['offer'] }),
    'stale',
  );
  assert.equal(await piecesLeft(), pieces);
  // All of them are good still.
  await buy(till, wallet, purchaseOf(sale, 2n));
  assert.equal(await balanceOf(shared.seller), balance);
  await shared.check();
});

test('thanks count for the seller, once, for one order; and each may give as many as the charter says', async () => {
  const { till } = shared;
  const { person, wallet } = await newcomer('Compradora 5');
  const desk = await person.desk<Parameters<typeof E<BlindDesk>>[0]>('till');
  const asked = askFor(wallet.purse, wallet.key, 'account', 'appreciation', [1n, 1n]);
  const answer = ok(await E(desk).appreciations(asked.batches[0]!.blinded, asked.requestId));
  assert.deepEqual(await E(desk).appreciations(asked.batches[0]!.blinded, asked.requestId), answer);
  wallet.purse = ok(finish(asked.purse, wallet.key, asked.act, answer)).purse;
  const more = askFor(wallet.purse, wallet.key, 'account', 'appreciation', [1n]);
  assert.equal(
    codeOf(await E(desk).appreciations(more.batches[0]!.blinded, more.requestId)),
    'quota',
  );

  const { order } = await buy(till, wallet, purchaseOf(await shared.sale()));
  const { number } = await E(order).view();
  const [first, second] = wallet.purse.tokens
    .filter(({ kind }) => kind === 'appreciation')
    .map(
      (token) =>
        shownTokens(wallet.purse, wallet.key, [token], {
          purpose: 'appreciation',
          requestId: '',
          context: appreciationContext(number),
          change: [],
        })[0]!,
    );
  assert.equal(codeOf(await E(order).appreciate(first!)), 'notYet');
  const sale = await shared.saleOf(order);
  ok(await E(sale).ready());
  ok(await E(sale).handOver());
  ok(await E(order).accept());
  ok(await E(order).appreciate(first!));
  ok(await E(order).appreciate(second!));
  assert.equal((await E(order).view()).isAppreciated, true);
  const counts = await E(till).counts();
  assert.equal(counts.find(({ kind }) => kind === 'appreciation')!.redeemed, 1n);
  const { subject } = await E(order).view();
  const element = askFor(wallet.purse, wallet.key, 'till', 'review', [subject]);
  const review = ok(await E(order).review(element.batches[0]!.blinded[0]!, element.requestId));
  ok(finish(element.purse, wallet.key, element.act, review));
  assert.equal(codeOf(await E(order).review(element.batches[0]!.blinded[0]!, next())), 'closed');
});

test('of a blind order only the epoch is known, so nobody is drawn for it who offered to help in that one', async () => {
  const fair = await makeFair();
  const { till, people, node, time } = fair;
  const wallet = walletOf('beto', await fair.keys());
  await withdraw(people.beto.self, wallet);
  const quarrel = async () => {
    const { order } = await buy(till, wallet, purchaseOf(await fair.sale()));
    ok(await E(await fair.saleOf(order)).ready());
    ok(await E(order).dispute('it is stale'));
    return (await E(order).view()).facilitator;
  };
  // A friend of one side, when the quarrel is in sight.
  const desk = await people.ana.desk<{ offerHelp(requestId: string): Promise<{ ok: true }> }>(
    'order',
  );
  ok(await E(desk).offerHelp(next()));
  assert.equal(await quarrel(), undefined);
  time.pass(week);
  await node.rest();
  wallet.purse = ok(learn(wallet.purse, await fair.keys())).purse;
  assert.equal(await quarrel(), 'Ana');
  await node.stop();
});

test('old tokens are swapped at the till, and put back at one’s own desk', async () => {
  const { till } = shared;
  const { person, wallet } = await newcomer('Compradora 6');
  const begun = swap(wallet.purse, wallet.key, wallet.purse.tokens);
  const { tokens, change } = begun.payment;
  const fresh = ok(await E(till).swap(tokens, change, begun.requestId));
  wallet.purse = ok(finish(begun.purse, wallet.key, begun.act, fresh)).purse;
  const desk = await person.desk<Parameters<typeof E<BlindDesk>>[0]>('till');
  const number = await E(await E(desk).payee()).number();
  const home = deposit(wallet.purse, wallet.key, wallet.purse.tokens, number);
  const back = { ok: true, value: 32n };
  assert.deepEqual(await E(desk).deposit(home.payment.tokens, home.requestId), back);
  assert.deepEqual(await E(desk).deposit(home.payment.tokens, home.requestId), back);
  assert.equal(await balanceOf(person), 0n);
  // Nobody else can put them into another account.
  const other = await (
    await newcomer('Otra')
  ).person.desk<Parameters<typeof E<BlindDesk>>[0]>('till');
  assert.notEqual(codeOf(await E(other).deposit(home.payment.tokens, next())), 'ok');
  await shared.check();
});

test('the pages say everything in both languages', async () => {
  const { till } = shared;
  const { person, wallet } = await newcomer('Compradora 7');
  const { order } = await buy(till, wallet, purchaseOf(await shared.sale()));
  const desk = await person.desk<object>('till');
  for (const facet of [till, order, desk]) assert.deepEqual(await descriptionFaults(facet), []);
});
