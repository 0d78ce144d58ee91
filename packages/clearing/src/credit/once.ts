/** Idempotence is the same everywhere: see `packages/vat-runtime/src/actors/once.ts`. */
export { RequestIdShape, once } from '@pocas/vat-runtime/actors';
