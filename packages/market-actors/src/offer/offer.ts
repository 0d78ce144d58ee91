/**
 * Offers (SPEC M2). An offer has one stock and a chain of versions; what a version says never changes, so
 * what a person saw is what the order is bound to.
 */
import { M } from '@endo/patterns';
import { minuteOf } from '@pocas/clearing/halves';
import type { Issuer, Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { openFor } from '../inside/opening.ts';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { makeItemHome } from '../item/home.ts';
import type { Claim, ItemOwner } from '../item/types.ts';
import type { Payout } from '../order/types.ts';
import { OfferI, OfferLiveI, OfferMakerI, OfferPausedI, loose } from './guards.ts';
import type { OfferDeskInside, OfferInside } from './inside.ts';
import { bookOf, payoutOf, reviewsOf } from './inside.ts';
import { faultOf, wordsOf } from './terms.ts';
import type { OfferRules } from './terms.ts';
import { voucherPart, vouchersIn } from './vouchers.ts';
import type {
  BrandPart,
  Bundle,
  OfferDone,
  Edited,
  OfferMaker,
  OfferMakerView,
  OfferOptions,
  OfferStatus,
  OfferTerms,
  OfferView,
  OwnOfferItem,
  Stock,
} from './types.ts';

/** No stock is larger; a longer number is a mistake or an attack. */
const mostCounted = 10n ** 30n;
const day = 24n * 60n * 60n * 1000n;

/** What the charter says of offers now. */
export const rulesOf = (market: Facet<MarketInside>): OfferRules => ({
  issuers: bookOf(market)
    .brands()
    .list()
    .map(({ issuer }) => issuer),
  price: market.charter('price'),
  step: market.ledger().brand().describe().step,
  categories: market.charterList('categories'),
  units: market.charterList('units'),
  refused: market.charterList('refused'),
});

const makeVersion = defineActor({
  name: 'OfferVersion',
  state: {
    number: M.nat(),
    version: M.nat(),
    offer: typed<Facet<OfferInside>>(M.remotable('offer')),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
  },
  init: (
    number: bigint,
    version: bigint,
    offer: Facet<OfferInside>,
    market: Facet<MarketInside>,
  ) => ({ number, version, offer, market }),
  guards: { offer: OfferI },
  facets: {
    offer: {
      view(): OfferView {
        const { number, version, offer, market } = this.state;
        // What an old version said: those who ordered it have it in their order.
        if (offer.current() !== number)
          return { what: '', prices: [], price: '', version, status: 'changed' };
        const label = offer.label();
        const reviews = reviewsOf(market).of(offer.number());
        return {
          ...saidBy(offer.terms(), market.unit(), offer.available()),
          version,
          status: offer.status(),
          ...(label === undefined ? {} : { label }),
          ...(reviews.length === 0 ? {} : { reviews }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.offer);
      },
      number(): bigint {
        return this.state.number;
      },
    },
  },
  readOnly: ['offer.changes'],
});

/** What an offer says to everybody. What says nothing is left out, so that a page does not show it. */
const saidBy = (
  { what, description, category, delivery, duration, alternatives }: OfferTerms,
  unit: string,
  available: string,
): Omit<OfferView, 'version' | 'status' | 'label'> => {
  const prices = alternatives.map((bundle) => wordsOf(bundle, unit));
  return {
    what,
    prices,
    price: prices[0] ?? '',
    ...(description === '' ? {} : { description }),
    ...(category === '' ? {} : { category }),
    ...(delivery === '' ? {} : { delivery }),
    ...(duration === 0n ? {} : { duration }),
    ...(available === '' ? {} : { available }),
  };
};

type Home = {
  readonly claim: Facet<Claim>;
  /** Of a home in this vat. */
  readonly owner?: Facet<ItemOwner> | undefined;
  /** Of a home elsewhere: what it said last. */
  readonly known?: bigint | undefined;
};

const homeOf = (market: Facet<MarketInside>, what: string, stock: Stock): Home | undefined => {
  if (stock.kind === 'demand') return undefined;
  if (stock.kind === 'claim') return { claim: stock.claim };
  const grantor = market.grantor?.();
  return makeItemHome({
    what,
    units: stock.units,
    time: market,
    ...(grantor === undefined ? {} : { grantor }),
  });
};

const makeOfferKit = defineActor({
  name: 'Offer',
  state: {
    number: M.nat(),
    /** The number of the version that counts. */
    current: M.nat(),
    version: M.nat(),
    terms: typed<OfferTerms>(M.record()),
    home: typed<Home | undefined>(M.opt(M.record())),
    label: typed<object | undefined>(M.opt(M.remotable('label'))),
    until: typed<bigint | undefined>(M.opt(M.nat())),
    /** That of `until`. There is one at most, whatever the maker does: they are few for a whole market. */
    timer: typed<bigint | undefined>(M.opt(M.nat())),
    isPaused: M.boolean(),
    isOver: M.boolean(),
    isSoldOut: M.boolean(),
    isWithdrawn: M.boolean(),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    maker: typed<Facet<MemberInside>>(M.remotable('member')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    number: bigint,
    market: Facet<MarketInside>,
    maker: Facet<MemberInside>,
    terms: OfferTerms,
    stock: Stock,
    label: object | undefined,
  ) => ({
    number,
    current: 0n,
    version: 0n,
    terms,
    home: homeOf(market, terms.what, stock),
    label,
    until: undefined,
    timer: undefined,
    isPaused: false,
    isOver: false,
    isSoldOut: stock.kind === 'units' && stock.units === 0n,
    isWithdrawn: false,
    market,
    maker,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    maker: OfferMakerI,
    live: OfferLiveI,
    paused: OfferPausedI,
    inside: loose('OfferInside'),
    self: loose('OfferSelf'),
    listing: loose('OfferListing'),
    task: loose('OfferTask'),
  },
  facets: {
    maker: {
      view(): OfferMakerView {
        const { market } = this.state;
        const brands = bookOf(market).brands().list();
        const vouchers = vouchersIn(market);
        const reviews = reviewsOf(market).of(this.state.number);
        return {
          ...this.facets.self.view(),
          ...(brands.length === 0 ? {} : { brands }),
          ...(vouchers.length === 0 ? {} : { vouchers }),
          ...(reviews.length === 0 ? {} : { reviews }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.maker);
      },
      changeText(what: string, description: string, requestId: string): Edited | Refusal {
        return this.facets.self.edit('changeText', requestId, { what, description });
      },
      changePrice(price: bigint, requestId: string): Edited | Refusal {
        const [first, ...others] = this.state.terms.alternatives;
        const alternatives = [{ ...first!, own: price }, ...others];
        return this.facets.self.edit('changePrice', requestId, { alternatives });
      },
      addPrice(own: bigint, outside: string, requestId: string): Edited | Refusal {
        const alternatives = [...this.state.terms.alternatives, { own, outside, brands: [] }];
        return this.facets.self.edit('addPrice', requestId, { alternatives });
      },
      addBrand(
        alternative: bigint,
        issuer: Facet<Issuer>,
        payee: Facet<Payee>,
        value: bigint,
        requestId: string,
      ): Edited | Refusal {
        const { market, terms } = this.state;
        const brand = bookOf(market).brands().find(issuer);
        if (brand === undefined) return refuse('invalid');
        const { unit, step } = brand;
        const part = { issuer, payee, value, unit, step };
        const alternatives = withPart(terms, alternative, part);
        return this.facets.self.edit('addBrand', requestId, { alternatives });
      },
      addBrandLink(
        alternative: bigint,
        issuer: Facet<Issuer>,
        value: bigint,
        link: string,
        requestId: string,
      ): Promise<Edited | Refusal> {
        const { maker, market } = this.state;
        const { maker: self } = this.facets;
        return openFor(maker, market.enlivener(), link, (payee: Facet<Payee>) =>
          self.addBrand(alternative, issuer, payee, value, requestId),
        );
      },
      addVoucher(
        alternative: bigint,
        voucher: Facet<object>,
        count: bigint,
        requestId: string,
      ): Edited | Refusal {
        const { market, maker, terms } = this.state;
        const made = voucherPart(market, maker, voucher, { count });
        if (!made.ok) return made;
        const alternatives = withPart(terms, alternative, made.part);
        return this.facets.self.edit('addVoucher', requestId, { alternatives });
      },
      removePrice(alternative: bigint, requestId: string): Edited | Refusal {
        const alternatives = this.state.terms.alternatives.filter(
          (_, index) => BigInt(index) !== alternative,
        );
        return this.facets.self.edit('removePrice', requestId, { alternatives });
      },
      changeDelivery(delivery: string, category: string, requestId: string): Edited | Refusal {
        return this.facets.self.edit('changeDelivery', requestId, { delivery, category });
      },
      addStock(quantity: bigint, requestId: string): Edited | Refusal {
        const { self } = this.facets;
        return unlessOver(this.state, 'addStock', requestId, () => {
          const { home, market, number } = this.state;
          if (home?.owner === undefined) return refuse('unsupported');
          // The maker has the home's own facet too, so an id of theirs may mean something else there.
          const inner = market.derive(`stock of ${number} ${market.nextNumber()}`);
          const added = home.owner.addStock(quantity, inner);
          if (!added.ok) return added;
          this.state.isSoldOut = false;
          self.publish();
          return { ok: true, version: this.state.version };
        });
      },
      setDays(days: bigint, requestId: string): Edited | Refusal {
        const { self, task } = this.facets;
        return unlessOver(this.state, 'setDays', requestId, () => {
          const { market } = this.state;
          const until = days === 0n ? undefined : market.now() + days * day;
          this.state.until = until;
          this.state.isOver = false;
          self.calm();
          if (until !== undefined) this.state.timer = market.wakeAt(until, task, { until });
          self.publish();
          return { ok: true, version: this.state.version };
        });
      },
      pause(): OfferDone | Refusal {
        return this.facets.self.setPaused(true);
      },
      resume(): OfferDone | Refusal {
        return this.facets.self.setPaused(false);
      },
      withdraw(): OfferDone {
        const { isWithdrawn, number, current, market, maker } = this.state;
        if (isWithdrawn) return { ok: true };
        this.state.isWithdrawn = true;
        this.facets.self.calm();
        bookOf(market).unlist(current);
        reviewsOf(market).forget(number);
        (maker.part('offer') as Facet<OfferDeskInside>).ended(number);
        market.touch();
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
      pause(): OfferDone | Refusal {
        return this.facets.maker.pause();
      },
      withdraw(): OfferDone {
        return this.facets.maker.withdraw();
      },
    },
    paused: {
      resume(): OfferDone | Refusal {
        return this.facets.maker.resume();
      },
      withdraw(): OfferDone {
        return this.facets.maker.withdraw();
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      maker(): Facet<MemberInside> {
        return this.state.maker;
      },
      withdraw(): void {
        this.facets.maker.withdraw();
      },
      terms(): OfferTerms {
        return this.state.terms;
      },
      version(): bigint {
        return this.state.version;
      },
      current(): bigint {
        return this.state.current;
      },
      status(): OfferStatus {
        const { isWithdrawn, isPaused, isOver, isSoldOut } = this.state;
        if (isWithdrawn) return 'withdrawn';
        if (isPaused) return 'paused';
        if (isOver) return 'over';
        return isSoldOut ? 'soldOut' : 'live';
      },
      available(): string {
        const { home } = this.state;
        if (home === undefined) return '';
        if (home.owner !== undefined) return `${home.claim.view().free}`;
        return home.known === undefined ? '' : `${home.known}`;
      },
      claim(): Facet<Claim> | undefined {
        return this.state.home?.claim;
      },
      label(): object | undefined {
        return this.state.label;
      },
      payout(): Facet<Payout> | undefined {
        return payoutOf(this.state.market, this.state.label);
      },
      ownItem(): OwnOfferItem {
        const { maker, live, paused, self } = this.facets;
        const act = this.state.isPaused ? paused : live;
        const { label: _label, thing: _thing, ...view } = self.view();
        return { ...view, maker, act };
      },
    },
    /** The home tells here when nothing is left, and when there is something again. */
    listing: {
      soldOut(): void {
        this.facets.self.heard(0n);
      },
      available(free: unknown): void {
        // A home elsewhere may say anything, and all pages of offers show it.
        if (isCount(free)) this.facets.self.heard(free);
      },
      fulfilled(answer: unknown): void {
        const { free } = (answer ?? {}) as { free?: unknown };
        if (isCount(free)) this.facets.self.heard(free);
      },
      // A claim that cannot be followed may still be good: an order finds out.
      rejected(): void {},
    },
    task: {
      due({ until }: { readonly until: bigint }): void {
        // Another time may have been set since.
        if (this.state.until !== until) return;
        this.state.timer = undefined;
        this.state.isOver = true;
        this.facets.self.publish();
      },
    },
    self: {
      begin(): void {
        const { home } = this.state;
        this.facets.self.renew();
        if (home === undefined) return;
        const { listing } = this.facets;
        if (home.owner !== undefined) home.claim.follow(listing);
        else send(home.claim, 'follow', [listing], { then: listing, ctx: {} });
      },
      view(): OfferMakerView {
        const { terms, version, market, home, until } = this.state;
        const { inside } = this.facets;
        return {
          ...saidBy(terms, market.unit(), inside.available()),
          version,
          status: inside.status(),
          ...(until === undefined ? {} : { until: minuteOf(until) }),
          ...(home?.owner === undefined ? {} : { thing: home.owner }),
        };
      },
      /** A new version with these changes, if the market takes it. */
      edit(method: string, requestId: string, changes: Partial<OfferTerms>): Edited | Refusal {
        const { self } = this.facets;
        return unlessOver(this.state, method, requestId, () => {
          const terms = { ...this.state.terms, ...changes };
          const fault = faultOf(terms, rulesOf(this.state.market));
          if (fault !== undefined) return refuse(fault);
          this.state.terms = terms;
          self.renew();
          return { ok: true, version: this.state.version };
        });
      },
      /** Puts a version in the place of the one before, in the same turn. */
      renew(): void {
        const { market, current, version } = this.state;
        const { inside, self } = this.facets;
        const book = bookOf(market);
        if (current !== 0n) book.unlist(current);
        const number = market.nextNumber();
        this.state.current = number;
        this.state.version = version + 1n;
        const { offer } = makeVersion(number, version + 1n, inside, market);
        book.list(number, { offer, inside: inside });
        self.publish();
      },
      /** Shows it to people, or not. */
      publish(): void {
        const { market, maker, current } = this.state;
        bookOf(market).show(current, this.facets.inside.status() === 'live');
        (maker.part('offer') as Facet<OfferDeskInside> | undefined)?.touch();
        market.touch();
      },
      calm(): void {
        const { market, timer } = this.state;
        if (timer !== undefined) market.cancelWake(timer);
        this.state.timer = undefined;
      },
      setPaused(isPaused: boolean): OfferDone | Refusal {
        if (this.state.isWithdrawn) return refuse('closed');
        this.state.isPaused = isPaused;
        this.facets.self.publish();
        return { ok: true };
      },
      heard(free: bigint): void {
        const { home, isWithdrawn } = this.state;
        if (home === undefined || isWithdrawn) return;
        this.state.home = { ...home, known: free };
        this.state.isSoldOut = free === 0n;
        this.facets.self.publish();
      },
    },
  },
  readOnly: ['maker.changes', 'maker.addBrandLink'],
});

const isCount = (value: unknown): value is bigint =>
  typeof value === 'bigint' && value >= 0n && value < mostCounted;

const withPart = (
  { alternatives }: OfferTerms,
  alternative: bigint,
  part: BrandPart,
): readonly Bundle[] =>
  alternatives.map((bundle, index) =>
    BigInt(index) === alternative ? { ...bundle, brands: [...bundle.brands, part] } : bundle,
  );

type State = {
  readonly market: Facet<MarketInside>;
  readonly outcomes: DurableMap<string, unknown>;
  readonly isWithdrawn: boolean;
};
const unlessOver = (
  { market, outcomes, isWithdrawn }: State,
  method: string,
  requestId: string,
  act: () => Edited | Refusal,
): Edited | Refusal =>
  onceLately(outcomes, market.now(), method, requestId, () =>
    isWithdrawn ? refuse('closed') : act(),
  );

export type OfferKit = {
  readonly maker: Facet<OfferMaker>;
  readonly inside: Facet<OfferInside>;
};

/** Makes an offer and lists its first version. Whoever calls it has asked `faultOf`. */
export const makeOffer = (
  number: bigint,
  market: Facet<MarketInside>,
  maker: Facet<MemberInside>,
  terms: OfferTerms,
  stock: Stock,
  { label }: OfferOptions,
): OfferKit => {
  const {
    maker: offerMaker,
    inside,
    self,
  } = makeOfferKit(number, market, maker, terms, stock, label);
  self.begin();
  return { maker: offerMaker, inside };
};
