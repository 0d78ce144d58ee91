/**
 * What each facet of a ledger accepts, and the words for it. Any ledger can use them as they are: they name no
 * unit, since that is the brand's.
 */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Description, Text } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import { ChangesGuard, LabelShape, RequestIdShape, changes, look } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type {
  Account,
  AccountCare,
  Brand,
  Decider,
  Hold,
  HoldTerms,
  Issuer,
  Ledger,
  LedgerAuditor,
  Limits,
  Overflow,
  Payee,
  Payment,
  Share,
} from './types.ts';

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;
type MethodWords = Description['methods'][string];
type FieldWords = NonNullable<Description['fields']>[string];

const far = M.remotable();
const record = M.record();
const ViewGuard: MethodGuard = M.call().returns(record);

export const LimitsShape: CastedPattern<Limits> = typed<Limits>(
  M.splitRecord({ debitLimit: ValueShape, ceiling: ValueShape }, {}, {}),
);
export const HoldTermsShape: CastedPattern<HoldTerms> = typed<HoldTerms>(
  M.splitRecord(
    {},
    // So many digits are inside of what a timer can wait for.
    { expires: M.nat({ decimalDigitsLimit: 17 }), divisible: M.boolean() },
    {},
  ),
);
/** Among so many at most a hold is divided. */
export const maxShares = 100;
export const SharesShape: CastedPattern<readonly Share[]> = typed<readonly Share[]>(
  M.arrayOf(M.splitRecord({ payee: far, value: ValueShape }, {}, {}), {
    arrayLengthLimit: maxShares,
  }),
);
export const ChoiceShape: CastedPattern<Exclude<Overflow, 'ask'>> = typed<Exclude<Overflow, 'ask'>>(
  M.or('accept', 'decline', 'commons'),
);
export const OverflowShape: CastedPattern<Overflow> = typed<Overflow>(
  M.or('ask', 'accept', 'decline', 'commons'),
);

const requestArgument = { name: 'requestId', kind: 'requestId' } as const;
const valueArgument = {
  name: 'value',
  kind: 'nat',
  label: { en: 'How much', es: 'Cuánto' },
  min: 1n,
} as const;
const payeeArgument = { name: 'payee', kind: 'facet', label: { en: 'To', es: 'A quién' } } as const;
const paymentArgument = {
  name: 'payment',
  kind: 'facet',
  label: { en: 'What', es: 'Qué' },
} as const;
/** For programs: pages of a market have words of their own for it. */
const hidden = (label: Text, ...args: readonly MethodWords['args'][number][]): MethodWords => ({
  label,
  args,
  hidden: true,
});

const phases = {
  open: { en: 'set aside', es: 'apartado' },
  settled: { en: 'paid', es: 'pagado' },
  released: { en: 'given back', es: 'devuelto' },
} as const;
const howMuch: FieldWords = { label: { en: 'How much', es: 'Cuánto' } };

export const BrandI: Described<Methods<Brand>> = describe(
  M.interface('Brand', { describe: ViewGuard }),
  {
    label: { en: 'A kind of value', es: 'Un tipo de valor' },
    title: 'name',
    view: 'describe',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      kind: {
        label: { en: 'What it is', es: 'Qué es' },
        values: {
          mutual: { en: 'credit among all', es: 'crédito entre todas y todos' },
          time: { en: 'time', es: 'tiempo' },
          voucher: { en: 'voucher', es: 'vale' },
        },
      },
      unit: { label: { en: 'Counted in', es: 'Se cuenta en' } },
      step: { label: { en: 'In steps of', es: 'De cuánto en cuánto' } },
    },
    methods: { describe: look },
  },
);

export const IssuerI: Described<Methods<Issuer>> = describe(
  M.interface('Issuer', {
    brand: M.call().returns(far),
    amountOf: M.call(far).returns(record),
    holdOf: M.call(far).returns(record),
    takeOver: M.call(far, far, RequestIdShape).returns(record),
    burn: M.call(far, RequestIdShape).returns(record),
  }),
  {
    label: { en: 'Who knows whether it is real', es: 'Quien sabe si es de verdad' },
    methods: {
      brand: hidden({ en: 'Kind of value', es: 'Tipo de valor' }),
      amountOf: hidden({ en: 'How much is it?', es: '¿Cuánto es?' }, paymentArgument),
      holdOf: hidden(
        { en: 'How does it stand?', es: '¿Cómo va?' },
        { name: 'hold', kind: 'facet', label: { en: 'What', es: 'Qué' } },
      ),
      takeOver: hidden(
        { en: 'Decide from now on', es: 'Decidir de aquí en adelante' },
        { name: 'hold', kind: 'facet', label: { en: 'What', es: 'Qué' } },
        { name: 'decider', kind: 'facet', label: { en: 'By what', es: 'Con qué' } },
        requestArgument,
      ),
      burn: hidden({ en: 'Destroy', es: 'Destruir' }, paymentArgument, requestArgument),
    },
  },
);

