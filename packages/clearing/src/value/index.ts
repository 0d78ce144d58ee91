/** What any ledger is: types, the guards and words of its facets, and the rules that all value keeps. */
export type * from './types.ts';
export * from './guards.ts';
export { BalanceShape, ValueShape, distance, sum } from '../amount/amount.ts';
export { excessOf, faultsBetween, faultsOf, mayTake, statementOf, sumOf } from './conservation.ts';
