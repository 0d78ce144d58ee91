/** What a set-off takes at most. Each has room for far more than a community has, and keeps memory in bounds. */

/** The largest whole number to which a double is exact, 2^53 − 1: solvers count in doubles. */
export const maxExact: bigint = 9_007_199_254_740_991n;

/** What a solver holds grows with them: some hundreds of bytes for each. */
export const maxEdges = 4_000_000;

export const maxParticipants = 2_000_000;

/** Characters of an origin, and of what a participant is called. */
export const maxNameLength = 200;

/** Characters of a packed problem or solution: what one message between vats carries, less its frame. */
export const maxPackedLength = 1_000_000;

/**
 * Edges in all loops together that a flow is taken apart into. A chain of 10,000 that 20,000 others share
 * makes 20,000 loops of 10,000 each; nobody reads those, and they would fill any memory.
 */
export const maxLoopEdges = 4_000_000;

/** A value for a message: whatever it is, short. */
export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
  return text.length <= 64 ? text : `${text.slice(0, 20)}… (${text.length} characters)`;
};

/** A sum past 2^53 − 1, or a factor. `what` says of what; the sum is named. */
export const tooLarge = (action: string, what: string, value: bigint): RangeError =>
  RangeError(
    `Cannot ${action}: ${what} ${shown(value)}, more than 2^53 − 1 (${maxExact}), to which a solver counts exactly`,
  );
