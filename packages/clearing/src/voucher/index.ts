/** For vat modules: promises that can be held, passed on and redeemed. */
export { capOf, worthOf } from './cap.ts';
export { VoucherTermsShape } from './guards.ts';
export { makeIssuance, maxSeries } from './issuance.ts';
export { type VoucherParts, makeVoucherSeries } from './series.ts';
export type * from './types.ts';
