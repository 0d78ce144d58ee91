/** What the till, a blind order and a participant's desk accept, and the words for them. */
import { M } from '@endo/patterns';
import { BatchesShape, ElementsShape, TokenShape, TokensShape } from '@pocas/clearing/blind';
import { ValueShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described, FieldDescription, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  QuantityShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

const PurchaseShape = {
  offer: M.remotable('offer'),
  number: ValueShape,
  alternative: ValueShape,
  quantity: QuantityShape,
  price: ValueShape,
  note: M.string({ stringLengthLimit: 500 }),
};

/** What only a wallet can fill in. */
const made = (name: string): ArgumentDescription => ({ name, kind: 'text' });
const forWallets = (label: Text, ...names: readonly string[]) => ({
  label,
  args: names.map((name) => (name === 'requestId' ? requestId : made(name))),
  hidden: true,
});

const saleFields: Readonly<Record<string, FieldDescription>> = {
  what: { label: { en: 'What', es: 'Qué' } },
  description: { label: { en: 'About it', es: 'Cómo es' } },
  price: { label: { en: 'Price', es: 'Precio' } },
  available: { label: { en: 'How many there are', es: 'Cuántas hay' } },
  maker: { label: { en: 'Who offers it', es: 'Quién lo ofrece' } },
};

export const TillI: Described<
  Methods<
    'view' | 'changes' | 'more' | 'keys' | 'counts' | 'pay' | 'order' | 'review' | 'swap' | 'again'
  >
> = describe(
  M.interface('Till', {
    view: ViewGuard,
    changes: ChangesGuard,
    more: M.call(ValueShape).returns(M.array()),
    keys: M.call().returns(M.record()),
    counts: M.call().returns(M.array()),
    pay: M.call(PurchaseShape, TokensShape, BatchesShape, RequestIdShape).returns(M.record()),
    order: M.call(RequestIdShape).returns(M.record()),
    review: M.call(
      M.remotable('offer'),
      M.and(M.string({ stringLengthLimit: 500 }), M.neq('')),
      TokenShape,
    ).returns(M.record()),
    swap: M.call(TokensShape, BatchesShape, RequestIdShape).returns(M.record()),
    again: M.call(ElementsShape).returns(M.array()),
  }),
  {
    label: { en: 'Till', es: 'Caja' },
    help: {
      en: 'Here you buy without saying who you are. Your wallet pays with credits that it took out before.',
      es: 'Aquí compras sin decir quién eres. Tu cartera paga con créditos que sacó antes.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Market', es: 'Mercado' } },
      unit: { label: { en: 'Unit', es: 'Unidad' } },
      offers: {
        label: { en: 'What there is', es: 'Lo que hay' },
        item: {
          heading: 'what',
          fields: saleFields,
          empty: { en: 'Nothing at the moment.', es: 'Por ahora nada.' },
        },
      },
    },
    methods: {
      view,
      changes,
      more: forWallets({ en: 'Older ones', es: 'Más antiguas' }, 'before'),
      keys: forWallets({ en: 'How credits are checked', es: 'Cómo se revisan los créditos' }),
      counts: forWallets({ en: 'How many credits are out', es: 'Cuántos créditos andan fuera' }),
      pay: forWallets({ en: 'Buy', es: 'Comprar' }, 'purchase', 'tokens', 'change', 'requestId'),
      order: forWallets({ en: 'Find an order', es: 'Encontrar un pedido' }, 'requestId'),
      review: forWallets(
        { en: 'Say something of what you bought', es: 'Decir algo de lo que compraste' },
        'offer',
        'text',
        'token',
      ),
      swap: forWallets(
        { en: 'Change old credits for new ones', es: 'Cambiar créditos viejos por nuevos' },
        'tokens',
        'change',
        'requestId',
      ),
      again: forWallets({ en: 'Find credits again', es: 'Recuperar créditos' }, 'blinded'),
    },
  },
);

export const BlindOrderI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'cancel'
    | 'accept'
    | 'dispute'
    | 'state'
    | 'propose'
    | 'refund'
    | 'appreciate'
    | 'review'
  >
