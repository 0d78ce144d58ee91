/** Numbers that look drawn at random and are the same on each machine. */
export type Draw = {
  /** From 0 up to and without 1. */
  unit(): number;
  /** A whole number from 0 up to and without `below`. */
  below(below: number): number;
  /** Of mean 0 and standard deviation 1. */
  gauss(): number;
  /** The numbers from 0 up to and without n, in some order. */
  shuffled(n: number): Int32Array;
  /** Draws ranks from 0 up to and without n, rank r with a likelihood that falls as (r + 1)^-exponent. */
  byRank(n: number, exponent: number): () => number;
};

/** Marsaglia 2003, "Xorshift RNGs", the one of 32 bits with shifts 13, 17 and 5. */
export const makeDraw = (seed: number): Draw => {
  // Zero is its one fixed point. Neighbouring seeds begin alike, so they are spread first.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const unit = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    // Box and Muller 1958. 1 - unit() is never 0.
    gauss: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    shuffled: (n) => {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        const moved = order[i]!;
        order[i] = order[j]!;
        order[j] = moved;
      }
      return order;
    },
    byRank: (n, exponent) => {
      // The inverse of the integral of x^-exponent from 1 to n + 1.
      const power = 1 - exponent;
      const whole = (n + 1) ** power - 1;
      return () => Math.min(n - 1, Math.floor((1 + unit() * whole) ** (1 / power)) - 1);
    },
  };
};
