/** The set-off of greatest weight, over typed arrays: no names, no bigints, no host. */
import { stronglyConnected } from './components.ts';
import type { Control } from './control.ts';
import { priceComponents } from './order-prices.ts';
import { makeResidual } from './residual.ts';
import { scaleCosts } from './scaling.ts';

export { CancelledError } from './control.ts';
export type { Control } from './control.ts';

/** A problem in columns: edge e goes from from[e] to to[e]. All numbers are whole. */
export type Columns = {
  /** Participants have the numbers 0 to n − 1. */
  readonly n: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The most that can be cleared of each edge. Not negative. */
  readonly cap: Float64Array;
  /** What clearing one unit is worth. Of any sign. */
  readonly weight: Float64Array;
};

export type Circulation = {
  /** What is cleared of each edge. */
  readonly flow: Float64Array;
  /** The certificate: a price for each participant. */
  readonly price: Float64Array;
};

const assertColumns = ({ n, from, to, cap, weight }: Columns): void => {
  const m = from.length;
  if (!Number.isInteger(n) || n < 0 || n > 2 ** 30 || m > 2 ** 30) {
    throw new RangeError(`Cannot set off ${m} edges among ${n} participants: too many`);
  }
  if (to.length !== m || cap.length !== m || weight.length !== m) {
    throw new RangeError('Cannot set off: the columns differ in length');
  }
  const owes = new Float64Array(n);
  const owed = new Float64Array(n);
  for (let e = 0; e < m; e++) {
    const u = from[e]!;
    const v = to[e]!;
    if (u < 0 || u >= n || v < 0 || v >= n) {
      throw new RangeError(`Cannot set off edge ${e}: it names a participant beyond ${n}`);
    }
    if (!Number.isSafeInteger(cap[e]) || cap[e]! < 0) {
      throw new RangeError(`Cannot set off edge ${e}: its cap is no whole number up to 2^53 − 1`);
    }
    if (!Number.isSafeInteger(weight[e])) {
      throw new RangeError(
        `Cannot set off edge ${e}: its weight is no whole number up to 2^53 − 1`,
      );
    }
    owes[u]! += cap[e]!;
    owed[v]! += cap[e]!;
  }
  for (let u = 0; u < n; u++) {
    if (owes[u]! > Number.MAX_SAFE_INTEGER || owed[u]! > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(
        `Cannot set off: the amounts around participant ${u} sum to more than 2^53 − 1; use a larger unit`,
      );
    }
  }
};

/**
 * The circulation of greatest weight: maximises Σ weight · flow, where 0 ≤ flow ≤ cap and as much
 * flows into each participant as out of it.
 *
 * The prices prove it (complementary slackness), edge by edge:
 * flow > 0 only where weight ≥ price[from] − price[to], and
 * flow < cap only where weight ≤ price[from] − price[to].
 *
 * The same columns in the same order give the same answer on every machine. Some other order may
 * give another of the flows of greatest weight.
 *
 * @throws RangeError where the columns are malformed, or a sum would pass 2^53 − 1
 * @throws CancelledError when `isCancelled` answers true
 */
export const solveCirculation = (columns: Columns, control: Control = {}): Circulation => {
  assertColumns(columns);
  const { n, from, to, cap, weight } = columns;
  const m = from.length;
  const flow = new Float64Array(m);
  control.progress?.(0);

  // Only what leads along a loop can be cleared: the edges within strongly connected components.
  const components = stronglyConnected(n, from, to, (e) => cap[e]! > 0);
  const { of } = components;
  let count = 0;
  const inner = new Int32Array(m);
  for (let e = 0; e < m; e++) {
    if (from[e] === to[e]) {
      if (weight[e]! > 0) flow[e] = cap[e]!;
    } else if (cap[e]! > 0 && of[from[e]!] === of[to[e]!]) inner[count++] = e;
  }
  const residual = makeResidual(columns, inner.subarray(0, count));
  const price = new Float64Array(n);
  scaleCosts(residual, control).forEach((p, u) => (price[residual.participant[u]!] = p));
  for (let i = 0; i < count; i++) {
    flow[inner[i]!] = residual.room[residual.twin[residual.arcOf[i]!]!]!;
  }
  priceComponents(columns, components, price);
  control.progress?.(1);
  return { flow, price };
};
