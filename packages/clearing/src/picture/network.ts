/** From debts to what can be drawn of them: the largest participants, and all the others as one. */
import type { Edge, Network, Node, Owed } from './types.ts';

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const descending = (a: bigint, b: bigint): number => (a > b ? -1 : a < b ? 1 : 0);

/** One for each ordered pair, and nothing that somebody owes itself. */
const mergePairs = (debts: readonly Owed[]): Owed[] => {
  const byDebtor = new Map<string, Map<string, Owed>>();
  for (const { debtor, creditor, before, after } of debts) {
    if (debtor === creditor) continue;
    const row = byDebtor.get(debtor) ?? new Map<string, Owed>();
    byDebtor.set(debtor, row);
    const sum = row.get(creditor) ?? { debtor, creditor, before: 0n, after: 0n };
    row.set(creditor, { ...sum, before: sum.before + before, after: sum.after + after });
  }
  return [...byDebtor.values()].flatMap((row) => [...row.values()]);
};

type Sums = { name: string; owes: bigint; isOwed: bigint };

const sumUp = (pairs: readonly Owed[]): Sums[] => {
  const all = new Map<string, Sums>();
  const of = (name: string): Sums => {
    const known = all.get(name);
    if (known !== undefined) return known;
    const sums = { name, owes: 0n, isOwed: 0n };
    all.set(name, sums);
    return sums;
  };
  for (const { debtor, creditor, before, after } of pairs) {
    // What comes newly, by a credit line, counts for the size as what was there.
    const most = before > after ? before : after;
    of(debtor).owes += most;
    of(creditor).isOwed += most;
  }
  return [...all.values()].toSorted(
    (a, b) => descending(a.owes + a.isOwed, b.owes + b.isOwed) || byName(a.name, b.name),
  );
};

/**
 * An order in which those who owe each other much are neighbours: after each comes who has most to do with it.
 * It does for up to some forty, which is all that is drawn.
 */
const chain = (names: readonly string[], pairs: readonly Owed[]): string[] => {
  const place = new Map(names.map((name, i) => [name, i]));
  const ties: bigint[][] = names.map(() => names.map(() => 0n));
  for (const { debtor, creditor, before, after } of pairs) {
    const [a, b] = [place.get(debtor), place.get(creditor)];
    if (a === undefined || b === undefined) continue;
    ties[a]![b]! += before + after;
    ties[b]![a]! += before + after;
  }
  const left = names.map((_, i) => i);
  const ordered: number[] = [];
  while (left.length > 0) {
    const last = ordered.at(-1);
    let best = 0;
    if (last !== undefined) {
      // Of equals the first, which is the larger one.
      for (let i = 1; i < left.length; i += 1) {
        if (ties[last]![left[i]!]! > ties[last]![left[best]!]!) best = i;
      }
    }
    ordered.push(...left.splice(best, 1));
  }
  return ordered.map((i) => names[i]!);
};

/**
 * @param most - so many participants are all drawn
 * @param some - of more than that, so many nodes are drawn, the others included
 */
export const makeNetwork = (debts: readonly Owed[], most: number, some: number): Network => {
  const pairs = mergePairs(debts);
  const sums = sumUp(pairs);
  const drawn = sums.length <= most ? sums : sums.slice(0, some - 1);
  const names = chain(
    drawn.map(({ name }) => name),
    pairs,
  );
  const place = new Map(names.map((name, i) => [name, i]));
  const others = names.length;
  const nodes: {
    name: string | undefined;
    count: number;
    owes: bigint;
    isOwed: bigint;
    net: bigint;
  }[] = names.map((name) => ({ name, count: 1, owes: 0n, isOwed: 0n, net: 0n }));
  if (sums.length > drawn.length) {
    const count = sums.length - drawn.length;
    nodes.push({ name: undefined, count, owes: 0n, isOwed: 0n, net: 0n });
  }
  const edges = new Map<number, { from: number; to: number; before: bigint; after: bigint }>();
  const totals = { before: 0n, after: 0n };
  const hidden = { before: 0n, after: 0n };
  for (const { debtor, creditor, before, after } of pairs) {
    totals.before += before;
    totals.after += after;
    const from = place.get(debtor) ?? others;
    const to = place.get(creditor) ?? others;
    nodes[from]!.owes += before;
    nodes[from]!.net -= before;
    nodes[to]!.isOwed += before;
    nodes[to]!.net += before;
    if (from === to) {
      hidden.before += before;
      hidden.after += after;
      continue;
    }
    const key = from * nodes.length + to;
    const edge = edges.get(key) ?? { from, to, before: 0n, after: 0n };
    edges.set(key, edge);
    edge.before += before;
    edge.after += after;
  }
  const ordered: Edge[] = [...edges.values()].toSorted(
    (a, b) =>
      descending(
        a.before > a.after ? a.before : a.after,
        b.before > b.after ? b.before : b.after,
      ) ||
      a.from - b.from ||
      a.to - b.to,
  );
  const all: readonly Node[] = nodes;
  return { nodes: all, edges: ordered, participants: sums.length, totals, hidden };
};
