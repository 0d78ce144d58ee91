/**
 * A node of the clearing campaign, in a process of its own, with a real store and real links. It does
 * what the harness asks (`node.ts`), and has no opinion: all rules are in the vats.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import { servePart } from '../hostile/serve-part.ts';
import type { NodeOrder } from '../links/node.ts';
import { openOrderedNode } from '../links/open-node.ts';
import { type Solving, defineProgram } from './program.ts';
import { fromSaid, toSaid } from './said.ts';

// `any`: whatever the harness has a name for.
type Any = any;
type Program = { readonly kept: Readonly<Record<string, Any>> };

// The cast holds: only `node.ts` starts this process.
const node = await openOrderedNode(JSON.parse(process.argv[2]!) as NodeOrder);

const program = defineProgram(node);
const { moduleOf, powersOf } = program;

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
        powers: powersOf(module) as never,
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
    solve: (how: Solving) => program.solve(how),
    settled: () => node.settled(),
    watched: () => node.watched(),
    designator: () => node.designator,
    counts: () => node.counts(),
  },
  node.end,
);
