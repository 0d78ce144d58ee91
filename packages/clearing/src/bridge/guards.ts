/** What the facets of an exchange accept from other ledgers. */
import type { InterfaceGuard, MethodGuard, Pattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ExchangeIdShape, QuestionShape, SummaryShape } from './terms.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

/** For facets that nobody outside gets, and for those that hear answers: they look at these themselves. */
export const passable = (name: string): Methods<never> =>
  M.interface(name, {}, { defaultGuards: 'passable' });

const DecisionShape = M.or('settle', 'release');
/** What another ledger answers. It may be anybody's. */
export const StatusShape: Pattern = M.splitRecord(
  {
    phase: M.or('unknown', 'held', 'settled', 'released', 'refused', 'differs'),
    isFrozen: M.boolean(),
  },
  {},
  {},
);
/** What another vat's coordinator answers. */
export const DecidedShape: Pattern = M.splitRecord({}, { decision: M.opt(DecisionShape) }, {});

export const ExchangeDeskI: Described<
  Methods<'view' | 'ask' | 'stands' | 'hint' | 'deliver' | 'paidOut'>
> = describe(
  M.interface('ExchangeDesk', {
    view: M.call().returns(M.record()),
    ask: M.call(QuestionShape, M.boolean()).returns(StatusShape),
    stands: M.call(SummaryShape).returns(StatusShape),
    hint: M.call(ExchangeIdShape).returns(),
    deliver: M.call(ExchangeIdShape, M.remotable('payment')).returns(),
    paidOut: M.call(ExchangeIdShape, M.remotable('payment')).returns(M.boolean()),
  }),
  {
    label: { en: 'Exchange with other markets', es: 'Cambio con otros mercados' },
    help: {
      en: 'Other markets use this to exchange credits with this one. It gives access to nobody’s account.',
      es: 'Con esto otros mercados cambian créditos con este. No da acceso a la cuenta de nadie.',
    },
    title: 'name',
    view: 'view',
    fields: {
      name: { label: { en: 'Market', es: 'Mercado' } },
      unit: { label: { en: 'It counts in', es: 'Cuenta en' } },
    },
    methods: {
      view: { label: { en: 'Look', es: 'Ver' }, args: [], hidden: true },
      ask: {
        label: { en: 'How an exchange stands', es: 'Cómo va un cambio' },
        args: [
          { name: 'question', kind: 'text' },
          { name: 'isFinal', kind: 'text' },
        ],
        hidden: true,
      },
      stands: {
        label: { en: 'How an exchange stands', es: 'Cómo va un cambio' },
        args: [{ name: 'summary', kind: 'text' }],
        hidden: true,
      },
      hint: {
        label: { en: 'Something is new', es: 'Hay algo nuevo' },
        args: [{ name: 'id', kind: 'text' }],
        hidden: true,
      },
      deliver: {
        label: { en: 'Deliver', es: 'Entregar' },
        args: [
          { name: 'id', kind: 'text' },
          { name: 'payment', kind: 'facet' },
        ],
        hidden: true,
      },
      paidOut: {
        label: { en: 'Whether it was paid here', es: 'Si se pagó aquí' },
        args: [
          { name: 'id', kind: 'text' },
          { name: 'payment', kind: 'facet' },
        ],
        hidden: true,
      },
    },
  },
);

export const CoordinatorI: Described<Methods<'decisionOf' | 'hint'>> = describe(
  M.interface('Coordinator', {
    decisionOf: M.call(SummaryShape).returns(DecidedShape),
    hint: M.call(ExchangeIdShape).returns(),
  }),
  {
    label: { en: 'Leads exchanges', es: 'Lleva los cambios' },
    methods: {
      decisionOf: {
        label: { en: 'What was decided', es: 'Qué se decidió' },
        args: [{ name: 'summary', kind: 'text' }],
        hidden: true,
      },
      hint: {
        label: { en: 'Something is new', es: 'Hay algo nuevo' },
        args: [{ name: 'id', kind: 'text' }],
        hidden: true,
      },
    },
  },
);
