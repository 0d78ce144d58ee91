/** What vats and wallets need of the group ristretto255: see `types.ts`. */
export { dkg } from './dkg.ts';
export { hmac } from './hmac.ts';
export { pedersen } from './pedersen.ts';
export { poprf } from './poprf.ts';
export { schnorr } from './schnorr.ts';
export { sealedTo } from './sealed-to.ts';
export { maxBatch, maxHolders, maxSum } from './texts.ts';
export { threshold } from './threshold.ts';
export type * from './dkg-types.ts';
export type * from './types.ts';
