/** What the inside facets of a market accept. None of them is handed out, so they have no words. */
import { M } from '@endo/patterns';
import { BalanceShape, ValueShape } from '@pocas/clearing/credit';
import type { Methods } from '../inside/shapes.ts';
import { LongTextShape, NameShape } from '../inside/shapes.ts';

const MechanismShape = M.string({ stringLengthLimit: 40 });
const LabelShape = M.or('P0', 'P1', 'P2', 'P3');

export const MarketInsideI: Methods<
  | 'name'
  | 'unit'
  | 'ledger'
  | 'mint'
  | 'issuers'
  | 'now'
  | 'epoch'
  | 'charter'
  | 'charterList'
  | 'isOpen'
  | 'nextNumber'
  | 'derive'
  | 'part'
  | 'record'
  | 'countSale'
  | 'noteSale'
  | 'wakeAt'
  | 'cancelWake'
  | 'grantor'
  | 'enlivener'
  | 'touch'
> = M.interface('MarketInside', {
  name: M.call().returns(M.string()),
  unit: M.call().returns(M.string()),
  ledger: M.call().returns(M.remotable('ledger')),
  mint: M.call().returns(M.remotable('mint')),
  issuers: M.call().returns(M.array()),
  now: M.call().returns(M.bigint()),
  epoch: M.call().returns(M.bigint()),
  charter: M.call(M.string()).returns(M.nat()),
  charterList: M.call(M.string()).returns(M.array()),
  isOpen: M.call().returns(M.boolean()),
  nextNumber: M.call().returns(M.nat()),
  derive: M.call(M.string({ stringLengthLimit: 1_000 })).returns(M.string()),
  part: M.call(MechanismShape).returns(M.remotable('part')),
  record: M.call(M.string({ stringLengthLimit: 100 }), M.any(), LabelShape).returns(),
  noteSale: M.call(M.string(), ValueShape).returns(),
  countSale: M.call(M.remotable('seller'), M.opt(M.remotable('buyer')), ValueShape).returns(),
  wakeAt: M.call(M.bigint(), M.remotable('task'), M.any()).returns(M.bigint()),
  cancelWake: M.call(M.bigint()).returns(),
  grantor: M.call().returns(M.opt(M.remotable('grantor'))),
  enlivener: M.call().returns(M.opt(M.remotable('enlivener'))),
  touch: M.call().returns(),
});

export const HubI: Methods<
  | 'inside'
  | 'phase'
  | 'rules'
  | 'enrol'
  | 'fences'
  | 'strangersLeft'
  | 'expel'
  | 'member'
  | 'memberOf'
  | 'members'
  | 'everybody'
  | 'membersFrom'
  | 'memberCount'
  | 'activity'
  | 'commons'
  | 'grantor'
  | 'journal'
  | 'auditor'
  | 'applyLimits'
  | 'windDown'
  | 'close'
  | 'forget'
  | 'depart'
  | 'notePlan'
  | 'plans'
  | 'absorb'
  | 'publicPages'
  | 'stewardPages'
  | 'tellAll'
  | 'begin'
> = M.interface('MarketHub', {
  inside: M.call().returns(M.remotable('inside')),
  phase: M.call().returns(M.string()),
  rules: M.call().returns(M.record()),
  enrol: M.call(NameShape, M.record()).returns(M.record()),
  fences: M.call().returns(M.remotable('fences')),
  strangersLeft: M.call().returns(M.nat()),
  expel: M.call(M.nat()).returns(),
  member: M.call(M.nat()).returns(M.opt(M.record())),
  memberOf: M.call(M.remotable('card')).returns(M.opt(M.record())),
  members: M.call().optional(M.nat()).returns(M.array()),
  everybody: M.call().returns(M.array()),
  membersFrom: M.call(M.nat(), M.number()).returns(M.array()),
  memberCount: M.call().returns(M.nat()),
  activity: M.call().returns(M.remotable('activity')),
  commons: M.call().returns(M.remotable('payee')),
  grantor: M.call().returns(M.opt(M.remotable('grantor'))),
  journal: M.call(LabelShape).returns(M.remotable('reader')),
  auditor: M.call().returns(M.remotable('auditor')),
  applyLimits: M.call(M.array()).returns(),
  windDown: M.call().returns(M.record()),
  close: M.call().returns(M.record()),
  forget: M.call(M.nat()).returns(),
  depart: M.call(M.nat(), M.boolean()).returns(),
  notePlan: M.call(M.nat(), M.boolean()).returns(),
  plans: M.call().returns(M.array()),
  absorb: M.call(M.nat()).returns(),
  publicPages: M.call().returns(M.array()),
  stewardPages: M.call().returns(M.array()),
  tellAll: M.call().returns(),
  begin: M.call().returns(),
});

