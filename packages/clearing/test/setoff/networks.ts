/** Networks for tests of the solver, and what must be true of its answer. */
import assert from 'node:assert/strict';
import type { Circulation, Columns } from '@pocas/clearing/circulation';

export type Edge = readonly [from: number, to: number, cap: number, weight?: number];

export const columnsOf = (n: number, edges: readonly Edge[]): Columns => ({
  n,
  from: Int32Array.from(edges, ([from]) => from),
  to: Int32Array.from(edges, ([, to]) => to),
  cap: Float64Array.from(edges, ([, , cap]) => cap),
  weight: Float64Array.from(edges, ([, , , weight]) => weight ?? 1),
});

export const totalOf = ({ weight }: Columns, { flow }: Pick<Circulation, 'flow'>): bigint => {
  let total = 0n;
  flow.forEach((f, e) => (total += BigInt(f) * BigInt(weight[e]!)));
  return total;
};

/** Bounds, balance, and the certificate, in bigints, so that no rounding helps. */
export const assertOptimal = (columns: Columns, { flow, price }: Circulation): void => {
  const { n, from, to, cap, weight } = columns;
  const balance = Array.from({ length: n }, () => 0n);
  for (let e = 0; e < from.length; e++) {
    const [u, v, f, c] = [from[e]!, to[e]!, BigInt(flow[e]!), BigInt(cap[e]!)];
    assert.ok(f >= 0n && f <= c, `edge ${e} clears ${f} of ${c}`);
    balance[u]! -= f;
    balance[v]! += f;
    const fall = BigInt(price[u]!) - BigInt(price[v]!);
    const w = BigInt(weight[e]!);
    assert.ok(f === 0n || w >= fall, `edge ${e}: cleared ${f}, weight ${w}, prices fall ${fall}`);
    assert.ok(f === c || w <= fall, `edge ${e}: left ${c - f}, weight ${w}, prices fall ${fall}`);
  }
  balance.forEach((sum, u) => assert.equal(sum, 0n, `participant ${u} is off by ${sum}`));
};

/** The greatest total by trying every flow: for a handful of edges with tiny caps. */
export const bruteForce = ({ n, from, to, cap, weight }: Columns): number => {
  const balance = new Array<number>(n).fill(0);
  const go = (e: number): number => {
    if (e === from.length) return balance.every((sum) => sum === 0) ? 0 : -Infinity;
    let best = -Infinity;
    for (let f = 0; f <= cap[e]!; f++) {
      balance[from[e]!]! -= f;
      balance[to[e]!]! += f;
      best = Math.max(best, f * weight[e]! + go(e + 1));
      balance[from[e]!]! += f;
      balance[to[e]!]! -= f;
    }
    return best;
  };
  return go(0);
};
