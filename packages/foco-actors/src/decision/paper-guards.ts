/** What a ballot's pages in a decision accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, Description, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ChangesGuard, RequestIdShape, changes } from '@pocas/vat-runtime/actors';
import {
  BytesShape,
  LongTextShape,
  type Methods,
  NumbersShape,
  ViewGuard,
  reason,
  requestId,
} from './shapes.ts';
import {
  type Fields,
  acts,
  alternatives,
  look,
  refusals,
  said,
  title,
  until,
  voices,
  words,
} from './words.ts';

const fields: Fields = {
  title,
  words,
  acts,
  said,
  until,
  alternatives,
  voices,
  decision: { label: { en: 'The decision', es: 'La decisión' } },
};
const SayGuard = M.call(RequestIdShape).returns(M.record());
const SayWhyGuard = M.call(LongTextShape, RequestIdShape).returns(M.record());
const done: Text = { en: 'It counts.', es: 'Cuenta.' };

type MethodsOf = Description['methods'];
const say = (en: string, es: string): MethodsOf[string] => ({
  label: { en, es },
  done,
  refusals,
  args: [requestId],
});
const sayWhy = (en: string, es: string, whyEn: string, whyEs: string): MethodsOf[string] => ({
  label: { en, es },
  done,
  refusals,
  args: [reason(whyEn, whyEs), requestId],
});

/** A word for which a reason may be given, and need not. */
const sayFreely = (en: string, es: string): MethodsOf[string] => ({
  ...say(en, es),
  args: [{ ...reason('Why (if you like)', 'Por qué (si quieres)'), initial: '' }, requestId],
});

const paper = (help: Text, methods: MethodsOf): Description => ({
  label: { en: 'Your ballot', es: 'Tu boleta' },
  help,
  title: 'title',
  view: 'view',
  changes: 'changes',
  fields,
  methods: { view: look, changes, ...methods },
});

export const ConsentPaperI: Described<
  Methods<'view' | 'changes' | 'consent' | 'object' | 'standAside'>
> = describe(
  M.interface('ConsentPaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    consent: SayGuard,
    object: SayWhyGuard,
    standAside: SayWhyGuard,
  }),
  paper(
    {
      en: 'It is agreed when nobody objects. You can say something else until it is over.',
      es: 'Se acuerda cuando nadie objeta. Puedes decir otra cosa hasta que termine.',
    },
    {
      consent: say('I consent', 'Consiento'),
      object: sayWhy('I object', 'Objeto', 'What harm would it do?', '¿Qué daño haría?'),
      standAside: sayFreely('I stand aside', 'Me hago a un lado'),
    },
  ),
);

export const AgreePaperI: Described<
  Methods<'view' | 'changes' | 'agree' | 'disagree' | 'abstain'>
> = describe(
  M.interface('AgreePaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    agree: SayWhyGuard,
    disagree: SayWhyGuard,
    abstain: SayGuard,
  }),
  paper(
    {
      en: 'It is counted when its time is over. Until then you can say something else.',
      es: 'Se cuenta cuando termina su tiempo. Hasta entonces puedes decir otra cosa.',
    },
    {
      agree: sayFreely('Yes', 'Sí'),
      disagree: sayFreely('No', 'No'),
      abstain: say('Neither', 'Ni uno ni otro'),
    },
  ),
);

export const AdvicePaperI: Described<Methods<'view' | 'changes' | 'advise' | 'askMe'>> = describe(
  M.interface('AdvicePaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    advise: SayWhyGuard,
    askMe: SayGuard,
  }),
  {
    ...paper(
      {
        en: 'Whoever proposes it decides, after having asked those whom it concerns.',
        es: 'Quien lo propone decide, después de preguntarles a quienes les toca.',
      },
      {
        advise: sayWhy('Give advice', 'Aconsejar', 'Your advice', 'Tu consejo'),
        askMe: say('This concerns me: ask me', 'Esto me toca: pregúntame'),
      },
    ),
    fields: { ...fields, isAsked: { label: { en: 'You are asked', es: 'Se te pregunta' } } },
  },
);

export const RecordPaperI: Described<Methods<'view' | 'changes' | 'attest' | 'contest'>> = describe(
  M.interface('RecordPaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    attest: SayGuard,
    contest: SayWhyGuard,
  }),
  paper(
    {
      en: 'This was decided in an assembly. Those who wrote it down attest it; whoever remembers it otherwise says so.',
      es: 'Esto se decidió en una asamblea. Quienes lo anotaron dan fe; quien lo recuerde de otro modo lo dice.',
    },
    {
      attest: say('I attest it', 'Doy fe'),
      contest: sayWhy(
        'I remember it otherwise',
        'Lo recuerdo de otro modo',
        'How was it?',
        '¿Cómo fue?',
      ),
    },
  ),
);

export const NumbersPaperI: Described<Methods<'view' | 'changes' | 'cast' | 'castText'>> = describe(
  M.interface('NumbersPaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    cast: M.call(NumbersShape, RequestIdShape).returns(M.record()),
    castText: M.call(M.string({ stringLengthLimit: 100 }), RequestIdShape).returns(M.record()),
  }),
  paper(
    {
      en: 'One number for each, in their order. By order: 1 for what you like best, 0 for what you do not rank. With points: more is better.',
      es: 'Un número para cada cosa, en su orden. Por orden: 1 a lo que más te gusta, 0 a lo que no pones. Con puntos: más es mejor.',
    },
    {
      cast: {
        label: { en: 'Numbers', es: 'Números' },
        args: [reason('Numbers', 'Números'), requestId],
        hidden: true,
      },
      castText: {
        label: { en: 'Give numbers', es: 'Poner números' },
        done,
        refusals,
        args: [
          {
            name: 'numbers',
            kind: 'text',
            label: { en: 'Such as 2 1 3', es: 'Por ejemplo 2 1 3' },
          },
          requestId,
        ],
      },
    },
  ),
);

export const DrawPaperI: Described<Methods<'view' | 'changes' | 'part'>> = describe(
  M.interface('DrawPaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    part: M.call().returns(M.or(M.remotable('part'), M.record())),
  }),
  paper(
    {
      en: 'People are drawn by lot. Your wallet promises a secret for you, and shows it later.',
      es: 'Se sortean personas. Tu cartera promete un secreto por ti, y luego lo muestra.',
    },
    {
      part: {
        label: { en: 'My part in the draw', es: 'Mi parte en el sorteo' },
        args: [],
        hidden: true,
      },
    },
  ),
);

export const TokenPaperI: Described<Methods<'view' | 'changes' | 'key' | 'token'>> = describe(
  M.interface('TokenPaper', {
    view: ViewGuard,
    changes: ChangesGuard,
    key: M.call().returns(M.record()),
    token: M.call(BytesShape).returns(M.record()),
  }),
  paper(
    {
      en: 'Nobody can tell who says what. Your wallet gets one ballot for you and casts it another time.',
      es: 'Nadie puede saber quién dice qué. Tu cartera saca una boleta por ti y la deposita en otro momento.',
    },
    {
      key: { label: { en: 'Key', es: 'Llave' }, args: [], hidden: true },
      token: {
        label: { en: 'Get a blind ballot', es: 'Sacar una boleta ciega' },
        args: [{ name: 'blinded', kind: 'text', label: { en: 'Element', es: 'Elemento' } }],
        hidden: true,
      },
    },
  ),
);
