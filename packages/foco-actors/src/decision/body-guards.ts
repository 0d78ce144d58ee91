/** What the facets of a body of decision accept. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { ConstituencyShape, type Methods, NameShape } from './shapes.ts';

/** For programs: the place that convened it. It is no page. */
export const ConvenerI: Methods<'admit' | 'renew' | 'remove'> = M.interface('Convener', {
  admit: M.call(NameShape, ConstituencyShape, RequestIdShape).returns(M.record()),
  renew: M.call(M.remotable('ballot'), RequestIdShape).returns(M.record()),
  remove: M.call(M.remotable('ballot'), RequestIdShape).returns(M.record()),
});

const NumbersGuard = M.call().returns(M.array());
export const BodyHubI: Methods<
  | (
      | 'aboutOf'
      | 'learn'
      | 'name'
      | 'clock'
      | 'timer'
      | 'derive'
      | 'derive64'
      | 'tag'
      | 'acts'
      | 'actsCount'
      | 'rules'
    )
  | ('times' | 'record' | 'propose' | 'outcomeOf' | 'electors' | 'nameOf' | 'opened' | 'ended')
  | ('decision' | 'openDecisions' | 'endedDecisions' | 'openOf' | 'touch')
> = M.interface('BodyHub', {
  name: M.call().returns(M.string()),
  clock: M.call().returns(M.remotable('clock')),
  timer: M.call().returns(M.remotable('timer')),
  derive: M.call(M.string()).returns(M.string()),
  derive64: M.call(M.string()).returns(M.string()),
  tag: M.call().returns(M.string()),
  acts: M.call(M.nat()).returns(M.opt(M.remotable('acts'))),
  aboutOf: M.call(M.nat()).returns(M.record()),
  learn: M.call().returns(),
  actsCount: M.call().returns(M.nat()),
  rules: M.call().returns(M.record()),
  times: M.call().returns(M.record()),
  record: M.call(M.string(), M.record(), M.string()).returns(),
  propose: M.call(M.nat(), M.record()).optional(M.nat()).returns(M.record()),
  outcomeOf: M.call(M.nat()).returns(M.or(M.record(), M.promise())),
  electors: NumbersGuard,
  nameOf: M.call(M.nat()).returns(M.string()),
  opened: M.call(M.nat()).returns(),
  ended: M.call(M.nat()).returns(),
  decision: M.call(M.nat()).returns(M.opt(M.record())),
  openDecisions: NumbersGuard,
  endedDecisions: NumbersGuard,
  openOf: M.call(M.nat()).returns(M.array()),
  touch: M.call().returns(),
});

export const AssemblyI: Methods<'convene'> = M.interface('Assembly', {
  convene: M.call(
    M.splitRecord(
      {
        name: NameShape,
        acts: M.arrayOf(M.remotable('acts'), { arrayLengthLimit: 16 }),
      },
      {},
      {},
    ),
    RequestIdShape,
  ).returns(M.record()),
});

export const BodyAnswersI: Methods<'fulfilled' | 'rejected'> = M.interface('BodyAnswers', {
  // From a place, perhaps on another node: looked at in the method.
  fulfilled: M.call(M.any(), M.record()).returns(),
  rejected: M.call(M.record(), M.record()).returns(),
});
