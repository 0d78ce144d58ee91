/** A vat that asks its solver, for tests. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { packProblem, unpackSolution } from '@pocas/clearing/setoff';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

type Solver = { solve(packed: string): Promise<string> };

export type Asking = {
  /** So many participants in a ring. @returns what is cleared, in all */
  ask(size: bigint): Promise<bigint>;
  askText(packed: string): Promise<string>;
  solver(): Facet<Solver>;
};

const makeAsking = defineActor({
  name: 'Asking',
  state: { solver: typed<Facet<Solver>>(M.remotable()) },
  init: (solver: Facet<Solver>) => ({ solver }),
  guards: {
    asking: M.interface('Asking', {
      ask: M.call(M.nat()).returns(M.promise()),
      askText: M.call(M.string()).returns(M.promise()),
      solver: M.call().returns(M.remotable()),
    }),
  },
  facets: {
    asking: {
      ask(size: bigint) {
        const all = Array.from({ length: Number(size) }, (_, i) => i);
        const packed = packProblem({
          participants: all.length,
          debtors: all,
          creditors: all.map((i) => (i + 1) % all.length),
          amounts: all.map((i) => BigInt(i + 1)),
          weights: all.map(() => 1n),
        });
        return E(this.state.solver)
          .solve(packed)
          .then((text) => unpackSolution(text).cleared.reduce((so, value) => so + value, 0n));
      },
      askText(packed: string) {
        return E(this.state.solver).solve(packed);
      },
      solver() {
        return this.state.solver;
      },
    },
  },
});

export const make = ({
  solver,
  solvers: [first] = [],
}: {
  solver?: Facet<Solver>;
  solvers?: readonly Facet<Solver>[];
}): Facet<Asking> => makeAsking((solver ?? first)!).asking;
