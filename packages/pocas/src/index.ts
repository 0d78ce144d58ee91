/** What the program is made of, for other programs and for tests. */
export { type RunOptions, type RunningNode, runNode } from './compose/run-node.ts';
export type { Invitation, Operator, Status } from './compose/operator.ts';
export type { Program } from './compose/demo-poca.ts';
export {
  type SolveOptions,
  type SolverLimits,
  type SolverPool,
  makeSolverPool,
  solveInThread,
} from './solver/solver.ts';
export { type SolverPower, makeSolverPower } from './solver/solver-power.ts';
export { type OpenOptions, openSegment } from './vault/open-segment.ts';
export { type SealOptions, sealSegment } from './vault/seal-segment.ts';
export { SegmentFault, type SegmentFaultCode } from './vault/fault.ts';
export { type SealedSegment, type SegmentDigests, digestSegment } from './vault/segment.ts';
