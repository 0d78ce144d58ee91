import { codeOf, makeWorld, market, next, ok, pack, restart, turn, withdraw } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import {
  askFor,
  deposit,
  finish,
  giveUp,
  pay,
  paymentOf,
  purseKey,
  swap,
  worth,
} from '@pocas/clearing/purse';

const noTerms = {};

test('the whole flow: withdraw, pay with change, accept, refund, swap, deposit; the sum is zero after each', async () => {
  const world = await makeWorld();
  const { mint, bench } = world;
  const [ana, beto] = [await world.holder('ana', 50n), await world.holder('beto')];
  await withdraw(world, ana);
  assert.equal((await E(ana.account).view()).balance, -32n);
  assert.equal(worth(ana.purse), 32n);
  await world.check();

  const { denominations } = await E(mint).keys();
  // With the largest token alone, so that there is change.
  const [small, large] = [16n, 17n].map((bound) =>
    ana.purse.tokens.filter(({ denom }) => (bound === 16n ? denom < 16n : denom === 16n)),
  );
  const first = ok(pay({ ...ana.purse, tokens: large! }, ana.key, 13n, 'soup', denominations));
  assert.deepEqual(
    first.payment.change.map(({ denom }) => denom),
    [1n, 2n],
  );
  const held = ok(await E(mint).hold(first.payment, 13n, beto.payee, noTerms, first.requestId));
  ana.purse = ok(finish(first.purse, ana.key, first.act, held)).purse;
  ana.purse = { ...ana.purse, tokens: [...ana.purse.tokens, ...small!] };
  assert.equal(worth(ana.purse), 19n);
  await world.check();
  ok(await E(held.decider).settle());
  assert.equal((await E(beto.account).view()).balance, 13n);
  await world.check();

  // A purchase that is called off: what was held is in the float again, and is given out anew.
  const second = ok(pay(ana.purse, ana.key, 9n, 'bread', denominations));
  const again = ok(await E(mint).hold(second.payment, 9n, beto.payee, noTerms, second.requestId));
  ana.purse = ok(finish(second.purse, ana.key, second.act, again)).purse;
  ok(await E(again.decider).release());
  await world.check(9n);
  const refund = askFor(ana.purse, ana.key, 'till', 'credit', [1n, 8n]);
  const back = ok(await E(mint).reissue(9n, refund.batches, refund.requestId));
  ana.purse = ok(finish(refund.purse, ana.key, refund.act, back)).purse;
  assert.equal(worth(ana.purse), 19n);
  await world.check();

  await turn(world, 2n, ana);
  const swapped = swap(ana.purse, ana.key, ana.purse.tokens);
  const fresh = ok(await E(mint).swap(swapped.payment, swapped.requestId));
  ana.purse = ok(finish(swapped.purse, ana.key, swapped.act, fresh)).purse;
  assert.ok(ana.purse.tokens.every(({ epoch }) => epoch === 2n));
  await world.check();

  const number = await E(ana.payee).number();
  const home = deposit(ana.purse, ana.key, ana.purse.tokens, number);
  ok(await E(mint).deposit(home.payment, ana.payee, home.requestId));
  assert.equal((await E(ana.account).view()).balance, -13n);
  await world.check();
  assert.equal(typeof (await E(bench).commons()), 'object');
  await world.stop();
});

test('a member cannot withdraw past the limit, nor what is no pack', async () => {
  const world = await makeWorld();
  const ana = await world.holder('ana', 40n);
  await withdraw(world, ana);
  const over = askFor(ana.purse, ana.key, 'account', 'credit', pack);
  assert.equal(
    codeOf(await E(world.mint).withdraw(ana.account, over.batches, over.requestId)),
    'limit',
  );
  const odd = askFor(giveUp(over.purse, over.act), ana.key, 'account', 'credit', [1n, 4n]);
  assert.equal(
    codeOf(await E(world.mint).withdraw(ana.account, odd.batches, odd.requestId)),
    'invalid',
  );
  assert.equal((await E(ana.account).view()).balance, -32n);
  await world.check();
  await world.stop();
});

test('who asks the ledger first with the same request does not get tokens for nothing', async () => {
  const world = await makeWorld();
  const [ana, eve] = [await world.holder('ana'), await world.holder('eve')];
  const { batches, requestId } = askFor(ana.purse, ana.key, 'account', 'credit', pack);
  ok(await E(ana.account).pay(eve.payee, 32n, requestId));
  ok(await E(world.mint).withdraw(ana.account, batches, requestId));
  assert.equal((await E(ana.account).view()).balance, -64n);
  await world.check();
  await world.stop();
});

