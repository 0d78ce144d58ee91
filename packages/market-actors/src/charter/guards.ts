/** What the facets of a charter accept, and the words for them. */
import { type CastedPattern, M } from '@endo/patterns';
import type { Described, Description } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import type { CharterName } from '../inside/types.ts';
import { type CharterList, charterLists, charterNames } from './values.ts';
import { nameWords } from './words.ts';

export const CharterNameShape: CastedPattern<CharterName> = typed<CharterName>(
  M.or(...charterNames),
);
export const CharterListShape: CastedPattern<CharterList> = typed<CharterList>(
  M.or(...charterLists),
);
/** Wide enough for every bound: whether it is within them is a refusal and not a fault. */
const AnyValueShape = M.nat({ decimalDigitsLimit: 30 });

const named = { label: { en: 'Rule', es: 'Regla' }, values: nameWords };
const change = {
  label: { en: 'Announced', es: 'Lo que se anunció' },
  item: {
    heading: 'name',
    fields: {
      name: named,
      value: { label: { en: 'will be', es: 'va a ser' } },
      days: { label: { en: 'will be', es: 'va a ser' }, unit: { en: 'days', es: 'días' } },
      words: { label: { en: 'will be', es: 'va a ser' } },
      from: { label: { en: 'from period', es: 'desde el periodo' } },
      number: { label: { en: 'Number of the change', es: 'Número del cambio' } },
    },
    empty: { en: 'No change is announced.', es: 'No se anuncia ningún cambio.' },
  },
};
const fields: NonNullable<Description['fields']> = {
  version: { label: { en: 'Version', es: 'Versión' } },
  announced: change,
  times: {
    label: { en: 'How long things take', es: 'Cuánto duran las cosas' },
    item: {
      heading: 'name',
      fields: {
        name: named,
        days: { label: { en: 'is', es: 'es' }, unit: { en: 'days', es: 'días' } },
      },
    },
  },
  amounts: {
    label: { en: 'What holds now', es: 'Lo que vale ahora' },
    item: {
      heading: 'name',
      fields: {
        name: named,
        value: { label: { en: 'is', es: 'es' } },
        least: { label: { en: 'may be from', es: 'puede ir desde' } },
        most: { label: { en: 'to', es: 'hasta' } },
      },
    },
  },
  lists: {
    label: { en: 'What it is about', es: 'De qué se trata' },
    item: {
      heading: 'name',
      fields: { name: named, words: { label: { en: 'Words', es: 'Palabras' } } },
    },
  },
};
const history = {
  label: { en: 'All changes', es: 'Todos los cambios' },
  args: [{ name: 'before', kind: 'nat' as const, label: { en: 'Before', es: 'Antes de' } }],
  hidden: true,
};
const outOfBounds = {
  invalid: {
    en: 'That is outside of what this rule may be.',
    es: 'Eso se sale de lo que esta regla puede ser.',
  },
  quota: {
    en: 'This rule has as many announced changes as it can have.',
    es: 'Esta regla ya tiene todos los cambios anunciados que caben.',
  },
};
const done = {
  en: 'Announced. It holds after its notice.',
  es: 'Anunciado. Vale cuando pase su aviso.',
};

export const CharterPublicI: Described<Methods<'view' | 'changes' | 'history'>> = describe(
  M.interface('CharterPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    history: M.call().optional(M.nat()).returns(M.array()),
  }),
  {
    label: { en: 'The rules of this market', es: 'Las reglas de este mercado' },
    help: {
      en: 'Everybody can read them. A change is announced before it holds.',
      es: 'Cualquiera las puede leer. Un cambio se anuncia antes de que valga.',
    },
    view: 'view',
    changes: 'changes',
    fields,
    methods: { view, changes, history },
  },
);

export const CharterKeeperI: Described<
  Methods<
    'view' | 'changes' | 'history' | 'schedule' | 'change' | 'changeList' | 'takeBack' | 'mandate'
  >
