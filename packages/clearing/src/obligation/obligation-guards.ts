/** What the facets of an obligation accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, Description, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape, changes, look } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { Methods } from './words.ts';
import {
  ActGuard,
  ChangesGuard,
  ViewGuard,
  accept as anyAccept,
  dayField,
  decline as anyDecline,
  lockedField,
  phaseField,
  refusals,
  requestId,
  role,
  unitField,
  value,
  withField,
  withdraw as anyWithdraw,
} from './words.ts';

type MethodDescription = Description['methods'][string];

const end: FieldDescription = {
  label: { en: 'Who owes', es: 'Quién debe' },
  values: { from: { en: 'we owe', es: 'debemos' }, to: { en: 'they owe us', es: 'nos deben' } },
};
const amountField: FieldDescription = {
  label: { en: 'What is left', es: 'Lo que queda' },
  prominent: true,
};
const what: FieldDescription = { label: { en: 'What for', es: 'Concepto' } };

/** The fields of an obligation in a list. */
export const obligationItem: { readonly [key: string]: FieldDescription } = {
  role,
  amount: amountField,
  unit: unitField,
  day: dayField,
  phase: phaseField,
  stated: {
    label: { en: 'Somebody says it was paid', es: 'Alguien dice que se pagó' },
    values: {
      no: { en: 'no', es: 'no' },
      us: { en: 'we do; they have not answered', es: 'nosotros; falta que contesten' },
      them: { en: 'they do; answer it', es: 'ellas o ellos; falta contestar' },
    },
  },
  statedValue: { label: { en: 'How much, they or we say', es: 'Cuánto, según se dice' } },
  locked: lockedField,
};

const accept: MethodDescription = {
  ...anyAccept,
  confirm: {
    en: 'With this both of you owe and are owed as it says here. Accept it?',
    es: 'Con esto queda acordado quién debe y a quién, como dice aquí. ¿Lo aceptamos?',
  },
};
const decline: MethodDescription = {
  ...anyDecline,
  confirm: { en: 'Decline this?', es: '¿Lo rechazamos?' },
  done: { en: 'Declined. Nobody owes anything by it.', es: 'Rechazado. Nadie debe nada por esto.' },
};
const withdraw: MethodDescription = {
  ...anyWithdraw,
  help: {
    en: 'If they have accepted it before they hear of this, it stands.',
    es: 'Si lo aceptan antes de enterarse, queda acordado.',
  },
};
const paid: MethodDescription = {
  label: { en: 'We paid', es: 'Pagamos' },
  help: {
    en: 'Say so when you have paid outside of here. It counts when they say so too; of two figures the smaller.',
    es: 'Dilo cuando ya pagaste por fuera. Cuenta cuando lo digan también; de dos cifras, la menor.',
  },
  args: [value, requestId],
  confirm: { en: 'Say that this much was paid?', es: '¿Decimos que se pagó esto?' },
  done: { en: 'Noted.', es: 'Anotado.' },
  refusals,
};
const received: MethodDescription = {
  ...paid,
  label: { en: 'We received', es: 'Recibimos' },
  help: {
    en: 'Say so when you have received it outside of here. It counts when they say so too; of two figures the smaller.',
    es: 'Dilo cuando ya lo recibiste por fuera. Cuenta cuando lo digan también; de dos cifras, la menor.',
  },
  confirm: { en: 'Say that you received this much?', es: '¿Decimos que recibimos esto?' },
};
const retract: MethodDescription = {
  label: { en: 'Take back what we said of a payment', es: 'Retirar lo que dijimos de un pago' },
  help: {
    en: 'If they have said the same before they hear of this, it stands.',
    es: 'Si ya dijeron lo mismo antes de enterarse, queda así.',
  },
  args: [requestId],
  refusals: {
    ...refusals,
    closed: {
      en: 'You have said nothing that waits.',
      es: 'No hay nada dicho que esté esperando.',
    },
  },
};
const deny: MethodDescription = {
  label: { en: 'That payment is not right', es: 'Ese pago no es así' },
  help: {
    en: 'What they say was paid does not count.',
    es: 'Lo que dicen que se pagó no cuenta.',
  },
  args: [requestId],
  confirm: { en: 'Tell them that it is not so?', es: '¿Les decimos que no es así?' },
  refusals: {
    ...refusals,
    closed: {
      en: 'They have said nothing that waits.',
      es: 'No han dicho nada que esté esperando.',
    },
  },
};
const forgive: MethodDescription = {
  label: { en: 'Forgive', es: 'Condonar' },
  help: {
    en: 'They owe you so much less, for good. You need not ask them.',
    es: 'Te deben esa cantidad menos, para siempre. No hace falta preguntarles.',
  },
  args: [value, requestId],
  confirm: { en: 'Forgive this much, for good?', es: '¿Condonamos esto, para siempre?' },
  done: { en: 'Forgiven.', es: 'Condonado.' },
  refusals,
};

