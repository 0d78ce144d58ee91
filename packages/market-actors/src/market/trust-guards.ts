/** What the page of introductions accepts, and the words for it. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  QuantityShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

const trusted = {
  name: { label: { en: 'Name', es: 'Nombre' } },
  value: { label: { en: 'How much', es: 'Cuánto' }, unit: credits },
};
const lends = {
  name: 'lends',
  kind: 'nat' as const,
  label: { en: 'How much of your own limit do you lend?', es: '¿Cuánto de tu límite le prestas?' },
  help: {
    en: 'With it they can buy before they have sold. If they leave in debt, you pay that much.',
    es: 'Con eso puede comprar antes de vender. Si se va debiendo, tú pagas esa parte.',
  },
  initial: '0',
  unit: credits,
  min: 0n,
};
const value = {
  name: 'value',
  kind: 'nat' as const,
  label: { en: 'How much', es: 'Cuánto' },
  unit: credits,
  min: 1n,
};

export const TrustDeskI: Described<
  Methods<'view' | 'changes' | 'introduce' | 'introduceLink' | 'lend' | 'recall'>
> = describe(
  M.interface('TrustDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    introduce: M.call(ValueShape, RequestIdShape).returns(
      M.or(M.remotable('invitation'), M.record()),
    ),
    introduceLink: M.call(ValueShape, RequestIdShape).returns(M.or(M.promise(), M.record())),
    lend: M.call(M.remotable('card'), QuantityShape, RequestIdShape).returns(M.record()),
    recall: M.call(M.remotable('card'), QuantityShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Bringing people in', es: 'Invitar gente' },
    help: {
      en: 'Introduce somebody you know. What you lend them is a part of how far you may go below zero yourself.',
      es: 'Presenta a alguien que conoces. Lo que le prestas es parte de lo que tú misma o tú mismo puedes deber.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      given: {
        label: { en: 'Whom you trust', es: 'En quién confías' },
        item: {
          heading: 'name',
          fields: trusted,
          empty: { en: 'You lend to nobody.', es: 'No le prestas a nadie.' },
        },
      },
      taken: {
        label: { en: 'Who trusts you', es: 'Quién confía en ti' },
        item: {
          heading: 'name',
          fields: trusted,
          empty: { en: 'Nobody lends to you.', es: 'Nadie te presta.' },
        },
      },
    },
    methods: {
      view,
      changes,
      introduceLink: {
        label: { en: 'Introduce somebody', es: 'Presentar a alguien' },
        refusals: {
          quota: {
            en: 'You have introduced as many people as you can.',
            es: 'Ya presentaste a todas las personas que puedes.',
          },
        },
        args: [lends, requestId],
      },
      recall: {
        label: { en: 'Take it back', es: 'Quitárselo' },
        done: { en: 'Taken back.', es: 'Ya lo tienes de vuelta.' },
        refusals: {
          insufficient: {
            en: 'They use all of it now.',
            es: 'Ahora lo está usando todo.',
          },
        },
        args: [
          { name: 'member', kind: 'facet', label: { en: 'From', es: 'De quién' }, from: 'given' },
          value,
          requestId,
        ],
      },
      introduce: {
        label: { en: 'Introduce with a reference', es: 'Presentar con una referencia' },
        args: [lends, requestId],
        hidden: true,
      },
      lend: {
        label: { en: 'Lend more', es: 'Prestar más' },
        args: [
          { name: 'member', kind: 'facet', label: { en: 'To', es: 'A quién' } },
          value,
          requestId,
        ],
        hidden: true,
      },
    },
  },
);
