/** What a plan's facets accept, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape, ValueShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, credits, requestId, view } from '../inside/shapes.ts';
import { planFields, quantityField, subscribersField } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());

export const SubscribableI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Subscribable', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'To subscribe to', es: 'Para suscribirse' },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: planFields,
    methods: {
      view,
      changes,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);

export const PlanProducerI: Described<
  Methods<'view' | 'changes' | 'deliveries' | 'reprice' | 'end'>
> = describe(
  M.interface('PlanProducer', {
    view: ViewGuard,
    changes: ChangesGuard,
    deliveries: M.call(M.and(M.nat(), M.lte(1_000n))).returns(M.array()),
    reprice: M.call(ValueShape, RequestIdShape).returns(M.record()),
    end: DoneGuard,
  }),
  {
    label: { en: 'What you produce regularly', es: 'Lo que haces seguido' },
    help: {
      en: 'What is ordered is sure: its value is set aside. Codes stand on bags in place of names.',
      es: 'Lo pedido es seguro: su valor ya está apartado. En las bolsas van códigos en vez de nombres.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      ordered: { label: { en: 'To make now', es: 'Por hacer ahora' }, prominent: true },
      sureIncome: { label: { en: 'Sure income', es: 'Ingreso seguro' }, unit: credits },
      inputs: {
        label: { en: 'What it needs', es: 'Lo que se necesita' },
        item: {
          heading: 'what',
          fields: { amount: { label: { en: 'How much', es: 'Cuánto' } } },
          empty: { en: 'Nothing is stated.', es: 'No se ha dicho nada.' },
        },
      },
      deliveries: {
        label: { en: 'Bags', es: 'Bolsas' },
        item: {
          heading: 'code',
          fields: {
            quantity: quantityField,
            delivery: { label: { en: 'Delivery', es: 'Entrega' } },
          },
          empty: { en: 'Nothing is ordered.', es: 'No hay nada pedido.' },
        },
      },
      outlook: {
        label: { en: 'What is coming', es: 'Lo que viene' },
        item: {
          heading: 'when',
          fields: {
            quantity: { label: { en: 'How many', es: 'Cuántas' } },
            subscribers: subscribersField,
            income: { label: { en: 'Income', es: 'Ingreso' }, unit: credits },
          },
        },
      },
      ...planFields,
      plan: { label: { en: 'As everybody sees it', es: 'Como lo ven los demás' } },
    },
    methods: {
      view,
      changes,
      reprice: {
        label: { en: 'Change the price', es: 'Cambiar el precio' },
        help: {
          en: 'For whoever subscribes from now on. Nobody who has committed pays more than was said.',
          es: 'Para quien se suscriba de aquí en adelante. Quien ya se comprometió paga lo que se dijo.',
        },
        done: { en: 'Changed for new subscribers.', es: 'Cambiado para quien llegue.' },
        args: [
          {
            ...{ name: 'price', kind: 'nat', unit: credits },
            label: { en: 'Price of one', es: 'Precio de cada una' },
          },
          requestId,
        ],
      },
      end: {
        label: { en: 'Stop producing it', es: 'Dejar de hacerlo' },
        help: {
          en: 'Nobody can subscribe any more. Those who have are told, and it ends after the notice.',
          es: 'Ya nadie se puede suscribir. A quienes están se les avisa, y termina después del aviso.',
        },
        confirm: { en: 'Stop producing it?', es: '¿Dejas de hacerlo?' },
        done: { en: 'It ends after the notice.', es: 'Termina después del aviso.' },
        args: [requestId],
      },
      deliveries: {
        label: { en: 'All bags', es: 'Todas las bolsas' },
        args: [{ name: 'page', kind: 'nat' }],
        hidden: true,
      },
    },
  },
);

export const PlanInsideI: Methods<
  | 'start'
  | 'number'
  | 'public'
  | 'producer'
  | 'plan'
  | 'producerName'
  | 'next'
  | 'item'
  | 'producedItem'
  | 'subscribe'
  | 'touch'
  | 'tidy'
  | 'close'
> = M.interface('PlanInside', {
  tidy: M.call().returns(),
  close: M.call().returns(),
  start: M.call().returns(),
  number: M.call().returns(M.nat()),
  public: M.call().returns(M.remotable('plan')),
  producer: M.call().returns(M.remotable('producer')),
  plan: M.call().returns(M.record()),
  producerName: M.call().returns(M.string()),
  next: M.call().returns(M.record()),
  item: M.call().returns(M.record()),
  producedItem: M.call().returns(M.record()),
  subscribe: M.call(M.remotable('member'), M.nat(), M.nat(), M.string()).returns(M.record()),
  touch: M.call().returns(),
});
/** Stays in `plan.ts`, but for the alarm. */
export const PlanStepsI: Methods<
  'arm' | 'due' | 'closeDown' | 'order' | 'setAside' | 'place' | 'codeFor' | 'tidy'
> = M.interface('PlanSteps', {
  arm: M.call().returns(),
  due: M.call(M.record()).returns(),
  closeDown: M.call(M.nat()).returns(),
  order: M.call(M.nat()).returns(),
  setAside: M.call(M.remotable('subscriber')).returns(M.opt(M.remotable('decider'))),
  place: M.call(M.nat(), M.record()).returns(),
  codeFor: M.call(M.nat(), M.nat()).returns(M.string()),
  tidy: M.call().returns(),
});
