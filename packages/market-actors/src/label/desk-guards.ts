/** What a participant can do with labels and tags, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { consentFields } from './consent-guards.ts';
import { LineText, ShortText, StoryText, maxGoodForDays } from './shapes.ts';
import { yesNo } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());

const optional = (
  name: string,
  kind: 'text' | 'longText',
  label: Text,
  help?: Text,
): ArgumentDescription => ({
  ...{ name, kind, label, initial: '' },
  ...(help === undefined ? {} : { help }),
});

export const LabelDeskI: Described<
  Methods<'view' | 'changes' | 'make' | 'newTag' | 'putAway' | 'beNamed' | 'notBeNamed' | 'card'>
> = describe(
  M.interface('LabelDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    make: M.call(
      NameShape,
      NameShape,
      StoryText,
      LineText,
      LineText,
      StoryText,
      StoryText,
      StoryText,
      ShortText,
      LineText,
      M.and(M.nat(), M.lte(maxGoodForDays)),
      RequestIdShape,
    ).returns(M.record()),
    newTag: M.call(NameShape, RequestIdShape).returns(M.record()),
    putAway: M.call(M.remotable('label'), RequestIdShape).returns(M.record()),
    beNamed: DoneGuard,
    notBeNamed: DoneGuard,
    card: M.call().returns(M.remotable('card')),
  }),
  {
    label: { en: 'Labels', es: 'Etiquetas' },
    help: {
      en: 'A label says what a thing is and who made it. Whoever made it shares in what it brings.',
      es: 'Una etiqueta dice qué es algo y quiénes lo hicieron. Quienes lo hicieron se reparten lo que da.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      asked: {
        label: { en: 'You are asked', es: 'Te preguntan' },
        item: {
          heading: 'label',
          fields: consentFields,
          controls: 'act',
          empty: { en: 'Nothing at the moment.', es: 'Por ahora nada.' },
        },
      },
      labels: {
        label: { en: 'Your labels', es: 'Tus etiquetas' },
        item: {
          heading: 'name',
          fields: {
            kind: { label: { en: 'Kind', es: 'Tipo' } },
            act: { label: { en: 'Open it', es: 'Abrirla' } },
          },
          empty: { en: 'You have no labels yet.', es: 'Todavía no tienes etiquetas.' },
        },
      },
      tags: {
        label: { en: 'Your tags', es: 'Tus etiquetas físicas' },
        item: {
          heading: 'says',
          fields: {
            name: { label: { en: 'What is in it', es: 'Qué contiene' } },
            isDoubtful: {
              label: { en: 'Seen in two places at once', es: 'Vista en dos lugares a la vez' },
              values: yesNo!,
            },
            act: { label: { en: 'Open it', es: 'Abrirla' } },
          },
          empty: { en: 'You have no tags yet.', es: 'Todavía no tienes ninguna.' },
        },
      },
      isNamed: {
        label: { en: 'Others can name you', es: 'Te pueden nombrar' },
        values: yesNo!,
      },
    },
    methods: {
      view,
      changes,
      make: {
        label: { en: 'Make a label', es: 'Hacer una etiqueta' },
        help: {
          en: 'For one batch. What it says cannot be changed later.',
          es: 'Para una tanda. Lo que dice ya no se cambia después.',
        },
        done: { en: 'Your label is made.', es: 'Tu etiqueta está lista.' },
        refusals: {
          quota: {
            en: 'You have as many labels as fit. Put one away first.',
            es: 'Ya tienes todas las etiquetas que caben. Primero guarda una.',
          },
          invalid: {
            en: 'A link must begin with https://, and a photo has 64 digits.',
            es: 'Un enlace empieza con https://, y la huella de una foto tiene 64 dígitos.',
          },
        },
        args: [
          { name: 'name', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
          {
            ...{ name: 'kind', kind: 'text', label: { en: 'Kind', es: 'Tipo' } },
            help: { en: 'Such as jam, bread, soap.', es: 'Como mermelada, pan, jabón.' },
          },
          optional('ingredients', 'longText', { en: 'Ingredients', es: 'Ingredientes' }),
          optional('allergens', 'text', { en: 'Allergens', es: 'Alérgenos' }),
          optional('nutrition', 'text', { en: 'Nutrition', es: 'Nutrición' }),
          optional('instructions', 'longText', { en: 'How to use it', es: 'Cómo se usa' }),
          optional('story', 'longText', { en: 'Its story', es: 'Su historia' }),
          optional(
            'links',
            'longText',
            { en: 'Links', es: 'Enlaces' },
            { en: 'One on each line.', es: 'Uno en cada renglón.' },
          ),
          optional(
            'photo',
            'text',
            { en: 'Digits of a photo', es: 'Huella de una foto' },
            { en: 'Its SHA-256, for comparing.', es: 'Su SHA-256, para comparar.' },
          ),
          optional('plan', 'text', { en: 'Made by this plan', es: 'Hecho con este plan' }),
          {
            ...{ name: 'goodForDays', kind: 'nat', initial: '0', min: 0n, max: maxGoodForDays },
            label: { en: 'Good for how many days?', es: '¿Cuántos días dura?' },
            help: { en: '0 where it does not spoil.', es: '0 si no se echa a perder.' },
          },
          requestId,
        ],
      },
      newTag: {
        label: { en: 'Make a tag', es: 'Hacer una etiqueta física' },
        help: {
          en: 'Print its code once and stick it on a jar, a crate, a bag. It is used again and again.',
          es: 'Imprime su código una vez y pégalo en un frasco, una caja, una bolsa. Se usa muchas veces.',
        },
        done: { en: 'The tag is made.', es: 'Ya está.' },
        refusals: {
          quota: { en: 'You have as many tags as fit.', es: 'Ya tienes todas las que caben.' },
        },
        args: [
          {
            ...{ name: 'says', kind: 'text' },
            label: { en: 'What is printed on it?', es: '¿Qué trae escrito?' },
            help: { en: 'Such as: jar 12.', es: 'Por ejemplo: frasco 12.' },
          },
          requestId,
        ],
      },
      putAway: {
        label: { en: 'Put a label away', es: 'Guardar una etiqueta' },
        args: [{ name: 'label', kind: 'facet' }, requestId],
        hidden: true,
      },
      beNamed: {
        label: { en: 'Let others name me', es: 'Que me puedan nombrar' },
        help: {
          en: 'Your name appears where somebody shares a label, so that they can give you a part.',
          es: 'Tu nombre aparece donde alguien reparte una etiqueta, para que te pueda dar una parte.',
        },
        done: { en: 'Others find you now.', es: 'Ya te pueden encontrar.' },
        args: [requestId],
      },
      notBeNamed: {
        label: { en: 'Do not let others name me', es: 'Que ya no me nombren' },
        done: { en: 'You are not in the list.', es: 'Ya no estás en la lista.' },
        args: [requestId],
      },
      card: { label: { en: 'Your card', es: 'Tu tarjeta' }, args: [], hidden: true },
    },
  },
);

export const CardI: Described<Methods<'view' | 'number'>> = describe(
  M.interface('Card', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: { en: 'A person who may be named', es: 'Una persona que se puede nombrar' },
    title: 'name',
    view: 'view',
    fields: { name: { label: { en: 'Name', es: 'Nombre' } } },
    methods: {
      view,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);

export const LabelDeskInsideI: Methods<
  'member' | 'card' | 'labels' | 'addTag' | 'removeTag' | 'ask' | 'unask' | 'wait'
> = M.interface('LabelDeskInside', {
  member: M.call().returns(M.remotable('member')),
  card: M.call().returns(M.remotable('card')),
  labels: M.call().returns(M.array()),
  addTag: M.call(M.nat(), M.remotable('tag')).returns(M.boolean()),
  removeTag: M.call(M.nat()).returns(),
  ask: M.call(M.nat(), M.remotable('consent')).returns(),
  unask: M.call(M.nat()).returns(),
  wait: M.call().returns(),
});
