import {
  type ManualTime,
  type TestNode,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { packSolution, solveProblem, unpackProblem } from '@pocas/clearing/setoff';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat, makePower } from '@pocas/vat-runtime/node';
import type { Convenor, RoundParams } from '#src/round/facets.js';
import type { Lodged, Seat, Wishes } from '#src/round/types.js';
import type { Script, Told, Troupe } from './troupe-vat.ts';

const troupe = bundleVat(
  fileURLToPath(new URL('../../../test/round/troupe-vat.ts', import.meta.url)),
);
const round = bundleVat(fileURLToPath(import.meta.resolve('@pocas/clearing/round')));

const SolverI = M.interface('Solver', {
  solve: M.call(M.any()).returns(M.any()),
});

/** What a solver does with a problem: by default it solves it. */
export type Solve = (packed: string) => unknown;
export const solveWell: Solve = (packed) => packSolution(solveProblem(unpackProblem(packed)));

/** Who owes whom how much, or may. */
export type Owed = readonly [
  from: string,
  to: string,
  amount: bigint,
  more?: { readonly line?: boolean; readonly priority?: bigint; readonly origin?: string },
];

export type Lodging = ReadonlyMap<string, readonly Lodged[]>;

/** What both ends lodge, honestly. */
export const lodgingOf = (owed: readonly Owed[]): Map<string, Lodged[]> => {
  const all = new Map<string, Lodged[]>();
  owed.forEach(([from, to, max, { line = false, priority = 0n, origin } = {}], i) => {
    const one = {
      origin: origin ?? `origin ${String(i).padStart(6, '0')}`,
      kind: line ? 'line' : 'obligation',
      version: 1n,
      max,
      priority,
    } as const;
    for (const [name, end] of [
      [from, 'from'],
      [to, 'to'],
    ] as const) {
      const lodged = all.get(name) ?? [];
      lodged.push({ ...one, end });
      all.set(name, lodged);
    }
  });
  return all;
};

export const patience = 1000;
export const seed = 'a seed that is long enough for a test';
const noWishes: Wishes = { recall: 0n, pays: 0n };

export type StageOptions = {
  readonly scripts?: { readonly [name: string]: Script };
  readonly solvers?: readonly Solve[];
  readonly params?: Partial<RoundParams>;
  readonly storage?: ReturnType<typeof makeMemoryStorage>;
};

type Kept = { readonly convenor: Facet<Convenor>; readonly troupe: Facet<Troupe> };

/** A round with its participants, on one node or on two. */
export class Stage {
  node: TestNode;
  /** Only where time passes as the test says. */
  readonly time: ManualTime;
  readonly names: readonly string[];
  readonly seats = new Map<string, Facet<Seat>>();
  solvers: readonly Solve[];
  convenor!: Facet<Convenor>;
  troupe!: Facet<Troupe>;

  constructor(
    node: TestNode,
    time: ManualTime,
    names: readonly string[],
    solvers: readonly Solve[],
  ) {
    this.node = node;
    this.time = time;
    this.names = names;
    this.solvers = solvers;
  }

  /** The solvers, which a program defines at each start. */
  defineSolvers(): object[] {
    return this.solvers.map((_, i) =>
      this.node.definePower(
        `solver${i}`,
        makePower('Solver', SolverI, { solve: (packed: string) => this.solvers[i]!(packed) }),
      ),
    );
  }

  async prepare({ scripts = {}, params = {} }: StageOptions, there?: TestNode): Promise<void> {
    const { node } = this;
    const solvers = this.defineSolvers();
    const { clock, timer, grantor } = node;
    this.convenor = (await node.makeVat({
      module: await round,
      label: 'round',
      powers: { clock, timer, solvers, grantor },
      params: {
        title: 'November',
        unit: 'pocos',
        lodging: 10n * BigInt(patience),
        patience: BigInt(patience),
        seed,
        ...params,
      },
    })) as Facet<Convenor>;
    this.troupe = (await (there ?? node).makeVat({
      module: await troupe,
      label: 'troupe',
    })) as Facet<Troupe>;
    there?.setProgram({ troupe: this.troupe });
    for (const name of this.names) {
      const seat = (await E(this.convenor).invite(name, name)) as Facet<Seat>;
      this.seats.set(name, seat);
      const given =
        there === undefined
          ? seat
          : ((await E(there.enlivener).enliven(await E(node.grantor).sturdy(seat))) as typeof seat);
      await E(this.troupe).player(name, given, scripts[name] ?? {});
    }
    node.setProgram({ convenor: this.convenor, ...(there ? {} : { troupe: this.troupe }) });
  }

  async lodge(lodging: Lodging, wishes: { readonly [name: string]: Wishes } = {}): Promise<void> {
    const all = [...lodging].map(
      ([name, lodged]) => [name, lodged, wishes[name] ?? noWishes] as const,
    );
    // A message holds some thousand values.
    for (let i = 0; i < all.length; i += 1) await E(this.troupe).lodge([all[i]!]);
    if (this.isAlone) await this.node.rest();
  }
  isAlone = true;

