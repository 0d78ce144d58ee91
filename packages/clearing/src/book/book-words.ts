/** Fields and words that the pages of a book share. */
import type { FieldDescription, Text } from '@pocas/vat-runtime';
import { clearedField, endField, kindField, phases, withField } from './round-guards.ts';

export const unitField: FieldDescription = { label: { en: 'Of what', es: 'De qué' } };

export const balances: FieldDescription = {
  label: { en: 'All together', es: 'Todo junto' },
  item: {
    heading: 'unit',
    fields: {
      unit: unitField,
      net: { label: { en: 'On balance', es: 'Saldo' }, prominent: true },
      theyOwe: { label: { en: 'They owe us', es: 'Nos deben' } },
      weOwe: { label: { en: 'We owe', es: 'Debemos' } },
    },
    empty: { en: 'Nobody owes anything.', es: 'Nadie debe nada.' },
  },
};
export const standing: FieldDescription = {
  label: {
    en: 'What becomes of a positive balance',
    es: 'Qué pasa con un saldo a favor',
  },
  values: {
    leave: { en: 'it stays for the next round', es: 'se queda para la próxima ronda' },
    recall: { en: 'we ask to be paid', es: 'pedimos que nos paguen' },
    move: { en: 'one of the others comes to owe it', es: 'otra poca nos lo queda debiendo' },
  },
};
export const debtFields: { readonly [key: string]: FieldDescription } = {
  with: withField,
  end: endField,
  kind: kindField,
  amount: { label: { en: 'How much', es: 'Cuánto' }, prominent: true },
  unit: unitField,
  locked: { label: { en: 'In a clearing round', es: 'En una ronda de compensación' } },
  atMost: { label: { en: 'In rounds at most', es: 'En rondas, a lo más' } },
};
export const roundFields: { readonly [key: string]: FieldDescription } = {
  phase: { label: { en: 'Now', es: 'Cómo va' }, values: phases },
  cleared: clearedField,
  unit: unitField,
};
export const noDebts: Text = { en: 'Nothing is open.', es: 'No hay nada pendiente.' };
export const noRounds: Text = { en: 'None yet.', es: 'Ninguna todavía.' };
export const debtsLabel: Text = { en: 'What is open', es: 'Lo pendiente' };
export const roundsLabel: Text = { en: 'Clearing rounds', es: 'Rondas de compensación' };
