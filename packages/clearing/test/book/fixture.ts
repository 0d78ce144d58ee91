/** Attendances in a vat, and a coordinator that a test plays by hand, honestly or not. */
import { type ManualTime, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { Facet } from '@pocas/vat-runtime';
import { solveProblem } from '#src/setoff/solve.js';
import type { Agent, FrozenEdge, Proposal, Row, RoundTerms, Wishes } from '#src/round/types.js';
import type { Bench, Debt, HalfState, VoteSaid } from './attendance-vat.ts';

// The compiled tests lie in dist/test/book; the vat is bundled from its source.
const source = fileURLToPath(new URL('../../../test/book/attendance-vat.ts', import.meta.url));
const bundle = bundleVat(source);

export const minute = 60_000n;
export const day = 24n * 60n * minute;

export const terms: RoundTerms = {
  tag: 'a1'.repeat(32),
  title: 'July',
  unit: 'u',
  lodging: 60n * minute,
  patience: 10n * minute,
  lock: 80n * minute,
  maxPasses: 3,
};

/** A to B 10, B to C 8, C to A 5, C to B 4: two loops. */
export const ring: readonly Debt[] = [
  { origin: 'ab', kind: 'obligation', from: 'A', to: 'B', amount: 10n },
  { origin: 'bc', kind: 'obligation', from: 'B', to: 'C', amount: 8n },
  { origin: 'ca', kind: 'obligation', from: 'C', to: 'A', amount: 5n },
  { origin: 'cb', kind: 'obligation', from: 'C', to: 'B', amount: 4n },
];

/** What the best set-off clears of the ring, by hand: 5 around A, B, C, and 3 between B and C. */
export const ringCleared = { ab: 5n, bc: 8n, ca: 5n, cb: 3n } as const;

export type Rows = { readonly [name: string]: Proposal };

/** Honest proposals of one pass to all, over the given debts; A is the root of a star of a tree. */
export const proposalsFor = (
  names: readonly string[],
  debts: readonly Debt[],
  component: number,
  pass: number,
  edgeOf: (origin: string) => number,
): Rows => {
  const at = (name: string) => names.indexOf(name);
  const weights = debts.map(({ kind }) => (kind === 'obligation' ? 2n : -1n));
  const { cleared, prices } = solveProblem({
    participants: names.length,
    debtors: debts.map(({ from }) => at(from)),
    creditors: debts.map(({ to }) => at(to)),
    amounts: debts.map(({ amount }) => amount),
    weights,
  });
  // The tree: breadth first from the first name.
  const first = names[0]!;
  const depth = new Map([[first, 0]]);
  const above = new Map<string, number>();
  const below = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const name of depth.keys()) {
    for (const { origin, from, to } of debts) {
      const other = from === name ? to : to === name ? from : name;
      if (depth.has(other)) continue;
      depth.set(other, depth.get(name)! + 1);
      above.set(other, edgeOf(origin));
      below.get(name)!.push(edgeOf(origin));
    }
  }
  const totals = {
    participants: BigInt(names.length),
    lodged: debts.reduce((sum, { amount }) => sum + amount, 0n),
    cleared: cleared.reduce((sum, value) => sum + value, 0n),
  };
  return Object.fromEntries(
    names.map((name) => {
      const rows = debts.flatMap(({ origin, from, to }, index): Row[] => {
        if (from !== name && to !== name) return [];
        const [own, other] = from === name ? [from, to] : [to, from];
        return [
          {
            edge: edgeOf(origin),
            cleared: cleared[index]!,
            weight: weights[index]!,
            own: prices[at(own)]!,
            other: prices[at(other)]!,
          },
        ];
      });
      const parent = above.get(name);
      return [
        name,
        {
          component,
          pass,
          rows,
          children: below.get(name)!,
          depth: depth.get(name)!,
          totals,
          ...(parent === undefined ? {} : { parent }),
        },
      ];
    }),
  );
};

export type AttendanceFixture = {
  readonly time: ManualTime;
  readonly bench: Facet<Bench>;
  agent(name: string): Promise<Facet<Agent>>;
  /** What the coordinator freezes for somebody, as lodged. */
  frozenFor(name: string): readonly FrozenEdge[];
  freezeAll(): Promise<void>;
  proposals(component?: number, pass?: number, without?: readonly string[]): Rows;
  proposeAll(rows: Rows): Promise<void>;
  votes(name: string): Promise<readonly VoteSaid[]>;
  halves(name: string): Promise<Record<string, HalfState>>;
  rest(): Promise<void>;
  /** @param asleep - the node is stopped meanwhile, and started after it */
  pass(length: bigint, asleep?: boolean): Promise<void>;
  /** Stops the node and starts it again over the same storage. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type FixtureOptions = {
  readonly names?: readonly string[];
  readonly debts?: readonly Debt[];
  readonly wishes?: Wishes;
  readonly doubt?: bigint;
};

export const makeAttendanceFixture = async ({
  names = ['A', 'B', 'C'],
  debts = ring,
  wishes = { recall: 0n, pays: 0n },
  doubt = 3n * day,
}: FixtureOptions = {}): Promise<AttendanceFixture> => {
  const time = makeManualTime();
  let node = await makeTestNode({ time });
  let bench = (await node.makeVat({
    module: await bundle,
    label: 'bench',
    powers: { clock: node.clock, timer: node.timer },
  })) as Facet<Bench>;
  node.setProgram({ bench });
  await E(bench).open(names, debts, terms, wishes, doubt);
  await node.rest();
  const edgeOf = (origin: string) => debts.findIndex((debt) => debt.origin === origin);
  const agent = async (name: string) => (await E(bench).heard(name)).agent!;
  const frozenFor = (name: string): FrozenEdge[] =>
    debts
      .filter(({ from, to }) => from === name || to === name)
      .map(({ origin, kind, from, amount }) => ({
        edge: edgeOf(origin),
        origin,
        kind,
        end: from === name ? 'from' : 'to',
        version: 1n,
        max: amount,
      }));
  const restart = async (meanwhile = () => {}) => {
    await node.stop();
    meanwhile();
    const { storage, secrets } = node;
    node = await makeTestNode({ time, storage, secrets });
    ({ bench } = node.getProgram() as { bench: Facet<Bench> });
    await node.rest();
  };
  return {
    time,
    get bench() {
      return bench;
    },
    agent,
    frozenFor,
    async freezeAll() {
      for (const name of names) await E(agent(name)).freeze(frozenFor(name), terms.lock);
    },
    proposals: (component = 0, pass = 1, without = []) =>
      proposalsFor(
        names,
        debts.filter(({ origin }) => !without.includes(origin)),
        component,
        pass,
        edgeOf,
      ),
    async proposeAll(rows: Rows) {
      for (const name of names) await E(agent(name)).propose(rows[name]!);
      await node.rest();
    },
    votes: async (name: string) => (await E(bench).heard(name)).votes,
    halves: (name: string) => E(bench).halves(name),
    rest: () => node.rest(),
    async pass(length: bigint, asleep = false) {
      if (asleep) return restart(() => time.pass(Number(length)));
      time.pass(Number(length));
      await node.rest();
    },
    restart: () => restart(),
    stop: () => node.stop(),
  };
};
