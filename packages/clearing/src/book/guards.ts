/** What the facets of a book accept, and the words for them. */
import { M } from '@endo/patterns';
import type {
  ArgumentDescription,
  Described,
  FieldDescription,
  MethodDescription,
  Text,
} from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { LabelShape } from '../obligation/terms.ts';
import type { Methods } from '../obligation/words.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../obligation/words.ts';
import { clearedField, endField, kindField, phases, withField } from './round-guards.ts';

const LaterShape = M.or(M.promise(), M.record());
const TextShape = M.string({ stringLengthLimit: 4_000 });
const done: Text = {
  en: 'Noted. It holds for rounds that you join from now on.',
  es: 'Anotado. Vale para las rondas a las que entres de ahora en adelante.',
};

const limit: ArgumentDescription = {
  name: 'limit',
  kind: 'nat',
  label: { en: 'Up to', es: 'Hasta' },
};
const label: ArgumentDescription = {
  name: 'label',
  kind: 'text',
  label: { en: 'What do you call them?', es: '¿Cómo le llaman a la otra poca?' },
};
const unitField: FieldDescription = { label: { en: 'Of what', es: 'De qué' } };

const balances: FieldDescription = {
  label: { en: 'All together', es: 'Todo junto' },
  item: {
    heading: 'unit',
    fields: {
      unit: unitField,
      net: { label: { en: 'On balance', es: 'Saldo' }, prominent: true },
      theyOwe: { label: { en: 'They owe us', es: 'Nos deben' } },
      weOwe: { label: { en: 'We owe', es: 'Debemos' } },
    },
    empty: { en: 'Nobody owes anything.', es: 'Nadie debe nada.' },
  },
};
const standing: FieldDescription = {
  label: {
    en: 'What becomes of a positive balance',
    es: 'Qué pasa con un saldo a favor',
  },
  values: {
    leave: { en: 'it stays for the next round', es: 'se queda para la próxima ronda' },
    recall: { en: 'we ask to be paid', es: 'pedimos que nos paguen' },
    move: { en: 'one of the others comes to owe it', es: 'otra poca nos lo queda debiendo' },
  },
};
const debtFields: { readonly [key: string]: FieldDescription } = {
  with: withField,
  end: endField,
  kind: kindField,
  amount: { label: { en: 'How much', es: 'Cuánto' }, prominent: true },
  unit: unitField,
  locked: { label: { en: 'In a clearing round', es: 'En una ronda de compensación' } },
  atMost: { label: { en: 'In rounds at most', es: 'En rondas, a lo más' } },
};
const roundFields: { readonly [key: string]: FieldDescription } = {
  phase: { label: { en: 'Now', es: 'Cómo va' }, values: phases },
  cleared: clearedField,
  unit: unitField,
};
const noDebts: Text = { en: 'Nothing is open.', es: 'No hay nada pendiente.' };
const noRounds: Text = { en: 'None yet.', es: 'Ninguna todavía.' };
const debtsLabel: Text = { en: 'What is open', es: 'Lo pendiente' };
const roundsLabel: Text = { en: 'Clearing rounds', es: 'Rondas de compensación' };

const hidden = (words: Text, args: readonly ArgumentDescription[]): MethodDescription => ({
  label: words,
  args,
  hidden: true,
});
const facet = (name: string): ArgumentDescription => ({ name, kind: 'facet' });
const number = (name: string): ArgumentDescription => ({ name, kind: 'nat' });

