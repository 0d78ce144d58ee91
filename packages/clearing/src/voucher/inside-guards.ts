/** What the parts of vouchers that stay in their vat accept. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { ValueShape } from '../amount/amount.ts';
import type { Issuance, RedemptionWatcher, VoucherInside } from './types.ts';

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;

export const IssuanceI: Methods<Issuance> = M.interface('VoucherIssuance', {
  view: M.call().returns(M.record()),
  add: M.call(M.remotable('series')).returns(M.record()),
  mayIssue: M.call(ValueShape).returns(M.record()),
  kept: M.call(ValueShape).returns(),
  broke: M.call(ValueShape).returns(),
});

export const VoucherInsideI: Methods<VoucherInside> = M.interface('VoucherInside', {
  series: M.call().returns(M.remotable('series')),
  payee: M.call().returns(M.remotable('payee')),
  holderFor: M.call(M.remotable('holder')).returns(M.remotable('holder')),
  outstanding: M.call().returns(M.bigint()),
  recall: M.call(M.number()).returns(M.opt(M.array())),
  outstandingWorth: M.call().returns(M.bigint()),
  isOver: M.call().returns(M.boolean()),
  tidy: M.call().returns(),
  assertSound: M.call().returns(),
});

export const WatcherI: Methods<RedemptionWatcher> = M.interface('RedemptionWatcher', {
  ended: M.call(M.string(), ValueShape, ValueShape).returns(),
});

export const ExpiryI: Methods<{ wake(ctx: unknown, at: bigint): void }> = M.interface(
  'VoucherExpiry',
  { wake: M.call(M.any(), M.bigint()).returns() },
);
