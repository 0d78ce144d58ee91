/** What a participant can do with subscriptions, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape, ValueShape } from '@pocas/clearing/credit';
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
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';
import { maxPeriods } from './rules.ts';
import { DeliveryShape } from './subscriber-guards.ts';
import {
  codeField,
  leftField,
  nextField,
  outcomeField,
  planPhase,
  priceField,
  quantityField,
  subscribersField,
  subscriptionPhase,
} from './words.ts';

const CountShape = M.and(M.nat(), M.lte(maxPeriods));
const DaysShape = M.and(M.nat(), M.gte(1n), M.lte(366n));
const number = (
  name: string,
  label: Text,
  initial: string,
  more: Partial<ArgumentDescription> = {},
): ArgumentDescription => ({ name, kind: 'nat', label, initial, ...more });

export const SubscriptionDeskI: Described<
  Methods<'view' | 'changes' | 'produce' | 'subscribe' | 'seen'>
> = describe(
  M.interface('SubscriptionDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    produce: M.call(
      NameShape,
      LongTextShape,
      ValueShape,
      QuantityShape,
      QuantityShape,
      DaysShape,
      DaysShape,
      M.and(M.nat(), M.lte(8_784n)),
      CountShape,
      CountShape,
      CountShape,
      CountShape,
      LongTextShape,
      RequestIdShape,
    ).returns(M.record()),
    subscribe: M.call(
      M.remotable('plan'),
      QuantityShape,
      QuantityShape,
      DeliveryShape,
      RequestIdShape,
    ).returns(M.record()),
    seen: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Subscriptions', es: 'Suscripciones' },
    help: {
      en: 'Somebody makes it regularly, and knows beforehand how many are wanted.',
      es: 'Alguien lo hace seguido, y sabe de antemano cuántos se quieren.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      notices: {
        label: { en: 'What did not come', es: 'Lo que no llegó' },
        item: {
          heading: 'what',
          fields: {
            when: { label: { en: 'When', es: 'Cuándo' } },
            outcome: outcomeField,
          },
          empty: { en: 'Nothing.', es: 'Nada.' },
        },
      },
      subscriptions: {
        label: { en: 'Yours', es: 'Las tuyas' },
        item: {
          heading: 'what',
          fields: {
            phase: subscriptionPhase,
            code: codeField,
            nextDelivery: nextField,
            quantity: quantityField,
            left: leftField,
          },
          controls: 'act',
          empty: { en: 'You have none yet.', es: 'Todavía no tienes ninguna.' },
        },
      },
      plans: {
        label: { en: 'To subscribe to', es: 'Para suscribirse' },
        item: {
          heading: 'what',
          fields: {
            producer: { label: { en: 'Made by', es: 'Lo hace' } },
            price: priceField,
            nextDelivery: nextField,
          },
          empty: { en: 'There is nothing at the moment.', es: 'Por ahora no hay nada.' },
        },
      },
      produced: {
        label: { en: 'What you produce', es: 'Lo que tú haces' },
        item: {
          heading: 'what',
          fields: {
            phase: planPhase,
            subscribers: subscribersField,
            act: { label: { en: 'Open it', es: 'Abrirlo' } },
          },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
    },
    methods: {
      view,
      changes,
      subscribe: {
        label: { en: 'Subscribe', es: 'Suscribirme' },
        help: {
          en: 'For each delivery its price is set aside shortly before, and paid when you have it.',
          es: 'El precio de cada entrega se aparta poco antes, y se paga cuando ya la tienes.',
        },
        done: { en: 'You are subscribed.', es: 'Ya tienes tu suscripción.' },
        refusals: {
          invalid: {
            en: 'So many at a time, or so many deliveries, are not offered.',
            es: 'No se ofrecen tantas cada vez, o tantas entregas.',
          },
          conflict: { en: 'You are subscribed already.', es: 'Ya la tienes.' },
          unsupported: { en: 'You make this yourself.', es: 'Esto lo haces tú.' },
          closed: { en: 'It takes no more subscribers.', es: 'Ya no recibe suscripciones.' },
          stale: { en: 'It is not offered any more.', es: 'Ya no se ofrece.' },
          quota: { en: 'There is no room for more.', es: 'Ya no caben más.' },
        },
        args: [
          { name: 'plan', kind: 'facet', label: { en: 'To what', es: 'A qué' }, from: 'plans' },
          number('quantity', { en: 'How many each time', es: 'Cuántas cada vez' }, '1', {
            min: 1n,
          }),
          number('periods', { en: 'How many deliveries', es: 'Cuántas entregas' }, '4', {
            min: 1n,
            max: maxPeriods,
          }),
          {
            ...{ name: 'delivery', kind: 'text', initial: '' },
            label: { en: 'Where to', es: 'A dónde' },
            help: {
              en: 'If it is brought to you. You need not say who you are.',
              es: 'Si te lo llevan. No hace falta decir quién eres.',
            },
          },
          requestId,
        ],
      },
      seen: {
        label: { en: 'I have read it', es: 'Ya lo leí' },
        args: [requestId],
      },
      produce: {
        label: { en: 'Produce regularly', es: 'Hacer algo seguido' },
        done: { en: 'Others can subscribe now.', es: 'Ya se pueden suscribir.' },
        refusals: {
          invalid: {
            en: 'Each line of what it needs begins with a number, such as 500 g flour; at least is not more than at most; changes end within the period.',
            es: 'Cada renglón de lo que se necesita empieza con un número, como 500 g harina; el mínimo no pasa del máximo; los cambios cierran dentro del periodo.',
          },
          quota: { en: 'You produce enough for now.', es: 'Por ahora haces bastante.' },
        },
        args: [
          { name: 'what', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
          {
            ...{ name: 'description', kind: 'longText', initial: '' },
            label: { en: 'Tell more about it', es: 'Cuenta más' },
          },
          {
            ...{ name: 'price', kind: 'nat', unit: credits },
            label: { en: 'Price of one', es: 'Precio de cada una' },
          },
          number('least', { en: 'At least, each time', es: 'Mínimo cada vez' }, '1', { min: 1n }),
          number('most', { en: 'At most, each time', es: 'Máximo cada vez' }, '5', { min: 1n }),
          number('periodDays', { en: 'Every how many days', es: 'Cada cuántos días' }, '7', {
            min: 1n,
            max: 366n,
          }),
          number(
            'firstInDays',
            { en: 'The first in how many days', es: 'La primera en cuántos días' },
            '7',
            { min: 1n, max: 366n },
          ),
          number(
            'cutOffHours',
            {
              en: 'How many hours before can people still change it?',
              es: '¿Hasta cuántas horas antes se puede cambiar?',
            },
            '48',
            { max: 8_784n },
          ),
          number(
            'minimumSubscribers',
            { en: 'Made only for at least', es: 'Se hace con al menos' },
            '1',
          ),
          number('skips', { en: 'How many may be skipped', es: 'Cuántas se pueden saltar' }, '1'),
          number(
            'pauses',
            { en: 'Longest pause, in deliveries', es: 'Pausa más larga, en entregas' },
            '4',
          ),
          number('notice', { en: 'Notice, in deliveries', es: 'Aviso, en entregas' }, '1'),
          {
            ...{ name: 'inputs', kind: 'longText', initial: '' },
            label: { en: 'What one needs', es: 'Lo que lleva cada una' },
            help: {
              en: 'One on each line, a number first: 500 g flour.',
              es: 'Uno por renglón, primero el número: 500 g harina.',
            },
          },
          requestId,
        ],
      },
    },
  },
);

export const SubscriptionDeskInsideI: Methods<
  'subscribed' | 'ended' | 'producedEnded' | 'notice' | 'quit' | 'touch'
> = M.interface('SubscriptionDeskInside', {
  subscribed: M.call(M.nat(), M.remotable('subscriber')).returns(),
  ended: M.call(M.nat()).returns(),
  producedEnded: M.call(M.nat()).returns(),
  notice: M.call(M.string(), M.string(), M.string()).returns(),
  quit: M.call().returns(),
  touch: M.call().returns(),
});
