/** Networks drawn at random, of the shapes in which a solver may go wrong. */
import fc from 'fast-check';
import type { Network, Obligation, Problem } from '@pocas/clearing/setoff';

type Shape = {
  readonly most: { readonly participants: number; readonly edges: number };
  readonly amount: fc.Arbitrary<bigint>;
  readonly weight: fc.Arbitrary<bigint>;
  /** Edges from a participant to itself. */
  readonly withSelf?: boolean;
};

/** From 0 to 3: many are equal, none matters. */
export const tinyAmount = fc.bigInt(0n, 3n);
/** Round sums, odd ones, and none. */
export const mixedAmount = fc.oneof(
  fc.bigInt(0n, 5n),
  fc.bigInt(1n, 100_000n),
  fc.constantFrom(10n, 100n, 1_000n),
);
export const one = fc.constant(1n);
export const anyWeight = fc.bigInt(-5n, 9n);

/** Whom edges join: anybody, neighbours in a ring, everybody with one in the middle, or two each way. */
const joining = (participants: number): fc.Arbitrary<readonly [number, number]> => {
  const who = fc.nat(participants - 1);
  return fc.oneof(
    fc.tuple(who, who),
    who.map((u) => [u, (u + 1) % participants] as const),
    who.map((u) => [(u + 1) % participants, u] as const),
    who.map((u) => [u, 0] as const),
    who.map((u) => [0, u] as const),
  );
};

export const problems = ({ most, amount, weight, withSelf = true }: Shape): fc.Arbitrary<Problem> =>
  fc.integer({ min: 1, max: most.participants }).chain((participants) =>
    fc
      .array(fc.record({ ends: joining(participants), amount, weight }), {
        maxLength: most.edges,
        size: 'max',
      })
      .map((drawn) => {
        const edges = withSelf ? drawn : drawn.filter(({ ends: [u, v] }) => u !== v);
        return {
          participants,
          debtors: edges.map(({ ends }) => ends[0]),
          creditors: edges.map(({ ends }) => ends[1]),
          amounts: edges.map((edge) => edge.amount),
          weights: edges.map((edge) => edge.weight),
        };
      }),
  );

const name = (who: number): string => `p${who}`;

/** A problem as obligations, whose amounts and weights are to be above zero. Origins are in no order. */
export const networkOf = (
  { debtors, creditors, amounts, weights }: Problem,
  more: (i: number) => Partial<Obligation> = (i) =>
    weights[i] === 1n ? {} : { weight: weights[i]! },
): Network => ({
  obligations: amounts.map((amount, i) => ({
    origin: `${(i * 7919) % 10_007}-${i}`,
    debtor: name(debtors[i]!),
    creditor: name(creditors[i]!),
    amount,
    ...more(i),
  })),
});

/** Obligations to set off: above zero, between two. */
export const networks = (
  most: Shape['most'] = { participants: 12, edges: 50 },
): fc.Arbitrary<Network> =>
  problems({
    most,
    amount: mixedAmount.map((amount) => amount + 1n),
    weight: one,
    withSelf: false,
  }).map((problem) => networkOf(problem));