> = describe(
  M.interface('CharterKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    history: M.call().optional(M.nat()).returns(M.array()),
    schedule: M.call(CharterNameShape, AnyValueShape, RequestIdShape).returns(M.record()),
    change: M.call(M.remotable('entry'), AnyValueShape, RequestIdShape).returns(M.record()),
    changeDays: M.call(M.remotable('entry'), AnyValueShape, RequestIdShape).returns(M.record()),
    changeList: M.call(CharterListShape, LongTextShape, RequestIdShape).returns(M.record()),
    takeBack: M.call(M.nat(), RequestIdShape).returns(M.record()),
    mandate: M.call(CharterNameShape, AnyValueShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Deciding on the rules', es: 'Decidir las reglas' },
    help: {
      en: 'Decide together. What you change here is announced first, and everybody can read it.',
      es: 'Decidan en común. Lo que aquí se cambia primero se anuncia, y cualquiera lo puede leer.',
    },
    view: 'view',
    changes: 'changes',
    fields,
    methods: {
      view,
      changes,
      history,
      change: {
        label: { en: 'Change it', es: 'Cambiarla' },
        done,
        refusals: outOfBounds,
        confirm: {
          en: 'Was this decided together?',
          es: '¿Esto se decidió en común?',
        },
        args: [
          { name: 'entry', kind: 'facet', label: { en: 'Rule', es: 'Regla' }, from: 'amounts' },
          { name: 'value', kind: 'nat', label: { en: 'To how much?', es: '¿A cuánto?' } },
          requestId,
        ],
      },
      changeDays: {
        label: { en: 'Change how long', es: 'Cambiar cuánto dura' },
        done,
        refusals: outOfBounds,
        confirm: {
          en: 'Was this decided together?',
          es: '¿Esto se decidió en común?',
        },
        args: [
          { name: 'entry', kind: 'facet', label: { en: 'Rule', es: 'Regla' }, from: 'times' },
          {
            name: 'days',
            kind: 'nat',
            label: { en: 'How many days?', es: '¿Cuántos días?' },
            min: 1n,
          },
          requestId,
        ],
      },
      takeBack: {
        label: { en: 'Take an announced change back', es: 'Quitar un cambio anunciado' },
        refusals: {
          closed: {
            en: 'There is no such change that could still be taken back.',
            es: 'No hay un cambio así que todavía se pueda quitar.',
          },
        },
        args: [
          {
            name: 'number',
            kind: 'nat',
            label: { en: 'Number of the change', es: 'Número del cambio' },
          },
          requestId,
        ],
      },
      schedule: {
        label: { en: 'Change by name', es: 'Cambiar por nombre' },
        args: byName(),
        hidden: true,
      },
      changeList: {
        label: { en: 'Change a list', es: 'Cambiar una lista' },
        args: [
          { name: 'name', kind: 'text', label: { en: 'Which', es: 'Cuál' } },
          {
            name: 'words',
            kind: 'longText',
            label: { en: 'One in each line', es: 'Una en cada renglón' },
          },
          requestId,
        ],
        hidden: true,
      },
      mandate: {
        label: { en: 'Make a mandate', es: 'Hacer un mandato' },
        args: byName(),
        hidden: true,
      },
    },
  },
);

function byName() {
  return [
    { name: 'name', kind: 'text' as const, label: { en: 'Rule', es: 'Regla' } },
    { name: 'value', kind: 'nat' as const, label: { en: 'To how much', es: 'A cuánto' } },
    requestId,
  ];
}

export const CharterEntryI: Described<Methods<'name'>> = describe(
  M.interface('CharterEntry', { name: M.call().returns(M.string()) }),
  {
    label: { en: 'A rule', es: 'Una regla' },
    methods: { name: { label: { en: 'Name', es: 'Nombre' }, args: [], hidden: true } },
  },
);

export const CharterInsideI: Methods<'value' | 'list' | 'version' | 'decide'> = M.interface(
  'CharterInside',
  {
    value: M.call(CharterNameShape).returns(M.nat()),
    list: M.call(CharterListShape).returns(M.array()),
    version: M.call().returns(M.nat()),
    decide: M.call(CharterNameShape, M.nat()).returns(M.record()),
  },
);
export const ChangeActI: Methods<'carryOut'> = M.interface('ChangeAct', {
  carryOut: M.call().returns(M.record()),
});