> = describe(
  M.interface('BlindOrder', {
    view: ViewGuard,
    changes: ChangesGuard,
    cancel: M.call().returns(M.record()),
    accept: M.call().returns(M.record()),
    dispute: M.call(LongTextShape).returns(M.record()),
    state: M.call(LongTextShape, RequestIdShape).returns(M.record()),
    propose: M.call(ValueShape, RequestIdShape).returns(M.record()),
    refund: M.call(BatchesShape, RequestIdShape).returns(M.record()),
    appreciate: M.call(TokenShape).returns(M.record()),
    review: M.call(M.string({ stringLengthLimit: 43 }), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your order', es: 'Tu pedido' },
    help: {
      en: 'Nobody can see whose it is. Whoever has this page is the buyer.',
      es: 'Nadie puede ver de quién es. Quien tiene esta página es quien compró.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what: { label: { en: 'What', es: 'Qué' } },
      description: { label: { en: 'About it', es: 'Cómo es' } },
      quantity: { label: { en: 'How many', es: 'Cuántas' } },
      price: { label: { en: 'Price', es: 'Precio' } },
      phase: {
        label: { en: 'Now', es: 'Cómo va' },
        values: {
          placed: { en: 'placed', es: 'pedido' },
          escrowed: { en: 'paid into safekeeping', es: 'pagado y apartado' },
          claimed: { en: 'kept for you', es: 'apartado para ti' },
          ready: { en: 'ready', es: 'listo' },
          handedOver: { en: 'handed over', es: 'entregado' },
          disputed: { en: 'in dispute', es: 'en desacuerdo' },
          accepted: { en: 'done', es: 'hecho' },
          refused: { en: 'refused', es: 'rechazado' },
          expired: { en: 'its time ran out', es: 'se venció' },
          cancelled: { en: 'cancelled', es: 'cancelado' },
          settled: { en: 'paid after a dispute', es: 'pagado tras un desacuerdo' },
          refunded: { en: 'given back after a dispute', es: 'devuelto tras un desacuerdo' },
          split: { en: 'shared after a dispute', es: 'repartido tras un desacuerdo' },
        },
      },
      with: { label: { en: 'Who offers it', es: 'Quién lo ofrece' } },
      delivery: { label: { en: 'How you get it', es: 'Cómo te llega' } },
      until: { label: { en: 'Until', es: 'Hasta' } },
      refund: { label: { en: 'For you to fetch', es: 'Por recoger' }, unit: credits },
    },
    methods: {
      view,
      changes,
      accept: {
        label: { en: 'All is well', es: 'Todo bien' },
        args: [],
        confirm: { en: 'Pay the seller now?', es: '¿Le pagamos ya a quien vende?' },
      },
      cancel: {
        label: { en: 'Cancel', es: 'Cancelar' },
        args: [],
        confirm: { en: 'Cancel the order?', es: '¿Cancelamos el pedido?' },
      },
      dispute: {
        label: { en: 'Something is wrong', es: 'Algo anda mal' },
        args: [{ name: 'statement', kind: 'longText', label: { en: 'What?', es: '¿Qué?' } }],
      },
      state: {
        label: { en: 'Say more', es: 'Decir más' },
        args: [
          { name: 'statement', kind: 'longText', label: { en: 'What?', es: '¿Qué?' } },
          requestId,
        ],
      },
      propose: {
        label: { en: 'Propose how to share the price', es: 'Proponer cómo repartir el precio' },
        args: [
          {
            name: 'share',
            kind: 'nat',
            label: { en: 'For the seller, per cent', es: 'Para quien vende, por ciento' },
            max: 100n,
          },
          requestId,
        ],
      },
      refund: forWallets(
        { en: 'Fetch what came back', es: 'Recoger lo devuelto' },
        'elements',
        'requestId',
      ),
      appreciate: forWallets({ en: 'Give thanks', es: 'Agradecer' }, 'token'),
      review: forWallets(
        { en: 'Ask for a token to review with', es: 'Pedir con qué opinar' },
        'element',
        'requestId',
      ),
    },
  },
);

export const BlindDeskI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'keys'
    | 'counts'
    | 'withdraw'
    | 'deposit'
    | 'appreciations'
    | 'payee'
    | 'till'
  >
> = describe(
  M.interface('BlindDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    keys: M.call().returns(M.record()),
    counts: M.call().returns(M.array()),
    withdraw: M.call(BatchesShape, RequestIdShape).returns(M.record()),
    deposit: M.call(TokensShape, RequestIdShape).returns(M.record()),
    appreciations: M.call(ElementsShape, RequestIdShape).returns(M.record()),
    payee: M.call().returns(M.remotable('payee')),
    till: M.call().returns(M.remotable('till')),
  }),
  {
    label: { en: 'Credits like cash', es: 'Créditos como efectivo' },
    help: {
      en: 'Your wallet takes credits out here, and spends them at the till without anybody seeing whose they are.',
      es: 'Tu cartera saca créditos aquí y los gasta en la caja sin que nadie vea de quién son.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      unit: { label: { en: 'Unit', es: 'Unidad' } },
      members: {
        label: {
          en: 'People among whom you are hidden now',
          es: 'Personas entre las que no se te distingue',
        },
      },
      outstanding: {
        label: { en: 'Taken out by everybody', es: 'Sacados entre todas y todos' },
        unit: credits,
      },
    },
    methods: {
      view,
      changes,
      keys: forWallets({ en: 'How credits are checked', es: 'Cómo se revisan los créditos' }),
      counts: forWallets({ en: 'How many credits are out', es: 'Cuántos créditos andan fuera' }),
      withdraw: forWallets({ en: 'Take out', es: 'Sacar' }, 'batches', 'requestId'),
      deposit: forWallets({ en: 'Put back', es: 'Devolver a la cuenta' }, 'tokens', 'requestId'),
      appreciations: forWallets(
        { en: 'Take tokens of thanks', es: 'Sacar agradecimientos' },
        'elements',
        'requestId',
      ),
      payee: forWallets({ en: 'Where it goes', es: 'A dónde va' }),
      till: forWallets({ en: 'Where it is spent', es: 'Dónde se gasta' }),
    },
  },
);
