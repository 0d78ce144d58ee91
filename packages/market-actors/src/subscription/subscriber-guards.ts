/** What a subscriber can do, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { CastedPattern } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import {
  codeField,
  leftField,
  nextField,
  outcomeField,
  priceField,
  quantityField,
  subscriptionPhase,
} from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());
export const DeliveryShape: CastedPattern<string> = M.string({ stringLengthLimit: 200 });

const closed = {
  closed: { en: 'This subscription has ended.', es: 'Esta suscripción ya terminó.' },
};

export const SubscriptionI: Described<
  Methods<'view' | 'changes' | 'skip' | 'pause' | 'resume' | 'leave' | 'deliverTo'>
> = describe(
  M.interface('Subscription', {
    view: ViewGuard,
    changes: ChangesGuard,
    skip: DoneGuard,
    pause: DoneGuard,
    resume: DoneGuard,
    leave: DoneGuard,
    deliverTo: M.call(DeliveryShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your subscription', es: 'Tu suscripción' },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what: { label: { en: 'What', es: 'Qué' } },
      phase: subscriptionPhase,
      code: codeField,
      nextDelivery: nextField,
      orderUntil: { label: { en: 'Changes until', es: 'Cambios hasta' } },
      isNextSkipped: {
        label: { en: 'The next one', es: 'La próxima' },
        values: {
          true: { en: 'is skipped', es: 'te la saltas' },
          false: { en: 'comes', es: 'sí llega' },
        },
      },
      producer: { label: { en: 'Made by', es: 'Lo hace' } },
      quantity: quantityField,
      price: priceField,
      left: leftField,
      skipsLeft: { label: { en: 'You may still skip', es: 'Todavía puedes saltarte' } },
      pausesLeft: {
        label: { en: 'You may still pause for', es: 'Todavía puedes pausar' },
        unit: { en: 'deliveries', es: 'entregas' },
      },
      delivery: { label: { en: 'Delivery', es: 'Entrega' } },
      past: {
        label: { en: 'Until now', es: 'Hasta ahora' },
        item: {
          heading: 'when',
          fields: { outcome: outcomeField },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
    },
    methods: {
      view,
      changes,
      skip: {
        label: { en: 'Skip the next one', es: 'Saltarme la próxima' },
        done: { en: 'The next one is skipped.', es: 'Te saltas la próxima.' },
        refusals: {
          ...closed,
          quota: { en: 'You have no skips left.', es: 'Ya no puedes saltarte más.' },
          conflict: { en: 'It is skipped already.', es: 'Ya te la saltas.' },
        },
        args: [requestId],
      },
      pause: {
        label: { en: 'Pause', es: 'Pausar' },
        help: {
          en: 'Deliveries wait. After the longest pause it goes on by itself.',
          es: 'Las entregas esperan. Después de la pausa más larga sigue sola.',
        },
        done: { en: 'Paused.', es: 'En pausa.' },
        refusals: {
          ...closed,
          quota: {
            en: 'It was paused as long as it may be.',
            es: 'Ya se pausó todo lo que se puede.',
          },
        },
        args: [requestId],
      },
      resume: {
        label: { en: 'Go on', es: 'Seguir' },
        done: { en: 'It goes on.', es: 'Sigue.' },
        refusals: closed,
        args: [requestId],
      },
      deliverTo: {
        label: { en: 'Say where to', es: 'Decir a dónde' },
        help: {
          en: 'Whoever makes it reads this, and nobody else. You need not say who you are.',
          es: 'Lo lee quien lo hace, y nadie más. No hace falta decir quién eres.',
        },
        done: { en: 'Noted.', es: 'Anotado.' },
        args: [
          { name: 'delivery', kind: 'text', label: { en: 'Where to', es: 'A dónde' } },
          requestId,
        ],
      },
      leave: {
        label: { en: 'End it', es: 'Terminarla' },
        help: {
          en: 'The deliveries of the notice still come.',
          es: 'Todavía llegan las entregas del aviso.',
        },
        confirm: { en: 'End this subscription?', es: '¿Terminas esta suscripción?' },
        done: { en: 'It ends after the notice.', es: 'Termina después del aviso.' },
        refusals: closed,
        args: [requestId],
      },
    },
  },
);

export const SubscriberInsideI: Methods<
  | 'number'
  | 'member'
  | 'subscription'
  | 'commitment'
  | 'delivery'
  | 'code'
  | 'item'
  | 'carryOn'
  | 'change'
  | 'note'
  | 'endAfter'
  | 'ordered'
  | 'quit'
> = M.interface('SubscriberInside', {
  number: M.call().returns(M.nat()),
  member: M.call().returns(M.remotable('member')),
  subscription: M.call().returns(M.remotable('subscription')),
  commitment: M.call().returns(M.record()),
  delivery: M.call().returns(M.string()),
  code: M.call().returns(M.string()),
  item: M.call().returns(M.record()),
  carryOn: M.call(M.record()).returns(),
  change: M.call(M.record()).returns(),
  note: M.call(M.nat(), M.string()).optional(M.string()).returns(),
  ordered: M.call(M.remotable('order')).returns(),
  quit: M.call(M.or('cancelled', 'refused')).returns(),
  endAfter: M.call(M.nat()).returns(),
});
