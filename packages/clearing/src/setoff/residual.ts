/** The residual network: what may still be cleared of each edge, and what may be taken back. */

/**
 * Arcs in the order of where they start: those of node u are first[u] to first[u + 1] − 1.
 * Each edge has two, each the twin of the other.
 */
export type Residual = {
  readonly n: number;
  readonly first: Int32Array;
  readonly head: Int32Array;
  readonly twin: Int32Array;
  /** How much more an arc can carry. */
  readonly room: Float64Array;
  /** What a unit along the arc takes from the total: the opposite of its edge's weight. */
  readonly cost: Float64Array;
  /** The forward arc of each edge, in the order in which they were given. */
  readonly arcOf: Int32Array;
};

type Columns = {
  readonly n: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cap: Float64Array;
  readonly weight: Float64Array;
};

/** Of some of the edges, where nothing flows yet. */
export const makeResidual = (columns: Columns, edges: Int32Array): Residual => {
  const { n, from, to, cap, weight } = columns;
  const m = edges.length;
  const first = new Int32Array(n + 1);
  for (let i = 0; i < m; i++) {
    const e = edges[i]!;
    first[from[e]! + 1]!++;
    first[to[e]! + 1]!++;
  }
  for (let u = 0; u < n; u++) first[u + 1]! += first[u]!;
  const next = first.slice(0, n);
  const head = new Int32Array(2 * m);
  const twin = new Int32Array(2 * m);
  const room = new Float64Array(2 * m);
  const cost = new Float64Array(2 * m);
  const arcOf = new Int32Array(m);
  for (let i = 0; i < m; i++) {
    const e = edges[i]!;
    const a = next[from[e]!]!++;
    const b = next[to[e]!]!++;
    arcOf[i] = a;
    head[a] = to[e]!;
    head[b] = from[e]!;
    twin[a] = b;
    twin[b] = a;
    room[a] = cap[e]!;
    cost[a] = -weight[e]!;
    cost[b] = weight[e]!;
  }
  return { n, first, head, twin, room, cost, arcOf };
};
