/**
 * Multilateral set-off (SPEC C12, 7.3; docs/clearing.md): what is cleared, and how anybody checks it.
 * Solving needs typed arrays, which vats do not have; all else works in vats too.
 */
export type {
  Control,
  Debts,
  FlowLoop,
  Line,
  Money,
  Network,
  Numbered,
  Obligation,
  OwnRow,
  Payments,
  Problem,
  Remaining,
  Result,
  Rule,
  Solution,
  Transfer,
} from './types.ts';
export { faultsOfColumns } from './certificate-columns.ts';
export { faultsOfRows, faultsOfSolution } from './certificate.ts';
export { CancelledError, type Columns, solveCirculation } from './circulation.ts';
export { columnsOf, solutionOf } from './columns.ts';
export { componentsOf } from './debt-components.ts';
export {
  type Explanation,
  type ExplainedEdge,
  type ExplainedLoop,
  type Reason,
  explain,
  makeExplainer,
  reasonOf,
} from './explain.ts';
export {
  maxEdges,
  maxExact,
  maxLoopEdges,
  maxNameLength,
  maxPackedLength,
  maxParticipants,
} from './limits.ts';
export { type OwnLoop, loopsOf, ownLoops } from './loops.ts';
export { numberNetwork } from './network.ts';
export { packProblem, packSolution, unpackProblem, unpackSolution } from './packed.ts';
export { netsOf, paymentProblem, paymentsOf, planPayments } from './payments.ts';
export {
  type Settlement,
  type SettlementPlan,
  type Wishes,
  numberRemaining,
  planSettlement,
  remainingOf,
  settle,
} from './remains.ts';
export { networksByUnit, resultOf, rule, setOff, setOffAll } from './set-off.ts';
export { solveColumns, solveProblem } from './solve.ts';
export { directTransfers, hubTransfers } from './transfers.ts';
export { type WriteAmount, reasonWords, sentencesOf } from './words.ts';
export { type Rank, weightsOf } from './weights.ts';
