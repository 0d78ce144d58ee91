/** A slow and exact stand-in, until the solver lands. */
export type Columns = {
  readonly n: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cap: Float64Array;
  readonly weight: Float64Array;
};

export type Control = {
  readonly progress?: (done: number) => void;
  readonly isCancelled?: () => boolean;
};

export class CancelledError extends Error {
  override name = 'CancelledError';
  constructor() {
    super('Cannot go on: it was cancelled');
  }
}

/** Cancels circuits of positive weight by Bellman and Ford until none is left. */
export const solveCirculation = (
  { n, from, to, cap, weight }: Columns,
  { progress, isCancelled }: Control = {},
): { readonly flow: Float64Array; readonly price: Float64Array } => {
  const m = from.length;
  const flow = new Float64Array(m);
  for (;;) {
    if (isCancelled?.() === true) throw new CancelledError();
    const distance = new Float64Array(n);
    const by = new Int32Array(n).fill(-1);
    let last = -1;
    for (let round = 0; round <= n; round += 1) {
      last = -1;
      for (let e = 0; e < m; e += 1) {
        const u = from[e]!;
        const v = to[e]!;
        const w = weight[e]!;
        if (flow[e]! < cap[e]! && distance[u]! - w < distance[v]!) {
          distance[v] = distance[u]! - w;
          by[v] = e;
          last = v;
        }
        if (flow[e]! > 0 && distance[v]! + w < distance[u]!) {
          distance[u] = distance[v]! + w;
          by[u] = e;
          last = u;
        }
      }
      if (last === -1) break;
    }
    if (last === -1) {
      progress?.(1);
      return { flow, price: distance };
    }
    const before = (v: number) => (to[by[v]!] === v && !back(v) ? from[by[v]!]! : to[by[v]!]!);
    const back = (v: number) => from[by[v]!] === v && to[by[v]!] !== v;
    for (let i = 0; i < n; i += 1) last = before(last);
    let least = Infinity;
    let at = last;
    do {
      const e = by[at]!;
      least = Math.min(least, back(at) ? flow[e]! : cap[e]! - flow[e]!);
      at = before(at);
    } while (at !== last);
    do {
      const e = by[at]!;
      flow[e] = flow[e]! + (back(at) ? -least : least);
      at = before(at);
    } while (at !== last);
  }
};
