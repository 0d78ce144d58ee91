/** Words that the pages of bulk-buys share. */
import type { FieldDescription } from '@pocas/vat-runtime';
import { credits } from '../inside/shapes.ts';

type Fields = { readonly [key: string]: FieldDescription };

export const phaseField: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    open: { en: 'open to join', es: 'abierta' },
    closing: { en: 'filling the last case', es: 'completando la última caja' },
    allotted: { en: 'being bought', es: 'por comprarse' },
    bought: { en: 'bought, on its way', es: 'comprada, en camino' },
    received: { en: 'here, to be fetched', es: 'ya llegó, por recoger' },
    distributed: { en: 'given out', es: 'repartida' },
    released: { en: 'not bought, all given back', es: 'no se compró, todo devuelto' },
  },
};
export const priceField: FieldDescription = {
  label: { en: 'Price of one, for all', es: 'Precio de cada una, para todos' },
  unit: credits,
  prominent: true,
};
export const totalField: FieldDescription = {
  label: { en: 'Bought together', es: 'Se compran entre todos' },
};
export const wantedField: FieldDescription = {
  label: { en: 'Missing for a whole case', es: 'Faltan para una caja completa' },
};
export const leftField: FieldDescription = {
  label: { en: 'Left over, to be had', es: 'Sobran, se pueden tomar' },
};
export const bulkFields: Fields = {
  what: { label: { en: 'What', es: 'Qué' } },
  phase: phaseField,
  until: { label: { en: 'Until', es: 'Hasta' } },
  description: { label: { en: 'About it', es: 'Sobre esto' } },
  price: priceField,
  total: totalField,
  wanted: wantedField,
  left: leftField,
  tiers: { label: { en: 'From so many on, one costs', es: 'Desde tantas, cada una cuesta' } },
  minimum: { label: { en: 'At least, together', es: 'Mínimo entre todos' } },
  caseSize: { label: { en: 'In a case', es: 'En cada caja' } },
  pledges: { label: { en: 'People who joined', es: 'Personas apuntadas' } },
  least: { label: { en: 'They want at least', es: 'Quieren al menos' } },
  most: { label: { en: 'They would take', es: 'Tomarían hasta' } },
  delivery: { label: { en: 'How it is given out', es: 'Cómo se reparte' } },
  organiser: { label: { en: 'Organised by', es: 'Organiza' } },
  supplier: { label: { en: 'Supplied by', es: 'Lo surte' } },
  cost: { label: { en: 'Paid in all', es: 'Se pagó en total' }, unit: credits },
  evidence: { label: { en: 'Receipts', es: 'Comprobantes' } },
};
export const rangeFields: Fields = {
  min: { label: { en: 'You want at least', es: 'Quieres al menos' } },
  max: { label: { en: 'You would take', es: 'Tomarías hasta' } },
  units: { label: { en: 'You get', es: 'Te tocan' }, prominent: true },
  paid: { label: { en: 'Set aside or paid', es: 'Apartado o pagado' }, unit: credits },
};
