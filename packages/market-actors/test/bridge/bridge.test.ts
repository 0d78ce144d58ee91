/** People of two markets exchange credits, from introducing the markets to what stands on their pages. */
import { descriptionFaults, makeManualTime } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { BridgeCare, BridgeDesk, TradePage } from '#src/bridge/types.js';
import type { Facet } from '@pocas/vat-runtime';
import { checkSum, foundMarket, join, makeTestNode, next, ok, testSecret } from '../fixture.ts';

// `any`: pages of all kinds.
type Any = any;
const hour = 3_600_000;

const careOf = async (steward: Any): Promise<Facet<BridgeCare>> => {
  for (const page of (await E(steward).view()).pages) {
    const { label } = await E(page).__describe__();
    if (label.en === 'Exchange with other markets') return page;
  }
  throw Error('Cannot find the page');
};

const time = makeManualTime();
let node: Awaited<ReturnType<typeof makeTestNode>>;
before(async () => {
  node = await makeTestNode({ time });
});
after(() => node.stop());

const start = async () => {
  const jam = await foundMarket(node, { name: 'Mermeladas' });
  const care = await foundMarket(node, { name: 'Cuidados', secret: testSecret(8) });
  const [a, b] = [await careOf(jam.steward), await careOf(care.steward)];
  const { secret } = (await E(a).introduceLink('Los de cuidados', next())) as { secret: string };
  ok(await E(b).meetBy(secret, 'Los de mermeladas', next()));
  await node.rest();
  const jaime = await join(jam.steward, 'Jaime');
  const tere = await join(care.steward, 'Tere');
  const desks = {
    jaime: await jaime.desk<Facet<BridgeDesk>>('bridge'),
    tere: await tere.desk<Facet<BridgeDesk>>('bridge'),
  };
  const balances = async () => [(await jaime.view()).balance, (await tere.view()).balance];
  /** Jaime offers 8 of jam to people of the other market for 10 of theirs. */
  const propose = async (account = '') => {
    const { partners } = await E(desks.jaime).view();
    ok(await E(desks.jaime).propose(partners[0]!.partner, 8n, 10n, 24n, account, next()));
    await node.rest();
  };
  const phaseOf = async (desk: Facet<BridgeDesk>) => (await E(desk).view()).trades[0]?.phase;
  return { jam, care, a, b, desks, jaime, tere, balances, propose, phaseOf };
};

test('an offer of one market’s credits stands in the other, and is taken there', async () => {
  const { jam, care, desks, propose, phaseOf } = await start();
  await propose();
  const { offers } = await E(desks.tere).view();
  assert.deepEqual(
    offers.map(({ from, gets, costs }) => [from, gets, costs]),
    [['Los de mermeladas', 8n, 10n]],
  );
  const request = next();
  ok(await E(desks.tere).take(offers[0]!.offer, '', request));
  ok(await E(desks.tere).take(offers[0]!.offer, '', request));
  await node.rest();
  assert.equal(await phaseOf(desks.jaime), 'settled');
  assert.equal(await phaseOf(desks.tere), 'settled');
  assert.deepEqual((await E(desks.tere).view()).offers, []);
  // Neither has an account over there: each has a payment, and passes it on.
  const someone = await join(jam.steward, 'Alguien');
  const { secret } = (await E(await someone.desk<Facet<BridgeDesk>>('bridge')).accountLink()) as {
    secret: string;
  };
  const { page } = (await E(desks.tere).view()).trades[0]!;
  assert.ok((await E(page).view()).payment !== undefined);
  ok(await E(page).passOn(secret, next()));
  await node.rest();
  assert.equal((await someone.view()).balance, 8n);
  assert.equal((await E(page).view()).payment, undefined);
  await checkSum(jam.steward);
  await checkSum(care.steward);
});

