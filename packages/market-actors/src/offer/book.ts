/** What is offered in a market now: where desks, the till and the public page look. */
import { M } from '@endo/patterns';
import type { DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, makeDurableSet, typed } from '@pocas/vat-runtime';
import { refuse } from '@pocas/vat-runtime/actors';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import type { Brands } from './brands.ts';
import { makeBrands } from './brands.ts';
import { OfferPublicI, loose } from './guards.ts';
import type { Listed, OfferBookInside } from './inside.ts';
import { isAbout, isOwnAlone, totalOf } from './terms.ts';
import { isPriceable } from './vouchers.ts';
import type {
  BrandKeeper,
  BrandPart,
  Bundle,
  Offer,
  OfferItem,
  Quote,
  StrangerItem,
} from './types.ts';

/** How many offers one list has. */
export const shownOffers = 30;
/** How many are looked at for one list, where it is only about some. */
const lookedAt = 1_000;

export type OfferPublicView = { readonly market: string; readonly offers: readonly OfferItem[] };
/** For anybody: what there is, and how to see more of it. */
export type OfferPublic = {
  view(): OfferPublicView;
  changes(since?: string): Promise<string>;
  /** Those about some words, before the number of one; `next` is where to go on. */
  find(
    words: string,
    before?: bigint,
  ): { readonly items: readonly OfferItem[]; readonly next: bigint | undefined };
};

const itemOf = ({ offer, inside }: Listed, number: bigint): StrangerItem => {
  const { alternatives } = inside.terms();
  const { what, description, price, available, category, delivery } = offer.view();
  const [first] = alternatives;
  const isPlain = alternatives.length === 1 && isOwnAlone(first!);
  return {
    ...{ what, price, offer, maker: inside.maker().name(), own: first!.own, isPlain, number },
    ...(description === undefined ? {} : { description }),
    ...(available === undefined ? {} : { available }),
    ...(category === undefined ? {} : { category }),
    ...(delivery === undefined ? {} : { delivery }),
  };
};

/** Which price is in outside money alone; -1 where none is. */
const forMoney = (alternatives: readonly Bundle[]): number =>
  alternatives.findIndex(
    ({ own, brands, outside }) => own === 0n && brands.length === 0 && outside !== '',
  );

type State = {
  readonly versions: DurableMap<bigint, Listed>;
  readonly shown: DurableSet<bigint>;
};

/** One page of what is shown, the newest first. */
const walk = (
  { versions, shown }: State,
  before: bigint | undefined,
  isWanted: (listed: Listed) => boolean,
): { readonly items: readonly StrangerItem[]; readonly next: bigint | undefined } => {
  const items: StrangerItem[] = [];
  const range = before === undefined ? {} : { to: before };
  for (const number of shown.values({ ...range, reverse: true, limit: lookedAt })) {
    const listed = versions.get(number)!;
    if (!isWanted(listed)) continue;
    if (items.length === shownOffers) return { items, next: items.at(-1)!.number };
    items.push(itemOf(listed, number));
  }
  return { items, next: undefined };
};

