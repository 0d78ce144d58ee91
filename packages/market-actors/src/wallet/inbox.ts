/**
 * The inbox (SPEC C14): others leave notices, and facets that they offer. Nothing in it is called or opened by
 * itself: a facet that somebody left is anything at all until its owner takes it.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Described, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, view } from '../inside/shapes.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import type { WalletInside } from './inside.ts';

/** Notices that wait. Whoever comes after that is refused until the owner has looked. */
export const maxNotices = 30;
/** Things that are kept. */
export const maxKept = 200;

export type Notice = {
  readonly from: string;
  readonly words: string;
  readonly thing?: Facet<object>;
};

/** For others: they put in, and see nothing. */
export type WalletInbox = {
  view(): { readonly name: string };
  /**
   * @param from - what they call themselves: nobody has checked it
   * Refusal: `quota` while 30 wait.
   */
  leave(from: string, words: string): { readonly ok: true } | Refusal;
  /** The same with a facet that they offer. */
  offer(from: string, words: string, thing: Facet<object>): { readonly ok: true } | Refusal;
};

/** For the owner. */
export type WalletThings = {
  view(): WalletThingsView;
  changes(since?: string): Promise<string>;
  /** Keeps what a notice offers, under a name. `closed` where it is gone, `invalid` where it offers nothing. */
  take(notice: Facet<Entry>, label: string): { readonly ok: true } | Refusal;
  discard(notice: Facet<Entry>): { readonly ok: true } | Refusal;
  /** Keeps a facet that is held already: a lease, a voucher, anything. `quota` past 200. */
  keep(label: string, thing: Facet<object>): { readonly ok: true } | Refusal;
  /** The same with what a text opens: a sturdy ref. `invalid` for what is none. */
  keepLink(label: string, link: string): Promise<{ readonly ok: true } | Refusal> | Refusal;
  forget(kept: Facet<Entry>): { readonly ok: true } | Refusal;
  /** All that is kept, with what is too much for a page. */
  all(): readonly Kept[];
  inbox(): Facet<WalletInbox>;
};
export type WalletThingsView = {
  readonly notices: readonly {
    readonly from: string;
    readonly words: string;
    readonly isOffer: boolean;
    readonly entry: Facet<Entry>;
  }[];
  readonly kept: readonly Kept[];
};
export type Kept = {
  readonly label: string;
  readonly thing: Facet<object>;
  readonly entry: Facet<Entry>;
};

const WordsShape = M.string({ stringLengthLimit: 500 });
const InboxI: Described<Methods<'view' | 'leave' | 'offer'>> = describe(
  M.interface('WalletInbox', {
    view: ViewGuard,
    leave: M.call(NameShape, WordsShape).returns(M.record()),
    offer: M.call(NameShape, WordsShape, M.remotable('thing')).returns(M.record()),
  }),
  {
    label: { en: 'Leave a notice', es: 'Dejar un aviso' },
    view: 'view',
    title: 'name',
    fields: { name: { label: { en: 'For', es: 'Para' } } },
    methods: {
      view,
      leave: {
        label: { en: 'Leave a notice', es: 'Dejar un aviso' },
        args: [
          { name: 'from', kind: 'text', label: { en: 'Who are you?', es: '¿Quién eres?' } },
          { name: 'words', kind: 'longText', label: { en: 'What is it?', es: '¿Qué es?' } },
        ],
        done: { en: 'Left.', es: 'Quedó.' },
      },
      offer: {
        label: { en: 'Offer something', es: 'Ofrecer algo' },
        args: [
          { name: 'from', kind: 'text' },
          { name: 'words', kind: 'longText' },
          { name: 'thing', kind: 'facet' },
        ],
        hidden: true,
      },
    },
  },
);

const ThingsI: Described<
  Methods<
    'view' | 'changes' | 'take' | 'discard' | 'keep' | 'keepLink' | 'forget' | 'all' | 'inbox'
  >
