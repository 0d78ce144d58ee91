/** Small random networks and problems for properties. */
import fc from 'fast-check';
import type { Line, Network, Obligation, Problem } from '@pocas/clearing/setoff';

export const problem = (maxParticipants = 6, maxEdges = 14): fc.Arbitrary<Problem> =>
  fc.integer({ min: 1, max: maxParticipants }).chain((participants) => {
    const one = fc.nat(participants - 1);
    return fc
      .array(fc.tuple(one, one, fc.bigInt(0n, 9n), fc.bigInt(-2n, 4n)), { maxLength: maxEdges })
      .map((edges) => ({
        participants,
        debtors: edges.map(([debtor]) => debtor),
        creditors: edges.map(([, creditor]) => creditor),
        amounts: edges.map(([, , amount]) => amount),
        weights: edges.map(([, , , weight]) => weight),
      }));
  });

export const nameOf = (who: number): string => `poca ${who}`;

export type NetworkOptions = {
  readonly maxParticipants?: number;
  readonly maxEdges?: number;
  readonly maxAmount?: bigint;
  readonly lines?: boolean;
  readonly priorities?: boolean;
  readonly weights?: boolean;
  /** With themselves. */
  readonly selves?: boolean;
};

/** Origins are in an order of their own, which says nothing of who is in them. */
export const network = ({
  maxParticipants = 6,
  maxEdges = 14,
  maxAmount = 9n,
  lines = true,
  priorities = true,
  weights = false,
  selves = true,
}: NetworkOptions = {}): fc.Arbitrary<Network> => {
  const who = fc.nat(maxParticipants - 1).map(nameOf);
  const rank: fc.Arbitrary<Pick<Obligation, 'priority' | 'weight'>> = fc.oneof(
    fc.constant({}),
    ...(priorities ? [fc.bigInt(0n, 3n).map((priority) => ({ priority }))] : []),
    ...(weights ? [fc.bigInt(1n, 4n).map((weight) => ({ weight }))] : []),
  );
  const edge = fc.record({
    a: who,
    b: who,
    amount: fc.bigInt(1n, maxAmount),
    isLine: fc.boolean(),
    due: fc.option(fc.bigInt(0n, 3n), { nil: undefined }),
    rank,
  });
  return fc
    .tuple(
      fc.array(edge, { maxLength: maxEdges }),
      fc.uniqueArray(
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 4, maxLength: 8 }),
        {
          minLength: maxEdges,
          maxLength: maxEdges,
        },
      ),
    )
    .map(([edges, origins]) => {
      const obligations: Obligation[] = [];
      const granted: Line[] = [];
      edges.forEach(({ a, b, amount, isLine, due, rank: ranked }, i) => {
        const origin = origins[i]!;
        if (lines && isLine && i % 3 === 0) {
          if (a !== b) granted.push({ origin, lender: a, borrower: b, limit: amount });
        } else if (a !== b || selves) {
          const dated = due === undefined ? {} : { due };
          obligations.push({ origin, debtor: a, creditor: b, amount, ...dated, ...ranked });
        }
      });
      return { obligations, lines: granted };
    });
};

/** An order of one's own for a list, from a list of numbers. */
export const shuffled = <T>(list: readonly T[], by: readonly number[]): T[] =>
  list
    .map((value, i) => ({ value, at: by[i % by.length]! * 1000 + ((i * 7919) % 1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
