/** The words of the pages of needs. */
import type { FieldDescription, MethodDescription, Text } from '@pocas/vat-runtime';
import { requestId } from '../inside/shapes.ts';

type Fields = { readonly [key: string]: FieldDescription };
type Refusals = NonNullable<MethodDescription['refusals']>;

export const kindLabel: Text = { en: 'Kind', es: 'Clase' };
export const rareHelp: Text = {
  en: 'Fewer than five people look for this kind of thing, so others may guess who asks.',
  es: 'Menos de cinco personas buscan esta clase de cosa, así que quizá adivinen quién pide.',
};

export const status: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    draft: { en: 'not shown yet: few look for this', es: 'sin publicar: poca gente lo busca' },
    open: { en: 'looked for', es: 'se busca' },
    met: { en: 'found', es: 'ya se encontró' },
    withdrawn: { en: 'taken down', es: 'se quitó' },
    over: { en: 'its time is over', es: 'ya pasó su tiempo' },
  },
};
export const needFields: Fields = {
  description: { label: { en: 'About it', es: 'De qué se trata' } },
  kind: { label: kindLabel },
  howMuch: { label: { en: 'How much', es: 'Cuánto' } },
  inReturn: { label: { en: 'In return', es: 'A cambio' } },
  until: { label: { en: 'Until', es: 'Hasta' } },
  by: { label: { en: 'Needed by', es: 'Lo necesita' } },
  signals: { label: { en: 'Others who need it too', es: 'También lo necesitan' } },
};
export const wholeNeedFields: Fields = {
  what: { label: { en: 'What', es: 'Qué es' } },
  ...needFields,
  status,
};
export const ownNeedFields: Fields = {
  ...wholeNeedFields,
  isRare: {
    label: { en: 'Others may guess that it is you', es: 'Quizá adivinen que eres tú' },
  },
  people: { label: { en: 'People who look for this kind', es: 'Gente que busca esta clase' } },
  isPublic: { label: { en: 'Shown outside as well', es: 'Se ve también afuera' } },
  isReplyUsed: { label: { en: 'Somebody has answered', es: 'Alguien ya respondió' } },
  answers: {
    label: { en: 'Answers', es: 'Respuestas' },
    item: {
      heading: 'from',
      fields: {
        message: { label: { en: 'They say', es: 'Dice' } },
        offer: { label: { en: 'Their offer', es: 'Su oferta' } },
        place: {
          label: { en: 'Where that is', es: 'De dónde es' },
          values: {
            here: { en: 'of this market', es: 'de este mercado' },
            elsewhere: {
              en: 'from somewhere else: nobody here has looked at it',
              es: 'de otra parte: aquí nadie lo ha revisado',
            },
          },
        },
        reply: { label: { en: 'You replied', es: 'Contestaste' } },
      },
      controls: 'act',
      empty: { en: 'Nobody has answered yet.', es: 'Todavía nadie responde.' },
    },
  },
  contacts: {
    label: { en: 'Who else needs it', es: 'Quién más lo necesita' },
    item: { heading: 'name', fields: {} },
  },
};
export const needs: FieldDescription = {
  label: { en: 'What others need', es: 'Lo que otras personas necesitan' },
  item: {
    heading: 'what',
    fields: needFields,
    empty: { en: 'Nobody asks for anything at the moment.', es: 'Por ahora nadie pide nada.' },
  },
};
export const kinds: FieldDescription = {
  label: { en: 'What is looked for most', es: 'Lo que más se busca' },
  item: {
    heading: 'kind',
    fields: {
      people: { label: { en: 'People', es: 'Personas' } },
      needs: { label: { en: 'Needs', es: 'Necesidades' } },
    },
  },
};

export const signalRefusals: Refusals = {
  stale: { en: 'This is over.', es: 'Esto ya terminó.' },
  unsupported: { en: 'This is your own.', es: 'Es tuyo.' },
};
export const answerRefusals: Refusals = {
  ...signalRefusals,
  conflict: { en: 'You have answered already.', es: 'Ya respondiste.' },
  claimed: {
    en: 'Somebody has answered, and whoever asks takes one answer at a time.',
    es: 'Alguien ya respondió, y quien pide recibe una respuesta a la vez.',
  },
  quota: {
    en: 'There are too many answers, of yours or to this.',
    es: 'Hay demasiadas respuestas, tuyas o a esto.',
  },
};
export const postRefusals: Refusals = {
  quota: {
    en: 'You, or the market, have as many needs open as there can be at a time.',
    es: 'Tú o el mercado ya tienen abiertas todas las necesidades que caben a la vez.',
  },
  invalid: {
    en: 'The market does not have this kind. Its page says which there are.',
    es: 'El mercado no tiene esta clase. En su página dice cuáles hay.',
  },
  conflict: { en: 'This market does not want this.', es: 'Este mercado no quiere esto.' },
};

export const postArgs: MethodDescription['args'] = [
  {
    name: 'kind',
    kind: 'text',
    label: kindLabel,
    help: {
      en: 'One or two words, such as bread or childcare: by them needs are counted together.',
      es: 'Una o dos palabras, como pan o cuidado de niños: por ellas se cuentan juntas.',
    },
  },
  { name: 'what', kind: 'text', label: { en: 'What do you need?', es: '¿Qué necesitas?' } },
  {
    name: 'description',
    kind: 'longText',
    label: { en: 'Tell more about it', es: 'Cuenta más' },
    initial: '',
  },
  {
    name: 'howMuch',
    kind: 'text',
    label: { en: 'How much?', es: '¿Cuánto?' },
    initial: '',
  },
  {
    name: 'inReturn',
    kind: 'text',
    label: { en: 'What do you offer for it?', es: '¿Qué ofreces a cambio?' },
    initial: '',
  },
  {
    name: 'days',
    kind: 'nat',
    label: { en: 'For how many days?', es: '¿Por cuántos días?' },
    initial: '30',
    min: 1n,
    max: 365n,
  },
  requestId,
];