export const EpochsI: Methods<'wake'> = M.interface('MarketEpochs', {
  wake: M.call(M.record(), M.bigint()).returns(),
});
export const EpochStepsI: Methods<'run' | 'begin'> = M.interface('EpochSteps', {
  run: M.call(M.bigint(), M.nat(), M.nat()).returns(M.opt(M.nat())),
  begin: M.call().returns(),
});
export const DispatcherI: Methods<'wake'> = M.interface('MarketDispatcher', {
  wake: M.call(M.record(), M.bigint()).returns(),
});

export const MemberInsideI: Methods<
  | 'number'
  | 'name'
  | 'account'
  | 'payee'
  | 'countSpending'
  | 'countGivenBack'
  | 'countFault'
  | 'takeAppreciations'
  | 'mayOpen'
  | 'part'
  | 'setWaiting'
  | 'touch'
> = M.interface('MemberInside', {
  number: M.call().returns(M.nat()),
  name: M.call().returns(M.string()),
  account: M.call().returns(M.remotable('account')),
  payee: M.call().returns(M.remotable('payee')),
  countSpending: M.call(BalanceShape).returns(),
  countGivenBack: M.call(BalanceShape).returns(),
  countFault: M.call().returns(),
  takeAppreciations: M.call(M.nat()).returns(M.record()),
  mayOpen: M.call(M.string(), M.nat()).returns(M.record()),
  part: M.call(MechanismShape).returns(M.remotable('part')),
  setWaiting: M.call(MechanismShape, M.nat()).returns(),
  touch: M.call().returns(),
});

export const MemberCareI: Methods<
  | 'joined'
  | 'enclose'
  | 'account'
  | 'status'
  | 'plan'
  | 'isAway'
  | 'isFrozen'
  | 'standing'
  | 'adopt'
  | 'act'
  | 'freeze'
  | 'thaw'
  | 'due'
  | 'case'
  | 'agree'
  | 'agreed'
  | 'endEpoch'
  | 'leaving'
  | 'stay'
  | 'left'
> = M.interface('MemberCare', {
  joined: M.call().returns(M.record()),
  enclose: M.call(M.remotable('fence')).returns(),
  account: M.call().returns(M.remotable('care')),
  status: M.call().returns(M.string()),
  plan: M.call().returns(M.string()),
  isAway: M.call().returns(M.boolean()),
  isFrozen: M.call().returns(M.boolean()),
  standing: M.call().returns(M.record()),
  adopt: M.call(MechanismShape, M.record()).returns(),
  act: M.call().returns(),
  freeze: M.call(M.bigint()).returns(),
  thaw: M.call().returns(),
  due: M.call(M.record()).returns(),
  case: M.call().returns(M.opt(M.record())),
  agree: M.call(M.nat()).returns(M.record()),
  agreed: M.call().returns(M.opt(M.record())),
  endEpoch: M.call().returns(),
  leaving: M.call(LongTextShape).returns(),
  stay: M.call().returns(),
  left: M.call().returns(),
});
export const PlanEndI: Methods<'due'> = M.interface('MemberPlanEnd', {
  due: M.call(M.record()).returns(),
});
