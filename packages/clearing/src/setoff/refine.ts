/** One phase of cost scaling. */
import type { Pseudoflow } from './pseudoflow.ts';
import { send } from './pseudoflow.ts';

/** Arcs of a partial path. Goldberg 2008 and LEMON found four to be best; so did we. */
const pathLimit = 4;

/** How often a node's price is lowered between two updates of all prices. */
const liftLimit = 3;

/**
 * Makes the function that turns any pseudoflow into a circulation that is ε-optimal: no arc with
 * room has a reduced cost, cost + price[tail] − price[head], below −ε.
 *
 * Partial augment-relabel (Goldberg 2008, "The partial augment-relabel algorithm for the maximum
 * flow problem"; for costs Király and Kovács 2012): from a node with excess, follow arcs of
 * negative reduced cost for a few steps, lower the price of whoever has none, and push along what
 * was found.
 *
 * What is our own: a node whose price was lowered three times waits for the next update of all prices,
 * which comes when no other node is left. Without that, excess in a part that has no way out yet
 * goes back and forth there, ε by ε, and a small ε costs as many steps as it is small. With it a
 * single phase of a small ε does what took several.
 *
 * @param updatePrices - is called when all nodes with excess wait
 */
export const makeRefine = (
  flow: Pseudoflow,
  updatePrices: (epsilon: number) => void,
): ((epsilon: number) => void) => {
  const { n, first, head, twin, room, cost, price, excess, toll } = flow;
  /** The first arc of a node that may be admissible: no earlier one is. */
  const next = new Int32Array(n);
  const lifts = new Int32Array(n);
  const path = new Int32Array(pathLimit);
  const tails = new Int32Array(pathLimit);
  const onPath = new Uint8Array(head.length);

  // Nodes with excess, first in, first out; each at most once.
  const queue = new Int32Array(n);
  const queued = new Uint8Array(n);
  let oldest = 0;
  let count = 0;
  const enqueue = (u: number): void => {
    if (queued[u] === 1) return;
    queued[u] = 1;
    const end = oldest + count++;
    queue[end < n ? end : end - n] = u;
  };
  const dequeue = (): void => {
    queued[queue[oldest]!] = 0;
    oldest = oldest + 1 < n ? oldest + 1 : 0;
    count -= 1;
  };

  /** Fills each arc of negative reduced cost, so that none is left. */
  const saturate = (): void => {
    for (let u = 0; u < n; u++) {
      const own = price[u]!;
      for (let a = first[u]!, end = first[u + 1]!; a < end; a++) {
        const v = head[a]!;
        if (toll[a]! + own - price[v]! < 0) {
          const much = room[a]!;
          send(flow, a, much);
          excess[u]! -= much;
          excess[v]! += much;
        }
      }
    }
  };

  /** Finds a path from `start` and lowers prices on the way; answers its length. */
  const walk = (start: number, epsilon: number): number => {
    let tip = start;
    let length = 0;
    step: while (length < pathLimit && excess[tip]! >= 0) {
      const own = price[tip]!;
      const current = next[tip]!;
      let least = Infinity;
      for (let a = current, end = first[tip + 1]!; a < end; a++) {
        const rest = toll[a]! - price[head[a]!]!;
        if (rest < least) {
          least = rest;
          if (rest + own < 0) {
            next[tip] = a;
            tails[length] = tip;
            path[length++] = a;
            // A loop: what flows around it only comes back.
            if (onPath[a] === 1) return length;
            onPath[a] = 1;
            tip = head[a]!;
            continue step;
          }
        }
      }
      for (let a = first[tip]!; a < current; a++) {
        const rest = toll[a]! - price[head[a]!]!;
        if (rest < least) least = rest;
      }
      if (length > 0) {
        // The way back will have room once something has come here.
        const b = twin[path[length - 1]!]!;
        least = Math.min(least, cost[b]! - price[head[b]!]!);
      }
      price[tip] = -least - epsilon;
      next[tip] = first[tip]!;
      lifts[tip]!++;
      if (length > 0) {
        onPath[path[--length]!] = 0;
        tip = tails[length]!;
      } else if (lifts[tip]! >= liftLimit) return 0;
    }
    return length;
  };

  return (epsilon) => {
    saturate();
    for (;;) {
      updatePrices(epsilon);
      next.set(first.subarray(0, n));
      lifts.fill(0);
      for (let u = 0; u < n; u++) if (excess[u]! > 0) enqueue(u);
      if (count === 0) return;
      while (count > 0) {
        const start = queue[oldest]!;
        if (excess[start]! <= 0 || lifts[start]! >= liftLimit) {
          dequeue();
          continue;
        }
        const length = walk(start, epsilon);
        for (let i = 0; i < length; i++) {
          const a = path[i]!;
          const u = tails[i]!;
          const v = head[a]!;
          onPath[a] = 0;
          const much = Math.min(room[a]!, excess[u]!);
          if (much <= 0) continue;
          send(flow, a, much);
          excess[u]! -= much;
          excess[v]! += much;
          if (excess[v]! > 0) enqueue(v);
        }
      }
    }
  };
};
