/**
 * Offers (SPEC M2). An offer has one stock and a chain of versions; a version's text and price
 * never change, so what a person saw is what the order is bound to.
 */
import { M } from '@endo/patterns';
import type { Refusal } from '@pocas/clearing';
import { ValueShape, once } from '@pocas/clearing/credit';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { MarketInside, OfferInside, ParticipantInside, Terms } from './inside.ts';
import {
  OfferI,
  OfferInsideI,
  OfferLiveI,
  OfferMakerI,
  OfferPausedI,
  VersionInsideI,
} from './offer-guards.ts';
import { LongTextShape, NameShape } from '../inside/shapes.ts';
import type {
  Done,
  Edited,
  OfferMaker,
  OfferMakerView,
  OfferStatus,
  OfferView,
  OwnOfferItem,
} from './types.ts';

const closed: Refusal = { ok: false, code: 'closed' };

const makeVersion = defineActor({
  name: 'OfferVersion',
  state: {
    number: M.nat(),
    version: M.nat(),
    what: NameShape,
    description: LongTextShape,
    price: ValueShape,
    offer: typed<Facet<OfferInside>>(M.remotable('offer')),
  },
  init: (number: bigint, offer: Facet<OfferInside>, terms: Terms) => ({ number, offer, ...terms }),
  guards: { offer: OfferI, inside: VersionInsideI },
  facets: {
    offer: {
      view(): OfferView {
        const { number, offer } = this.state;
        const status = offer.current() === number ? offer.status() : 'changed';
        return { ...this.facets.inside.terms(), available: offer.available(), status };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.offer);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      offer(): Facet<OfferInside> {
        return this.state.offer;
      },
      terms(): Terms {
        const { what, description, price, version } = this.state;
        return { what, description, price, version };
      },
    },
  },
  readOnly: ['offer.changes'],
});

const makeOfferKit = defineActor({
  name: 'Offer',
  state: {
    number: M.nat(),
    status: typed<OfferStatus>(M.or('live', 'paused', 'withdrawn')),
    available: ValueShape,
    /** The number of the version that counts. */
    current: M.nat(),
    terms: typed<Terms>(M.record()),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    maker: typed<Facet<ParticipantInside>>(M.remotable('participant')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    number: bigint,
    market: Facet<MarketInside>,
    maker: Facet<ParticipantInside>,
    terms: Terms,
    available: bigint,
  ) => ({
    number,
    status: 'live' as OfferStatus,
    available,
    current: 0n,
    terms,
    market,
    maker,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    maker: OfferMakerI,
    live: OfferLiveI,
    paused: OfferPausedI,
    inside: OfferInsideI,
    versions: M.interface('OfferVersions', { publish: M.call(M.record()).returns() }),
  },
  facets: {
    maker: {
      view(): OfferMakerView {
        const { terms, available, status } = this.state;
        return { ...terms, available, status };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.maker);
      },
      changePrice(price: bigint, requestId: string): Edited | Refusal {
        const { state } = this;
        const { versions } = this.facets;
        return once<Edited | Refusal>(state.outcomes, 'changePrice', requestId, () => {
          if (state.status === 'withdrawn') return closed;
          versions.publish({ ...state.terms, price });
          return { ok: true, version: state.terms.version, available: state.available };
        });
      },
      changeText(what: string, description: string, requestId: string): Edited | Refusal {
        const { state } = this;
        const { versions } = this.facets;
        return once<Edited | Refusal>(state.outcomes, 'changeText', requestId, () => {
          if (state.status === 'withdrawn') return closed;
          versions.publish({ ...state.terms, what, description });
          return { ok: true, version: state.terms.version, available: state.available };
        });
      },
      addStock(quantity: bigint, requestId: string): Edited | Refusal {
        const { state } = this;
        return once<Edited | Refusal>(state.outcomes, 'addStock', requestId, () => {
          if (state.status === 'withdrawn') return closed;
          state.available += quantity;
          state.market.touch();
          return { ok: true, version: state.terms.version, available: state.available };
        });
      },
      pause(): Done | Refusal {
        if (this.state.status === 'withdrawn') return closed;
        this.state.status = 'paused';
        this.state.market.touch();
        return { ok: true };
      },
      resume(): Done | Refusal {
        if (this.state.status === 'withdrawn') return closed;
        this.state.status = 'live';
        this.state.market.touch();
        return { ok: true };
      },
      withdraw(): Done {
        const { status, number, current, market, maker } = this.state;
        if (status === 'withdrawn') return { ok: true };
        this.state.status = 'withdrawn';
        market.unlist(current);
        maker.offerEnded(number);
        return { ok: true };
      },
    },
    live: {
      changePrice(price: bigint, requestId: string): Edited | Refusal {
        return this.facets.maker.changePrice(price, requestId);
      },
      changeText(what: string, description: string, requestId: string): Edited | Refusal {
        return this.facets.maker.changeText(what, description, requestId);
      },
      addStock(quantity: bigint, requestId: string): Edited | Refusal {
        return this.facets.maker.addStock(quantity, requestId);
      },
      pause(): Done | Refusal {
        return this.facets.maker.pause();
      },
      withdraw(): Done {
        return this.facets.maker.withdraw();
      },
    },
    paused: {
      resume(): Done | Refusal {
        return this.facets.maker.resume();
      },
      withdraw(): Done {
        return this.facets.maker.withdraw();
      },
    },
    inside: {
      available(): bigint {
        return this.state.available;
      },
      status(): OfferStatus {
        return this.state.status;
      },
      current(): bigint {
        return this.state.current;
      },
      maker(): Facet<ParticipantInside> {
        return this.state.maker;
      },
      reserve(quantity: bigint): void {
        const { available } = this.state;
        if (quantity > available)
          throw new RangeError('Cannot reserve more pieces than the offer has');
        this.state.available = available - quantity;
        this.state.market.touch();
      },
      giveBack(quantity: bigint): void {
        this.state.available += quantity;
        this.state.market.touch();
      },
      ownItem(): OwnOfferItem {
        const { maker, live, paused } = this.facets;
        const act = this.state.status === 'paused' ? paused : live;
        return { ...maker.view(), maker, act };
      },
    },
    versions: {
      /** Puts a version in the place of the one before, in the same turn. */
      publish(terms: Terms): void {
        const { market, current } = this.state;
        if (current !== 0n) market.unlist(current);
        const number = market.nextNumber();
        const next = { ...terms, version: terms.version + 1n };
        const { offer, inside } = makeVersion(number, this.facets.inside, next);
        this.state.terms = next;
        this.state.current = number;
        market.list(number, { offer, inside });
      },
    },
  },
  readOnly: ['maker.changes'],
});

/** Makes an offer and lists its first version. */
export const makeOffer = (
  number: bigint,
  market: Facet<MarketInside>,
  maker: Facet<ParticipantInside>,
  terms: Omit<Terms, 'version'>,
  quantity: bigint,
): { maker: Facet<OfferMaker>; inside: Facet<OfferInside> } => {
  const first = { ...terms, version: 0n };
  const {
    maker: offerMaker,
    inside,
    versions,
  } = makeOfferKit(number, market, maker, first, quantity);
  versions.publish(first);
  return { maker: offerMaker, inside };
};
