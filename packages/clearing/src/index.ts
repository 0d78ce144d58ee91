/** The types of value and its settlement. What runs in a vat leaves by `@pocas/clearing/credit`. */
export type { AccountEntry, Books, HoldEntry, Statement } from './credit/conservation.ts';
export type { Refusal, RefusalCode } from './credit/refusal.ts';
export type {
  Account,
  AccountView,
  Auditor,
  Decided,
  Decider,
  Held,
  Hold,
  HoldPhase,
  HoldView,
  Ledger,
  Limits,
  Paid,
  Payee,
} from './credit/types.ts';
export type { BookKeeper, BookLooker, Fund, RecallNotice, RoundKeeper } from './book/types.ts';
export type { CounterpartyKeeper, LineKeeper, ObligationKeeper } from './obligation/types.ts';
export type { Convenor, RoundPublic, SolverDesk } from './round/facets.ts';
export type { RoundTerms, Seat } from './round/types.ts';
