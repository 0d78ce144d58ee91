import { M } from '@endo/patterns';
import type { Methods } from '../inside/shapes.ts';

export const LabelsInsideI: Methods<
  | 'addLabel'
  | 'labelOf'
  | 'payoutOf'
  | 'join'
  | 'deskOf'
  | 'deskNumbered'
  | 'post'
  | 'unpost'
  | 'isPosted'
  | 'people'
  | 'inputs'
> = M.interface('LabelsInside', {
  addLabel: M.call(M.nat(), M.remotable('label')).returns(),
  labelOf: M.call(M.remotable('label')).returns(M.opt(M.remotable('label'))),
  payoutOf: M.call(M.remotable('label')).returns(M.opt(M.remotable('payout'))),
  join: M.call(M.nat(), M.remotable('desk')).returns(),
  deskOf: M.call(M.remotable('card')).returns(M.opt(M.remotable('desk'))),
  deskNumbered: M.call(M.nat()).returns(M.opt(M.remotable('desk'))),
  post: M.call(M.nat()).returns(),
  unpost: M.call(M.nat()).returns(),
  isPosted: M.call(M.nat()).returns(M.boolean()),
  people: M.call().returns(M.array()),
  inputs: M.call(M.nat()).returns(M.array()),
});
