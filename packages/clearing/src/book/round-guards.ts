/** What the page of a round accepts that this poca attends, and the words for it. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { changes, look } from '@pocas/vat-runtime/actors';
import type { Methods } from '../obligation/words.ts';
import { ChangesGuard, ViewGuard } from '../obligation/words.ts';
import type { OddityCode } from './attendance-types.ts';

const done: Text = { en: 'Done.', es: 'Listo.' };

export const phases: { readonly [phase: string]: Text } = {
  lodged: { en: 'signed in, it has not begun', es: 'inscrita, todavía no empieza' },
  refused: { en: 'not admitted', es: 'no fue admitida' },
  frozen: { en: 'under way', es: 'en curso' },
  inDoubt: { en: 'waiting for the decision', es: 'en espera de la decisión' },
  split: {
    en: 'neighbours say different things: talk to each other',
    es: 'las demás pocas dicen cosas distintas: hay que hablarlo',
  },
  over: { en: 'over', es: 'terminada' },
};

const whys: { readonly [why: string]: Text } = {
  lodged: { en: 'signed in', es: 'inscrito' },
  unmatched: { en: 'they did not sign it in', es: 'la otra parte no lo inscribió' },
  changed: { en: 'it changed meanwhile', es: 'cambió mientras tanto' },
  locked: { en: 'set aside for the round', es: 'apartado para la ronda' },
  wrong: {
    en: 'what was proposed is not what we agreed to',
    es: 'lo propuesto no es lo que aceptamos',
  },
  differs: {
    en: 'they were told something else of it',
    es: 'a la otra parte le dijeron otra cosa',
  },
  silent: { en: 'they did not answer in time', es: 'la otra parte no contestó a tiempo' },
  dropped: { en: 'left out of this round', es: 'quedó fuera de esta ronda' },
  satOut: { en: 'this part waits for the next round', es: 'esta parte espera la próxima ronda' },
  expired: {
    en: 'whoever runs the round was not heard of in time',
    es: 'no se supo a tiempo de quien lleva la ronda',
  },
  left: { en: 'no loop goes through it', es: 'ninguna vuelta pasa por aquí' },
  cleared: { en: 'cleared', es: 'compensado' },
  byHand: { en: 'ended by hand', es: 'terminado a mano' },
};

const oddities: { readonly [what in OddityCode]: Text } = {
  notAdmitted: { en: 'you were not admitted', es: 'no les admitieron' },
  unreachable: {
    en: 'whoever runs the round was not reached',
    es: 'no se encontró a quien lleva la ronda',
  },
  unheard: {
    en: 'whoever runs the round was not heard of in time',
    es: 'no se supo a tiempo de quien lleva la ronda',
  },
  noProposal: {
    en: 'a proposal came that was none',
    es: 'llegó una propuesta que no era tal',
  },
  dropBound: {
    en: 'they wanted to leave out what waits for a decision',
    es: 'quisieron dejar fuera lo que espera una decisión',
  },
  settleUnknown: {
    en: 'they said to clear what was never proposed here',
    es: 'dijeron que se compensara lo que aquí nunca se propuso',
  },
  settleUnagreed: {
    en: 'they said to clear what you had not agreed to',
    es: 'dijeron que se compensara lo que aquí no se aceptó',
  },
  settleReleased: {
    en: 'they said to clear what had been undone before',
    es: 'dijeron que se compensara lo que ya se había deshecho',
  },
  releaseSettled: {
    en: 'they said to undo what had been cleared before',
    es: 'dijeron que se deshiciera lo que ya se había compensado',
  },
  notApplied: {
    en: 'a debt did not take what was cleared: compare it with theirs',
    es: 'una deuda no tomó lo compensado: compárenla con la suya',
  },
  noDecision: {
    en: 'no decision came, so those who took part made it',
    es: 'no llegó la decisión, así que la tomaron quienes participaron',
  },
  byHand: { en: 'it was ended by hand', es: 'se terminó a mano' },
};

export const endField: FieldDescription = {
  label: { en: 'Who owes', es: 'Quién debe' },
  values: { from: { en: 'we owe', es: 'debemos' }, to: { en: 'they owe us', es: 'nos deben' } },
};
export const kindField: FieldDescription = {
  label: { en: 'What it is', es: 'Qué es' },
  values: {
    obligation: { en: 'debt', es: 'deuda' },
    line: { en: 'credit line', es: 'línea de crédito' },
  },
};
export const withField: FieldDescription = { label: { en: 'With', es: 'Con' } };
export const clearedField: FieldDescription = { label: { en: 'Cleared', es: 'Compensado' } };

export const RoundKeeperI: Described<Methods<'view' | 'changes' | 'explain'>> = describe(
  M.interface('RoundKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    explain: M.call().returns(M.record()),
  }),
  {
    label: { en: 'Clearing round', es: 'Ronda de compensación' },
    help: {
      en: 'Debts that go round in a loop are cleared without money. What you owe and are owed on balance stays as it is.',
      es: 'Las deudas que dan la vuelta se compensan sin dinero. Lo que en total debes y te deben queda igual.',
    },
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title: { label: { en: 'Round', es: 'Ronda' } },
      phase: { label: { en: 'Now', es: 'Cómo va' }, values: phases },
      cleared: {
        label: { en: 'Cleared of what we owe', es: 'Compensado de lo que debemos' },
        prominent: true,
      },
      unit: { label: { en: 'Of what', es: 'De qué' } },
      act: { label: { en: 'What can be done', es: 'Qué se puede hacer' }, embed: true },
      lines: {
        label: { en: 'What took part', es: 'Lo que participó' },
        item: {
          heading: 'with',
          fields: {
            with: withField,
            end: endField,
            kind: kindField,
            lodged: { label: { en: 'Signed in', es: 'Inscrito' } },
            cleared: clearedField,
            why: { label: { en: 'Why', es: 'Por qué' }, values: whys },
          },
          empty: { en: 'Nothing.', es: 'Nada.' },
        },
      },
      payments: {
        label: {
          en: 'Payments that would settle the most with the least money',
          es: 'Pagos que saldan lo más con el menor dinero',
        },
        item: {
          heading: 'with',
          fields: {
            with: withField,
            end: {
              label: { en: 'Who pays', es: 'Quién paga' },
              values: {
                from: { en: 'we pay', es: 'pagamos' },
                to: { en: 'they pay us', es: 'nos pagan' },
              },
            },
            value: { label: { en: 'How much', es: 'Cuánto' }, prominent: true },
          },
          empty: { en: 'None.', es: 'Ninguno.' },
        },
      },
      loops: {
        label: { en: 'The loops through us', es: 'Las vueltas que pasan por aquí' },
        item: {
          heading: 'value',
          fields: {
            value: { label: { en: 'What came round', es: 'Lo que dio la vuelta' } },
            owes: { label: { en: 'We owed', es: 'Le debíamos a' } },
            isOwedBy: { label: { en: 'We were owed by', es: 'Nos debía' } },
            length: { label: { en: 'Pocas in it', es: 'Pocas en ella' } },
          },
          empty: { en: 'None that we know of.', es: 'Ninguna que sepamos.' },
        },
      },
      all: {
        label: { en: 'The whole round', es: 'Toda la ronda' },
        item: {
          heading: 'title',
          fields: {
            participants: { label: { en: 'Pocas', es: 'Pocas' } },
            lodged: { label: { en: 'Signed in', es: 'Inscrito' } },
            cleared: clearedField,
            satOut: {
              label: { en: 'Waits for the next round', es: 'Espera la próxima ronda' },
            },
          },
          empty: { en: 'It is not known yet.', es: 'Todavía no se sabe.' },
        },
      },
      oddities: { label: { en: 'What was odd', es: 'Lo que fue raro' }, values: oddities },
    },
    methods: {
      view: look,
      changes,
      explain: {
        label: { en: 'All of it, as data', es: 'Todo, como datos' },
        args: [],
        hidden: true,
      },
    },
  },
);

export const RoundLeaveI: Described<Methods<'leave'>> = describe(
  M.interface('RoundLeave', { leave: M.call().returns(M.record()) }),
  {
    label: { en: 'Before it begins', es: 'Antes de que empiece' },
    methods: {
      leave: {
        label: { en: 'Leave the round', es: 'Salir de la ronda' },
        args: [],
        done: { en: 'You have left.', es: 'Ya saliste.' },
      },
    },
  },
);

export const RoundDoubtI: Described<Methods<'decideWithout' | 'settleByHand' | 'releaseByHand'>> =
  describe(
    M.interface('RoundDoubt', {
      decideWithout: M.call().returns(M.record()),
      settleByHand: M.call().returns(M.record()),
      releaseByHand: M.call().returns(M.record()),
    }),
    {
      label: { en: 'The decision does not come', es: 'La decisión no llega' },
      help: {
        en: 'It comes by itself once whoever runs the round is back. If that takes days, those who take part decide without it.',
        es: 'Llega sola en cuanto vuelva quien lleva la ronda. Si tarda días, quienes participan deciden sin ella.',
      },
      methods: {
        decideWithout: {
          label: { en: 'Decide without it', es: 'Decidir sin ella' },
          help: {
            en: 'Asks the other pocas. It is decided once all of them have done so, or their patience is over.',
            es: 'Se les pregunta a las demás pocas. Se decide cuando todas lo hagan, o se les acabe la paciencia.',
          },
          args: [],
          confirm: {
            en: 'From then on nothing is taken from whoever runs the round. Go on?',
            es: 'De ahí en adelante ya no se le hace caso a quien lleva la ronda. ¿Seguimos?',
          },
          done: { en: 'They are asked.', es: 'Ya se les pregunta.' },
        },
        settleByHand: {
          label: { en: 'Settle it in this book', es: 'Compensarlo en este libro' },
          help: {
            en: 'Only when you have talked to the others, and they do the same.',
            es: 'Solo si ya lo hablaron con las demás, y hacen lo mismo.',
          },
          args: [],
          confirm: {
            en: 'The books of others may say otherwise after this. Settle it here?',
            es: 'Después de esto, los libros de las demás pueden decir otra cosa. ¿Lo compensamos aquí?',
          },
          done,
        },
        releaseByHand: {
          label: { en: 'Undo it in this book', es: 'Deshacerlo en este libro' },
          help: {
            en: 'Only when you have talked to the others, and they do the same.',
            es: 'Solo si ya lo hablaron con las demás, y hacen lo mismo.',
          },
          args: [],
          confirm: {
            en: 'The books of others may say otherwise after this. Undo it here?',
            es: 'Después de esto, los libros de las demás pueden decir otra cosa. ¿Lo deshacemos aquí?',
          },
          done,
        },
      },
    },
  );
