/** What a participant's facets accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, credits, requestId, view } from '../inside/shapes.ts';

export const ParticipantI: Described<
  Methods<'view' | 'changes' | 'desk' | 'card' | 'account' | 'rules' | 'renew' | 'link'>
> = describe(
  M.interface('Participant', {
    view: ViewGuard,
    changes: ChangesGuard,
    desk: M.call(M.string({ stringLengthLimit: 40 })).returns(M.remotable('desk')),
    card: M.call().returns(M.remotable('card')),
    account: M.call().returns(M.remotable('account')),
    rules: M.call().returns(M.record()),
    renew: M.call(RequestIdShape).returns(M.record()),
    link: M.call().returns(M.or(M.promise(), M.record())),
  }),
  {
    label: { en: 'Your place in the market', es: 'Tu lugar en el mercado' },
    help: {
      en: 'You need no credits to begin. Below zero you owe to everyone together, and you make up for it with what you offer.',
      es: 'No necesitas créditos para empezar. Abajo de cero le debes a la comunidad, y lo repones con lo que tú ofreces.',
    },
    title: 'market',
    view: 'view',
    changes: 'changes',
    fields: {
      market: { label: { en: 'Market', es: 'Mercado' } },
      phase: {
        label: { en: 'The market', es: 'El mercado' },
        values: {
          open: { en: 'is open', es: 'está abierto' },
          windingDown: {
            en: 'comes to its end: nothing new, and debts are made up for',
            es: 'va terminando: nada nuevo, y las deudas se reponen',
          },
          closed: { en: 'is closed', es: 'está cerrado' },
        },
      },
      balance: {
        label: { en: 'Your balance', es: 'Tu saldo' },
        unit: credits,
        prominent: true,
      },
      available: {
        label: { en: 'You can still spend', es: 'Todavía puedes gastar' },
        unit: credits,
      },
      held: {
        label: { en: 'Set aside in your orders', es: 'Apartado en tus pedidos' },
        unit: credits,
      },
      attention: {
        label: { en: 'Waiting for you', es: 'Te está esperando' },
        item: {
          heading: 'desk',
          fields: {
            desk: { label: { en: 'Where', es: 'Dónde' } },
            waiting: { label: { en: 'things', es: 'cosas' } },
          },
        },
      },
      shown: { label: { en: 'Here', es: 'Aquí' }, embed: true },
      desks: { label: { en: 'More', es: 'Más' } },
    },
    methods: {
      view,
      changes,
      desk: {
        label: { en: 'One of its pages', es: 'Una de sus páginas' },
        args: [{ name: 'mechanism', kind: 'text', label: { en: 'Which', es: 'Cuál' } }],
        hidden: true,
      },
      card: {
        label: {
          en: 'What others may have of you',
          es: 'Lo que otras personas pueden tener de ti',
        },
        args: [],
        hidden: true,
      },
      account: { label: { en: 'Your account', es: 'Tu cuenta' }, args: [], hidden: true },
      rules: {
        label: { en: 'What the rules say', es: 'Lo que dicen las reglas' },
        args: [],
        hidden: true,
      },
      link: {
        label: { en: 'For a backup', es: 'Para un respaldo' },
        args: [],
        hidden: true,
      },
      renew: {
        label: { en: 'Renew your place', es: 'Renovar tu lugar' },
        args: [requestId],
        hidden: true,
      },
    },
  },
);

export const MemberCardI: Described<Methods<'view' | 'number'>> = describe(
  M.interface('MemberCard', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: { en: 'Somebody who takes part', es: 'Alguien que participa' },
    view: 'view',
    title: 'name',
    fields: { name: { label: { en: 'Name', es: 'Nombre' } } },
    methods: {
      view,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);
