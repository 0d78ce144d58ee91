/** What the facets of a wallet accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';

const LaterShape = M.or(M.promise(), M.record());

export const WalletOwnerI: Described<
  Methods<'view' | 'changes' | 'join' | 'joinWith' | 'keyLink' | 'payee'>
> = describe(
  M.interface('WalletOwner', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(M.string({ stringLengthLimit: 4_000 }), RequestIdShape).returns(LaterShape),
    joinWith: M.call(M.remotable('invitation'), RequestIdShape).returns(LaterShape),
    keyLink: M.call().returns(M.promise()),
    payee: M.call().returns(M.remotable('payee')),
  }),
  {
    label: { en: 'Your wallet', es: 'Tu cartera' },
    help: {
      en: 'What others have entrusted to you, all in one place.',
      es: 'Todo lo que te han confiado, en un solo lugar.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Your name', es: 'Tu nombre' } },
      markets: { label: { en: 'Your markets', es: 'Tus mercados' }, embed: true },
    },
    methods: {
      view,
      changes,
      join: {
        label: { en: 'Join a market', es: 'Entrar a un mercado' },
        help: {
          en: 'Paste the invitation that somebody gave you.',
          es: 'Pega la invitación que alguien te dio.',
        },
        done: { en: 'You have joined.', es: 'Ya entraste.' },
        refusals: {
          invalid: {
            en: 'This is no invitation to a market. It begins with ocapn:// and is for people who have a wallet; a link for a browser is opened in the browser.',
            es: 'Esta no es una invitación a un mercado. Empieza con ocapn:// y es para quien ya tiene cartera; un enlace se abre en el navegador.',
          },
          claimed: {
            en: 'Somebody else has used this invitation.',
            es: 'Alguien más ya usó esta invitación.',
          },
        },
        args: [
          { name: 'invitation', kind: 'secret', label: { en: 'Invitation', es: 'Invitación' } },
          requestId,
        ],
      },
      joinWith: {
        label: {
          en: 'Join with an invitation you hold',
          es: 'Entrar con una invitación que tienes',
        },
        args: [
          { name: 'invitation', kind: 'facet', label: { en: 'Invitation', es: 'Invitación' } },
          requestId,
        ],
        hidden: true,
      },
      keyLink: {
        label: { en: 'Get my key', es: 'Sacar mi llave' },
        help: {
          en: 'With it you come back to this wallet from any telephone. Keep it where only you find it.',
          es: 'Con ella regresas a esta cartera desde cualquier teléfono. Guárdala donde solo tú la encuentres.',
        },
        args: [],
        confirm: {
          en: 'Whoever has your key is you here. Is nobody looking over your shoulder?',
          es: 'Quien tenga tu llave es tú aquí. ¿Nadie está viendo tu pantalla?',
        },
      },
      payee: {
        label: {
          en: 'What others may have of you',
          es: 'Lo que otras personas pueden tener de ti',
        },
        args: [],
        hidden: true,
      },
    },
  },
);

export const WalletPayeeI: Described<Methods<'view'>> = describe(
  M.interface('WalletPayee', { view: ViewGuard }),
  {
    label: { en: 'A member', es: 'Una persona de la comunidad' },
    view: 'view',
    fields: { name: { label: { en: 'Name', es: 'Nombre' } } },
    methods: { view },
  },
);

export const WalletStepsI: Methods<'enter' | 'entered'> = M.interface('WalletSteps', {
  enter: M.call(M.remotable('invitation'), RequestIdShape).returns(LaterShape),
  // From another vat, perhaps on another node: checked in the method.
  entered: M.call(RequestIdShape, M.any()).returns(M.record()),
});