> = describe(
  M.interface('WalletThings', {
    view: ViewGuard,
    changes: ChangesGuard,
    take: M.call(M.remotable('notice'), NameShape).returns(M.record()),
    discard: M.call(M.remotable('notice')).returns(M.record()),
    keep: M.call(NameShape, M.remotable('thing')).returns(M.record()),
    keepLink: M.call(NameShape, M.string({ stringLengthLimit: 4_000 })).returns(
      M.or(M.promise(), M.record()),
    ),
    forget: M.call(M.remotable('kept')).returns(M.record()),
    all: M.call().returns(M.array()),
    inbox: M.call().returns(M.remotable('inbox')),
  }),
  {
    label: { en: 'Notices and things', es: 'Avisos y cosas' },
    view: 'view',
    changes: 'changes',
    fields: {
      notices: {
        label: { en: 'Notices', es: 'Avisos' },
        item: {
          heading: 'from',
          fields: {
            words: { label: { en: 'Says', es: 'Dice' } },
            isOffer: {
              label: { en: 'Offers you something', es: 'Te ofrece algo' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } },
            },
          },
          empty: { en: 'None.', es: 'Ninguno.' },
        },
      },
      kept: {
        label: { en: 'What you keep', es: 'Lo que guardas' },
        item: {
          heading: 'label',
          fields: { thing: { label: { en: 'Open', es: 'Abrir' } } },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
    },
    methods: {
      view,
      changes,
      take: {
        label: { en: 'Keep what it offers', es: 'Guardar lo que ofrece' },
        help: {
          en: 'Whoever left it chose what it is and what it says.',
          es: 'Quien lo dejó eligió qué es y qué dice.',
        },
        args: [
          { name: 'notice', kind: 'facet', from: 'notices', label: { en: 'Which', es: 'Cuál' } },
          { name: 'label', kind: 'text', label: { en: 'Call it', es: 'Llamarlo' } },
        ],
      },
      discard: {
        label: { en: 'Throw away', es: 'Tirar' },
        args: [
          { name: 'notice', kind: 'facet', from: 'notices', label: { en: 'Which', es: 'Cuál' } },
        ],
      },
      keep: {
        label: { en: 'Keep', es: 'Guardar' },
        args: [
          { name: 'label', kind: 'text', label: { en: 'Call it', es: 'Llamarlo' } },
          { name: 'thing', kind: 'facet', label: { en: 'What', es: 'Qué' } },
        ],
        hidden: true,
      },
      keepLink: {
        label: { en: 'Keep what somebody gave you', es: 'Guardar lo que alguien te dio' },
        args: [
          { name: 'label', kind: 'text', label: { en: 'Call it', es: 'Llamarlo' } },
          {
            name: 'link',
            kind: 'secret',
            label: { en: 'What they gave you', es: 'Lo que te dieron' },
          },
        ],
        refusals: {
          invalid: {
            en: 'It begins with ocapn://.',
            es: 'Empieza con ocapn://.',
          },
        },
      },
      forget: {
        label: { en: 'Forget', es: 'Olvidar' },
        args: [{ name: 'kept', kind: 'facet', from: 'kept', label: { en: 'Which', es: 'Cuál' } }],
        confirm: { en: 'Forget it for good?', es: '¿Olvidarlo para siempre?' },
      },
      all: { label: { en: 'All of it', es: 'Todo' }, args: [], hidden: true },
      inbox: {
        label: { en: 'What others may have', es: 'Lo que otras personas pueden tener' },
        args: [],
        hidden: true,
      },
    },
  },
);

type NoticeRow = Notice & { readonly entry: Facet<Entry> };
const shown = 30;

const makeThingsKit = defineActor({
  name: 'WalletThings',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    notices: typed<DurableMap<bigint, NoticeRow>>(M.any()),
    kept: typed<DurableMap<bigint, Kept>>(M.any()),
    next: M.nat(),
  },
  init: (inside: Facet<WalletInside>) => ({
    inside,
    notices: makeDurableMap<bigint, NoticeRow>(),
    kept: makeDurableMap<bigint, Kept>(),
    next: 1n,
  }),
  guards: { things: ThingsI, inbox: InboxI },
  facets: {
    things: {
      view(): WalletThingsView {
        const { notices, kept } = this.state;
        return {
          notices: [...notices.values()].map(({ from, words, thing, entry }) => ({
            ...{ from, words, isOffer: thing !== undefined, entry },
          })),
          kept: [...kept.values({ reverse: true, limit: shown })],
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.things);
      },
      take(notice: Facet<Entry>, label: string): { readonly ok: true } | Refusal {
        const { notices } = this.state;
        const number = numberOf(notice, notices);
        if (number === undefined) return refuse('closed');
        const { thing } = notices.get(number)!;
        if (thing === undefined) return refuse('invalid');
        const kept = this.facets.things.keep(label, thing);
        if (kept.ok) notices.delete(number);
        return kept;
      },
      discard(notice: Facet<Entry>): { readonly ok: true } | Refusal {
        const { notices } = this.state;
        const number = numberOf(notice, notices);
        if (number === undefined) return refuse('closed');
        notices.delete(number);
        this.state.next += 1n;
        return { ok: true };
      },
      keep(label: string, thing: Facet<object>): { readonly ok: true } | Refusal {
        const { kept, next } = this.state;
        if (kept.size() >= maxKept) return refuse('quota');
        this.state.next = next + 1n;
        kept.set(next, { label, thing, entry: makeEntry(next) });
        return { ok: true };
      },
      keepLink(label: string, link: string): Promise<{ readonly ok: true } | Refusal> | Refusal {
        if (!link.trim().startsWith('ocapn://')) return refuse('invalid');
        const opened = E(this.state.inside.enlivener()).enliven(link.trim());
        return E.when(opened, (thing) =>
          this.facets.things.keep(label, thing as Facet<object>),
        ) as Promise<{ readonly ok: true } | Refusal>;
      },
      forget(given: Facet<Entry>): { readonly ok: true } | Refusal {
        const { kept } = this.state;
        const number = numberOf(given, kept);
        if (number === undefined) return refuse('closed');
        kept.delete(number);
        this.state.next += 1n;
        return { ok: true };
      },
      all(): readonly Kept[] {
        return [...this.state.kept.values()];
      },
      inbox(): Facet<WalletInbox> {
        return this.facets.inbox;
      },
    },
    inbox: {
      view(): { readonly name: string } {
        return { name: this.state.inside.name() };
      },
      leave(from: string, words: string): { readonly ok: true } | Refusal {
        return putIn(this.state, { from, words });
      },
      offer(from: string, words: string, thing: Facet<object>): { readonly ok: true } | Refusal {
        return putIn(this.state, { from, words, thing });
      },
    },
  },
  readOnly: ['things.changes'],
});

const putIn = (
  state: { readonly notices: DurableMap<bigint, NoticeRow>; next: bigint },
  notice: Notice,
): { readonly ok: true } | Refusal => {
  const { notices, next } = state;
  if (notices.size() >= maxNotices) return refuse('quota');
  state.next = next + 1n;
  notices.set(next, { ...notice, entry: makeEntry(next) });
  return { ok: true };
};

export const makeThings = (inside: Facet<WalletInside>): Facet<WalletThings> =>
  makeThingsKit(inside).things;