const introduceLink: MethodDescription = {
  label: { en: 'Introduce another poca', es: 'Presentar a otra poca' },
  help: {
    en: 'Makes a text for them, which they paste into “Answer an introduction” in their own book. Whoever uses it first is the one: hand it to nobody else.',
    es: 'Hace un texto para la otra poca, que lo pega en «Contestar una presentación» de su libro. Quien lo use primero es ella: no se lo des a nadie más.',
  },
  args: [label, requestId],
};
const meetBy: MethodDescription = {
  label: { en: 'Answer an introduction', es: 'Contestar una presentación' },
  help: {
    en: 'Paste the text that another poca gave you.',
    es: 'Pega el texto que te dio otra poca.',
  },
  args: [
    { name: 'introduction', kind: 'secret', label: { en: 'Introduction', es: 'Presentación' } },
    label,
    requestId,
  ],
  refusals: {
    invalid: {
      en: 'This is no introduction. It begins with ocapn://.',
      es: 'Esta no es una presentación. Empieza con ocapn://.',
    },
  },
};
const attendRefusals: { readonly [code: string]: Text } = {
  invalid: {
    en: 'This is no place in a round, or its terms are none that a round may have.',
    es: 'Este no es un lugar en una ronda, o sus condiciones no son de una ronda.',
  },
  claimed: { en: 'You take part in this round already.', es: 'Ya participas en esta ronda.' },
  closed: {
    en: 'You have nothing to bring to this round: nothing of its kind is open.',
    es: 'No tienes nada que llevar a esta ronda: nada de su tipo está pendiente.',
  },
  quota: {
    en: 'You take part in as many rounds as you can at a time.',
    es: 'Ya participas en todas las rondas que se puede a la vez.',
  },
};
const attendBy: MethodDescription = {
  label: { en: 'Join a clearing round', es: 'Entrar a una ronda de compensación' },
  help: {
    en: 'Paste the text for your place in it. What is open goes in as you say below.',
    es: 'Pega el texto de tu lugar en ella. Entra lo pendiente, como lo digas abajo.',
  },
  args: [{ name: 'seat', kind: 'secret', label: { en: 'Your place', es: 'Tu lugar' } }, requestId],
  refusals: attendRefusals,
};
const convene: MethodDescription = {
  label: { en: 'Call a clearing round', es: 'Convocar una ronda de compensación' },
  help: {
    en: 'You hand out the places, one to your own book too, and see no amounts. You have no say over what comes of it. A day has 1440 minutes; it begins by itself then, or sooner when you say so.',
    es: 'Tú repartes los lugares, también el de tu propio libro, y no ves montos. No decides lo que sale de ella. Un día tiene 1440 minutos; empieza sola al pasar ese tiempo, o antes si tú lo dices.',
  },
  args: [
    { name: 'title', kind: 'text', label: { en: 'What is it called?', es: '¿Cómo se llama?' } },
    {
      name: 'lodging',
      kind: 'nat',
      label: { en: 'Places are open for', es: 'Los lugares están abiertos por' },
      unit: { en: 'minutes', es: 'minutos' },
      initial: '1440',
      min: 1n,
      max: 40_000n,
    },
    {
      name: 'patience',
      kind: 'nat',
      label: { en: 'Answers are waited for', es: 'Se espera cada respuesta' },
      unit: { en: 'minutes', es: 'minutos' },
      initial: '60',
      min: 1n,
      max: 5_000n,
    },
    requestId,
  ],
};

const nothing = M.call().returns(M.record());
const withLimit = M.call(ValueShape).returns(M.record());

export const BookKeeperI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'introduce'
    | 'introduceLink'
    | 'meet'
    | 'meetBy'
    | 'counterparties'
    | 'attend'
    | 'attendBy'
    | 'convene'
    | 'leaveIt'
    | 'recallUpTo'
    | 'recallInto'
    | 'moveTo'
    | 'payUpTo'
    | 'lendAlongLines'
    | 'startLending'
    | 'stopLending'
    | 'olderFirst'
    | 'prefer'
    | 'rounds'
    | 'statement'
    | 'looker'
    | 'lookLink'
    | 'journal'
  >
