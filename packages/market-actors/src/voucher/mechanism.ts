/** How vouchers join a market. */
import type { Facet } from '@pocas/vat-runtime';
import type { Mechanism } from '../inside/types.ts';
import { makeVoucherBoard } from './board.ts';
import { makeVoucherDesk } from './desk.ts';
import type { VoucherBoard } from './types.ts';

export const voucherMechanism: Mechanism = {
  name: 'voucher',
  found: (market) => ({ part: makeVoucherBoard(market) }),
  desk: makeVoucherDesk,
  endEpoch: (market) => (market.part('voucher') as Facet<VoucherBoard>).tidy(),
};
