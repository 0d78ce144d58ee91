/** What the facets of a credit line accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, Description, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape, changes, look } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { AmountShape, DueShape, WhatShape } from './terms.ts';
import type { Methods } from './words.ts';
import {
  ActGuard,
  ChangesGuard,
  ViewGuard,
  accept as anyAccept,
  amount,
  decline as anyDecline,
  due,
  lockedField,
  phaseField,
  refusals,
  requestId,
  role,
  unitField,
  what,
  withField,
  withdraw,
} from './words.ts';

type MethodDescription = Description['methods'][string];

const inLine: { readonly [key: string]: FieldDescription } = {
  limit: { label: { en: 'Up to', es: 'Hasta' } },
  owed: { label: { en: 'Owed under it', es: 'Se debe por ella' } },
  headroom: { label: { en: 'Still free', es: 'Queda libre' }, prominent: true },
  unit: unitField,
  day: {
    label: {
      en: 'What is made under it is due by',
      es: 'Lo que se deba por ella vence a más tardar',
    },
  },
  phase: phaseField,
  locked: lockedField,
};

/** The fields of a line in a list. */
export const lineItem: { readonly [key: string]: FieldDescription } = { role, ...inLine };

const endField: FieldDescription = {
  label: { en: 'Who lends', es: 'Quién presta' },
  values: {
    from: { en: 'we lend to them', es: 'les prestamos' },
    to: { en: 'they lend to us', es: 'nos prestan' },
  },
};

const accept: MethodDescription = {
  ...anyAccept,
  confirm: {
    en: 'With this you may come to owe them up to this much, in clearing rounds too. Accept it?',
    es: 'Con esto pueden llegar a deberles hasta esa cantidad, también en rondas de compensación. ¿Lo aceptamos?',
  },
};
const decline: MethodDescription = {
  ...anyDecline,
  done: { en: 'Declined.', es: 'Rechazado.' },
};
const borrow: MethodDescription = {
  label: { en: 'Borrow', es: 'Pedir prestado' },
  help: {
    en: 'You owe it at once, if the line has room for it on their side too.',
    es: 'Lo deben de inmediato, si la línea todavía alcanza también de su lado.',
  },
  args: [amount, what, requestId],
  confirm: { en: 'Owe this much more?', es: '¿Debemos esto más?' },
  done: {
    en: 'Sent. It counts when their side has room for it.',
    es: 'Enviado. Cuenta si de su lado alcanza.',
  },
  refusals,
};
const lower: MethodDescription = {
  label: { en: 'Lower it', es: 'Bajarla' },
  help: {
    en: 'For new debt only. What is owed already stays, and so does what a clearing round holds at this moment.',
    es: 'Solo para deuda nueva. Lo que ya se debe queda igual, y también lo que una ronda tenga apartado en este momento.',
  },
  args: [
    {
      name: 'limit',
      kind: 'nat',
      label: { en: 'Up to, from now on', es: 'Hasta, de aquí en adelante' },
    },
    requestId,
  ],
  done: { en: 'Lowered.', es: 'Listo, quedó más baja.' },
  refusals: {
    ...refusals,
    limit: {
      en: 'A line only falls. Offer another one for more.',
      es: 'Una línea solo baja. Para más, ofrece otra.',
    },
  },
};
const end: MethodDescription = {
  label: { en: 'End the line', es: 'Terminar la línea' },
  help: {
    en: 'No new debt by it. What is owed already stays.',
    es: 'Ya no habrá deuda nueva por ella. Lo que ya se debe queda igual.',
  },
  args: [requestId],
  confirm: { en: 'End this line?', es: '¿Terminamos esta línea?' },
  done: { en: 'Ended.', es: 'Terminada.' },
  refusals,
};

const label = { en: 'Credit line', es: 'Línea de crédito' };
const BorrowGuard = M.call(AmountShape, WhatShape, RequestIdShape).returns(M.record());
const LowerGuard = M.call(ValueShape, RequestIdShape).returns(M.record());

export const LineI: Described<
  Methods<
    'view' | 'changes' | 'accept' | 'decline' | 'withdraw' | 'draw' | 'borrow' | 'lower' | 'end'
  >
> = describe(
  M.interface('CreditLine', {
    view: ViewGuard,
    changes: ChangesGuard,
    accept: ActGuard,
    decline: ActGuard,
    withdraw: ActGuard,
    draw: M.call(AmountShape, WhatShape, DueShape, RequestIdShape).returns(M.record()),
    borrow: BorrowGuard,
    lower: LowerGuard,
    end: ActGuard,
  }),
  {
    label,
    help: {
      en: 'What one poca may come to owe another without asking each time.',
      es: 'Lo que una poca puede llegar a deberle a otra sin preguntar cada vez.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what: { label: { en: 'What for', es: 'Concepto' } },
      with: withField,
      end: endField,
      ...inLine,
      version: { label: { en: 'Version', es: 'Versión' } },
      origin: { label: { en: 'Fingerprint', es: 'Huella' } },
    },
    methods: {
      view: look,
      changes,
      ...{ accept, decline, withdraw, borrow, lower, end },
      draw: { ...borrow, args: [amount, what, due, requestId], hidden: true },
    },
  },
);

export const LineAskedI: Described<Methods<'accept' | 'decline'>> = describe(
  M.interface('LineAsked', { accept: ActGuard, decline: ActGuard }),
  { label, methods: { accept, decline } },
);
export const LineProposedI: Described<Methods<'withdraw'>> = describe(
  M.interface('LineProposed', { withdraw: ActGuard }),
  { label, methods: { withdraw } },
);
export const LenderI: Described<Methods<'lower' | 'end'>> = describe(
  M.interface('LineLender', { lower: LowerGuard, end: ActGuard }),
  { label, methods: { lower, end } },
);
export const BorrowerI: Described<Methods<'borrow' | 'end'>> = describe(
  M.interface('LineBorrower', { borrow: BorrowGuard, end: ActGuard }),
  { label, methods: { borrow, end } },
);
