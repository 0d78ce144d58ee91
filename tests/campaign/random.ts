/** Choices that a seed repeats. */
export type Random = {
  /** A whole number from 0 to `end` - 1. */
  below(end: number): number;
  /** True in `part` of all cases. */
  chance(part: number): boolean;
  /** Another generator, for a task that runs beside this one. */
  fork(): Random;
};

export const makeRandom = (seed: number): Random => {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (end) => Math.floor(next() * end),
    chance: (part) => next() < part,
    fork: () => makeRandom(Math.floor(next() * 2 ** 32)),
  };
};
