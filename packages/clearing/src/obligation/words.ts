/** Guards and words that the descriptions of this room share. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Description, FieldDescription } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';

type MethodDescription = Description['methods'][string];
type ArgumentDescription = MethodDescription['args'][number];
type Text = MethodDescription['label'];

/** The type of an exported guard: which methods it has. */
export type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

export const ViewGuard: MethodGuard = M.call().returns(M.record());
export const ChangesGuard: MethodGuard = M.call()
  .optional(M.string({ stringLengthLimit: 100 }))
  .returns(M.promise());
/** An act with nothing but a request id. */
export const ActGuard: MethodGuard = M.call(RequestIdShape).returns(M.record());

export const view: MethodDescription = {
  label: { en: 'Look', es: 'Ver' },
  args: [],
  hidden: true,
};
export const changes: MethodDescription = {
  label: { en: 'Wait for a change', es: 'Esperar un cambio' },
  args: [{ name: 'since', kind: 'text' }],
  hidden: true,
};
export const requestId: ArgumentDescription = { name: 'requestId', kind: 'requestId' };

export const value: ArgumentDescription = {
  name: 'value',
  kind: 'nat',
  label: { en: 'How much', es: 'Cuánto' },
  min: 1n,
};
export const amount: ArgumentDescription = { ...value, name: 'amount' };
export const unit: ArgumentDescription = {
  name: 'unit',
  kind: 'text',
  label: { en: 'Of what', es: 'De qué' },
  help: {
    en: 'Such as MXN or hours. Both of you write it in the same way, and the amount is a whole number: 12.50 would be 1250 of “MXN cents”.',
    es: 'Como MXN u horas. Las dos partes lo escriben igual, y la cantidad es un número entero: 12.50 serían 1250 de «centavos de MXN».',
  },
};
export const what: ArgumentDescription = {
  name: 'what',
  kind: 'text',
  label: { en: 'What for', es: 'Por qué concepto' },
};
export const days: ArgumentDescription = {
  name: 'days',
  kind: 'nat',
  label: { en: 'Due in how many days', es: 'En cuántos días vence' },
  initial: '30',
  max: 36_500n,
};
export const due: ArgumentDescription = {
  name: 'due',
  kind: 'nat',
  label: { en: 'Due, in milliseconds since 1970', es: 'Vence, en milisegundos desde 1970' },
};

/** Words for refusals that mean the same everywhere in this room. */
export const refusals: { readonly [code: string]: Text } = {
  closed: {
    en: 'This is over: somebody decided it before.',
    es: 'Esto ya terminó: alguien lo decidió antes.',
  },
  conflict: {
    en: 'A clearing round holds it at the moment, or an earlier statement waits for an answer. Try again later.',
    es: 'Una ronda de compensación lo tiene apartado, o una declaración anterior espera respuesta. Intenta más tarde.',
  },
  limit: {
    en: 'That is more than there is.',
    es: 'Eso es más de lo que hay.',
  },
  notYet: {
    en: 'The other side has not answered yet.',
    es: 'La otra parte todavía no contesta.',
  },
  quota: {
    en: 'There are too many of these at the moment.',
    es: 'Por ahora hay demasiados de estos.',
  },
  unsupported: {
    en: 'This is for the other side to do.',
    es: 'Esto le toca a la otra parte.',
  },
};

export const phases: { readonly [phase: string]: Text } = {
  proposed: { en: 'proposed, they have not answered', es: 'propuesto, falta que contesten' },
  withdrawing: {
    en: 'being taken back, they have not answered',
    es: 'por retirarse, falta que contesten',
  },
  asked: { en: 'proposed to you', es: 'te lo proponen' },
  open: { en: 'agreed', es: 'acordado' },
  cleared: { en: 'nothing left', es: 'saldado' },
  declined: { en: 'declined', es: 'rechazado' },
  withdrawn: { en: 'taken back', es: 'retirado' },
  ended: { en: 'ended', es: 'terminado' },
};

/** Who owes or lends, from this side. Of an obligation and of a line. */
export const roles = {
  obligation: { from: 'weOwe', to: 'theyOwe' },
  line: { from: 'weLend', to: 'theyLend' },
} as const;
export const role: FieldDescription = {
  label: { en: 'Who', es: 'Quién' },
  values: {
    weOwe: { en: 'we owe them', es: 'les debemos' },
    theyOwe: { en: 'they owe us', es: 'nos deben' },
    weLend: { en: 'a credit line: we lend to them', es: 'una línea de crédito: les prestamos' },
    theyLend: { en: 'a credit line: they lend to us', es: 'una línea de crédito: nos prestan' },
  },
};

export const dayField: FieldDescription = { label: { en: 'Due', es: 'Vence' } };
export const unitField: FieldDescription = { label: { en: 'Of what', es: 'De qué' } };
export const phaseField: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: phases,
};
export const lockedField: FieldDescription = {
  label: { en: 'In a clearing round', es: 'En una ronda de compensación' },
};
export const withField: FieldDescription = { label: { en: 'With', es: 'Con' } };
