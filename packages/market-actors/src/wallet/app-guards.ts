/** What an app and the page of apps accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape, ValueShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import type { CastedPattern } from '@endo/patterns';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  NameShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';
import type { Purchase } from '../till/types.ts';
import type { AppTerms, Sale } from './app-types.ts';

const LaterShape = M.or(M.promise(), M.record());
export const AppTermsShape: CastedPattern<AppTerms> = typed<AppTerms>(
  M.splitRecord(
    {
      label: NameShape,
      place: M.nat(),
      from: M.or('account', 'purse'),
      most: ValueShape,
      confirmAbove: ValueShape,
    },
    { expires: M.nat() },
    {},
  ),
);
const PurchaseShape: CastedPattern<Purchase> = typed<Purchase>(
  M.splitRecord(
    {
      offer: M.remotable('offer'),
      number: M.nat(),
      alternative: M.nat(),
      quantity: M.nat(),
      price: ValueShape,
      note: M.string({ stringLengthLimit: 300 }),
    },
    {},
    {},
  ),
);
const SaleShape: CastedPattern<Sale> = typed<Sale>(
  M.splitRecord(
    {
      ...{ number: M.nat(), alternative: M.nat(), quantity: M.nat(), price: ValueShape },
      note: M.string({ stringLengthLimit: 300 }),
    },
    {},
    {},
  ),
);
const PositiveShape = M.and(ValueShape, M.gte(1n));

export const AppI: Described<Methods<'view' | 'changes' | 'pay' | 'buy' | 'order'>> = describe(
  M.interface('WalletApp', {
    view: ViewGuard,
    changes: ChangesGuard,
    pay: M.call(M.remotable('payee'), PositiveShape, RequestIdShape).returns(LaterShape),
    buy: M.call(PurchaseShape, RequestIdShape).returns(LaterShape),
    order: M.call(SaleShape, RequestIdShape).returns(LaterShape),
  }),
  {
    label: { en: 'May spend a little', es: 'Puede gastar un poco' },
    view: 'view',
    changes: 'changes',
    title: 'label',
    fields: {
      label: { label: { en: 'For', es: 'Para' } },
      place: { label: { en: 'Where', es: 'Dónde' } },
      left: { label: { en: 'Still to spend', es: 'Queda por gastar' }, unit: credits },
      isOver: {
        label: { en: 'Is it over?', es: '¿Ya terminó?' },
        values: { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } },
      },
    },
    methods: {
      view,
      changes,
      pay: {
        label: { en: 'Pay', es: 'Pagar' },
        args: [
          { name: 'payee', kind: 'facet' },
          { name: 'value', kind: 'nat', label: { en: 'How much', es: 'Cuánto' } },
          requestId,
        ],
        hidden: true,
      },
      buy: {
        label: { en: 'Buy', es: 'Comprar' },
        args: [{ name: 'purchase', kind: 'text' }, requestId],
        hidden: true,
      },
      order: {
        label: { en: 'Buy by its number', es: 'Comprar por su número' },
        args: [{ name: 'sale', kind: 'text' }, requestId],
        hidden: true,
      },
    },
  },
);

const of = (name: string, from: string): ArgumentDescription => ({
  ...{ name, from, kind: 'facet', label: { en: 'Which', es: 'Cuál' } },
});

export const AppsI: Described<
  Methods<'view' | 'changes' | 'give' | 'pass' | 'revoke' | 'allow' | 'deny'>
> = describe(
  M.interface('WalletApps', {
    view: ViewGuard,
    changes: ChangesGuard,
    give: M.call(AppTermsShape, RequestIdShape).returns(M.or(M.remotable('app'), M.record())),
    pass: M.call(
      M.nat(),
      PositiveShape,
      M.and(M.nat(), M.gte(1n), M.lte(60n)),
      RequestIdShape,
    ).returns(LaterShape),
    revoke: M.call(M.remotable('app')).returns(M.record()),
    allow: M.call(M.remotable('question')).returns(LaterShape),
    deny: M.call(M.remotable('question')).returns(M.record()),
  }),
  {
    label: { en: 'What may spend for you', es: 'Lo que puede gastar por ti' },
    help: {
      en: 'Each spends at one place, up to a bound, and can be taken back at any time.',
      es: 'Cada uno gasta en un solo lugar, hasta un tope, y lo puedes retirar cuando quieras.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      questions: {
        label: { en: 'Waiting for your word', es: 'Esperan tu palabra' },
        item: {
          heading: 'app',
          fields: {
            place: { label: { en: 'Where', es: 'Dónde' } },
            value: { label: { en: 'Wants to spend', es: 'Quiere gastar' }, unit: credits },
          },
          empty: { en: 'Nothing.', es: 'Nada.' },
        },
      },
      apps: {
        label: { en: 'Given', es: 'Dados' },
        item: {
          heading: 'label',
          fields: {
            place: { label: { en: 'Where', es: 'Dónde' } },
            left: { label: { en: 'Still to spend', es: 'Queda por gastar' }, unit: credits },
            most: {
              label: { en: 'At most in a period', es: 'A lo más en un periodo' },
              unit: credits,
            },
          },
          empty: { en: 'None.', es: 'Ninguno.' },
        },
      },
    },
    methods: {
      view,
      changes,
      allow: {
        label: { en: 'Yes, do it', es: 'Sí, que se haga' },
        args: [of('question', 'questions')],
        confirm: { en: 'Spend it?', es: '¿Se gasta?' },
      },
      deny: { label: { en: 'No', es: 'No' }, args: [of('question', 'questions')] },
      revoke: {
        label: { en: 'Take it back', es: 'Retirarlo' },
        args: [of('app', 'apps')],
        confirm: { en: 'Take it back for good?', es: '¿Retirarlo para siempre?' },
      },
      pass: {
        label: { en: 'A pass for a kiosk', es: 'Un pase para un kiosco' },
        help: {
          en: 'Whoever has it buys once with what is in your purse, up to the bound, until its time is over.',
          es: 'Quien lo tenga compra con lo que hay en tu monedero, hasta el tope, mientras dure.',
        },
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
          {
            name: 'most',
            kind: 'nat',
            label: { en: 'At most', es: 'A lo más' },
            unit: credits,
            min: 1n,
          },
          {
            name: 'minutes',
            kind: 'nat',
            label: { en: 'For how many minutes', es: 'Por cuántos minutos' },
            min: 1n,
            max: 60n,
            initial: '10',
          },
          requestId,
        ],
      },
      give: {
        label: { en: 'Give', es: 'Dar' },
        args: [{ name: 'terms', kind: 'text' }, requestId],
        hidden: true,
      },
    },
  },
);