> = describe(
  M.interface('BookKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    introduce: M.call(LabelShape, RequestIdShape).returns(M.record()),
    introduceLink: M.call(LabelShape, RequestIdShape).returns(LaterShape),
    meet: M.call(M.remotable('introduction'), LabelShape, RequestIdShape).returns(M.record()),
    meetBy: M.call(TextShape, LabelShape, RequestIdShape).returns(LaterShape),
    counterparties: M.call(M.nat()).returns(M.array()),
    attend: M.call(M.remotable('seat'), RequestIdShape).returns(LaterShape),
    attendBy: M.call(TextShape, RequestIdShape).returns(LaterShape),
    convene: M.call(LabelShape, ValueShape, ValueShape, RequestIdShape).returns(LaterShape),
    leaveIt: nothing,
    recallUpTo: withLimit,
    recallInto: M.call(ValueShape, M.remotable('fund')).returns(M.record()),
    moveTo: M.call(M.remotable('counterparty'), ValueShape).returns(M.record()),
    payUpTo: withLimit,
    lendAlongLines: M.call(M.boolean()).returns(M.record()),
    startLending: nothing,
    stopLending: nothing,
    olderFirst: M.call(M.boolean()).returns(M.record()),
    prefer: M.call(M.remotable('debt'), ValueShape, M.and(M.nat(), M.lte(3n))).returns(M.record()),
    rounds: M.call(M.nat()).returns(M.array()),
    statement: M.call(M.nat()).returns(M.record()),
    looker: M.call().returns(M.remotable('looker')),
    lookLink: M.call().returns(LaterShape),
    journal: M.call().returns(M.remotable('journal')),
  }),
  {
    label: { en: 'The book of your poca', es: 'El libro de tu poca' },
    help: {
      en: 'What your poca and others owe each other, and how it is cleared without money.',
      es: 'Lo que tu poca y las demás se deben, y cómo se compensa sin dinero.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Poca', es: 'Poca' } },
      balances,
      standing,
      standingLimit: { label: { en: 'Up to', es: 'Hasta' } },
      standingTo: { label: { en: 'By', es: 'Quién' } },
      pays: {
        label: { en: 'We can pay after a round', es: 'Podemos pagar después de una ronda' },
      },
      lends: {
        label: {
          en: 'Rounds may use all our credit lines',
          es: 'Las rondas pueden usar todas nuestras líneas de crédito',
        },
      },
      counterparties: {
        label: { en: 'Other pocas', es: 'Otras pocas' },
        item: {
          heading: 'label',
          fields: {
            label: { label: { en: 'Name', es: 'Nombre' } },
            waiting: {
              label: {
                en: 'Proposals that wait for your answer',
                es: 'Propuestas que esperan tu respuesta',
              },
            },
            phase: {
              label: { en: 'Now', es: 'Cómo va' },
              values: {
                introduced: {
                  en: 'introduced, they have not answered',
                  es: 'presentada, falta que contesten',
                },
                meeting: { en: 'answered, on its way', es: 'contestada, en camino' },
                met: { en: 'you know each other', es: 'ya se conocen' },
                failed: { en: 'it came to nothing', es: 'no se pudo' },
              },
            },
            counterparty: { label: { en: 'Their page', es: 'Su página' } },
          },
          empty: {
            en: 'Nobody yet. Introduce a poca, or answer an introduction.',
            es: 'Nadie todavía. Presenta a una poca, o contesta una presentación.',
          },
        },
      },
      debts: {
        label: debtsLabel,
        item: {
          heading: 'what',
          fields: {
            what: { label: { en: 'What for', es: 'Concepto' } },
            ...debtFields,
            debt: { label: { en: 'Its page', es: 'Su página' } },
          },
          empty: noDebts,
        },
      },
      rounds: {
        label: roundsLabel,
        item: {
          heading: 'title',
          fields: {
            title: { label: { en: 'Round', es: 'Ronda' } },
            ...roundFields,
            round: { label: { en: 'Its page', es: 'Su página' } },
          },
          empty: noRounds,
        },
      },
      convened: {
        label: { en: 'Rounds that you called', es: 'Rondas que convocaste' },
        item: {
          heading: 'title',
          fields: {
            title: { label: { en: 'Round', es: 'Ronda' } },
            convenor: { label: { en: 'Its page', es: 'Su página' } },
          },
          empty: noRounds,
        },
      },
    },
    methods: {
      view,
      changes,
      introduceLink,
      meetBy,
      attendBy,
      convene,
      leaveIt: {
        label: { en: 'Leave the balance', es: 'Dejar el saldo' },
        help: {
          en: 'What we are owed on balance stays for the next round.',
          es: 'Lo que nos deben de más se queda para la próxima ronda.',
        },
        args: [],
        done,
      },
      recallUpTo: {
        label: { en: 'Ask to be paid', es: 'Pedir que nos paguen' },
        help: {
          en: 'After a round, up to so much of what we are owed on balance.',
          es: 'Después de una ronda, hasta esta cantidad de lo que nos deben de más.',
        },
        args: [limit],
        done,
      },
      moveTo: {
        label: { en: 'Move the balance here', es: 'Pasar el saldo aquí' },
        help: {
          en: 'In a round this poca comes to owe us what others owe us on balance, as far as the credit line reaches that we granted it.',
          es: 'En una ronda, esta poca nos queda debiendo lo que otras nos deben de más, hasta donde alcance la línea de crédito que le dimos.',
        },
        args: [
          {
            name: 'counterparty',
            kind: 'facet',
            label: { en: 'Poca', es: 'Poca' },
            from: 'counterparties',
          },
          limit,
        ],
        done,
      },
      payUpTo: {
        label: { en: 'Say what we can pay', es: 'Decir cuánto podemos pagar' },
        help: {
          en: 'After a round, to others who ask to be paid. Nobody can make you pay.',
          es: 'Después de una ronda, a quienes pidan que se les pague. Nadie puede obligarte.',
        },
        args: [limit],
        done,
      },
      startLending: {
        label: { en: 'Lend in rounds', es: 'Prestar en rondas' },
        help: {
          en: 'Rounds may use all the credit lines that we granted, as a FoCo does to balance the others.',
          es: 'Las rondas pueden usar todas las líneas de crédito que dimos, como hace un FoCo para equilibrar a las demás.',
        },
        args: [],
        confirm: {
          en: 'Others may come to owe us up to the limits of our lines. Lend in rounds?',
          es: 'Otras nos pueden quedar debiendo hasta el límite de nuestras líneas. ¿Prestamos en rondas?',
        },
        done,
      },
      stopLending: {
        label: { en: 'Do not lend in rounds', es: 'No prestar en rondas' },
        args: [],
        done,
      },
      prefer: {
        label: { en: 'In rounds', es: 'En rondas' },
        help: {
          en: 'How much of it may be cleared at most; 0 keeps it out.',
          es: 'Cuánto se puede compensar a lo más; con 0 queda fuera.',
        },
        args: [
          { name: 'debt', kind: 'facet', label: { en: 'Which', es: 'Cuál' }, from: 'debts' },
          {
            name: 'atMost',
            kind: 'nat',
            label: { en: 'At most', es: 'A lo más' },
          },
          {
            name: 'priority',
            kind: 'nat',
            label: { en: 'How urgent, 0 to 3', es: 'Qué tan urgente, de 0 a 3' },
            initial: '0',
            max: 3n,
          },
        ],
        done,
      },
      lookLink: {
        label: { en: 'Let somebody look', es: 'Dejar que alguien vea' },
        help: {
          en: 'A text for somebody who may see the book and do nothing with it.',
          es: 'Un texto para alguien que puede ver el libro y no hacer nada con él.',
        },
        args: [],
      },
      introduce: hidden(introduceLink.label, [label, requestId]),
      meet: hidden(meetBy.label, [facet('introduction'), label, requestId]),
      attend: hidden(attendBy.label, [facet('seat'), requestId]),
      recallInto: hidden(
        { en: 'Ask to be paid, and tell a fund', es: 'Pedir que nos paguen, y avisar a un fondo' },
        [limit, facet('fund')],
      ),
      lendAlongLines: hidden({ en: 'Lend in rounds, or not', es: 'Prestar en rondas, o no' }, [
        { name: 'lends', kind: 'text' },
      ]),
      olderFirst: hidden(
        { en: 'Clear first what is overdue', es: 'Compensar primero lo vencido' },
        [{ name: 'isOlderFirst', kind: 'text' }],
      ),
      counterparties: hidden({ en: 'Other pocas', es: 'Otras pocas' }, [number('after')]),
      rounds: hidden(roundsLabel, [number('before')]),
      statement: hidden({ en: 'Statement', es: 'Estado de cuenta' }, [number('after')]),
      looker: hidden({ en: 'For those who look', es: 'Para quienes ven' }, []),
      journal: hidden({ en: 'Journal', es: 'Bitácora' }, []),
    },
  },
);

