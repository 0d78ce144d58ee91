/**
 * Expected refusals (SPEC 0.1, convention 4): values, not errors.
 *
 * | code | here it says |
 * | --- | --- |
 * | `revoked` | whoever granted it has taken it back |
 * | `expired` | its time is over |
 * | `limit` | it was used as often as it may be, or as often as it may be in this span of time |
 * | `quota` | there is not as much left as was asked for |
 * | `conflict` | something else was said here before, and stands |
 * | `stale` | it was meant for an earlier round; look again |
 * | `notYet` | an earlier step is missing, or its time has not come |
 * | `closed` | this is over |
 * | `invalid` | it is not what it should be: a proof fails, a box is of another sealer |
 * | `unsupported` | this cannot be done here at all |
 */
export type RefusalCode =
  | 'revoked'
  | 'expired'
  | 'limit'
  | 'insufficient'
  | 'claimed'
  | 'closed'
  | 'conflict'
  | 'notYet'
  | 'quota'
  | 'stale'
  | 'invalid'
  | 'unsupported';

export type Refusal = {
  readonly ok: false;
  readonly code: RefusalCode;
  /** With `limit` of value: the side whose limit it is. */
  readonly whose?: 'payer' | 'payee';
};

/** The refusal with a code. */
export const refuse = (code: RefusalCode): Refusal => ({ ok: false, code });
