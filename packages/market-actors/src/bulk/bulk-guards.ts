/** What a bulk-buy's facets accept, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape, ValueShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
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
import { bulkFields } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());
const DigestShape = M.string({ stringLengthLimit: 64 });
const RangeShape = { min: M.nat(), max: M.nat() };

export const BulkI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Bulk', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'Bulk-buy', es: 'Compra en grupo' },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: bulkFields,
    methods: {
      view,
      changes,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);

const evidence: readonly ArgumentDescription[] = [
  { name: 'evidence', kind: 'text', label: { en: 'Receipt', es: 'Comprobante' } },
  {
    ...{ name: 'digest', kind: 'text' },
    label: { en: 'Its digits', es: 'Su huella' },
    help: {
      en: 'The SHA-256 of a photo or file of it, 64 digits.',
      es: 'El SHA-256 de una foto o archivo, 64 dígitos.',
    },
  },
];
const invalid = {
  invalid: {
    en: 'The digits of a receipt are 64, from 0 to f.',
    es: 'La huella de un comprobante tiene 64 dígitos, de 0 a f.',
  },
};

export const BulkOrganiserI: Described<
  Methods<'view' | 'changes' | 'cancel' | 'bought' | 'received' | 'distributed'>
> = describe(
  M.interface('BulkOrganiser', {
    view: ViewGuard,
    changes: ChangesGuard,
    cancel: DoneGuard,
    bought: M.call(NameShape, DigestShape, RequestIdShape).returns(M.record()),
    received: M.call(ValueShape, ValueShape, NameShape, DigestShape, RequestIdShape).returns(
      M.record(),
    ),
    distributed: DoneGuard,
  }),
  {
    label: { en: 'A bulk-buy that you organise', es: 'Una compra que organizas' },
    help: {
      en: 'The value is set aside by those who joined. You never have it: the supplier is paid when the goods are here.',
      es: 'El valor lo apartan quienes se apuntaron. Tú nunca lo tienes: quien surte cobra cuando ya llegó.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      ...bulkFields,
      people: {
        label: { en: 'Who gets what', es: 'A quién le toca qué' },
        item: {
          heading: 'name',
          fields: {
            units: { label: { en: 'Gets', es: 'Le tocan' } },
            isCollected: {
              label: { en: 'Fetched', es: 'Ya recogió' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } },
            },
          },
          empty: { en: 'Nobody has joined yet.', es: 'Todavía nadie se apunta.' },
        },
      },
      buy: { label: { en: 'As everybody sees it', es: 'Como la ven los demás' } },
    },
    methods: {
      view,
      changes,
      bought: {
        label: { en: 'It is bought', es: 'Ya se compró' },
        help: {
          en: 'Everybody who joined sees the receipt.',
          es: 'Todos los apuntados ven el comprobante.',
        },
        done: { en: 'Noted for all to see.', es: 'Anotado a la vista de todos.' },
        refusals: invalid,
        args: [...evidence, requestId],
      },
      received: {
        label: { en: 'The goods are here', es: 'Ya llegó' },
        help: {
          en: 'The supplier is paid now, and what was not needed goes back to everybody.',
          es: 'Ahora se le paga a quien surte, y lo que sobró se les devuelve a todos.',
        },
        confirm: { en: 'Is it all here, and shall we pay?', es: '¿Ya está todo y pagamos?' },
        done: { en: 'Paid. Now give it out.', es: 'Pagado. Ahora a repartir.' },
        refusals: {
          ...invalid,
          insufficient: {
            en: 'That is more than was bought together.',
            es: 'Son más de las que se compraron.',
          },
          limit: {
            en: 'That is more than everybody agreed to pay.',
            es: 'Es más de lo que todos aceptaron pagar.',
          },
        },
        args: [
          { name: 'units', kind: 'nat', label: { en: 'How many came', es: 'Cuántas llegaron' } },
          {
            ...{ name: 'cost', kind: 'nat', unit: credits },
            label: { en: 'On the invoice', es: 'Según la factura' },
          },
          ...evidence,
          requestId,
        ],
      },
      distributed: {
        label: { en: 'It is given out', es: 'Ya se repartió' },
        help: {
          en: 'What nobody fetched is offered to the others, who pay whoever did not come.',
          es: 'Lo que nadie recogió se ofrece a los demás, que le pagan a quien no vino.',
        },
        done: { en: 'Thank you.', es: 'Gracias.' },
        args: [requestId],
      },
      cancel: {
        label: { en: 'Call it off', es: 'Cancelar la compra' },
        help: {
          en: 'Everybody has all of their value back.',
          es: 'A todos se les devuelve todo.',
        },
        confirm: { en: 'Call it off?', es: '¿La cancelamos?' },
        done: { en: 'Called off, all given back.', es: 'Cancelada, todo devuelto.' },
        args: [requestId],
      },
    },
  },
);

export const BulkInsideI: Methods<
  | 'number'
  | 'public'
  | 'start'
  | 'view'
  | 'item'
  | 'organisedItem'
  | 'pledge'
  | 'change'
  | 'withdraw'
  | 'quit'
  | 'collect'
  | 'takeLeft'
> = M.interface('BulkInside', {
  number: M.call().returns(M.nat()),
  public: M.call().returns(M.remotable('buy')),
  start: M.call().returns(),
  view: M.call().returns(M.record()),
  item: M.call().returns(M.record()),
  organisedItem: M.call().returns(M.record()),
  pledge: M.call(M.remotable('member'), RangeShape).returns(M.record()),
  change: M.call(M.nat(), RangeShape).returns(M.record()),
  withdraw: M.call(M.nat()).returns(M.record()),
  quit: M.call(M.remotable('member')).returns(M.boolean()),
  collect: M.call(M.nat()).returns(M.record()),
  takeLeft: M.call(M.remotable('member'), M.nat()).returns(M.record()),
});
/** Stays in `bulk.ts`, but for the alarm: whoever holds it decides the holds. */
export const BulkStepsI: Methods<
  | 'ranges'
  | 'drop'
  | 'foresee'
  | 'left'
  | 'refusalOf'
  | 'cover'
  | 'attach'
  | 'note'
  | 'enter'
  | 'calm'
  | 'due'
  | 'isWanting'
  | 'close'
  | 'settle'
  | 'release'
  | 'finish'
  | 'tell'
> = M.interface('BulkSteps', {
  ranges: M.call().returns(M.array()),
  drop: M.call(M.nat(), M.nat()).returns(),
  foresee: M.call().returns(),
  left: M.call().returns(M.nat()),
  refusalOf: M.call(RangeShape, M.nat(), M.number()).returns(M.opt(M.record())),
  cover: M.call(M.remotable('pledge'), RangeShape).returns(M.boolean()),
  attach: M.call(M.string(), M.string()).returns(),
  note: M.call(M.string()).returns(),
  enter: M.call(M.string(), M.nat()).returns(),
  calm: M.call().returns(),
  due: M.call(M.record()).returns(),
  isWanting: M.call().returns(M.boolean()),
  close: M.call().returns(),
  settle: M.call(M.record(), M.nat()).returns(),
  release: M.call(M.string()).returns(),
  finish: M.call(M.string()).returns(),
  tell: M.call().returns(),
});
