/** The global price update of cost scaling (Goldberg 1997, section 6.2). */
import type { Pseudoflow } from './pseudoflow.ts';

/** Ranks to begin with: enough for nearly all networks, and little memory. */
const firstLimit = (n: number): number => Math.max(2 ** 14, 16 * n);

/**
 * Ranks at most. An arc of cost 1 is 1/ε + 1 of them, 257 in the phase that does nearly all the work,
 * so a search sees all of a path through everybody, as around a ring. With 16 for each node, a
 * single loop of 10,000 took minutes in place of a tenth of a second. Beyond 2^26 (268 MB, if all were
 * touched) the path that it sees is shorter.
 */
const lastLimit = (n: number): number => Math.max(firstLimit(n), Math.min(257 * n, 2 ** 26));

/**
 * Makes the function that lowers prices until each node with excess has a path of admissible arcs
 * to one that lacks: rank[u] is how many ε the price of u has to fall for that, found by a search
 * from all that lack, against the arcs, with one bucket for each rank (Dial 1969). Nodes that the
 * search does not come to fall as far as the last that it came to.
 */
export const makePriceUpdate = (flow: Pseudoflow): ((epsilon: number) => void) => {
  const { n, first, head, price, excess, back } = flow;
  let limit = firstLimit(n);
  /** The newest entry of each rank. Zero is none, so memory that no search came to is never touched. */
  let bucket = new Int32Array(limit);
  const rank = new Int32Array(n);
  /** rank − price / ε, so that looking at an arc reads one number of its far end. */
  const key = new Float64Array(n);

  // What stands in buckets: a node, and the entry below it. A node that moves to a lower bucket
  // leaves its old entry where it is, to be passed over. One entry for each arc is the most.
  const node = new Int32Array(n + head.length + 1);
  const below = new Int32Array(n + head.length + 1);
  let entries = 0;
  const put = (u: number, r: number): void => {
    entries++;
    node[entries] = u;
    below[entries] = bucket[r]!;
    bucket[r] = entries;
  };

  return (epsilon) => {
    const scale = 1 / epsilon;
    let waiting = 0;
    entries = 0;
    for (let u = 0; u < n; u++) {
      rank[u] = excess[u]! < 0 ? 0 : limit;
      key[u] = rank[u]! - price[u]! * scale;
      if (excess[u]! < 0) put(u, 0);
      else if (excess[u]! > 0) waiting++;
    }
    let r = 0;
    let top = 0;
    search: for (; r <= top; r++) {
      for (let entry = bucket[r]!; entry > 0; entry = bucket[r]!) {
        bucket[r] = below[entry]!;
        const u = node[entry]!;
        if (rank[u]! < r) continue;
        const base = r + 1 - price[u]! * scale;
        for (let a = first[u]!, end = first[u + 1]!; a < end; a++) {
          const rise = back[a]! * scale + base;
          const v = head[a]!;
          if (rise < key[v]!) {
            const own = price[v]! * scale;
            const found = Math.floor(rise + own);
            rank[v] = found;
            key[v] = found - own;
            put(v, found);
            if (found > top) top = found;
          }
        }
        if (excess[u]! > 0 && --waiting === 0) break search;
      }
    }
    // Those below are empty.
    bucket.fill(0, r, top + 1);
    for (let u = 0; u < n; u++) price[u]! -= Math.min(rank[u]!, r) * epsilon;
    if (waiting > 0 && limit < lastLimit(n)) {
      // Somebody is farther away than the search saw. From all there is a way, so the next one sees more.
      limit = Math.min(lastLimit(n), 4 * limit);
      bucket = new Int32Array(limit);
    }
  };
};
