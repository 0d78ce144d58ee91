import type { Refusal, RefusalCode } from '@pocas/vat-runtime/actors';

/** As that of `@pocas/vat-runtime/actors`, which works inside a vat only. */
export const refuse = (code: RefusalCode): Refusal => ({ ok: false, code });
