/** What the facets of a counterparty accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, Description, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { lineItem } from './line-guards.ts';
import { DealShape } from './messages.ts';
import { obligationItem } from './obligation-guards.ts';
import {
  AmountShape,
  DueShape,
  EndShape,
  HashShape,
  KindShape,
  UnitShape,
  WhatShape,
} from './terms.ts';
import type { Methods } from './words.ts';
import {
  ActGuard,
  ChangesGuard,
  ViewGuard,
  amount,
  changes,
  dayField,
  days,
  due,
  phaseField,
  refusals,
  requestId,
  role,
  unit,
  unitField,
  view,
  what,
} from './words.ts';

type MethodDescription = Description['methods'][string];

/** Obligations and lines are both proposed: the fields that both have. */
const proposalItem: { readonly [key: string]: FieldDescription } = {
  role,
  amount: { label: { en: 'How much', es: 'Cuánto' }, prominent: true },
  unit: unitField,
  day: dayField,
  phase: phaseField,
};

const DaysShape = M.and(M.nat({ decimalDigitsLimit: 5 }), M.lte(36_500n));
const ProposeGuard = M.call(AmountShape, UnitShape, DaysShape, WhatShape, RequestIdShape).returns(
  M.record(),
);

const proposal: MethodDescription = {
  label: { en: 'We owe them', es: 'Les debemos' },
  help: {
    en: 'They are asked. It counts when they accept it.',
    es: 'Se les pregunta. Cuenta cuando lo acepten.',
  },
  args: [amount, unit, days, what, requestId],
  done: { en: 'Proposed.', es: 'Propuesto.' },
  refusals: {
    ...refusals,
    quota: {
      en: 'They have not answered many others yet. Wait, or take some back.',
      es: 'Todavía no contestan muchas otras. Espera, o retira algunas.',
    },
    notYet: {
      en: 'They have not answered your introduction yet.',
      es: 'Todavía no contestan tu presentación.',
    },
  },
};

export const CounterpartyI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'introduction'
    | 'cancel'
    | 'propose'
    | 'weOwe'
    | 'theyOwe'
    | 'offerLine'
    | 'lend'
    | 'compare'
    | 'differences'
    | 'mend'
    | 'pause'
    | 'resume'
  >