const ValueGuard = M.call(ValueShape, RequestIdShape).returns(M.record());
const label = { en: 'Obligation', es: 'Obligación' };

export const ObligationI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'accept'
    | 'decline'
    | 'withdraw'
    | 'paid'
    | 'received'
    | 'retract'
    | 'deny'
    | 'forgive'
  >
> = describe(
  M.interface('Obligation', {
    view: ViewGuard,
    changes: ChangesGuard,
    accept: ActGuard,
    decline: ActGuard,
    withdraw: ActGuard,
    paid: ValueGuard,
    received: ValueGuard,
    retract: ActGuard,
    deny: ActGuard,
    forgive: ValueGuard,
  }),
  {
    label,
    help: {
      en: 'What one poca owes another. Both keep it, and nothing is made of it without both.',
      es: 'Lo que una poca le debe a otra. Las dos lo guardan, y nada se acuerda sin las dos.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what,
      with: withField,
      end,
      amount: amountField,
      unit: unitField,
      agreed: { label: { en: 'As agreed', es: 'Según lo acordado' } },
      day: dayField,
      phase: phaseField,
      locked: lockedField,
      version: { label: { en: 'Version', es: 'Versión' } },
      origin: { label: { en: 'Fingerprint', es: 'Huella' } },
    },
    methods: {
      view: look,
      changes,
      ...{ accept, decline, withdraw, paid, received, retract, deny, forgive },
    },
  },
);

export const AskedI: Described<Methods<'accept' | 'decline'>> = describe(
  M.interface('ObligationAsked', { accept: ActGuard, decline: ActGuard }),
  { label, methods: { accept, decline } },
);
export const ProposedI: Described<Methods<'withdraw'>> = describe(
  M.interface('ObligationProposed', { withdraw: ActGuard }),
  { label, methods: { withdraw } },
);
export const DebtI: Described<Methods<'paid' | 'retract' | 'deny'>> = describe(
  M.interface('ObligationDebt', { paid: ValueGuard, retract: ActGuard, deny: ActGuard }),
  { label, methods: { paid, retract, deny } },
);
export const ClaimI: Described<Methods<'received' | 'retract' | 'deny' | 'forgive'>> = describe(
  M.interface('ObligationClaim', {
    received: ValueGuard,
    retract: ActGuard,
    deny: ActGuard,
    forgive: ValueGuard,
  }),
  { label, methods: { received, retract, deny, forgive } },
);

const TagShape = M.and(M.string({ stringLengthLimit: 100 }), M.neq(''));

export const LodgeableI: Methods<'offer' | 'lock' | 'counterparty'> = M.interface('Lodgeable', {
  offer: M.call().returns(M.record()),
  lock: M.call(TagShape, M.nat(), ValueShape).returns(M.record()),
  counterparty: M.call().returns(M.remotable('counterparty')),
});
