/** The residual network: what may still be cleared of each edge, and what may be taken back. */

/**
 * Nodes are numbered anew: only those with edges, and those with many first, since what is read
 * most often then lies close together. Arcs stand in the order of where they start: those of node
 * u are first[u] to first[u + 1] − 1. Each edge has two, each the twin of the other.
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
  /** The participant of each node. */
  readonly participant: Int32Array;
};

type Columns = {
  readonly n: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cap: Float64Array;
  readonly weight: Float64Array;
};

/** Participants with edges in descending order of the number of binary digits of how many, and then by number. */
const byDegree = (degree: Int32Array): Int32Array => {
  const digits = (d: number): number => 32 - Math.clz32(d);
  const begin = new Int32Array(34);
  for (const d of degree) begin[33 - digits(d)]!++;
  for (let i = 1; i < begin.length; i++) begin[i]! += begin[i - 1]!;
  const order = new Int32Array(degree.length);
  for (let u = 0; u < degree.length; u++) order[begin[32 - digits(degree[u]!)]!++] = u;
  // Those without edges came last.
  return order.subarray(0, begin[31]);
};

/** Of some of the edges, where nothing flows yet. */
export const makeResidual = (columns: Columns, edges: Int32Array): Residual => {
  const { from, to, cap, weight } = columns;
  const m = edges.length;
  const degree = new Int32Array(columns.n);
  for (let i = 0; i < m; i++) {
    const e = edges[i]!;
    degree[from[e]!]!++;
    degree[to[e]!]!++;
  }
  const participant = byDegree(degree);
  const n = participant.length;
  const node = new Int32Array(columns.n);
  const first = new Int32Array(n + 1);
  for (let u = 0; u < n; u++) {
    node[participant[u]!] = u;
    first[u + 1] = first[u]! + degree[participant[u]!]!;
  }
  const next = first.slice(0, n);
  const head = new Int32Array(2 * m);
  const twin = new Int32Array(2 * m);
  const room = new Float64Array(2 * m);
  const cost = new Float64Array(2 * m);
  const arcOf = new Int32Array(m);
  for (let i = 0; i < m; i++) {
    const e = edges[i]!;
    const u = node[from[e]!]!;
    const v = node[to[e]!]!;
    const a = next[u]!++;
    const b = next[v]!++;
    arcOf[i] = a;
    head[a] = v;
    head[b] = u;
    twin[a] = b;
    twin[b] = a;
    room[a] = cap[e]!;
    cost[a] = -weight[e]!;
    cost[b] = weight[e]!;
  }
  return { n, first, head, twin, room, cost, arcOf, participant };
};
