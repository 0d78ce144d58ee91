import { type Bench, type Effort, type Remarks, type Result, benchOfCalls } from '../harness.ts';
import { oneProcess } from '../one-process.ts';
import { twoEnds } from '../two-ends.ts';
import { allCounts, buyerCounts, caseOf, ways } from './modes.ts';
import { longestTurn, measureSize } from './size.ts';

const compiled = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

const peers = ['LevelDB', 'captp over ws', 'POPRF alone'] as const;
const ours = ['pocas, one node', 'pocas, two nodes'] as const;
const cpu = 'CPU µs/call';
const wall = 'wall µs/call';

const ordersOf = (counts: readonly number[]): Bench =>
  benchOfCalls({
    name: 'market',
    summary: 'orders from escrow to acceptance, open and blind; a market with a long past',
    baseline: 'LevelDB',
    cases: ways.flatMap((way) =>
      counts.map((buyers) => ({
        name: caseOf(way, buyers),
        callsAtOnce: buyers,
        ...(way === 'open' ? { only: [...ours, 'LevelDB', 'captp over ws'] } : {}),
      })),
    ),
    subjects: [
      oneProcess('LevelDB', compiled('level-batches')),
      twoEnds('captp over ws', compiled('../captp/captp-server'), compiled('captp-calls')),
      oneProcess('POPRF alone', compiled('poprf-alone')),
      oneProcess('pocas, one node', compiled('one-node')),
      twoEnds('pocas, two nodes', compiled('market-node'), compiled('buyers-node')),
    ],
  });

const countsFor = ({ rounds }: Effort): readonly number[] =>
  rounds > 2 ? buyerCounts.thorough : buyerCounts.quick;

const figure = (number: number): string => number.toFixed(number < 10 ? 2 : 1);

/** Orders beside what each peer alone takes for one, and the market with its past. */
const remarks = (results: readonly Result[]): Remarks => {
  const find = (name: string, subject: string, unit: string) =>
    results.find((one) => one.case === name && one.subject === subject && one.unit === unit);
  const cases = ways.flatMap((way) => allCounts.map((buyers) => caseOf(way, buyers)));
  const rows = cases.flatMap((name) =>
    [...peers, ...ours].flatMap((subject) => {
      const [walls, cpus] = [find(name, subject, wall), find(name, subject, cpu)];
      if (walls === undefined || cpus === undefined) return [];
      const beside = peers.map((peer) => {
        const base = find(name, peer, wall);
        if (base === undefined || peer === subject) return '–';
        return figure(walls.median / base.median);
      });
      return [[name, subject, figure(1e6 / walls.median), figure(cpus.median / 1_000), ...beside]];
    }),
  );
  const sizes = results.filter(({ unit }) => unit !== wall && unit !== cpu);
  return {
    tables: [
      {
        title: 'orders, and wall time of one by that of each peer',
        rows: [
          ['case', 'subject', 'orders/s', 'CPU ms', ...peers.map((peer) => `/ ${peer}`)],
          ...rows,
        ],
      },
      {
        title: 'sizes',
        rows: [
          ['what', 'unit', 'median', 'min', 'max'],
          ...sizes.map((one) => [
            one.case,
            one.unit,
            ...[one.median, one.min, one.max].map((number) => number.toFixed(1)),
          ]),
        ],
      },
    ],
    goals: sizes
      .filter((one) => one.case.endsWith(longestTurn) && one.unit === 'wall ms')
      .map((one) => ({ what: `${one.case}, ms`, figure: one.median, most: 5_000 })),
  };
};

/**
 * What a market does in a second, and what it is after years.
 *
 * An order is what two people do: ordered and set aside (blind: a pack of six tokens withdrawn, then paid at the
 * till), seen by the seller in their list, handed over, accepted. Each step waits for its answer, which
 * waits for the disk. Buyers and sellers are programs of the market's node, or of another node over a
 * WebSocket.
 *
 * - `LevelDB`: the same rows in as many synced batches, and nothing else. Batches of several buyers that
 *   come during a write go into the next one together.
 * - `captp over ws`: as many calls that do nothing; stores nothing.
 * - `POPRF alone`: the computations of `@noble/curves` for the six tokens of an order, on one thread.
 *
 * The past is made by the same methods of the same objects, called in turns of ten orders by an object in
 * the market's vat: without messages, and with one write for ten. After each ten orders of every member an epoch
 * ends. What it is then is seen after a restart. `past.js` makes it in a directory, and goes on there.
 */
export const market: Bench = {
  ...ordersOf(allCounts),
  compared: [wall],
  remarks,
  async run(effort, progress) {
    const orders = await ordersOf(countsFor(effort)).run(effort, progress);
    return [...orders, ...(await measureSize(effort, progress))];
  },
};