> = describe(
  M.interface('Counterparty', {
    view: ViewGuard,
    changes: ChangesGuard,
    introduction: M.call().returns(M.opt(M.remotable('introduction'))),
    cancel: ActGuard,
    propose: M.call(EndShape, AmountShape, UnitShape, DueShape, WhatShape, RequestIdShape).returns(
      M.record(),
    ),
    weOwe: ProposeGuard,
    theyOwe: ProposeGuard,
    offerLine: M.call(AmountShape, UnitShape, DueShape, WhatShape, RequestIdShape).returns(
      M.record(),
    ),
    lend: ProposeGuard,
    compare: ActGuard,
    differences: ViewGuard,
    mend: M.call(HashShape, RequestIdShape).returns(M.record()),
    pause: ActGuard,
    resume: ActGuard,
  }),
  {
    label: { en: 'Another poca', es: 'Otra poca' },
    help: {
      en: 'What you and they owe each other. Both of you keep it, each on your own machine.',
      es: 'Lo que ustedes y la otra poca se deben. Las dos lo guardan, cada una en su propia máquina.',
    },
    title: 'label',
    view: 'view',
    changes: 'changes',
    fields: {
      label: { label: { en: 'Name', es: 'Nombre' } },
      phase: {
        label: { en: 'Now', es: 'Cómo va' },
        values: {
          introduced: {
            en: 'introduced, they have not answered',
            es: 'presentada, falta que contesten',
          },
          meeting: { en: 'answered, on its way', es: 'contestada, en camino' },
          met: { en: 'you know each other', es: 'ya se conocen' },
          failed: {
            en: 'this came to nothing: ask for a new introduction',
            es: 'no se pudo: pide otra presentación',
          },
        },
      },
      code: {
        label: {
          en: 'Read this to each other: both of you see the same',
          es: 'Léanselo entre ustedes: las dos partes ven lo mismo',
        },
      },
      balances: {
        label: { en: 'All together', es: 'Todo junto' },
        item: {
          heading: 'unit',
          fields: {
            unit: { label: { en: 'Of what', es: 'De qué' } },
            net: { label: { en: 'On balance', es: 'Saldo' }, prominent: true },
            weOwe: { label: { en: 'We owe', es: 'Debemos' } },
            theyOwe: { label: { en: 'They owe us', es: 'Nos deben' } },
          },
          empty: { en: 'Nobody owes anything.', es: 'Nadie debe nada.' },
        },
      },
      asked: {
        label: { en: 'They propose', es: 'Proponen' },
        item: {
          heading: 'what',
          fields: proposalItem,
          controls: 'act',
          empty: { en: 'Nothing waits for your answer.', es: 'Nada espera tu respuesta.' },
        },
      },
      open: {
        label: { en: 'Agreed', es: 'Acordado' },
        item: {
          heading: 'what',
          fields: obligationItem,
          controls: 'act',
          empty: { en: 'Nothing is open.', es: 'No hay nada abierto.' },
        },
      },
      lines: {
        label: { en: 'Credit lines', es: 'Líneas de crédito' },
        item: {
          heading: 'what',
          fields: lineItem,
          controls: 'act',
          empty: { en: 'There are none.', es: 'No hay ninguna.' },
        },
      },
      proposed: {
        label: { en: 'You propose', es: 'Propones' },
        item: {
          heading: 'what',
          fields: proposalItem,
          controls: 'act',
          empty: { en: 'Nothing waits for theirs.', es: 'Nada espera la suya.' },
        },
      },
      trouble: {
        label: {
          en: 'Something that you said was lost or refused. If so, compare',
          es: 'Algo que dijiste se perdió o no lo tomaron. Si es así, compara',
        },
      },
      paused: {
        label: {
          en: 'You refuse their new proposals',
          es: 'Les rechazas las propuestas nuevas',
        },
      },
      compared: {
        label: { en: 'Comparison', es: 'Comparación' },
        values: {
          never: { en: 'not yet', es: 'todavía no' },
          asked: { en: 'asked, they have not answered', es: 'pedida, falta que contesten' },
          done: { en: 'done', es: 'hecha' },
          failed: { en: 'they did not answer it', es: 'no la contestaron' },
        },
      },
      differences: {
        label: { en: 'What differs', es: 'Lo que no coincide' },
        item: {
          heading: 'what',
          fields: {
            kind: {
              label: { en: 'What to do', es: 'Qué hacer' },
              values: {
                underWay: {
                  en: 'something is under way: compare again later',
                  es: 'algo viene en camino: compara más tarde',
                },
                differs: {
                  en: 'talk to each other; whoever is owed can take the smaller of both',
                  es: 'hablen; quien tiene el cobro puede tomar la menor de las dos',
                },
                unknownHere: {
                  en: 'only they have it: you may have gone back to an old backup. If it is right, propose it anew, and they end theirs',
                  es: 'solo lo tienen allá: tal vez volviste a un respaldo viejo. Si es cierto, propónganlo de nuevo, y que terminen el suyo',
                },
                unknownThere: {
                  en: 'only you have it: they may have gone back to an old backup. If it is right, propose it anew, and end this one',
                  es: 'solo lo tienes aquí: tal vez volvieron a un respaldo viejo. Si es cierto, propónganlo de nuevo, y termina este',
                },
              },
            },
            here: { label: { en: 'Here', es: 'Aquí' } },
            there: { label: { en: 'There', es: 'Allá' } },
            origin: { label: { en: 'Fingerprint', es: 'Huella' } },
          },
          empty: { en: 'Nothing that we know of.', es: 'Nada, que sepamos.' },
        },
      },
    },
    methods: {
      view,
      changes,
      weOwe: proposal,
      theyOwe: { ...proposal, label: { en: 'They owe us', es: 'Nos deben' } },
      lend: {
        ...proposal,
        label: { en: 'Offer a credit line', es: 'Ofrecer una línea de crédito' },
        help: {
          en: 'They may owe you up to this much without asking each time.',
          es: 'Les pueden deber hasta esa cantidad sin preguntar cada vez.',
        },
      },
      compare: {
        label: { en: 'Compare with them', es: 'Comparar' },
        help: {
          en: 'Asks their machine how everything stands there, after a restored backup for example.',
          es: 'Le pregunta a su máquina cómo está todo allá, por ejemplo después de restaurar un respaldo.',
        },
        args: [requestId],
        done: { en: 'Asked.', es: 'Preguntado.' },
        refusals,
      },
      mend: {
        label: { en: 'Take the smaller of both', es: 'Tomar la menor de las dos' },
        help: {
          en: 'For something owed to you that differs: both of you have the smaller amount then. What only you have ends here.',
          es: 'Para algo que te deben y no coincide: queda la cantidad menor en las dos partes. Lo que solo tienes tú termina aquí.',
        },
        args: [
          {
            name: 'origin',
            kind: 'text',
            label: { en: 'Its fingerprint', es: 'Su huella' },
          },
          requestId,
        ],
        confirm: {
          en: 'Take the smaller amount, for good?',
          es: '¿Tomamos la cantidad menor, para siempre?',
        },
        refusals: {
          ...refusals,
          notYet: { en: 'Compare first.', es: 'Primero compara.' },
        },
      },
      pause: {
        label: { en: 'Take no new proposals', es: 'No aceptar propuestas nuevas' },
        args: [requestId],
      },
      resume: {
        label: { en: 'Take proposals again', es: 'Aceptar propuestas otra vez' },
        args: [requestId],
      },
      cancel: {
        label: { en: 'Take the introduction back', es: 'Retirar la presentación' },
        help: {
          en: 'As long as nobody has answered it, for example if it came into wrong hands.',
          es: 'Mientras nadie la haya contestado, por ejemplo si cayó en otras manos.',
        },
        args: [requestId],
        refusals: {
          ...refusals,
          closed: { en: 'It was answered already.', es: 'Ya la contestaron.' },
        },
      },
      introduction: {
        label: { en: 'Introduction', es: 'Presentación' },
        args: [],
        hidden: true,
      },
      propose: {
        ...proposal,
        label: { en: 'Propose', es: 'Proponer' },
        args: [
          { name: 'end', kind: 'text', label: { en: 'from or to', es: 'from o to' } },
          amount,
          unit,
          due,
          what,
          requestId,
        ],
        hidden: true,
      },
      offerLine: {
        ...proposal,
        label: { en: 'Offer a credit line', es: 'Ofrecer una línea de crédito' },
        args: [{ ...amount, name: 'limit' }, unit, due, what, requestId],
        hidden: true,
      },
      differences: {
        label: { en: 'What differs', es: 'Lo que no coincide' },
        args: [],
        hidden: true,
      },
    },
  },
);

