/** The page of a zone: a shelf that one can see. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, view } from '../inside/shapes.ts';
import { slots, zoneKinds } from './words.ts';

export const ZoneI: Described<Methods<'view' | 'changes' | 'inputs'>> = describe(
  M.interface('ShelfZone', {
    view: ViewGuard,
    changes: ChangesGuard,
    inputs: M.call(M.nat(), M.nat()).returns(M.record()),
  }),
  {
    label: { en: 'Zone', es: 'Zona' },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Zone', es: 'Zona' } },
      places: {
        label: { en: 'Who has what', es: 'Quién tiene qué' },
        item: {
          heading: 'who',
          picture: { width: 'slots', empty: 'free' },
          fields: {
            who: { label: { en: 'Who', es: 'Quién' } },
            slots: { label: { en: 'How much', es: 'Cuánto' }, unit: slots },
            free: {
              label: { en: 'Nobody’s', es: 'De nadie' },
              values: {
                true: { en: 'free', es: 'libre' },
                false: { en: 'in use', es: 'con dueña' },
              },
            },
          },
          empty: { en: 'Nobody has a place here yet.', es: 'Todavía nadie tiene lugar aquí.' },
        },
      },
      size: { label: { en: 'Slots in all', es: 'Lugares en total' } },
      kept: {
        label: { en: 'Kept for gifts and loans', es: 'Apartados para regalos y préstamos' },
        bar: { of: 'size' },
      },
      broken: { label: { en: 'Out of use', es: 'Sin servicio' }, bar: { of: 'size' } },
      kind: { label: { en: 'Kind', es: 'Tipo' }, values: zoneKinds },
      features: { label: { en: 'It offers', es: 'Ofrece' } },
    },
    methods: {
      view,
      changes,
      inputs: {
        label: { en: 'How it was divided', es: 'Cómo se repartió' },
        args: [
          { name: 'epoch', kind: 'nat', label: { en: 'Period', es: 'Periodo' } },
          { name: 'page', kind: 'nat', label: { en: 'Page', es: 'Página' } },
        ],
        hidden: true,
      },
    },
  },
);
