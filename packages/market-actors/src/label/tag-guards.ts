/** What a tag's facets accept, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { labelsField, peopleField, tagFields } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());

export const TagPublicI: Described<Methods<'view' | 'changes' | 'seen'>> = describe(
  M.interface('TagPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    seen: M.call(NameShape).returns(M.record()),
  }),
  {
    label: { en: 'Tag', es: 'Etiqueta física' },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: tagFields,
    methods: {
      view,
      changes,
      seen: {
        label: { en: 'It is here', es: 'Está aquí' },
        help: {
          en: 'Only the place is noted, never who says it.',
          es: 'Solo se anota el lugar, nunca quién lo dice.',
        },
        done: { en: 'Noted.', es: 'Anotado.' },
        args: [{ name: 'place', kind: 'text', label: { en: 'Where', es: 'Dónde' } }],
      },
    },
  },
);

const revoked = {
  revoked: {
    en: 'You have handed this tag on.',
    es: 'Ya le pasaste esta etiqueta a alguien más.',
  },
};

export const TagHolderI: Described<
  Methods<'view' | 'changes' | 'bind' | 'reset' | 'print' | 'dismiss' | 'handOver'>
> = describe(
  M.interface('TagHolder', {
    view: ViewGuard,
    changes: ChangesGuard,
    bind: M.call(M.remotable('label'), RequestIdShape).returns(M.record()),
    reset: DoneGuard,
    // A promise for the text, or a refusal at once.
    print: M.call(RequestIdShape).returns(M.any()),
    dismiss: DoneGuard,
    handOver: M.call(M.remotable('card'), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your tag', es: 'Tu etiqueta física' },
    title: 'says',
    view: 'view',
    changes: 'changes',
    fields: {
      ...tagFields,
      doubt: { label: { en: 'Where it was seen', es: 'Dónde se vio' } },
      labels: labelsField,
      people: peopleField,
      tag: { label: { en: 'As everybody sees it', es: 'Como la ven los demás' } },
      history: {
        label: { en: 'What was in it before', es: 'Lo que contuvo antes' },
        item: { heading: 'name', fields: {}, empty: { en: 'Nothing.', es: 'Nada.' } },
      },
    },
    methods: {
      view,
      changes,
      bind: {
        label: { en: 'Put this label on', es: 'Ponerle esta etiqueta' },
        done: { en: 'The tag says so now.', es: 'Ahora ya lo dice.' },
        refusals: {
          ...revoked,
          conflict: {
            en: 'Another label is on it. Take it off first.',
            es: 'Tiene puesta otra etiqueta. Primero quítala.',
          },
          expired: { en: 'This label is past its date.', es: 'Esta etiqueta ya caducó.' },
          quota: {
            en: 'This tag carried very many labels, which must be kept for a while. Take another tag.',
            es: 'Esta etiqueta física ya llevó muchísimas, y hay que guardarlas un tiempo. Usa otra.',
          },
          stale: { en: 'This label is not of this market.', es: 'Esta etiqueta no es de aquí.' },
        },
        args: [
          { name: 'label', kind: 'facet', label: { en: 'Label', es: 'Etiqueta' }, from: 'labels' },
          requestId,
        ],
      },
      reset: {
        label: { en: 'Take the label off', es: 'Quitarle la etiqueta' },
        help: {
          en: 'The tag is free for the next thing.',
          es: 'Queda libre para lo siguiente.',
        },
        confirm: { en: 'Take it off?', es: '¿Se la quitamos?' },
        done: { en: 'The tag is free.', es: 'Quedó libre.' },
        refusals: revoked,
        args: [requestId],
      },
      print: {
        label: { en: 'Code to print', es: 'Código para imprimir' },
        help: {
          en: 'Whoever scans or types it sees what the tag says, and can do nothing else.',
          es: 'Quien lo lea o lo escriba ve lo que dice, y no puede hacer nada más.',
        },
        refusals: revoked,
        args: [requestId],
      },
      dismiss: {
        label: { en: 'I looked: it is the right one', es: 'Ya revisé: es la buena' },
        done: { en: 'Noted.', es: 'Anotado.' },
        refusals: revoked,
        args: [requestId],
      },
      handOver: {
        label: { en: 'Hand it to this person', es: 'Pasársela a esta persona' },
        help: {
          en: 'With the container. From then on only they can change what it says.',
          es: 'Junto con el envase. Desde entonces solo esa persona puede cambiar lo que dice.',
        },
        confirm: { en: 'Hand it over?', es: '¿Se la pasamos?' },
        done: { en: 'It is theirs now.', es: 'Ahora es suya.' },
        refusals: {
          ...revoked,
          quota: { en: 'They have no room for more tags.', es: 'Ya no le caben más.' },
        },
        args: [
          { name: 'card', kind: 'facet', label: { en: 'Who', es: 'Quién' }, from: 'people' },
          requestId,
        ],
      },
    },
  },
);

export const TagInsideI: Methods<
  | 'number'
  | 'public'
  | 'item'
  | 'giveTo'
  | 'isTurn'
  | 'holderView'
  | 'bind'
  | 'reset'
  | 'print'
  | 'dismiss'
  | 'handOver'
> = M.interface('TagInside', {
  number: M.call().returns(M.nat()),
  public: M.call().returns(M.remotable('tag')),
  item: M.call().returns(M.record()),
  giveTo: M.call(M.remotable('desk')).returns(M.remotable('holder')),
  isTurn: M.call(M.nat()).returns(M.boolean()),
  holderView: M.call(M.remotable('desk')).returns(M.record()),
  bind: M.call(M.remotable('label')).returns(M.record()),
  reset: M.call().returns(M.record()),
  print: M.call().returns(M.any()),
  dismiss: M.call().returns(M.record()),
  handOver: M.call(M.remotable('desk'), M.remotable('card')).returns(M.record()),
});
export const TagEraserI: Methods<'due' | 'by'> = M.interface('TagEraser', {
  due: M.call(M.record()).returns(),
  by: M.call(M.bigint()).returns(),
});
