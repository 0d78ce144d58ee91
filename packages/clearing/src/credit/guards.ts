/** What each facet of the ledger accepts, and the words for it. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { changes, look } from '@pocas/vat-runtime/actors';
import { BalanceShape, ValueShape } from '../amount/amount.ts';
import { RequestIdShape } from './once.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const unit: Text = { en: 'credits', es: 'créditos' };
const ChangesGuard: MethodGuard = M.call().optional(M.string()).returns(M.promise());

export const AccountI: Described<Methods<'view' | 'changes' | 'pay' | 'hold'>> = describe(
  M.interface('Account', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    pay: M.call(M.remotable('payee'), ValueShape, RequestIdShape).returns(M.record()),
    hold: M.call(M.remotable('payee'), ValueShape, RequestIdShape).returns(M.record()),
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
      balance: { label: { en: 'Balance', es: 'Saldo' }, unit },
      held: { label: { en: 'Set aside', es: 'Apartado' }, unit },
      incoming: { label: { en: 'On its way to you', es: 'Viene en camino' }, unit },
      available: { label: { en: 'You can still spend', es: 'Todavía puedes gastar' }, unit },
      debitLimit: { label: { en: 'You may owe up to', es: 'Puedes deber hasta' }, unit },
      ceiling: { label: { en: 'You may gather up to', es: 'Puedes juntar hasta' }, unit },
    },
    methods: {
      view: look,
      changes,
      pay: {
        label: { en: 'Pay', es: 'Pagar' },
        args: [
          { name: 'payee', kind: 'facet', label: { en: 'To', es: 'A quién' } },
          { name: 'value', kind: 'nat', label: { en: 'How much', es: 'Cuánto' }, unit },
          { name: 'requestId', kind: 'requestId' },
        ],
        confirm: { en: 'Pay now?', es: '¿Pagamos ya?' },
        hidden: true,
      },
      hold: {
        label: { en: 'Set aside for someone', es: 'Apartar para alguien' },
        args: [
          { name: 'payee', kind: 'facet', label: { en: 'For', es: 'Para quién' } },
          { name: 'value', kind: 'nat', label: { en: 'How much', es: 'Cuánto' }, unit },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
    },
  },
);

export const PayeeI: Described<Methods<'number'>> = describe(
  M.interface('Payee', { number: M.call().returns(M.nat()) }),
  {
    label: { en: 'An account to pay into', es: 'Una cuenta donde depositar' },
    help: {
      en: 'You can pay into it. You cannot see it or take from it.',
      es: 'Puedes depositarle. No puedes verla ni sacarle.',
    },
    methods: { number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true } },
  },
);

export const HoldI: Described<Methods<'view' | 'changes'>> = describe(
  M.interface('Hold', { view: M.call().returns(M.record()), changes: ChangesGuard }),
  {
    label: { en: 'Credits set aside', es: 'Créditos apartados' },
    view: 'view',
    changes: 'changes',
    fields: {
      value: { label: { en: 'How much', es: 'Cuánto' }, unit },
      phase: {
        label: { en: 'Now', es: 'Cómo va' },
        values: {
          open: { en: 'set aside', es: 'apartado' },
          settled: { en: 'paid', es: 'pagado' },
          released: { en: 'given back', es: 'devuelto' },
        },
      },
    },
    methods: { view: look, changes },
  },
);

export const DeciderI: Described<Methods<'settle' | 'release'>> = describe(
  M.interface('Decider', {
    settle: M.call().returns(M.record()),
    release: M.call().returns(M.record()),
  }),
  {
    label: { en: 'Decision over credits set aside', es: 'Decisión sobre créditos apartados' },
    methods: {
      settle: {
        label: { en: 'Pay them', es: 'Pagarlos' },
        args: [],
        confirm: { en: 'Pay them now?', es: '¿Los pagamos ya?' },
      },
      release: {
        label: { en: 'Give them back', es: 'Devolverlos' },
        args: [],
        confirm: { en: 'Give them back?', es: '¿Los devolvemos?' },
      },
    },
  },
);

export const AuditorI: Described<Methods<'statement' | 'changes'>> = describe(
  M.interface('Auditor', { statement: M.call().returns(M.record()), changes: ChangesGuard }),
  {
    label: { en: 'The books', es: 'Las cuentas claras' },
    help: {
      en: 'For every credit there is a debt of the same size, so all of it together is zero.',
      es: 'Por cada crédito hay una deuda igual, así que todo junto da cero.',
    },
    view: 'statement',
    changes: 'changes',
    fields: {
      sum: { label: { en: 'All together', es: 'Todo junto' }, unit },
      credit: { label: { en: 'Credit', es: 'A favor' }, unit },
      debt: { label: { en: 'Debt', es: 'En deuda' }, unit },
      held: { label: { en: 'Set aside in orders', es: 'Apartado en pedidos' }, unit },
      accounts: { label: { en: 'Accounts', es: 'Cuentas' } },
      unit: { label: { en: 'Unit', es: 'Unidad' } },
    },
    methods: {
      statement: look,
      changes,
    },
  },
);

export const LedgerI: Methods<'openAccount' | 'books' | 'assertSound'> = M.interface('Ledger', {
  openAccount: M.call({ debitLimit: ValueShape, ceiling: ValueShape }).returns(M.record()),
  books: M.call().returns(M.record()),
  assertSound: M.call().returns(),
});

// The three below stay in ledger.ts: whoever holds one can move value.

export const AccountInsideI: Methods<
  'entry' | 'change' | 'changeHeld' | 'changeIncoming' | 'mayGive' | 'refuses'
> = M.interface('AccountInside', {
  entry: M.call().returns(M.record()),
  change: M.call(BalanceShape).returns(),
  changeHeld: M.call(BalanceShape).returns(),
  changeIncoming: M.call(BalanceShape).returns(),
  mayGive: M.call(ValueShape).returns(M.boolean()),
  refuses: M.call(M.boolean(), ValueShape).returns(M.boolean()),
});

export const HoldInsideI: Methods<'entry'> = M.interface('HoldInside', {
  entry: M.call().returns(M.record()),
});

export const LedgerInsideI: Methods<'accountOf' | 'keep' | 'forget' | 'moved'> = M.interface(
  'LedgerInside',
  {
    accountOf: M.call(M.remotable('payee')).returns(M.remotable('account')),
    keep: M.call(M.remotable('payer'), M.remotable('payee'), ValueShape).returns(M.record()),
    forget: M.call(M.nat()).returns(),
    moved: M.call().returns(),
  },
);
