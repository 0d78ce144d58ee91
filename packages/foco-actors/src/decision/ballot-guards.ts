/** What a person's own pages in a body of decision accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription, MethodDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ChangesGuard, RequestIdShape, changes } from '@pocas/vat-runtime/actors';
import {
  LaterShape,
  LongTextShape,
  type Methods,
  NameShape,
  ProposalShape,
  ViewGuard,
  requestId,
} from './shapes.ts';
import { endings, look, refusals, title } from './words.ts';

const open: FieldDescription = {
  label: { en: 'To be decided now', es: 'Por decidir ahora' },
  item: {
    heading: 'title',
    fields: {
      title,
      until: { label: { en: 'Until', es: 'Hasta' } },
      said: { label: { en: 'You said', es: 'Dijiste' } },
      paper: { label: { en: 'Your ballot', es: 'Tu boleta' } },
    },
    empty: { en: 'Nothing waits for you.', es: 'Nada te espera.' },
  },
};
const body: FieldDescription = { label: { en: 'Of what', es: 'De qué' } };

const titleArgument = {
  name: 'title',
  kind: 'text',
  label: { en: 'What is it about?', es: '¿De qué se trata?' },
} as const;
const wordsArgument = {
  name: 'words',
  kind: 'longText',
  label: { en: 'Your proposal', es: 'Tu propuesta' },
} as const;
const propose = (en: string, es: string, helpEn: string, helpEs: string): MethodDescription => ({
  label: { en, es },
  help: { en: helpEn, es: helpEs },
  refusals,
  args: [titleArgument, wordsArgument, requestId],
});
const ProposeGuard = M.call(NameShape, LongTextShape, RequestIdShape).returns(LaterShape);

export const BallotI: Described<
  Methods<
    | ('view' | 'changes' | 'propose' | 'proposeText' | 'proposeVote' | 'proposeChoice')
    | ('delegate' | 'recall')
  >
> = describe(
  M.interface('Ballot', {
    view: ViewGuard,
    changes: ChangesGuard,
    propose: M.call(ProposalShape, RequestIdShape).returns(LaterShape),
    proposeText: ProposeGuard,
    proposeVote: ProposeGuard,
    proposeChoice: ProposeGuard,
    delegate: M.call(LongTextShape, RequestIdShape).returns(M.record()),
    recall: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Decisions', es: 'Decisiones' },
    help: {
      en: 'What is decided together here, and how you take part.',
      es: 'Lo que aquí se decide en común, y cómo participas.',
    },
    title: 'body',
    view: 'view',
    changes: 'changes',
    fields: {
      body,
      open,
      mine: {
        label: { en: 'Your proposals', es: 'Tus propuestas' },
        item: {
          heading: 'title',
          fields: { title, care: { label: { en: 'Take care of it', es: 'Atenderla' } } },
        },
      },
      decided: {
        label: { en: 'Decided', es: 'Ya decidido' },
        item: {
          heading: 'title',
          fields: {
            title,
            outcome: { label: { en: 'Result', es: 'Resultado' }, values: endings },
            decision: { label: { en: 'See', es: 'Ver' } },
          },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
      proposing: {
        label: { en: 'Propose a change', es: 'Proponer un cambio' },
        item: {
          heading: 'about',
          fields: {
            about: { label: { en: 'Of what', es: 'De qué' } },
            form: { label: { en: 'Propose a change', es: 'Proponer un cambio' } },
          },
        },
      },
      delegation: { label: { en: 'Who speaks for you', es: 'Quién habla por ti' } },
    },
    methods: {
      view: look,
      changes,
      propose: {
        label: { en: 'Propose', es: 'Proponer' },
        args: [{ name: 'proposal', kind: 'text', label: { en: 'What', es: 'Qué' } }, requestId],
        hidden: true,
      },
      proposeText: propose(
        'Propose by consent',
        'Proponer por consentimiento',
        'It is agreed when nobody objects.',
        'Se acuerda cuando nadie objeta.',
      ),
      proposeVote: propose(
        'Ask yes or no',
        'Preguntar sí o no',
        'It is agreed when more say yes than no.',
        'Se acuerda cuando más dicen que sí.',
      ),
      proposeChoice: {
        label: { en: 'Let all choose', es: 'Que todas y todos escojan' },
        help: {
          en: 'Everybody puts the possibilities in an order.',
          es: 'Cada quien pone las posibilidades en orden.',
        },
        refusals,
        args: [
          titleArgument,
          {
            name: 'alternatives',
            kind: 'longText',
            label: { en: 'One possibility in each line', es: 'Una posibilidad en cada renglón' },
          },
          requestId,
        ],
      },
      delegate: {
        label: { en: 'Let somebody speak for you', es: 'Que alguien hable por ti' },
        help: {
          en: 'Open the page that you get and give its link to one person. You can take it back at any time.',
          es: 'Abre la página que recibes y dale su enlace a una persona. Lo puedes quitar cuando quieras.',
        },
        args: [
          {
            name: 'instruction',
            kind: 'longText',
            label: { en: 'What they should stand for', es: 'Qué tiene que defender' },
          },
          requestId,
        ],
      },
      recall: {
        label: { en: 'Speak for yourself again', es: 'Volver a hablar por ti' },
        refusals: {
          closed: { en: 'Nobody speaks for you.', es: 'Nadie habla por ti.' },
        },
        confirm: {
          en: 'What they said for you in decisions that are open is taken out.',
          es: 'Lo que dijo por ti en decisiones abiertas se quita.',
        },
        args: [requestId],
      },
    },
  },
);

export const DelegationI: Described<Methods<'view' | 'changes'>> = describe(
  M.interface('Delegation', { view: ViewGuard, changes: ChangesGuard }),
  {
    label: { en: 'Speaking for somebody', es: 'Hablar por alguien' },
    help: {
      en: 'You say here what that person has asked you to. They can take it back at any time.',
      es: 'Aquí dices lo que esa persona te encargó. Te lo puede quitar cuando quiera.',
    },
    title: 'of',
    view: 'view',
    changes: 'changes',
    fields: {
      of: { label: { en: 'For', es: 'Por' } },
      body,
      instruction: { label: { en: 'What you should stand for', es: 'Qué tienes que defender' } },
      isRecalled: { label: { en: 'Taken back', es: 'Ya te lo quitó' } },
      open,
    },
    methods: { view: look, changes },
  },
);

const optionList = (en: string, es: string): FieldDescription => ({
  label: { en, es },
  item: {
    heading: 'label',
    fields: {
      label: { label: { en: 'What', es: 'Qué' } },
      now: { label: { en: 'Now', es: 'Ahora' } },
    },
  },
});
const why = {
  name: 'words',
  kind: 'longText',
  label: { en: 'Why?', es: '¿Por qué?' },
} as const;
const optionFrom = (from: string) =>
  ({ name: 'option', kind: 'facet', label: { en: 'What', es: 'Qué' }, from }) as const;

export const ProposingI: Described<
  Methods<'view' | 'proposeNumber' | 'recordNumber' | 'proposeList' | 'proposeAct'>
> = describe(
  M.interface('Proposing', {
    view: M.call().returns(LaterShape),
    proposeNumber: M.call(
      M.remotable('option'),
      M.nat({ decimalDigitsLimit: 30 }),
      LongTextShape,
      RequestIdShape,
    ).returns(LaterShape),
    recordNumber: M.call(
      M.remotable('option'),
      M.nat({ decimalDigitsLimit: 30 }),
      LongTextShape,
      RequestIdShape,
    ).returns(LaterShape),
    proposeList: M.call(
      M.remotable('option'),
      LongTextShape,
      LongTextShape,
      RequestIdShape,
    ).returns(LaterShape),
    proposeAct: M.call(M.remotable('option'), LongTextShape, RequestIdShape).returns(LaterShape),
  }),
  {
    label: { en: 'Propose a change', es: 'Proponer un cambio' },
    help: {
      en: 'It is asked by consent, and when it is agreed it can do exactly this.',
      es: 'Se pregunta por consentimiento, y cuando se acuerda solo puede hacer eso.',
    },
    title: 'about',
    view: 'view',
    fields: {
      about: { label: { en: 'Of what', es: 'De qué' } },
      numbers: optionList('Numbers', 'Números'),
      lists: optionList('Lists', 'Listas'),
      others: optionList('What can be done', 'Lo que se puede hacer'),
    },
    methods: {
      view: look,
      proposeNumber: {
        label: { en: 'Propose another', es: 'Proponer otro' },
        refusals,
        args: [
          optionFrom('numbers'),
          { name: 'value', kind: 'nat', label: { en: 'How much?', es: '¿Cuánto?' } },
          why,
          requestId,
        ],
      },
      recordNumber: {
        label: { en: 'An assembly decided another', es: 'Una asamblea decidió otro' },
        help: {
          en: 'Those who took notes attest it; whoever remembers it otherwise can stop it.',
          es: 'Quienes tomaron nota dan fe; quien lo recuerde de otro modo lo puede detener.',
        },
        refusals,
        args: [
          optionFrom('numbers'),
          { name: 'value', kind: 'nat', label: { en: 'How much?', es: '¿Cuánto?' } },
          {
            name: 'words',
            kind: 'longText',
            label: {
              en: 'When, where, and how it was decided',
              es: 'Cuándo, dónde y cómo se decidió',
            },
          },
          requestId,
        ],
      },
      proposeList: {
        label: { en: 'Propose other words', es: 'Proponer otras palabras' },
        refusals,
        args: [
          optionFrom('lists'),
          {
            name: 'list',
            kind: 'longText',
            label: { en: 'One in each line', es: 'Una en cada renglón' },
          },
          why,
          requestId,
        ],
      },
      proposeAct: {
        label: { en: 'Propose it', es: 'Proponerlo' },
        refusals,
        args: [optionFrom('others'), why, requestId],
      },
    },
  },
);
