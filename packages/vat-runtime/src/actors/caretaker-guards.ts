/** What the facets of caretakers and membranes accept, and the words for them. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ChangesGuard, LabelShape, changes, look } from './words.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

export const RevokerI: Described<Methods<'revoke' | 'status' | 'changes'>> = describe(
  M.interface('Revoker', {
    revoke: M.call(LabelShape).returns(M.record()),
    status: M.call().returns(M.record()),
    changes: ChangesGuard,
  }),
  {
    label: { en: 'A permission that you gave', es: 'Un permiso que diste' },
    view: 'status',
    changes: 'changes',
    fields: {
      revoked: { label: { en: 'Taken back', es: 'Retirado' } },
      reason: { label: { en: 'Why', es: 'Por qué' } },
      used: { label: { en: 'Used', es: 'Veces usado' } },
      left: { label: { en: 'Can still be used', es: 'Veces que quedan' } },
    },
    methods: {
      status: look,
      changes,
      revoke: {
        label: { en: 'Take it back', es: 'Retirarlo' },
        args: [{ name: 'reason', kind: 'text', label: { en: 'Why', es: 'Por qué' } }],
        confirm: { en: 'Take it back for good?', es: '¿Retirarlo para siempre?' },
        done: { en: 'Taken back.', es: 'Retirado.' },
      },
    },
  },
);

export const AnswersI: Methods<'fulfilled'> = M.interface('Answers', {
  fulfilled: M.call(M.any(), M.any()).returns(M.any()),
});

export const CrossingAnswersI: Methods<'fulfilled' | 'rejected'> = M.interface('CrossingAnswers', {
  fulfilled: M.call(M.any(), M.any()).returns(M.any()),
  rejected: M.call(M.any(), M.any()).returns(M.any()),
});

const SideShape = M.or('inside', 'outside');

export const MembraneInsideI: Methods<
  'enter' | 'describe' | 'isReadOnly' | 'isCut' | 'cross' | 'crossing'
> = M.interface('MembraneInside', {
  enter: M.call(SideShape, M.remotable(), M.string()).returns(M.or(M.record(), M.undefined())),
  describe: M.call(M.remotable(), M.string(), M.any()).returns(M.any()),
  isReadOnly: M.call().returns(M.boolean()),
  isCut: M.call().returns(M.boolean()),
  cross: M.call(M.any(), SideShape).returns(M.any()),
  crossing: M.call(M.remotable(), SideShape).returns(M.remotable()),
});
