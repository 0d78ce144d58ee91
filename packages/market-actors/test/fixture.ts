import { type TestNode, makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  Joined,
  MarketParams,
  Ordered,
  Offered,
  OrderBuyer,
  OrderSeller,
  Participant,
  ReceptionOperator,
  Steward,
  WalletOwner,
} from '@pocas/market-actors';
import type { Facet, VatMaker } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';

const bundles = {
  market: bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/market'))),
  wallet: bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/wallet'))),
  reception: bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/reception'))),
};

let count = 0;
/** A fresh request. */
export const next = (): string => `a request nobody guesses ${(count += 1)}`;

/** The answer where it is no refusal. Fails where it is. */
export const ok = <T extends { ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  // The assertion tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

export const makeMarket = async (
  node: TestNode,
  params: MarketParams = { name: 'Tianguis' },
): Promise<Facet<Steward>> =>
  (await node.makeVat({
    module: await bundles.market,
    label: 'market',
    powers: { grantor: node.grantor, clock: node.clock, timer: node.timer },
    params,
  })) as Facet<Steward>;

export const makeWallet = async (node: TestNode, name: string): Promise<Facet<WalletOwner>> =>
  (await node.makeVat({
    module: await bundles.wallet,
    label: 'wallet',
    powers: { enlivener: node.enlivener, grantor: node.grantor },
    params: { name },
  })) as Facet<WalletOwner>;

/** The node's power to make wallets, to be defined again after each start. */
export const defineWalletMaker = async (node: TestNode): Promise<VatMaker> =>
  node.defineVatMaker('wallet', {
    module: await bundles.wallet,
    label: 'wallet',
    powers: { enlivener: node.enlivener, grantor: node.grantor },
  });

export const makeReception = async (
  node: TestNode,
  walletMaker: object,
  steward?: Facet<Steward>,
): Promise<Facet<ReceptionOperator>> =>
  (await node.makeVat({
    module: await bundles.reception,
    label: 'reception',
    powers: { walletMaker, grantor: node.grantor },
    params: { name: 'La Poca', ...(steward === undefined ? {} : { steward }) },
  })) as Facet<ReceptionOperator>;

/** A person in a market, with what they do there in a word. */
export type Person = {
  readonly name: string;
  readonly self: Facet<Participant>;
  view(): ReturnType<Participant['view']> extends infer View ? Promise<View> : never;
  offer(what: string, price?: bigint, quantity?: bigint): Promise<Offered['offer']>;
  /** Orders what is offered under this name. */
  order(what: string, quantity?: bigint): Promise<Facet<OrderBuyer>>;
  /** The seller's facet of the newest order. */
  lastSale(): Promise<Facet<OrderSeller>>;
};

export const asPerson = (name: string, self: Facet<Participant>): Person => ({
  name,
  self,
  view: () => E(self).view(),
  async offer(what, price = 5n, quantity = 3n) {
    return ok(await E(self).offer(what, `about ${what}`, price, quantity, next())).offer;
  },
  async order(what, quantity = 1n) {
    const { offers } = await E(self).view();
    const { offer } = offers.find((one) => one.what === what)!;
    return (ok(await E(self).order(offer, quantity, next())) as Ordered).order;
  },
  async lastSale() {
    const { sales } = await E(self).view();
    return sales.filter(({ act }) => act !== undefined).at(-1)!.order;
  },
});

export const join = async (steward: Facet<Steward>, name: string): Promise<Person> => {
  const invitation = await E(steward).invite();
  const { participant } = ok(await E(invitation).join(name, next())) as Joined;
  return asPerson(name, participant);
};

/** Brings an order from the escrow to its good end. */
export const complete = async (
  buyer: Facet<OrderBuyer>,
  seller: Facet<OrderSeller>,
): Promise<void> => {
  ok(await E(seller).ready());
  ok(await E(seller).handOver());
  ok(await E(buyer).accept());
};

/** Fails where value was made or lost, seen from the auditor and from the people. */
export const checkSum = async (steward: Facet<Steward>, people: Person[]): Promise<void> => {
  const auditor = await E(steward).auditor();
  const { sum, held } = await E(auditor).statement();
  assert.equal(sum, 0n);
  const views = await Promise.all(people.map((one) => one.view()));
  assert.equal(
    views.reduce((total, view) => total + view.balance + view.held, 0n),
    0n,
    'balances and what is set aside sum to zero',
  );
  assert.equal(
    views.reduce((total, view) => total + view.held, 0n),
    held,
    'nothing else is set aside',
  );
  for (const { balance, limit } of views) assert.ok(balance >= -limit, 'nobody is below the limit');
};

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];

/** A store that remembers its batches, so that a test can go back to any of them. */
const makeRecordingStorage = () => {
  const storage = makeMemoryStorage();
  const batches: Rows[] = [];
  return {
    storage: {
      ...storage,
      write(rows: Rows) {
        batches.push(rows);
        return storage.write(rows);
      },
    },
    batches,
  };
};

/**
 * Starts a node again as if it had been killed after each batch of `act`, and checks each time
 * what `after` expects. The facets are those that `prepare` made, enlivened in the new node.
 */
export const restartEverywhere = async <Facets extends { readonly [name: string]: object }>(
  prepare: (node: TestNode) => Promise<Facets>,
  act: (facets: Facets) => Promise<unknown>,
  after: (facets: Facets, node: TestNode) => Promise<unknown>,
): Promise<number> => {
  const { storage, batches } = makeRecordingStorage();
  const first = await makeTestNode({ storage });
  const facets = await prepare(first);
  const keys = await Promise.all(
    Object.entries(facets).map(
      async ([name, facet]) => [name, await E(first.grantor).sturdy(facet)] as const,
    ),
  );
  await first.settled();
  const start = batches.length;
  await act(facets);
  await first.settled();
  const end = batches.length;
  await first.stop();

  for (let count = start; count <= end; count += 1) {
    const rebuilt = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await rebuilt.write(rows);
    const node = await makeTestNode({ storage: rebuilt, secrets: first.secrets });
    // A wallet maker is a power that a program defines at each start.
    await defineWalletMaker(node);
    const again = await Promise.all(
      keys.map(async ([name, key]) => [name, await E(node.enlivener).enliven(key)] as const),
    );
    // The cast holds because the keys are those of the facets, under the same names.
    await after(Object.fromEntries(again) as unknown as Facets, node);
    await node.stop();
  }
  return end - start;
};

export { makeTestNode };
export type { TestNode };
