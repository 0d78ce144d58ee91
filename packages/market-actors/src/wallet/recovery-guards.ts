/** What the facets of a recovery accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { HelpShape } from './guard-guards.ts';

const LaterShape = M.or(M.promise(), M.record());

export const RecoveryFacetI: Described<Methods<'session' | 'help'>> = describe(
  M.interface('WalletRecovery', {
    session: M.call().returns(M.string()),
    help: M.call(HelpShape).returns(M.record()),
  }),
  {
    label: { en: 'Help to recover a wallet', es: 'Ayudar a recuperar una cartera' },
    methods: {
      session: { label: { en: 'For what', es: 'Para qué' }, args: [], hidden: true },
      help: {
        label: { en: 'Help', es: 'Ayudar' },
        args: [{ name: 'help', kind: 'text' }],
        hidden: true,
      },
    },
  },
);

const whom: readonly ArgumentDescription[] = [
  { name: 'name', kind: 'text', label: { en: 'Whom do you ask?', es: '¿A quién se lo pides?' } },
  {
    name: 'needed',
    kind: 'nat',
    min: 2n,
    label: { en: 'How many of them are needed?', es: '¿Cuántas personas hacen falta?' },
    help: {
      en: 'As you said it when you handed out the parts.',
      es: 'Como lo dijiste cuando repartiste las partes.',
    },
  },
  requestId,
];

export const RecoveryI: Described<
  Methods<'view' | 'changes' | 'ask' | 'askLink' | 'proceed' | 'leave'>
> = describe(
  M.interface('WalletRecoveries', {
    view: ViewGuard,
    changes: ChangesGuard,
    ask: M.call(NameShape, M.nat(), RequestIdShape).returns(
      M.or(M.remotable('recovery'), M.record()),
    ),
    askLink: M.call(NameShape, M.nat(), RequestIdShape).returns(LaterShape),
    proceed: M.call().returns(LaterShape),
    leave: M.call(NameShape).returns(M.record()),
  }),
  {
    label: { en: 'Get a lost wallet back', es: 'Recuperar una cartera perdida' },
    help: {
      en: 'Ask those who guard it, each with a text of their own. When enough have helped, go on: the lost copy is shut out everywhere before anything else.',
      es: 'Pídeselo a quienes la cuidan, con un texto para cada persona. Cuando hayan ayudado suficientes, sigue: antes que nada, la copia perdida queda fuera de todas partes.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      phase: {
        label: { en: 'How far', es: 'Hasta dónde va' },
        values: {
          none: { en: 'not begun', es: 'sin empezar' },
          asking: { en: 'asking guardians', es: 'pidiendo ayuda' },
          places: { en: 'shutting out the lost copy', es: 'dejando fuera la copia perdida' },
          value: { en: 'fetching what it had', es: 'recogiendo lo que tenía' },
          done: { en: 'done', es: 'listo' },
        },
      },
      helpers: {
        label: { en: 'Guardians', es: 'Quienes la cuidan' },
        item: {
          heading: 'name',
          fields: {
            state: {
              label: { en: 'State', es: 'Estado' },
              values: {
                asked: { en: 'asked', es: 'se le pidió' },
                helped: { en: 'has helped', es: 'ya ayudó' },
                false: { en: 'gave something false', es: 'dio algo falso' },
              },
            },
          },
          empty: { en: 'Nobody yet.', es: 'Todavía nadie.' },
        },
      },
      places: {
        label: { en: 'Places', es: 'Lugares' },
        item: {
          heading: 'place',
          fields: {
            state: {
              label: { en: 'State', es: 'Estado' },
              values: {
                waiting: { en: 'does not answer yet', es: 'todavía no contesta' },
                back: { en: 'yours again', es: 'otra vez tuyo' },
                elsewhere: { en: 'somebody else was faster', es: 'alguien más llegó antes' },
                left: { en: 'left out', es: 'se dejó fuera' },
              },
            },
          },
          empty: { en: 'None yet.', es: 'Todavía ninguno.' },
        },
      },
    },
    methods: {
      view,
      changes,
      askLink: { label: { en: 'Ask a guardian', es: 'Pedirle a alguien' }, args: whom },
      proceed: {
        label: { en: 'Go on', es: 'Seguir' },
        args: [],
        refusals: {
          notYet: { en: 'Too few have helped yet.', es: 'Todavía han ayudado muy pocas.' },
        },
      },
      leave: {
        label: { en: 'Go on without a place', es: 'Seguir sin un lugar' },
        args: [{ name: 'place', kind: 'text', label: { en: 'Which one', es: 'Cuál' } }],
        confirm: {
          en: 'Whoever has the lost copy may still act for you there.',
          es: 'Quien tenga la copia perdida todavía podría actuar por ti ahí.',
        },
      },
      ask: { label: { en: 'Ask', es: 'Pedir' }, args: whom, hidden: true },
    },
  },
);
