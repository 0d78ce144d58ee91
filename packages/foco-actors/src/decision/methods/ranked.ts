/**
 * Ranking alternatives, by the Schulze method: M. Schulze, "A new monotonic, clone-independent, reversal symmetric,
 * and Condorcet-consistent single-winner election method", Social Choice and Welfare 36 (2011), with "winning votes".
 */
import type { Answer, Method } from './types.ts';

type Matrix = readonly (readonly bigint[])[];

const matrix = (n: number, at: (i: number, j: number) => bigint): Matrix =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => (i === j ? 0n : at(i, j))),
  );

/** A rank as a number: 1 is first; 0 is not ranked, so behind all that are. */
const place = (rank: bigint): bigint => (rank === 0n ? 1_000n : rank);

/** How many put i before j. */
export const pairwise = (answers: readonly Answer[], n: number): Matrix =>
  matrix(n, (i, j) =>
    BigInt(
      answers.filter(({ numbers }) => place(numbers?.[i] ?? 0n) < place(numbers?.[j] ?? 0n)).length,
    ),
  );

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The strength of the strongest path from i to j (section 2.3.1 of the paper; Floyd and Warshall). */
export const strongestPaths = (preferred: Matrix): Matrix => {
  const n = preferred.length;
  const paths = preferred.map((row, i) =>
    row.map((votes, j) => (votes > preferred[j]![i]! ? votes : 0n)),
  );
  for (let via = 0; via < n; via += 1)
    for (let i = 0; i < n; i += 1) {
      if (i === via) continue;
      for (let j = 0; j < n; j += 1) {
        if (j === via || j === i) continue;
        const through = least(paths[i]![via]!, paths[via]![j]!);
        if (through > paths[i]![j]!) paths[i]![j] = through;
      }
    }
  return paths;
};

/**
 * Those that no other beats. There is at least one; where several are left, the one that stands first in the
 * proposal wins, which everybody could see before.
 */
export const winners = (preferred: Matrix): readonly number[] => {
  const paths = strongestPaths(preferred);
  return preferred.flatMap((_, i) =>
    paths.every((row, j) => i === j || paths[i]![j]! >= row[i]!) ? [i] : [],
  );
};

export const ranked: Method = {
  alternatives: { least: 2n, most: 12n },
  needsQuorum: true,
  canBeBlind: true,
  isAnswer({ stand, numbers }, _rules, alternatives) {
    if (stand !== undefined || numbers === undefined) return false;
    if (BigInt(numbers.length) !== alternatives) return false;
    return numbers.every((rank) => rank >= 0n && rank <= alternatives);
  },
  count(answers, _rules, alternatives) {
    const preferred = pairwise(answers, Number(alternatives));
    const counts = Object.fromEntries(
      preferred.flatMap((row, i) =>
        row.flatMap((votes, j): [string, bigint][] => (i === j ? [] : [[`${i}>${j}`, votes]])),
      ),
    );
    // Where nobody puts any before another there is nothing to go by.
    if (Object.values(counts).every((votes) => votes === 0n))
      return { counts, outcome: 'notCarried' };
    return { counts, outcome: 'carried', winner: BigInt(winners(preferred)[0]!) };
  },
};
