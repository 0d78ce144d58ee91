/**
 * Rounds among nodes with a poca each, one after another, while whatever can go wrong does: nodes are
 * killed and frozen, links cut and slow, participants silent, refusing and lying, solvers lying, the
 * coordinator killed for good. After each round the oracle looks at all books.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, makeRandom } from '../campaign/random.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import type { ClearingNode } from './node.ts';
import { startClearingNode } from './node.ts';
import { bestTotal, clearedBetween, faultsAtRest, faultsOfRound } from './oracle.ts';
import {
  type Poca,
  type Round,
  attend,
  convene,
  isOver,
  lend,
  makeWorld,
  meet,
  newRequest,
  owe,
  hand,
  statementsOf,
  unit,
  untilLodged,
  viewOf,
} from './pocas.ts';
import type { Lie } from './vats/liar.ts';

/** What is done to a round. */
export const troubles = [
  'none',
  'participant killed',
  'participants killed',
  'coordinator killed',
  'everybody killed',
  'coordinator gone',
  'coordinator gone, participant killed',
  'links cut',
  'links slow',
  'participant frozen',
  'coordinator frozen',
  'lies',
  'lies, coordinator gone',
  'solver lies',
  'solver silent',
] as const;
export type Trouble = (typeof troubles)[number];

export const lies: readonly Lie[] = [
  'silentAtFreeze',
  'silentAtPropose',
  'mute',
  'refuses',
  'miscompares',
  'flips',
  'keeps',
  'claims',
];

export type CampaignSettings = {
  readonly seed: number;
  readonly rounds: number;
  readonly nodes: number;
  readonly goesOn?: () => boolean;
  readonly progress?: (line: string) => void;
  /** Troubles whose name has this text. */
  readonly only?: string;
};

export type TroubleFigures = {
  rounds: number;
  kills: number;
  cuts: number;
  frozen: number;
  /** Rounds in which something, and in which nothing was cleared. */
  cleared: number;
  nothing: number;
  /** What was cleared of what could have been, in percent, of all rounds together. */
  clearedSum: bigint;
  bestSum: bigint;
  violations: number;
};

export type ClearingReport = {
  readonly campaign: 'clearing';
  readonly seed: number;
  readonly seconds: number;
  readonly troubles: readonly (readonly [Trouble, TroubleFigures])[];
  readonly violations: readonly string[];
};

const patience = 1500n;
const doubt = 3500n;
/** The liar's place among the pocas. */
const liarAt = 0;

const zero = (): TroubleFigures => ({
  ...{ rounds: 0, kills: 0, cuts: 0, frozen: 0, cleared: 0, nothing: 0 },
  ...{ clearedSum: 0n, bestSum: 0n, violations: 0 },
});

const chosen = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;