test('a request is answered again, word for word, also after a restart; with other contents it is refused', async () => {
  let world = await makeWorld();
  const [ana, beto] = [await world.holder('ana'), await world.holder('beto')];
  const { act, batches, issued } = await withdraw(world, ana);
  assert.deepEqual(await E(world.mint).withdraw(ana.account, batches, act.requestId), issued);
  const { denominations } = await E(world.mint).keys();
  const large = ana.purse.tokens.filter(({ denom }) => denom === 16n);
  const begun = ok(pay({ ...ana.purse, tokens: large }, ana.key, 13n, 'soup', denominations));
  const { payment, requestId } = begun;
  const [one, two] = await Promise.all([
    E(world.mint).hold(payment, 13n, beto.payee, noTerms, requestId),
    E(world.mint).hold(payment, 13n, beto.payee, noTerms, requestId),
  ]);
  assert.deepEqual(ok(one).issued, ok(two).issued);
  assert.equal(ok(one).decider, ok(two).decider);
  const number = await E(beto.payee).number();
  world = await restart(world);
  // Made again from the record alone, as a wallet does after a crash of its own.
  const later = paymentOf(begun.purse, ana.key, begun.act);
  assert.deepEqual(later, payment);
  const payee = (await E(world.bench).open(0n)).payee;
  const three = ok(await E(world.mint).hold(later, 13n, payee, noTerms, requestId));
  assert.deepEqual(three.issued, ok(one).issued);
  assert.equal(
    (await E(world.ledger).books()).accounts.find((a) => a.number === number)!.incoming,
    13n,
  );

  const other = { ...payment, change: [] };
  assert.equal(codeOf(await E(world.mint).hold(other, 16n, payee, noTerms, requestId)), 'conflict');
  assert.equal(codeOf(await E(world.mint).swap(payment, requestId)), 'conflict');
  await world.check();
  await world.stop();
});

test('tokens are lost after nine epochs, and what they were worth is the commons’', async () => {
  const world = await makeWorld();
  const [ana, beto] = [await world.holder('ana'), await world.holder('beto')];
  await withdraw(world, ana);
  const { denominations } = await E(world.mint).keys();
  await turn(world, 9n, ana);
  const good = ok(pay(ana.purse, ana.key, 1n, 'soup', denominations));
  const held = ok(await E(world.mint).hold(good.payment, 1n, beto.payee, noTerms, good.requestId));
  ana.purse = ok(finish(good.purse, ana.key, good.act, held)).purse;
  await world.check();
  await turn(world, 10n, ana);
  const late = ok(pay(ana.purse, ana.key, 2n, 'soup', denominations));
  assert.equal(
    codeOf(await E(world.mint).hold(late.payment, 2n, beto.payee, noTerms, late.requestId)),
    'expired',
  );
  await world.check();
  const { accounts } = await E(world.ledger).books();
  assert.equal(accounts.find(({ kind }) => kind === 'commons')!.balance, 31n);
  assert.deepEqual(
    (await E(world.mint).keys()).keys.map(({ epoch }) => epoch),
    [9n, 10n],
  );
  await world.stop();
});

test('how many withdrew each denomination of each epoch is public', async () => {
  const world = await makeWorld();
  const holders = await Promise.all(['a', 'b', 'c'].map((name) => world.holder(name)));
  for (const holder of holders) await withdraw(world, holder);
  await withdraw(world, holders[0]!);
  const counts = await E(world.mint).counts();
  assert.deepEqual(
    counts.find(({ denom }) => denom === 16n),
    { kind: 'credit', denom: 16n, epoch: 1n, issued: 4n, redeemed: 0n, members: 3n },
  );
  await world.stop();
});

test('a time market counts in its own steps', async () => {
  const world = await makeWorld({}, 15n);
  const [ana, beto] = [await world.holder('ana', 900n), await world.holder('beto')];
  await withdraw(
    world,
    ana,
    pack.map((one) => one * 15n),
  );
  const { denominations } = await E(world.mint).keys();
  const hour = ok(pay(ana.purse, ana.key, 60n, 'an hour', denominations));
  ok(await E(world.mint).hold(hour.payment, 60n, beto.payee, noTerms, hour.requestId));
  await world.check();
  await world.stop();
});

test('two purses of one wallet key have nothing in common', () => {
  assert.notEqual(purseKey('AAAA', market), purseKey('AAAA', `${market}x`));
  assert.equal(next() === next(), false);
});
