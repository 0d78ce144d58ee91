import {
  type ManualTime,
  type TestNode,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type {
  Founded,
  Joined,
  MarketCares,
  MarketFounding,
  MarketMaker,
  MarketParams,
  Participant,
  ReceptionOperator,
  Steward,
  WalletOwner,
} from '@pocas/market-actors';
import type { Facet, VatMaker } from '@pocas/vat-runtime';
import { bundleVat, makePower } from '@pocas/vat-runtime/node';

const bundles = {
  market: bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/market'))),
  wallet: bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/wallet'))),
  reception: bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/reception'))),
};

let count = 0;
/** A fresh request. */
export const next = (): string => `a request nobody guesses ${(count += 1)}`;
/** Counts requests from here on: for a story that is told twice. */
export const countFrom = (first: number): void => void (count = first);

/** The answer where it is no refusal. Fails where it is. */
export const ok = <T extends { ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  // The assertion tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

type FoundingParams = Partial<MarketParams>;

/** The secret of a test's market: 32 bytes that are not random. */
export const testSecret = (byte = 7): string => Buffer.alloc(32, byte).toString('base64url');

/** A market's vat, before anybody has claimed it. */
export const makeMarketVat = async (
  node: TestNode,
  params: FoundingParams = {},
  powers: object = {},
): Promise<Facet<MarketFounding>> =>
  (await node.makeVat({
    module: await bundles.market,
    label: 'market',
    powers: {
      clock: node.clock,
      timer: node.timer,
      grantor: node.grantor,
      enlivener: node.enlivener,
      ...powers,
    },
    params: { name: 'Tianguis', secret: testSecret(), ...params },
  })) as Facet<MarketFounding>;

/** A market with its founder, who is its first participant, and what they care for. */
/** Of a market without a body of decision. */
export type FoundedMarket = Founded & Required<MarketCares>;
export const withCares = (founded: Founded): FoundedMarket => ({
  ...founded,
  ...(founded.cares as Required<MarketCares>),
});
export const foundMarket = async (
  node: TestNode,
  params: FoundingParams = {},
): Promise<FoundedMarket> =>
  withCares(ok(await E(await makeMarketVat(node, params)).claim('Fundadora', next())));

export const makeMarket = async (
  node: TestNode,
  params: FoundingParams = {},
): Promise<Facet<Steward>> => (await foundMarket(node, params)).steward;

export const makeWallet = async (
  node: TestNode,
  name: string,
  secret = randomBytes(32).toString('base64url'),
): Promise<Facet<WalletOwner>> =>
  (await node.makeVat({
    module: await bundles.wallet,
    label: 'wallet',
    powers: { clock: node.clock, enlivener: node.enlivener, grantor: node.grantor },
    params: { name, secret },
  })) as Facet<WalletOwner>;

/** The node's power to make wallets, to be defined again after each start. */
export const defineWalletMaker = async (node: TestNode): Promise<VatMaker> => {
  const module = await bundles.wallet;
  const powers = { clock: node.clock, enlivener: node.enlivener, grantor: node.grantor };
  return node.definePowerOfEach('wallet', () =>
    makePower(
      'WalletMaker',
      M.interface('WalletMaker', { make: M.call(M.any()).returns(M.any()) }),
      {
        make: (params: object) =>
          node.makeVat({
            ...{ module, label: 'wallet', powers },
            params: { ...params, secret: randomBytes(32).toString('base64url') },
          }),
      },
    ),
  ) as unknown as VatMaker;
};

/** The node's power to make markets, each with a secret of its own. */
export const defineMarketMaker = (node: TestNode): Facet<MarketMaker> =>
  // The cast says what it is to the vats that hold it.
  node.definePowerOfEach('market', () =>
    makePower(
      'MarketMaker',
      M.interface('MarketMaker', { make: M.call(M.any()).returns(M.any()) }),
      {
        make: (wish: object) => makeMarketVat(node, { ...wish, secret: testSecret((count += 1)) }),
      },
    ),
  ) as unknown as Facet<MarketMaker>;

export const makeReception = async (
  node: TestNode,
  walletMaker: object,
  steward?: Facet<Steward>,
  marketMaker?: Facet<MarketMaker>,
): Promise<Facet<ReceptionOperator>> =>
  (await node.makeVat({
    module: await bundles.reception,
    label: 'reception',
    powers: {
      walletMaker,
      grantor: node.grantor,
      ...(marketMaker === undefined ? {} : { makers: { market: marketMaker } }),
    },
    params: { name: 'La Poca', ...(steward === undefined ? {} : { steward }) },
  })) as Facet<ReceptionOperator>;

/** A person in a market. */
export type Person = {
  readonly name: string;
  readonly self: Facet<Participant>;
  view(): ReturnType<Participant['view']> extends infer View ? Promise<View> : never;
  /** One of their pages. The cast says what the caller knows of it. */
  desk<T>(mechanism: string): Promise<T>;
};

export const asPerson = (name: string, self: Facet<Participant>): Person => ({
  name,
  self,
  view: () => E(self).view(),
  desk: async <T>(mechanism: string) => (await E(self).desk(mechanism)) as T,
});

export const join = async (steward: Facet<Steward>, name: string): Promise<Person> => {
  const invitation = await E(steward).invite();
  const { participant } = ok(await E(invitation).join(name, next())) as Joined;
  return asPerson(name, participant);
};

/** Fails where value was made or lost. */
export const checkSum = async (steward: Facet<Steward>): Promise<void> => {
  const auditor = await E(steward).auditor();
  const { sum } = await E(auditor).statement();
  assert.equal(sum, 0n);
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
 *
 * @param moments - about how many of these moments are tried, evenly; all where it is not said
 * @param define - defines other powers of the program, which it does at each start
 * @returns how many batches `act` wrote
 */
export const restartEverywhere = async <Facets extends { readonly [name: string]: object }>(
  prepare: (node: TestNode) => Promise<Facets>,
  act: (facets: Facets) => Promise<unknown>,
  after: (facets: Facets, node: TestNode) => Promise<unknown>,
  {
    time,
    moments = Infinity,
    define,
  }: {
    readonly time?: ManualTime;
    readonly moments?: number;
    readonly define?: (node: TestNode) => unknown;
  } = {},
): Promise<number> => {
  const { storage, batches } = makeRecordingStorage();
  const clock = time === undefined ? {} : { time };
  const first = await makeTestNode({ storage, ...clock });
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

  const step = Math.max(1, Math.ceil((end - start) / moments));
  for (let count = start; count <= end; count += step) {
    const rebuilt = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await rebuilt.write(rows);
    const node = await makeTestNode({ storage: rebuilt, secrets: first.secrets, ...clock });
    // A wallet maker is a power that a program defines at each start.
    await defineWalletMaker(node);
    await define?.(node);
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
