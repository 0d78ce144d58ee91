/** A vat that does with set-offs all that is fit for vats, where there are no typed arrays. */
import { M } from '@endo/patterns';
import {
  componentsOf,
  explain,
  faultsOfRows,
  faultsOfSolution,
  loopsOf,
  numberNetwork,
  ownLoops,
  packProblem,
  paymentProblem,
  paymentsOf,
  planSettlement,
  remainingOf,
  resultOf,
  sentencesOf,
  unpackSolution,
} from '@pocas/clearing/setoff';
import type { Network } from '@pocas/clearing/setoff';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor } from '@pocas/vat-runtime';

export type Checker = {
  /** What a solver is asked. */
  ask(network: Network): string;
  /** What is made of its answer. */
  hear(network: Network, packed: string): unknown;
  /** Of payments, the same. */
  askPayments(network: Network, packed: string): string;
  hearPayments(network: Network, packed: string, packedPayments: string): unknown;
  hasTypedArrays(): boolean;
};

const settlementOf = (network: Network, packed: string) => {
  const result = resultOf(numberNetwork(network), unpackSolution(packed));
  return planSettlement(remainingOf(network, result));
};

const makeChecker = defineActor({
  name: 'Checker',
  state: {},
  init: () => ({}),
  guards: {
    checker: M.interface('Checker', {
      ask: M.call(M.record()).returns(M.string()),
      hear: M.call(M.record(), M.string()).returns(M.any()),
      askPayments: M.call(M.record(), M.string()).returns(M.string()),
      hearPayments: M.call(M.record(), M.string(), M.string()).returns(M.any()),
      hasTypedArrays: M.call().returns(M.boolean()),
    }),
  },
  facets: {
    checker: {
      ask: (network: Network) => packProblem(numberNetwork(network).problem),
      hear(network: Network, packed: string) {
        const numbered = numberNetwork(network);
        const solution = unpackSolution(packed);
        const { problem } = numbered;
        const result = resultOf(numbered, solution);
        const own = problem.debtors[0]!;
        return {
          faults: faultsOfSolution(problem, solution),
          rows: faultsOfRows(
            problem.debtors.flatMap((debtor, edge) => {
              const creditor = problem.creditors[edge]!;
              if (debtor !== own && creditor !== own) return [];
              return [
                {
                  edge,
                  end: debtor === own ? ('from' as const) : ('to' as const),
                  max: problem.amounts[edge]!,
                  cleared: solution.cleared[edge]!,
                  weight: problem.weights[edge]!,
                  own: solution.prices[own]!,
                  other: solution.prices[debtor === own ? creditor : debtor]!,
                },
              ];
            }),
          ),
          total: result.total,
          components: componentsOf(problem).length,
          loops: ownLoops(problem, loopsOf(problem, solution.cleared))[own]!.length,
          sentences: sentencesOf(explain(network, result, numbered.participants[own]!)).length,
        };
      },
      askPayments: (network: Network, packed: string) =>
        packProblem(settlementOf(network, packed).problem),
      hearPayments(network: Network, packed: string, packedPayments: string) {
        const solution = unpackSolution(packedPayments);
        const debts = { participants: 2, debtors: [0], creditors: [1], amounts: [1n] };
        const money = { recall: [0n, 0n], pays: [0n, 0n] };
        const none = { cleared: paymentProblem(debts, money).amounts.map(() => 0n) };
        return {
          total: settlementOf(network, packed).settlementOf(solution).total,
          none: paymentsOf(debts, money, { ...none, prices: [0n, 0n, 0n] }).total,
        };
      },
      hasTypedArrays: () => 'Float64Array' in globalThis,
    },
  },
});

export const make = (): Facet<Checker> => makeChecker().checker;
