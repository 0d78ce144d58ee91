/** Words that several pages of a shelf share. */
import type { ArgumentDescription, FieldDescription, Text } from '@pocas/vat-runtime';

export const slots: Text = { en: 'slots', es: 'lugares' };

export const zoneKinds: { readonly [kind: string]: Text } = {
  ambient: { en: 'at room temperature', es: 'a temperatura ambiente' },
  cold: { en: 'fridge', es: 'refrigerador' },
  frozen: { en: 'freezer', es: 'congelador' },
  hanging: { en: 'for hanging', es: 'para colgar' },
  wall: { en: 'wall', es: 'pared' },
  display: { en: 'display', es: 'exhibidor' },
  counter: { en: 'counter', es: 'mostrador' },
  'hazardous-apart': { en: 'apart: hazardous', es: 'aparte: peligroso' },
};

export const zoneName: FieldDescription = { label: { en: 'Zone', es: 'Zona' } };
export const zoneArgument: ArgumentDescription = {
  name: 'zone',
  kind: 'facet',
  from: 'zones',
  label: { en: 'Zone', es: 'Zona' },
};
export const revoked: Text = {
  en: 'This was replaced by a newer key of the same person.',
  es: 'Esto se cambió por una llave más nueva de la misma persona.',
};
