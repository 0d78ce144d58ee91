/** The page of somebody's things. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import { stockFields } from './guards.ts';

export const ThingsTimeI: Methods<never> = M.interface(
  'ThingsTime',
  {},
  { defaultGuards: 'passable' },
);

export const ThingsI: Described<Methods<'view' | 'changes' | 'add' | 'things'>> = describe(
  M.interface('Things', {
    view: ViewGuard,
    changes: ChangesGuard,
    add: M.call(NameShape, QuantityShape, RequestIdShape).returns(M.record()),
    things: M.call(M.nat()).returns(M.array()),
  }),
  {
    label: { en: 'Your things', es: 'Tus cosas' },
    help: {
      en: 'Each is in one place, and can be offered in several markets at the same time.',
      es: 'Cada una está en un lugar y se puede ofrecer en varios mercados al mismo tiempo.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Place', es: 'Lugar' } },
      things: {
        label: { en: 'Things', es: 'Cosas' },
        item: {
          heading: 'what',
          fields: {
            what: { label: { en: 'What', es: 'Qué' } },
            free: stockFields['free']!,
            fulfilled: stockFields['fulfilled']!,
            thing: { label: { en: 'Its page', es: 'Su página' } },
          },
          empty: { en: 'Nothing yet.', es: 'Nada todavía.' },
        },
      },
    },
    methods: {
      view,
      changes,
      add: {
        label: { en: 'Add a thing', es: 'Agregar algo' },
        args: [
          { name: 'what', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
          {
            name: 'units',
            kind: 'nat',
            label: { en: 'How many are there?', es: '¿Cuántas hay?' },
            initial: '1',
            min: 1n,
          },
          requestId,
        ],
      },
      things: {
        label: { en: 'Older ones', es: 'Anteriores' },
        args: [{ name: 'before', kind: 'nat', label: { en: 'Before', es: 'Antes de' } }],
        hidden: true,
      },
    },
  },
);
