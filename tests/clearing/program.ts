/** The program of a node in these scenarios: the powers that it defines at each start, and who gets which. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import { packSolution, solveProblem, unpackProblem } from '@pocas/clearing/setoff';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';

/** What the solver of a node does: the harness may have it lie. */
export type Solving = 'honest' | 'less' | 'more' | 'none';

/** Modules of vats that the harness may ask for: by name, or by a path from the folder of all tests. */
const moduleOf = (name: string): string => {
  const inside: Readonly<Record<string, string>> = {
    liar: '../../clearing/vats/liar.ts',
    fund: '../../clearing/vats/fund.ts',
  };
  if (name.startsWith('@')) return fileURLToPath(import.meta.resolve(name));
  const path = name.endsWith('.ts') ? `../../${name}` : inside[name];
  return fileURLToPath(
    path === undefined
      ? import.meta.resolve(`@pocas/clearing/${name}`)
      : new URL(path, import.meta.url),
  );
};

const SolverI = M.interface('Solver', { solve: M.call(M.string()).returns(M.promise()) });

export const defineProgram = (node: PocasNode) => {
  let solving: Solving = 'honest';
  const solver = node.definePower(
    'solver',
    makePower('Solver', SolverI, {
      async solve(packed: string) {
        const problem = unpackProblem(packed);
        const solution = solveProblem(problem);
        if (solving === 'none') return new Promise<string>(() => {});
        if (solving === 'honest') return packSolution(solution);
        // One unit less, or more, of the first edge that it can be said of.
        const change = solving === 'less' ? -1n : 1n;
        const at = solution.cleared.findIndex(
          (value, edge) => value + change >= 0n && value + change <= problem.amounts[edge]!,
        );
        const cleared = solution.cleared.map((value, edge) =>
          edge === at ? value + change : value,
        );
        return packSolution({ ...solution, cleared });
      },
    }),
  );
  /** The second one that a round asks. */
  const other = node.definePower(
    'other.solver',
    makePower('Solver', SolverI, {
      solve: async (packed: string) => packSolution(solveProblem(unpackProblem(packed))),
    }),
  );
  const known: Readonly<Record<string, object>> = {
    book: {
      clock: node.clock,
      timer: node.timer,
      enlivener: node.enlivener,
      grantor: node.grantor,
    },
    round: {
      clock: node.clock,
      timer: node.timer,
      solvers: [solver, other],
      grantor: node.grantor,
    },
    liar: { clock: node.clock, timer: node.timer },
  };

  /** What a FoCo makes another with, for those who go apart. */
  const focoMaker: object = node.definePowerOfEach('foco', () =>
    makePower(
      'FocoMaker',
      M.interface('FocoMaker', { make: M.call(M.record()).returns(M.promise()) }),
      {
        make: (wish: object) =>
          node.makeVat({
            module: moduleOf('@pocas/foco-actors/foco'),
            label: 'foco',
            powers: { ...known['book']!, focoMaker } as never,
            params: { ...wish, secret: randomBytes(32).toString('base64url') } as never,
          }),
      },
    ),
  );
  return {
    moduleOf,
    powersOf: (module: string): object => ({
      ...(known[module] ?? known['book']),
      ...(module === '@pocas/foco-actors/foco' ? { focoMaker } : {}),
    }),
    solve: (how: Solving): void => void (solving = how),
  };
};
