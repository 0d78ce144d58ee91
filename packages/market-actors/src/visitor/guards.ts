/** What a visitor's facet accepts, and the words for it. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';

export const VisitorI: Described<Methods<'view' | 'changes' | 'order'>> = describe(
  M.interface('Visitor', {
    view: ViewGuard,
    changes: ChangesGuard,
    order: M.call(
      M.remotable('offer'),
      QuantityShape,
      M.string({ stringLengthLimit: 500 }),
      RequestIdShape,
    ).returns(M.record()),
  }),
  {
    label: { en: 'For visitors', es: 'Para visitantes' },
    help: {
      en: 'What you can buy here with money, without taking part in the market.',
      es: 'Lo que aquí puedes comprar con dinero, sin participar en el mercado.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      market: { label: { en: 'Market', es: 'Mercado' } },
      offers: {
        label: { en: 'What there is', es: 'Lo que hay' },
        item: {
          heading: 'what',
          fields: {
            description: { label: { en: 'About it', es: 'De qué se trata' } },
            price: { label: { en: 'Price each', es: 'Precio de cada una' } },
            available: { label: { en: 'Left', es: 'Quedan' } },
            maker: { label: { en: 'Offered by', es: 'Lo ofrece' } },
          },
          empty: {
            en: 'Nothing is sold for money at the moment.',
            es: 'Por ahora nada se vende con dinero.',
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
          en: 'You pay by hand when you have it. Keep the page of the order: whoever has it can say that it was paid.',
          es: 'Pagas en mano cuando lo tengas. Guarda la página del pedido: quien la tiene puede decir que se pagó.',
        },
        done: { en: 'Ordered.', es: 'Pedido hecho.' },
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
          {
            name: 'note',
            kind: 'text',
            label: {
              en: 'How they know that it is you (such as a word)',
              es: 'Cómo sabrán que eres tú (por ejemplo, una palabra)',
            },
            initial: '',
          },
          requestId,
        ],
        refusals: {
          stale: {
            en: 'The offer has changed since you saw it. Look at it again.',
            es: 'La oferta cambió desde que la viste. Mírala otra vez.',
          },
          closed: { en: 'There is nothing to order now.', es: 'Ahora no hay nada que pedir.' },
          insufficient: { en: 'There are not that many left.', es: 'Ya no quedan tantas.' },
          claimed: { en: 'Somebody else was first.', es: 'Alguien más llegó primero.' },
          unsupported: {
            en: 'This is not sold for money alone.',
            es: 'Esto no se vende solo con dinero.',
          },
          quota: {
            en: 'Too many visitors wait for their orders. Try again later.',
            es: 'Hay demasiados pedidos de visitantes en espera. Prueba más tarde.',
          },
        },
      },
    },
  },
);

export const VisitorInsideI: Methods<'visitor' | 'ended'> = M.interface('VisitorInside', {
  visitor: M.call().returns(M.remotable('visitor')),
  ended: M.call(M.string(), M.bigint(), M.bigint()).returns(),
});
