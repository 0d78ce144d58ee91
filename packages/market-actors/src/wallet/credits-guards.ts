/** What the page of blind credits accepts, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, credits, requestId, view } from '../inside/shapes.ts';

const LaterShape = M.or(M.promise(), M.record());
const EntryShape = M.remotable('purse');
const purse: ArgumentDescription = {
  name: 'purse',
  kind: 'facet',
  from: 'purses',
  label: { en: 'Which', es: 'Cuál' },
};
const refusals = {
  limit: {
    en: 'Your account does not reach so far now.',
    es: 'Tu cuenta no alcanza para eso por ahora.',
  },
  conflict: {
    en: 'The market shows you another key than it shows everybody: it could know you by that. Nothing was done; tell the others.',
    es: 'El mercado te muestra otra clave que a las demás personas: así podría reconocerte. No se hizo nada; cuéntales.',
  },
  insufficient: { en: 'There is not enough in it.', es: 'No hay suficiente.' },
};

export const CreditsI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'openPurse'
    | 'topUp'
    | 'giveBack'
    | 'settle'
    | 'buy'
    | 'order'
    | 'refund'
    | 'warnings'
  >
> = describe(
  M.interface('WalletCredits', {
    view: ViewGuard,
    changes: ChangesGuard,
    openPurse: M.call(M.nat()).returns(LaterShape),
    topUp: M.call(EntryShape, RequestIdShape).returns(LaterShape),
    giveBack: M.call(EntryShape, RequestIdShape).returns(LaterShape),
    settle: M.call(EntryShape).returns(LaterShape),
    buy: M.call(EntryShape, M.record(), RequestIdShape).returns(LaterShape),
    order: M.call(RequestIdShape).returns(M.or(M.remotable('order'), M.record())),
    refund: M.call(RequestIdShape).returns(LaterShape),
    warnings: M.call(EntryShape).returns(LaterShape),
  }),
  {
    label: { en: 'Credits like cash', es: 'Créditos como efectivo' },
    help: {
      en: 'Credits that you take out here are spent at the till without anybody seeing whose they are. Wait a while between the two, and take them out when others do.',
      es: 'Los créditos que sacas aquí se gastan en la caja sin que nadie vea de quién son. Deja pasar un rato entre una cosa y la otra, y sácalos cuando también lo hagan otras personas.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      purses: {
        label: { en: 'In your purses', es: 'En tus monederos' },
        item: {
          heading: 'place',
          fields: {
            worth: { label: { en: 'To spend', es: 'Para gastar' }, unit: credits },
            waiting: { label: { en: 'Waiting for an answer', es: 'Esperan respuesta' } },
            lost: { label: { en: 'Lost', es: 'Perdidos' }, unit: credits },
          },
          empty: { en: 'None yet.', es: 'Todavía ninguno.' },
        },
      },
      orders: {
        label: { en: 'Bought', es: 'Comprado' },
        item: {
          heading: 'what',
          fields: { order: { label: { en: 'Order', es: 'Pedido' } } },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
    },
    methods: {
      view,
      changes,
      topUp: {
        label: { en: 'Take out a pack', es: 'Sacar un paquete' },
        args: [purse, requestId],
        refusals,
      },
      giveBack: {
        label: { en: 'Put it all back', es: 'Devolver todo a la cuenta' },
        args: [purse, requestId],
        refusals,
      },
      settle: {
        label: { en: 'Put in order', es: 'Poner en orden' },
        help: {
          en: 'Asks again for what got no answer, and changes what would soon be over.',
          es: 'Vuelve a preguntar lo que no tuvo respuesta y cambia lo que está por vencer.',
        },
        args: [purse],
        refusals,
      },
      openPurse: {
        label: { en: 'A purse for a place', es: 'Un monedero para un lugar' },
        args: [
          {
            name: 'place',
            kind: 'nat',
            label: { en: 'Number of the place', es: 'Número del lugar' },
            help: {
              en: 'Count your places on the page of your wallet from the top: the first is 0, the next is 1.',
              es: 'Cuenta tus lugares en la página de tu cartera desde arriba: el primero es 0, el siguiente es 1.',
            },
            initial: '0',
          },
        ],
        refusals: {
          unsupported: {
            en: 'That is no market with a till.',
            es: 'Ese no es un mercado con caja.',
          },
        },
      },
      buy: {
        label: { en: 'Buy', es: 'Comprar' },
        args: [purse, { name: 'purchase', kind: 'text' }, requestId],
        hidden: true,
      },
      order: {
        label: { en: 'What was bought', es: 'Lo comprado' },
        args: [requestId],
        hidden: true,
      },
      refund: {
        label: { en: 'Fetch what came back', es: 'Recoger lo devuelto' },
        args: [requestId],
        hidden: true,
      },
      warnings: {
        label: { en: 'Among how many you are hidden', es: 'Entre cuántas personas te pierdes' },
        args: [purse],
        hidden: true,
      },
    },
  },
);
