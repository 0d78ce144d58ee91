import type { RefusalCode } from '@pocas/vat-runtime/actors';

/**
 * Expected refusals (SPEC 0.1, convention 4): values, not errors.
 *
 * | code | here it says |
 * | --- | --- |
 * | `limit` | a credit limit would be passed; `whose` says on which side |
 * | `insufficient` | there is less of the thing than was asked for |
 * | `closed` | this has ended, in another way than the one asked for |
 * | `notYet` | an earlier step is missing |
 * | `claimed` | someone else was first |
 * | `stale` | what was shown has changed since; look again |
 * | `quota` | too many of these are open |
 * | `invalid` | the text is not what it should be, such as a link that is none |
 * | `unsupported` | this cannot be done here at all |
 */
export type { RefusalCode };

export type Refusal = {
  readonly ok: false;
  readonly code: RefusalCode;
  /** With `limit`: the side whose limit it is. */
  readonly whose?: 'payer' | 'payee';
};
