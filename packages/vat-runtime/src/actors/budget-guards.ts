/** What each facet of a budget accepts, and the words for it. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from './once.ts';
import { ChangesGuard, LabelShape, changes, look } from './words.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const label = {
  name: 'label',
  kind: 'text',
  label: { en: 'What it is for', es: 'Para qué es' },
} as const;
const quota = {
  quota: { en: 'There is not that much left.', es: 'Ya no queda tanto.' },
  revoked: { en: 'It was taken back.', es: 'Lo retiraron.' },
} as const;

export const BudgetI: Described<
  Methods<'view' | 'changes' | 'number' | 'remaining' | 'spend' | 'split' | 'returnAll'>
> = describe(
  M.interface('Budget', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
    remaining: M.call().returns(M.nat()),
    spend: M.call(M.nat(), RequestIdShape).returns(M.record()),
    split: M.call(M.nat(), RequestIdShape).optional(LabelShape).returns(M.record()),
    returnAll: M.call().returns(M.record()),
  }),
  {
    label: { en: 'A budget', es: 'Un presupuesto' },
    help: {
      en: 'So much can be used. You can pass part of it on; then you have that much less.',
      es: 'Se puede usar hasta aquí. Puedes pasar una parte; entonces te queda menos.',
    },
    title: 'label',
    view: 'view',
    changes: 'changes',
    fields: {
      label: { label: { en: 'What it is for', es: 'Para qué es' } },
      remaining: { label: { en: 'Left', es: 'Queda' }, prominent: true },
      allotment: { label: { en: 'In all', es: 'En total' } },
      spent: { label: { en: 'Used', es: 'Usado' } },
      passed: { label: { en: 'Passed on', es: 'Pasado a otras personas' } },
    },
    methods: {
      view: look,
      changes,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
      remaining: { label: { en: 'Left', es: 'Queda' }, args: [], hidden: true },
      spend: {
        label: { en: 'Use', es: 'Usar' },
        args: [
          { name: 'n', kind: 'nat', label: { en: 'How much', es: 'Cuánto' } },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
        refusals: quota,
      },
      split: {
        label: { en: 'Pass part of it on', es: 'Pasar una parte' },
        args: [
          { name: 'n', kind: 'nat', label: { en: 'How much', es: 'Cuánto' } },
          { name: 'requestId', kind: 'requestId' },
          label,
        ],
        refusals: {
          ...quota,
          limit: {
            en: 'It was passed on too many times already.',
            es: 'Ya se pasó demasiadas veces.',
          },
        },
      },
      returnAll: {
        label: { en: 'Give it back', es: 'Devolverlo' },
        args: [],
        confirm: {
          en: 'Give back all that is left, also of what you passed on?',
          es: '¿Devolver todo lo que queda, también lo que pasaste?',
        },
        done: { en: 'Given back.', es: 'Devuelto.' },
        refusals: {
          unsupported: {
            en: 'This one came from nobody, so it cannot go back.',
            es: 'Este no viene de nadie, así que no puede volver.',
          },
        },
      },
    },
  },
);

export const BudgetGrantorI: Described<Methods<'revoke' | 'status' | 'owns'>> = describe(
  M.interface('BudgetGrantor', {
    revoke: M.call().returns(M.record()),
    status: M.call().returns(M.record()),
    owns: M.call(M.remotable('budget')).returns(M.boolean()),
  }),
  {
    label: { en: 'A budget that you granted', es: 'Un presupuesto que diste' },
    view: 'status',
    fields: {
      spent: { label: { en: 'Used', es: 'Usado' } },
      revoked: { label: { en: 'Taken back', es: 'Retirado' } },
    },
    methods: {
      revoke: {
        label: { en: 'Take it back', es: 'Retirarlo' },
        args: [],
        confirm: {
          en: 'Take back what is left, also of what was passed on from it?',
          es: '¿Retirar lo que queda, también lo que se pasó a otras personas?',
        },
        done: { en: 'Taken back.', es: 'Retirado.' },
      },
      status: look,
      owns: {
        label: { en: 'Is it part of this one?', es: '¿Es parte de este?' },
        args: [{ name: 'budget', kind: 'facet', label: { en: 'Budget', es: 'Presupuesto' } }],
        hidden: true,
      },
    },
  },
);

export const BudgetInsideI: Methods<
  'parent' | 'isClosed' | 'nextNumber' | 'total' | 'noteBelow' | 'takeBack' | 'close'
> = M.interface('BudgetInside', {
  parent: M.call().returns(M.or(M.remotable(), M.undefined())),
  isClosed: M.call().returns(M.boolean()),
  nextNumber: M.call().returns(M.nat()),
  total: M.call().returns(M.nat()),
  noteBelow: M.call(M.nat()).returns(),
  takeBack: M.call(M.nat(), M.nat()).returns(),
  close: M.call().returns(M.record()),
});
