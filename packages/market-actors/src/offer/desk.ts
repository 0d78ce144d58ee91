/** A participant's share in what is offered: what there is, ordering it, and what they offer themselves. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { openFor } from '../inside/opening.ts';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Claim } from '../item/types.ts';
import { deskOf } from '../order/inside.ts';
import { makeOrder } from '../order/order.ts';
import type { Leg } from '../order/types.ts';
import { makeAside } from './aside.ts';
import { OfferDeskI, OfferMoreI, loose } from './guards.ts';
import type { OfferDeskInside, OfferInside } from './inside.ts';
import { bookOf, payoutOf } from './inside.ts';
import { makeOffer, rulesOf } from './offer.ts';
import { faultOf } from './terms.ts';
import { legsOf, voucherPart } from './vouchers.ts';
import type {
  Aside,
  BrandPart,
  OfferDone,
  Handed,
  Offer,
  OfferDesk,
  OfferDeskView,
  OfferOptions,
  OfferTerms,
  Offered,
  Ordered,
  SetAside,
  Stock,
} from './types.ts';

/** How many of one's own offers a page shows. */
const shownOwn = 30;

const makeDeskKit = defineActor({
  name: 'OfferDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    own: typed<DurableMap<bigint, Facet<OfferInside>>>(M.any()),
    looking: M.string(),
    before: typed<bigint | undefined>(M.opt(M.nat())),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, member: Facet<MemberInside>) => ({
    market,
    member,
    own: makeDurableMap<bigint, Facet<OfferInside>>(),
    looking: '',
    before: undefined,
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: {
    desk: OfferDeskI,
    more: OfferMoreI,
    inside: loose('OfferDeskInside'),
    self: loose('OfferDeskSelf'),
  },
  facets: {
    desk: {
      view(): OfferDeskView {
        const { market, member, looking, before, own } = this.state;
        const { items, next } = bookOf(market).items(member.number(), looking, before);
        const ownOffers = [...own.values({ reverse: true, limit: shownOwn })];
        const otherWays = items.filter(({ isPlain }) => !isPlain);
        return {
          offers: items,
          ownOffers: ownOffers.map((one) => one.ownItem()),
          ...(otherWays.length === 0 ? {} : { otherWays }),
          ...(looking === '' ? {} : { looking }),
          ...(next === undefined ? {} : { more: this.facets.more }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.desk, bookOf(this.state.market));
      },
      offer(
        what: string,
        description: string,
        price: bigint,
        quantity: bigint,
        requestId: string,
      ): Offered | Refusal {
        const terms: OfferTerms = {
          ...{ what, description, category: '', delivery: '', duration: 0n },
          alternatives: [{ own: price, brands: [], outside: '' }],
        };
        const stock: Stock =
          quantity === 0n ? { kind: 'demand' } : { kind: 'units', units: quantity };
        return this.facets.desk.offerWith(terms, stock, {}, requestId);
      },
      offerWith(
        terms: OfferTerms,
        stock: Stock,
        options: OfferOptions,
        requestId: string,
      ): Offered | Refusal {
        const { self } = this.facets;
        return lately(this.state, 'offer', requestId, () => self.open(terms, stock, options));
      },
      offerThere(
        what: string,
        description: string,
        price: bigint,
        link: string,
        requestId: string,
      ): Promise<Offered | Refusal> {
        const { market, member } = this.state;
        const { desk } = this.facets;
        const terms: OfferTerms = {
          ...{ what, description, category: '', delivery: '', duration: 0n },
          alternatives: [{ own: price, brands: [], outside: '' }],
        };
        // Whether it is a claim shows when something is asked of it; a false one sells nothing.
        const made = openFor(
          member,
          market.enlivener(),
          link,
          (claim: Facet<Claim>): Offered | Refusal =>
            desk.offerWith(terms, { kind: 'claim', claim }, {}, requestId),
        );
        return E.when(
          made,
          (offered) => offered,
          () => refuse('invalid'),
        );
      },
      order(offer: Facet<Offer>, quantity: bigint, requestId: string): Ordered | Refusal {
        return this.facets.desk.orderWith(offer, 0n, quantity, [], requestId);
      },
      orderAt(
        offer: Facet<Offer>,
        alternative: bigint,
        quantity: bigint,
        requestId: string,
      ): Ordered | Refusal {
        return this.facets.desk.orderWith(offer, alternative, quantity, [], requestId);
      },
      orderWith(
        offer: Facet<Offer>,
        alternative: bigint,
        quantity: bigint,
        handed: readonly Handed[],
        requestId: string,
      ): Ordered | Refusal {
        const { self } = this.facets;
        return lately(this.state, 'order', requestId, () =>
          self.place(offer, alternative, quantity, handed),
        );
      },
      orderWithLink(
        offer: Facet<Offer>,
        alternative: bigint,
        quantity: bigint,
        link: string,
        requestId: string,
      ): Promise<Ordered | Refusal> {
        const { market, member } = this.state;
        const { desk } = this.facets;
        // It only tells what was set aside. What it is worth the issuer says, when the order takes it over.
        return openFor(member, market.enlivener(), link, (aside: Facet<Aside>) =>
          E.when(E(aside).hand(), ({ hold, decider }) =>
            desk.orderWith(offer, alternative, quantity, [{ hold, decider }], requestId),
          ),
        );
      },
      setAside(value: bigint, requestId: string): SetAside | Refusal {
        const { market, member } = this.state;
        return lately(this.state, 'setAside', requestId, () => {
          const held = member
            .account()
            .hold(market.ledger().commons(), value, { divisible: true }, innerId(market));
          if (!held.ok) return held;
          return { ok: true, aside: makeAside(market, held.hold, held.decider) };
        });
      },
      payeeLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const { market, member } = this.state;
        const grantor = market.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(member.payee(), { label: 'to be paid' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      look(words: string, _requestId: string): OfferDone {
        this.state.looking = words;
        this.state.before = undefined;
        return { ok: true };
      },
      older(requestId: string): OfferDone {
        const { market, member } = this.state;
        return lately(this.state, 'older', requestId, () => {
          const { looking, before } = this.state;
          this.state.before = bookOf(market).items(member.number(), looking, before).next;
          return { ok: true };
        });
      },
    },
    more: {
      older(requestId: string): OfferDone {
        return this.facets.desk.older(requestId);
      },
    },
    inside: {
      ended(offer: bigint): void {
        this.state.own.delete(offer);
      },
      touch(): void {
        this.state.news += 1n;
      },
      first(what: string, description: string, price: bigint): { readonly ok: true } | Refusal {
        const { desk } = this.facets;
        const requestId = innerId(this.state.market);
        const made = desk.offer(what, description, price, 1n, requestId);
        return made.ok ? { ok: true } : made;
      },
      left(): void {
        for (const offer of [...this.state.own.values()]) offer.withdraw();
      },
    },
    self: {
      open(terms: OfferTerms, stock: Stock, options: OfferOptions): Offered | Refusal {
        const { market, member, own } = this.state;
        const may = member.mayOpen('offer', BigInt(own.size()));
        if (!may.ok) return may;
        const fault = faultOf(known(market, member, terms), rulesOf(market));
        if (fault !== undefined) return refuse(fault);
        const { label, days = 0n } = options;
        if (label !== undefined && payoutOf(market, label) === undefined) return refuse('stale');
        const number = market.nextNumber();
        const { maker, inside } = makeOffer(
          number,
          market,
          member,
          known(market, member, terms),
          stock,
          options,
        );
        own.set(number, inside);
        if (days > 0n) maker.setDays(days, innerId(market));
        return { ok: true, offer: maker };
      },
      place(
        offer: Facet<Offer>,
        alternative: bigint,
        quantity: bigint,
        handed: readonly Handed[],
      ): Ordered | Refusal {
        const { market, member } = this.state;
        const quote = bookOf(market).quote(offer, quantity, alternative);
        if (!quote.ok) return quote;
        const { price, payee, brands, outside, parts } = quote;
        if (parts.seller === member) return refuse('unsupported');
        const may = member.mayOpen('order', deskOf(member).openPurchases());
        if (!may.ok) return may;

        const found = legsOf(member, brands, handed, () => {
          if (price === 0n) return undefined;
          const terms = { divisible: true };
          const held = member.account().hold(payee, price, terms, innerId(market));
          return held.ok ? { kind: 'near', decider: held.decider, value: price } : held;
        });
        if (!found.ok) return found;
        const legs: readonly Leg[] =
          outside === '' ? found.legs : [...found.legs, { kind: 'outside', what: outside }];
        const made = makeOrder(market, { ...parts, buyer: member, legs });
        return made.ok ? { ok: true, order: made.buyer } : made;
      },
    },
  },
  readOnly: ['desk.changes', 'desk.orderWithLink', 'desk.offerThere', 'desk.payeeLink'],
});

type State = {
  readonly market: Facet<MarketInside>;
  readonly outcomes: DurableMap<string, unknown>;
};
const lately = <Outcome>(
  { market, outcomes }: State,
  method: string,
  requestId: string,
  act: () => Outcome,
): Outcome => onceLately(outcomes, market.now(), method, requestId, act);

/** Units and steps of other brands as the market knows them, whatever the maker says. */
const known = (
  market: Facet<MarketInside>,
  maker: Facet<MemberInside>,
  terms: OfferTerms,
): OfferTerms => {
  const brands = bookOf(market).brands();
  const renamed = (said: BrandPart): BrandPart => {
    const { voucher, ...part } = said;
    if (voucher !== undefined) {
      // Where it is no voucher of this market the part is one of a brand, which the market may not take.
      const made = voucherPart(market, maker, voucher, { value: part.value });
      return made.ok ? made.part : part;
    }
    const { unit, step } = brands.find(part.issuer) ?? part;
    return { ...part, unit, step };
  };
  const alternatives = terms.alternatives.map((bundle) => ({
    ...bundle,
    brands: bundle.brands.map(renamed),
  }));
  return { ...terms, alternatives };
};

/** For calls of a person's account: an id of the person's could have been used there before. */
const innerId = (market: Facet<MarketInside>): string =>
  market.derive(`offer desk ${market.nextNumber()}`);

export const makeOfferDesk = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { readonly desk: Facet<OfferDesk>; readonly part: Facet<OfferDeskInside> } => {
  const { desk, inside } = makeDeskKit(market, member);
  return { desk, part: inside as unknown as Facet<OfferDeskInside> };
};
