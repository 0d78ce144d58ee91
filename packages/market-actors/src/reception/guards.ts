/** What the facets of a reception accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';

const LaterShape = M.or(M.promise(), M.record());

export const OperatorI: Described<
  Methods<'view' | 'changes' | 'setMarket' | 'invite' | 'inviteLink'>
> = describe(
  M.interface('ReceptionOperator', {
    view: ViewGuard,
    changes: ChangesGuard,
    setMarket: M.call(M.remotable('steward')).returns(),
    invite: M.call().optional(RequestIdShape).returns(M.remotable('welcome')),
    inviteLink: M.call(RequestIdShape).returns(LaterShape),
  }),
  {
    label: { en: 'The door', es: 'La puerta' },
    help: {
      en: 'Here you welcome new people. Their wallets are theirs alone: you do not see into them.',
      es: 'Aquí recibes a quienes llegan. Su cartera es solo suya: tú no ves lo que hay adentro.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Poca', es: 'Poca' } },
      came: { label: { en: 'People who came in', es: 'Personas que ya entraron' } },
      waiting: {
        label: { en: 'Welcomes not used yet', es: 'Bienvenidas que nadie ha usado' },
      },
    },
    methods: {
      view,
      changes,
      inviteLink: {
        label: { en: 'Welcome someone', es: 'Darle la bienvenida a alguien' },
        help: {
          en: 'It lets in one person. Hand it to them yourself, if you can.',
          es: 'Sirve para una sola persona. Si se puede, dásela en persona.',
        },
        args: [requestId],
      },
      setMarket: {
        label: { en: 'Which market they join', es: 'A qué mercado entran' },
        args: [
          {
            name: 'steward',
            kind: 'facet',
            label: { en: 'Care of the market', es: 'Cuidado del mercado' },
          },
        ],
        hidden: true,
      },
      invite: {
        label: { en: 'Make a welcome', es: 'Hacer una bienvenida' },
        args: [requestId],
        hidden: true,
      },
    },
  },
);

export const WelcomeI: Described<Methods<'view' | 'changes' | 'enter'>> = describe(
  M.interface('Welcome', {
    view: ViewGuard,
    changes: ChangesGuard,
    enter: M.call(NameShape, RequestIdShape).returns(LaterShape),
  }),
  {
    label: { en: 'Welcome!', es: '¡Te damos la bienvenida!' },
    help: {
      en: 'Here people share, lend, make and exchange. What should we call you?',
      es: 'Aquí compartimos, prestamos, hacemos e intercambiamos. ¿Cómo te llamamos?',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      poca: { label: { en: 'Where you are', es: 'Dónde estás' } },
      used: {
        label: { en: 'Has it been used?', es: '¿Ya se usó?' },
        values: { true: { en: 'yes, someone came in by it', es: 'sí, alguien ya entró con ella' } },
      },
    },
    methods: {
      view,
      changes,
      enter: {
        label: { en: 'Come in', es: 'Entrar' },
        args: [
          {
            name: 'name',
            kind: 'text',
            label: { en: 'Your name', es: 'Tu nombre' },
            help: {
              en: 'The one that people know you by. It need not be the one on your papers.',
              es: 'Con el que te conocen. No tiene que ser el de tus papeles.',
            },
          },
          requestId,
        ],
      },
    },
  },
);

export const ReceptionInsideI: Methods<'parts' | 'cameIn'> = M.interface('ReceptionInside', {
  parts: M.call().returns(M.record()),
  cameIn: M.call().returns(),
});

export const WelcomeStepsI: Methods<'claim' | 'join' | 'invited' | 'joined'> = M.interface(
  'WelcomeSteps',
  {
    claim: M.call(RequestIdShape, M.remotable('wallet')).returns(LaterShape),
    join: M.call().returns(LaterShape),
    invited: M.call(M.remotable('invitation')).returns(M.promise()),
    joined: M.call().returns(M.record()),
  },
);
