/** How much of something may be had each second, and how much at once. */
import harden from '@endo/harden';

export type Rate = {
  readonly perSecond: number;
  /** What may come at once after a pause. */
  readonly burst: number;
};

export type TokenBucket = {
  /**
   * Takes so many tokens, also those that are not there yet.
   * @returns milliseconds until the bucket owes nothing: 0 to go on at once
   */
  take(tokens: number): number;
  /** Takes a token. @returns false where there is none, and then nothing is taken */
  takeOne(): boolean;
  /** Milliseconds until the bucket owes nothing. */
  wait(): number;
  /** Whether nothing was taken for so long that a new bucket would be the same. */
  isFull(): boolean;
};

/**
 * Milliseconds that a link which has to wait waits at least. To stop and to go on cost as much as a
 * call: whoever sends one at a time, a little too fast, would pay for them with each.
 */
export const shortestRest = 20;

/** @param now - milliseconds, from any beginning; never goes back */
export const makeTokenBucket = ({ perSecond, burst }: Rate, now: () => number): TokenBucket => {
  let level = burst;
  let filled = now();
  const fill = () => {
    const time = now();
    level = Math.min(burst, level + (Math.max(0, time - filled) * perSecond) / 1000);
    filled = time;
  };
  const wait = () => (level >= 0 ? 0 : Math.ceil((-level * 1000) / perSecond));
  return harden({
    take(tokens: number) {
      fill();
      level -= tokens;
      return wait();
    },
    takeOne() {
      fill();
      if (level < 1) return false;
      level -= 1;
      return true;
    },
    wait() {
      fill();
      return wait();
    },
    isFull() {
      fill();
      return level >= burst;
    },
  });
};
harden(makeTokenBucket);
