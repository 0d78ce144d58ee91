/** What the facets of vouchers in a market accept, and the words for those that people hold. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
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
import type { VoucherBoard, VoucherDesk, VoucherPart } from './types.ts';

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;

const far = M.remotable();
const DaysShape = M.and(M.nat(), M.lte(3_650n));
const WhereShape = M.string({ stringLengthLimit: 200 });

const common: { readonly [key: string]: FieldDescription } = {
  where: { label: { en: 'Where', es: 'Dónde' } },
  until: { label: { en: 'Until', es: 'Hasta cuándo' } },
};
const issuedBy: FieldDescription = { label: { en: 'Promised by', es: 'Lo promete' } };
const status: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    open: { en: 'being handed out', es: 'se reparten' },
    stopped: { en: 'no more are handed out', es: 'ya no se reparten más' },
    expired: { en: 'its time is over', es: 'ya venció' },
  },
};

export const VoucherDeskI: Described<Methods<VoucherDesk>> = describe(
  M.interface('VoucherDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    promise: M.call(
      NameShape,
      LongTextShape,
      WhereShape,
      DaysShape,
      QuantityShape,
      RequestIdShape,
    ).returns(M.record()),
    promiseWith: M.call(M.record(), RequestIdShape).returns(M.record()),
    buy: M.call(far, QuantityShape, RequestIdShape).returns(M.record()),
    payBack: M.call(RequestIdShape).returns(M.record()),
    holderOf: M.call(far).returns(M.record()),
  }),
  {
    label: { en: 'Vouchers', es: 'Vales' },
    help: {
      en: 'A voucher is paid now and redeemed later. Behind it stands only whoever promised.',
      es: 'Un vale se paga ahora y se canjea después. Lo respalda solo quien lo prometió.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      held: {
        label: { en: 'Vouchers that you have', es: 'Vales que tienes' },
        item: {
          heading: 'what',
          fields: {
            ...common,
            issuedBy,
            balance: { label: { en: 'You have', es: 'Tienes' } },
            held: { label: { en: 'In orders', es: 'En pedidos' } },
            status,
          },
          controls: 'act',
          empty: { en: 'You have none.', es: 'No tienes ninguno.' },
        },
      },
      promises: {
        label: { en: 'Vouchers that you can buy', es: 'Vales que puedes comprar' },
        item: {
          heading: 'what',
          fields: {
            description: { label: { en: 'About it', es: 'De qué se trata' } },
            ...common,
            issuedBy,
            price: { label: { en: 'Price each', es: 'Precio de cada uno' }, unit: credits },
          },
          empty: { en: 'Nobody sells any.', es: 'Nadie vende.' },
        },
      },
      own: {
        label: { en: 'What you promised', es: 'Lo que prometiste' },
        item: {
          heading: 'what',
          fields: {
            ...common,
            issued: { label: { en: 'Handed out', es: 'Repartidos' } },
            outstanding: { label: { en: 'Still to be fulfilled', es: 'Por cumplir' } },
            redeemed: { label: { en: 'Fulfilled', es: 'Cumplidos' } },
            expired: { label: { en: 'Ran out', es: 'Vencidos' } },
            returned: { label: { en: 'Given back', es: 'Devueltos' } },
            status,
          },
          controls: 'act',
          empty: { en: 'You have promised nothing.', es: 'No has prometido nada.' },
        },
      },
      cap: { label: { en: 'You may promise up to', es: 'Puedes prometer hasta' }, unit: credits },
      outstanding: {
        label: { en: 'Of that you still owe', es: 'De eso todavía debes' },
        unit: credits,
      },
    },
    methods: {
      view,
      changes,
      buy: {
        label: { en: 'Buy', es: 'Comprar' },
        help: {
          en: 'You pay now. If it is not kept you can dispute it when you redeem.',
          es: 'Pagas ahora. Si no te cumplen, puedes reclamar cuando lo canjees.',
        },
        done: { en: 'They are yours.', es: 'Ya son tuyos.' },
        refusals: {
          stale: { en: 'These are not sold any more.', es: 'Estos ya no se venden.' },
          unsupported: { en: 'These are your own.', es: 'Estos son tuyos.' },
          limit: {
            en: 'You cannot pay for that many, or whoever promises may not promise so much.',
            es: 'No te alcanza para tantos, o quien promete no puede prometer tanto.',
          },
        },
        args: [
          {
            name: 'voucher',
            kind: 'facet',
            label: { en: 'Voucher', es: 'Vale' },
            from: 'promises',
          },
          {
            name: 'quantity',
            kind: 'nat',
            label: { en: 'How many', es: 'Cuántos' },
            initial: '1',
            min: 1n,
          },
          requestId,
        ],
      },
      promise: {
        label: { en: 'Promise something', es: 'Prometer algo' },
        help: {
          en: 'Others buy vouchers for it, and bring them when they want it.',
          es: 'Otras personas compran vales y los traen cuando lo quieren.',
        },
        done: { en: 'Others can buy it now.', es: 'Ya lo pueden comprar.' },
        refusals: {
          quota: {
            en: 'There are as many promises as there can be at a time.',
            es: 'Ya hay tantas promesas como caben a la vez.',
          },
        },
        args: [
          { name: 'what', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
          {
            name: 'description',
            kind: 'longText',
            label: { en: 'Tell more about it', es: 'Cuenta más' },
            initial: '',
          },
          {
            name: 'where',
            kind: 'text',
            label: { en: 'Where can it be had?', es: '¿Dónde se puede recibir?' },
            initial: '',
          },
          {
            name: 'days',
            kind: 'nat',
            label: { en: 'For how many days?', es: '¿Por cuántos días?' },
            help: { en: '0: without end.', es: '0: sin fecha límite.' },
            initial: '90',
          },
          {
            name: 'price',
            kind: 'nat',
            label: { en: 'Price each', es: 'Precio de cada uno' },
            unit: credits,
            min: 1n,
          },
          requestId,
        ],
      },
      payBack: {
        label: { en: 'Take back what I promised', es: 'Recoger lo que prometí' },
        help: {
          en: 'All vouchers of yours that are still out come back, and whoever has them gets what they cost. No more are handed out.',
          es: 'Todos tus vales que siguen fuera regresan, y quien los tiene recupera lo que cuestan. Ya no se reparten más.',
        },
        confirm: {
          en: 'Take all of them back and return what they cost?',
          es: '¿Los recogemos todos y devolvemos lo que cuestan?',
        },
        done: { en: 'They came back.', es: 'Ya regresaron.' },
        refusals: {
          limit: { en: 'You cannot pay that much back.', es: 'No te alcanza para devolver tanto.' },
          quota: {
            en: 'Too many people have some. Fulfil a part of it first.',
            es: 'Los tiene demasiada gente. Primero cumple una parte.',
          },
        },
        args: [requestId],
      },
      promiseWith: {
        label: { en: 'Promise something in other words', es: 'Prometer algo de otra manera' },
        args: [{ name: 'terms', kind: 'text' }, requestId],
        hidden: true,
      },
      holderOf: {
        label: { en: 'Your account of it', es: 'Tu cuenta de eso' },
        args: [{ name: 'voucher', kind: 'facet', label: { en: 'Voucher', es: 'Vale' } }],
        hidden: true,
      },
    },
  },
);

// The rest stays in the vat.

export const VoucherBoardI: Methods<VoucherBoard> = M.interface('VoucherBoard', {
  make: M.call(far, far, M.record(), M.boolean()).returns(M.record()),
  find: M.call(far).returns(M.opt(M.record())),
  sold: M.call(M.nat()).returns(M.array()),
  priceable: M.call(far).returns(M.opt(M.record())),
  priceables: M.call().returns(M.array()),
  tidy: M.call().returns(),
  touch: M.call().returns(),
});
export const VoucherPartI: Methods<VoucherPart> = M.interface('VoucherPart', {
  promises: M.call().returns(M.opt(M.record())),
  isOut: M.call().returns(M.boolean()),
  payBack: M.call().returns(),
  payeeOf: M.call(far).returns(M.record()),
  hold: M.call(far, far, QuantityShape).returns(M.record()),
});
export const VoucherStepsI: InterfaceGuard<{
  make: MethodGuard;
  open: MethodGuard;
  buy: MethodGuard;
}> = M.interface('VoucherSteps', {
  make: M.call(M.record(), M.boolean()).returns(M.record()),
  open: M.call(M.record()).returns(M.record()),
  buy: M.call(far, QuantityShape).returns(M.record()),
});
