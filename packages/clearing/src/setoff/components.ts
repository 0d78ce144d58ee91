/**
 * Strongly connected components: Tarjan 1972, "Depth-first search and linear graph algorithms",
 * with a stack of its own, so that a chain of any length fits.
 */

/** Each node's component, from 0. An edge leads into its own component or one of a lower number. */
export type Components = { readonly count: number; readonly of: Int32Array };

/** @param open - whether an edge counts: those without a cap connect nothing */
export const stronglyConnected = (
  n: number,
  from: Int32Array,
  to: Int32Array,
  open: (edge: number) => boolean,
): Components => {
  // The edges in the order of where they start: those of u are heads[first[u]] to heads[first[u + 1] − 1].
  const first = new Int32Array(n + 1);
  for (let e = 0; e < from.length; e++) if (open(e)) first[from[e]! + 1]!++;
  for (let u = 0; u < n; u++) first[u + 1]! += first[u]!;
  const heads = new Int32Array(first[n]!);
  const next = first.slice(0, n);
  for (let e = 0; e < from.length; e++) if (open(e)) heads[next[from[e]!]!++] = to[e]!;
  next.set(first.subarray(0, n));

  const of = new Int32Array(n).fill(-1);
  // When a node was found, counted from 1, and the earliest that it leads back to.
  const found = new Int32Array(n);
  const low = new Int32Array(n);
  const path = new Int32Array(n);
  const waiting = new Int32Array(n);
  let waitingCount = 0;
  let foundCount = 0;
  let count = 0;

  for (let start = 0; start < n; start++) {
    if (found[start] !== 0) continue;
    let depth = 0;
    path[0] = start;
    found[start] = low[start] = ++foundCount;
    waiting[waitingCount++] = start;
    while (depth >= 0) {
      const u = path[depth]!;
      if (next[u]! < first[u + 1]!) {
        const v = heads[next[u]!++]!;
        if (found[v] === 0) {
          found[v] = low[v] = ++foundCount;
          waiting[waitingCount++] = v;
          path[++depth] = v;
        } else if (of[v] === -1 && found[v]! < low[u]!) low[u] = found[v]!;
        continue;
      }
      depth -= 1;
      if (depth >= 0 && low[u]! < low[path[depth]!]!) low[path[depth]!] = low[u]!;
      if (low[u] !== found[u]) continue;
      let v;
      do {
        v = waiting[--waitingCount]!;
        of[v] = count;
      } while (v !== u);
      count += 1;
    }
  }
  return { count, of };
};
