/** What an activity accepts. It stays in the vat of its market, so there are no words for people. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { BalanceShape, ValueShape } from '../amount/amount.ts';
import type { Activity } from './types.ts';

const MemberShape = M.nat();
const PositiveShape = M.and(ValueShape, M.gte(1n));

export const ActivityI: InterfaceGuard<{ [name in keyof Activity]: MethodGuard }> = M.interface(
  'Activity',
  {
    admit: M.call(MemberShape, M.boolean()).returns(M.record()),
    sold: M.call(MemberShape, M.opt(MemberShape), ValueShape, M.boolean()).returns(),
    spent: M.call(MemberShape, ValueShape).returns(),
    cameBack: M.call(MemberShape, ValueShape).returns(),
    unsold: M.call(MemberShape, ValueShape).returns(),
    fault: M.call(MemberShape).returns(),
    appreciate: M.call(MemberShape, PositiveShape).returns(M.record()),
    vouch: M.call(MemberShape, MemberShape, PositiveShape, ValueShape).returns(M.record()),
    recall: M.call(MemberShape, MemberShape, PositiveShape, ValueShape).returns(M.record()),
    consume: M.call(MemberShape, ValueShape).returns(M.record()),
    leave: M.call(MemberShape).returns(M.array()),
    limits: M.call(MemberShape).returns(M.record()),
    vouches: M.call(MemberShape).returns(M.record()),
    closeEpoch: M.call(
      M.nat(),
      // As many as a market may have members, and not the library's usual bound.
      M.arrayOf({ member: MemberShape, balance: BalanceShape }, { arrayLengthLimit: 1_000_000 }),
    ).returns(M.array({ arrayLengthLimit: 1_000_000 })),
    explain: M.call(MemberShape).returns(M.record()),
    totals: M.call().returns(M.record()),
  },
);
