import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import type { OrderKit, OrderParts } from '../order/types.ts';

export const placeOrder = (market: Facet<MarketInside>, parts: OrderParts): OrderKit | Refusal =>
  (market.part('order') as Facet<{ make(parts: OrderParts): OrderKit | Refusal }>).make(parts);
