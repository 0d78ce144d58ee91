/** A person's share in a market: their account, their offers, and their orders on both sides. */
import { M } from '@endo/patterns';
import type { Account, Payee, Refusal } from '@pocas/clearing';
import { once } from '@pocas/clearing/credit';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { MarketInside, OfferInside, OrderInside, ParticipantInside } from './inside.ts';
import { makeOffer } from './offer.ts';
import { makeOrder } from './order.ts';
import { ParticipantI, ParticipantInsideI } from './participant-guards.ts';
import { NameShape } from '../inside/shapes.ts';
import type {
  Offer,
  Offered,
  Ordered,
  OwnOfferItem,
  Participant,
  ParticipantView,
  PurchaseItem,
  SaleItem,
} from './types.ts';

/** What one participant may have open at a time, so that nobody can fill the market alone. */
export const maxOpenOffers = 20n;
export const maxOpenOrders = 20n;
/** How many open orders a page shows to a seller, who cannot help how many there are. */
export const shownSales = 20;
/** How many ended orders a page still shows, of each side. */
export const shownEnded = 5n;
// Together with the offers of others (`shownOffers` in market.ts) a view names at most
// 100 + 2 * 20 + 2 * 20 + 5 + 2 * 20 + 5 = 230 references. One message may carry 256.

type Orders = DurableMap<bigint, Facet<OrderInside>>;