export const BookLookerI: Described<Methods<'view' | 'changes' | 'statement'>> = describe(
  M.interface('BookLooker', {
    view: ViewGuard,
    changes: ChangesGuard,
    statement: M.call(M.nat()).returns(M.record()),
  }),
  {
    label: { en: 'The book of a poca', es: 'El libro de una poca' },
    help: {
      en: 'To look at. Nothing can be done with it.',
      es: 'Para verlo. No se puede hacer nada con él.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Poca', es: 'Poca' } },
      balances,
      standing,
      debts: {
        label: debtsLabel,
        item: {
          heading: 'what',
          fields: { what: { label: { en: 'What for', es: 'Concepto' } }, ...debtFields },
          empty: noDebts,
        },
      },
      rounds: {
        label: roundsLabel,
        item: {
          heading: 'title',
          fields: { title: { label: { en: 'Round', es: 'Ronda' } }, ...roundFields },
          empty: noRounds,
        },
      },
    },
    methods: {
      view,
      changes,
      statement: hidden({ en: 'Statement', es: 'Estado de cuenta' }, [number('after')]),
    },
  },
);

export const BookStepsI: Methods<'admit' | 'convened' | 'debts' | 'items' | 'met'> = M.interface(
  'BookSteps',
  {
    admit: M.call(M.remotable('seat'), M.any(), RequestIdShape).returns(M.record()),
    convened: M.call(M.string(), M.remotable('convenor'), RequestIdShape).returns(M.record()),
    met: M.call(M.any(), LabelShape, RequestIdShape).returns(M.record()),
    debts: M.call(M.number()).returns(M.array()),
    items: M.call(M.nat(), M.number()).returns(M.array()),
  },
);

export const ListenerI: Methods<'heard'> = M.interface('BookListener', {
  heard: M.call(M.string(), M.any(), M.nat()).returns(M.any()),
});

export const OwnerI: Methods<'ended'> = M.interface('AttendanceOwner', {
  ended: M.call(M.nat()).returns(),
});
