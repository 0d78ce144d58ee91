/** Ways to set off that need no solver, to see what they leave. Weights do not count here. */
import type { Columns } from './networks.ts';

const totalOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Where the edges of each participant stand in `order`: from first[u] to first[u + 1] − 1. */
const byDebtor = ({ n, from }: Columns) => {
  const first = new Int32Array(n + 1);
  for (const u of from) first[u + 1]! += 1;
  for (let u = 0; u < n; u += 1) first[u + 1]! += first[u]!;
  const next = first.slice(0, n);
  const order = new Int32Array(from.length);
  from.forEach((u, edge) => {
    order[next[u]!] = edge;
    next[u]! += 1;
  });
  return { first, order };
};

/** @returns what went round, after taking as much as there is from each edge of a loop */
const clear = (left: Float64Array, loop: readonly number[]): number => {
  const least = loop.reduce((so, edge) => Math.min(so, left[edge]!), Infinity);
  for (const edge of loop) left[edge]! -= least;
  return least * loop.length;
};

/** What any two owe each other, and nothing else. @returns with what is left of each obligation */
export const bilateral = (columns: Columns): { cleared: number; left: Columns } => {
  const { n, from, to, cap } = columns;
  const owed = new Map<number, number>();
  from.forEach((u, edge) => {
    const pair = u * n + to[edge]!;
    owed.set(pair, (owed.get(pair) ?? 0) + cap[edge]!);
  });
  // Of what one owes the other, so much is cleared; parallel obligations are served as they come.
  const due = new Map<number, number>();
  for (const [pair, value] of owed) {
    const back = (pair % n) * n + Math.floor(pair / n);
    due.set(pair, Math.min(value, owed.get(back) ?? 0));
  }
  const left = cap.map((value, edge) => {
    const pair = from[edge]! * n + to[edge]!;
    const cleared = Math.min(value, due.get(pair)!);
    due.set(pair, due.get(pair)! - cleared);
    return value - cleared;
  });
  return { cleared: totalOf(cap) - totalOf(left), left: { ...columns, cap: left } };
};

/** Goes from debtor to creditor until it comes to where it was, clears that loop, and goes on. */
export const loopsByWalking = (columns: Columns): number => {
  const { n, to, cap } = columns;
  const { first, order } = byDebtor(columns);
  const left = cap.slice();
  const next = first.slice(0, n);
  /** Where a participant stands on the way, or −1. */
  const place = new Int32Array(n).fill(-1);
  let cleared = 0;
  for (let start = 0; start < n; start += 1) {
    const edges: number[] = [];
    const nodes = [start];
    const goBack = (): void => {
      place[nodes.pop()!] = -1;
      edges.pop();
    };
    place[start] = 0;
    while (nodes.length > 0) {
      const u = nodes.at(-1)!;
      while (next[u]! < first[u + 1]! && left[order[next[u]!]!] === 0) next[u]! += 1;
      if (next[u] === first[u + 1]) {
        // From here nothing leads back, so what leads here is in no loop.
        if (edges.length > 0) left[edges.at(-1)!] = 0;
        goBack();
        continue;
      }
      const edge = order[next[u]!]!;
      const v = to[edge]!;
      const at = place[v]!;
      if (at === -1) {
        edges.push(edge);
        place[v] = nodes.length;
        nodes.push(v);
      } else {
        cleared += clear(left, [...edges.slice(at), edge]);
        while (nodes.length - 1 > at) goBack();
      }
    }
  }
  return cleared;
};

/** Clears the shortest loop of the first participant, and the next, until it has none; then of the second. */
export const shortestLoops = (columns: Columns): number => {
  const { n, from, to, cap } = columns;
  const { first, order } = byDebtor(columns);
  const left = cap.slice();
  const by = new Int32Array(n);
  const seen = new Int32Array(n).fill(-1);
  let searches = 0;
  let cleared = 0;
  /** @returns the edges of a shortest loop, or none */
  const loopOf = (start: number): number[] => {
    searches += 1;
    const queue = [start];
    for (const u of queue) {
      for (let i = first[u]!; i < first[u + 1]!; i += 1) {
        const edge = order[i]!;
        const v = to[edge]!;
        if (left[edge] === 0 || seen[v] === searches) continue;
        seen[v] = searches;
        by[v] = edge;
        if (v !== start) queue.push(v);
        else {
          const loop = [edge];
          for (let w = from[edge]!; w !== start; w = from[by[w]!]!) loop.push(by[w]!);
          return loop;
        }
      }
    }
    return [];
  };
  for (let start = 0; start < n; start += 1) {
    for (let loop = loopOf(start); loop.length > 0; loop = loopOf(start)) {
      cleared += clear(left, loop);
    }
  }
  return cleared;
};