export const runRounds = async (
  cleanup: Cleanup,
  settings: CampaignSettings,
): Promise<ClearingReport> => {
  const { seed, rounds, nodes: size, goesOn = () => true, progress = () => {} } = settings;
  const { only = '' } = settings;
  const random = makeRandom(seed);
  const begun = performance.now();
  const kinds = troubles.filter((name) => name.includes(only));
  const figures = new Map<Trouble, TroubleFigures>(kinds.map((kind) => [kind, zero()]));
  const violations: string[] = [];

  // ---- pocas that owe each other, each on a node of its own; the first one may lie ----

  const names = Array.from({ length: size }, (_, i) => [i === liarAt ? 'liar' : `poca ${i}`]);
  const world = await makeWorld(cleanup, names, {
    ...{ seed, pingMilliseconds: 500, doubt },
    liars: ['liar'],
  });
  const pocas = [...world.pocas.values()];
  const pairs: (readonly [Poca, Poca])[] = [];
  const hasMet = new Set<string>();
  const join = async (i: number, j: number) => {
    const key = [Math.min(i, j), Math.max(i, j)].join();
    if (i === j || hasMet.has(key)) return;
    hasMet.add(key);
    await meet(pocas[i]!, pocas[j]!);
    pairs.push([pocas[i]!, pocas[j]!], [pocas[j]!, pocas[i]!]);
  };
  for (let i = 0; i < size; i += 1) await join(i, (i + 1) % size);
  for (let i = 0; i < size; i += 1) await join(i, random.below(size));
  for (let i = 0; i < size; i += 1) await owe(pocas[i]!, pocas[(i + 1) % size]!, 50n);
  let coordinators = 0;
  const startCoordinator = () =>
    startClearingNode(cleanup, {
      ...{ name: `council${(coordinators += 1)}`, folder: world.folder, seed: seed + 100 },
      pingMilliseconds: 500,
    });
  let council = await startCoordinator();

  const borrow = async () => {
    const wanted = 2 + random.below(3);
    for (let i = 0; i < wanted; i += 1) {
      const [debtor, creditor] = chosen(random, pairs);
      await owe(debtor, creditor, BigInt(1 + random.below(60)));
    }
    if (!random.chance(0.2)) return;
    const [lender, borrower] = chosen(random, pairs);
    await lend(lender, borrower, BigInt(1 + random.below(20)));
  };

  // ---- what goes wrong ----

  const revive = async (node: ClearingNode) => {
    if (!node.isUp()) await node.start();
  };
  const killSome = async (some: readonly ClearingNode[], count: TroubleFigures) => {
    count.kills += some.length;
    await Promise.all(some.map((node) => node.kill()));
    await sleep(random.below(600));
    await Promise.all(some.map(revive));
  };
  const freeze = async (node: ClearingNode, count: TroubleFigures) => {
    count.frozen += 1;
    node.signal('SIGSTOP');
    await sleep(Number(patience) + random.below(2500));
    node.signal('SIGCONT');
  };
  const cutLinks = async (count: TroubleFigures) => {
    for (let left = 6; left > 0; left -= 1) {
      const { proxy } = chosen(random, [...world.nodes, council]);
      for (const connection of proxy.connections()) {
        if (random.chance(0.5)) continue;
        if (random.chance(0.7)) connection.cut(random.chance(0.5) ? 'reset' : 'end');
        else connection.swallow();
        count.cuts += 1;
      }
      await sleep(random.below(200));
    }
  };
  const trouble = async (kind: Trouble, count: TroubleFigures): Promise<void> => {
    // A round without trouble takes about as long, so each of its messages is hit in some round.
    await sleep(random.below(350));
    const one = chosen(random, world.nodes);
    switch (kind) {
      case 'participant killed':
        return killSome([one], count);
      case 'participants killed':
        return killSome(
          world.nodes.filter(() => random.chance(0.4)),
          count,
        );
      case 'coordinator killed':
        return killSome([council], count);
      case 'everybody killed':
        return killSome([...world.nodes, council], count);
      case 'coordinator gone':
      case 'lies, coordinator gone':
      case 'coordinator gone, participant killed':
        count.kills += 1;
        await council.kill();
        if (kind === 'coordinator gone, participant killed') await killSome([one], count);
        return undefined;
      case 'links cut':
        return cutLinks(count);
      case 'participant frozen':
        return freeze(one, count);
      case 'coordinator frozen':
        return freeze(council, count);
      default:
        return undefined;
    }
  };

  // ---- rounds ----

  const isLying = (kind: Trouble) => kind.startsWith('lies');
  const mayBeGone = (kind: Trouble) => kind.includes('coordinator gone');
  const play = async (number: number, kind: Trouble, count: TroubleFigures): Promise<string[]> => {
    const liar = pocas[liarAt]!;
    const lie = isLying(kind) ? chosen(random, lies) : undefined;
    const present = pocas.filter((poca) => poca !== liar || lie !== undefined);
    if (lie !== undefined) await liar.node.call(liar.book, 'setLie', lie);
    await borrow();
    const before = await statementsOf(pocas);
    await council.solve(
      kind === 'solver lies'
        ? chosen(random, ['less', 'more'] as const)
        : kind === 'solver silent'
          ? 'none'
          : 'honest',
    );
    const round = await convene(council, `round ${number}`, { patience });
    for (const poca of present) {
      if (poca === liar) await attendLying(round, liar);
      else await attend(round, poca);
    }
    await untilLodged(round, present.length);
    if (kind === 'links slow') {
      for (const { proxy } of [...world.nodes, council]) {
        proxy.plan((_, chance) => ({
          delayMillis: chance.below(150),
          jitterMillis: chance.below(150),
        }));
        for (const connection of proxy.connections()) connection.cut();
      }
    }
    await council.call(round.convenor, 'closeLodging');
    await trouble(kind, count);
    for (const { proxy } of [...world.nodes, council]) proxy.plan(() => ({}));

    // Nothing goes wrong any more.
    let said: bigint | undefined;
    if (mayBeGone(kind)) council = await startCoordinator();
    else {
      await until('the end of the round', async () => isOver((await viewOf(round)).phase));
      said = (await viewOf(round)).totals.cleared as bigint;
    }
    const honest = pocas.filter((poca) => poca !== liar);
    const mayWait = lie !== undefined && mayBeGone(kind);
    const liars = lie === undefined ? [] : ['liar'];
    const expected = { liars, mayWait };
    let faults: string[] = [];
    let after = before;
    // At rest is when the books say so, or when patience is over.
    const rest = until('rest', async () => {
      after = await statementsOf(pocas);
      faults = faultsAtRest(after, expected);
      return faults.length === 0;
    });
    await rest.catch(() => {});
    if (mayWait) await sleep(Number(doubt) + 500);
    after = await statementsOf(pocas);
    const lodging = present.map(({ name }) => name);
    const isWhole = kind === 'none' || kind === 'links slow' || kind === 'solver lies';
    faults = faultsOfRound(before, after, {
      ...{ unit, lodging, whole: isWhole && kind !== 'links slow' },
      ...expected,
    });
    const total = clearedBetween(before, after, liars);
    const best = bestTotal(before, { unit, lodging });
    count.clearedSum += total;
    count.bestSum += best;
    if (total > 0n) count.cleared += 1;
    else count.nothing += 1;
    if (said !== undefined && lie === undefined && said !== total) {
      faults.push(`the coordinator says that ${said} was cleared, and the books ${total}`);
    }
    if (lie === undefined) return faults;
    for (const [i, poca] of honest.entries()) {
      if (await endByHand(poca)) progress(`poca ${i} ended its doubt by hand`);
    }
    // What a liar did not reduce is mended, so that the next round begins with equal halves.
    await mendLiar();
    return faults.map((what) => `${lie}: ${what}`);
  };
  const attendLying = async (round: Round, liar: Poca) => {
    const seat = await council.call<any>(round.convenor, 'invite', 'liar', 'the liar');
    const name = `${round.convenor['@']}: seat of liar`;
    const handed = await hand(council, seat, liar.node, name);
    const terms = await council.call<any>(seat, 'terms');
    await liar.node.call(liar.book, 'attend', handed, terms.tag);
  };
  const endByHand = async (_poca: Poca): Promise<boolean> => false;
  const mendLiar = async () => {};
  void newRequest;

  for (let number = 1; number <= rounds && goesOn() && violations.length < 50; number += 1) {
    const kind = kinds[(number - 1) % kinds.length]!;
    const count = figures.get(kind)!;
    count.rounds += 1;
    let faults: string[];
    try {
      faults = await play(number, kind, count);
    } catch (error) {
      faults = [`it could not go on: ${(error as Error).message}`];
    }
    count.violations += faults.length;
    violations.push(...faults.map((what) => `round ${number}, ${kind}: ${what}`));
    progress(`round ${number}, ${kind}: ${faults.length === 0 ? 'held' : faults.join('; ')}`);
    if (faults.length > 0) break;
  }
  return {
    ...{ campaign: 'clearing', seed, violations },
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    troubles: [...figures],
  };
};

/** For people: a row for each kind of trouble. */
export const tableOf = ({
  seed,
  seconds,
  troubles: rows,
  violations,
}: ClearingReport): string[] => {
  const columns = ['rounds', 'kills', 'cuts', 'frozen', 'cleared', 'nothing'] as const;
  const width = Math.max(...troubles.map(({ length }) => length));
  const head = [...columns, 'of best', 'violations'];
  const row = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(width)}  ${cells.map((cell, i) => String(cell).padStart(head[i]!.length)).join('  ')}`;
  return [
    `clearing, seed ${seed}, ${seconds} s`,
    row('', head),
    ...rows.map(([name, figures]) => {
      const { clearedSum, bestSum, violations: wrong } = figures;
      const part = bestSum === 0n ? '-' : `${(100n * clearedSum) / bestSum} %`;
      return row(name, [...columns.map((column) => figures[column]), part, wrong]);
    }),
    ...violations.slice(0, 20).map((what) => `violated: ${what}`),
  ];
};
