/**
 * Cases that failed once, by property. They are tried first, whatever the seed.
 *
 * A run that fails prints its counterexample: it goes here as it is, with what was wrong.
 */
export const cases = {
  /** A hole among the slots passed for a slot. */
  alteredMessages: [
    [
      { type: 'CTP_RETURN', epoch: 0, answerID: 'q+1', result: { body: '', slots: ['o+1'] } },
      [{ at: 7, kind: 5, value: null }],
    ],
  ],
  /** A row that is null, or names no object, was read as one that does. */
  damagedGrants: [
    [['v1', 'o+d1.a'], false, [{ at: 0, kind: 0, value: null }], null],
    [['v1', 'o+d1.a'], true, [{ at: 1, kind: 0, value: null }], {}],
  ],
} as const;
