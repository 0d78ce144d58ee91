/**
 * Rounds among nodes with a poca each, one after another, while whatever can go wrong does: nodes are
 * killed and frozen, links cut and slow, participants silent, refusing and lying, solvers lying, the
 * coordinator killed for good. After each round the oracle looks at all books.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, makeRandom } from '../campaign/random.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import { type ClearingNode, type Named, startClearingNode } from './node.ts';
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
  'coordinator gone, told in part',
  'links cut',
  'links slow',
  'participant frozen',
  'coordinator frozen',
  'lies',
  'lies, coordinator gone',
  'solver lies',
  'solver silent',
  'cancelled',
  'busy',
  'busy, participants killed',
] as const;
export type Trouble = (typeof troubles)[number];

/** When it begins, as the coordinator sees the round; or at a random time. */
export const moments = ['any', 'freezing', 'solving', 'voting', 'last vote', 'decided'] as const;
export type Moment = (typeof moments)[number];

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
  /** These, one after the other. Default: all. */
  readonly kinds?: readonly Trouble[];
};

/** As a convenor sees it. */
type ComponentEntry = { readonly phase: string; readonly missing: bigint };

export type TroubleFigures = {
  rounds: number;
  kills: number;
  cuts: number;
  frozen: number;
  /** Rounds in which something, and in which nothing was cleared. */
  cleared: number;
  nothing: number;
  /** Participants that sat out, as coordinators say. */
  satOut: number;
  /** Pocas whose people had to end their doubt. */
  byHand: number;
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
  /** How often something began at each moment. */
  readonly moments: readonly (readonly [Moment, number])[];
  readonly violations: readonly string[];
};

const patience = 1500n;
const doubt = 3500n;
/** Of what one owes another, so many are kept; the rest is forgiven now and then. */
const keptDebts = 4;

const zero = (): TroubleFigures => ({
  ...{ rounds: 0, kills: 0, cuts: 0, frozen: 0, cleared: 0, nothing: 0, satOut: 0, byHand: 0 },
  ...{ clearedSum: 0n, bestSum: 0n, violations: 0 },
});

const chosen = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;

