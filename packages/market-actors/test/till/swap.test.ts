/**
 * Who bought what (SPEC 7.2): the same story twice, with two holders of equal packs swapped as the buyer.
 * What the market's vat keeps afterwards, all of its rows and its journal, has to be the same.
 *
 * **What makes bytes comparable.** Whoever buys has the wallet key `buyer`, the other one `other`; so in the
 * second story the keys are swapped with the people; and each buys at other hours of the epoch. Everything that is sent to the till follows from the
 * key and is the same bytes in both. What Ana sends in her own session is in the one story what Beto sends
 * in the other.
 *
 * **What is replaced before the comparison**, wherever it stands:
 * 1. what a person sent to the market in a session of his own: the blinded elements of withdrawals and
 *    their request, and what follows from these: a digest and a request to the ledger. The n-th of Ana's becomes `ana n`,
 *    the n-th of Beto's `beto n`. It is one name for one text and one text for one name, so it hides nothing:
 *    were one of these texts kept with an order, that order would say `ana 3` in the one story and `beto 3`
 *    in the other. That they are all that there is to replace is what the comparison itself says.
 * 2. the rows' checksums and the hash chain over them, in the journal of the vat. They are reckoned from the
 *    rows, which are compared themselves.
 * After that, only the order of the keys of a collection is put right, which follows from their bytes.
 *
 * The elements themselves cannot be told apart by anybody: for each element and each seed there is one and
 * only one blind that leads from the seed to the element (the group is of prime order), and blinds are
 * uniform. So no element says more of one seed than of another.
 *
 * The last tests tell stories in which something leads to the buyer, and the comparison finds each.
 */
import type { ForSale, Purchase, Till } from '@pocas/market-actors';
import type { Wallet } from './fixture.ts';
import { beginPurchase, makeFair, purchaseOf, sendPurchase, walletOf } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { E } from '@endo/far';
import type { Batch } from '@pocas/clearing/blind';
import type { OpenAct } from '@pocas/clearing/purse';
import { askFor, finish, learn, swap } from '@pocas/clearing/purse';
import type { BlindDesk, BlindOrder, Participant } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { hmac, parseSturdyRef, sha256 } from '@pocas/vat-runtime';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { LINK_PATH, dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { Fair } from './fixture.ts';
import { countFrom, ok, testSecret } from '../fixture.ts';
import { plain } from './rows.ts';

// `any`: rows as they come out of JSON.
type Any = any;
type Name = 'ana' | 'beto';
const names: readonly Name[] = ['ana', 'beto'];
const hour = 3_600_000;
const pack = [1n, 1n, 2n, 4n, 8n, 16n];

/** What the buyer might give away of himself. */
type Leak = (who: { name: Name; withdrawn: readonly string[] }) => string;

/** As `first32` of `clearing/blind/texts.ts`. */
const first32 = (text: string): string => {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, 42) + digits[digits.indexOf(text[42]!) & ~3]!;
};
const mintSecret = sha256(hmac(testSecret(), 'pocas market\nmint'));
/** The request to the ledger that follows from a withdrawal's, as `mint-acts.ts` makes it. */
const innerRequest = (requestId: string): string =>
  first32(
    hmac(
      mintSecret,
      JSON.stringify(['blind credits, request to the ledger', 'withdraw', requestId]),
    ),
  );
/** The digest of a withdrawal, by which the mint knows a repetition. */
const digestOf = (batches: readonly Batch[]): string => {
  const contents = ['withdraw', batches.map(({ denom, blinded }) => [`${denom}n`, ...blinded])];
  return first32(hmac(mintSecret, `blind credits, contents of an act ${JSON.stringify(contents)}`));
};

