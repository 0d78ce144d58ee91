/** What the facets of vouchers accept, and the words for them. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Description } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import { ChangesGuard, RequestIdShape, changes, look } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { VoucherHolder, VoucherMaker, VoucherSeries, VoucherTerms } from './types.ts';

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;
type FieldWords = NonNullable<Description['fields']>;

const ViewGuard: MethodGuard = M.call().returns(M.record());
const PositiveShape = M.and(ValueShape, M.gte(1n));
const requestId = { name: 'requestId', kind: 'requestId' } as const;
const value = {
  name: 'value',
  kind: 'nat',
  label: { en: 'How much', es: 'Cuánto' },
  min: 1n,
} as const;

const NameShape = M.and(M.string({ stringLengthLimit: 100 }), M.neq(''));
export const VoucherTermsShape: CastedPattern<VoucherTerms> = typed<VoucherTerms>(
  M.splitRecord(
    {
      what: NameShape,
      description: M.string({ stringLengthLimit: 2_000 }),
      where: M.string({ stringLengthLimit: 200 }),
      unit: NameShape,
      size: PositiveShape,
      isDivisible: M.boolean(),
      isTransferable: M.boolean(),
      worth: PositiveShape,
    },
    { until: M.nat({ decimalDigitsLimit: 17 }) },
    {},
  ),
);

const termsWords: FieldWords = {
  what: { label: { en: 'Good for', es: 'Vale por' } },
  description: { label: { en: 'About it', es: 'De qué se trata' } },
  where: { label: { en: 'Where', es: 'Dónde' } },
  until: { label: { en: 'Until', es: 'Hasta cuándo' } },
  issuedBy: { label: { en: 'Promised by', es: 'Lo promete' } },
  status: {
    label: { en: 'Now', es: 'Cómo va' },
    values: {
      open: { en: 'being handed out', es: 'se reparten' },
      stopped: { en: 'no more are handed out', es: 'ya no se reparten más' },
      expired: { en: 'its time is over', es: 'ya venció' },
    },
  },
};
const countWords: FieldWords = {
  unit: { label: { en: 'Counted in', es: 'Se cuenta en' } },
  size: { label: { en: 'In each voucher', es: 'En cada vale' } },
  isDivisible: { label: { en: 'Can be used in parts', es: 'Se puede usar por partes' } },
  isTransferable: { label: { en: 'Can be passed on', es: 'Se puede pasar a alguien más' } },
  worth: { label: { en: 'Each is worth', es: 'Cada uno equivale a' } },
  issued: { label: { en: 'Handed out', es: 'Repartidos' } },
  outstanding: { label: { en: 'Still to be fulfilled', es: 'Por cumplir' } },
  redeemed: { label: { en: 'Fulfilled', es: 'Cumplidos' } },
  expired: { label: { en: 'Ran out', es: 'Vencidos' } },
  returned: { label: { en: 'Given back', es: 'Devueltos' } },
};
const help = {
  en: 'Somebody promises this to whoever brings the voucher.',
  es: 'Alguien promete esto a quien traiga el vale.',
};

export const VoucherSeriesI: Described<Methods<VoucherSeries>> = describe(
  M.interface('VoucherSeries', {
    view: ViewGuard,
    changes: ChangesGuard,
    brand: M.call().returns(M.remotable('brand')),
    issuer: M.call().returns(M.remotable('issuer')),
  }),
  {
    label: { en: 'Voucher', es: 'Vale' },
    help,
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: { ...termsWords, ...countWords },
    methods: {
      view: look,
      changes,
      brand: { label: { en: 'Kind', es: 'Clase' }, args: [], hidden: true },
      issuer: { label: { en: 'Issuer', es: 'Emisor' }, args: [], hidden: true },
    },
  },
);

export const VoucherMakerI: Described<Methods<VoucherMaker>> = describe(
  M.interface('VoucherMaker', {
    view: ViewGuard,
    changes: ChangesGuard,
    issue: M.call(PositiveShape, RequestIdShape).returns(M.record()),
    issueTo: M.call(M.remotable('payee'), PositiveShape, RequestIdShape).returns(M.record()),
    takeBack: M.call(RequestIdShape).returns(M.record()),
    stop: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your vouchers', es: 'Tus vales' },
    help: {
      en: 'What is out there you owe to whoever brings it.',
      es: 'Lo que anda afuera se lo debes a quien lo traiga.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: { ...termsWords, ...countWords },
    methods: {
      view: look,
      changes,
      issue: {
        label: { en: 'Hand some out', es: 'Repartir' },
        args: [value, requestId],
        hidden: true,
      },
      issueTo: {
        label: { en: 'Give to somebody', es: 'Dar a alguien' },
        args: [
          { name: 'payee', kind: 'facet', label: { en: 'To', es: 'A quién' } },
          value,
          requestId,
        ],
        hidden: true,
      },
      takeBack: {
        label: { en: 'Take back what nobody picked up', es: 'Recoger lo que nadie guardó' },
        args: [requestId],
      },
      stop: {
        label: { en: 'Hand out no more', es: 'Ya no repartir' },
        args: [requestId],
        confirm: { en: 'Hand out no more of them, ever?', es: '¿Ya no repartir nunca más?' },
      },
    },
  },
);

export const VoucherHolderI: Described<Methods<VoucherHolder>> = describe(
  M.interface('VoucherHolder', {
    view: ViewGuard,
    changes: ChangesGuard,
    payee: M.call().returns(M.remotable('payee')),
    account: M.call().returns(M.record()),
    redeem: M.call(PositiveShape, RequestIdShape).returns(M.record()),
    redeemPayment: M.call(M.remotable('payment'), RequestIdShape).returns(M.record()),
    giveBack: M.call(PositiveShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Vouchers that you have', es: 'Vales que tienes' },
    help,
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      ...termsWords,
      balance: { label: { en: 'You have', es: 'Tienes' } },
      held: { label: { en: 'In orders', es: 'En pedidos' } },
    },
    methods: {
      view: look,
      changes,
      payee: { label: { en: 'To be given some', es: 'Para que te den' }, args: [], hidden: true },
      account: { label: { en: 'Account', es: 'Cuenta' }, args: [], hidden: true },
      redeem: {
        label: { en: 'Ask for it', es: 'Canjear' },
        help: {
          en: 'Makes an order. The voucher is used up when you say that you have it.',
          es: 'Hace un pedido. El vale se gasta cuando digas que ya lo tienes.',
        },
        args: [value, requestId],
      },
      redeemPayment: {
        label: { en: 'Ask for it with what you were given', es: 'Canjear lo que te dieron' },
        args: [{ name: 'payment', kind: 'facet', label: { en: 'What', es: 'Qué' } }, requestId],
        hidden: true,
      },
      giveBack: {
        label: { en: 'Give back', es: 'Devolver' },
        args: [value, requestId],
        confirm: { en: 'Give them back for nothing?', es: '¿Devolverlos sin nada a cambio?' },
      },
    },
  },
);
