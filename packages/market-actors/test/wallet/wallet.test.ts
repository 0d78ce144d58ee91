import { descriptionFaults, makeDouble } from '@pocas/vat-runtime/testing';
import {
  type TestNode,
  makeMarket,
  makeTestNode,
  makeWallet,
  next,
  ok,
  restartEverywhere,
} from '../fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { E } from '@endo/far';
import type { Invitation, Participant, Steward, WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { LINK_PATH } from '@pocas/vat-runtime/node';

let node: TestNode;
let steward: Facet<Steward>;
let owner: Facet<WalletOwner>;

before(async () => {
  node = await makeTestNode();
});
beforeEach(async () => {
  steward = await makeMarket(node);
  owner = await makeWallet(node, 'Ana');
});
after(() => node.stop());

const link = async (uses = 1n, from = steward) =>
  ((await E(from).inviteLink(uses, next())) as { secret: string }).secret;
let echoes = 0;
/** A thing that answers every joining with the same place. */
const makeEcho = async (place: unknown): Promise<Facet<Invitation>> =>
  node.definePower(
    `echo${(echoes += 1)}`,
    makeDouble('Echo', { join: () => place }),
  ) as Facet<Invitation>;
const placesOf = async (wallet: Facet<WalletOwner>) =>
  // The cast says what kind of place they are.
  (await E(wallet).view()).places as unknown as Facet<Participant>[];
const participants = async () => (await E(steward).view()).participants;

test('a wallet joins a market by an invitation and keeps the place there', async () => {
  const { pages, ...view } = await E(owner).view();
  assert.deepEqual(view, { name: 'Ana', kinds: [], notices: 0n, places: [], questions: 0n });
  assert.equal(pages.length, 9);
  assert.deepEqual(await E(owner).join(await link(), next()), { ok: true, place: 'Tianguis' });
  const markets = await placesOf(owner);
  assert.equal(markets.length, 1);
  const { name, market } = await E(markets[0]!).view();
  assert.deepEqual([name, market], ['Ana', 'Tianguis']);
});

test('a joining that is repeated is one joining', async () => {
  const invitation = await link();
  const request = next();
  const first = await E(owner).join(invitation, request);
  assert.deepEqual(await E(owner).join(invitation, request), first);
  assert.equal((await placesOf(owner)).length, 1);
  assert.equal(await participants(), 2n);
});

test('two copies of a joining at the same time are one joining', async () => {
  const invitation = await link();
  const request = next();
  const answers = await Promise.all([
    E(owner).join(invitation, request),
    E(owner).join(invitation, request),
    E(owner).join(invitation, request),
  ]);
  for (const answer of answers) ok(answer);
  assert.equal((await placesOf(owner)).length, 1);
  assert.equal(await participants(), 2n);
});

test('an invitation that somebody used is refused, also when asked again', async () => {
  const invitation = await link();
  ok(await E(await makeWallet(node, 'Beto')).join(invitation, next()));
  const request = next();
  const claimed = { ok: false, code: 'claimed' };
  assert.deepEqual(await E(owner).join(invitation, request), claimed);
  assert.deepEqual(await E(owner).join(invitation, request), claimed);
  assert.deepEqual(await placesOf(owner), []);
});

test('what is no invitation is refused or rejected, and leaves nothing behind', async () => {
  const invalid = { ok: false, code: 'invalid' };
  assert.deepEqual(await E(owner).join('', next()), invalid);
  assert.deepEqual(await E(owner).join('hello', next()), invalid);
  assert.deepEqual(await E(owner).join('https://example.org/#secret', next()), invalid);
  const unknown = (await link()).replace(/\/s\/.{6}/, '/s/AAAAAA');
  await assert.rejects(E(owner).join(unknown, next()));
  // An object, but not one that can be joined.
  const other = await E(node.grantor).sturdy(await E(steward).marketPublic());
  await assert.rejects(E(owner).join(other, next()));
  assert.deepEqual(await placesOf(owner), []);
});

test('an invitation that answers nonsense is a fault and gives nothing to keep', async () => {
  for (const nonsense of [{ ok: true }, { ok: true, place: 'x', participant: 'y' }, 7n]) {
    const echo = await makeEcho(nonsense);
    await assert.rejects(E(owner).joinWith(echo, next()), /no invitation/);
  }
  assert.deepEqual(await placesOf(owner), []);
});

test('a wallet joins several markets', async () => {
  const other = await makeMarket(node, { name: 'Mercadito' });
  ok(await E(owner).join(await link(), next()));
  ok(await E(owner).join(await link(1n, other), next()));
  const markets = await placesOf(owner);
  const names = await Promise.all(markets.map(async (one) => (await E(one).view()).market));
  assert.deepEqual(names, ['Tianguis', 'Mercadito']);
});

test('a wallet joins at most fifty markets', async () => {
  const invitation = await E(steward).invite(60n);
  for (let place = 0; place < 50; place += 1) ok(await E(owner).joinWith(invitation, next()));
  assert.deepEqual(await E(owner).joinWith(invitation, next()), { ok: false, code: 'quota' });
  assert.equal((await placesOf(owner)).length, 50);
  assert.equal(await participants(), 51n);
});

test('a place that is held already is not listed twice', async () => {
  const invitation = await E(steward).invite(60n);
  const place = ok(await E(invitation).join('Ana', next()));
  const again = await makeEcho(place);
  ok(await E(owner).joinWith(again, next()));
  ok(await E(owner).joinWith(again, next()));
  assert.equal((await placesOf(owner)).length, 1);
});

test('a member comes back by their key, and each key is another', async () => {
  const keyLink = async () => ((await E(owner).keyLink()) as { secret: string }).secret;
  const secret = await keyLink();
  // The same wallet, by a facet of another device.
  const again = (await E(node.enlivener).enliven(secret)) as Facet<WalletOwner>;
  assert.notEqual(again, owner);
  ok(await E(again).join(await link(), next()));
  assert.equal((await placesOf(owner)).length, 1);
  assert.notEqual(await keyLink(), secret);
});

test('what others have of a member tells the name and nothing else', async () => {
  const payee = await E(owner).payee();
  assert.deepEqual(await E(payee).view(), { name: 'Ana', accepts: [] });
  const asOwner = payee as unknown as Facet<WalletOwner>;
  await assert.rejects(E(asOwner).keyLink());
  await assert.rejects(E(asOwner).join(await link(), next()));
});

test('the steps in between cannot be taken from outside', async () => {
  const asSteps = owner as unknown as Facet<{ entered(id: string, answer: unknown): unknown }>;
  await assert.rejects(E(asSteps).entered(next(), { ok: true, market: 'x' }));
});

test('a page hears of a market that was joined', async () => {
  const since = await E(owner).changes();
  const change = E(owner).changes(since);
  ok(await E(owner).join(await link(), next()));
  assert.notEqual(await change, since);
});

test('a joining that a restart cut off anywhere goes on where it stopped', async () => {
  const request = next();
  const moments = await restartEverywhere(
    async (first) => {
      const market = await makeMarket(first);
      const { secret } = (await E(market).inviteLink(1n, next())) as { secret: string };
      const invitation = (await E(first.enlivener).enliven(secret)) as Facet<Invitation>;
      return { market, wallet: await makeWallet(first, 'Ana'), invitation };
    },
    async ({ wallet, invitation }) => ok(await E(wallet).joinWith(invitation, request)),
    async ({ market, wallet, invitation }) => {
      assert.deepEqual(await E(wallet).joinWith(invitation, request), {
        ok: true,
        place: 'Tianguis',
      });
      assert.equal((await placesOf(wallet)).length, 1);
      assert.equal((await E(market).view()).participants, 2n);
    },
  );
  assert.ok(moments >= 2, `${moments} moments`);
});

test('a link that opens once is enough for a joining that a restart cut off', async () => {
  const request = next();
  let invitation = '';
  await restartEverywhere(
    async (first) => {
      const market = await makeMarket(first);
      invitation = await E(first.grantor).sturdy(await E(market).invite(), { uses: 1n });
      return { market, wallet: await makeWallet(first, 'Ana') };
    },
    async ({ wallet }) => ok(await E(wallet).join(invitation, request)),
    async ({ market, wallet }) => {
      // Between the opening and the first note of it the link can be lost; never the place.
      const answer = await E(wallet)
        .join(invitation, request)
        .catch(() => undefined);
      const joined = answer?.ok === true ? 1 : 0;
      assert.equal((await placesOf(wallet)).length, joined);
      assert.equal((await E(market).view()).participants, BigInt(joined) + 1n);
    },
  );
});

test('a wallet joins a market on another node', async () => {
  const start = async () => {
    const own = await makeTestNode();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    own.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);
    const stop = async () => {
      await own.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return { own, stop };
  };
  const here = await start();
  const there = await start();
  const market = await makeMarket(there.own, { name: 'Allá' });
  const wallet = await makeWallet(here.own, 'Ana');
  const invitation = await link(1n, market);
  const request = next();
  assert.deepEqual(await E(wallet).join(invitation, request), { ok: true, place: 'Allá' });
  assert.deepEqual(await E(wallet).join(invitation, request), { ok: true, place: 'Allá' });
  const [place] = await placesOf(wallet);
  assert.equal((await E(place!).view()).name, 'Ana');
  assert.equal((await E(market).view()).participants, 2n);
  await there.stop();
  // What is settled is answered from here.
  assert.deepEqual(await E(wallet).join(invitation, request), { ok: true, place: 'Allá' });
  await here.stop();
});

test('every facet of a wallet describes itself in both languages', async () => {
  assert.deepEqual(await descriptionFaults(owner), []);
  assert.deepEqual(await descriptionFaults(await E(owner).payee()), []);
});