/** A program of somebody's: it is known by a key for this session alone. */
const makeDoor = async ({ node }: Fair) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}${LINK_PATH}`;
  node.listen(server, url);
  return {
    async enter(facet: object): Promise<Session> {
      const { designator, swiss } = parseSturdyRef(node.grantor.sturdy(facet));
      await node.settled();
      return connect(`ocapn://${designator}.websocket/s/${swiss}?url=${encodeURIComponent(url)}`, {
        dial: (location) => dialChannel(location),
        ciphers: nodeCiphers,
        random: (length) => new Uint8Array(randomBytes(length)),
        later: (task) => void setImmediate(task),
      });
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};

/** Names of texts, by what they replace. */
type Names = Map<string, string>;

/** @param leak - for a short story, in which the buyer says this to the seller */
const tell = async (buyer: Name, leak?: Leak) => {
  countFrom(0);
  const fair = await makeFair();
  const { node, time, till, people } = fair;
  const door = await makeDoor(fair);
  const keys = await fair.keys();
  const replaced: Names = new Map();
  const texts: Record<Name, string[]> = { ana: [], beto: [] };
  const note = (name: Name, ...more: readonly string[]): void => {
    for (const text of more) {
      replaced.set(text, `<${name} ${texts[name].length}>`);
      texts[name].push(text);
    }
  };
  const wallets = Object.fromEntries(
    names.map((name) => [name, walletOf(name === buyer ? 'buyer' : 'other', keys)]),
  ) as Record<Name, Wallet>;

  // Both are in sessions of their own all the while.
  const sessions = {} as Record<Name, Session>;
  for (const name of names) sessions[name] = await door.enter(people[name].self);
  const inOwn = async (name: Name): Promise<Facet<BlindDesk>> =>
    (await E((await sessions[name].object) as Facet<Participant>).desk('till')) as Facet<BlindDesk>;
  const withdraw = async (name: Name): Promise<void> => {
    const wallet = wallets[name];
    const { purse, act, requestId, batches } = askFor(
      wallet.purse,
      wallet.key,
      'account',
      'credit',
      pack,
    );
    note(
      name,
      requestId,
      innerRequest(requestId),
      digestOf(batches),
      ...batches.flatMap((one) => one.blinded),
    );
    const answer = ok(await E(await inOwn(name)).withdraw(batches, requestId));
    wallet.purse = ok(finish(purse, wallet.key, act, answer)).purse;
    await node.rest();
  };
  /** In a session that nothing else is done in. */
  const atTill = async <T>(act: (till: Facet<Till>) => Promise<T>): Promise<T> => {
    const session = await door.enter(till);
    try {
      return await act((await session.object) as Facet<Till>);
    } finally {
      session.close();
      await session.closed;
      await node.rest();
    }
  };

  /** To a moment of the story, in hours. What is done at the till is done at another hour by each. */
  let now = 0;
  const at = async (hours: number): Promise<void> => {
    time.pass((hours - now) * hour);
    now = hours;
    await node.rest();
  };
  const habit = buyer === 'ana' ? 1 : 5;

  for (const [index, name] of names.entries()) {
    await at(1 + index);
    await withdraw(name);
  }
  await at(10 + habit);
  const wallet = wallets[buyer];
  const buy = async (quantity: bigint): Promise<OpenAct> =>
    atTill(async (here) => {
      const { offers } = await E(here).view();
      const purchase: Purchase = {
        ...purchaseOf(offers[0] as ForSale, quantity),
        note: leak?.({ name: buyer, withdrawn: texts[buyer] }) ?? '',
      };
      const { act } = beginPurchase(wallet, purchase);
      const answer = ok(await sendPurchase(here, wallet, purchase, act));
      wallet.purse = ok(finish(wallet.purse, wallet.key, act, answer)).purse;
      // As when the answer was lost.
      ok(await sendPurchase(here, wallet, purchase, act));
      return act;
    });
  const withOrder = <T>({ requestId }: OpenAct, act: (order: Facet<BlindOrder>) => Promise<T>) =>
    atTill(async (here) => act(ok(await E(here).order(requestId)).order));

  /** Whatever can be done at a till. */
  const tellAll = async (): Promise<void> => {
    // One purchase to its good end, one that is called off and fetched, and old credits for new ones.
    const kept = await buy(1n);
    await at(20);
    const sale = await fair.lastSale();
    ok(await E(sale).ready());
    ok(await E(sale).handOver());
    await at(30 + habit);
    await withOrder(kept, async (order) => ok(await E(order).accept()));
    const regretted = await buy(1n);
    await withOrder(regretted, async (order) => ok(await E(order).cancel()));
    await withOrder(regretted, async (order) => {
      const { purse, act, requestId, batches } = askFor(
        wallet.purse,
        wallet.key,
        'till',
        'credit',
        [1n, 4n, 8n],
      );
      const answer = ok(await E(order).refund(batches, requestId));
      wallet.purse = ok(finish(purse, wallet.key, act, answer)).purse;
    });
    await atTill(async (here) => {
      const begun = swap(wallet.purse, wallet.key, wallet.purse.tokens);
      const { tokens, change } = begun.payment;
      const answer = ok(await E(here).swap(tokens, change, begun.requestId));
      wallet.purse = ok(finish(begun.purse, wallet.key, begun.act, answer)).purse;
    });

    // And both go on, each in the own session.
    await at(50);
    for (const name of names) {
      await E((await sessions[name].object) as Facet<Participant>).view();
      await withdraw(name);
    }
    await at(24 * 7);
    await at(24 * 7 + 10 + habit);
    wallet.purse = ok(learn(wallet.purse, await fair.keys())).purse;
    // Of one that is over little is kept, so one is left open.
    await buy(1n);
  };

  if (leak !== undefined) await buy(1n);
  else await tellAll();
  for (const name of names) sessions[name].close();
  await node.rest();
  const rows = await node.storage.list('v/1/');
  await fair.check();
  await node.stop();
  await door.close();
  return { rows, replaced };
};