export const IntroductionI: Described<Methods<'answer'>> = describe(
  M.interface('Introduction', {
    answer: M.call(M.remotable('desk'), HashShape).returns(M.record()),
  }),
  {
    label: { en: 'A poca introduces itself', es: 'Una poca se presenta' },
    help: {
      en: 'Give it to your own book, which answers it. It is good for one answer.',
      es: 'Dásela a tu propio libro, que la contesta. Sirve para una sola respuesta.',
    },
    methods: {
      answer: {
        label: { en: 'Answer', es: 'Contestar' },
        args: [
          { name: 'desk', kind: 'facet' },
          { name: 'nonce', kind: 'text' },
        ],
        hidden: true,
      },
    },
  },
);

const StateShape = M.splitRecord(
  {
    origin: HashShape,
    kind: KindShape,
    phase: M.or('proposed', 'asked', 'agreed', 'over'),
    version: M.nat({ decimalDigitsLimit: 20 }),
    amount: ValueShape,
    locked: M.boolean(),
  },
  {},
  {},
);
const QuestionShape = M.nat({ decimalDigitsLimit: 20 });
const TopicShape = M.and(M.string({ stringLengthLimit: 100 }), M.neq(''));

export const DeskI: Methods<'deal' | 'say' | 'compare' | 'states'> = M.interface('Desk', {
  deal: M.call(DealShape).returns(M.record()),
  say: M.call(TopicShape, M.any()).returns(M.any()),
  compare: M.call(M.string({ stringLengthLimit: 64 }), QuestionShape).returns(M.record()),
  states: M.call(
    M.arrayOf(StateShape, { arrayLengthLimit: 100 }),
    M.boolean(),
    QuestionShape,
  ).returns(M.record()),
});

export const TalkI: Methods<'number' | 'label' | 'tell' | 'listen' | 'unlisten'> = M.interface(
  'CounterpartyInside',
  {
    number: M.call().returns(M.nat()),
    label: M.call().returns(M.string()),
    tell: M.call(TopicShape, M.any()).optional(M.remotable('then'), M.any()).returns(),
    listen: M.call(TopicShape, M.remotable('listener')).returns(),
    unlisten: M.call(TopicShape).returns(),
  },
);
