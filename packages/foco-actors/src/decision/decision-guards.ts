/** What the facets of one decision accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ChangesGuard, RequestIdShape, changes } from '@pocas/vat-runtime/actors';
import {
  AnswerShape,
  BytesShape,
  ConstituencyShape,
  LaterShape,
  LongTextShape,
  type Methods,
  ViewGuard,
  reason,
  requestId,
} from './shapes.ts';
import {
  acts,
  alternatives,
  endings,
  look,
  methodWords,
  refusals,
  title,
  until,
  voices,
  words,
} from './words.ts';

export const DecisionPublicI: Described<
  Methods<'view' | 'changes' | 'electorate' | 'published' | 'ballots' | 'askAgain'>
> = describe(
  M.interface('DecisionPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    electorate: M.call(M.nat()).returns(M.array()),
    published: M.call().returns(M.record()),
    ballots: M.call(BytesShape).returns(M.record()),
    askAgain: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Decision', es: 'Decisión' },
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title,
      words,
      outcome: { label: { en: 'Result', es: 'Resultado' }, values: endings },
      winner: { label: { en: 'Chosen', es: 'Se escogió' } },
      proposedBy: { label: { en: 'Proposed by', es: 'Lo propone' } },
      method: { label: { en: 'How', es: 'Cómo' }, values: methodWords },
      until,
      electors: { label: { en: 'Can take part', es: 'Pueden participar' } },
      spoken: { label: { en: 'Have spoken', es: 'Han hablado' } },
      acts,
      alternatives,
      voices,
      counts: {
        label: { en: 'Counted', es: 'Se contó' },
        item: {
          heading: 'what',
          fields: {
            what: { label: { en: 'What', es: 'Qué' } },
            count: { label: { en: 'Count', es: 'Cuenta' } },
          },
        },
      },
      panel: { label: { en: 'Drawn', es: 'Salieron' } },
      draw: { label: { en: 'The draw', es: 'El sorteo' } },
      mandate: { label: { en: 'What was decided', es: 'Lo que se decidió' }, embed: true },
      refused: { label: { en: 'The place refused', es: 'El lugar se negó' } },
      box: { label: { en: 'The box', es: 'La urna' } },
    },
    methods: {
      view: look,
      changes,
      electorate: {
        label: { en: 'Who can take part', es: 'Quiénes pueden participar' },
        args: [{ name: 'from', kind: 'nat', label: { en: 'From number', es: 'Desde el número' } }],
        hidden: true,
      },
      published: {
        label: { en: 'What the result follows from', es: 'De qué sale el resultado' },
        args: [],
        hidden: true,
      },
      ballots: {
        label: { en: 'All ballots', es: 'Todas las boletas' },
        args: [{ name: 'after', kind: 'text', label: { en: 'After', es: 'Después de' } }],
        hidden: true,
      },
      askAgain: {
        label: { en: 'Ask the place again', es: 'Pedirlo otra vez al lugar' },
        help: {
          en: 'Where something was agreed and the place has not given the means to do it.',
          es: 'Cuando algo se acordó y el lugar no ha dado con qué hacerlo.',
        },
        refusals: { closed: { en: 'There is nothing to ask for.', es: 'No hay nada que pedir.' } },
        args: [requestId],
        hidden: true,
      },
    },
  },
);

export const ProposalCareI: Described<
  Methods<'view' | 'changes' | 'withdraw' | 'amend' | 'ask' | 'decide'>
> = describe(
  M.interface('ProposalCare', {
    view: ViewGuard,
    changes: ChangesGuard,
    withdraw: M.call(RequestIdShape).returns(M.record()),
    amend: M.call(LongTextShape, M.opt(M.nat({ decimalDigitsLimit: 30 })), RequestIdShape).returns(
      LaterShape,
    ),
    ask: M.call(M.remotable('elector'), RequestIdShape).returns(M.record()),
    decide: M.call(LongTextShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your proposal', es: 'Tu propuesta' },
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title,
      until,
      electors: {
        label: { en: 'Whom to ask', es: 'A quién preguntarle' },
        item: {
          heading: 'name',
          fields: {
            name: { label: { en: 'Name', es: 'Nombre' } },
            isAsked: { label: { en: 'Asked', es: 'Ya se le preguntó' } },
          },
          empty: {
            en: 'In this way of deciding everybody is asked.',
            es: 'En esta forma de decidir se le pregunta a cada quien.',
          },
        },
      },
    },
    methods: {
      view: look,
      changes,
      amend: {
        label: { en: 'Change it', es: 'Cambiarla' },
        args: [
          { name: 'words', kind: 'longText', label: { en: 'In words', es: 'Con palabras' } },
          { name: 'value', kind: 'nat', label: { en: 'To how much', es: 'A cuánto' } },
          requestId,
        ],
        refusals,
        hidden: true,
      },
      ask: {
        label: { en: 'Ask', es: 'Preguntarle' },
        refusals,
        args: [
          {
            name: 'elector',
            kind: 'facet',
            label: { en: 'Whom', es: 'A quién' },
            from: 'electors',
          },
          requestId,
        ],
      },
      decide: {
        label: { en: 'Decide, after having asked', es: 'Decidir, después de preguntar' },
        refusals: {
          ...refusals,
          notYet: {
            en: 'Ask those whom it concerns first, and give them the time to answer.',
            es: 'Primero pregúntale a quienes les toca, y dales tiempo de contestar.',
          },
          unsupported: {
            en: 'This is decided together, not by one person.',
            es: 'Esto se decide en común, no por una persona.',
          },
        },
        args: [reason('What you decide, and why', 'Qué decides, y por qué'), requestId],
      },
      withdraw: {
        label: { en: 'Take it back', es: 'Retirarla' },
        confirm: {
          en: 'What was said about it ends with it.',
          es: 'Con ella termina lo que se dijo de ella.',
        },
        refusals,
        args: [requestId],
      },
    },
  },
);

const any = M.any();
export const DecisionInsideI: Methods<
  | ('number' | 'begin' | 'opening' | 'public' | 'title' | 'until' | 'ending' | 'proposal')
  | ('isOpen' | 'has' | 'cast' | 'uncast' | 'said' | 'voices' | 'acts' | 'isAsked' | 'askMe')
  | ('phase' | 'electors' | 'ask' | 'decide' | 'withdraw')
  | ('key' | 'token' | 'part' | 'blindKeys' | 'blindCast')
> = M.interface('DecisionInside', {
  number: M.call().returns(M.nat()),
  begin: M.call().returns(),
  opening: M.call().returns(any),
  public: M.call().returns(M.remotable('decision')),
  title: M.call().returns(M.string()),
  until: M.call().returns(M.string()),
  ending: M.call().returns(M.string()),
  proposal: M.call().returns(M.record()),
  isOpen: M.call().returns(M.boolean()),
  has: M.call(M.nat()).returns(M.boolean()),
  cast: M.call(M.nat(), M.or('self', 'delegate'), AnswerShape).returns(M.record()),
  uncast: M.call(M.nat()).returns(),
  said: M.call(M.nat()).returns(M.record()),
  voices: M.call().returns(M.array()),
  acts: M.call().returns(M.array()),
  isAsked: M.call(M.nat()).returns(M.boolean()),
  askMe: M.call(M.nat()).returns(M.record()),
  phase: M.call().returns(M.string()),
  electors: M.call().returns(M.array()),
  ask: M.call(M.remotable('elector')).returns(M.record()),
  decide: M.call(LongTextShape).returns(M.record()),
  withdraw: M.call().returns(M.record()),
  key: M.call(M.nat()).returns(M.record()),
  token: M.call(M.nat(), BytesShape).returns(M.record()),
  part: M.call(M.nat()).returns(M.remotable('part')),
  blindKeys: M.call().returns(M.array()),
  blindCast: M.call(ConstituencyShape, BytesShape, BytesShape, AnswerShape).returns(M.record()),
});

export const DecisionAnswersI: Methods<'fulfilled' | 'rejected'> = M.interface('DecisionAnswers', {
  // From a place, perhaps on another node: looked at in the method.
  fulfilled: M.call(any, M.record()).returns(),
  rejected: M.call(M.record(), M.record()).returns(),
});
