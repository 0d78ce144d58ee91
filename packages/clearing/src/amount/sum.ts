/** Arithmetic of values. */

/** The sum; zero for nothing. */
export const sum = (values: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const value of values) total += value;
  return total;
};

/** The distance from zero. */
export const distance = (balance: bigint): bigint => (balance < 0n ? -balance : balance);
