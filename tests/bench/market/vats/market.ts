/**
 * The module of the market's vat: a market as everybody founds it, and a facet that opens it and lets
 * its members trade within turns of this vat. All that it does, it does through the facets that members have.
 */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { type DurableMap, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { open as openMarket } from '@pocas/market-actors/market';
import type { MarketHub, MarketPowers } from '@pocas/market-actors/market';
import type {
  Founded,
  MarketFounding,
  MarketParams,
  Offer,
  OfferDesk,
  OfferDeskView,
  OrderDesk,
  OrderDeskView,
  OrderSeller,
  Participant,
} from '@pocas/market-actors';

/** Of everything that is sold here: one pack of tokens. */
export const price = 32n;
const stock = 1_000_000_000n;
const listed = 64;

/** A member, with what they use all the time. */
export type Trader = {
  readonly participant: Facet<Participant>;
  readonly shop: Facet<OfferDesk>;
  readonly orders: Facet<OrderDesk>;
  /** What this one sells. */
  readonly offer: Facet<Offer>;
};
export type BenchMarket = {
  /** Founds it. */
  open(): Founded;
  /** Lets so many more in, each with something to sell. */
  enrol(count: bigint): bigint;
  /** From that one on, at most 64. */
  traders(from: bigint, count: bigint): readonly Trader[];
  /**
   * So many orders from the first step to the last, in this one turn. Each member buys from the next
   * one, so that nobody owes anything when all had their turn.
   */
  trade(orders: bigint): bigint;
  ping(): bigint;
};

/** 43 characters, as those of a wallet. */
const requestOf = (number: bigint): string => sha256(`request ${number}`);

const ok = <T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  if (!answer.ok) throw Error(`Cannot measure: refused (${JSON.stringify(answer)})`);
  // The line above tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

const makeBench = defineActor({
  name: 'BenchMarket',
  state: {
    founding: typed<Facet<MarketFounding>>(M.remotable()),
    hub: typed<Facet<MarketHub>>(M.remotable()),
    founded: typed<Founded | undefined>(M.opt(M.record())),
    traders: typed<DurableMap<bigint, Trader>>(M.any()),
    requests: M.nat(),
    traded: M.nat(),
  },
  init: (founding: Facet<MarketFounding>, hub: Facet<MarketHub>) => ({
    founding,
    hub,
    founded: undefined,
    traders: makeDurableMap<bigint, Trader>(),
    requests: 0n,
    traded: 0n,
  }),
  guards: {
    bench: M.interface('BenchMarket', {}, { defaultGuards: 'passable' }),
    self: M.interface('BenchMarketSelf', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    bench: {
      open(): Founded {
        const founded = ok(this.state.founding.claim('Fundadora', this.facets.self.request()));
        this.state.founded = founded;
        return founded;
      },
      enrol(count: bigint): bigint {
        const { founded, hub, traders } = this.state;
        const { self } = this.facets;
        const { steward } = founded!.cares;
        // Within this vat members are reached as they are, not through what is handed out to them.
        const founder = hub.everybody()[0]!.participant;
        const window = founder.desk('offer') as Facet<OfferDesk>;
        for (let i = 0n; i < count; i += 1n) {
          const number = BigInt(traders.size());
          const invitation = steward.invite(1n, self.request());
          ok(invitation.join(`Member ${number}`, self.request()));
          const { participant } = hub.members()[0]!;
          const shop = participant.desk('offer') as Facet<OfferDesk>;
          const orders = participant.desk('order') as Facet<OrderDesk>;
          ok(shop.offer(`bread ${number}`, 'of rye', price, stock, self.request()));
          // The newest comes first.
          const { offer } = (window.view() as OfferDeskView).offers[0]!;
          traders.set(number, { participant, shop, orders, offer });
        }
        return BigInt(traders.size());
      },
      traders(from: bigint, count: bigint): readonly Trader[] {
        return [...this.state.traders.values({ from, limit: Math.min(Number(count), listed) })];
      },
      trade(count: bigint): bigint {
        const { traders } = this.state;
        const { self } = this.facets;
        const all = BigInt(traders.size());
        for (let i = 0n; i < count; i += 1n) {
          const buyer = traders.get(this.state.traded % all)!;
          const seller = traders.get((this.state.traded + 1n) % all)!;
          const { order } = ok(buyer.shop.order(seller.offer, 1n, self.request()));
          const sale = (seller.orders.view() as OrderDeskView).sales[0]!
            .order as Facet<OrderSeller>;
          ok(sale.handOver());
          ok(order.accept());
          this.state.traded += 1n;
        }
        return this.state.traded;
      },
      ping(): bigint {
        return this.state.traded;
      },
    },
    self: {
      request(): string {
        this.state.requests += 1n;
        return requestOf(this.state.requests);
      },
    },
  },
});

export const make = (powers: MarketPowers, params: MarketParams): Facet<BenchMarket> => {
  const { founding, hub } = openMarket(powers, params);
  return makeBench(founding, hub).bench;
};