test('with accounts on both sides the credits arrive in them', async () => {
  const { jam, care, desks, jaime, tere, propose } = await start();
  const there = await join(care.steward, 'Jaime');
  const here = await join(jam.steward, 'Tere');
  const linkOf = async (person: typeof there) =>
    ((await E(await person.desk<Facet<BridgeDesk>>('bridge')).accountLink()) as { secret: string })
      .secret;
  await propose(await linkOf(there));
  const { offers } = await E(desks.tere).view();
  ok(await E(desks.tere).take(offers[0]!.offer, await linkOf(here), next()));
  await node.rest();
  assert.equal((await jaime.view()).balance, -8n);
  assert.equal((await there.view()).balance, 10n);
  assert.equal((await tere.view()).balance, -10n);
  assert.equal((await here.view()).balance, 8n);
  await checkSum(jam.steward);
  await checkSum(care.steward);
});

test('who offered and cannot give any more gives nothing, and who took has it back', async () => {
  const { desks, balances, propose, phaseOf } = await start();
  const { partners } = await E(desks.jaime).view();
  ok(await E(desks.jaime).propose(partners[0]!.partner, 10n ** 9n, 1n, 24n, '', next()));
  await propose();
  const { offers } = await E(desks.tere).view();
  const much = offers.find(({ gets }) => gets === 10n ** 9n)!;
  ok(await E(desks.tere).take(much.offer, '', next()));
  await node.rest();
  assert.equal(await phaseOf(desks.tere), 'released');
  const mine = (await E(desks.jaime).view()).trades.map(({ gives, phase }) => [gives, phase]);
  assert.deepEqual(mine, [
    [8n, 'offered'],
    [10n ** 9n, 'released'],
  ]);
  assert.deepEqual(await balances(), [0n, 0n]);
});

test('an offer is taken once, not after it was taken back, and not after its time', async () => {
  const { desks, propose, balances } = await start();
  await propose();
  const { offer } = (await E(desks.tere).view()).offers[0]!;
  const page = (await E(desks.jaime).view()).trades[0]!.page as Facet<TradePage>;
  ok(await E(page).withdraw(next()));
  await node.rest();
  const gone = await E(desks.tere).take(offer, '', next());
  assert.deepEqual([gone.ok, !gone.ok && gone.code], [false, 'stale']);
  await propose();
  const late = (await E(desks.tere).view()).offers[0]!.offer;
  time.pass(25 * hour);
  await node.rest();
  assert.deepEqual((await E(desks.tere).view()).offers, []);
  const expired = await E(desks.tere).take(late, '', next());
  assert.deepEqual([expired.ok, !expired.ok && expired.code], [false, 'stale']);
  assert.deepEqual(await balances(), [0n, 0n]);
  // Something else than an offer of this market.
  const other = await E(desks.tere).take(page as Any, '', next());
  assert.equal(other.ok, false);
});

test('an introduction is answered once, and nobody is introduced to oneself', async () => {
  const { a, b, care } = await start();
  const { secret } = (await E(a).introduceLink('Otro', next())) as { secret: string };
  ok(await E(b).meetBy(secret, 'Primero', next()));
  await node.rest();
  ok(await E(b).meetBy(secret, 'Segundo', next()));
  await node.rest();
  const own = (await E(a).introduceLink('Nosotros', next())) as { secret: string };
  ok(await E(a).meetBy(own.secret, 'Nosotros', next()));
  await node.rest();
  const phases = async (page: typeof a) =>
    (await E(page).view()).partners.map(({ label, phase }) => `${label}: ${phase}`);
  assert.deepEqual(await phases(b), ['Los de mermeladas: met', 'Primero: met', 'Segundo: failed']);
  assert.deepEqual(await phases(a), [
    'Los de cuidados: met',
    'Otro: met',
    'Nosotros: introduced',
    'Nosotros: failed',
  ]);
  const junk = await E(b).meetBy('nothing', 'Nada', next());
  assert.deepEqual([junk.ok, !junk.ok && junk.code], [false, 'invalid']);
  void care;
});

test('pages say everything in both languages', async () => {
  const { a, desks, propose } = await start();
  await propose();
  const view = await E(desks.jaime).view();
  const { offers } = await E(desks.tere).view();
  const pages = [a, desks.jaime, view.partners[0]!.partner, view.trades[0]!.page, offers[0]!.offer];
  for (const page of pages) assert.deepEqual(await descriptionFaults(page), []);
});
