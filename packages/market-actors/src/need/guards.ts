/** What the facets of needs accept, and the words for those that people hold. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, MethodDescription } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import {
  ChangesGuard,
  LongTextShape,
  NameShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import type {
  AnswerInside,
  AskerAnswer,
  DeskInside,
  DraftNeed,
  Need,
  NeedBoard,
  NeedBoardPage,
  NeedDesk,
  NeedInside,
  OpenNeed,
  OwnNeed,
} from './types.ts';
import * as words from './words.ts';

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;

const far = M.remotable();
const RecordGuard = M.call().returns(M.record());
const WordsShape: CastedPattern<string> = typed<string>(M.string({ stringLengthLimit: 200 }));
const DaysShape: CastedPattern<bigint> = typed<bigint>(M.and(M.nat(), M.gte(1n), M.lte(365n)));
const MessageShape: CastedPattern<string> = typed<string>(M.and(LongTextShape, M.neq('')));

export const NeedI: Described<Methods<Need>> = describe(
  M.interface('Need', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'Something somebody needs', es: 'Algo que alguien necesita' },
    help: {
      en: 'To answer, open your place in the market.',
      es: 'Para responder, entra a tu lugar en el mercado.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: words.wholeNeedFields,
    methods: {
      view,
      changes,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);

export const OwnNeedI: Described<Methods<OwnNeed>> = describe(
  M.interface('OwnNeed', { view: ViewGuard, changes: ChangesGuard }),
  {
    label: { en: 'Something you need', es: 'Algo que necesitas' },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: words.ownNeedFields,
    methods: { view, changes },
  },
);

const withdraw: MethodDescription = {
  label: { en: 'Take it down', es: 'Quitarlo' },
  args: [],
  confirm: { en: 'Take it down for good?', es: '¿Quitarlo para siempre?' },
};

export const DraftNeedI: Described<Methods<DraftNeed>> = describe(
  M.interface('DraftNeed', { publish: RecordGuard, withdraw: RecordGuard }),
  {
    label: { en: 'Not shown yet', es: 'Todavía sin publicar' },
    help: words.rareHelp,
    methods: {
      publish: {
        label: { en: 'Show it anyway', es: 'Publicarlo así' },
        args: [],
        confirm: {
          en: 'So few people look for this that others may guess it is you. Show it?',
          es: 'Tan poca gente busca esto que quizá adivinen que eres tú. ¿Lo publicamos?',
        },
      },
      withdraw,
    },
  },
);

export const OpenNeedI: Described<Methods<OpenNeed>> = describe(
  M.interface('OpenNeed', {
    met: RecordGuard,
    withdraw: RecordGuard,
    showToEverybody: RecordGuard,
    askAgain: RecordGuard,
  }),
  {
    label: { en: 'What you can do', es: 'Lo que puedes hacer' },
    methods: {
      met: {
        label: { en: 'I have it now', es: 'Ya lo tengo' },
        args: [],
        done: { en: 'Good!', es: '¡Qué bien!' },
      },
      askAgain: {
        label: { en: 'Let one more person answer', es: 'Que pueda responder una persona más' },
        help: {
          en: 'Without your name it can be answered once, and again each time you say so.',
          es: 'Sin tu nombre se puede responder una vez, y otra cada vez que tú digas.',
        },
        args: [],
      },
      showToEverybody: {
        label: { en: 'Show it outside as well', es: 'Mostrarlo también afuera' },
        help: {
          en: 'Then people who do not take part see it too.',
          es: 'Así también lo ve gente que no participa.',
        },
        args: [],
      },
      withdraw,
    },
  },
);

export const AskerAnswerI: Described<Methods<AskerAnswer>> = describe(
  M.interface('NeedAnswer', { reply: M.call(MessageShape, RequestIdShape).returns(M.record()) }),
  {
    label: { en: 'An answer to you', es: 'Una respuesta para ti' },
    methods: {
      reply: {
        label: { en: 'Reply', es: 'Contestar' },
        help: {
          en: 'You can reply once. What you write is all that they learn of you.',
          es: 'Puedes contestar una vez. Lo que escribas es todo lo que sabrán de ti.',
        },
        done: { en: 'Sent.', es: 'Enviado.' },
        args: [
          {
            name: 'message',
            kind: 'longText',
            label: { en: 'What do you say?', es: '¿Qué le dices?' },
          },
          requestId,
        ],
      },
    },
  },
);

const need: MethodDescription['args'][number] = {
  name: 'need',
  kind: 'facet',
  label: { en: 'Need', es: 'Necesidad' },
  from: 'needs',
};
const message: MethodDescription['args'][number] = {
  name: 'message',
  kind: 'longText',
  label: { en: 'What do you have, or propose?', es: '¿Qué tienes, o qué propones?' },
};
const PostGuard = M.call(
  NameShape,
  NameShape,
  LongTextShape,
  WordsShape,
  WordsShape,
  DaysShape,
  RequestIdShape,
).returns(M.record());

export const NeedDeskI: Described<Methods<NeedDesk>> = describe(
  M.interface('NeedDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    post: PostGuard,
    postUnnamed: PostGuard,
    peopleOf: M.call(NameShape).returns(M.record()),
    signal: M.call(far, RequestIdShape).returns(M.record()),
    signalWithName: M.call(far, RequestIdShape).returns(M.record()),
    answer: M.call(far, MessageShape, RequestIdShape).returns(M.record()),
    answerWith: M.call(far, MessageShape, far, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'What is needed', es: 'Lo que hace falta' },
    view: 'view',
    changes: 'changes',
    fields: {
      needs: words.needs,
      ownNeeds: {
        label: { en: 'What you need', es: 'Lo que tú necesitas' },
        item: {
          heading: 'what',
          fields: { ...words.needFields, status: words.status },
          controls: 'act',
          empty: { en: 'You have not asked for anything.', es: 'No has pedido nada.' },
        },
      },
      given: {
        label: { en: 'What you answered', es: 'Lo que respondiste' },
        item: {
          heading: 'what',
          fields: {
            message: { label: { en: 'You wrote', es: 'Escribiste' } },
            reply: { label: { en: 'They replied', es: 'Te contestaron' } },
          },
        },
      },
      kinds: words.kinds,
    },
    methods: {
      view,
      changes,
      answer: {
        label: { en: 'Answer', es: 'Responder' },
        done: { en: 'They have your answer.', es: 'Ya tiene tu respuesta.' },
        refusals: words.answerRefusals,
        args: [need, message, requestId],
      },
      signal: {
        label: { en: 'I need it too', es: 'Yo también lo necesito' },
        help: {
          en: 'Only the number of people is told.',
          es: 'Solo se dice cuántas personas son.',
        },
        refusals: words.signalRefusals,
        args: [need, requestId],
      },
      signalWithName: {
        label: { en: 'Me too, with my name', es: 'Yo también, con mi nombre' },
        help: {
          en: 'Whoever asks for it sees your name, so that you can look for it together.',
          es: 'Quien lo pide ve tu nombre, para que lo busquen juntos.',
        },
        refusals: words.signalRefusals,
        args: [need, requestId],
      },
      post: {
        label: { en: 'Ask for something', es: 'Pedir algo' },
        done: { en: 'Others can see it now.', es: 'Ya lo pueden ver.' },
        refusals: words.postRefusals,
        args: words.postArgs,
      },
      postUnnamed: {
        label: { en: 'Ask without your name', es: 'Pedir sin tu nombre' },
        help: {
          en: 'Nobody who takes part learns who asks. It is answered one person at a time.',
          es: 'Nadie de quienes participan sabe quién pide. Se responde de una persona en una.',
        },
        refusals: words.postRefusals,
        args: words.postArgs,
      },
      peopleOf: {
        label: { en: 'How many look for this', es: 'Cuánta gente busca esto' },
        args: [{ name: 'kind', kind: 'text', label: words.kindLabel }],
        hidden: true,
      },
      answerWith: {
        label: { en: 'Answer with an offer', es: 'Responder con una oferta' },
        refusals: words.answerRefusals,
        args: [
          need,
          message,
          { name: 'offer', kind: 'facet', label: { en: 'Offer', es: 'Oferta' } },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

export const NeedBoardPageI: Described<Methods<NeedBoardPage>> = describe(
  M.interface('NeedBoardPage', { view: ViewGuard, changes: ChangesGuard }),
  {
    label: { en: 'What is needed here', es: 'Lo que hace falta aquí' },
    view: 'view',
    changes: 'changes',
    fields: { needs: words.needs, kinds: words.kinds },
    methods: { view, changes },
  },
);

// The rest stays in the vat.

export const NeedBoardI: Methods<NeedBoard> = M.interface('NeedBoard', {
  post: M.call(far, M.record(), M.boolean(), far).returns(M.record()),
  find: M.call(far).returns(M.opt(far)),
  shown: M.call(M.opt(M.nat())).returns(M.array()),
  kinds: M.call().returns(M.array()),
  peopleOf: M.call(NameShape).returns(M.record()),
  peopleWith: M.call(NameShape, M.nat()).returns(M.nat()),
  counted: M.call(M.nat()).returns(),
});
export const NeedInsideI: Methods<NeedInside> = M.interface('NeedInside', {
  number: M.call().returns(M.nat()),
  own: M.call().returns(far),
  facet: M.call().returns(far),
  asker: M.call().returns(M.nat()),
  kind: M.call().returns(M.string()),
  status: M.call().returns(M.string()),
  isPublic: M.call().returns(M.boolean()),
  people: M.call().returns(M.array()),
  item: RecordGuard,
  ownItem: RecordGuard,
  signal: M.call(far, M.boolean()).returns(M.record()),
  answer: M.call(far, MessageShape, M.record(), far).returns(M.record()),
});
export const NeedEndI: InterfaceGuard<{ end: MethodGuard; due: MethodGuard }> = M.interface(
  'NeedEnd',
  { end: M.call(M.string()).returns(M.record()), due: M.call(M.any()).returns() },
);
export const AnswerInsideI: Methods<AnswerInside> = M.interface('AnswerInside', {
  given: RecordGuard,
  asked: RecordGuard,
});
export const DeskInsideI: Methods<DeskInside> = M.interface('NeedDeskInside', {
  waiting: M.call(M.bigint()).returns(),
  ended: M.call(M.nat()).returns(),
  touch: M.call().returns(),
});
export const NeedStepsI: InterfaceGuard<{ post: MethodGuard; answer: MethodGuard }> = M.interface(
  'NeedSteps',
  {
    post: M.call(M.record(), M.boolean()).returns(M.record()),
    answer: M.call(far, MessageShape).optional(M.record()).returns(M.record()),
  },
);
