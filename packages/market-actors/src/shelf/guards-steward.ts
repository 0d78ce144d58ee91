/** What those who care for a shelf hold of it, and the words for it. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import { slots, zoneArgument, zoneKinds, zoneName } from './words.ts';

const Answer = M.record();
const LaterShape = M.or(M.promise(), M.record());
const KindShape = M.or(...Object.keys(zoneKinds));

const size = {
  name: 'slots',
  kind: 'nat',
  label: { en: 'How many slots', es: 'Cuántos lugares' },
  unit: slots,
} as const;
const kept = {
  name: 'kept',
  kind: 'nat',
  label: {
    en: 'Of these, kept for gifts and loans',
    es: 'De esos, apartados para regalos y préstamos',
  },
  unit: slots,
  initial: '0',
} as const;

export const StewardI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'mapZone'
    | 'resizeZone'
    | 'breakZone'
    | 'repairZone'
    | 'sweep'
    | 'invite'
    | 'inviteLink'
    | 'counter'
  >
> = describe(
  M.interface('ShelfSteward', {
    view: ViewGuard,
    changes: ChangesGuard,
    mapZone: M.call(
      NameShape,
      KindShape,
      QuantityShape,
      ValueShape,
      LongTextShape,
      RequestIdShape,
    ).returns(Answer),
    resizeZone: M.call(M.remotable('zone'), QuantityShape, ValueShape, RequestIdShape).returns(
      Answer,
    ),
    breakZone: M.call(M.remotable('zone'), ValueShape, RequestIdShape).returns(Answer),
    repairZone: M.call(M.remotable('zone'), RequestIdShape).returns(Answer),
    sweep: M.call(M.remotable('zone'), M.nat(), RequestIdShape).returns(Answer),
    invite: M.call(RequestIdShape).returns(Answer),
    inviteLink: M.call(RequestIdShape).returns(LaterShape),
    counter: M.call(NameShape, RequestIdShape).returns(Answer),
  }),
  {
    label: { en: 'Care of the shelves', es: 'Cuidado de los estantes' },
    help: {
      en: 'You say which zones there are and what broke. Who gets how much follows from the rule, and anybody can reckon it again.',
      es: 'Tú dices qué zonas hay y qué se descompuso. A quién le toca cuánto sale de la regla, y cualquiera puede volver a hacer la cuenta.',
    },
    title: 'shelf',
    view: 'view',
    changes: 'changes',
    fields: {
      shelf: { label: { en: 'Shelves', es: 'Estantes' } },
      participants: { label: { en: 'People', es: 'Personas' } },
      zones: {
        label: { en: 'Zones', es: 'Zonas' },
        item: {
          heading: 'name',
          fields: {
            name: zoneName,
            overdue: {
              label: {
                en: 'Not cleared in time, by number',
                es: 'Sin desocupar a tiempo, por número',
              },
            },
            zone: { label: { en: 'See the shelf', es: 'Ver el estante' } },
          },
          empty: { en: 'There are no zones yet.', es: 'Todavía no hay zonas.' },
        },
      },
    },
    methods: {
      view,
      changes,
      mapZone: {
        label: { en: 'Add a zone', es: 'Agregar una zona' },
        args: [
          { name: 'name', kind: 'text', label: { en: 'Its name', es: 'Cómo se llama' } },
          {
            name: 'kind',
            kind: 'text',
            label: { en: 'Kind', es: 'Tipo' },
            initial: 'ambient',
            values: zoneKinds,
          },
          size,
          kept,
          {
            name: 'features',
            kind: 'longText',
            label: { en: 'What it offers, one a line', es: 'Qué ofrece, una cosa por línea' },
            initial: '',
          },
          requestId,
        ],
      },
      resizeZone: {
        label: { en: 'It has another size', es: 'Cambió de tamaño' },
        help: { en: 'From the next period on.', es: 'Desde el siguiente periodo.' },
        args: [zoneArgument, size, kept, requestId],
      },
      breakZone: {
        label: { en: 'Something broke', es: 'Algo se descompuso' },
        help: {
          en: 'It is divided anew at once. Whoever loses slots has a short time to clear them.',
          es: 'Se reparte otra vez en este momento. Quien pierda lugares tiene poco tiempo para desocuparlos.',
        },
        args: [
          zoneArgument,
          {
            name: 'working',
            kind: 'nat',
            label: { en: 'How many slots still work', es: 'Cuántos lugares sí funcionan' },
            unit: slots,
            initial: '0',
          },
          requestId,
        ],
      },
      repairZone: {
        label: { en: 'It works again', es: 'Ya funciona' },
        args: [zoneArgument, requestId],
      },
      sweep: {
        label: { en: 'Take a slot that was not cleared', es: 'Desocupar un lugar atrasado' },
        refusals: {
          notYet: { en: 'There is still time for it.', es: 'Todavía hay tiempo.' },
          invalid: {
            en: 'That slot need not be cleared.',
            es: 'Ese lugar no hay que desocuparlo.',
          },
        },
        args: [
          zoneArgument,
          { name: 'slot', kind: 'nat', label: { en: 'Number', es: 'Número' } },
          requestId,
        ],
      },
      inviteLink: {
        label: { en: 'Invite someone', es: 'Invitar a alguien' },
        help: {
          en: 'They paste the text at “Join a place” in their wallet.',
          es: 'Quien lo reciba pega el texto en «Entrar a un lugar» de su cartera.',
        },
        args: [requestId],
      },
      invite: {
        label: { en: 'Make an invitation', es: 'Hacer una invitación' },
        args: [requestId],
        hidden: true,
      },
      counter: {
        label: { en: 'Let a market count sales', es: 'Dejar que un mercado cuente ventas' },
        args: [{ name: 'label', kind: 'text', label: { en: 'Which', es: 'Cuál' } }, requestId],
        hidden: true,
      },
    },
  },
);

export const AuditorI: Described<Methods<'view' | 'journal' | 'charter' | 'recompute'>> = describe(
  M.interface('ShelfAuditor', {
    view: ViewGuard,
    journal: M.call().returns(M.remotable('journal')),
    charter: M.call().returns(M.remotable('charter')),
    recompute: M.call(M.remotable('zone'), M.nat()).returns(Answer),
  }),
  {
    label: { en: 'Reckon it again', es: 'Volver a hacer la cuenta' },
    title: 'shelf',
    view: 'view',
    fields: {
      shelf: { label: { en: 'Shelves', es: 'Estantes' } },
      zones: {
        label: { en: 'Zones', es: 'Zonas' },
        item: {
          heading: 'name',
          fields: {
            name: zoneName,
            zone: { label: { en: 'See the shelf', es: 'Ver el estante' } },
          },
          empty: { en: 'There are no zones yet.', es: 'Todavía no hay zonas.' },
        },
      },
    },
    methods: {
      view,
      journal: { label: { en: 'Journal', es: 'Bitácora' }, args: [] },
      charter: { label: { en: 'Rules', es: 'Reglas' }, args: [] },
      recompute: {
        label: { en: 'Divide again and compare', es: 'Repartir otra vez y comparar' },
        args: [
          { name: 'zone', kind: 'facet', from: 'zones', label: { en: 'Zone', es: 'Zona' } },
          { name: 'epoch', kind: 'nat', label: { en: 'Period', es: 'Periodo' } },
        ],
      },
    },
  },
);

export const CounterI: Described<Methods<'sold'>> = describe(
  M.interface('ShelfCounter', {
    sold: M.call(M.remotable('thing'), QuantityShape, RequestIdShape).returns(Answer),
  }),
  {
    label: { en: 'Counting sales', es: 'Contar ventas' },
    methods: {
      sold: {
        label: { en: 'Sold', es: 'Vendido' },
        args: [
          { name: 'thing', kind: 'facet', label: { en: 'What', es: 'Qué' } },
          { name: 'units', kind: 'nat', label: { en: 'How many', es: 'Cuántas' } },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);
