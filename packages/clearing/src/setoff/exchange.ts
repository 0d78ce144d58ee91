/**
 * What a set-off would only exchange for the same.
 *
 * Where somebody owes a lender, and has a line of that lender, the most is "cleared" by clearing the
 * debt and drawing as much on the line: the same owes the same, due on another day. No weights rule it
 * out, since either alone may be worth it. So it is undone once a solution is to be carried out: what
 * is taken off both goes round between the same two, and no net position changes.
 */

/** Between which two, by any numbers. A line goes from its lender to its borrower. */
export type Between = { readonly from: number; readonly to: number; readonly isLine: boolean };

type Way = { readonly lines: number[]; readonly debts: number[]; drawn: bigint; paid: bigint };

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * What is carried out of what a solution clears: without what lines and debts between the same two
 * take back of each other. The last ones of both are taken back first, so the two of them, who know
 * all edges between them, come to the same.
 *
 * @param edges - in the order of their origins
 * @param cleared - as many; a circulation
 * @returns as many, none of them more; a circulation too
 */
export const withoutExchanges = (
  edges: readonly Between[],
  cleared: readonly bigint[],
): readonly bigint[] => {
  const ways = new Map<string, Way>();
  edges.forEach(({ from, to, isLine }, i) => {
    const value = cleared[i]!;
    if (value === 0n) return;
    // The lender, who is owed, and the borrower.
    const key = isLine ? `${from} ${to}` : `${to} ${from}`;
    const way = ways.get(key) ?? { lines: [], debts: [], drawn: 0n, paid: 0n };
    ways.set(key, way);
    (isLine ? way.lines : way.debts).push(i);
    if (isLine) way.drawn += value;
    else way.paid += value;
  });
  const kept = [...cleared];
  const takeBack = (places: readonly number[], value: bigint): void => {
    let left = value;
    for (const place of places.toReversed()) {
      const taken = smaller(left, kept[place]!);
      kept[place] = kept[place]! - taken;
      left -= taken;
    }
  };
  for (const { lines, debts, drawn, paid } of ways.values()) {
    const value = smaller(drawn, paid);
    if (value === 0n) continue;
    takeBack(lines, value);
    takeBack(debts, value);
  }
  return kept;
};
