/** The types of value and its settlement. What runs in a vat leaves by entries such as `@pocas/clearing/credit`. */
export type * from './value/types.ts';
export type { Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
export type { BookKeeper, BookLooker, Fund, RecallNotice, RoundKeeper } from './book/types.ts';
export type { CounterpartyKeeper, LineKeeper, ObligationKeeper } from './obligation/types.ts';
export type { Convenor, RoundPublic, SolverDesk } from './round/facets.ts';
export type { RoundTerms, Seat } from './round/types.ts';
