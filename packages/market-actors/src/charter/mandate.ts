/** One-use authority over one act that was decided elsewhere (SPEC F15, C16). */
import { M } from '@endo/patterns';
import type { Described, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { RequestIdShape, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import type { Mandate, MandateView } from './types.ts';

/** What a mandate does. It is never handed out. */
export type MandateAct = { carryOut(): { readonly ok: true } | Refusal };

const MandateI: Described<Methods<'view' | 'changes' | 'carryOut'>> = describe(
  M.interface('Mandate', {
    view: ViewGuard,
    changes: ChangesGuard,
    carryOut: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Mandate', es: 'Mandato' },
    help: {
      en: 'It does one thing that was decided together, once.',
      es: 'Hace una sola cosa que se decidió en común, una sola vez.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      act: {
        label: { en: 'What it does', es: 'Qué hace' },
        values: {
          change: { en: 'changes a rule of the market', es: 'cambia una regla del mercado' },
          absorb: {
            en: 'the commons take over a debt',
            es: 'el fondo común se hace cargo de una deuda',
          },
        },
      },
      name: { label: { en: 'Of what', es: 'De qué' } },
      value: { label: { en: 'To how much', es: 'A cuánto' } },
      used: { label: { en: 'Carried out', es: 'Ya se hizo' } },
    },
    methods: {
      view,
      changes,
      carryOut: {
        label: { en: 'Carry it out', es: 'Llevarlo a cabo' },
        confirm: { en: 'It can be done once. Do it now?', es: 'Solo se puede una vez. ¿Ahora?' },
        args: [requestId],
      },
    },
  },
);

const makeMandateKit = defineActor({
  name: 'Mandate',
  state: {
    what: typed<Omit<MandateView, 'used'>>(M.record()),
    act: typed<Facet<MandateAct> | undefined>(M.opt(M.remotable('act'))),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (what: Omit<MandateView, 'used'>, act: Facet<MandateAct>) => ({
    what,
    act: act as Facet<MandateAct> | undefined,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { mandate: MandateI },
  facets: {
    mandate: {
      view(): MandateView {
        return { ...this.state.what, used: this.state.act === undefined };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.mandate);
      },
      carryOut(id: string): { readonly ok: true } | Refusal {
        const { state } = this;
        return once<{ ok: true } | Refusal>(state.outcomes, 'carryOut', id, () => {
          if (state.act === undefined) return refuse('closed');
          const done = state.act.carryOut();
          if (done.ok) state.act = undefined;
          return done.ok ? { ok: true } : done;
        });
      },
    },
  },
  readOnly: ['mandate.changes'],
});

export const makeMandate = (
  what: Omit<MandateView, 'used'>,
  act: Facet<MandateAct>,
): Facet<Mandate> => makeMandateKit(what, act).mandate;
