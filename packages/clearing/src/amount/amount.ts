/** Values of one unit: whole numbers in its smallest part. No floating point anywhere. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';

// Enough for any sum of money and far too few to make arithmetic slow.
const decimalDigitsLimit = 30;

/** A value that is moved or reserved: not negative. */
export const ValueShape: CastedPattern<bigint> = typed<bigint>(M.nat({ decimalDigitsLimit }));

/** What stands on an account: below zero it is a debt to all the others. */
export const BalanceShape: CastedPattern<bigint> = typed<bigint>(M.bigint({ decimalDigitsLimit }));

export { distance, sum } from './sum.ts';
