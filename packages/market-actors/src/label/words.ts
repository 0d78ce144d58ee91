/** Words that several pages of labels share. */
import type { FieldDescription, Text } from '@pocas/vat-runtime';

type Fields = { readonly [key: string]: FieldDescription };

export const ofWhole: Text = { en: 'of 10,000', es: 'de 10 000' };
export const yesNo: FieldDescription['values'] = {
  true: { en: 'yes', es: 'sí' },
  false: { en: 'no', es: 'no' },
};
export const labelFields: Fields = {
  name: { label: { en: 'What it is', es: 'Qué es' } },
  kind: { label: { en: 'Kind', es: 'Tipo' } },
  maker: { label: { en: 'Made by', es: 'Hecho por' } },
  market: { label: { en: 'At home in', es: 'De este mercado' } },
  ingredients: { label: { en: 'Ingredients', es: 'Ingredientes' } },
  allergens: { label: { en: 'Allergens', es: 'Alérgenos' }, prominent: true },
  nutrition: { label: { en: 'Nutrition', es: 'Nutrición' } },
  instructions: { label: { en: 'How to use it', es: 'Cómo se usa' } },
  story: { label: { en: 'Its story', es: 'Su historia' } },
  links: { label: { en: 'Links', es: 'Enlaces' } },
  photo: { label: { en: 'Digits of its photo', es: 'Huella de su foto' } },
  plan: { label: { en: 'Made by this plan', es: 'Hecho con este plan' } },
  goodUntil: { label: { en: 'Good until', es: 'Caduca el' } },
  isExpired: { label: { en: 'Past its date', es: 'Ya caducó' }, values: yesNo! },
  contributors: {
    label: { en: 'Who shares in it', es: 'Entre quiénes se reparte' },
    item: {
      heading: 'name',
      fields: { parts: { label: { en: 'Part', es: 'Parte' }, unit: ofWhole } },
      empty: { en: 'Nobody is listed.', es: 'Nadie está en la lista.' },
    },
  },
  unlisted: {
    label: { en: 'To people not listed', es: 'Para quien no está en la lista' },
    unit: ofWhole,
  },
};
export const peopleField: FieldDescription = {
  label: { en: 'People who may be named', es: 'Personas que se pueden nombrar' },
  item: {
    heading: 'name',
    fields: {},
    empty: {
      en: 'Nobody has put up their card yet.',
      es: 'Todavía nadie ha puesto su tarjeta.',
    },
  },
};
/** Labels to choose from. */
export const labelsField: FieldDescription = {
  label: { en: 'Your labels', es: 'Tus etiquetas' },
  item: {
    heading: 'name',
    fields: { kind: { label: { en: 'Kind', es: 'Tipo' } } },
    empty: { en: 'You have no labels yet.', es: 'Todavía no tienes etiquetas.' },
  },
};
export const tagFields: Fields = {
  says: { label: { en: 'Printed on it', es: 'Lo que trae escrito' } },
  phase: {
    label: { en: 'Now', es: 'Cómo está' },
    values: {
      free: { en: 'no label', es: 'sin etiqueta' },
      bound: { en: 'in use', es: 'en uso' },
    },
  },
  name: { label: { en: 'What is in it', es: 'Qué contiene' } },
  allergens: { label: { en: 'Allergens', es: 'Alérgenos' }, prominent: true },
  isExpired: { label: { en: 'Past its date', es: 'Ya caducó' }, values: yesNo! },
  isDoubtful: {
    label: { en: 'Seen in two places at once', es: 'Visto en dos lugares a la vez' },
    values: {
      true: {
        en: 'yes: somebody may have copied its code; compare it with the photo',
        es: 'sí: puede que alguien copió su código; compáralo con la foto',
      },
      false: { en: 'no', es: 'no' },
    },
  },
  label: { label: { en: 'All that its label says', es: 'Todo lo que dice su etiqueta' } },
  market: { label: { en: 'At home in', es: 'De este mercado' } },
};
