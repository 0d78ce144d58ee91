/** What a label's facets accept, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { labelFields, ofWhole, peopleField } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());
const PartsShape = M.and(M.nat(), M.gte(1n), M.lte(10_000n));
const number = {
  label: { en: 'Number', es: 'Número' },
  args: [],
  hidden: true,
};

export const LabelPublicI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('LabelPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'Label', es: 'Etiqueta' },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: labelFields,
    methods: { view, changes, number },
  },
);

const shareArgs: readonly ArgumentDescription[] = [
  { name: 'card', kind: 'facet', label: { en: 'Who', es: 'Quién' }, from: 'people' },
  {
    name: 'parts',
    kind: 'nat',
    label: { en: 'Parts of yours', es: 'Partes de las tuyas' },
    unit: ofWhole,
    min: 1n,
    max: 10_000n,
  },
  requestId,
];
const refusals = {
  insufficient: {
    en: 'You do not have that many parts yourself.',
    es: 'Tú no tienes tantas partes.',
  },
  invalid: {
    en: 'This is yourself, or nobody of this market.',
    es: 'Eres tú, o no es nadie de este mercado.',
  },
  quota: {
    en: 'More people cannot share in one label.',
    es: 'En una etiqueta no pueden repartirse más personas.',
  },
};

export const LabelMakerI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'share'
    | 'shareUnlisted'
    | 'shareInput'
    | 'propose'
    | 'withdraw'
    | 'payout'
  >
> = describe(
  M.interface('LabelMaker', {
    view: ViewGuard,
    changes: ChangesGuard,
    share: M.call(M.remotable('card'), PartsShape, RequestIdShape).returns(M.record()),
    shareUnlisted: M.call(M.remotable('card'), PartsShape, RequestIdShape).returns(M.record()),
    shareInput: M.call(M.remotable('label'), PartsShape, RequestIdShape).returns(M.record()),
    propose: M.call(
      M.arrayOf(
        M.splitRecord(
          { parts: PartsShape, isListed: M.boolean() },
          { card: M.remotable('card'), label: M.remotable('label') },
          {},
        ),
        { arrayLengthLimit: 30 },
      ),
      RequestIdShape,
    ).returns(M.record()),
    withdraw: DoneGuard,
    payout: M.call().returns(M.remotable('payout')),
  }),
  {
    label: { en: 'Your label', es: 'Tu etiqueta' },
    help: {
      en: 'What it says stays as it is, since people go by it. For the next batch make another label.',
      es: 'Lo que dice ya no cambia, porque la gente se guía por ella. Para la próxima tanda haz otra etiqueta.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      own: { label: { en: 'Your part', es: 'Tu parte' }, unit: ofWhole, prominent: true },
      asked: {
        label: { en: 'People who have still to agree', es: 'Personas que faltan de aceptar' },
      },
      ...labelFields,
      people: peopleField,
      inputs: {
        label: { en: 'Labels of things it may be made of', es: 'Etiquetas de lo que puede llevar' },
        item: {
          heading: 'name',
          fields: { kind: { label: { en: 'Kind', es: 'Tipo' } } },
          empty: { en: 'There are no others yet.', es: 'Todavía no hay otras.' },
        },
      },
      label: { label: { en: 'As everybody sees it', es: 'Como la ven los demás' } },
    },
    methods: {
      view,
      changes,
      share: {
        label: { en: 'Share with this person', es: 'Compartir con esta persona' },
        help: {
          en: 'When it is sold, this part of the price goes to them.',
          es: 'Cuando se vende, esta parte del precio le llega.',
        },
        done: { en: 'Shared.', es: 'Compartido.' },
        refusals,
        args: shareArgs,
      },
      shareUnlisted: {
        label: { en: 'Share without naming them', es: 'Compartir sin nombrarla' },
        help: {
          en: 'They get their part, and the label does not say who they are.',
          es: 'Recibe su parte, y la etiqueta no dice quién es.',
        },
        done: { en: 'Shared.', es: 'Compartido.' },
        refusals,
        args: shareArgs,
      },
      shareInput: {
        label: { en: 'Share with what it is made of', es: 'Compartir con lo que lleva' },
        help: {
          en: 'Such as the flour in the bread: this part of the price goes to those who made that.',
          es: 'Como la harina del pan: esta parte del precio les llega a quienes hicieron eso.',
        },
        done: { en: 'Shared.', es: 'Compartido.' },
        refusals: {
          ...refusals,
          stale: { en: 'This label is not of this market.', es: 'Esta etiqueta no es de aquí.' },
          conflict: {
            en: 'That one is made of this one already.',
            es: 'Esa ya lleva esta adentro.',
          },
        },
        args: [
          {
            name: 'input',
            kind: 'facet',
            label: { en: 'Made of', es: 'Qué lleva' },
            from: 'inputs',
          },
          ...shareArgs.slice(1),
        ],
      },
      withdraw: {
        label: { en: 'Take back what you asked', es: 'Retirar lo que propusiste' },
        done: { en: 'Taken back. Nothing changed.', es: 'Retirado. No cambió nada.' },
        args: [requestId],
      },
      propose: {
        label: { en: 'Propose all shares anew', es: 'Proponer todo el reparto' },
        args: [{ name: 'shares', kind: 'longText' }, requestId],
        hidden: true,
      },
      payout: {
        label: { en: 'Who is paid', es: 'A quién se paga' },
        args: [],
        hidden: true,
      },
    },
  },
);

export const PayoutI: Methods<'shares'> = M.interface('Payout', {
  shares: M.call(M.nat()).returns(M.arrayOf(M.record())),
});

export const LabelInsideI: Methods<
  'number' | 'public' | 'payout' | 'shares' | 'text' | 'expires' | 'item' | 'answer'
> = M.interface('LabelInside', {
  number: M.call().returns(M.nat()),
  public: M.call().returns(M.remotable('label')),
  payout: M.call().returns(M.remotable('payout')),
  shares: M.call().returns(M.array()),
  text: M.call().returns(M.record()),
  expires: M.call().returns(M.opt(M.nat())),
  item: M.call().returns(M.record()),
  answer: M.call(M.nat(), M.nat(), M.boolean()).returns(M.record()),
});
/** Stays in `label.ts`: whoever holds it can change who is paid. */
export const LabelStepsI: Methods<'give' | 'giveTo' | 'read' | 'put' | 'adopt' | 'drop'> =
  M.interface('LabelSteps', {
    give: M.call(M.remotable('card'), PartsShape, M.boolean()).returns(M.record()),
    giveTo: M.call(M.remotable('label'), PartsShape).returns(M.record()),
    read: M.call(M.array()).returns(M.opt(M.array())),
    put: M.call(M.array()).returns(M.record()),
    adopt: M.call(M.array()).returns(),
    drop: M.call().returns(),
  });
