/** For vat modules: the functions that make a ledger. They work inside a vat only. */
export { BalanceShape, ValueShape, distance, sum } from '../amount/amount.ts';
export { faultsOf, mayTake, statementOf } from './conservation.ts';
export { makeLedger } from './ledger.ts';
export { RequestIdShape, once } from './once.ts';
