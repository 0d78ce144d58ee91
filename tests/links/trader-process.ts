/** A node with traders, in a process of its own; `sends.ts` is the harness's side. */
import '@pocas/vat-runtime/lockdown';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { servePart } from '../hostile/serve-part.ts';
import type { NodeOrder } from './node.ts';
import { openOrderedNode } from './open-node.ts';

export type TraderOrder = NodeOrder & { readonly traders: number };

// `any`: references whose methods `vats/trader.ts` defines.
type Any = any;
type Program = {
  readonly roots: readonly Any[];
  /** By number of the trader, on whatever node it is. */
  readonly payees: Readonly<Record<string, Any>>;
};

/** As texts: bigints do not cross to the harness. */
type Row = readonly [id: string, row: Readonly<Record<string, string | boolean>>];
export type SaidStatement = {
  readonly balance: string;
  readonly outgoing: readonly Row[];
  readonly incoming: readonly Row[];
  readonly faults: readonly string[];
};

const module = fileURLToPath(new URL('../../links/vats/trader.ts', import.meta.url));
// The cast holds: only `sends.ts` starts this process.
const order = JSON.parse(process.argv[2]!) as TraderOrder;
const node = await openOrderedNode(order);

const found = async (): Promise<Program> => {
  const roots: object[] = [];
  for (let number = 0; number < order.traders; number += 1) {
    roots.push((await node.makeVat({ module, label: `trader ${number}` })) as object);
  }
  return { roots, payees: {} };
};
let program = (node.getProgram() as Program | undefined) ?? (await found());
const keep = async (next: Program): Promise<void> => {
  program = next;
  node.setProgram(program);
  await node.settled();
};
await keep(program);

const sayable = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? String(value) : (value as string | boolean),
    ]),
  );

const rowsOf = async (ask: (after: string) => Promise<[string, object][]>): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let after = ''; ;) {
    const page = await ask(after);
    if (page.length === 0) return rows;
    rows.push(...page.map(([id, row]) => [id, sayable(row)] as const));
    after = page.at(-1)![0];
  }
};

servePart(
  {
    /** Sturdy refs of the payees of this node's own traders. */
    payees: async () => {
      const payees = await Promise.all(program.roots.map((root) => E(root).payee()));
      const sturdyRefs = payees.map((payee) => node.grantor.sturdy(payee));
      await node.settled();
      return sturdyRefs;
    },
    async know(number: number, sturdyRef: string) {
      const payee = await E(node.enlivener).enliven(sturdyRef);
      await keep({ ...program, payees: { ...program.payees, [number]: payee } });
    },
    /** @param local - which of this node's traders pays; the others are numbers among all */
    async pay(
      local: number,
      id: string,
      value: string,
      from: number,
      to: number,
      notAfter: string,
    ) {
      const payee = program.payees[to];
      const numbers = [BigInt(value), BigInt(from), BigInt(to), BigInt(notAfter)] as const;
      await E(program.roots[local]).pay(payee, id, ...numbers);
    },
    open: async () => {
      const open = await Promise.all(program.roots.map((root) => E(root).open()));
      return open.reduce((sum, one) => sum + Number(one), 0);
    },
    faults: async () =>
      (await Promise.all(program.roots.map((root) => E(root).faults()))).flat().slice(0, 20),
    async statement(local: number): Promise<SaidStatement> {
      const root = program.roots[local];
      return {
        balance: String(await E(root).balance()),
        outgoing: await rowsOf((after) => E(root).outgoing(after)),
        incoming: await rowsOf((after) => E(root).incoming(after)),
        faults: await E(root).faults(),
      };
    },
  },
  node.end,
);
