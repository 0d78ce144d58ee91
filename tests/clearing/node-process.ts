/**
 * A node of the clearing campaign, in a process of its own, with a real store and real links. It does
 * what the harness asks (`node.ts`), and has no opinion: all rules are in the vats.
 */
import '@pocas/vat-runtime/lockdown';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { makePower } from '@pocas/vat-runtime/node';
import { packSolution, solveProblem, unpackProblem } from '@pocas/clearing/setoff';
import { servePart } from '../hostile/serve-part.ts';
import type { NodeOrder } from '../links/node.ts';
import { openOrderedNode } from '../links/open-node.ts';
import { fromSaid, toSaid } from './said.ts';

// `any`: whatever the harness has a name for.
type Any = any;
type Program = { readonly kept: Readonly<Record<string, Any>> };

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

// The cast holds: only `node.ts` starts this process.
const node = await openOrderedNode(JSON.parse(process.argv[2]!) as NodeOrder);

const SolverI = M.interface('Solver', { solve: M.call(M.string()).returns(M.promise()) });
/** What the solver of this node does: the harness may have it lie. */
let solving: 'honest' | 'less' | 'more' | 'none' = 'honest';
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
      const cleared = solution.cleared.map((value, edge) => (edge === at ? value + change : value));
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
const powersOf: Readonly<Record<string, object>> = {
  book: { clock: node.clock, timer: node.timer, enlivener: node.enlivener, grantor: node.grantor },
  round: { clock: node.clock, timer: node.timer, solvers: [solver, other], grantor: node.grantor },
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
          powers: { ...powersOf['book']!, focoMaker } as never,
          params: { ...wish, secret: randomBytes(32).toString('base64url') } as never,
        }),
    },
  ),
);

const focoPower = (module: string): object =>
  module === '@pocas/foco-actors/foco' ? { focoMaker } : {};

let { kept } = (node.getProgram() as Program | undefined) ?? { kept: {} };
const passing = new Map<string, Any>();
const names = new WeakMap<object, string>();
let last = 0;
const nameOf = (ref: object): string => {
  const known = names.get(ref);
  if (known !== undefined) return known;
  last += 1;
  const name = `~${last}`;
  names.set(ref, name);
  passing.set(name, ref);
  return name;
};
const refOf = (name: string): Any => {
  const ref = kept[name] ?? passing.get(name);
  if (ref === undefined) throw Error(`Cannot find "${name}": it was kept by nobody`);
  return ref;
};
const keep = async (name: string, ref: Any) => {
  kept = { ...kept, [name]: ref };
  node.setProgram({ kept } satisfies Program);
  await node.settled();
};

servePart(
  {
    /** Makes a vat, and keeps its root under a name. */
    async make(name: string, module: string, params: unknown) {
      if (kept[name] !== undefined) return;
      const root = await node.makeVat({
        module: moduleOf(module),
        label: name,
        powers: { ...(powersOf[module] ?? powersOf['book']), ...focoPower(module) } as never,
        params: fromSaid(params, refOf) as never,
      });
      await keep(name, root);
    },
    async call(name: string, method: string, args: unknown) {
      // The cast holds: `toSaid` made an array of it.
      const given = fromSaid(args, refOf) as unknown[];
      return toSaid(await E(refOf(name))[method](...given), nameOf);
    },
    keep: (name: string, ref: string) => keep(name, refOf(ref)),
    /** So that another node's process can have the same. */
    async sturdy(name: string) {
      const sturdyRef = node.grantor.sturdy(refOf(name));
      await node.settled();
      return sturdyRef;
    },
    async enliven(name: string, sturdyRef: string) {
      await keep(name, await E(node.enlivener).enliven(sturdyRef));
    },
    leap: (milliseconds: number) => node.leap(milliseconds),
    solve: (how: typeof solving) => void (solving = how),
    settled: () => node.settled(),
    watched: () => node.watched(),
    designator: () => node.designator,
    counts: () => node.counts(),
  },
  node.end,
);
