/** What the facet of those who only look at a book accepts, and its page. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { changes, look } from '@pocas/vat-runtime/actors';
import type { Methods } from '../obligation/words.ts';
import { ChangesGuard, ViewGuard } from '../obligation/words.ts';
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
      view: look,
      changes,
      statement: {
        label: { en: 'Statement', es: 'Estado de cuenta' },
        args: [{ name: 'after', kind: 'nat' }],
        hidden: true,
      },
    },
  },
);
