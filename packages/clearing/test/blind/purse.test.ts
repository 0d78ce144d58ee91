import type { Holder, World } from './fixture.ts';
import { codeOf, makeWorld, market, ok, pack, turn, withdraw } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Found } from '@pocas/clearing/blind';
import type { Purse } from '@pocas/clearing/purse';
import {
  askFor,
  batchesOf,
  emptyPurse,
  finish,
  giveUp,
  lapsing,
  learn,
  pay,
  paymentOf,
  purseKey,
  restoreAll,
  swap,
  warnings,
  worth,
  writeOff,
} from '@pocas/clearing/purse';
import { sha256 } from '@pocas/vat-runtime';

/** Buys something, and takes the change in. */
const buy = async (
  { mint }: World,
  holder: Holder,
  price: bigint,
  seller: Holder,
): Promise<void> => {
  const { denominations } = await E(mint).keys();
  const begun = ok(pay(holder.purse, holder.key, price, 'soup', denominations));
  holder.purse = begun.purse;
  const held = ok(await E(mint).hold(begun.payment, price, seller.payee, {}, begun.requestId));
  holder.purse = ok(finish(holder.purse, holder.key, begun.act, held)).purse;
};

/** What a wallet does that has nothing but its key. */
const restoreFrom = async ({ mint }: World, key: string): Promise<Purse> => {
  const fresh = ok(learn(emptyPurse(market), await E(mint).keys())).purse;
  return ok(await restoreAll(fresh, key, (elements) => E(mint).again(elements))).purse;
};

test('a wallet that has nothing but its key finds its tokens, and learns which were spent', async () => {
  const world = await makeWorld();
  const [ana, beto] = [await world.holder('ana'), await world.holder('beto')];
  await withdraw(world, ana);
  await buy(world, ana, 13n, beto);
  await turn(world, 2n, ana);
  await withdraw(world, ana);
  await buy(world, ana, 17n, beto);
  // Asked for and never sent: a gap in the counter.
  ana.purse = askFor(ana.purse, ana.key, 'till', 'credit', [1n]).purse;
  await buy(world, ana, 5n, beto);
  const left = worth(ana.purse);
  assert.equal(left, 64n - 35n);

  let purse = await restoreFrom(world, ana.key);
  assert.equal(purse.tokens.length, 0);
  let lost = 0n;
  for (const token of purse.unsure) {
    const begun = swap(purse, ana.key, [token]);
    const answer = await E(world.mint).swap(begun.payment, begun.requestId);
    if (answer.ok) purse = ok(finish(begun.purse, ana.key, begun.act, answer)).purse;
    else {
      assert.equal(answer.code, 'claimed');
      lost += token.denom;
      purse = writeOff(begun.purse, begun.act);
    }
  }
  assert.equal(worth(purse), left, 'all that was not spent');
  assert.ok(lost > 0n, 'what the lost copy spent is known as such');
  assert.deepEqual([purse.unsure, purse.open], [[], []]);
  // The copy that was lost has nothing any more: whoever finds it cannot spend.
  const begun = swap(ana.purse, ana.key, ana.purse.tokens.slice(0, 1));
  assert.equal(codeOf(await E(world.mint).swap(begun.payment, begun.requestId)), 'claimed');
  await world.check();
  // Neither does it use numbers again that it used before.
  ana.purse = purse;
  await withdraw(world, ana);
  await buy(world, ana, 3n, beto);
  await world.check();
  const second = await restoreFrom(world, ana.key);
  assert.ok(second.next.till > ana.purse.next.till);
  assert.deepEqual(second.tokens, []);
  await world.stop();
});

test('what a restored wallet is told with a wrong key or wrong elements it does not believe', async () => {
  const world = await makeWorld();
  const [ana, eve] = [await world.holder('ana'), await world.holder('eve')];
  await withdraw(world, ana);
  const fresh = ok(learn(emptyPurse(market), await E(world.mint).keys())).purse;
  const told = async (edit: (found: readonly Found[]) => readonly Found[], key = ana.key) =>
    codeOf(
      await restoreAll(fresh, key, async (elements) => {
        const found = await E(world.mint).again(elements);
        return found.length === 0 ? found : edit(found);
      }),
    );
  assert.equal(await told((found) => found), 'ok');
  const of = (change: Partial<Found>) =>
    told((found) => found.map((one) => ({ ...one, ...change })));
  assert.equal(await of({ denom: 16n }), 'invalid', 'another denomination');
  assert.equal(await of({ epoch: 2n }), 'conflict', 'an epoch nobody knows');
  assert.equal(await of({ blinded: [] }), 'invalid', 'nothing');
  const hers = await E(world.mint).again((await withdraw(world, eve)).batches[0]!.blinded);
  assert.equal(await told(() => hers), 'invalid', 'elements of somebody else');
  await world.stop();
});

