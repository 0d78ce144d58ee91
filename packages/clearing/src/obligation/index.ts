/** What two pocas owe each other, for vats: the makers throw elsewhere. */
export { type CounterpartiesOptions, makeCounterparties } from './counterparties.ts';
export { type ObligationLimits, obligationLimits } from './limits.ts';
export { hashOfText, originOf, originOfRound, pairOf } from './terms.ts';
export type * from './types.ts';
