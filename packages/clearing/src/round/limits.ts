/** How much a round takes, and why. */

/** Lines of one seat: what one message carries (4,096 values: `switchboard/limits.ts`), with room to spare. */
export const maxLinesPerSeat = 500;

/** Lines of a round: the freeze reads all of them in one turn (docs/clearing-round.md has the figures). */
export const maxLines = 40_000n;

/** Seats of a round: a turn tells all of them, each at most two things, and may send 10,000. */
export const maxSeats = 2000n;

/** What all caps of a round add up to, at most: solvers count in numbers that are exact up to here. */
export const maxSum: bigint = 2n ** 53n - 1n;

/** A price beyond this is no honest one: prices are at most a weight times a number of participants. */
export const maxPrice: bigint = 2n ** 64n;

/**
 * Participants in all loops of a component that are told. Two who collude can lodge what falls apart into
 * thousands of loops through thousands of others each.
 */
export const maxLoopEdges = 100_000;

/** Loops in the report of one participant: those of greatest value. */
export const maxLoops = 100;

/**
 * How many lines, rows or loops are told in one turn: each is a record in a message, which costs some
 * 0.1 ms, and a turn has 5 s on a machine that may be busy. What is more goes by a message to oneself.
 */
export const rowsPerTurn = 1000;

/** How many participants are told in one turn, however little each. */
export const seatsPerTurn = 100;

/** Faults of one participant that stand in the journal; what is more would only fill it. */
export const maxFaults = 10n;

/** How often a decision is told again to an agent that failed when it was told. */
export const maxRetells = 5n;

/** How long a solver is waited for before the next is asked as well: a quarter of the patience, or this many milliseconds. */
export const solverWait = 15_000n;

/** How often a wait is begun anew because we were away when it ended. */
export const maxWaits = 3;

/**
 * Whether a timer came so late that we were switched off when it was due. Then answers of others may
 * still be on their way to us, and we wait once more, lest all of them count as silent.
 *
 * @param at - when it was due
 */
export const mayHaveBeenAway = (now: bigint, at: bigint, patience: bigint): boolean => {
  const slack = patience / 10n < 5000n ? patience / 10n : 5000n;
  return now - at > slack;
};

/** How many entries one page of a list holds. */
export const pageLength = 200;
