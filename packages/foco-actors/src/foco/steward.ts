/** Care of what comes into a FoCo (SPEC F1): which values it takes, and what counts when surplus is divided. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Account } from '@pocas/clearing/value';
import type { Described, DurableMap, Enlivener, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { ArgumentDescription } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import {
  AmountShape,
  ChangesGuard,
  NameShape,
  ReasonShape,
  ViewGuard,
  amount,
  changes,
  line,
  lines,
  requestId,
  shown,
  view,
  words,
} from '../inside/shapes.ts';
import type { Card } from '../inside/types.ts';
import { type FocoHub, maxPurses } from './foco.ts';
import type { Openings } from './opening.ts';
import type { Doors } from './share.ts';
import type { FocoInvitation, FocoSteward, FocoStewardView, MarketInvitation } from './types.ts';

type Done = { readonly ok: true } | Refusal;
type Opened = { readonly ok: true; readonly purse: Facet<Card> } | Refusal;

const who: ArgumentDescription = {
  ...{ name: 'who', kind: 'facet', from: 'people' },
  label: words('Whose', 'De quién'),
};
const CountGuard = M.call(M.remotable('card'), AmountShape, ReasonShape, RequestIdShape).returns(
  M.record(),
);
const hidden = { hidden: true } as const;

const StewardI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'joinMarket'
    | 'openMarket'
    | 'addAccount'
    | 'count'
    | 'countHours'
    | 'countUse'
    | 'divide'
    | 'invite'
  >
> = describe(
  M.interface('FocoSteward', {
    view: ViewGuard,
    changes: ChangesGuard,
    joinMarket: M.call(M.remotable('invitation'), RequestIdShape).returns(M.record()),
    openMarket: M.call(M.string({ stringLengthLimit: 1_000 }), RequestIdShape).returns(
      M.or(M.promise(), M.record()),
    ),
    addAccount: M.call(
      M.remotable('account'),
      NameShape,
      NameShape,
      AmountShape,
      RequestIdShape,
    ).returns(M.record()),
    count: M.call(
      M.remotable('card'),
      M.or('hours', 'patronage'),
      AmountShape,
      ReasonShape,
      RequestIdShape,
    ).returns(M.record()),
    countHours: CountGuard,
    countUse: CountGuard,
    divide: M.call(M.remotable('purse'), RequestIdShape).returns(M.record()),
    invite: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: words('Care of a FoCo', 'Cuidado de un FoCo'),
    help: words('It takes nothing out of anybody’s envelope.', 'No saca nada del sobre de nadie.'),
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
            balance: { label: words('Together', 'En total') },
            undivided: { label: words('To be divided', 'Por repartir'), bar: { of: 'balance' } },
            unit: { label: words('In', 'En') },
            missing: {
              label: words('The market says is not there', 'El mercado dice que no está'),
            },
            phase: {
              label: words('Now', 'Cómo va'),
              values: {
                opening: words('being opened', 'abriéndose'),
                open: words('open', 'abierto'),
                failed: words('could not be opened', 'no se pudo abrir'),
              },
            },
          },
          empty: words('Join a market first.', 'Primero entra a un mercado.'),
        },
      },
      people: {
        label: words('People', 'Personas'),
        item: { heading: 'name', fields: {}, empty: words('Nobody.', 'Nadie.') },
      },
    },
    methods: {
      view,
      changes,
      openMarket: {
        label: words('Join a market', 'Entrar a un mercado'),
        args: [
          {
            ...{ name: 'text', kind: 'secret' },
            label: words('Its invitation', 'Su invitación'),
          },
          requestId,
        ],
      },
      divide: {
        label: words(
          'Divide what came in for all',
          'Repartir lo que llegó para todas las personas',
        ),
        args: [
          {
            ...{ name: 'purse', kind: 'facet', from: 'purses' },
            label: words('Of what', 'De qué'),
          },
          requestId,
        ],
      },
      countHours: {
        label: words('Count hours', 'Contar horas'),
        args: [
          who,
          amount('value', words('Hours', 'Horas')),
          lines('reason', words('What was done', 'Qué se hizo')),
          requestId,
        ],
      },
      countUse: {
        label: words('Count use', 'Contar uso'),
        args: [
          who,
          amount('value', words('How much', 'Cuánto')),
          lines('reason', words('Of what', 'De qué')),
          requestId,
        ],
      },
      joinMarket: {
        ...hidden,
        label: words('Join', 'Entrar'),
        args: [
          { name: 'invitation', kind: 'facet', label: words('Invitation', 'Invitación') },
          requestId,
        ],
      },
      addAccount: {
        ...hidden,
        label: words('Take an account', 'Tomar una cuenta'),
        args: [
          { name: 'account', kind: 'facet', label: words('Account', 'Cuenta') },
          line('name', words('Name', 'Nombre')),
          line('unit', words('Unit', 'Unidad')),
          amount('step', words('In steps of', 'De cuánto en cuánto')),
          requestId,
        ],
      },
      count: {
        ...hidden,
        label: words('Count', 'Contar'),
        args: [
          { name: 'who', kind: 'facet', label: words('Whose', 'De quién') },
          line('measure', words('What', 'Qué')),
          amount('value', words('How much', 'Cuánto')),
          lines('reason', words('Why', 'Por qué')),
          requestId,
        ],
      },
      invite: { ...hidden, label: words('Invite', 'Invitar'), args: [requestId] },
    },
  },
);

const makeStewardKit = defineActor({
  name: 'FocoSteward',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    openings: typed<Facet<Openings>>(M.remotable('openings')),
    doors: typed<Facet<Doors>>(M.remotable('doors')),
    enlivener: typed<Facet<Enlivener> | undefined>(M.opt(M.remotable('enlivener'))),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    hub: Facet<FocoHub>,
    openings: Facet<Openings>,
    doors: Facet<Doors>,
    enlivener: Facet<Enlivener> | undefined,
  ) => ({ ...{ hub, openings, doors, enlivener }, outcomes: makeDurableMap<string, unknown>() }),
  guards: { steward: StewardI },
  facets: {
    steward: {
      view(): FocoStewardView {
        const { hub } = this.state;
        const inside = hub.inside();
        return {
          name: inside.name(),
          purses: inside.purses().map((purse) => {
            const { label: name, unit, balance, totals, missing, phase } = purse.facts();
            const { undivided } = totals;
            return { name, unit, balance, undivided, missing, phase, purse: purse.card() };
          }),
          people: hub.people(shown),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.hub);
      },
      joinMarket(invitation: Facet<MarketInvitation>, requestId: string): Opened {
        const { hub, openings, outcomes } = this.state;
        const inside = hub.inside();
        return onceLately<Opened>(outcomes, inside.now(), 'joinMarket', requestId, () =>
          inside.purses().length >= maxPurses
            ? refuse('quota')
            : { ok: true, purse: openings.begin(invitation, inside.name()).card() },
        );
      },
      openMarket(text: string, requestId: string): Promise<Opened> | Refusal {
        const { enlivener } = this.state;
        if (enlivener === undefined) return refuse('unsupported');
        const { steward } = this.facets;
        return E.when(
          E(enlivener).enliven(text) as Promise<Facet<MarketInvitation>>,
          (invitation) => steward.joinMarket(invitation, requestId),
        );
      },
      addAccount(
        account: Facet<Account>,
        name: string,
        unit: string,
        step: bigint,
        requestId: string,
      ): Opened {
        const { hub, openings, outcomes } = this.state;
        const inside = hub.inside();
        return onceLately<Opened>(outcomes, inside.now(), 'addAccount', requestId, () =>
          inside.purses().length >= maxPurses
            ? refuse('quota')
            : { ok: true, purse: openings.take(account, name, unit, step).card() },
        );
      },
      count(
        card: Facet<Card>,
        measure: 'hours' | 'patronage',
        value: bigint,
        reason: string,
        requestId: string,
      ): Done {
        const { hub, outcomes } = this.state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), measure, requestId, () => {
          const share = inside.shareOf(card);
          if (share === undefined) return refuse('invalid');
          if (!share.isHere()) return refuse('closed');
          inside.roll().count(measure, share.number(), value);
          const what = measure === 'hours' ? ('hours' as const) : ('use' as const);
          share.heard({ what, name: reason.slice(0, 100), value, how: 'arrived' });
          inside.record('counted', { name: share.name(), measure, value, reason }, 'P1');
          return { ok: true };
        });
      },
      countHours(card: Facet<Card>, value: bigint, reason: string, requestId: string): Done {
        return this.facets.steward.count(card, 'hours', value, reason, requestId);
      },
      countUse(card: Facet<Card>, value: bigint, reason: string, requestId: string): Done {
        return this.facets.steward.count(card, 'patronage', value, reason, requestId);
      },
      divide(card: Facet<Card>, requestId: string): Done {
        const { hub, outcomes } = this.state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), 'divide', requestId, () => {
          const purse = inside.purseOf(card);
          if (purse === undefined) return refuse('invalid');
          purse.divide();
          return { ok: true };
        });
      },
      invite(
        requestId: string,
      ): { readonly ok: true; readonly invitation: Facet<FocoInvitation> } | Refusal {
        const { hub, doors, outcomes } = this.state;
        return onceLately(outcomes, hub.inside().now(), 'invite', requestId, () => ({
          ...{ ok: true as const, invitation: doors.invitation(0n) },
        }));
      },
    },
  },
  readOnly: ['steward.changes'],
});

export const makeSteward = (
  hub: Facet<FocoHub>,
  openings: Facet<Openings>,
  doors: Facet<Doors>,
  enlivener: Facet<Enlivener> | undefined,
): Facet<FocoSteward> => makeStewardKit(hub, openings, doors, enlivener).steward;
