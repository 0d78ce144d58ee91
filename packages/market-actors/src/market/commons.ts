/** Who decides what the commons take over, and the one-use authority to have it done (SPEC C16, F15). */
import { M } from '@endo/patterns';
import type { Described, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, once, refuse } from '@pocas/vat-runtime/actors';
import { ChangeActI } from '../charter/guards.ts';
import { makeMandate } from '../charter/mandate.ts';
import type { Mandate } from '../charter/types.ts';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, credits, requestId, view } from '../inside/shapes.ts';
import type { MarketHub } from './inside.ts';
import { beyondFloor, isAtRest } from './leaving.ts';
import type { CommonsKeeper, CommonsView, MemberCard } from './types.ts';

const shown = 30;

const CommonsKeeperI: Described<Methods<'view' | 'changes' | 'mandate'>> = describe(
  M.interface('CommonsKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    mandate: M.call(M.remotable('card'), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'The common fund', es: 'El fondo común' },
    help: {
      en: 'Of those who leave in debt, or do not come any more. Talk with them first.',
      es: 'De quienes se van debiendo, o ya no vienen. Primero platiquen con ellas o ellos.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      balance: { label: { en: 'In the fund', es: 'En el fondo' }, unit: credits, prominent: true },
      floor: { label: { en: 'It may owe up to', es: 'Puede deber hasta' }, unit: credits },
      cases: {
        label: { en: 'To be decided together', es: 'Por decidir en común' },
        item: {
          heading: 'name',
          fields: {
            name: { label: { en: 'Name', es: 'Nombre' } },
            reason: {
              label: { en: 'Why', es: 'Por qué' },
              values: {
                leaving: { en: 'leaves', es: 'se va' },
                away: { en: 'away for long', es: 'hace mucho que no viene' },
              },
            },
            balance: { label: { en: 'Balance', es: 'Saldo' }, unit: credits },
            plan: { label: { en: 'What they say', es: 'Lo que dice' } },
          },
          empty: { en: 'Nobody.', es: 'Nadie.' },
        },
      },
    },
    methods: {
      view,
      changes,
      mandate: {
        label: { en: 'The common fund takes it over', es: 'El fondo común se hace cargo' },
        confirm: { en: 'Was this decided together?', es: '¿Esto se decidió en común?' },
        args: [
          { name: 'member', kind: 'facet', label: { en: 'Who', es: 'Quién' }, from: 'cases' },
          requestId,
        ],
      },
    },
  },
);

/** Exactly one debt, for a mandate. */
const makeAbsorbAct = defineActor({
  name: 'AbsorbAct',
  state: { hub: typed<Facet<MarketHub>>(M.remotable('market')), member: M.nat() },
  init: (hub: Facet<MarketHub>, member: bigint) => ({ hub, member }),
  guards: { act: ChangeActI },
  facets: {
    act: {
      carryOut(): { readonly ok: true } | Refusal {
        const { hub, member } = this.state;
        const kit = hub.member(member);
        // Since it was decided they may have paid, come back, or gone.
        if (kit?.care.case() === undefined) return refuse('closed');
        if (!isAtRest(kit)) return refuse('notYet');
        try {
          hub.absorb(member);
          return { ok: true };
        } catch (error) {
          if (error instanceof Error && error.message === beyondFloor) return refuse('limit');
          throw error;
        }
      },
    },
  },
});

const makeKeeperKit = defineActor({
  name: 'CommonsKeeper',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<MarketHub>) => ({ hub, outcomes: makeDurableMap<string, unknown>() }),
  guards: { keeper: CommonsKeeperI },
  facets: {
    keeper: {
      view(): CommonsView {
        const { hub } = this.state;
        const inside = hub.inside();
        const cases = hub.everybody().flatMap(({ care, inside: member, card }) => {
          const one = care.case();
          return one === undefined ? [] : [{ name: member.name(), ...one, member: card }];
        });
        return {
          unit: inside.unit(),
          balance: hub.auditor().statement().commons,
          floor: inside.charter('commonsFloor'),
          cases: cases.slice(0, shown),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper, this.state.hub, this.state.hub.auditor());
      },
      mandate(
        card: Facet<MemberCard>,
        requestId: string,
      ):
        | { readonly ok: true; readonly mandate: Facet<Mandate>; readonly goto: Facet<Mandate> }
        | Refusal {
        const { hub, outcomes } = this.state;
        return once<{ ok: true; mandate: Facet<Mandate>; goto: Facet<Mandate> } | Refusal>(
          outcomes,
          'mandate',
          requestId,
          () => {
            const kit = hub.memberOf(card);
            const one = kit?.care.case();
            if (kit === undefined || one === undefined) return refuse('closed');
            const { act } = makeAbsorbAct(hub, kit.inside.number());
            const value = one.balance < 0n ? -one.balance : one.balance;
            const mandate = makeMandate({ act: 'absorb', name: kit.inside.name(), value }, act);
            return { ok: true, mandate, goto: mandate };
          },
        );
      },
    },
  },
  readOnly: ['keeper.changes'],
});

export const makeCommonsKeeper = (hub: Facet<MarketHub>): Facet<CommonsKeeper> =>
  makeKeeperKit(hub).keeper;
