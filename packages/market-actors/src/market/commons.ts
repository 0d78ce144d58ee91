/** What the commons may take over, and the one-use authority to have it done (SPEC C16, F15). */
import { M } from '@endo/patterns';
import type { Clock, Described, DurableMap, Facet, Text } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type ActOption,
  type Carried,
  type Drafted,
  type Granted,
  MandateActI,
  type MandateTerms,
  MandateTermsShape,
  type Refusal,
  RequestIdShape,
  type Wish,
  WishShape,
  areTerms,
  makeMandate,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, credits, requestId, view } from '../inside/shapes.ts';
import type { MarketHub, MemberKit } from './inside.ts';
import { leavingRefusal } from './leaving.ts';
import { planPhaseField } from './leaving-guards.ts';
import type { CommonsKeeper, CommonsView } from './types.ts';

const shown = 30;
/** A plan is kept within so many days at most. */
const mostDays = 366n;

const wish = { name: 'wish', kind: 'text', label: { en: 'What', es: 'Qué' } } as const;

const CommonsKeeperI: Described<Methods<'view' | 'changes' | 'draft' | 'mandate'>> = describe(
  M.interface('CommonsKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    draft: M.call(WishShape).returns(M.record()),
    mandate: M.call(WishShape, MandateTermsShape, RequestIdShape).returns(M.record()),
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
            promised: { label: { en: 'Promised, and still out', es: 'Prometió y falta' } },
            worth: {
              label: { en: 'What was paid for it', es: 'Lo que pagaron por eso' },
              unit: credits,
            },
            agreed: planPhaseField,
          },
          empty: { en: 'Nobody.', es: 'Nadie.' },
        },
      },
    },
    methods: {
      view,
      changes,
      draft: { label: { en: 'What it would do', es: 'Qué haría' }, args: [wish], hidden: true },
      mandate: {
        label: { en: 'The common fund takes it over', es: 'El fondo común se hace cargo' },
        args: [
          wish,
          { name: 'terms', kind: 'text', label: { en: 'When', es: 'Cuándo' } },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

/** Exactly one debt, for a mandate. */
const makeAbsorbAct = defineActor({
  name: 'AbsorbAct',
  state: { hub: typed<Facet<MarketHub>>(M.remotable('market')), member: M.nat() },
  init: (hub: Facet<MarketHub>, member: bigint) => ({ hub, member }),
  guards: { act: MandateActI },
  facets: {
    act: {
      carryOut(_requestId: string): Carried {
        const { hub, member } = this.state;
        const kit = hub.member(member);
        // Since it was decided they may have paid, come back, or gone.
        if (kit?.care.case() === undefined) return refuse('closed');
        try {
          hub.absorb(member);
          return { ok: true };
        } catch (error) {
          const code = leavingRefusal(error);
          if (code === undefined) throw error;
          return refuse(code);
        }
      },
    },
  },
});

/** The plan of one who leaves in debt, for a mandate. */
const makeAgreeAct = defineActor({
  name: 'AgreeAct',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    member: M.nat(),
    days: M.nat(),
  },
  init: (hub: Facet<MarketHub>, member: bigint, days: bigint) => ({ hub, member, days }),
  guards: { act: MandateActI },
  facets: {
    act: {
      carryOut(_requestId: string): Carried {
        const { hub, member, days } = this.state;
        return hub.member(member)?.care.agree(days) ?? refuse('closed');
      },
    },
  },
});

/** A case as a thing that can be decided. */
const optionsOf = ({ inside, care }: MemberKit): readonly ActOption[] => {
  const one = care.case();
  if (one === undefined) return [];
  const owed = one.balance < 0n ? -one.balance : 0n;
  const name = inside.name();
  const promised: Text =
    one.worth === 0n
      ? { en: '', es: '' }
      : {
          en: `, and gives back ${one.worth} for what they promised (${one.promised})`,
          es: `, y devuelve ${one.worth} por lo que prometió (${one.promised})`,
        };
  const absorb: ActOption = {
    act: 'absorb',
    name: String(inside.number()),
    label: {
      en: `The common fund takes over what ${name} owes: ${owed}${promised.en}`,
      es: `El fondo común se hace cargo de lo que debe ${name}: ${owed}${promised.es}`,
    },
    takes: 'nothing',
  };
  if (one.reason !== 'leaving' || care.agreed()?.phase === 'running') return [absorb];
  const agree: ActOption = {
    act: 'agree',
    name: String(inside.number()),
    label: {
      en: `The plan of ${name} is agreed to, to be kept within so many days`,
      es: `Se acepta el plan de ${name}, para cumplirlo en tantos días`,
    },
    takes: 'value',
    unit: { en: 'days', es: 'días' },
    least: 1n,
    most: mostDays,
  };
  return [absorb, agree];
};

const about: Text = {
  en: 'What the common fund takes over',
  es: 'De qué se hace cargo el fondo común',
};
const numberForm = /^[1-9][0-9]{0,17}$/;

const makeKeeperKit = defineActor({
  name: 'CommonsKeeper',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    clock: typed<Clock>(M.remotable('clock')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<MarketHub>, clock: Clock) => ({
    hub,
    clock,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { keeper: CommonsKeeperI },
  facets: {
    keeper: {
      view(): CommonsView {
        const { hub } = this.state;
        const inside = hub.inside();
        const kits = hub.everybody().filter(({ care }) => care.case() !== undefined);
        return {
          about,
          options: kits.slice(0, shown).flatMap(optionsOf),
          unit: inside.unit(),
          balance: hub.auditor().statement().commons,
          floor: inside.charter('commonsFloor'),
          cases: kits.slice(0, shown).map(({ care, inside: member, card }) => ({
            name: member.name(),
            ...care.case()!,
            agreed: care.agreed()?.phase ?? ('none' as const),
            member: card,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper, this.state.hub, this.state.hub.auditor());
      },
      draft(wished: Wish): Drafted | Refusal {
        const read = readWish(this.state.hub, wished);
        return read.ok ? { ok: true, words: read.words } : read;
      },
      mandate(wished: Wish, terms: MandateTerms, requestId: string): Granted | Refusal {
        const { hub, clock, outcomes } = this.state;
        return once<Granted | Refusal>(outcomes, 'mandate', requestId, () => {
          if (!areTerms(terms, clock.now())) return refuse('invalid');
          const read = readWish(hub, wished);
          if (!read.ok) return read;
          const { member, days } = read;
          const { act } =
            days === 0n ? makeAbsorbAct(hub, member) : makeAgreeAct(hub, member, days);
          return { ok: true, mandate: makeMandate(read.words, terms, clock, act) };
        });
      },
    },
  },
  readOnly: ['keeper.changes'],
});

type Read = {
  readonly ok: true;
  readonly member: bigint;
  /** Of an agreement; 0 where the debt is taken over. */
  readonly days: bigint;
  readonly words: Text;
};
const readWish = (hub: Facet<MarketHub>, { act, name = '', value = 0n }: Wish): Read | Refusal => {
  if (act !== 'absorb' && act !== 'agree') return refuse('unsupported');
  if (!numberForm.test(name)) return refuse('invalid');
  if (act === 'agree' && (value < 1n || value > mostDays)) return refuse('invalid');
  const member = BigInt(name);
  const kit = hub.member(member);
  const option = kit === undefined ? undefined : optionsOf(kit).find((one) => one.act === act);
  if (option === undefined) return refuse('closed');
  if (act === 'absorb') return { ok: true, member, days: 0n, words: option.label };
  const { en, es } = option.label;
  return { ok: true, member, days: value, words: { en: `${en}: ${value}`, es: `${es}: ${value}` } };
};

export const makeCommonsKeeper = (hub: Facet<MarketHub>, clock: Clock): Facet<CommonsKeeper> =>
  makeKeeperKit(hub, clock).keeper;
