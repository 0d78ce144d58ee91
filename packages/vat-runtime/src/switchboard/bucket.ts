/** A bucket of tokens, which time fills: so many a second, and as many at once as a second gives. */
import harden from '@endo/harden';

export type Bucket = {
  /** Takes a token. @returns false where there is none */
  take(): boolean;
};

/**
 * It is full at first, and asks for the time only when it is empty: so taking costs next to nothing,
 * and any span gives at most what fills in it and two buckets more.
 *
 * @param now - in milliseconds, never less than before
 */
export const makeBucket = (perSecond: number, now: () => number): Bucket => {
  let tokens = perSecond;
  let filledAt: number | undefined;
  return harden({
    take() {
      filledAt ??= now();
      if (tokens < 1) {
        const time = now();
        tokens = Math.min(perSecond, tokens + ((time - filledAt) * perSecond) / 1000);
        filledAt = time;
      }
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  });
};
