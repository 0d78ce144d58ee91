/** How vouchers join a market. */
import type { Facet } from '@pocas/vat-runtime';
import type { Mechanism, MemberInside } from '../inside/types.ts';
import { makeVoucherBoard } from './board.ts';
import { makeVoucherDesk } from './desk.ts';
import type { VoucherBoard, VoucherPart } from './types.ts';

const partOf = (member: Facet<MemberInside>): Facet<VoucherPart> =>
  member.part('voucher') as Facet<VoucherPart>;

export const voucherMechanism: Mechanism = {
  name: 'voucher',
  found: (market) => ({ part: makeVoucherBoard(market) }),
  desk: makeVoucherDesk,
  settle: (_market, member) => partOf(member).isOut(),
  owes: (_market, member) => partOf(member).promises(),
  payBack: (_market, member) => partOf(member).payBack(),
  endEpoch: (market) => (market.part('voucher') as Facet<VoucherBoard>).tidy(),
};
