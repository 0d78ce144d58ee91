import {
  type ManualTime,
  descriptionFaults,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import { verifyEntries } from '@pocas/vat-runtime/verify';
import { equivocates } from '#src/item/rules.js';
import type { ThingsKeeper } from '#src/item/things.js';
import type { Claim, ItemOwner } from '#src/item/types.js';
import { next, ok } from '../fixture.ts';

// `any`: the listing takes whatever a test has it send.
type Any = any;

const item = bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/item')));
const listing = bundleVat(
  fileURLToPath(new URL('../../../test/item/listing-vat.ts', import.meta.url)),
);
const lazy = bundleVat(fileURLToPath(new URL('../../../test/item/lazy-vat.ts', import.meta.url)));
const minute = 60_000;

const start = async (time: ManualTime = makeManualTime()) => {
  const node = await makeTestNode({ time });
  const { clock, timer, grantor } = node;
  const things = (await node.makeVat({
    ...{ module: await item, label: 'things', powers: { clock, timer, grantor } },
    params: { name: 'El taller', secret: 'salt of a test' },
  })) as Facet<ThingsKeeper>;
  const makeMarket = async (label: string) =>
    (await node.makeVat({ module: await listing, label })) as Any;
  const add = async (what: string, units: bigint): Promise<Facet<ItemOwner>> =>
    ok(await E(things).add(what, units, next())).thing;
  return { node, time, things, add, makeMarket };
};
const claimOf = async (thing: Facet<ItemOwner>, label: string): Promise<Facet<Claim>> =>
  ok(await E(thing).claimFor(label, next())).claim;
const hour = 3_600_000n;

test('two markets race for one chair: one sale, the other is told that it is gone, both listings end', async () => {
  const { node, add, makeMarket } = await start();
  const chair = await add('chair', 1n);
  const markets = await Promise.all(['A', 'B'].map(makeMarket));
  const claims = await Promise.all(['A', 'B'].map((label) => claimOf(chair, label)));
  for (const [at, market] of markets.entries()) {
    await E(market).follow(claims[at]);
    await E(market).say(claims[at], 'tryClaim', [`order ${at}`, 1n, hour]);
  }
  await node.rest();
  await E(markets[0]).say(claims[0], 'confirm', ['order 0']);
  // A copy of each is answered the same.
  await E(markets[0]).say(claims[0], 'confirm', ['order 0']);
  await E(markets[1]).say(claims[1], 'tryClaim', ['order 1', 1n, hour]);
  await node.rest();
  assert.deepEqual(await E(markets[0]).heard(), [
    'tryClaim: ok',
    'soldOut',
    'confirm: ok',
    'confirm: ok',
  ]);
  assert.deepEqual(await E(markets[1]).heard(), [
    'tryClaim: claimed',
    'soldOut',
    'tryClaim: claimed',
  ]);
  const { free, claimed, fulfilled, markets: listed } = await E(chair).view();
  assert.deepEqual([free, claimed, fulfilled], [0n, 0n, 1n]);
  assert.deepEqual(
    listed.map(({ label, fulfilled: sold }) => [label, sold]),
    [
      ['here', 0n],
      ['A', 1n],
      ['B', 0n],
    ],
  );
  // The sale comes to nothing: there is one again, once.
  await E(markets[0]).say(claims[0], 'restore', ['order 0']);
  await E(markets[0]).say(claims[0], 'restore', ['order 0']);
  await node.rest();
  assert.equal((await E(chair).view()).free, 1n);
  assert.equal((await E(markets[1]).heard()).at(-1), 'available 1');
  await node.stop();
});

test('a claim ends by the clock, also while nobody asks, and over a restart', async () => {
  const { node, add, time } = await start();
  const chair = await add('chair', 1n);
  const a = await claimOf(chair, 'A');
  const b = await claimOf(chair, 'B');
  ok(await E(a).tryClaim('sit', 1n, hour));
  assert.equal((await E(b).tryClaim('early', 1n, hour)).ok, false);
  node.setProgram({ chair, b });
  await node.stop();
  const again = await makeTestNode({ time, storage: node.storage, secrets: node.secrets });
  const kept = again.getProgram() as { chair: typeof chair; b: typeof b };
  time.pass(59 * minute);
  await again.rest();
  assert.equal((await E(kept.chair).view()).claimed, 1n);
  time.pass(minute);
  await again.rest();
  const { claimed, free, markets } = await E(kept.chair).view();
  assert.deepEqual([claimed, free, markets[1]!.unused], [0n, 1n, 1n]);
  ok(await E(kept.b).tryClaim('later', 1n, hour));
  assert.deepEqual((await E(kept.b).tryClaim('early', 1n, hour)).ok, false);
  await again.stop();
});

test('a home ends what is over before it decides, where its timer has not come yet', async () => {
  const node = await makeTestNode();
  const bench = (await node.makeVat({ module: await lazy, label: 'lazy' })) as Any;
  const { owner, claim } = await E(bench).open(1n);
  const other = await claimOf(owner, 'B');
  ok(await E(claim).tryClaim('sit', 1n, 1_000n));
  await E(bench).setTime(999n);
  assert.equal((await E(other).tryClaim('early', 1n, hour)).ok, false);
  await E(bench).setTime(1_000n);
  ok(await E(other).tryClaim('now', 1n, hour));
  const late = await E(claim).confirm('sit');
  assert.equal(!late.ok && late.code, 'expired');
  ok(await E(other).confirm('now'));
  // A lease ends in the same way.
  ok(await E(owner).addStock(1n, next()));
  ok(await E(owner).leaseOffline('B', 1n, 2_000n, next()));
  assert.equal((await E(owner).take(1n, next())).ok, false);
  await E(bench).setTime(2_000n);
  ok(await E(owner).take(1n, next()));
  await node.stop();
});

test('a market cannot claim more than its share at a time, nor again and again', async () => {
  const { node, add, time } = await start();
  const mugs = await add('mug', 100n);
  const claim = await claimOf(mugs, 'A');
  for (let n = 0; n < 30; n += 1) ok(await E(claim).tryClaim(`order ${n}`, 1n, hour));
  const more = await E(claim).tryClaim('one more', 1n, hour);
  assert.equal(!more.ok && more.code, 'quota');
  const other = await claimOf(mugs, 'B');
  ok(await E(other).tryClaim('order', 70n, hour));
  time.pass(60 * minute);
  const soon = await E(claim).tryClaim('at once again', 1n, hour);
  assert.equal(!soon.ok && soon.code, 'quota');
  time.pass(60 * minute);
  ok(await E(claim).tryClaim('after as long', 1n, hour));
  await node.stop();
});

test('nobody keeps a thing from others by ordering and cancelling, however often', async () => {
  const { node, add } = await start();
  const chair = await add('chair', 1n);
  const claim = await claimOf(chair, 'A');
  const idle = Array.from({ length: 1_001 }, (_, n) => E(claim).restore(`idle ${n}`));
  for (const answer of idle) ok(await answer);
  ok(await E(claim).tryClaim('in earnest', 1n, hour));
  ok(await E(claim).confirm('in earnest'));
  await node.stop();
});

test('what the owner does by hand is the same compare-and-set', async () => {
  const { node, add } = await start();
  const mugs = await add('mug', 2n);
  const claim = await claimOf(mugs, 'A');
  ok(await E(claim).tryClaim('order', 1n, hour));
  const taken = next();
  assert.equal(ok(await E(mugs).take(1n, taken)).left, 0n);
  assert.equal(ok(await E(mugs).take(1n, taken)).left, 0n, 'asked again it is the same one');
  const more = await E(mugs).take(1n, next());
  assert.equal(!more.ok && more.code, 'insufficient');
  ok(await E(claim).confirm('order'));
  const gone = await E(claim).tryClaim('none', 1n, hour);
  assert.equal(!gone.ok && gone.code, 'closed');
  assert.equal(ok(await E(mugs).addStock(3n, next())).left, 3n);
  const few = await E(claim).tryClaim('too many', 4n, hour);
  assert.equal(!few.ok && few.code, 'insufficient');
  await node.stop();
});

test('a market whose facet was taken back can sell nothing; what it sold stays sold', async () => {
  const { node, add, makeMarket } = await start();
  const mugs = await add('mug', 3n);
  const claim = await claimOf(mugs, 'A');
  const market = await makeMarket('A');
  await E(market).follow(claim);
  await node.rest();
  ok(await E(claim).tryClaim('sold', 1n, hour));
  ok(await E(claim).confirm('sold'));
  ok(await E(claim).tryClaim('open', 1n, hour));
  ok(await E(mugs).revoke('A', next()));
  await node.rest();
  assert.deepEqual(await E(market).heard(), ['soldOut']);
  for (const order of ['open', 'new']) {
    const answer = await E(claim).tryClaim(order, 1n, hour);
    assert.equal(!answer.ok && answer.code, 'closed', order);
  }
  const late = await E(claim).confirm('open');
  assert.equal(!late.ok && late.code, 'closed');
  const { free, fulfilled } = await E(mugs).view();
  assert.deepEqual([free, fulfilled], [2n, 1n]);
  const same = await E(mugs).claimFor('A', next());
  assert.equal(!same.ok && same.code, 'conflict');
  await node.stop();
});

test('an offline lease: nobody else can have them, and what was not sold comes back', async () => {
  const { node, add, time } = await start();
  const mugs = await add('mug', 3n);
  const road = await claimOf(mugs, 'road');
  const other = await claimOf(mugs, 'other');
  ok(await E(mugs).sellOffline('road', 2n, 8n, next()));
  const early = await E(mugs).revoke('road', next());
  assert.equal(!early.ok && early.code, 'notYet');
  ok(await E(other).tryClaim('one', 1n, hour));
  const none = await E(other).tryClaim('two', 1n, hour);
  assert.equal(!none.ok && none.code, 'claimed');
  assert.equal((await E(mugs).take(1n, next())).ok, false);
  ok(await E(road).tryClaim('sold on the road', 1n, hour));
  ok(await E(road).confirm('sold on the road'));
  ok(await E(other).confirm('one'));
  time.pass(8 * 60 * minute);
  await node.rest();
  const { free, leased, fulfilled } = await E(mugs).view();
  assert.deepEqual([free, leased, fulfilled], [1n, 0n, 2n]);
  await node.stop();
});

test('a home that answers twice, from two copies of its store, is caught by the hashes in its answers', async () => {
  const { node, add, time } = await start();
  const chair = await add('chair', 1n);
  const a = await claimOf(chair, 'A');
  const b = await claimOf(chair, 'B');
  node.setProgram({ a, b, chair });
  await node.stop();
  const rows = await node.storage.list('');
  const copy = async () => {
    const storage = makeMemoryStorage();
    await storage.write(rows);
    const again = await makeTestNode({ time, storage, secrets: node.secrets });
    return { again, ...(again.getProgram() as { a: typeof a; b: typeof b; chair: typeof chair }) };
  };
  const one = await copy();
  const two = await copy();
  const toA = ok(await E(one.a).tryClaim('of A', 1n, hour));
  const toB = ok(await E(two.b).tryClaim('of B', 1n, hour));
  assert.equal(equivocates(toA.journal, toB.journal), true);
  assert.equal(equivocates(toA.journal, toA.journal), false);
  const later = await E(one.a).confirm('of A');
  assert.equal(equivocates(toA.journal, later.journal), false);
  // What the owner shows of the one history has no place for the answer of the other.
  const journal = (await E(one.chair).journal())!;
  const entries = await E(journal).entries(1n, 100n);
  const head = await E(journal).head();
  assert.deepEqual(verifyEntries(entries, head), { ok: true });
  assert.equal(later.journal, `${head.number} ${head.hash}`);
  assert.equal(`${entries[0]!.number} ${entries[0]!.hash}`, toA.journal);
  await one.again.stop();
  await two.again.stop();
});

test('hostile calls change nothing', async () => {
  const { node, add } = await start();
  const chair = await add('chair', 1n);
  const claim = (await claimOf(chair, 'A')) as Any;
  for (const [method, ...args] of [
    ['tryClaim', 'order', 0n, hour],
    ['tryClaim', 'order', -1n, hour],
    ['tryClaim', '', 1n, hour],
    ['tryClaim', 'x'.repeat(200), 1n, hour],
    ['tryClaim', 'order', 1n, -1n],
    ['confirm'],
    ['take', 1n, 'r'],
  ] as const)
    await assert.rejects(E(claim)[method](...args));
  const unheard = await E(claim as Facet<Claim>).confirm('never claimed');
  assert.equal(!unheard.ok && unheard.code, 'expired');
  assert.equal((await E(chair).view()).free, 1n);
  await node.stop();
});

test('pages say everything in both languages, and a thing is listed by a text', async () => {
  const { node, things, add } = await start();
  const chair = await add('chair', 1n);
  const claim = await claimOf(chair, 'A');
  for (const facet of [things, chair, claim]) assert.deepEqual(await descriptionFaults(facet), []);
  const { secret } = (await E(chair).claimLink('B', next())) as { secret: string };
  const found = (await E(node.enlivener).enliven(secret)) as Facet<Claim>;
  assert.deepEqual(await E(found).view(), { what: 'chair', free: 1n });
  assert.deepEqual(
    (await E(things).view()).things.map(({ what }) => what),
    ['chair'],
  );
  await node.stop();
});
