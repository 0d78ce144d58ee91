/**
 * Parallel edges: those between the same two participants in the same direction.
 * Those of equal weight are one to a solver, which makes dense networks smaller and never costs total;
 * those of other weights are not.
 */
import type { Columns } from './circulation.ts';

export type Merged = {
  readonly columns: Columns;
  /** For each edge as given the one that it is part of; −1 where its cap is zero, and it is in none. */
  readonly partOf: Int32Array;
};

/** A stable counting sort of edges by a column. */
const sortedBy = (order: Int32Array, column: Int32Array, n: number): Int32Array => {
  const start = new Int32Array(n + 1);
  for (let i = 0; i < order.length; i += 1) start[column[order[i]!]! + 1]!++;
  for (let u = 0; u < n; u += 1) start[u + 1]! += start[u]!;
  const sorted = new Int32Array(order.length);
  for (let i = 0; i < order.length; i += 1) {
    const edge = order[i]!;
    sorted[start[column[edge]!]!++] = edge;
  }
  return sorted;
};

/** Sorts a run of parallels by weight. */
const sortRun = (run: Int32Array, weight: Float64Array): void => {
  const first = weight[run[0]!]!;
  if (run.every((edge) => weight[edge] === first)) return;
  run.sort((a, b) => weight[a]! - weight[b]!);
};

/** The merged edges stand by debtor, creditor and weight, so they do not depend on the order in which edges come. */
export const mergeParallels = ({ n, from, to, cap, weight }: Columns): Merged => {
  const partOf = new Int32Array(from.length).fill(-1);
  const all = new Int32Array(from.length);
  let usedCount = 0;
  for (let edge = 0; edge < from.length; edge += 1) if (cap[edge]! > 0) all[usedCount++] = edge;
  const used = all.subarray(0, usedCount);
  const order = sortedBy(sortedBy(used, to, n), from, n);
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    const edge = order[begin]!;
    for (end = begin + 1; end < order.length; end += 1) {
      if (from[order[end]!] !== from[edge] || to[order[end]!] !== to[edge]) break;
    }
    if (end - begin > 1) sortRun(order.subarray(begin, end), weight);
  }
  let count = 0;
  let last = -1;
  for (const edge of order) {
    const isSame =
      last !== -1 &&
      from[edge] === from[last] &&
      to[edge] === to[last] &&
      weight[edge] === weight[last];
    if (!isSame) count += 1;
    partOf[edge] = count - 1;
    last = edge;
  }
  const merged = {
    n,
    from: new Int32Array(count),
    to: new Int32Array(count),
    cap: new Float64Array(count),
    weight: new Float64Array(count),
  };
  for (const edge of order) {
    const part = partOf[edge]!;
    merged.from[part] = from[edge]!;
    merged.to[part] = to[edge]!;
    merged.weight[part] = weight[edge]!;
    merged.cap[part] = merged.cap[part]! + cap[edge]!;
  }
  return { columns: merged, partOf };
};

/** What is cleared of each edge: of parallels the first is served first. */
export const handBack = (
  { cap }: Columns,
  { partOf }: Merged,
  flow: Float64Array,
): Float64Array => {
  const left = flow.slice();
  const cleared = new Float64Array(cap.length);
  for (let edge = 0; edge < cap.length; edge += 1) {
    const part = partOf[edge]!;
    if (part === -1) continue;
    const value = Math.min(left[part]!, cap[edge]!);
    cleared[edge] = value;
    left[part] = left[part]! - value;
  }
  return cleared;
};
