/**
 * A node with a tally, in a process of its own, to be stopped, frozen or killed. `node.ts` is the
 * harness's side. What it holds of others it keeps, and finds again after a restart.
 */
import '@pocas/vat-runtime/lockdown';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { servePart } from '../hostile/serve-part.ts';
import type { NodeOrder } from './node.ts';
import { openOrderedNode } from './open-node.ts';
import type { Tally } from './vats/tally.ts';

type Program = { readonly root: Tally; readonly others: Readonly<Record<string, Tally>> };

const module = fileURLToPath(new URL('../../links/vats/tally.ts', import.meta.url));
// The cast holds: only `node.ts` starts this process.
const node = await openOrderedNode(JSON.parse(process.argv[2]!) as NodeOrder);

let program = (node.getProgram() as Program | undefined) ?? {
  // The cast holds: it is the root of this module.
  root: (await node.makeVat({ module, label: 'tally' })) as Tally,
  others: {},
};
const keep = async (next: Program): Promise<void> => {
  program = next;
  node.setProgram(program);
  await node.settled();
};
await keep(program);

servePart(
  {
    refs: async () => {
      const sturdyRef = node.grantor.sturdy(program.root);
      await node.settled();
      return { designator: node.designator, sturdyRef };
    },
    /** Obtains what a sturdy ref opens, and keeps it under a name. */
    async know(name: string, sturdyRef: string) {
      const other = (await E(node.enlivener).enliven(sturdyRef)) as Tally;
      await keep({ ...program, others: { ...program.others, [name]: other } });
    },
    /** @returns the count, as a text */
    add: async (name: string) => String(await E(program.others[name]!).add(1n)),
    count: async () => String(await E(program.root).get()),
    isLinked: (designator: string) => node.linkTo(designator) !== undefined,
    links: () => node.counts().links,
  },
  node.end,
);
