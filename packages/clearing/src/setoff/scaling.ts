/** Cost scaling. */
import type { Control } from './control.ts';
import { CancelledError } from './control.ts';
import type { Residual } from './residual.ts';

const alpha = 16;
const pathLimit = 4;

export const scaleCosts = (residual: Residual, control: Control): Float64Array => {
  const { n, first, head, twin, room, cost } = residual;
  const price = new Float64Array(n);
  const excess = new Float64Array(n);
  const next = new Int32Array(n);
  const queue = new Int32Array(n + 1);
  const path = new Int32Array(pathLimit + 1);
  const pathFrom = new Int32Array(pathLimit + 1);
  const onPath = new Uint8Array(head.length);
  const rank = new Int32Array(n);
  const rankLimit = alpha * n;
  const bucket = new Int32Array(rankLimit + 1).fill(-1);
  const after = new Int32Array(n);
  const before = new Int32Array(n);

  // Prices are multiples of ε, exact up to 2^53 of it.
  const check = (eps: number): void => {
    if (control.isCancelled?.() === true) throw new CancelledError();
    for (let u = 0; u < n; u++) {
      if (!(price[u]! > -(2 ** 52) * eps)) {
        throw new RangeError(
          'Cannot set off: the weights around a loop sum to more than the solver can add up; use smaller weights',
        );
      }
    }
  };

  let qh = 0;
  let qt = 0;
  const queued = new Uint8Array(n);
  const push = (u: number): void => {
    if (queued[u] === 1) return;
    queued[u] = 1;
    queue[qt++] = u;
    if (qt > n) qt = 0;
  };

  const saturate = (): void => {
    for (let u = 0; u < n; u++) {
      const pu = price[u]!;
      for (let a = first[u]!, end = first[u + 1]!; a < end; a++) {
        const r = room[a]!;
        if (r > 0) {
          const v = head[a]!;
          if (cost[a]! + pu - price[v]! < 0) {
            excess[u]! -= r;
            excess[v]! += r;
            room[a] = 0;
            room[twin[a]!]! += r;
          }
        }
      }
    }
    for (let u = 0; u < n; u++) if (excess[u]! > 0) push(u);
    next.set(first.subarray(0, n));
  };

  const updatePrices = (eps: number): void => {
    check(eps);
    const scale = 1 / eps;
    let open = 0;
    let top = 0;
    for (let u = 0; u < n; u++) {
      if (excess[u]! < 0) {
        rank[u] = 0;
        const b = bucket[0]!;
        after[u] = b;
        if (b >= 0) before[b] = u;
        before[u] = -1;
        bucket[0] = u;
      } else {
        if (excess[u]! > 0) open++;
        rank[u] = rankLimit;
      }
    }
    let r = 0;
    search: for (; r <= top; r++) {
      for (let u = bucket[r]!; u >= 0; u = bucket[r]!) {
        bucket[r] = after[u]!;
        const pu = price[u]!;
        for (let a = first[u]!, end = first[u + 1]!; a < end; a++) {
          const v = head[a]!;
          const old = rank[v]!;
          if (old > r && room[twin[a]!]! > 0) {
            const d = Math.floor((price[v]! - pu - cost[a]!) * scale) + r + 1;
            if (d < old) {
              if (old < rankLimit) {
                const x = after[v]!;
                const y = before[v]!;
                if (x >= 0) before[x] = y;
                if (y >= 0) after[y] = x;
                else bucket[old] = x;
              }
              rank[v] = d;
              const b = bucket[d]!;
              after[v] = b;
              before[v] = -1;
              if (b >= 0) before[b] = v;
              bucket[d] = v;
              if (d > top) top = d;
            }
          }
        }
        // bucket head's before must be -1
        if (bucket[r]! >= 0) before[bucket[r]!] = -1;
        if (excess[u]! > 0 && --open === 0) break search;
      }
    }
    for (let q = r; q <= top; q++) bucket[q] = -1;
    bucket.fill(-1, 0, Math.min(top + 1, rankLimit));
    for (let u = 0; u < n; u++) {
      const k = Math.min(rank[u]!, r);
      if (k > 0) {
        price[u]! -= k * eps;
        next[u] = first[u]!;
      }
    }
  };

  const refine = (eps: number): void => {
    let relabels = 0;
    saturate();
    while (qh !== qt) {
      const start = queue[qh]!;
      if (excess[start]! <= 0) {
        queued[start] = 0;
        if (++qh > n) qh = 0;
        continue;
      }
      let tip = start;
      let length = 0;
      walk: while (length < pathLimit && excess[tip]! >= 0) {
        const pt = price[tip]!;
        let least = Infinity;
        const current = next[tip]!;
        for (let a = current, end = first[tip + 1]!; a < end; a++) {
          if (room[a]! > 0) {
            const rc = cost[a]! + pt - price[head[a]!]!;
            if (rc < 0) {
              next[tip] = a;
              pathFrom[length] = tip;
              path[length++] = a;
              if (onPath[a] === 1) break walk;
              onPath[a] = 1;
              tip = head[a]!;
              continue walk;
            }
            if (rc < least) least = rc;
          }
        }
        if (tip !== start) {
          const b = twin[path[length - 1]!]!;
          const rc = cost[b]! + pt - price[head[b]!]!;
          if (rc < least) least = rc;
        }
        for (let a = first[tip]!; a < current; a++) {
          if (room[a]! > 0) {
            const rc = cost[a]! + pt - price[head[a]!]!;
            if (rc < least) least = rc;
          }
        }
        price[tip] = pt - least - eps;
        next[tip] = first[tip]!;
        relabels++;
        if (tip !== start) {
          length--;
          onPath[path[length]!] = 0;
          tip = pathFrom[length]!;
        }
      }
      for (let i = 0; i < length; i++) {
        const a = path[i]!;
        const u = pathFrom[i]!;
        const v = head[a]!;
        onPath[a] = 0;
        const d = Math.min(room[a]!, excess[u]!);
        room[a]! -= d;
        room[twin[a]!]! += d;
        excess[u]! -= d;
        const before = excess[v]!;
        excess[v] = before + d;
        if (before <= 0 && before + d > 0) push(v);
      }
      if (relabels >= n) {
        relabels = 0;
        updatePrices(eps);
      }
    }
  };

  /** Rounds the prices down to whole ones; false where that breaks the rule of an arc */
  const round = (eps: number): boolean => {
    const slots = Math.round(1 / eps);
    if (slots < 1) return false;
    const taken = new Uint8Array(slots);
    for (let u = 0; u < n; u++) taken[(price[u]! - Math.floor(price[u]!)) * slots] = 1;
    const gap = taken.indexOf(0);
    if (gap < 0) return false;
    const shift = 1 - gap / slots;
    for (let u = 0; u < n; u++) price[u] = Math.floor(price[u]! + shift);
    return true;
  };

  let largest = 1;
  for (let a = 0; a < cost.length; a++) if (cost[a]! > largest) largest = cost[a]!;
  const finest = 2 ** -Math.ceil(Math.log2(n + 1));
  let eps = 2 ** Math.ceil(Math.log2(largest));
  const span = Math.log2(eps / finest);
  do {
    eps = Math.max(eps / alpha, finest);
    check(eps);
    refine(eps);
    check(eps);
    control.progress?.(1 - Math.log2(eps / finest) / span);
  } while (!round(eps));
  return price;
};
