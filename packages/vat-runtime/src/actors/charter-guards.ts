/** What the facets of a charter accept, and the words for them. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Description } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import type { Wish } from './acts.ts';
import { MandateTermsShape } from './mandate-guards.ts';
import { RequestIdShape } from './once.ts';
import { ChangesGuard, changes, look } from './words.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const NameGuard = M.string({ stringLengthLimit: 60 });
const ListGuard = M.arrayOf(M.string({ stringLengthLimit: 1_000 }), { arrayLengthLimit: 100 });
/** Wide enough for every bound: whether it is within them is a refusal and not a fault. */
const AnyValueGuard = M.bigint({ decimalDigitsLimit: 30 });

/** A wish, as data alone: whether there is such an act is a refusal and not a fault. */
export const WishShape: CastedPattern<Wish> = typed<Wish>(
  M.splitRecord(
    { act: NameGuard },
    { name: NameGuard, value: AnyValueGuard, words: ListGuard },
    {},
  ),
);

const rule = { label: { en: 'Rule', es: 'Regla' } };
const words = { label: { en: 'Words', es: 'Palabras' } };
const days = { en: 'days', es: 'días' };

const fields: NonNullable<Description['fields']> = {
  about: { label: { en: 'Of what', es: 'De qué' } },
  version: { label: { en: 'Version', es: 'Versión' } },
  announced: {
    label: { en: 'Announced', es: 'Lo que se anunció' },
    item: {
      heading: 'label',
      fields: {
        label: rule,
        value: { label: { en: 'will be', es: 'va a ser' } },
        days: { label: { en: 'will be', es: 'va a ser' }, unit: days },
        words: { label: { en: 'will be', es: 'va a ser' } },
        from: { label: { en: 'from period', es: 'desde el periodo' } },
      },
      empty: { en: 'No change is announced.', es: 'No se anuncia ningún cambio.' },
    },
  },
  times: {
    label: { en: 'How long things take', es: 'Cuánto duran las cosas' },
    item: {
      heading: 'label',
      fields: { label: rule, days: { label: { en: 'is', es: 'es' }, unit: days } },
    },
  },
  amounts: {
    label: { en: 'What holds now', es: 'Lo que vale ahora' },
    item: {
      heading: 'label',
      fields: {
        label: rule,
        value: { label: { en: 'is', es: 'es' } },
        least: { label: { en: 'may be from', es: 'puede ir desde' } },
        most: { label: { en: 'to', es: 'hasta' } },
      },
    },
  },
  lists: {
    label: { en: 'What it is about', es: 'De qué se trata' },
    item: { heading: 'label', fields: { label: rule, words } },
  },
};

export const CharterPublicI: Described<Methods<'view' | 'changes' | 'history'>> = describe(
  M.interface('CharterPublic', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    history: M.call().optional(M.nat()).returns(M.array()),
  }),
  {
    label: { en: 'The rules', es: 'Las reglas' },
    help: {
      en: 'Everybody can read them. They change by a decision, and a change is announced before it holds.',
      es: 'Cualquiera las puede leer. Cambian por una decisión, y un cambio se anuncia antes de que valga.',
    },
    title: 'about',
    view: 'view',
    changes: 'changes',
    fields,
    methods: {
      view: look,
      changes,
      history: {
        label: { en: 'All changes', es: 'Todos los cambios' },
        args: [{ name: 'before', kind: 'nat', label: { en: 'Before', es: 'Antes de' } }],
        hidden: true,
      },
    },
  },
);

const wish = { name: 'wish', kind: 'text', label: { en: 'What', es: 'Qué' } } as const;

/** Of any `Acts`: a page shows what can be agreed upon; forms for it are those of a body of decision. */
export const ActsI: Described<Methods<'view' | 'changes' | 'draft' | 'mandate'>> = describe(
  M.interface('Acts', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    draft: M.call(WishShape).returns(M.record()),
    mandate: M.call(WishShape, MandateTermsShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'What can be decided here', es: 'Lo que aquí se puede decidir' },
    help: {
      en: 'Whoever decides together holds this. It changes nothing by itself.',
      es: 'Esto es de quienes deciden en común. Por sí solo no cambia nada.',
    },
    title: 'about',
    view: 'view',
    changes: 'changes',
    fields: {
      about: { label: { en: 'Of what', es: 'De qué' } },
      options: {
        label: { en: 'What can be decided', es: 'Lo que se puede decidir' },
        item: {
          heading: 'label',
          fields: { label: { label: { en: 'What', es: 'Qué' } } },
        },
      },
    },
    methods: {
      view: look,
      changes,
      draft: {
        label: { en: 'What it would do', es: 'Qué haría' },
        args: [wish],
        hidden: true,
      },
      mandate: {
        label: { en: 'Make a mandate', es: 'Hacer un mandato' },
        args: [
          wish,
          { name: 'terms', kind: 'text', label: { en: 'When', es: 'Cuándo' } },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
    },
  },
);

export const CharterDecidingI: Methods<
  'value' | 'list' | 'version' | 'definition' | 'announced' | 'decide' | 'decideList' | 'takeBack'
> = M.interface('CharterInside', {
  value: M.call(NameGuard).returns(M.nat()),
  list: M.call(NameGuard).returns(M.array()),
  version: M.call().returns(M.nat()),
  definition: M.call().returns(M.record()),
  announced: M.call().returns(M.array()),
  decide: M.call(NameGuard, M.bigint()).returns(M.record()),
  decideList: M.call(NameGuard, ListGuard).returns(M.record()),
  takeBack: M.call(M.nat()).returns(M.record()),
});
