/** What anybody may see of a FoCo: totals, and nobody's own (SPEC F1, privacy). */
import { M } from '@endo/patterns';
import type { Payment } from '@pocas/clearing/value';
import type { Described, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { CharterPublic, JournalReader } from '@pocas/vat-runtime/actors';
import { type Refusal, RequestIdShape, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view, words } from '../inside/shapes.ts';
import type { Card } from '../inside/types.ts';
import type { FocoHub } from './foco.ts';
import type { FocoAuditor, FocoAuditorView, FocoPublic, FocoPublicView } from './types.ts';

type Done = { readonly ok: true } | Refusal;

/** So many gifts of strangers may be under way in an epoch: each is a row until the ledger has answered. */
const maxGifts = 1_000n;

const PublicI: Described<Methods<'view' | 'changes' | 'charter' | 'give' | 'journal'>> = describe(
  M.interface('FocoPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    charter: M.call().returns(M.remotable('charter')),
    give: M.call(M.remotable('purse'), M.remotable('payment'), RequestIdShape).returns(M.record()),
    journal: M.call().returns(M.remotable('journal')),
  }),
  {
    label: words('FoCo', 'FoCo'),
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: words('Name', 'Nombre') },
      purpose: { label: words('What it is for', 'Para qué es') },
      participants: { label: words('People', 'Personas') },
      purses: {
        label: words('What there is', 'Lo que hay'),
        item: {
          heading: 'name',
          fields: {
            balance: { label: words('Together', 'En total') },
            unit: { label: words('In', 'En') },
          },
          empty: words('Nothing yet.', 'Todavía nada.'),
        },
      },
      charter: { label: words('What was agreed', 'Lo que se acordó') },
    },
    methods: {
      view,
      changes,
      charter: { label: words('Agreement', 'Acuerdo'), args: [], hidden: true },
      journal: { label: words('Journal', 'Bitácora'), args: [], hidden: true },
      give: {
        label: words('Give to all', 'Dar a todas las personas'),
        args: [
          { name: 'purse', kind: 'facet', label: words('Of what', 'De qué') },
          { name: 'payment', kind: 'facet', label: words('What', 'Qué') },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

const makePublicKit = defineActor({
  name: 'FocoPublic',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    charter: typed<Facet<CharterPublic>>(M.remotable('charter')),
    gifts: typed<{ readonly epoch: bigint; readonly count: bigint }>(M.record()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<FocoHub>, charter: Facet<CharterPublic>) => ({
    ...{ hub, charter, gifts: { epoch: 0n, count: 0n } },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { public: PublicI },
  facets: {
    public: {
      view(): FocoPublicView {
        const { hub, charter } = this.state;
        const inside = hub.inside();
        return {
          name: inside.name(),
          purpose: hub.purpose(),
          participants: hub.here(),
          purses: inside.purses().map((purse) => {
            const { label: name, unit, balance } = purse.facts();
            return { name, unit, balance, purse: purse.card() };
          }),
          charter,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.hub);
      },
      charter(): Facet<CharterPublic> {
        return this.state.charter;
      },
      give(card: Facet<Card>, payment: Facet<Payment>, requestId: string): Done {
        const { state } = this;
        const inside = state.hub.inside();
        const epoch = inside.epoch();
        const count = state.gifts.epoch === epoch ? state.gifts.count : 0n;
        if (count >= maxGifts) return refuse('quota');
        const purse = inside.purseOf(card);
        // Anybody may call this, so what is refused is not recorded: it would cost the FoCo rows.
        if (purse === undefined) return refuse('invalid');
        if (purse.facts().phase !== 'open') return refuse('notYet');
        return onceLately<Done>(state.outcomes, inside.now(), 'give', requestId, () => {
          state.gifts = { epoch, count: count + 1n };
          purse.deposit(0n, payment, false);
          return { ok: true };
        });
      },
      journal(): Facet<JournalReader> {
        return this.state.hub.journal('P0');
      },
    },
  },
  readOnly: ['public.changes'],
});

export const makePublic = (hub: Facet<FocoHub>, charter: Facet<CharterPublic>): Facet<FocoPublic> =>
  makePublicKit(hub, charter).public;

const sumLabel = (en: string, es: string) => ({ label: words(en, es) });

const AuditorI: Described<Methods<'view' | 'changes' | 'recount' | 'journal'>> = describe(
  M.interface('FocoAuditor', {
    view: ViewGuard,
    changes: ChangesGuard,
    recount: M.call(M.remotable('purse'), M.nat()).returns(M.record()),
    journal: M.call().returns(M.remotable('journal')),
  }),
  {
    label: words('The books of a FoCo', 'Las cuentas de un FoCo'),
    help: words(
      'All parts together are the balance, after every step.',
      'Todas las partes juntas dan el saldo, después de cada paso.',
    ),
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: words('FoCo', 'FoCo') },
      purses: {
        label: words('Kinds of value', 'Valores'),
        item: {
          heading: 'name',
          fields: {
            balance: sumLabel('Balance', 'Saldo'),
            unit: sumLabel('In', 'En'),
            envelopes: { ...sumLabel('In envelopes', 'En sobres'), bar: { of: 'balance' } },
            pending: { ...sumLabel('Announced', 'Anunciado'), bar: { of: 'balance' } },
            pools: { ...sumLabel('In pools', 'En cooperachas'), bar: { of: 'balance' } },
            savings: { ...sumLabel('Saved', 'Guardado'), bar: { of: 'balance' } },
            loans: {
              ...sumLabel('Set aside for loans', 'Apartado para préstamos'),
              bar: { of: 'balance' },
            },
            undivided: { ...sumLabel('To be divided', 'Por repartir'), bar: { of: 'balance' } },
            dues: { ...sumLabel('Being divided', 'Repartiéndose'), bar: { of: 'balance' } },
            outgoing: { ...sumLabel('Being paid', 'Pagándose'), bar: { of: 'balance' } },
            difference: sumLabel(
              'Difference (0: the books are right)',
              'Diferencia (0: las cuentas cuadran)',
            ),
            missing: sumLabel('The market says is not there', 'El mercado dice que no está'),
          },
          empty: words('Nothing yet.', 'Todavía nada.'),
        },
      },
    },
    methods: {
      view,
      changes,
      recount: {
        label: words('Count again', 'Contar otra vez'),
        args: [
          { name: 'purse', kind: 'facet', label: words('Of what', 'De qué') },
          { name: 'from', kind: 'nat', label: words('From number', 'Desde el número') },
        ],
        hidden: true,
      },
      journal: { label: words('Journal', 'Bitácora'), args: [], hidden: true },
    },
  },
);

const makeAuditorKit = defineActor({
  name: 'FocoAuditor',
  state: { hub: typed<Facet<FocoHub>>(M.remotable('hub')) },
  init: (hub: Facet<FocoHub>) => ({ hub }),
  guards: { auditor: AuditorI },
  facets: {
    auditor: {
      view(): FocoAuditorView {
        const inside = this.state.hub.inside();
        return {
          name: inside.name(),
          purses: inside.purses().map((purse) => {
            const { label: name, unit, balance, totals, missing } = purse.facts();
            const sum = Object.values(totals).reduce((all, one) => all + one, 0n);
            const difference = sum - balance;
            return { name, unit, balance, difference, missing, purse: purse.card(), ...totals };
          }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.hub);
      },
      recount(
        card: Facet<Card>,
        from: bigint,
      ): { readonly ok: true; readonly sum: bigint; readonly next: bigint } | Refusal {
        const purse = this.state.hub.inside().purseOf(card);
        return purse === undefined
          ? refuse('invalid')
          : { ok: true, ...purse.recount(from, 1_000) };
      },
      journal(): Facet<JournalReader> {
        return this.state.hub.journal('P0');
      },
    },
  },
  readOnly: ['auditor.changes'],
});

export const makeAuditor = (hub: Facet<FocoHub>): Facet<FocoAuditor> => makeAuditorKit(hub).auditor;
