/** The same networks as their users have them: with names, origins and bigints. */
import { createHash } from 'node:crypto';
import type { Line, Network, Obligation, Result } from '@pocas/clearing/setoff';
import type { Columns } from './networks.ts';

const originOf = (i: number): string => createHash('sha256').update(`edge ${i}`).digest('hex');

/** Edges whose weight is below zero are lines. A weight that all obligations share is none. */
export const toNetwork = ({ from, to, cap, weight }: Columns): Network => {
  const obligations: Obligation[] = [];
  const lines: Line[] = [];
  const isPlain = weight.every((each) => each === weight[0] || each < 0);
  for (let i = 0; i < from.length; i += 1) {
    const origin = originOf(i);
    const [u, v, value] = [`poca ${from[i]}`, `poca ${to[i]}`, BigInt(cap[i]!)];
    if (weight[i]! < 0) lines.push({ origin, lender: u, borrower: v, limit: value });
    else {
      const worth = isPlain ? {} : { weight: BigInt(weight[i]!) };
      obligations.push({ origin, debtor: u, creditor: v, amount: value, ...worth });
    }
  }
  return { obligations, lines };
};

/** @returns what is cleared (or drawn) of each edge */
export const valuesOf = ({ from }: Columns, { cleared, drawn }: Result): readonly number[] => {
  const values = new Map([...cleared, ...drawn]);
  return Array.from(from, (_, i) => Number(values.get(originOf(i))));
};