const makeBookKit = defineActor({
  name: 'OfferBook',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    brands: typed<Facet<Brands>>(M.remotable('brands')),
    /** The version of each offer that counts, by its number. */
    versions: typed<DurableMap<bigint, Listed>>(M.any()),
    /** Those that can be ordered now. */
    shown: typed<DurableSet<bigint>>(M.any()),
    /** Counts changes, so that a page can wait for the next. */
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, brands: Facet<Brands>) => ({
    market,
    brands,
    versions: makeDurableMap<bigint, Listed>(),
    shown: makeDurableSet<bigint>(),
    news: 0n,
  }),
  guards: { book: loose('OfferBook'), publicPage: OfferPublicI },
  facets: {
    publicPage: {
      view(): OfferPublicView {
        const { market } = this.state;
        const { items } = this.facets.book.items(undefined, '', undefined);
        return { market: market.name(), offers: items };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.book);
      },
      find(words: string, before?: bigint): ReturnType<OfferPublic['find']> {
        return this.facets.book.items(undefined, words, before);
      },
    },
    book: {
      brands(): Facet<Brands> {
        return this.state.brands;
      },
      list(number: bigint, listed: Listed): void {
        this.state.versions.set(number, listed);
      },
      unlist(number: bigint): void {
        this.state.versions.delete(number);
        this.facets.book.show(number, false);
      },
      show(number: bigint, isShown: boolean): void {
        const { shown } = this.state;
        const isNew = isShown ? shown.add(number) : shown.delete(number);
        if (isNew) this.state.news += 1n;
      },
      find(alleged: Facet<Offer>): Listed | undefined {
        // Its number says where to look; only the identity of what is found there is believed.
        const number = typeof alleged.number === 'function' ? alleged.number() : 0n;
        const listed = this.state.versions.get(number);
        return listed?.offer === alleged ? listed : undefined;
      },
      subjectOf(alleged: object): bigint | undefined {
        return this.facets.book.find(alleged as Facet<Offer>)?.inside.number();
      },
      isOffered(alleged: object): boolean {
        const { number } = alleged as { readonly number?: unknown };
        if (typeof number !== 'function') return false;
        const listed = this.facets.book.find(alleged as Facet<Offer>);
        return listed !== undefined && listed.inside.status() === 'live';
      },
      items(
        maker: bigint | undefined,
        words: string,
        before: bigint | undefined,
      ): ReturnType<OfferBookInside['items']> {
        return walk(this.state, before, ({ inside }: Listed) => {
          if (maker !== undefined && inside.maker().number() === maker) return false;
          return isAbout(inside.terms(), words);
        });
      },
      forStrangers(before?: bigint): readonly StrangerItem[] {
        return walk(this.state, before, ({ inside }: Listed) => {
          const [first] = inside.terms().alternatives;
          return first !== undefined && isOwnAlone(first);
        }).items;
      },
      forVisitors(): readonly StrangerItem[] {
        const isForVisitors = ({ inside }: Listed) => forMoney(inside.terms().alternatives) >= 0;
        return walk(this.state, undefined, isForVisitors).items.map((item) => {
          const { alternatives } = this.state.versions.get(item.number)!.inside.terms();
          // Of several prices a visitor sees the one that is for visitors.
          return { ...item, price: alternatives[forMoney(alternatives)]!.outside };
        });
      },
      outsideOf(offer: Facet<Offer>): bigint | undefined {
        const found = this.facets.book.find(offer);
        const at = found === undefined ? 0 : forMoney(found.inside.terms().alternatives);
        // What is no offer, or an old one, is said by `quote`.
        return at < 0 ? undefined : BigInt(at);
      },
      quote(offer: Facet<Offer>, quantity: bigint, alternative: bigint): Quote | Refusal {
        const listed = this.facets.book.find(offer);
        if (listed === undefined) return refuse('stale');
        const { inside } = listed;
        const status = inside.status();
        if (status !== 'live') return refuse(status === 'soldOut' ? 'insufficient' : 'closed');
        const { what, description, delivery, alternatives } = inside.terms();
        const bundle = alternatives[Number(alternative)];
        if (bundle === undefined) return refuse('stale');
        const { brands, market } = this.state;
        const isTaken = ({ issuer, voucher }: BrandPart): boolean =>
          voucher === undefined ? brands.find(issuer) !== undefined : isPriceable(market, voucher);
        if (!bundle.brands.every(isTaken)) return refuse('closed');
        const total = totalOf(bundle, quantity);
        if (total === undefined) return refuse('limit');
        const seller = inside.maker();
        const claim = inside.claim();
        const payout = inside.payout();
        return {
          ok: true,
          price: total.own,
          payee: seller.payee(),
          subject: inside.number(),
          brands: total.brands,
          outside: total.outside,
          parts: {
            terms: { what, description, version: inside.version() },
            quantity,
            seller,
            delivery,
            ...(claim === undefined ? {} : { claim }),
            ...(payout === undefined ? {} : { payout }),
          },
        };
      },
    },
  },
  readOnly: ['publicPage.changes'],
});

export const makeOfferBook = (
  market: Facet<MarketInside>,
): {
  readonly part: Facet<OfferBookInside>;
  readonly publicPage: Facet<OfferPublic>;
  readonly stewardPage: Facet<BrandKeeper>;
} => {
  const { keeper, brands } = makeBrands(market);
  const { book, publicPage } = makeBookKit(market, brands);
  return { part: book as unknown as Facet<OfferBookInside>, publicPage, stewardPage: keeper };
};
