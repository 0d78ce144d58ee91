/**
 * The visitor's side of a market: one facet for everybody, safe to post. It moves no value of the market's own,
 * so all that it has to bound is how many things visitors may keep from others.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, Mechanism } from '../inside/types.ts';
import { makeOrder } from '../order/order.ts';
import { VisitorI, VisitorInsideI } from './guards.ts';
import type { OffersForVisitors, Visitor, VisitorOrdered, VisitorView } from './types.ts';

/** How many orders of visitors are open in a market at a time. */
export const maxOpenOrders = 20n;

const offersOf = (market: Facet<MarketInside>): Facet<OffersForVisitors> =>
  market.part('offer') as Facet<OffersForVisitors>;

const makeVisitorKit = defineActor({
  name: 'Visitor',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    open: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    open: 0n,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { visitor: VisitorI, inside: VisitorInsideI },
  facets: {
    visitor: {
      view(): VisitorView {
        const { market } = this.state;
        return { market: market.name(), offers: offersOf(market).forVisitors() };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.visitor, offersOf(this.state.market));
      },
      order(
        offer: Facet<object>,
        quantity: bigint,
        note: string,
        requestId: string,
      ): VisitorOrdered | Refusal {
        const { state } = this;
        const { market, outcomes } = state;
        const { inside } = this.facets;
        return onceLately<VisitorOrdered | Refusal>(
          outcomes,
          market.now(),
          'order',
          requestId,
          () => {
            if (!market.isOpen()) return refuse('closed');
            if (state.open >= maxOpenOrders) return refuse('quota');
            const alternative = offersOf(market).outsideOf(offer);
            if (alternative === undefined) return refuse('unsupported');
            const quote = offersOf(market).quote(offer, quantity, alternative);
            if (!quote.ok) return quote;
            const { parts, outside } = quote;
            const delivery = [parts.delivery ?? '', note].filter((text) => text !== '').join(' · ');
            const legs = [{ kind: 'outside', what: outside }] as const;
            const made = makeOrder(market, { ...parts, delivery, legs, onEnd: inside });
            if (!made.ok) return made;
            state.open += 1n;
            return { ok: true, order: made.buyer, goto: made.buyer };
          },
        );
      },
    },
    inside: {
      visitor(): Facet<Visitor> {
        return this.facets.visitor;
      },
      ended(_phase: string, _paid: bigint, _returned: bigint): void {
        this.state.open -= 1n;
      },
    },
  },
  readOnly: ['visitor.changes'],
});

/** How visitors come into a market. */
export const visitorMechanism: Mechanism = {
  name: 'visitor',
  found: (market) => {
    const { inside } = makeVisitorKit(market);
    return { part: inside, publicPage: inside.visitor() };
  },
};