const ordered = (value: Any): Any => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, ordered(one)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
};

/** The rows with names in the place of the texts, in an order that does not depend on those. */
const normal = ({ rows, replaced }: Awaited<ReturnType<typeof tell>>): string[] => {
  const rename = (text: string): string =>
    // A text that begins with a hyphen is stored with a mark before it.
    [...replaced].reduce(
      (sum, [from, to]) => sum.replaceAll(`!${from}`, to).replaceAll(from, to),
      text,
    );
  return rows
    .map(([key, row]) => {
      // Rows begin with a checksum of eight digits.
      const text = rename(row.slice(8));
      const value = plain(key, text);
      const sorted = key.startsWith('v/1/k/') ? (value as string[]).toSorted() : ordered(value);
      return `${rename(key)} ${JSON.stringify(sorted)}`;
    })
    .toSorted();
};

const differences = (one: readonly string[], two: readonly string[]): string[] => {
  const there = new Set(two);
  return one.filter((row) => !there.has(row));
};

test('whoever of two holders of equal packs bought, the market’s vat keeps the same', async () => {
  const [one, two] = [await tell('ana'), await tell('beto')];
  const [first, second] = [normal(one), normal(two)];
  assert.ok(first.length > 100, `${first.length} rows`);
  assert.deepEqual(differences(first, second).slice(0, 5), []);
  assert.deepEqual(first, second);
  // It was a real change: without the names the rows differ.
  assert.notDeepEqual(one.rows, two.rows);
});

const leaks: Readonly<Record<string, Leak>> = {
  'an element of the withdrawal': ({ withdrawn }) => withdrawn[3]!,
  'the request of the withdrawal': ({ withdrawn }) => withdrawn[0]!,
};
test('an order that keeps something of its buyer is told apart, each time', async () => {
  for (const [what, leak] of Object.entries(leaks)) {
    const told = [normal(await tell('ana', leak)), normal(await tell('beto', leak))];
    assert.notDeepEqual(told[0], told[1], what);
  }
});
