/** What the facets of a market accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { offerFields } from './offer-guards.ts';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

export const MarketPublicI: Described<Methods<'describe' | 'offers' | 'changes'>> = describe(
  M.interface('MarketPublic', {
    describe: ViewGuard,
    offers: M.call().returns(M.array()),
    changes: ChangesGuard,
  }),
  {
    label: { en: 'Market', es: 'Mercado' },
    help: {
      en: 'What there is today. To take part, ask someone who does for an invitation.',
      es: 'Lo que hay hoy. Para participar, pídele una invitación a alguien de adentro.',
    },
    view: 'describe',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      offers: {
        label: { en: 'What there is', es: 'Lo que hay' },
        item: {
          heading: 'what',
          fields: offerFields,
          empty: {
            en: 'Nobody offers anything at the moment.',
            es: 'Por ahora nadie ofrece nada.',
          },
        },
      },
      unit: { label: { en: 'Unit', es: 'Unidad' } },
    },
    methods: {
      describe: view,
      offers: {
        label: { en: 'See what there is', es: 'Ver lo que hay' },
        args: [],
        hidden: true,
      },
      changes,
    },
  },
);

export const StewardI: Described<
  Methods<'view' | 'changes' | 'invite' | 'inviteLink' | 'marketPublic' | 'auditor'>
> = describe(
  M.interface('Steward', {
    view: ViewGuard,
    changes: ChangesGuard,
    invite: M.call().optional(QuantityShape, RequestIdShape).returns(M.remotable('invitation')),
    inviteLink: M.call(QuantityShape, RequestIdShape).returns(M.or(M.promise(), M.record())),
    marketPublic: M.call().returns(M.remotable('public')),
    auditor: M.call().returns(M.remotable('auditor')),
  }),
  {
    label: { en: 'Care of the market', es: 'Cuidado del mercado' },
    help: {
      en: 'You let people in. You do not see what anyone has or orders.',
      es: 'Tú abres la puerta. No ves lo que cada quien tiene ni lo que pide.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Market', es: 'Mercado' } },
      participants: { label: { en: 'People taking part', es: 'Personas que participan' } },
      offers: { label: { en: 'Offers', es: 'Ofertas' } },
      debitLimit: {
        label: { en: 'Each may owe up to', es: 'Cada quien puede deber hasta' },
        unit: credits,
      },
      ceiling: {
        label: { en: 'Each may gather up to', es: 'Cada quien puede juntar hasta' },
        unit: credits,
      },
      unit: { label: { en: 'Unit', es: 'Unidad' } },
    },
    methods: {
      view,
      changes,
      inviteLink: {
        label: { en: 'Invite', es: 'Invitar' },
        help: {
          en: 'Whoever has the invitation can come in. Give it only to whom it is meant for.',
          es: 'Quien tenga la invitación puede entrar. Dásela solo a quien va dirigida.',
        },
        args: [
          {
            name: 'uses',
            kind: 'nat',
            label: { en: 'For how many people?', es: '¿Para cuántas personas?' },
            initial: '1',
            min: 1n,
          },
          requestId,
        ],
      },
      invite: {
        label: { en: 'Make an invitation', es: 'Hacer una invitación' },
        args: [
          {
            name: 'uses',
            kind: 'nat',
            label: { en: 'For how many people?', es: '¿Para cuántas personas?' },
            initial: '1',
            min: 1n,
          },
          requestId,
        ],
        hidden: true,
      },
      marketPublic: {
        label: { en: 'What everyone can see', es: 'Lo que todo el mundo puede ver' },
        args: [],
        hidden: true,
      },
      auditor: { label: { en: 'The books', es: 'Las cuentas claras' }, args: [], hidden: true },
    },
  },
);

export const MarketInsideI: Methods<
  | 'charter'
  | 'nextNumber'
  | 'enrol'
  | 'hasRoom'
  | 'list'
  | 'unlist'
  | 'find'
  | 'offersFor'
  | 'touch'
> = M.interface('MarketInside', {
  charter: M.call().returns(M.record()),
  nextNumber: M.call().returns(M.nat()),
  enrol: M.call(NameShape).returns(M.remotable('participant')),
  hasRoom: M.call().returns(M.boolean()),
  list: M.call(M.nat(), M.record()).returns(),
  unlist: M.call(M.nat()).returns(),
  find: M.call(M.remotable('offer')).returns(M.opt(M.remotable('version'))),
  offersFor: M.call(M.opt(M.nat())).returns(M.array()),
  touch: M.call().returns(),
});