const makeParticipantKit = defineActor({
  name: 'Participant',
  state: {
    number: M.nat(),
    name: NameShape,
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    account: typed<Facet<Account>>(M.remotable('account')),
    payee: typed<Facet<Payee>>(M.remotable('payee')),
    offers: typed<DurableMap<bigint, Facet<OfferInside>>>(M.any()),
    /** Open orders by their number. */
    purchases: typed<Orders>(M.any()),
    sales: typed<Orders>(M.any()),
    /** Ended ones, in the order in which they ended: 0, 1, 2 … */
    endedPurchases: typed<Orders>(M.any()),
    endedSales: typed<Orders>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    /** Counts what happened to offers and orders, so that a page can wait for the next thing. */
    news: M.nat(),
  },
  init: (
    number: bigint,
    name: string,
    market: Facet<MarketInside>,
    account: Facet<Account>,
    payee: Facet<Payee>,
  ) => ({
    number,
    name,
    market,
    account,
    payee,
    offers: makeDurableMap<bigint, Facet<OfferInside>>(),
    purchases: makeDurableMap<bigint, Facet<OrderInside>>(),
    sales: makeDurableMap<bigint, Facet<OrderInside>>(),
    endedPurchases: makeDurableMap<bigint, Facet<OrderInside>>(),
    endedSales: makeDurableMap<bigint, Facet<OrderInside>>(),
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { participant: ParticipantI, inside: ParticipantInsideI },
  facets: {
    participant: {
      view(): ParticipantView {
        const { number, name, market, account, offers } = this.state;
        const { purchases, sales, endedPurchases, endedSales } = this.state;
        const { name: marketName, unit } = market.charter();
        const { balance, held, available, debitLimit, ceiling } = account.view();
        const bought = (order: Facet<OrderInside>): PurchaseItem => order.purchaseItem();
        const sold = (order: Facet<OrderInside>): SaleItem => order.saleItem();
        return {
          market: marketName,
          name,
          balance,
          held,
          available,
          limit: debitLimit,
          ceiling,
          unit,
          offers: market.offersFor(number),
          purchases: [...purchases.values(), ...latest(endedPurchases)].map(bought),
          sales: [...mostUrgent([...sales.values()].map(sold)), ...latest(endedSales).map(sold)],
          ownOffers: [...offers.values()].map((offer): OwnOfferItem => offer.ownItem()),
        };
      },
      changes(since?: string): Promise<string> {
        const { market, account } = this.state;
        return changed(since, this.facets.participant, market, account);
      },
      offer(
        what: string,
        description: string,
        price: bigint,
        quantity: bigint,
        requestId: string,
      ): Offered | Refusal {
        const { market, offers, outcomes } = this.state;
        const { inside } = this.facets;
        return once<Offered | Refusal>(outcomes, 'offer', requestId, () => {
          if (BigInt(offers.size()) >= maxOpenOffers || !market.hasRoom())
            return { ok: false, code: 'quota' };
          const number = market.nextNumber();
          const terms = { what, description, price };
          const kit = makeOffer(number, market, inside, terms, quantity);
          offers.set(number, kit.inside);
          return { ok: true, offer: kit.maker };
        });
      },
      order(offer: Facet<Offer>, quantity: bigint, requestId: string): Ordered | Refusal {
        const { market, account, purchases, outcomes } = this.state;
        const { inside: buyer } = this.facets;
        return once<Ordered | Refusal>(outcomes, 'order', requestId, () => {
          const version = market.find(offer);
          if (version === undefined) return { ok: false, code: 'stale' };
          const source = version.offer();
          const seller = source.maker();
          if (seller === buyer) return { ok: false, code: 'unsupported' };
          if (source.status() !== 'live') return { ok: false, code: 'closed' };
          if (quantity > source.available()) return { ok: false, code: 'insufficient' };
          if (BigInt(purchases.size()) >= maxOpenOrders) return { ok: false, code: 'quota' };

          const terms = version.terms();
          const total = terms.price * quantity;
          const held = account.hold(seller.payee(), total, {}, requestId);
          if (!held.ok) return held;
          const number = market.nextNumber();
          const { decider } = held;
          const parts = { number, terms, quantity, total, offer: source, buyer, seller, decider };
          return { ok: true, order: makeOrder(parts) };
        });
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      name(): string {
        return this.state.name;
      },
      payee(): Facet<Payee> {
        return this.state.payee;
      },
      offerEnded(offer: bigint): void {
        this.state.offers.delete(offer);
        this.facets.inside.touch();
      },
      bought(order: bigint, inside: Facet<OrderInside>): void {
        this.state.purchases.set(order, inside);
        this.facets.inside.touch();
      },
      sold(order: bigint, inside: Facet<OrderInside>): void {
        this.state.sales.set(order, inside);
        this.facets.inside.touch();
      },
      orderEnded(order: bigint): void {
        const { purchases, sales, endedPurchases, endedSales } = this.state;
        end(order, purchases, endedPurchases);
        end(order, sales, endedSales);
        this.facets.inside.touch();
      },
      touch(): void {
        this.state.news += 1n;
      },
    },
  },
  readOnly: ['participant.changes'],
});

/** Moves an order, if it is there, from the open ones to the end of the others. */
const end = (order: bigint, open: Orders, ended: Orders): void => {
  const inside = open.get(order);
  if (inside === undefined) return;
  open.delete(order);
  ended.set(BigInt(ended.size()), inside);
};

/** What the seller has to do something for comes first: who waits for others must not hide it. */
const mostUrgent = (open: SaleItem[]): SaleItem[] =>
  [
    ...open.filter(({ act }) => act !== undefined),
    ...open.filter(({ act }) => act === undefined),
  ].slice(0, shownSales);

const latest = (ended: Orders): Facet<OrderInside>[] => {
  const count = BigInt(ended.size());
  const from = count > shownEnded ? count - shownEnded : 0n;
  return [...ended.values({ from })].reverse();
};

/** Makes a participant with an account of their own. */
export const makeParticipant = (
  number: bigint,
  name: string,
  market: Facet<MarketInside>,
  account: Facet<Account>,
  payee: Facet<Payee>,
): { participant: Facet<Participant>; inside: Facet<ParticipantInside> } => {
  const { participant, inside } = makeParticipantKit(number, name, market, account, payee);
  return { participant, inside };
};
