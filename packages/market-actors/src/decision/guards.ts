/** What a market's side of its body of decision accepts, and the words for one's page of it. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, view } from '../inside/shapes.ts';

export const DecisionDeskI: Described<Methods<'view' | 'changes'>> = describe(
  M.interface('DecisionDesk', { view: ViewGuard, changes: ChangesGuard }),
  {
    label: { en: 'Decisions', es: 'Decisiones' },
    help: {
      en: 'The rules of this market are decided together, here and in your assemblies.',
      es: 'Las reglas de este mercado se deciden en común, aquí y en sus asambleas.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      ballot: { label: { en: 'Your ballot', es: 'Tu boleta' }, embed: true },
    },
    methods: { view, changes },
  },
);
