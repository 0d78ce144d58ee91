/** For vat modules: makes a ledger of mutual credit or of time. Works inside a vat only. */
export { BalanceShape, ValueShape, distance, sum } from '../amount/amount.ts';
export { maxHolds, maxPayments, maxQuestions } from './account.ts';
export { type LedgerPowers, type LedgerTerms, makeLedger } from './ledger.ts';
export { RequestIdShape, once } from '@pocas/vat-runtime/actors';
