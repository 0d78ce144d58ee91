/** For vat modules: swaps in one vat and exchanges between ledgers of different vats (SPEC C9). Works inside a vat only. */
export { makeCoordinator } from './coordinator.ts';
export { type ExchangeParts, makeExchangeDesk } from './desk.ts';
export { maxTerm } from './patience.ts';
export type { Decision, SidePhase, Status } from './rules.ts';
export { sameTerms, TermsShape } from './terms.ts';
export type * from './types.ts';
export {
  type SwapLeg,
  type SwapPhase,
  type SwapSide,
  type SwapView,
  type Swapped,
  makeSwap,
} from './swap.ts';
