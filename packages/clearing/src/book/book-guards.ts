/** What the facet of those who keep a book accepts, and its page. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape, changes, look } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { LabelShape } from '../obligation/terms.ts';
import type { Methods } from '../obligation/words.ts';
import { ChangesGuard, ViewGuard } from '../obligation/words.ts';
import { bookMethods } from './book-methods.ts';
import {
  balances,
  debtFields,
  debtsLabel,
  noDebts,
  noRounds,
  roundFields,
  roundsLabel,
  standing,
} from './book-words.ts';

const LaterShape = M.or(M.promise(), M.record());
const TextShape = M.string({ stringLengthLimit: 4_000 });
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
      view: look,
      changes,
      ...bookMethods,
    },
  },
);