export const runRounds = async (
  cleanup: Cleanup,
  settings: CampaignSettings,
): Promise<ClearingReport> => {
  const { seed, rounds, nodes: size, goesOn = () => true, progress = () => {} } = settings;
  const { only = '', kinds: asked = troubles } = settings;
  const random = makeRandom(seed);
  const begun = performance.now();
  const kinds = asked.filter((name) => name.includes(only));
  const figures = new Map<Trouble, TroubleFigures>(kinds.map((kind) => [kind, zero()]));
  const violations: string[] = [];
  const reached = new Map<Moment, number>(moments.map((moment) => [moment, 0]));

  // ---- pocas that owe each other, each on a node of its own; the last one may lie ----

  const names = Array.from({ length: size }, (_, i) => [i === size - 1 ? 'liar' : `poca ${i}`]);
  const world = await makeWorld(cleanup, names, {
    ...{ seed, pingMilliseconds: 500, doubt },
    liars: ['liar'],
  });
  const pocas = [...world.pocas.values()];
  const honest = pocas.slice(0, -1);
  const liar = pocas.at(-1)!;
  const pairs: (readonly [Poca, Poca])[] = [];
  const hasMet = new Set<string>();
  const join = async (one: Poca, other: Poca) => {
    const key = [one.name, other.name].sort().join();
    if (one === other || hasMet.has(key)) return;
    hasMet.add(key);
    await meet(one, other);
    if (one !== liar && other !== liar) pairs.push([one, other], [other, one]);
  };
  for (const [i, poca] of honest.entries()) {
    await join(poca, honest[(i + 1) % honest.length]!);
    await join(poca, chosen(random, honest));
    if (i < 3) await join(poca, liar);
  }
  let coordinators = 0;
  const startCoordinator = () =>
    startClearingNode(cleanup, {
      ...{ name: `council${(coordinators += 1)}`, folder: world.folder, seed: seed + 100 },
      pingMilliseconds: 500,
    });
  let council = await startCoordinator();

  const some = () => BigInt(1 + random.below(60));
  /** New debts: around in a ring, so that something can clear, and here and there; and with the liar, if it takes part. */
  const borrow = async (withLiar: boolean) => {
    const debts = honest.map((poca, i) => [poca, honest[(i + 1) % honest.length]!] as const);
    for (let more = random.below(4); more > 0; more -= 1) debts.push(chosen(random, pairs));
    if (withLiar) debts.push([honest[0]!, liar], [liar, honest[1]!], [honest[2]!, liar]);
    await Promise.all(debts.map(([debtor, creditor]) => owe(debtor, creditor, some())));
    if (!random.chance(0.3)) return;
    const [lender, borrower] = chosen(random, pairs);
    await lend(lender, borrower, BigInt(1 + random.below(20)));
    await lender.node.call(lender.book, 'lendAlongLines', true);
  };
  /** What is old is forgiven, so that books stay short. */
  const forgive = async () => {
    const counts = new Map<string, number>();
    for (const { poca, halves } of await statementsOf(pocas)) {
      for (const { end, with: debtor, keeper, amount, kind } of halves) {
        if (kind === 'line' || end === 'from') continue;
        const key = `${debtor}>${poca}`;
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        // The newest come first.
        if (count <= keptDebts) continue;
        const { node } = world.pocas.get(poca)!;
        await node.call(keeper, 'forgive', amount, newRequest());
      }
    }
    await until('equal halves', async () => {
      return faultsAtRest(await statementsOf(pocas), { liars: ['liar'] }).length === 0;
    });
  };

  /** What people do with their debts meanwhile, a round or not: each act may be refused, and none done by halves. */
  const deal = async () => {
    for (let left = 12; left > 0; left -= 1) {
      const { poca, halves } = chosen(random, await statementsOf(honest));
      const { node } = world.pocas.get(poca)!;
      const debts = halves.filter(({ kind }) => kind === 'obligation');
      if (debts.length === 0) continue;
      const { keeper, end, amount } = chosen(random, debts);
      const value = 1n + (amount * BigInt(random.below(100))) / 100n;
      const [method, ...args] = chosen(
        random,
        end === 'from'
          ? [['paid', value], ['retract'], ['deny']]
          : [['received', value], ['forgive', value], ['retract'], ['deny']],
      ) as [string, ...unknown[]];
      await node.call(keeper, method, ...args, newRequest());
    }
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
  /** Waits for a moment of a round. It may be past before anybody sees it: then at once. */
  const reach = async ({ at, convenor }: Round, moment: Moment): Promise<void> => {
    const missing = random.below(size);
    const delay = random.below(moment === 'any' ? 350 : 20);
    const isNow = async (): Promise<boolean> => {
      const { phase } = await at.call<{ phase: string }>(convenor, 'view');
      if (moment === 'any' || isOver(phase) || phase === 'reporting') return true;
      if (moment === 'freezing') return phase === 'freezing';
      const parts = await at.call<ComponentEntry[]>(convenor, 'components', 1n);
      return parts.some((part) => {
        if (moment === 'solving') return true;
        if (part.phase !== 'voting') return part.phase !== 'solving';
        if (moment === 'voting') return part.missing <= BigInt(missing);
        return moment === 'last vote' && part.missing <= 1n;
      });
    };
    while (!(await isNow()));
    reached.set(moment, reached.get(moment)! + 1);
    await sleep(delay);
  };
  /** Some are away when the coordinator decides, and when they are back it is gone for good. */
  const tellInPart = async (round: Round, count: TroubleFigures) => {
    await reach(round, 'last vote');
    const first = random.below(honest.length);
    const away = honest.filter((_, i) => i === first || random.chance(0.4)).map(({ node }) => node);
    count.kills += away.length + 1;
    await Promise.all(away.map((node) => node.kill()));
    await until('a decision', async () => {
      const parts = await council.call<ComponentEntry[]>(round.convenor, 'components', 1n);
      return parts.some(({ phase }) => phase !== 'voting' && phase !== 'solving');
    });
    // What it says of that is on its way to those who are there, or is lost with it.
    await sleep(random.below(60));
    await council.kill();
    await Promise.all(away.map(revive));
  };
  const trouble = async (kind: Trouble, round: Round, count: TroubleFigures): Promise<void> => {
    if (kind === 'coordinator gone, told in part') return tellInPart(round, count);
    await reach(round, chosen(random, moments));
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
      case 'cancelled':
        return void (await council.call(round.convenor, 'cancel'));
      case 'busy':
        return deal();
      case 'busy, participants killed': {
        const some = world.nodes.filter(() => random.chance(0.4));
        // What cannot be asked of a node that is down was not asked.
        await Promise.all([deal().catch(() => {}), killSome(some, count)]);
        return undefined;
      }
      case 'coordinator frozen':
        return freeze(council, count);
      default:
        return undefined;
    }
  };

  // ---- rounds ----

  const isLying = (kind: Trouble) => kind.startsWith('lies');
  const isBusy = (kind: Trouble) => kind.startsWith('busy');
  const isGone = (kind: Trouble) => kind.includes('coordinator gone');
  const solvers = () => [...world.nodes, council];

  const attendLying = async (round: Round) => {
    const seat = await council.call<Named>(round.convenor, 'invite', 'liar', 'the liar');
    const name = `${round.convenor['@']}: seat of liar`;
    const handed = await hand(council, seat, liar.node, name);
    const { tag } = await council.call<{ tag: string }>(seat, 'terms');
    await liar.node.call(liar.book, 'attend', handed, tag);
  };
  /** People end what a liar keeps from ending: all as those did who could. @returns how many had to */
  const endByHand = async (parts: ReadonlyMap<Poca, Named>): Promise<number> => {
    const views = await Promise.all(
      [...parts].map(async ([{ node }, part]) => ({
        node,
        // `any`: the page of a round, as `book/types.ts` has it.
        view: await node.call<any>(part, 'view'),
      })),
    );
    const method = views.some(({ view }) => view.cleared > 0n) ? 'settleByHand' : 'releaseByHand';
    const open = views.filter(({ view }) => view.phase === 'inDoubt' || view.phase === 'split');
    for (const { node, view } of open) await node.call(view.act, method);
    return open.length;
  };
  /** When the books say so, or patience is over. */
  const rest = async (liars: readonly string[]) => {
    const isAtRest = async () => faultsAtRest(await statementsOf(pocas), { liars }).length === 0;
    await until('rest', isAtRest).catch(() => {});
  };

  const play = async (number: number, kind: Trouble, count: TroubleFigures): Promise<string[]> => {
    const lie = isLying(kind) ? lies[(lied += 1) % lies.length]! : undefined;
    // Its book is its own also where it takes no part.
    const liars = ['liar'];
    await forgive();
    await borrow(lie !== undefined);
    const before = await statementsOf(pocas);
    const hasSomething = ({ name }: Poca) =>
      before.find(({ poca }) => poca === name)!.halves.length > 0;
    const present = honest.filter(hasSomething);
    await council.solve(
      kind === 'solver lies'
        ? chosen(random, ['less', 'more'] as const)
        : kind === 'solver silent'
          ? 'none'
          : 'honest',
    );
    const round = await convene(council, `round ${number}`, { patience });
    const parts = new Map<Poca, Named>();
    for (const poca of present) parts.set(poca, await attend(round, poca));
    if (lie !== undefined) {
      await liar.node.call(liar.book, 'setLie', lie);
      await attendLying(round);
    }
    await untilLodged(round, present.length + (lie === undefined ? 0 : 1));
    if (kind === 'links slow') {
      for (const { proxy } of solvers()) {
        proxy.plan((_, chance) => ({
          delayMillis: chance.below(150),
          jitterMillis: chance.below(150),
        }));
        for (const connection of proxy.connections()) connection.cut();
      }
    }
    await council.call(round.convenor, 'closeLodging');
    if (kind !== 'none' && !kind.startsWith('solver')) await trouble(kind, round, count);

    // Nothing goes wrong any more.
    for (const { proxy } of solvers()) proxy.plan(() => ({}));
    let said: { cleared: bigint; satOut: bigint } | undefined;
    if (isGone(kind)) council = await startCoordinator();
    else {
      await until('the end of the round', async () => isOver((await viewOf(round)).phase));
      said = (await viewOf(round)).totals;
    }
    if (lie !== undefined && isGone(kind)) {
      await sleep(Number(doubt) + 1500);
      count.byHand += await endByHand(parts);
    }
    await rest(liars);
    const after = await statementsOf(pocas);
    const lodging = [...present.map(({ name }) => name), ...(lie === undefined ? [] : liars)];
    const whole = kind === 'none' || kind === 'solver lies';
    const faults = isBusy(kind)
      ? faultsAtRest(after, { liars })
      : faultsOfRound(before, after, { unit, lodging, whole, liars });
    const total = clearedBetween(before, after, liars);
    if (!isBusy(kind)) {
      count.clearedSum += total;
      count.bestSum += bestTotal(before, { unit, lodging });
    }
    count.satOut += Number(said?.satOut ?? 0n);
    if (total > 0n) count.cleared += 1;
    else count.nothing += 1;
    if (!isBusy(kind) && said !== undefined && said.cleared !== total) {
      faults.push(`the coordinator says that ${said.cleared} was cleared, the books ${total}`);
    }
    return faults.map((what) => (lie === undefined ? what : `${lie}: ${what}`));
  };
  let lied = -1;

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
    moments: [...reached],
  };
};

/** For people: a row for each kind of trouble. */
export const tableOf = ({
  seed,
  seconds,
  troubles: rows,
  moments: began,
  violations,
}: ClearingReport): string[] => {
  const columns = [
    'rounds',
    'kills',
    'cuts',
    'frozen',
    'cleared',
    'nothing',
    'satOut',
    'byHand',
  ] as const;
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
    `it began at: ${began.map(([moment, times]) => `${moment} ${times}`).join(', ')}`,
    ...violations.slice(0, 20).map((what) => `violated: ${what}`),
  ];
};
