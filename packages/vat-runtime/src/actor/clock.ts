/** Time, as a vat gets it: through references that its maker handed to it. Types only: see `vat/clock.ts`. */

/** Milliseconds since the start of 1970, UTC. Never goes back. */
export type Timestamp = bigint;

/** Tells the time. It stands still during a delivery. */
export type Clock = {
  now(): Timestamp;
  /** The number of the current epoch. */
  epoch(): bigint;
  /** When an epoch began or will begin. */
  startOf(epoch: bigint): Timestamp;
};

/** What a timer calls. */
export type Sleeper<Ctx = any> = {
  /** @param at - the time that was asked for; it may be later now */
  wake(ctx: Ctx, at: Timestamp): unknown;
};

/** Calls facets of this vat later. A timer survives restarts and is carried out exactly once. */
export type Timer = {
  /**
   * Calls `sleeper.wake(ctx, at)` in a turn of its own, not before `at`. Timers of a vat go off in the
   * order of their times, those of one time in the order in which they were set.
   *
   * @param sleeper - a facet of this vat
   * @param ctx - durable data
   * @returns the timer's number, to cancel it
   */
  wakeAt<Ctx>(at: Timestamp, sleeper: Sleeper<Ctx>, ctx?: Ctx): bigint;
  /** @returns whether it had not gone off yet */
  cancel(timer: bigint): boolean;
};
