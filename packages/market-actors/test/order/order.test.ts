import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { deskOf, factsOf, next, ok, silence, stands, start, expiry } from './fixture.ts';
import type { Any } from './fixture.ts';

const place = (market: Any, own = 10n, rest: Any = {}): Promise<Any> =>
  E(market).order('Ana', 'Beto', own, rest, next());
const phaseOf = async (kit: Any): Promise<string> => (await E(kit.buyer).view()).phase;

test('an order goes its straight way and is paid once', async () => {
  const { node, time, market } = await start();
  const { claim } = await E(market).home(3n);
  const kit = ok(await place(market, 10n, { claim, quantity: 2n }));
  assert.equal(await phaseOf(kit), 'claimed');
  assert.equal((await E(claim).view()).free, 1n);
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 10n, 0n]);
  assert.deepEqual(await E(kit.buyer).accept(), { ok: false, code: 'notYet' });
  assert.equal(ok(await E(kit.seller).ready()).phase, 'ready');
  assert.equal(ok(await E(kit.seller).handOver()).phase, 'handedOver');
  assert.deepEqual(await E(kit.seller).refuse(), { ok: false, code: 'closed' });
  assert.deepEqual(await E(kit.buyer).cancel(), { ok: false, code: 'closed' });
  assert.equal(ok(await E(kit.buyer).accept()).phase, 'accepted');
  assert.deepEqual(await E(kit.buyer).accept(), { ok: true, phase: 'accepted' });
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  assert.deepEqual(await E(kit.watcher).ends(), [{ phase: 'accepted', paid: 10n, returned: 0n }]);
  assert.equal((await E(claim).view()).free, 1n);
  const { sales, records } = await E(market).facts();
  assert.deepEqual(sales, [{ seller: 'Beto', buyer: 'Ana', price: 10n }]);
  assert.deepEqual(records, [
    { kind: 'sale', facts: { what: 'bread', version: 1n, paid: 10n }, label: 'P1' },
  ]);
  assert.equal((await factsOf(market, 'Ana')).spent, 10n);
  await E(market).check();
  time.pass(10 * expiry);
  await node.rest();
  assert.equal((await E(market).facts()).wakes, 0n, 'nothing wakes up for what is over');
  await node.stop();
});

test('cancelling and refusing give value and units back, once', async () => {
  const { node, market } = await start();
  const { claim } = await E(market).home(2n);
  for (const end of ['cancel', 'refuse']) {
    const kit = ok(await place(market, 7n, { claim }));
    assert.equal((await E(claim).view()).free, 1n);
    const side = end === 'cancel' ? kit.buyer : kit.seller;
    ok(await (E(side) as Any)[end]());
    ok(await (E(side) as Any)[end]());
    assert.equal((await E(claim).view()).free, 2n);
    assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n]);
    const other = end === 'cancel' ? E(kit.seller).ready() : E(kit.buyer).cancel();
    assert.deepEqual(await other, { ok: false, code: 'closed' });
    assert.equal((await E(kit.watcher).ends()).length, 1);
  }
  assert.deepEqual((await E(market).facts()).sales, []);
  await E(market).check();
  await node.stop();
});

test('where the home has no unit there is no order, and nothing stays set aside', async () => {
  const { node, market } = await start();
  const { claim } = await E(market).home(1n);
  ok(await place(market, 5n, { claim }));
  assert.deepEqual(await place(market, 5n, { claim }), { ok: false, code: 'closed' });
  assert.deepEqual(await stands(market, 'Ana'), [-5n, 5n, 0n]);
  await E(market).check();
  await node.stop();
});

test('silence pays what was handed over, and gives back what was not', async () => {
  const { node, time, market } = await start();
  const { claim } = await E(market).home(5n);
  const [given, promised, untouched] = [
    ok(await place(market, 10n, { claim })),
    ok(await place(market, 20n, { claim })),
    ok(await place(market, 30n, { claim })),
  ];
  ok(await E(given.seller).handOver());
  ok(await E(promised.seller).ready());
  time.pass(silence - 1);
  await node.rest();
  assert.equal(await phaseOf(given), 'handedOver');
  time.pass(1);
  await node.rest();
  assert.equal(await phaseOf(given), 'accepted');
  assert.equal(await phaseOf(promised), 'ready');
  time.pass(silence);
  await node.rest();
  assert.equal(await phaseOf(promised), 'expired');
  assert.equal(await phaseOf(untouched), 'expired');
  assert.equal((await E(claim).view()).free, 4n);
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  await E(market).check();
  await node.stop();
});

test('what is ready can be cancelled only once it is late', async () => {
  const { node, time, market } = await start();
  const kit = ok(await place(market));
  ok(await E(kit.seller).ready());
  assert.deepEqual(await E(kit.buyer).cancel(), { ok: false, code: 'closed' });
  time.pass(silence);
  await node.rest();
  assert.equal(ok(await E(kit.buyer).cancel()).phase, 'cancelled');
  assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n]);
  await node.stop();
});

test('money outside: nothing is paid before both have said that it went over', async () => {
  const { node, market } = await start();
  const legs = [{ kind: 'outside', what: '20 pesos' }];
  const kit = ok(await place(market, 10n, { legs }));
  assert.equal((await E(kit.buyer).view()).price, '10 créditos + 20 pesos');
  ok(await E(kit.seller).handOver());
  assert.equal(ok(await E(kit.buyer).accept()).phase, 'handedOver');
  assert.deepEqual(await stands(market, 'Beto'), [0n, 0n, 10n]);
  assert.equal(ok(await E(kit.seller).received()).phase, 'accepted');
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  // The other way round: the seller's word alone pays nothing either.
  const other = ok(await place(market, 7n, { legs }));
  ok(await E(other.seller).handOver());
  assert.equal(ok(await E(other.seller).received()).phase, 'handedOver');
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 7n]);
  assert.equal(ok(await E(other.buyer).accept()).phase, 'accepted');
  const plain = ok(await place(market, 10n));
  assert.deepEqual(await E(plain.seller).received(), { ok: false, code: 'unsupported' });
  await node.stop();
});

