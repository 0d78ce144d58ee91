/**
 * Which session with a node is kept where two were begun: two nodes may dial each other at once, and a
 * node may dial again before the other side has noticed that a session was lost.
 *
 * The listener decides, in its verdict; before it nothing but the handshake is sent, so nothing is
 * lost with a session that is refused. A side is bound to a session from its third message on, as a
 * dialer, or from its verdict, and numbers these moments: the greatest is the session that it means.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';

/** We mean a session whose verdict we wait for. */
export type Bond = {
  readonly incarnation: string;
  /** So long without a verdict that another session may take its place. */
  isOld: boolean;
};

/** A dial of our own that is under way, to be read and changed by whoever dials. */
export type Dial = {
  /** From our third message until there is a verdict. */
  bound?: Bond;
  /** Ends it, and the handshake that it is in. Without effect once it is open. */
  abandon(): void;
};

/** How long a dial of our own may keep another session out. Milliseconds. */
export const crossingMilliseconds = 2000;

/** Somebody who dialled us, has proved who it is, and bound itself. */
export type Caller = {
  readonly designator: Designator;
  readonly incarnation: string;
  readonly moment: number;
};

/**
 * Whether a listener takes the session that another node dialled.
 *
 * - One that was begun before the session that is open, by the other side's own count, is what is
 *   left of a dial that it has given up.
 * - Any other takes the place of an open one: a node dials only where it has none.
 * - Where both are bound to dials of their own, that of the node with the smaller designator is kept,
 *   by both: one refuses, the other takes. One that is not bound yet is given up at no cost.
 */
export const takesCall = (
  ours: Designator,
  { designator, incarnation, moment }: Caller,
  open: Pick<Caller, 'incarnation' | 'moment'> | undefined,
  bound: Bond | undefined,
): boolean => {
  if (open !== undefined) return open.incarnation !== incarnation || open.moment < moment;
  // Of a process that has ended there will be no verdict.
  if (bound === undefined || bound.isOld || bound.incarnation !== incarnation) return true;
  return designator < ours;
};
harden(takesCall);

/**
 * Numbers that grow, for the moments of this process. They tell others nothing but their order: not
 * how many there were, nor since when.
 *
 * @param now - milliseconds, from any beginning
 */
export const makeMoments = (
  random: (byteLength: number) => Uint8Array,
  now: () => number,
): (() => number) => {
  const beginning = random(5).reduce((sum, byte) => sum * 256 + byte, 0) - Math.floor(now());
  let last = 0;
  return () => {
    last = Math.max(last + 1, beginning + Math.floor(now()));
    return last;
  };
};
harden(makeMoments);