test('an act that was begun is the same after a crash, and leaves nothing behind when it is refused', async () => {
  const world = await makeWorld();
  const [ana, beto] = [await world.holder('ana'), await world.holder('beto')];
  await withdraw(world, ana);
  const { denominations } = await E(world.mint).keys();
  const before = ana.purse;
  const begun = ok(pay(before, ana.key, 9n, 'soup', denominations));
  assert.equal(worth(begun.purse), 23n, 'what is on its way is not spent twice');
  // Kept as a text, and read again by another program.
  const text = JSON.stringify(begun.purse, (_key, value: unknown) =>
    typeof value === 'bigint' ? { n: `${value}` } : value,
  );
  const kept = JSON.parse(text, (_key, value: { n?: string } | null) =>
    typeof value?.n === 'string' ? BigInt(value.n) : value,
  ) as Purse;
  assert.deepEqual(kept, begun.purse);
  const [act] = kept.open;
  assert.deepEqual(paymentOf(kept, ana.key, act!), begun.payment);
  // Another epoch changes nothing of what is sent; what comes is of that epoch.
  await turn(world, 2n, ana);
  const later = ok(learn(kept, await E(world.mint).keys())).purse;
  assert.deepEqual(batchesOf(later, ana.key, act!), begun.payment.change);
  const wrong = await E(world.mint).hold(begun.payment, 10n, beto.payee, {}, begun.requestId);
  assert.equal(codeOf(wrong), 'insufficient');
  const back = giveUp(later, act!);
  assert.equal(worth(back), worth(before));
  assert.deepEqual(back.open, []);
  assert.equal(codeOf(pay(back, ana.key, 33n, 'soup', denominations)), 'insufficient');
  await world.stop();
});

test('a buyer is warned where fewer than five withdrew the same', async () => {
  const world = await makeWorld();
  const holders: Holder[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) holders.push(await world.holder(name));
  const [ana] = holders as [Holder];
  const large = [...pack, 32n, 64n];
  await withdraw(world, ana);
  for (const holder of holders.slice(1, 4)) await withdraw(world, holder);
  const warned = async () => warnings(ana.purse.tokens, await E(world.mint).counts());
  assert.deepEqual(
    (await warned()).map(({ members }) => members),
    [4n, 4n, 4n, 4n, 4n],
  );
  await withdraw(world, holders[4]!);
  assert.deepEqual(await warned(), []);
  const rich = await world.holder('rich', 200n);
  await withdraw(world, rich, large);
  assert.deepEqual(warnings(rich.purse.tokens, await E(world.mint).counts()), [
    { denom: 32n, epoch: 1n, members: 1n },
    { denom: 64n, epoch: 1n, members: 1n },
  ]);
  await world.stop();
});

test('tokens are swapped before they lapse, and not before that', async () => {
  const world = await makeWorld();
  const ana = await world.holder('ana');
  await withdraw(world, ana);
  await turn(world, 7n, ana);
  assert.deepEqual(lapsing(ana.purse, 7n), []);
  await turn(world, 8n, ana);
  const old = lapsing(ana.purse, 8n);
  assert.equal(old.length, pack.length);
  const begun = swap(ana.purse, ana.key, old);
  ana.purse = begun.purse;
  const fresh = ok(await E(world.mint).swap(begun.payment, begun.requestId));
  ana.purse = ok(finish(ana.purse, ana.key, begun.act, fresh)).purse;
  assert.equal(worth(ana.purse), 32n);
  assert.deepEqual(lapsing(ana.purse, 8n), []);
  await turn(world, 10n, ana);
  await world.check();
  const { accounts } = await E(world.ledger).books();
  assert.equal(accounts.find(({ kind }) => kind === 'commons')!.balance, 0n);
  await world.stop();
});

test('seeds and requests of two wallets, markets and series differ', () => {
  const { purse } = ok(
    learn(emptyPurse(market), {
      market,
      epoch: 1n,
      keys: [{ epoch: 1n, publicKey: '4vKpDY_-NgSKIkjKcqUPzWRYJvlKYv9FKyVJ1_lFXn4' }],
      denominations: [1n],
      packs: [],
    }),
  );
  assert.throws(() => askFor(emptyPurse(market), 'AAAA', 'till', 'credit', [1n]), /Cannot prepare/);
  const keys = ['ana', 'beto'].map((name) => purseKey(sha256(name), market));
  const requests = keys.flatMap((key) =>
    (['account', 'till'] as const).map((series) => {
      try {
        return askFor(purse, key, series, 'credit', []).requestId;
      } catch {
        return '';
      }
    }),
  );
  assert.equal(new Set(requests).size, 4);
});