  /** The participants' node was started again. */
  useTroupe(node: TestNode): void {
    this.troupe = (node.getProgram() as Kept).troupe;
  }

  /** The coordinator's node was started again. */
  useRound(node: TestNode): void {
    this.node = node;
    this.defineSolvers();
    this.convenor = (node.getProgram() as Kept).convenor;
  }

  /** From now on the solver waits until it may proceed. */
  hold(onAsked: (proceed: () => void) => void): void {
    this.solvers = [
      (packed) => new Promise((resolve) => onAsked(() => resolve(solveWell(packed)))),
    ];
  }

  /** Lodging ends, and all that follows without waiting for anybody happens. */
  async close(): Promise<void> {
    await E(this.convenor).closeLodging();
    await this.node.rest();
  }

  /** Lets a wait end, and what follows happen. */
  async wait(milliseconds = patience): Promise<void> {
    this.time.pass(milliseconds);
    await this.node.rest();
  }

  /** Until the round is over. */
  async finish(): Promise<void> {
    for (let waits = 0; waits < 300; waits += 1) {
      const { phase } = await E(this.convenor).view();
      if (['settled', 'nothing', 'cancelled'].includes(phase)) return;
      // In small steps, since a timer that comes late means to the round that it was away.
      await this.wait(patience / 20);
    }
    assert.fail(`the round is still ${JSON.stringify((await E(this.convenor).view()).phase)}`);
  }

  told(name: string): Promise<readonly Told[]> {
    return E(this.troupe).told(name);
  }

  async seat(name: string): Promise<Facet<Seat>> {
    return (await E(this.convenor).invite(name, name)) as Facet<Seat>;
  }

  async restart(): Promise<void> {
    const { storage, secrets } = this.node;
    await this.node.stop();
    await this.startFrom(storage, secrets);
  }

  async startFrom(storage: TestNode['storage'], secrets: TestNode['secrets']): Promise<void> {
    this.node = await makeTestNode({ time: this.time, storage, secrets });
    this.defineSolvers();
    const { convenor, troupe } = this.node.getProgram() as Kept;
    this.convenor = convenor;
    this.troupe = troupe;
    await this.node.rest();
  }

  stop(): Promise<void> {
    return this.node.stop();
  }
}

/** A round among those who owe each other, with all invited. */
export const makeStage = async (
  owed: readonly Owed[],
  options: StageOptions = {},
): Promise<Stage> => {
  const time = makeManualTime();
  const { storage } = options;
  const node = await makeTestNode({ time, ...(storage === undefined ? {} : { storage }) });
  const names = [...new Set(owed.flatMap(([from, to]) => [from, to]))];
  const stage = new Stage(node, time, names, options.solvers ?? [solveWell]);
  await stage.prepare(options);
  return stage;
};

/** A round on one node, with its participants on another. Time is that of the machine. */
export const openStage = async (
  node: TestNode,
  there: TestNode,
  owed: readonly Owed[],
): Promise<Stage> => {
  const names = [...new Set(owed.flatMap(([from, to]) => [from, to]))];
  const stage = new Stage(node, makeManualTime(), names, [solveWell]);
  stage.isAlone = false;
  const hour = 3_600_000n;
  await stage.prepare({ params: { lodging: hour, patience: hour } }, there);
  await node.settled();
  await there.settled();
  return stage;
};

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];

/**
 * Plays a round, and then again from each moment of it, as if the node had been killed when that much was
 * on disk.
 *
 * @returns from how many moments
 */
export const killEverywhere = async (
  owed: readonly Owed[],
  options: StageOptions,
  after: (stage: Stage) => Promise<void>,
): Promise<number> => {
  const inner = makeMemoryStorage();
  const batches: Rows[] = [];
  const storage = {
    ...inner,
    write(rows: Rows) {
      batches.push(rows);
      return inner.write(rows);
    },
  };
  const first = await makeStage(owed, { ...options, storage });
  await first.node.settled();
  const begin = batches.length;
  await first.lodge(lodgingOf(owed));
  const lodged = batches.length;
  await first.close();
  await first.finish();
  await first.node.settled();
  await after(first);
  const end = batches.length;
  const { secrets } = first.node;
  await first.stop();
  for (let count = begin; count <= end; count += 1) {
    const rebuilt = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await rebuilt.write(rows);
    const stage = new Stage(first.node, first.time, first.names, options.solvers ?? [solveWell]);
    await stage.startFrom(rebuilt, secrets);
    if (count < lodged) await stage.lodge(lodgingOf(owed));
    await E(stage.convenor).closeLodging();
    await stage.finish();
    await after(stage);
    await stage.stop();
  }
  return end - begin;
};

