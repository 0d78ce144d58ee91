/** The time of a node: that of its machine, except that it never goes back. */
import harden from '@endo/harden';
import type { TimeSource } from '../machine/system-time.ts';

export type NodeClock = { now(): bigint };

/**
 * How fast the clock goes while the machine's is behind it. Slower than time, so that the machine's
 * catches up after a small step back, and small steps to and fro do not add up.
 */
const catchUpSpeed = 0.9;

/** @param last - the newest time that this node is known to have told */
export const makeNodeClock = (source: TimeSource, last: bigint): NodeClock => {
  let time = Number(last);
  let mark = source.monotonic();
  return harden({
    now() {
      const monotonic = source.monotonic();
      time = Math.max(source.wall(), time + (monotonic - mark) * catchUpSpeed);
      mark = monotonic;
      return BigInt(Math.floor(time));
    },
  });
};
