/** What vats and wallets need of the group ristretto255: see `types.ts`. */
export { hmac } from './hmac.ts';
export { pedersen } from './pedersen.ts';
export { poprf } from './poprf.ts';
export { maxBatch, maxSum } from './texts.ts';
export type * from './types.ts';