/** From beginning to end. */
export const play = async (owed: readonly Owed[], options: StageOptions = {}): Promise<Stage> => {
  const stage = await makeStage(owed, options);
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  await stage.finish();
  return stage;
};

type Of<W extends Told['what']> = Extract<Told, { what: W }>;
export const those = <W extends Told['what']>(told: readonly Told[], what: W): Of<W>[] =>
  told.filter((one): one is Of<W> => one.what === what);

/** The first of a kind; fails where there is none. */
export const firstOf = <W extends Told['what']>(told: readonly Told[], what: W): Of<W> => {
  const [first] = those(told, what);
  assert.ok(first, `told of "${what}"`);
  return first;
};

/** What one participant's half of each edge lost, by what it was told: checks its own story on the way. */
const settledOf = (name: string, told: readonly Told[], mayRepeat: boolean) => {
  const settled = new Map<number, bigint>();
  const closed = new Set<string>();
  const locked = new Set<number>();
  let latest: Of<'propose'>['proposal'] | undefined;
  let balance = 0n;
  let decision = '';
  const known = new Set<number>();
  const ends = new Map<number, string>();
  for (const one of told) {
    switch (one.what) {
      case 'freeze':
        for (const { edge, end } of one.frozen) {
          assert.ok(!locked.has(edge), `${name}: edge ${edge} is frozen once`);
          locked.add(edge);
          ends.set(edge, end);
        }
        break;
      case 'propose': {
        const { component, pass, rows } = one.proposal;
        // Where it threw at one, it knows nothing of that.
        assert.ok(pass > (latest?.pass ?? 0), `${name}: pass ${pass} follows`);
        assert.ok(!closed.has(`${latest?.component}`), `${name}: nothing after a decision`);
        assert.notEqual(component, latest?.component);
        known.add(component);
        for (const { edge } of rows) assert.ok(locked.has(edge), `${name}: ${edge} is its own`);
        latest = one.proposal;
        break;
      }
      case 'drop':
        for (const edge of one.edges) {
          const bound = latest?.rows.some((row) => row.edge === edge) ?? false;
          assert.ok(!bound || closed.size > 0, `${name}: ${edge} is dropped while it may be bound`);
          locked.delete(edge);
        }
        break;
      case 'settle':
      case 'release': {
        // Of a proposal at which it threw, so that it knows nothing of it.
        if (one.what === 'release' && !known.has(one.component)) break;
        if (mayRepeat && decision === `${one.what} ${one.component}`) break;
        decision = `${one.what} ${one.component}`;
        assert.deepEqual([one.component, one.pass], [latest?.component, latest?.pass]);
        assert.equal(closed.size, 0, `${name} is told one decision, once`);
        closed.add(`${one.component}`);
        if (one.what === 'release') break;
        for (const { edge, cleared } of latest!.rows) {
          settled.set(edge, cleared);
          balance += ends.get(edge) === 'from' ? -cleared : cleared;
        }
        break;
      }
      case 'finish':
        locked.clear();
        break;
    }
  }
  assert.equal(balance, 0n, `${name}: no net position changes`);
  return { settled, latest, isSettled: closed.size > 0 && settled.size > 0, ends };
};

/**
 * Fails where somebody was told what does not fit with what others were told: all of a component are
 * settled with the same amounts, or none.
 */
export const checkStories = async (
  stage: Stage,
  {
    isOver = true,
    mayRepeat = false,
  }: { readonly isOver?: boolean; readonly mayRepeat?: boolean } = {},
): Promise<{ readonly cleared: bigint; readonly settled: readonly string[] }> => {
  const edges = new Map<number, { from?: bigint; to?: bigint }>();
  const decided = new Map<number, Set<string>>();
  const members = new Map<number, number>();
  const settled: string[] = [];
  for (const name of stage.names) {
    const told = await stage.told(name);
    const story = settledOf(name, told, mayRepeat);
    for (const [edge, cleared] of story.settled) {
      const both = edges.get(edge) ?? {};
      edges.set(edge, { ...both, [story.ends.get(edge)!]: cleared });
    }
    if (story.settled.size > 0) settled.push(name);
    const { latest } = story;
    if (latest === undefined) continue;
    members.set(latest.component, Number(latest.totals.participants));
    const all = decided.get(latest.component) ?? new Set<string>();
    decided.set(latest.component, all);
    if (story.settled.size > 0) all.add(name);
  }
  let cleared = 0n;
  for (const [edge, { from, to }] of isOver ? edges : []) {
    assert.equal(from, to, `both halves of edge ${edge} lose the same`);
    cleared += from ?? 0n;
  }
  for (const [component, who] of isOver ? decided : []) {
    assert.ok(
      who.size === 0 || who.size === members.get(component),
      `component ${component}: all or none (${who.size} of ${members.get(component)})`,
    );
  }
  return { cleared, settled };
};
