/** How orders join a market: the first of its mechanisms, since all the others end in them. */
import type { Facet } from '@pocas/vat-runtime';
import type { Mechanism } from '../inside/types.ts';
import { makeOrderBook } from './book.ts';
import { makeOrderDesk } from './desk.ts';
import type { OrderBook } from './inside.ts';

export const orderMechanism: Mechanism = {
  name: 'order',
  isShown: true,
  found: (market) => ({ part: makeOrderBook(market) }),
  desk: makeOrderDesk,
  endEpoch: (market, epoch) => (market.part('order') as Facet<OrderBook>).endEpoch(epoch),
};
