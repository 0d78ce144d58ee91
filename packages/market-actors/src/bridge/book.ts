/** What a market keeps of its exchanges with others: partners, what they offer here, the desk and the leader. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type ExchangeInside,
  type Leader,
  makeCoordinator,
  makeExchangeDesk,
} from '@pocas/clearing/bridge';
import type { MarketInside } from '../inside/types.ts';
import { passable } from './guards.ts';
import type { PartnerKit } from './partner.ts';
import { makePartner, makePost } from './partner.ts';
import type {
  Bid,
  BridgeInside,
  OfferCard,
  PartnerCard,
  PartnerInside,
  PostedInside,
  Taker,
} from './types.ts';

const maxPartners = 30;
/** How many offers of other markets stand here together. */
const maxOffers = 1_000;
const shown = 30;

type Partner = PartnerKit['inside'];

const makeBookKit = defineActor({
  name: 'BridgeBook',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    exchange: typed<Facet<ExchangeInside>>(M.remotable('exchange')),
    leader: typed<Facet<Leader>>(M.remotable('leader')),
    partners: typed<DurableMap<bigint, Partner>>(M.any()),
    posts: typed<DurableMap<bigint, Facet<PostedInside>>>(M.any()),
    nextPost: M.nat(),
    /** Exchanges by number, for the steward. */
    ids: typed<DurableMap<bigint, string>>(M.any()),
    moves: M.nat(),
  },
  init: (market: Facet<MarketInside>) => {
    const limits = { debitLimit: 0n, ceiling: 0n };
    const pool = market.ledger().openAccount('pool', limits, 'bridge');
    const [name, unit, secret] = [market.name(), market.unit(), market.derive('bridge')];
    return {
      market,
      exchange: makeExchangeDesk({ name, unit, pool, time: market, secret }),
      leader: makeCoordinator(market),
      partners: makeDurableMap<bigint, Partner>(),
      posts: makeDurableMap<bigint, Facet<PostedInside>>(),
      nextPost: 1n,
      ids: makeDurableMap<bigint, string>(),
      moves: 0n,
    };
  },
  guards: { inside: passable('BridgeInside') },
  facets: {
    inside: {
      exchange(): Facet<ExchangeInside> {
        return this.state.exchange;
      },
      leader(): Facet<Leader> {
        return this.state.leader;
      },
      now(): bigint {
        return this.state.market.now();
      },
      isOpen(): boolean {
        return this.state.market.isOpen();
      },
      record(facts: Parameters<BridgeInside['record']>[0]): void {
        this.state.market.record('exchange', facts, 'P2');
      },
      secret(): string {
        const { market } = this.state;
        return market.derive(`bridge ${market.nextNumber()}`);
      },
      partners(): readonly Facet<PartnerInside>[] {
        return [...this.state.partners.values()];
      },
      partnerOf(card: Facet<PartnerCard>): Facet<PartnerInside> | undefined {
        if (typeof card.number !== 'function') return undefined;
        const found = this.state.partners.get(card.number());
        return found?.card() === card ? found : undefined;
      },
      addPartner(label: string): Partner | undefined {
        const { partners } = this.state;
        if (partners.size() >= maxPartners) return undefined;
        const number = BigInt(partners.size()) + 1n;
        const partner = makePartner(this.facets.inside, number, label);
        partners.set(number, partner);
        this.facets.inside.touch();
        return partner;
      },
      post(partner: Facet<PartnerInside>, bid: Bid, taker: Facet<Taker>): bigint | undefined {
        const { state } = this;
        const { inside } = this.facets;
        inside.forget();
        if (state.posts.size() >= maxOffers) return undefined;
        const number = state.nextPost;
        state.nextPost += 1n;
        state.posts.set(number, makePost(number, partner, bid, taker));
        inside.touch();
        return number;
      },
      unpost(number: bigint): void {
        const { posts } = this.state;
        const post = posts.get(number);
        if (post === undefined) return;
        posts.delete(number);
        (post.partner() as Partner).dropped(number);
        this.facets.inside.touch();
      },
      posted(card: Facet<OfferCard>): ReturnType<BridgeInside['posted']> {
        if (typeof card.number !== 'function') return undefined;
        const number = card.number();
        const inside = this.state.posts.get(number);
        if (inside?.card() !== card || inside.bid().until <= this.facets.inside.now())
          return undefined;
        return { number, inside };
      },
      offers(): readonly Facet<PostedInside>[] {
        const now = this.facets.inside.now();
        return [...this.state.posts.values({ reverse: true, limit: 3 * shown })]
          .filter((post) => post.bid().until > now)
          .slice(0, shown);
      },
      /** Drops some of those whose time is over. */
      forget(): void {
        const now = this.facets.inside.now();
        for (const [number, post] of [...this.state.posts.entries({ limit: 5 })])
          if (post.bid().until <= now) this.facets.inside.unpost(number);
      },
      follow(id: string): void {
        const { ids, market, exchange } = this.state;
        for (const [number, old] of [...ids.entries({ limit: 5 })])
          if (exchange.view(old)?.phase !== 'held') ids.delete(number);
        ids.set(market.nextNumber(), id);
        this.facets.inside.touch();
      },
      /** Exchanges under way, at most 30, by the number that the steward says. */
      hanging(): readonly { readonly number: bigint; readonly id: string }[] {
        const { ids, exchange } = this.state;
        return [...ids.entries({ limit: 300 })]
          .map(([number, id]) => ({ number, id }))
          .filter(({ id }) => exchange.view(id)?.phase === 'held')
          .slice(0, shown);
      },
      idOf(number: bigint): string | undefined {
        return this.state.ids.get(number);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
      touch(): void {
        this.state.moves += 1n;
      },
    },
  },
  readOnly: ['inside.changes'],
});

export type Book = Facet<
  Omit<BridgeInside, 'addPartner'> & {
    addPartner(label: string): Partner | undefined;
    hanging(): readonly { readonly number: bigint; readonly id: string }[];
    idOf(number: bigint): string | undefined;
    changes(since?: string): Promise<string>;
  }
>;
export const makeBridgeBook = (market: Facet<MarketInside>): Book => makeBookKit(market).inside;
