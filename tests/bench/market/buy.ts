/** People who buy from each other, over any references to their market: near or at another node. */
import { E } from '@endo/far';
import type {
  BlindDesk,
  BlindOrder,
  MarketPublic,
  OrderBuyer,
  OrderSeller,
  Purchase,
  Till,
} from '@pocas/market-actors';
import { saleContext } from '@pocas/market-actors';
import {
  type Purse,
  askFor,
  emptyPurse,
  finish,
  learn,
  pay,
  paymentOf,
  purseKey,
} from '@pocas/clearing/purse';
import type { MintKeys } from '@pocas/clearing/blind';
import { type Facet, sha256 } from '@pocas/vat-runtime';
import { type Way, allCounts, pack, price } from './modes.ts';
import type { BenchMarket, Trader } from './vats/market.ts';

const denominations = [1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n, 256n];

/** How many members the most buyers need: two for each. */
export const members = 2 * Math.max(...allCounts);

let requests = 0;
const next = (): string => sha256(`${process.pid} asks ${(requests += 1)}`);

const ok = <T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  if (!answer.ok) throw Error(`Cannot measure: refused (${JSON.stringify(answer)})`);
  // The line above tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

type Person = Trader & {
  readonly desk: Facet<BlindDesk>;
  readonly key: string;
  purse: Purse;
  readonly purchase: Purchase;
};

export const tillOf = async (marketPublic: Facet<MarketPublic>): Promise<Facet<Till>> => {
  const { pages } = await E(marketPublic).describe();
  for (const page of pages) {
    const view = await E(page as Facet<Till>).view();
    if ('offers' in view && 'unit' in view) return page as Facet<Till>;
  }
  throw Error('Cannot measure: there is no till');
};

/** The seller's side of the latest order, which they see in their list. */
const sell = async (seller: Person): Promise<void> => {
  const { sales } = await E(seller.orders).view();
  // The cast holds: those are of the seller.
  ok(await E(sales[0]!.order as Facet<OrderSeller>).handOver());
};

const buyOpen = async (buyer: Person, seller: Person): Promise<void> => {
  const { order } = ok(await E(buyer.shop).order(seller.offer, 1n, next()));
  await sell(seller);
  ok(await E(order as Facet<OrderBuyer>).accept());
};

/** Withdraws a pack, and pays with all of it. */
const buyBlind = async (till: Facet<Till>, buyer: Person, seller: Person): Promise<void> => {
  const asked = askFor(buyer.purse, buyer.key, 'account', 'credit', pack);
  const issued = ok(await E(buyer.desk).withdraw(asked.batches, asked.requestId));
  buyer.purse = ok(finish(asked.purse, buyer.key, asked.act, issued)).purse;
  const { purchase } = seller;
  const begun = ok(pay(buyer.purse, buyer.key, price, saleContext(purchase), denominations));
  const { tokens, change } = paymentOf(begun.purse, buyer.key, begun.act);
  const bought = ok(await E(till).pay(purchase, tokens, change, begun.act.requestId));
  buyer.purse = ok(finish(begun.purse, buyer.key, begun.act, bought)).purse;
  await sell(seller);
  ok(await E(bought.order as Facet<BlindOrder>).accept());
};

/** @returns makes one order of a buyer. Two people buy from each other in turn, so that nobody gets into debt */
export const makeBuyers = async (
  market: BenchMarket,
  marketPublic: Facet<MarketPublic>,
): Promise<(way: Way, buyer: number) => Promise<void>> => {
  const till = await tillOf(marketPublic);
  const keys: MintKeys = await E(till).keys();
  const people: Person[] = [];
  for (const [index, trader] of (await E(market).traders(0n, BigInt(members))).entries()) {
    const { offer, participant } = trader;
    const number = await E(offer).number();
    people.push({
      ...trader,
      desk: (await E(participant).desk('till')) as Facet<BlindDesk>,
      key: purseKey(sha256(`wallet ${index}`), keys.market),
      purse: ok(learn(emptyPurse(keys.market), keys)).purse,
      purchase: { offer, number, alternative: 0n, quantity: 1n, price, note: '' },
    });
  }
  const bought = new Map<number, number>();
  return async (way, buyer) => {
    const times = bought.get(buyer) ?? 0;
    bought.set(buyer, times + 1);
    const pair = [people[2 * buyer]!, people[2 * buyer + 1]!];
    const [one, other] = times % 2 === 0 ? pair : pair.toReversed();
    await (way === 'open' ? buyOpen(one!, other!) : buyBlind(till, one!, other!));
  };
};
