/** What a participant can do with bulk-buys, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
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
import { pledgeRefusals, rangeArgs } from './pledge-guards.ts';
import {
  leftField,
  phaseField,
  priceField,
  rangeFields,
  totalField,
  wantedField,
} from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());
/** A year. */
const HoursShape = M.and(M.nat(), M.gte(1n), M.lte(8_784n));
const CountShape = M.and(M.nat(), M.gte(1n), M.lte(10_000n));
const hours = (name: string, initial: string, label: Text, min = 1n): ArgumentDescription => ({
  ...{ name, kind: 'nat', initial, label, min, max: 8_784n },
  unit: { en: 'hours', es: 'horas' },
});

export const BulkDeskI: Described<
  Methods<'view' | 'changes' | 'organise' | 'pledge' | 'takeLeft' | 'beSupplier' | 'notBeSupplier'>
> = describe(
  M.interface('BulkDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    organise: M.call(
      M.remotable('supplier'),
      NameShape,
      LongTextShape,
      LongTextShape,
      CountShape,
      CountShape,
      LongTextShape,
      HoursShape,
      M.and(M.nat(), M.lte(8_784n)),
      HoursShape,
      HoursShape,
      RequestIdShape,
    ).returns(M.record()),
    pledge: M.call(M.remotable('buy'), CountShape, CountShape, RequestIdShape).returns(M.record()),
    takeLeft: M.call(M.remotable('buy'), QuantityShape, RequestIdShape).returns(M.record()),
    beSupplier: DoneGuard,
    notBeSupplier: DoneGuard,
  }),
  {
    label: { en: 'Bulk-buys', es: 'Compras en grupo' },
    help: {
      en: 'Together you reach the price of whole cases. Everybody pays the same for one.',
      es: 'Entre todos se logra el precio de caja completa. Cada una cuesta lo mismo para todos.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      buys: {
        label: { en: 'To join', es: 'Para apuntarse' },
        item: {
          heading: 'what',
          fields: {
            phase: phaseField,
            price: priceField,
            total: totalField,
            wanted: wantedField,
            left: leftField,
            organiser: { label: { en: 'Organised by', es: 'Organiza' } },
            supplier: { label: { en: 'Supplied by', es: 'Lo surte' } },
          },
          empty: { en: 'There is none at the moment.', es: 'Por ahora no hay ninguna.' },
        },
      },
      pledges: {
        label: { en: 'You joined', es: 'Te apuntaste en' },
        item: {
          heading: 'what',
          fields: { phase: phaseField, ...rangeFields, price: priceField },
          controls: 'act',
          empty: { en: 'You have joined none.', es: 'No te has apuntado en ninguna.' },
        },
      },
      organised: {
        label: { en: 'You organise', es: 'Tú organizas' },
        item: {
          heading: 'what',
          fields: { phase: phaseField, act: { label: { en: 'Open it', es: 'Abrirla' } } },
          empty: { en: 'You organise none.', es: 'No organizas ninguna.' },
        },
      },
      suppliers: {
        label: { en: 'Who would supply', es: 'Quiénes surten' },
        item: {
          heading: 'name',
          fields: {},
          empty: { en: 'Nobody has said so yet.', es: 'Todavía nadie lo ha dicho.' },
        },
      },
    },
    methods: {
      view,
      changes,
      pledge: {
        label: { en: 'Join', es: 'Apuntarme' },
        help: {
          en: 'The most, at the highest price, is set aside now. What is not needed comes back.',
          es: 'Se aparta ahora lo más, al precio más alto. Lo que no se ocupe se te devuelve.',
        },
        done: { en: 'You are in.', es: 'Ya estás.' },
        refusals: {
          ...pledgeRefusals,
          conflict: { en: 'You are in already.', es: 'Ya estás apuntado.' },
          stale: { en: 'It has ended.', es: 'Ya terminó.' },
          unsupported: { en: 'You supply this one.', es: 'Esta la surtes tú.' },
        },
        args: [
          { name: 'buy', kind: 'facet', label: { en: 'Which', es: 'Cuál' }, from: 'buys' },
          ...rangeArgs,
          requestId,
        ],
      },
      takeLeft: {
        label: { en: 'Take some that are left', es: 'Tomar de las que sobraron' },
        help: {
          en: 'You pay whoever did not fetch them what they paid.',
          es: 'Le pagas a quien no las recogió lo que pagó.',
        },
        done: { en: 'They are yours.', es: 'Ya son tuyas.' },
        refusals: {
          insufficient: { en: 'There are not that many.', es: 'No hay tantas.' },
          notYet: { en: 'It is not given out yet.', es: 'Todavía no se reparte.' },
          stale: { en: 'It has ended.', es: 'Ya terminó.' },
        },
        args: [
          { name: 'buy', kind: 'facet', label: { en: 'Of which', es: 'De cuál' }, from: 'buys' },
          {
            ...{ name: 'units', kind: 'nat', initial: '1', min: 1n },
            label: { en: 'How many', es: 'Cuántas' },
          },
          requestId,
        ],
      },
      organise: {
        label: { en: 'Organise a bulk-buy', es: 'Organizar una compra' },
        help: {
          en: 'With somebody who supplies. You never have the value of the others.',
          es: 'Con alguien que surte. Nunca tienes el valor de los demás.',
        },
        done: { en: 'It is open.', es: 'Ya está abierta.' },
        refusals: {
          invalid: {
            en: 'Prices go line by line, such as 50: 12, with more units and a lower price on each next line.',
            es: 'Los precios van por renglón, como 50: 12, con más unidades y menor precio en cada uno.',
          },
          unsupported: {
            en: 'Whoever organises cannot supply it too.',
            es: 'Quien organiza no puede surtir también.',
          },
          quota: { en: 'You organise enough for now.', es: 'Por ahora organizas bastantes.' },
        },
        args: [
          {
            ...{ name: 'supplier', kind: 'facet', from: 'suppliers' },
            label: { en: 'Who supplies', es: 'Quién surte' },
          },
          { name: 'what', kind: 'text', label: { en: 'What is bought?', es: '¿Qué se compra?' } },
          {
            ...{ name: 'description', kind: 'longText', initial: '' },
            label: { en: 'Tell more about it', es: 'Cuenta más' },
          },
          {
            ...{ name: 'tiers', kind: 'longText' },
            label: { en: 'Prices', es: 'Precios' },
            help: {
              en: 'One on each line: 50: 12 says that from 50 on, one costs 12.',
              es: 'Uno por renglón: 50: 12 dice que desde 50, cada una cuesta 12.',
            },
          },
          {
            ...{ name: 'minimum', kind: 'nat', min: 1n, max: 10_000n },
            label: { en: 'At least, together', es: 'Mínimo entre todos' },
          },
          {
            ...{ name: 'caseSize', kind: 'nat', initial: '1', min: 1n, max: 10_000n },
            label: { en: 'How many in a case?', es: '¿Cuántas trae la caja?' },
          },
          {
            ...{ name: 'delivery', kind: 'longText' },
            label: { en: 'Where and when is it given out?', es: '¿Dónde y cuándo se reparte?' },
          },
          hours('hours', '168', { en: 'Open for', es: 'Abierta por' }),
          hours(
            'closingHours',
            '24',
            { en: 'Then to fill the last case', es: 'Luego, para completar la última caja' },
            0n,
          ),
          hours('buyHours', '72', { en: 'Then to buy', es: 'Luego, para comprar' }),
          hours('deliverHours', '336', { en: 'Then to come', es: 'Luego, para que llegue' }),
          requestId,
        ],
      },
      beSupplier: {
        label: { en: 'I can supply', es: 'Yo puedo surtir' },
        help: {
          en: 'Your name is offered to whoever organises.',
          es: 'Tu nombre se le ofrece a quien organiza.',
        },
        done: { en: 'You are in the list.', es: 'Ya estás en la lista.' },
        args: [requestId],
      },
      notBeSupplier: {
        label: { en: 'I do not supply any more', es: 'Ya no surto' },
        done: { en: 'You are not in the list.', es: 'Ya no estás en la lista.' },
        args: [requestId],
      },
    },
  },
);

export const SupplierCardI: Described<Methods<'view' | 'number'>> = describe(
  M.interface('SupplierCard', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: { en: 'Who would supply', es: 'Quien surte' },
    title: 'name',
    view: 'view',
    fields: { name: { label: { en: 'Name', es: 'Nombre' } } },
    methods: {
      view,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);

export const BulkDeskInsideI: Methods<
  'member' | 'card' | 'pledged' | 'ended' | 'organisedEnded' | 'phaseChanged'
> = M.interface('BulkDeskInside', {
  member: M.call().returns(M.remotable('member')),
  card: M.call().returns(M.remotable('card')),
  pledged: M.call(M.nat(), M.remotable('pledge')).returns(),
  ended: M.call(M.nat()).returns(),
  organisedEnded: M.call(M.nat()).returns(),
  phaseChanged: M.call().returns(),
});
