/**
 * Which values of other ledgers a market takes beside its own credit (SPEC M1, "accepted brands"): vouchers,
 * credit of other markets. Whoever pays hands over to the issuer what decides their value, so what a
 * brand's issuer is the market knows, and no maker or buyer says it.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Brand, BrandView, Issuer } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import { BrandKeeperI, loose } from './guards.ts';
import type { AcceptedBrand, BrandKeeper, BrandKeeperView, OfferDone } from './types.ts';

/** How many a market takes at a time: a page lists them all. */
export const maxAccepted = 30;

export type Brands = {
  /** As this market knows it. Undefined: it does not take it. */
  find(issuer: Facet<Issuer>): AcceptedBrand | undefined;
  list(): readonly AcceptedBrand[];
};

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 100;

const makeBrandsKit = defineActor({
  name: 'AcceptedBrands',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    accepted: typed<DurableMap<bigint, AcceptedBrand>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    accepted: makeDurableMap<bigint, AcceptedBrand>(),
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { keeper: BrandKeeperI, brands: loose('Brands'), self: loose('BrandsSelf') },
  facets: {
    keeper: {
      view(): BrandKeeperView {
        return { brands: this.facets.brands.list() };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper);
      },
      async accept(link: string, requestId: string): Promise<OfferDone | Refusal> {
        const enlivener = this.state.market.enlivener();
        if (enlivener === undefined) return refuse('unsupported');
        const issuer = (await E(enlivener).enliven(link)) as Facet<Issuer>;
        return this.facets.keeper.acceptIssuer(issuer, requestId);
      },
      async acceptIssuer(issuer: Facet<Issuer>, requestId: string): Promise<OfferDone | Refusal> {
        const { self } = this.facets;
        const brand = E(issuer).brand() as Promise<Facet<Brand>>;
        return self.add(issuer, await E(brand).describe(), requestId);
      },
      ownLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const { market } = this.state;
        const grantor = market.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const issuer = market.ledger().issuer();
        const text = E(grantor).sturdy(issuer, { label: `credit of ${market.name()}` });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      stop(number: bigint, requestId: string): OfferDone {
        const { accepted, market, outcomes } = this.state;
        const { state } = this;
        return once(outcomes, 'stop', requestId, () => {
          const brand = accepted.get(number);
          accepted.delete(number);
          state.news += 1n;
          if (brand !== undefined) market.record('brand stopped', { name: brand.name }, 'P1');
          return { ok: true } as const;
        });
      },
    },
    self: {
      add(issuer: Facet<Issuer>, said: Partial<BrandView>, requestId: string): OfferDone | Refusal {
        const { accepted, market, outcomes } = this.state;
        const { state } = this;
        const { brands } = this.facets;
        return once<OfferDone | Refusal>(outcomes, 'accept', requestId, () => {
          const { name, unit, step } = said;
          const isBrand = isText(name) && isText(unit) && typeof step === 'bigint' && step > 0n;
          if (!isBrand) return refuse('invalid');
          if (brands.find(issuer) !== undefined) return { ok: true };
          if (accepted.size() >= maxAccepted) return refuse('quota');
          const number = market.nextNumber();
          accepted.set(number, { number, name, unit, step, issuer });
          state.news += 1n;
          market.record('brand accepted', { name, unit }, 'P1');
          return { ok: true };
        });
      },
    },
    brands: {
      find(issuer: Facet<Issuer>): AcceptedBrand | undefined {
        return [...this.state.accepted.values()].find((one) => one.issuer === issuer);
      },
      list(): readonly AcceptedBrand[] {
        return [...this.state.accepted.values()];
      },
    },
  },
  readOnly: ['keeper.changes', 'keeper.accept', 'keeper.acceptIssuer', 'keeper.ownLink'],
});

export const makeBrands = (
  market: Facet<MarketInside>,
): { readonly keeper: Facet<BrandKeeper>; readonly brands: Facet<Brands> } => {
  const { keeper, brands } = makeBrandsKit(market);
  return { keeper, brands: brands as unknown as Facet<Brands> };
};
