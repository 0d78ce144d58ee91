/** A person's orders in a market: what they bought, sold, and help others with. */
import type { MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { RequestIdShape, once } from '@pocas/vat-runtime/actors';
import type {
  Described,
  DurableMap,
  DurableSet,
  Facet,
  MethodDescription,
} from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  describe,
  makeDurableMap,
  makeDurableSet,
  typed,
} from '@pocas/vat-runtime';
import {
  ChangesGuard,
  type Methods,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { DeskInside, OrderBook, OrderEntry, Role } from './inside.ts';
import { epochOfHidden } from './number.ts';
import type { EndedItem, OrderDesk, OrderDeskView, OrderItem } from './types.ts';
import { helperFields, pastFields, phase, purchaseFields, saleFields } from './words.ts';

/** How many of a list a page shows. */
const shown = 30;
const shownPast = 20;

/** Open ones of one role: all of them, and those that wait for this person's word. */
type Open = {
  readonly all: DurableMap<bigint, Facet<OrderEntry>>;
  readonly waiting: DurableSet<bigint>;
};
/** An order that is over: `purchase` and the like is what this person had to do with it. */
type Past = { readonly role: Role; readonly entry: Facet<OrderEntry> };

const newOpen = (): Open => ({
  all: makeDurableMap<bigint, Facet<OrderEntry>>(),
  waiting: makeDurableSet<bigint>(),
});

const item = {
  heading: 'what',
  controls: 'act',
} as const;

const offerHelp: MethodDescription = {
  label: { en: 'Help when others disagree', es: 'Ayudar cuando otros no se entienden' },
  help: {
    en: 'You may be drawn by lot for orders that are made from now on.',
    es: 'Te puede tocar por sorteo en pedidos que se hagan de aquí en adelante.',
  },
  done: { en: 'Thank you.', es: 'Gracias.' },
  args: [requestId],
};
const stopHelping: MethodDescription = {
  label: { en: 'Stop helping', es: 'Dejar de ayudar' },
  done: { en: 'You will not be drawn any more.', es: 'Ya no te tocará.' },
  args: [requestId],
};
const WillGuard: MethodGuard = M.call(RequestIdShape).returns(M.record());
/** Which of the two a page offers. */
const HelperI: Described<Methods<'stopHelping'>> = describe(
  M.interface('OrderHelperWilling', { stopHelping: WillGuard }),
  {
    label: { en: 'You help when others disagree', es: 'Ayudas cuando otros no se entienden' },
    methods: { stopHelping },
  },
);
const NoHelperI: Described<Methods<'offerHelp'>> = describe(
  M.interface('OrderHelperNot', { offerHelp: WillGuard }),
  {
    label: { en: 'When others disagree', es: 'Cuando otros no se entienden' },
    methods: { offerHelp },
  },
);

export const OrderDeskI: Described<
  Methods<'view' | 'changes' | 'offerHelp' | 'stopHelping' | 'past'>
> = describe(
  M.interface('OrderDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    offerHelp: M.call(RequestIdShape).returns(M.record()),
    stopHelping: M.call(RequestIdShape).returns(M.record()),
    past: M.call(M.nat()).returns(M.arrayOf(M.record())),
  }),
  {
    label: { en: 'Your orders', es: 'Tus pedidos' },
    view: 'view',
    changes: 'changes',
    fields: {
      purchases: {
        label: { en: 'What you ordered', es: 'Lo que pediste' },
        item: {
          ...item,
          fields: purchaseFields,
          empty: { en: 'You have no open orders.', es: 'No tienes pedidos abiertos.' },
        },
      },
      sales: {
        label: { en: 'What others ordered from you', es: 'Lo que te pidieron' },
        item: {
          ...item,
          fields: saleFields,
          empty: { en: 'Nobody waits for anything from you.', es: 'Nadie espera nada de ti.' },
        },
      },
      helping: {
        label: { en: 'Where you help to agree', es: 'Donde ayudas a ponerse de acuerdo' },
        item: {
          heading: 'what',
          fields: { phase, with: helperFields['with']!, price: helperFields['price']! },
          empty: { en: 'Nobody needs your help.', es: 'Nadie necesita tu ayuda.' },
        },
      },
      past: {
        label: { en: 'What is over', es: 'Lo que ya terminó' },
        item: {
          heading: 'what',
          fields: pastFields,
          empty: { en: 'Nothing yet.', es: 'Nada todavía.' },
        },
      },
      help: {
        label: { en: 'When others disagree', es: 'Cuando otros no se entienden' },
        embed: true,
      },
    },
    methods: {
      view,
      changes,
      offerHelp: { ...offerHelp, hidden: true },
      stopHelping: { ...stopHelping, hidden: true },
      past: {
        label: { en: 'Older ones', es: 'Más antiguos' },
        args: [{ name: 'page', kind: 'nat', label: { en: 'Page', es: 'Página' } }],
        hidden: true,
      },
    },
  },
);

const InsideI: Methods<string> = M.interface('OrderDeskInside', {}, { defaultGuards: 'passable' });

