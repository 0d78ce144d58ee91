/** What a participant's facet accepts, and the words for it: a member's whole page in one market. */
import { M } from '@endo/patterns';
import { RequestIdShape, ValueShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { offerFields, status } from './offer-guards.ts';
import { purchaseFields, saleFields } from './order-guards.ts';
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

export const ParticipantI: Described<Methods<'view' | 'changes' | 'offer' | 'order'>> = describe(
  M.interface('Participant', {
    view: ViewGuard,
    changes: ChangesGuard,
    offer: M.call(NameShape, LongTextShape, ValueShape, QuantityShape, RequestIdShape).returns(
      M.record(),
    ),
    order: M.call(M.remotable('offer'), QuantityShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your place in the market', es: 'Tu lugar en el mercado' },
    help: {
      en: 'You need no credits to begin. Below zero you owe to everyone together, and you make up for it with what you offer.',
      es: 'No necesitas créditos para empezar. Abajo de cero le debes a la comunidad, y lo repones con lo que tú ofreces.',
    },
    title: 'market',
    view: 'view',
    changes: 'changes',
    fields: {
      market: { label: { en: 'Market', es: 'Mercado' } },
      name: { label: { en: 'Your name here', es: 'Tu nombre aquí' } },
      balance: {
        label: { en: 'Your balance', es: 'Tu saldo' },
        unit: credits,
        prominent: true,
      },
      held: {
        label: { en: 'Set aside in your orders', es: 'Apartado en tus pedidos' },
        unit: credits,
      },
      available: {
        label: { en: 'You can still spend', es: 'Todavía puedes gastar' },
        unit: credits,
      },
      limit: { label: { en: 'You may owe up to', es: 'Puedes deber hasta' }, unit: credits },
      offers: {
        label: { en: 'What there is', es: 'Lo que hay' },
        item: {
          heading: 'what',
          fields: {
            ...offerFields,
            maker: { label: { en: 'Offered by', es: 'Lo ofrece' } },
          },
          empty: {
            en: 'Nobody offers anything at the moment. Be the first!',
            es: 'Por ahora nadie ofrece nada. ¡Anímate y empieza tú!',
          },
        },
      },
      purchases: {
        label: { en: 'What you ordered', es: 'Lo que pediste' },
        item: {
          heading: 'what',
          fields: purchaseFields,
          controls: 'act',
          empty: { en: 'You have not ordered anything yet.', es: 'Todavía no has pedido nada.' },
        },
      },
      sales: {
        label: { en: 'What others ordered from you', es: 'Lo que te pidieron' },
        item: {
          heading: 'what',
          fields: saleFields,
          controls: 'act',
          empty: {
            en: 'Nobody has ordered from you yet.',
            es: 'Todavía no te han pedido nada.',
          },
        },
      },
      ownOffers: {
        label: { en: 'What you offer', es: 'Lo que ofreces' },
        item: {
          heading: 'what',
          fields: { ...offerFields, status },
          controls: 'act',
          empty: {
            en: 'You offer nothing yet. Everyone has something to share.',
            es: 'Aún no ofreces nada. Todas y todos tenemos algo que compartir.',
          },
        },
      },
    },
    methods: {
      view,
      changes,
      order: {
        label: { en: 'Order', es: 'Pedir' },
        help: {
          en: 'The price is set aside now and paid when you have it in your hands.',
          es: 'El precio se aparta ahora y se paga cuando ya lo tienes en tus manos.',
        },
        done: { en: 'Ordered.', es: 'Pedido hecho.' },
        refusals: {
          stale: {
            en: 'The offer has changed since you saw it. Look at it again, and order if you still want to.',
            es: 'La oferta cambió desde que la viste. Mírala otra vez, y pide si todavía quieres.',
          },
          closed: {
            en: 'This is paused: whoever offers it is not taking orders for now.',
            es: 'Está en pausa: quien lo ofrece no está tomando pedidos por ahora.',
          },
          insufficient: {
            en: 'There are not that many left.',
            es: 'Ya no quedan tantas.',
          },
          limit: {
            en: 'One of you would pass a limit: you would owe too much, or the other would hold too much.',
            es: 'Alguno de los dos pasaría su límite: tú deberías demasiado, o la otra persona juntaría demasiado.',
          },
          quota: {
            en: 'You have too many open orders. Finish some first.',
            es: 'Tienes demasiados pedidos abiertos. Primero termina algunos.',
          },
          unsupported: {
            en: 'This is your own offer.',
            es: 'Esta oferta es tuya.',
          },
        },
        args: [
          {
            name: 'offer',
            kind: 'facet',
            label: { en: 'Offer', es: 'Oferta' },
            from: 'offers',
          },
          {
            name: 'quantity',
            kind: 'nat',
            label: { en: 'How many', es: 'Cuántas' },
            initial: '1',
            min: 1n,
          },
          requestId,
        ],
      },
      offer: {
        label: { en: 'Offer something', es: 'Ofrecer algo' },
        help: {
          en: 'Something you make, grow, mend, teach or no longer need.',
          es: 'Algo que haces, siembras, arreglas, enseñas o que ya no ocupas.',
        },
        done: { en: 'Your offer is out.', es: 'Tu oferta ya está a la vista.' },
        refusals: {
          quota: {
            en: 'You, or the market, have as many offers as there can be at a time.',
            es: 'Tú o el mercado ya tienen todas las ofertas que caben a la vez.',
          },
        },
        args: [
          { name: 'what', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
          {
            name: 'description',
            kind: 'longText',
            label: { en: 'Tell more about it', es: 'Cuenta más' },
            initial: '',
            help: {
              en: 'What it is like, where and when it can be fetched.',
              es: 'Cómo es, dónde y cuándo se puede recoger.',
            },
          },
          {
            name: 'price',
            kind: 'nat',
            label: { en: 'Price each', es: 'Precio de cada una' },
            unit: credits,
            min: 0n,
          },
          {
            name: 'quantity',
            kind: 'nat',
            label: { en: 'How many are there?', es: '¿Cuántas hay?' },
            initial: '1',
            min: 1n,
          },
          requestId,
        ],
      },
    },
  },
);

export const ParticipantInsideI: Methods<
  'number' | 'name' | 'payee' | 'offerEnded' | 'bought' | 'sold' | 'orderEnded' | 'touch'
> = M.interface('ParticipantInside', {
  number: M.call().returns(M.nat()),
  name: M.call().returns(M.string()),
  payee: M.call().returns(M.remotable('payee')),
  offerEnded: M.call(M.nat()).returns(),
  bought: M.call(M.nat(), M.remotable('order')).returns(),
  sold: M.call(M.nat(), M.remotable('order')).returns(),
  orderEnded: M.call(M.nat()).returns(),
  touch: M.call().returns(),
});
