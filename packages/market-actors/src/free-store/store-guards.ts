/** What a free store's facets accept, and the words for it. Nothing here asks who somebody is. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';

const UnitsShape = M.and(M.nat(), M.gte(1n), M.lte(10_000n));
const DaysShape = M.and(M.nat(), M.gte(1n), M.lte(3_660n));

const thingFields: { readonly [key: string]: FieldDescription } = {
  units: { label: { en: 'About how many', es: 'Como cuántas' } },
  goodUntil: { label: { en: 'Good until', es: 'Caduca el' } },
};
const units: ArgumentDescription = {
  ...{ name: 'units', kind: 'nat', initial: '1', min: 1n, max: 10_000n },
  label: { en: 'How many', es: 'Cuántas' },
};
const what: ArgumentDescription = {
  ...{ name: 'what', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
};
const noSpace = { quota: { en: 'The shelf is full.', es: 'La repisa está llena.' } };

export const FreeThingI: Described<Methods<'view' | 'changes' | 'take' | 'add'>> = describe(
  M.interface('FreeThing', {
    view: ViewGuard,
    changes: ChangesGuard,
    take: M.call(UnitsShape).returns(M.record()),
    add: M.call(UnitsShape).returns(M.record()),
  }),
  {
    label: { en: 'Take what you need', es: 'Toma lo que necesites' },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: { what: { label: { en: 'What', es: 'Qué' } }, ...thingFields },
    methods: {
      view,
      changes,
      take: {
        label: { en: 'I take it', es: 'Me la llevo' },
        help: {
          en: 'So that others see what is still there. Nobody learns who took it.',
          es: 'Para que los demás vean qué queda. Nadie sabe quién se la llevó.',
        },
        done: { en: 'Enjoy it.', es: 'Que te sirva.' },
        refusals: {
          insufficient: { en: 'There are not that many.', es: 'No hay tantas.' },
          expired: {
            en: 'It is past its date. Please leave it.',
            es: 'Ya caducó. Mejor déjala.',
          },
          closed: { en: 'None is left.', es: 'Ya no queda.' },
        },
        args: [units],
      },
      add: {
        label: { en: 'I put more of it', es: 'Dejo más' },
        done: { en: 'Thank you.', es: 'Gracias.' },
        refusals: {
          ...noSpace,
          unsupported: {
            en: 'Put food in anew: it has a date of its own.',
            es: 'La comida se deja aparte: tiene su propia fecha.',
          },
          closed: { en: 'Put it in anew.', es: 'Déjala aparte.' },
        },
        args: [units],
      },
    },
  },
);

export const FreeStoreI: Described<
  Methods<'view' | 'changes' | 'more' | 'putIn' | 'putInFood' | 'putTagged' | 'takeTagged'>
> = describe(
  M.interface('FreeStore', {
    view: ViewGuard,
    changes: ChangesGuard,
    more: M.call(M.and(M.nat(), M.lte(1_000n))).returns(M.array()),
    putIn: M.call(NameShape, UnitsShape).returns(M.record()),
    putInFood: M.call(NameShape, UnitsShape, DaysShape).returns(M.record()),
    putTagged: M.call(M.remotable('tag')).returns(M.promise()),
    takeTagged: M.call(M.remotable('tag')).returns(M.record()),
  }),
  {
    label: { en: 'Free store', es: 'Tienda gratis' },
    help: {
      en: 'Take what you need, put in what you do not. Nobody asks who you are, and nothing is noted of it.',
      es: 'Toma lo que necesites, deja lo que no. Nadie pregunta quién eres, y no se anota nada de eso.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      things: {
        label: { en: 'What there is', es: 'Lo que hay' },
        item: {
          heading: 'what',
          fields: thingFields,
          controls: 'act',
          empty: { en: 'Nothing at the moment.', es: 'Por ahora nada.' },
        },
      },
      room: { label: { en: 'There is space for', es: 'Hay lugar para' } },
    },
    methods: {
      view,
      changes,
      putIn: {
        label: { en: 'Put something in', es: 'Dejar algo' },
        help: { en: 'What does not spoil.', es: 'Lo que no se echa a perder.' },
        done: { en: 'Thank you.', es: 'Gracias.' },
        refusals: noSpace,
        args: [what, units],
      },
      putInFood: {
        label: { en: 'Put food in', es: 'Dejar comida' },
        done: { en: 'Thank you.', es: 'Gracias.' },
        refusals: {
          ...noSpace,
          invalid: {
            en: 'Food may not stay here for so long.',
            es: 'La comida no puede quedarse aquí tanto tiempo.',
          },
        },
        args: [
          what,
          units,
          {
            ...{ name: 'goodForDays', kind: 'nat', initial: '3', min: 1n },
            label: { en: 'Good for how many days?', es: '¿Cuántos días más dura?' },
          },
        ],
      },
      more: {
        label: { en: 'More', es: 'Más' },
        args: [{ name: 'before', kind: 'nat' }],
        hidden: true,
      },
      putTagged: {
        label: { en: 'Put in by its tag', es: 'Dejar con su etiqueta' },
        args: [{ name: 'tag', kind: 'facet' }],
        hidden: true,
      },
      takeTagged: {
        label: { en: 'Take by its tag', es: 'Tomar con su etiqueta' },
        args: [{ name: 'tag', kind: 'facet' }],
        hidden: true,
      },
    },
  },
);

export const FreeStoreCareI: Described<
  Methods<'view' | 'changes' | 'store' | 'poster' | 'setSpace' | 'setFoodDays' | 'recount'>
> = describe(
  M.interface('FreeStoreCare', {
    view: ViewGuard,
    changes: ChangesGuard,
    store: M.call().returns(M.remotable('store')),
    // A promise for the text, or a refusal at once.
    poster: M.call().returns(M.any()),
    setSpace: M.call(M.and(M.nat(), M.lte(1_000_000n)), RequestIdShape).returns(M.record()),
    setFoodDays: M.call(DaysShape, RequestIdShape).returns(M.record()),
    recount: M.call(M.remotable('thing'), M.and(M.nat(), M.lte(10_000n)), RequestIdShape).returns(
      M.record(),
    ),
  }),
  {
    label: { en: 'Care of the free store', es: 'Cuidado de la tienda gratis' },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      things: {
        label: { en: 'On the shelf', es: 'En la repisa' },
        item: {
          heading: 'what',
          fields: {
            ...thingFields,
            isPast: {
              label: { en: 'Past its date', es: 'Ya caducó' },
              values: {
                true: { en: 'yes: throw it away', es: 'sí: hay que tirarla' },
                false: { en: 'no', es: 'no' },
              },
            },
          },
          empty: { en: 'Nothing.', es: 'Nada.' },
        },
      },
      used: { label: { en: 'Space in use', es: 'Lugar ocupado' } },
      space: { label: { en: 'Space for', es: 'Lugar para' } },
      foodDays: { label: { en: 'Food stays at most', es: 'La comida se queda máximo' } },
      store: { label: { en: 'As everybody sees it', es: 'Como la ven todos' } },
    },
    methods: {
      view,
      changes,
      recount: {
        label: { en: 'Say how many there are', es: 'Decir cuántas hay' },
        help: { en: '0 where it is gone or thrown away.', es: '0 si ya no está o se tiró.' },
        done: { en: 'Noted.', es: 'Anotado.' },
        args: [
          {
            ...{ name: 'thing', kind: 'facet', from: 'things' },
            label: { en: 'Of what', es: 'De qué' },
          },
          {
            ...{ name: 'units', kind: 'nat', initial: '0' },
            label: { en: 'How many', es: 'Cuántas' },
          },
          requestId,
        ],
      },
      poster: {
        label: { en: 'Code for a poster', es: 'Código para un cartel' },
        help: {
          en: 'Whoever scans it sees the shelf, and needs no account.',
          es: 'Quien lo lea ve la repisa, y no necesita cuenta.',
        },
        args: [],
      },
      setSpace: {
        label: { en: 'Set the space', es: 'Fijar el lugar' },
        done: { en: 'Set.', es: 'Listo.' },
        args: [
          {
            ...{ name: 'units', kind: 'nat' },
            label: { en: 'For how many', es: 'Para cuántas' },
          },
          requestId,
        ],
      },
      setFoodDays: {
        label: { en: 'Set how long food may stay', es: 'Fijar cuánto dura la comida aquí' },
        done: { en: 'Set.', es: 'Listo.' },
        args: [
          {
            ...{ name: 'days', kind: 'nat', min: 1n },
            label: { en: 'Days', es: 'Días' },
          },
          requestId,
        ],
      },
      store: { label: { en: 'The shelf', es: 'La repisa' }, args: [], hidden: true },
    },
  },
);

export const ShelfI: Methods<'takeSpace' | 'gone' | 'add' | 'addTagged' | 'wakeBy'> = M.interface(
  'FreeShelf',
  {
    takeSpace: M.call(M.nat()).returns(M.boolean()),
    gone: M.call(M.nat(), M.nat(), M.boolean()).returns(),
    add: M.call(M.record(), M.nat()).returns(M.record()),
    addTagged: M.call(M.remotable('tag'), M.any()).returns(M.record()),
    wakeBy: M.call(M.nat()).returns(),
  },
);
export const SleeperI: Methods<'wake'> = M.interface('FreeSleeper', {
  wake: M.call(M.record(), M.bigint()).returns(),
});
export const ThingInsideI: Methods<
  'item' | 'units' | 'food' | 'date' | 'recount' | 'tag' | 'facet'
> = M.interface('FreeThingInside', {
  item: M.call().returns(M.record()),
  units: M.call().returns(M.nat()),
  food: M.call().returns(M.opt(M.record())),
  date: M.call(M.record()).returns(),
  recount: M.call(M.nat()).returns(),
  tag: M.call().returns(M.opt(M.remotable('tag'))),
  facet: M.call().returns(M.remotable('thing')),
});
