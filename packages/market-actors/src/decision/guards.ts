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
      market: { label: { en: 'Market', es: 'Mercado' } },
      ballot: { label: { en: 'Your ballot', es: 'Tu boleta' }, embed: true },
    },
    methods: { view, changes },
  },
);

export const AssemblyPartI: Methods<
  'begin' | 'isThere' | 'admit' | 'renew' | 'remove' | 'ballotOf'
> = M.interface('AssemblyPart', {
  begin: M.call(M.remotable('assembly'), M.arrayOf(M.remotable('acts'))).returns(),
  isThere: M.call().returns(M.boolean()),
  admit: M.call(M.nat(), M.string()).returns(),
  renew: M.call(M.nat()).returns(),
  remove: M.call(M.nat()).returns(),
  ballotOf: M.call(M.nat()).returns(M.opt(M.remotable('ballot'))),
});

export const AssemblyAnswersI: Methods<
  'convene' | 'ask' | 'takeOut' | 'fulfilled' | 'rejected' | 'failed'
> = M.interface('AssemblyAnswers', {
  convene: M.call().returns(),
  ask: M.call(M.nat()).returns(),
  takeOut: M.call(M.nat(), M.remotable('ballot')).returns(),
  // From another vat: looked at in the method.
  fulfilled: M.call(M.any(), M.record()).returns(),
  rejected: M.call(M.record(), M.record()).returns(),
  failed: M.call(M.string()).returns(),
});