const makeDeskKit = defineActor({
  name: 'OrderDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    purchase: typed<Open>(M.record()),
    sale: typed<Open>(M.record()),
    help: typed<Open>(M.record()),
    /** By epochs, and within one in the order in which they ended, but for hidden ones. @see placeOf */
    past: typed<DurableMap<bigint, Past>>(M.any()),
    /** How many that are not hidden have ended. */
    over: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    /** Counts what happened, so that a page can wait for the next thing. */
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, member: Facet<MemberInside>) => ({
    market,
    member,
    purchase: newOpen(),
    sale: newOpen(),
    help: newOpen(),
    past: makeDurableMap<bigint, Past>(),
    over: 0n,
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: OrderDeskI, willing: HelperI, unwilling: NoHelperI, inside: InsideI },
  facets: {
    desk: {
      view(): OrderDeskView {
        const { market, member, past } = this.state;
        const { inside, willing, unwilling } = this.facets;
        const isWilling = (market.part('order') as Facet<OrderBook>).isWilling(member.number());
        const helping = inside.list('help');
        const over = [...past.values({ reverse: true, limit: shownPast })].map(pastItem);
        return {
          purchases: inside.list('purchase'),
          sales: inside.list('sale'),
          ...(helping.length === 0 ? {} : { helping }),
          ...(over.length === 0 ? {} : { past: over }),
          help: isWilling ? willing : unwilling,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.desk);
      },
      offerHelp(request: string): { readonly ok: true } {
        const { inside } = this.facets;
        return once(this.state.outcomes, 'offerHelp', request, () => inside.setWilling(true));
      },
      stopHelping(request: string): { readonly ok: true } {
        const { inside } = this.facets;
        return once(this.state.outcomes, 'stopHelping', request, () => inside.setWilling(false));
      },
      past(page: bigint): readonly EndedItem[] {
        const { past } = this.state;
        const before = Number(page) * shown;
        const places = [...past.keys({ reverse: true, limit: before + shown })].slice(before);
        return places.map((place) => pastItem(past.get(place)!));
      },
    },
    willing: {
      stopHelping(request: string): { readonly ok: true } {
        return this.facets.desk.stopHelping(request);
      },
    },
    unwilling: {
      offerHelp(request: string): { readonly ok: true } {
        return this.facets.desk.offerHelp(request);
      },
    },
    inside: {
      openPurchases(): bigint {
        return BigInt(this.state.purchase.all.size());
      },
      add(role: Role, number: bigint, entry: Facet<OrderEntry>, waits: boolean): void {
        this.state[role].all.set(number, entry);
        this.facets.inside.update(role, number, waits);
      },
      update(role: Role, number: bigint, waits: boolean): void {
        const { waiting } = this.state[role];
        if (waits) waiting.add(number);
        else waiting.delete(number);
        this.facets.inside.touch();
      },
      end(role: Role, number: bigint): void {
        const { market, past } = this.state;
        const { all, waiting } = this.state[role];
        const entry = all.get(number);
        if (entry === undefined) return;
        all.delete(number);
        waiting.delete(number);
        const isHidden = epochOfHidden(number) !== undefined;
        if (!isHidden) this.state.over += 1n;
        const place = isHidden ? placeOf(number) : this.state.over;
        past.set(market.epoch() * places + place, { role, entry });
        this.facets.inside.touch();
      },
      setWilling(isWilling: boolean): { readonly ok: true } {
        const { market, member } = this.state;
        (market.part('order') as Facet<OrderBook>).setWilling(member, isWilling);
        this.facets.inside.touch();
        return { ok: true };
      },
      /** Open ones, those that wait for this person first: who waits for others must not hide them. */
      list(role: Role): readonly OrderItem[] {
        const { all, waiting } = this.state[role];
        const urgent = [...waiting.values({ limit: shown })];
        const rest: bigint[] = [];
        for (const number of all.keys({ reverse: true })) {
          if (urgent.length + rest.length >= shown) break;
          if (!waiting.has(number)) rest.push(number);
        }
        return [...urgent, ...rest].map((number) => all.get(number)!.item(role));
      },
      touch(): void {
        const { member, purchase, sale, help } = this.state;
        this.state.news += 1n;
        const waiting = purchase.waiting.size() + sale.waiting.size() + help.waiting.size();
        member.setWaiting('order', BigInt(waiting));
      },
    },
  },
  readOnly: ['desk.changes'],
});

/** Of one epoch, in the list of what is over. */
const places = 1n << 80n;
/**
 * A hidden order stands among those that ended in the same epoch where its number says, after all others:
 * between two that are dated one would read when its buyer said that all is well.
 */
const placeOf = (hidden: bigint): bigint => places / 2n + (hidden % (places / 4n));

const pastItem = ({ role, entry }: Past): EndedItem => ({ ...entry.past(role), role });

export const makeOrderDesk = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { readonly desk: Facet<OrderDesk>; readonly part: Facet<DeskInside> } => {
  const { desk, inside } = makeDeskKit(market, member);
  return { desk, part: inside };
};