export const PaymentI: Described<Methods<Payment>> = describe(
  M.interface('Payment', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'A payment', es: 'Un pago' },
    help: {
      en: 'Whoever has it can put it into an account, once.',
      es: 'Quien lo tenga puede depositarlo en una cuenta, una vez.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      value: howMuch,
      phase: {
        label: { en: 'Now', es: 'Cómo va' },
        values: {
          live: { en: 'not deposited yet', es: 'todavía sin depositar' },
          deposited: { en: 'deposited', es: 'depositado' },
          recovered: { en: 'taken back', es: 'recuperado' },
          burnt: { en: 'destroyed', es: 'destruido' },
        },
      },
    },
    methods: { view: look, changes, number: hidden({ en: 'Number', es: 'Número' }) },
  },
);

export const PayeeI: Described<Methods<Payee>> = describe(
  M.interface('Payee', {
    number: M.call().returns(M.nat()),
    deposit: M.call(far, RequestIdShape).returns(record),
  }),
  {
    label: { en: 'An account to pay into', es: 'Una cuenta donde depositar' },
    help: {
      en: 'You can pay into it. You cannot see it or take from it.',
      es: 'Puedes depositarle. No puedes verla ni sacarle.',
    },
    methods: {
      number: hidden({ en: 'Number', es: 'Número' }),
      deposit: hidden(
        { en: 'Put in a payment', es: 'Depositar un pago' },
        paymentArgument,
        requestArgument,
      ),
    },
  },
);

const overflowChoices: Text = {
  en: 'ask, accept, decline or commons',
  es: 'ask (pregúntame), accept (recibe), decline (devuelve) o commons (al fondo común)',
};

export const AccountI: Described<Methods<Account>> = describe(
  M.interface('Account', {
    view: ViewGuard,
    changes: ChangesGuard,
    payee: M.call().returns(far),
    pay: M.call(far, ValueShape, RequestIdShape).returns(record),
    withdraw: M.call(ValueShape, RequestIdShape).returns(record),
    deposit: M.call(far, RequestIdShape).returns(record),
    recover: M.call(RequestIdShape).returns(record),
    hold: M.call(far, ValueShape, HoldTermsShape, RequestIdShape).returns(record),
    questions: M.call().returns(M.arrayOf(record)),
    answer: M.call(M.nat(), ChoiceShape, RequestIdShape).returns(record),
    setOverflow: M.call(OverflowShape, RequestIdShape).returns(record),
    history: M.call().optional(M.nat()).returns(M.arrayOf(record)),
  }),
  {
    label: { en: 'Account', es: 'Cuenta' },
    help: {
      en: 'Below zero you owe to everyone together; above zero everyone together owes to you.',
      es: 'Abajo de cero le debes a todas y todos; arriba de cero, entre todos te deben a ti.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      balance: { label: { en: 'Balance', es: 'Saldo' }, prominent: true },
      available: { label: { en: 'You can still spend', es: 'Todavía puedes gastar' } },
      held: { label: { en: 'Set aside', es: 'Apartado' } },
      incoming: { label: { en: 'On its way to you', es: 'Viene en camino' } },
      asked: {
        label: { en: 'Waits for your word', es: 'Espera tu respuesta' },
      },
      withdrawn: { label: { en: 'Given out as payments', es: 'Entregado en pagos' } },
      debitLimit: { label: { en: 'You may owe up to', es: 'Puedes deber hasta' } },
      ceiling: { label: { en: 'You may gather up to', es: 'Puedes juntar hasta' } },
      status: {
        label: { en: 'Account is', es: 'La cuenta está' },
        values: {
          open: { en: 'open', es: 'abierta' },
          frozen: {
            en: 'at rest: it receives and pays nothing',
            es: 'en pausa: recibe y no paga',
          },
          closed: { en: 'closed', es: 'cerrada' },
        },
      },
    },
    methods: {
      view: look,
      changes,
      payee: hidden({ en: 'Where to pay me', es: 'Dónde pagarme' }),
      pay: hidden({ en: 'Pay', es: 'Pagar' }, payeeArgument, valueArgument, requestArgument),
      withdraw: hidden(
        { en: 'Take out as a payment', es: 'Sacar como pago' },
        valueArgument,
        requestArgument,
      ),
      deposit: hidden(
        { en: 'Put in a payment', es: 'Depositar un pago' },
        paymentArgument,
        requestArgument,
      ),
      recover: {
        label: {
          en: 'Take back payments that nobody deposited',
          es: 'Recuperar los pagos que nadie depositó',
        },
        args: [requestArgument],
        confirm: {
          en: 'Whoever has one of them can then use it no more. Take them back?',
          es: 'Quien tenga alguno ya no podrá usarlo. ¿Los recuperamos?',
        },
        done: { en: 'They are in your account again.', es: 'Ya están otra vez en tu cuenta.' },
      },
      hold: hidden(
        { en: 'Set aside for someone', es: 'Apartar para alguien' },
        payeeArgument,
        valueArgument,
        { name: 'terms', kind: 'text', label: { en: 'Terms', es: 'Condiciones' } },
        requestArgument,
      ),
      questions: hidden({ en: 'What waits for my word', es: 'Lo que espera mi respuesta' }),
      answer: hidden(
        { en: 'Answer', es: 'Responder' },
        { name: 'number', kind: 'nat', label: { en: 'Which', es: 'Cuál' } },
        {
          name: 'choice',
          kind: 'text',
          label: { en: 'What to do with it', es: 'Qué hacer con eso' },
          help: overflowChoices,
        },
        requestArgument,
      ),
      setOverflow: hidden(
        { en: 'What passes the ceiling', es: 'Lo que pase del tope' },
        {
          name: 'overflow',
          kind: 'text',
          label: { en: 'What to do with it', es: 'Qué hacer con eso' },
          help: overflowChoices,
        },
        requestArgument,
      ),
      history: hidden(
        { en: 'What moved', es: 'Movimientos' },
        { name: 'before', kind: 'nat', label: { en: 'Before', es: 'Antes de' } },
      ),
    },
  },
);

