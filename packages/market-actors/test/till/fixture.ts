/** A market with people who sell, withdraw and buy at its till; over any references to it, near or far. */
import { makeManualTime } from '@pocas/vat-runtime/testing';
import { E } from '@endo/far';
import type { MintKeys } from '@pocas/clearing/blind';
import type { HeldToken, OpenAct, Purse } from '@pocas/clearing/purse';
import { askFor, emptyPurse, finish, learn, pay, paymentOf, purseKey } from '@pocas/clearing/purse';
import type { MarketPublic, Participant } from '@pocas/market-actors';
import { saleContext } from '@pocas/market-actors';
import type { BlindDesk, BlindOrder, ForSale, Purchase, Till } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { sha256 } from '@pocas/vat-runtime';
import type { FoundedMarket, Person, TestNode } from '../fixture.ts';
import { foundMarket, join, makeTestNode, next, ok } from '../fixture.ts';

// `any`: the desks of other rooms, whose types are not this test's business.
type Any = any;

export const pack = [1n, 1n, 2n, 4n, 8n, 16n];
const denominations = [1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n, 256n];

/** A wallet's side: a key, and the record that each act replaces. */
export type Wallet = { readonly key: string; purse: Purse };

export const walletOf = (name: string, keys: MintKeys): Wallet => ({
  key: purseKey(sha256(name), keys.market),
  purse: ok(learn(emptyPurse(keys.market), keys)).purse,
});

export const tillOf = async (marketPublic: Facet<MarketPublic>): Promise<Facet<Till>> => {
  const { pages } = await E(marketPublic).describe();
  for (const page of pages as readonly Any[]) {
    const methods = (await E(page).view()) as object;
    if ('offers' in methods && 'name' in methods && 'unit' in methods) return page as Facet<Till>;
  }
  throw Error('no till');
};

export const withdraw = async (
  participant: Facet<Participant>,
  wallet: Wallet,
  denoms: readonly bigint[] = pack,
): Promise<void> => {
  const desk = (await E(participant).desk('till')) as Facet<BlindDesk>;
  const { purse, act, requestId, batches } = askFor(
    wallet.purse,
    wallet.key,
    'account',
    'credit',
    denoms,
  );
  wallet.purse = purse;
  const answer = ok(await E(desk).withdraw(batches, requestId));
  wallet.purse = ok(finish(wallet.purse, wallet.key, act, answer)).purse;
};

export type Bought = { readonly order: Facet<BlindOrder>; readonly act: OpenAct };
export const purchaseOf = (
  { offer, number, own }: ForSale,
  quantity = 1n,
  note = '',
): Purchase => ({ offer, number, alternative: 0n, quantity, price: own * quantity, note });

/** Begins a purchase: what is sent, and what is kept meanwhile. */
export const beginPurchase = (
  wallet: Wallet,
  purchase: Purchase,
  only: (token: HeldToken) => boolean = () => true,
) => {
  const tokens = wallet.purse.tokens.filter(only);
  const rest = wallet.purse.tokens.filter((one) => !only(one));
  const begun = ok(
    pay(
      { ...wallet.purse, tokens },
      wallet.key,
      purchase.price,
      saleContext(purchase),
      denominations,
    ),
  );
  wallet.purse = { ...begun.purse, tokens: [...begun.purse.tokens, ...rest] };
  return begun;
};

export const sendPurchase = (
  till: Facet<Till>,
  wallet: Wallet,
  purchase: Purchase,
  act: OpenAct,
) => {
  const { tokens, change } = paymentOf(wallet.purse, wallet.key, act);
  return E(till).pay(purchase, tokens, change, act.requestId);
};

export const buy = async (
  till: Facet<Till>,
  wallet: Wallet,
  purchase: Purchase,
  only?: (token: HeldToken) => boolean,
): Promise<Bought> => {
  const { act } = beginPurchase(wallet, purchase, only);
  const answer = ok(await sendPurchase(till, wallet, purchase, act));
  wallet.purse = ok(finish(wallet.purse, wallet.key, act, answer)).purse;
  return { order: answer.order, act };
};

export type Fair = {
  readonly node: TestNode;
  readonly time: ReturnType<typeof makeManualTime>;
  readonly founded: FoundedMarket;
  readonly till: Facet<Till>;
  readonly seller: Person;
  readonly people: Readonly<Record<'ana' | 'beto', Person>>;
  keys(): Promise<MintKeys>;
  sale(what?: string): Promise<ForSale>;
  /** The seller's facet of the newest order that is open. */
  lastSale(): Promise<Any>;
  /** The seller's facet of an order. */
  saleOf(order: Facet<BlindOrder>): Promise<Any>;
  /** Fails where value was made or lost. */
  check(): Promise<void>;
};

export const week = 604_800_000;

export const makeFair = async (params = {}): Promise<Fair> => {
  const time = makeManualTime(1_800_000_000_000);
  const node = await makeTestNode({
    time,
    epochs: { zero: 1_800_000_000_000n, length: BigInt(week) },
    print: () => {},
  });
  const founded = await foundMarket(node, { charter: { baseLimit: 100n }, ...params });
  const till = await tillOf(founded.marketPublic);
  const seller = await join(founded.steward, 'Vera');
  const [ana, beto] = [await join(founded.steward, 'Ana'), await join(founded.steward, 'Beto')];
  const shop = await seller.desk<Any>('offer');
  ok((await E(shop).offer('bread', 'of rye', 13n, 20n, next())) as Any);
  return {
    node,
    time,
    founded,
    till,
    seller,
    people: { ana, beto },
    keys: () => E(till).keys(),
    async sale(what = 'bread') {
      const { offers } = await E(till).view();
      return offers.find((one) => one.what === what)!;
    },
    async lastSale() {
      const desk = await seller.desk<Any>('order');
      const { sales } = await E(desk).view();
      return sales.at(-1).order;
    },
    async saleOf(order) {
      const { number } = await E(order).view();
      const desk = await seller.desk<Any>('order');
      const { sales } = await E(desk).view();
      for (const sale of sales) {
        if ((await E(sale.order).view()).number === number) return sale.order;
      }
      throw Error('no such sale');
    },
    async check() {
      const { sum } = await E(founded.auditor).statement();
      if (sum !== 0n) throw Error(`the sum is ${sum}`);
    },
  };
};
