/**
 * Strongly connected components: the largest sets of participants in which each owes each, by way of
 * others. A loop never leaves one, so each is a set-off of its own. (Tarjan 1972, "Depth-first search
 * and linear graph algorithms", without recursion.) Fit for vats.
 */
import type { Debts } from './types.ts';

/** The edges of each participant: those of u are `edges[start[u]]` up to `edges[start[u + 1] − 1]`. */
const outgoing = ({ participants, debtors, amounts }: Debts) => {
  const start: number[] = Array(participants + 1).fill(0);
  const counts = (edge: number) => amounts[edge]! > 0n;
  for (let edge = 0; edge < debtors.length; edge += 1) {
    if (counts(edge)) start[debtors[edge]! + 1]! += 1;
  }
  for (let u = 0; u < participants; u += 1) start[u + 1]! += start[u]!;
  const at = start.slice();
  const edges: number[] = Array(start[participants]!).fill(0);
  for (let edge = 0; edge < debtors.length; edge += 1) {
    if (!counts(edge)) continue;
    const place = at[debtors[edge]!]!;
    at[debtors[edge]!] = place + 1;
    edges[place] = edge;
  }
  return { start, edges };
};

/**
 * @returns for each participant the number of its component. They are numbered from 0 in the order of
 * their first participants. Edges of no amount do not count
 */
export const componentsOf = (debts: Debts): number[] => {
  const { participants, creditors } = debts;
  const { start, edges } = outgoing(debts);
  const next = start.slice();
  const found: number[] = Array(participants).fill(-1);
  const lowest: number[] = Array(participants).fill(0);
  const rootOf: number[] = Array(participants).fill(-1);
  const open: number[] = [];
  let count = 0;
  for (let root = 0; root < participants; root += 1) {
    if (found[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const u = path.at(-1)!;
      if (found[u] === -1) {
        found[u] = lowest[u] = count;
        count += 1;
        open.push(u);
      }
      if (next[u]! < start[u + 1]!) {
        const v = creditors[edges[next[u]!]!]!;
        next[u]! += 1;
        if (found[v] === -1) path.push(v);
        else if (rootOf[v] === -1) lowest[u] = Math.min(lowest[u]!, found[v]!);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lowest[above] = Math.min(lowest[above]!, lowest[u]!);
      if (lowest[u] !== found[u]) continue;
      for (;;) {
        const v = open.pop()!;
        rootOf[v] = u;
        if (v === u) break;
      }
    }
  }
  const numbers = new Map<number, number>();
  return rootOf.map((root) => {
    const known = numbers.get(root) ?? numbers.size;
    numbers.set(root, known);
    return known;
  });
};