export const HoldI: Described<Methods<Hold>> = describe(
  M.interface('Hold', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'Set aside', es: 'Apartado' },
    view: 'view',
    changes: 'changes',
    fields: {
      value: howMuch,
      phase: { label: { en: 'Now', es: 'Cómo va' }, values: phases },
    },
    methods: { view: look, changes, number: hidden({ en: 'Number', es: 'Número' }) },
  },
);

export const DeciderI: Described<Methods<Decider>> = describe(
  M.interface('Decider', {
    settle: M.call().optional(SharesShape).returns(record),
    release: M.call().returns(record),
  }),
  {
    label: { en: 'Decision over what is set aside', es: 'Decisión sobre lo apartado' },
    methods: {
      settle: hidden(
        { en: 'Pay it', es: 'Pagarlo' },
        { name: 'shares', kind: 'text', label: { en: 'To whom how much', es: 'Cuánto a quién' } },
      ),
      release: {
        label: { en: 'Give it back', es: 'Devolverlo' },
        args: [],
        confirm: { en: 'Give it back?', es: '¿Lo devolvemos?' },
      },
    },
  },
);

export const AuditorI: Described<Methods<LedgerAuditor>> = describe(
  M.interface('Auditor', { statement: ViewGuard, changes: ChangesGuard }),
  {
    label: { en: 'The books', es: 'Las cuentas claras' },
    help: {
      en: 'For every credit there is a debt of the same size, so all of it together is zero.',
      es: 'Por cada crédito hay una deuda igual, así que todo junto da cero.',
    },
    view: 'statement',
    changes: 'changes',
    fields: {
      sum: { label: { en: 'All together', es: 'Todo junto' }, prominent: true },
      credit: { label: { en: 'Credit', es: 'A favor' } },
      debt: { label: { en: 'Debt', es: 'En deuda' } },
      held: { label: { en: 'Set aside', es: 'Apartado' } },
      payments: { label: { en: 'In payments under way', es: 'En pagos por depositar' } },
      pools: { label: { en: 'With the market', es: 'En manos del mercado' } },
      commons: { label: { en: 'Common fund', es: 'Fondo común' } },
      accounts: { label: { en: 'Accounts', es: 'Cuentas' } },
      unit: { label: { en: 'Unit', es: 'Unidad' } },
    },
    methods: { statement: look, changes },
  },
);

// The two below stay with the market that runs the ledger.

export const AccountCareI: Methods<AccountCare> = M.interface('AccountCare', {
  setLimits: M.call(LimitsShape).returns(),
  freeze: M.call(M.boolean()).returns(),
  close: M.call(M.boolean(), RequestIdShape).returns(record),
});

export const LedgerI: Methods<Ledger> = M.interface('Ledger', {
  brand: M.call().returns(far),
  issuer: M.call().returns(far),
  auditor: M.call().returns(far),
  openAccount: M.call(M.or('member', 'pool', 'commons'), LimitsShape)
    .optional(LabelShape)
    .returns(record),
  commons: M.call().returns(far),
  books: M.call().returns(record),
  assertSound: M.call().returns(),
});