test('money outside that never came: the seller says so, and silence no longer pays', async () => {
  const { node, time, market } = await start();
  const kit = ok(await place(market, 20n, { legs: [{ kind: 'outside', what: '20 pesos' }] }));
  ok(await E(kit.seller).handOver());
  ok(await E(kit.seller).dispute('no pesos'));
  time.pass(silence);
  await node.rest();
  // The buyer never said a word.
  assert.equal(await phaseOf(kit), 'split');
  assert.equal((await factsOf(market, 'Ana')).faults, 1n);
  await E(market).check();
  await node.stop();
});

test('proceeds go to the contributors to the last unit; what cannot be paid to them goes to the seller', async () => {
  const { node, market } = await start();
  const finish = async (payoutTo: readonly string[], lost = 0n) => {
    const kit = ok(await place(market, 10n, { payoutTo, lost }));
    ok(await E(kit.seller).handOver());
    ok(await E(kit.buyer).accept());
  };
  await finish(['Carla', 'Dora', 'Beto']);
  assert.deepEqual(await stands(market, 'Carla'), [4n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Dora'), [3n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [3n, 0n, 0n]);
  await finish(['Carla', 'nobody']);
  assert.deepEqual(await stands(market, 'Carla'), [4n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [13n, 0n, 0n]);
  // Shares that do not sum to the proceeds are none.
  await finish(['Carla', 'Dora'], 1n);
  assert.deepEqual(await stands(market, 'Carla'), [4n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [23n, 0n, 0n]);
  await E(market).check();
  await node.stop();
});

test('a blind order names nobody, and lists nothing on any buyer’s page', async () => {
  const { node, market } = await start();
  const kit = ok(await E(market).order('', 'Beto', 10n, { payer: 'Ana' }, next()));
  const { sales } = await E(deskOf(market, 'Beto')).view();
  assert.deepEqual([sales.length, sales[0].with], [1, '']);
  assert.equal((await E(deskOf(market, 'Ana')).view()).purchases.length, 0);
  ok(await E(kit.seller).handOver());
  ok(await E(kit.buyer).accept());
  // Whoever counts it does so for an appreciation token.
  assert.deepEqual((await E(market).facts()).sales, []);
  await node.stop();
});

test('the mechanism that made it can call it off until it is handed over', async () => {
  const { node, market } = await start();
  const [early, late] = [ok(await place(market)), ok(await place(market))];
  ok(await E(early.seller).ready());
  assert.equal(ok(await E(early.inside).callOff('cancelled')).phase, 'cancelled');
  ok(await E(early.inside).callOff('cancelled'));
  ok(await E(late.seller).handOver());
  assert.deepEqual(await E(late.inside).callOff('cancelled'), { ok: false, code: 'closed' });
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 10n, 0n]);
  await node.stop();
});

test('what waits for a person comes first, and is counted', async () => {
  const { node, market } = await start();
  const kits = [];
  for (let i = 0; i < 32; i += 1) kits.push(ok(await place(market, 1n)));
  ok(await E(kits[3].seller).handOver());
  const { sales } = await E(deskOf(market, 'Beto')).view();
  assert.equal(sales.length, 30);
  assert.equal((await factsOf(market, 'Beto')).waiting, 31n);
  const { purchases } = await E(deskOf(market, 'Ana')).view();
  assert.equal(purchases.length, 30);
  assert.equal(purchases[0].phase, 'handedOver');
  assert.equal((await factsOf(market, 'Ana')).waiting, 1n);
  ok(await E(purchases[0].act).accept());
  const after = await E(deskOf(market, 'Ana')).view();
  assert.deepEqual(
    after.past.map(({ phase, price, epoch }: Any) => [phase, price, typeof epoch]),
    [['accepted', '1 créditos', 'bigint']],
  );
  assert.equal((await factsOf(market, 'Ana')).waiting, 0n);
  const seller = await E(deskOf(market, 'Beto')).view();
  assert.deepEqual([seller.past.length, seller.past[0].with], [1, 'Ana']);
  assert.ok(
    seller.sales.every(({ phase }: Any) => phase === 'claimed'),
    'what is over is not open',
  );
  assert.equal((await factsOf(market, 'Beto')).waiting, 31n);
  await node.stop();
});

test('an order that lapses before it is claimed', async () => {
  const { node, time, market } = await start();
  const kit = ok(await place(market, 10n, { claim: (await E(market).home(1n)).claim, legs: [] }));
  assert.equal(await phaseOf(kit), 'claimed');
  time.pass(expiry);
  await node.rest();
  assert.equal(await phaseOf(kit), 'expired');
  await node.stop();
});

test('the pages of an order say everything in both languages', async () => {
  const { node, market } = await start();
  const kit = ok(await place(market));
  const { purchases } = await E(deskOf(market, 'Ana')).view();
  const desk = await deskOf(market, 'Ana');
  for (const facet of [kit.buyer, kit.seller, purchases[0].act, desk])
    assert.deepEqual(await descriptionFaults(facet), []);
  await node.stop();
});
