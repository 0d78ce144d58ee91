/** What the facets of loans accept, and the words for them. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, FieldDescription, Text } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  AmountShape,
  ChangesGuard,
  NameShape,
  ReasonShape,
  ViewGuard,
  amount,
  changes,
  days,
  destinationsField,
  line,
  lines,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';
import type { LoanTerms } from './types.ts';

const TimeShape = M.nat({ decimalDigitsLimit: 17 });
const CountShape = M.and(M.nat(), M.gte(1n), M.lte(120n));
const FewShape = M.and(M.nat(), M.lte(100n));
const DaysShape = M.and(M.nat(), M.gte(1n), M.lte(366n));
const LoanTermsShape: CastedPattern<LoanTerms> = typed<LoanTerms>(
  M.splitRecord(
    {
      what: NameShape,
      item: NameShape,
      principal: AmountShape,
      instalments: CountShape,
      every: TimeShape,
      until: TimeShape,
      vouchers: FewShape,
    },
    {},
    {},
  ),
);

const phase: FieldDescription = {
  label: words('Now', 'Cómo va'),
  values: {
    asked: words('asked for', 'pedido'),
    funded: words('all of it is there', 'ya está completo'),
    paying: words('being paid', 'pagándose'),
    running: words('being paid back', 'se está devolviendo'),
    rescheduled: words('being paid back by a new plan', 'se está devolviendo con otro plan'),
    repaid: words('paid back', 'devuelto'),
    forgiven: words('ended: the rest was forgiven', 'terminado: lo demás se perdonó'),
    absorbed: words('ended: the rest was lost', 'terminado: lo demás se perdió'),
    withdrawn: words('did not begin', 'no empezó'),
  },
};
const howMuch: FieldDescription = { label: words('How much', 'Cuánto') };
const fields: { readonly [key: string]: FieldDescription } = {
  borrower: { label: words('Who borrows', 'Quién pide') },
  principal: { label: words('How much', 'Cuánto') },
  unit: { label: words('In', 'En') },
  phase,
  offered: { label: words('Offered', 'Ofrecido'), bar: { of: 'principal' } },
  repaid: { label: words('Paid back', 'Devuelto'), bar: { of: 'principal' } },
  open: { label: words('Still open', 'Falta devolver') },
  late: { label: words('Late', 'Atrasado') },
};

export const LoanI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Loan', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: words('Loan without interest', 'Préstamo sin interés'),
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what: { label: words('Loan', 'Préstamo') },
      ...fields,
      item: {
        label: words(
          'What becomes everybody’s by it',
          'Lo que con él queda para todas las personas',
        ),
      },
      whom: { label: words('Who is paid', 'A quién se paga') },
      instalments: { label: words('In so many parts', 'En tantas partes') },
      next: { label: words('Next on', 'La siguiente el') },
      nextValue: { label: words('Due then', 'Toca entonces') },
      proposed: { label: words('A new plan is proposed', 'Se propone otro plan') },
      forgiven: { label: words('Forgiven', 'Perdonado') },
      absorbed: { label: words('Lost', 'Perdido') },
      covered: {
        label: words('Of that, those who vouched covered', 'De eso cubrieron quienes respondían'),
      },
      lenders: {
        label: words('Who lends', 'Quiénes prestan'),
        item: {
          heading: 'name',
          fields: { value: howMuch, open: { label: words('Still open', 'Falta devolver') } },
          empty: words('Nobody yet.', 'Todavía nadie.'),
        },
      },
      vouchers: {
        label: words('Who vouches', 'Quiénes responden'),
        item: {
          heading: 'name',
          fields: { value: { label: words('Up to', 'Hasta') } },
          empty: words('Nobody yet.', 'Todavía nadie.'),
        },
      },
      before: {
        label: words('Earlier loans of this person', 'Préstamos anteriores de esta persona'),
        item: {
          heading: 'name',
          fields: { phase, value: howMuch },
          empty: words('None.', 'Ninguno.'),
        },
      },
      said: {
        label: words('What is said about it', 'Lo que se dice'),
        item: {
          heading: 'name',
          fields: { words: { label: words('Says', 'Dice') } },
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

const item = (empty: Text): NonNullable<FieldDescription['item']> => ({
  heading: 'what',
  fields: { ...fields, loan: { label: words('Open it', 'Abrirlo') } },
  empty,
});
const loan = { name: 'loan', kind: 'facet', from: 'open', label: words('Which', 'Cuál') } as const;
const insufficient = words('There is not as much in your envelope.', 'En tu sobre no hay tanto.');
const unsupported = words('That is for others to do.', 'Eso les toca a otras personas.');
const closed = words('It is too late or too early for that.', 'Es tarde o temprano para eso.');
const refusals = { insufficient, unsupported, closed };
const MoneyGuard = M.call(M.remotable('loan'), AmountShape, RequestIdShape).returns(M.record());
const DoneGuard = M.call(M.remotable('loan'), RequestIdShape).returns(M.record());
const WordsGuard = M.call(M.remotable('loan'), ReasonShape, RequestIdShape).returns(M.record());

export const LoanDeskI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'ask'
    | 'askSimple'
    | 'lend'
    | 'vouch'
    | 'withdraw'
    | 'begin'
    | 'repay'
    | 'say'
    | 'propose'
    | 'answer'
    | 'forgive'
    | 'absorb'
  >
> = describe(
  M.interface('LoanDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    ask: M.call(M.remotable('destination'), LoanTermsShape, RequestIdShape).returns(M.record()),
    askSimple: M.call(
      M.remotable('destination'),
      NameShape,
      NameShape,
      AmountShape,
      CountShape,
      DaysShape,
      FewShape,
      RequestIdShape,
    ).returns(M.record()),
    lend: MoneyGuard,
    vouch: MoneyGuard,
    withdraw: DoneGuard,
    begin: DoneGuard,
    repay: MoneyGuard,
    say: WordsGuard,
    propose: M.call(M.remotable('loan'), CountShape, DaysShape, RequestIdShape).returns(M.record()),
    answer: M.call(M.remotable('loan'), M.and(M.nat(), M.lte(1n)), RequestIdShape).returns(
      M.record(),
    ),
    forgive: MoneyGuard,
    absorb: WordsGuard,
  }),
  {
    label: words('Loans without interest', 'Préstamos sin interés'),
    help: words(
      'What is lent comes back, and nothing more. Being late costs nothing: you talk, and make another plan.',
      'Lo que se presta regresa, y nada más. Atrasarse no cuesta: se platica y se hace otro plan.',
    ),
    view: 'view',
    changes: 'changes',
    fields: {
      open: {
        label: words('Now', 'Ahora'),
        item: item(words('There is none at the moment.', 'Por ahora no hay ninguno.')),
      },
      done: { label: words('Before', 'Antes'), item: item(words('None yet.', 'Todavía ninguno.')) },
      destinations: destinationsField,
    },
    methods: {
      view,
      changes,
      lend: {
        label: words('Lend', 'Prestar'),
        args: [loan, amount('value', words('How much', 'Cuánto')), requestId],
        refusals: { ...refusals, limit: words('Not so much is missing.', 'No falta tanto.') },
      },
      vouch: {
        label: words('Vouch', 'Responder por esto'),
        help: words(
          'You set aside what you could lose at most, if it is not paid back.',
          'Apartas lo más que podrías perder si no se devuelve.',
        ),
        args: [loan, amount('value', words('Up to', 'Hasta')), requestId],
        refusals,
      },
      repay: {
        label: words('Pay back', 'Devolver'),
        args: [loan, amount('value', words('How much', 'Cuánto')), requestId],
        refusals: { ...refusals, limit: words('Not so much is open.', 'No falta tanto.') },
      },
      begin: {
        label: words('Take it now', 'Tomarlo ya'),
        help: words('It is paid to whom it is for.', 'Se le paga a quien corresponde.'),
        args: [loan, requestId],
        refusals: {
          ...refusals,
          notYet: words('It is not complete.', 'Todavía no está completo.'),
        },
      },
      say: {
        label: words('Say something', 'Decir algo'),
        args: [loan, lines('words', words('What', 'Qué')), requestId],
      },
      propose: {
        label: words('Propose a new plan', 'Proponer otro plan'),
        args: [
          loan,
          {
            ...{ name: 'instalments', kind: 'nat', initial: '6', min: 1n, max: 120n },
            label: words('In so many parts', 'En tantas partes'),
          },
          days('everyDays', '30', words('One every', 'Una cada'), 1n),
          requestId,
        ],
        refusals,
      },
      answer: {
        label: words('Answer the new plan', 'Responder al nuevo plan'),
        args: [
          loan,
          {
            ...{ name: 'yes', kind: 'nat', initial: '1', max: 1n },
            label: words('Do you accept it?', '¿Lo aceptas?'),
            values: { '0': words('no', 'no'), '1': words('yes', 'sí') },
          },
          requestId,
        ],
        refusals,
      },
      forgive: {
        label: words('Forgive', 'Perdonar'),
        args: [loan, amount('value', words('How much of yours', 'Cuánto de lo tuyo')), requestId],
        confirm: words(
          'You will not get that back. Forgive it?',
          'Eso ya no te regresa. ¿Perdonarlo?',
        ),
        refusals: {
          ...refusals,
          limit: words('Not so much is open to you.', 'No te falta tanto.'),
        },
      },
      withdraw: {
        label: words('Take mine back', 'Retirar lo mío'),
        args: [loan, requestId],
        refusals,
      },
      absorb: {
        label: words('It cannot be paid back', 'No se va a poder devolver'),
        args: [loan, lines('words', words('Why', 'Por qué')), requestId],
        confirm: words(
          'This ends the loan for good. Do it?',
          'Esto termina el préstamo. ¿Hacerlo?',
        ),
        refusals: {
          ...refusals,
          notYet: words(
            'First talk, and make another plan.',
            'Primero platiquen y hagan otro plan.',
          ),
        },
      },
      askSimple: {
        label: words('Ask for a loan', 'Pedir un préstamo'),
        help: words(
          'By asking you let all here see how your earlier loans went.',
          'Al pedirlo dejas que todas las personas de aquí vean cómo te fue con los anteriores.',
        ),
        args: [
          {
            ...{ name: 'to', kind: 'facet', from: 'destinations' },
            label: words('Who is paid', 'A quién se paga'),
          },
          line('what', words('What for', 'Para qué')),
          line(
            'item',
            words('What becomes everybody’s by it', 'Qué queda para todas las personas'),
          ),
          amount('principal', words('How much', 'Cuánto')),
          {
            ...{ name: 'instalments', kind: 'nat', initial: '10', min: 1n, max: 120n },
            label: words('Paid back in so many parts', 'Se devuelve en tantas partes'),
          },
          days('everyDays', '30', words('One every', 'Una cada'), 1n),
          {
            ...{ name: 'vouchers', kind: 'nat', initial: '0', max: 100n },
            label: words('People who have to vouch', 'Personas que han de responder'),
          },
          requestId,
        ],
        done: words('Asked.', 'Pedido.'),
      },
      ask: {
        label: words('Ask with all terms', 'Pedir con todos los términos'),
        args: [
          { name: 'to', kind: 'facet', label: words('Who is paid', 'A quién se paga') },
          { name: 'terms', kind: 'text', label: words('Terms', 'Términos') },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);
