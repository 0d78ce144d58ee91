/**
 * Where a FoCo can pay (SPEC F1, abuse: capture of the payee). Whoever spends chooses one that all can see,
 * with who entered it and what was paid to that very account before, whatever it was called then.
 */
import { M } from '@endo/patterns';
import type { Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, describe, identityOf, makeDurableMap, typed } from '@pocas/vat-runtime';
import { ViewGuard, shown, view, words } from '../inside/shapes.ts';
import {
  type Card,
  type DestinationInside,
  type DestinationItem,
  type Destinations,
  type PaidBefore,
  type PurseInside,
  type ShareInside,
  find,
} from '../inside/types.ts';

/** So many one participant enters. */
const maxOfOne = 50n;
type PaidTo = PaidBefore & { readonly payee: Facet<Payee> };
type People = { share(who: bigint): Facet<ShareInside> | undefined; nextNumber(): bigint };

const CardI = describe(
  M.interface('Destination', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: words('Where can be paid', 'A dónde se paga'),
    title: 'name',
    view: 'view',
    fields: {
      name: { label: words('Name', 'Nombre') },
      unit: { label: words('In', 'En') },
      by: { label: words('Entered by', 'Lo anotó') },
      times: { label: words('Times that this account was paid', 'Veces que se le pagó') },
      value: { label: words('Paid to it in all', 'Se le ha pagado en total') },
    },
    methods: { view, number: { label: words('Number', 'Número'), args: [], hidden: true } },
  },
);

type Is = {
  readonly number: bigint;
  readonly by: bigint;
  readonly purse: Facet<PurseInside>;
  readonly payee: Facet<Payee>;
  readonly name: string;
};

const makeDestinationKit = defineActor({
  name: 'FocoDestination',
  state: {
    is: typed<Is>(M.record()),
    all: typed<Facet<Destinations>>(M.remotable('destinations')),
    people: typed<Facet<People>>(M.remotable('foco')),
  },
  init: (is: Is, all: Facet<Destinations>, people: Facet<People>) => ({ is, all, people }),
  guards: {
    card: CardI,
    inside: M.interface('DestinationInside', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    card: {
      view(): Omit<DestinationItem, 'destination'> {
        const { is, people } = this.state;
        return {
          name: is.name,
          by: people.share(is.by)?.name() ?? '',
          unit: is.purse.facts().unit,
          ...this.facets.inside.before(),
        };
      },
      number(): bigint {
        return this.state.is.number;
      },
    },
    inside: {
      number(): bigint {
        return this.state.is.number;
      },
      card(): Facet<Card> {
        return this.facets.card;
      },
      name(): string {
        return this.state.is.name;
      },
      purse(): Facet<PurseInside> {
        return this.state.is.purse;
      },
      payee(): Facet<Payee> {
        return this.state.is.payee;
      },
      before(): PaidBefore {
        const { is, all } = this.state;
        return all.paidTo(is.payee, is.purse.number());
      },
      item(): DestinationItem {
        return { ...this.facets.card.view(), destination: this.facets.card };
      },
      paid(value: bigint): void {
        const { is, all } = this.state;
        all.paid(is.payee, is.purse.number(), value);
      },
    },
  },
});

const makeDestinationsKit = defineActor({
  name: 'FocoDestinations',
  state: {
    people: typed<Facet<People>>(M.remotable('foco')),
    all: typed<DurableMap<bigint, Facet<DestinationInside>>>(M.any()),
    counts: typed<DurableMap<bigint, bigint>>(M.any()),
    payees: typed<DurableMap<string, PaidTo>>(M.any()),
  },
  init: (people: Facet<People>) => ({
    people,
    all: makeDurableMap<bigint, Facet<DestinationInside>>(),
    counts: makeDurableMap<bigint, bigint>(),
    payees: makeDurableMap<string, PaidTo>(),
  }),
  guards: { all: M.interface('FocoDestinations', {}, { defaultGuards: 'passable' }) },
  facets: {
    all: {
      add(
        by: bigint,
        purse: Facet<PurseInside>,
        payee: Facet<Payee>,
        name: string,
      ): Facet<DestinationInside> | undefined {
        const { all, counts, people } = this.state;
        const count = counts.get(by) ?? 0n;
        if (count >= maxOfOne) return undefined;
        counts.set(by, count + 1n);
        const number = people.nextNumber();
        const is = { number, by, purse, payee, name };
        const { inside } = makeDestinationKit(is, this.facets.all, people);
        all.set(number, inside);
        return inside;
      },
      find(card: Facet<Card>): Facet<DestinationInside> | undefined {
        return find(
          card,
          (number) => this.state.all.get(number),
          (one) => one.card(),
        );
      },
      items(): readonly DestinationItem[] {
        return [...this.state.all.values({ reverse: true, limit: shown })].map((one) => one.item());
      },
      paidTo(payee: Facet<Payee>, purse: bigint): PaidBefore {
        const paid = this.state.payees.get(`${purse} ${identityOf(payee)}`);
        return { times: paid?.times ?? 0n, value: paid?.value ?? 0n };
      },
      paid(payee: Facet<Payee>, purse: bigint, value: bigint): void {
        const { times, value: before } = this.facets.all.paidTo(payee, purse);
        this.state.payees.set(`${purse} ${identityOf(payee)}`, {
          ...{ payee, times: times + 1n, value: before + value },
        });
      },
    },
  },
});

export const makeDestinations = (people: Facet<People>): Facet<Destinations> =>
  makeDestinationsKit(people).all;
