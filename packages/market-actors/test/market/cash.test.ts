import { join, makeMarket, next, ok } from '../fixture.ts';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { AccountDesk } from '@pocas/market-actors';
import type { Payee, Payment } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';

test('value that is taken out as a text is put in once, or taken back', async () => {
  const node = await makeTestNode();
  const steward = await makeMarket(node, { charter: { baseLimit: 50n, minimumCeiling: 1_000n } });
  const [ana, beto] = [await join(steward, 'Ana'), await join(steward, 'Beto')];
  const desk = await ana.desk<Facet<AccountDesk>>('account');
  const id = next();
  const first = await E(desk).takeOut(20n, id);
  const again = await E(desk).takeOut(20n, id);
  assert.ok('secret' in first && 'secret' in again);
  assert.equal((await E(desk).view()).balance, -20n, 'once for one request');
  const opened = (text: string) => node.enlivener.enliven(text);
  const payment = (await opened(first.secret)) as Facet<Payment>;
  const account = await E(beto.self).account();
  ok(await E(account).deposit(payment, next()));
  const second = await E(account).deposit((await opened(again.secret)) as never, next());
  assert.equal(second.ok, false);
  assert.equal((await beto.view()).balance, 20n);
  assert.deepEqual(await E(desk).takeOut(31n, next()), {
    ...{ ok: false, code: 'limit', whose: 'payer' },
  });
  // What nobody puts in comes back.
  assert.ok('secret' in (await E(desk).takeOut(30n, next())));
  assert.deepEqual(await E(desk).recover(next()), { ok: true, value: 30n });
  assert.equal((await E(desk).view()).balance, -20n);
  const where = await E(desk).payeeLink();
  assert.ok('secret' in where);
  const payee = (await opened(where.secret)) as Facet<Payee>;
  ok(await E(account).pay(payee, 20n, next()));
  assert.equal((await ana.view()).balance, 0n);
  await node.stop();
});
