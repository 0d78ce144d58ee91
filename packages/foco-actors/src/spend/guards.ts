/** What the facets of spends accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  AmountShape,
  ChangesGuard,
  ReasonShape,
  ViewGuard,
  amount,
  changes,
  destinationsField,
  lines,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';

const phase: FieldDescription = {
  label: words('Now', 'Cómo va'),
  values: {
    announced: words('announced', 'anunciado'),
    paying: words('being paid', 'pagándose'),
    paid: words('paid', 'pagado'),
    withdrawn: words('taken back', 'retirado'),
    refused: words('not paid: it came back', 'no se pagó: regresó'),
  },
};
const fields: { readonly [key: string]: FieldDescription } = {
  by: { label: words('Who spends', 'Quién gasta') },
  whom: { label: words('Who gets it', 'Quién lo recibe') },
  value: { label: words('How much', 'Cuánto') },
  unit: { label: words('Of what', 'De qué') },
  phase,
  due: { label: words('Is paid', 'Se paga') },
};
const kinds: { readonly [kind: string]: Text } = {
  comment: words('says', 'dice'),
  talk: words('wants to talk about it', 'quiere platicarlo'),
  objection: words('asked for a pause', 'pidió una pausa'),
};

export const SpendI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Spend', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: words('Spend', 'Gasto'),
    title: 'reason',
    view: 'view',
    changes: 'changes',
    fields: {
      reason: { label: words('What for', 'Para qué') },
      ...fields,
      timesBefore: {
        label: words(
          'Times that this account was paid before',
          'Veces que ya se pagó a esta cuenta',
        ),
      },
      valueBefore: { label: words('Paid to it before', 'Ya se le pagó') },
      pausedBy: { label: words('A pause was asked for by', 'Pidió una pausa') },
      joined: {
        label: words('Spend for it too', 'También gastan para eso'),
        item: {
          heading: 'name',
          fields: { value: { label: words('How much', 'Cuánto') } },
          empty: words('Nobody else.', 'Nadie más.'),
        },
      },
      said: {
        label: words('What is said about it', 'Lo que se dice'),
        item: {
          heading: 'name',
          fields: {
            kind: { label: words('Wants', 'Quiere'), values: kinds },
            words: { label: words('Says', 'Dice') },
          },
          empty: words('Nothing yet.', 'Todavía nada.'),
        },
      },
    },
    methods: {
      view,
      changes,
      number: { label: words('Number', 'Número'), args: [], hidden: true },
    },
  },
);

const item = (empty: Text): FieldDescription['item'] => ({
  heading: 'reason',
  fields: { ...fields, spend: { label: words('Open it', 'Abrirlo') } },
  empty,
});
const spend = {
  name: 'spend',
  kind: 'facet',
  from: 'open',
  label: words('Which', 'Cuál'),
} as const;
const gone: { readonly [code: string]: Text } = {
  closed: words('It is being paid already, or is over.', 'Ya se está pagando, o ya terminó.'),
  insufficient: words('There is not as much in your envelope.', 'En tu sobre no hay tanto.'),
};
const DoneGuard = M.call(M.remotable('spend'), ReasonShape, RequestIdShape).returns(M.record());

export const SpendDeskI: Described<
  Methods<
    'view' | 'changes' | 'announce' | 'withdraw' | 'join' | 'comment' | 'askToTalk' | 'object'
  >
> = describe(
  M.interface('SpendDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    announce: M.call(M.remotable('destination'), AmountShape, ReasonShape, RequestIdShape).returns(
      M.record(),
    ),
    withdraw: M.call(M.remotable('spend'), RequestIdShape).returns(M.record()),
    join: M.call(M.remotable('spend'), AmountShape, RequestIdShape).returns(M.record()),
    comment: DoneGuard,
    askToTalk: DoneGuard,
    object: DoneGuard,
  }),
  {
    label: words('Spending', 'Gastar'),
    help: words(
      'You spend what is yours without asking. The others see it before it is paid.',
      'Gastas lo tuyo sin pedir permiso. Las demás personas lo ven antes de que se pague.',
    ),
    view: 'view',
    changes: 'changes',
    fields: {
      destinations: destinationsField,
      open: { label: words('Announced', 'Anunciados'), item: item(words('Nothing.', 'Nada.'))! },
      done: {
        label: words('Before', 'Antes'),
        item: item(words('Nothing yet.', 'Todavía nada.'))!,
      },
    },
    methods: {
      view,
      changes,
      announce: {
        label: words('Spend', 'Gastar'),
        args: [
          {
            ...{ name: 'to', kind: 'facet', from: 'destinations' },
            label: words('To', 'A quién'),
          },
          amount('value', words('How much', 'Cuánto')),
          lines('reason', words('What for', 'Para qué')),
          requestId,
        ],
        done: words('Announced.', 'Anunciado.'),
        refusals: {
          ...gone,
          quota: words('You have too many open.', 'Tienes demasiados abiertos.'),
        },
      },
      join: {
        label: words('Spend for it too', 'Gastar también para eso'),
        help: words(
          'It is a spend of your own, with its own days to be seen.',
          'Es un gasto tuyo, con sus propios días para verse.',
        ),
        args: [spend, amount('value', words('How much', 'Cuánto')), requestId],
        refusals: { ...gone, conflict: words('You are in it already.', 'Ya estás en él.') },
      },
      comment: {
        label: words('Say something', 'Decir algo'),
        args: [spend, lines('words', words('What', 'Qué')), requestId],
        refusals: gone,
      },
      askToTalk: {
        label: words('Ask to talk about it', 'Pedir que se platique'),
        args: [spend, lines('words', words('Why', 'Por qué')), requestId],
        refusals: gone,
      },
      object: {
        label: words('Ask for a pause', 'Pedir una pausa'),
        help: words(
          'It is paid later, once. Only who spends can take it back.',
          'Se paga más tarde, una sola vez. Solo quien gasta lo puede retirar.',
        ),
        args: [spend, lines('words', words('Why', 'Por qué')), requestId],
        refusals: {
          ...gone,
          unsupported: words('There are no pauses here.', 'Aquí no hay pausas.'),
          closed: words('The pause was used, or it is over.', 'La pausa ya se usó, o ya terminó.'),
        },
      },
      withdraw: {
        label: words('Take back', 'Retirar'),
        args: [spend, requestId],
        done: words('It is in your envelope again.', 'Ya está otra vez en tu sobre.'),
        refusals: {
          ...gone,
          unsupported: words('Only who announced it can.', 'Solo quien lo anunció puede.'),
        },
      },
    },
  },
);
