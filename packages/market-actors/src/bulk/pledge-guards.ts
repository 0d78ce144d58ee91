/** What a pledge's facets accept, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import { bulkFields, rangeFields } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());

export const rangeArgs: readonly ArgumentDescription[] = [
  {
    ...{ name: 'min', kind: 'nat', min: 1n },
    label: { en: 'At least', es: 'Al menos' },
    help: { en: 'Fewer you do not want.', es: 'Menos no quieres.' },
  },
  {
    ...{ name: 'max', kind: 'nat', min: 1n },
    label: { en: 'At most', es: 'Cuando mucho' },
    help: {
      en: 'The more room, the sooner a case is filled and a better price is reached.',
      es: 'Entre más margen, más fácil se completa la caja y se logra mejor precio.',
    },
  },
];
export const pledgeRefusals = {
  limit: {
    en: 'You cannot set aside that much: the most, at the highest price.',
    es: 'No te alcanza para apartar lo más que tomarías, al precio más alto.',
  },
  closed: { en: 'The time for this is over.', es: 'Ya pasó el tiempo para esto.' },
  invalid: { en: 'At least is more than at most.', es: 'Lo menos es más que lo más.' },
  quota: { en: 'More does not fit in one buy.', es: 'En una compra ya no cabe más.' },
};

export const BulkPledgeI: Described<
  Methods<'view' | 'changes' | 'change' | 'withdraw' | 'collect'>
> = describe(
  M.interface('BulkPledge', {
    view: ViewGuard,
    changes: ChangesGuard,
    change: M.call(QuantityShape, QuantityShape, RequestIdShape).returns(M.record()),
    withdraw: DoneGuard,
    collect: DoneGuard,
  }),
  {
    label: { en: 'Your part in a bulk-buy', es: 'Tu parte en una compra en grupo' },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: { ...rangeFields, ...bulkFields },
    methods: {
      view,
      changes,
      change: {
        label: { en: 'Change how many', es: 'Cambiar cuántas' },
        help: {
          en: 'Until the deadline. After it only to more.',
          es: 'Hasta la fecha de cierre. Después solo a más.',
        },
        done: { en: 'Changed.', es: 'Cambiado.' },
        refusals: pledgeRefusals,
        args: [...rangeArgs, requestId],
      },
      collect: {
        label: { en: 'I have mine', es: 'Ya tengo lo mío' },
        done: { en: 'Enjoy it.', es: 'Que lo disfrutes.' },
        refusals: {
          notYet: { en: 'It is not here yet.', es: 'Todavía no llega.' },
          closed: { en: 'There is nothing of yours here.', es: 'Aquí no hay nada tuyo.' },
        },
        args: [requestId],
      },
      withdraw: {
        label: { en: 'Drop out', es: 'Salirme' },
        confirm: { en: 'Drop out of this buy?', es: '¿Te sales de esta compra?' },
        done: { en: 'You are out. All is yours again.', es: 'Ya saliste. Todo vuelve a ser tuyo.' },
        refusals: {
          closed: {
            en: 'The deadline is over: others count on you.',
            es: 'Ya cerró: los demás cuentan contigo.',
          },
        },
        args: [requestId],
      },
    },
  },
);

export const PledgeInsideI: Methods<
  | 'member'
  | 'pledge'
  | 'range'
  | 'units'
  | 'paid'
  | 'isCollected'
  | 'item'
  | 'cover'
  | 'allot'
  | 'release'
  | 'forgive'
  | 'settle'
  | 'collect'
  | 'handOn'
> = M.interface('BulkPledgeInside', {
  member: M.call().returns(M.remotable('member')),
  pledge: M.call().returns(M.remotable('pledge')),
  range: M.call().returns(M.record()),
  units: M.call().returns(M.nat()),
  paid: M.call().returns(M.nat()),
  isCollected: M.call().returns(M.boolean()),
  item: M.call().returns(M.record()),
  cover: M.call(M.record(), M.nat()).returns(),
  allot: M.call(M.nat()).returns(),
  release: M.call().returns(),
  forgive: M.call().returns(),
  settle: M.call(M.nat()).returns(M.nat()),
  collect: M.call().returns(),
  handOn: M.call(M.nat(), M.nat()).returns(),
});
