/**
 * Exchanges among three ledgers on three nodes, each led by any of them, while nodes are killed, frozen
 * and cut off. After each round everything is up again, and all books must agree on how each ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeRandom } from '../campaign/random.ts';
import { type Named, startClearingNode } from '../clearing/node.ts';
import { type Cleanup, makeFolder } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import { heal, make, troubles } from './troubles.ts';

// `any`: answers of facets in other processes.
type Any = any;

export type ExchangesReport = {
  rounds: number;
  exchanges: number;
  settled: number;
  released: number;
  /** In neither ledger was anything ever held. */
  never: number;
  kills: number;
  /** Ended by both stewards, since whoever should have led it was down when it was asked to. */
  byStewards: number;
  violations: string[];
};

const bank = '../packages/clearing/test/bridge/bank-vat.ts';
const count = 3;
/** How long both sides have to prepare, in milliseconds. */
const patience = 5_000;
const perRound = 4;

type Exchange = {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly lead: number;
  readonly values: readonly [bigint, bigint];
  readonly deadline: bigint;
};

export const runExchanges = async (
  cleanup: Cleanup,
  {
    seed,
    rounds,
    goesOn = () => true,
    progress = () => {},
  }: {
    seed: number;
    rounds: number;
    goesOn?: () => boolean;
    progress?: (line: string) => void;
  },
): Promise<ExchangesReport> => {
  const random = makeRandom(seed);
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      startClearingNode(cleanup, {
        ...{ name: `node${i}`, folder, seed: seed + i },
        pingMilliseconds: 300,
      }),
    ),
  );
  const each = nodes.map((_, i) => i);
  const banks = await Promise.all(
    nodes.map((node, i) => node.make('bank', bank, { unit: `unit ${i}` })),
  );
  // Each node knows the desk, the coordinator and the receiving account of each bank by a name.
  for (const i of each) {
    const node = nodes[i]!;
    const own = {
      desk: await node.call<Named>(banks[i]!, 'desk'),
      lead: await node.call<Named>(banks[i]!, 'coordinator'),
      receiver: await node.call<Named>(banks[i]!, 'join', 'receiver', 0n),
    };
    await node.call(banks[i]!, 'join', 'payer', 10n ** 9n);
    for (const [what, ref] of Object.entries(own)) {
      const kept = await node.keep(`${what}${i}`, ref);
      for (const other of nodes)
        if (other !== node) await other.enliven(`${what}${i}`, await node.sturdy(kept));
    }
  }
  const at = (what: string, i: number): Named => ({ '@': `${what}${i}` });
  const ask = <T = Any>(i: number, method: string, ...args: unknown[]): Promise<T> =>
    nodes[i]!.call<T>(banks[i]!, method, ...args);
  const termsOf = ({ id, from, to, lead, values, deadline }: Exchange) => ({
    id,
    legs: [
      { desk: at('desk', from), value: values[0], to: at('receiver', from) },
      { desk: at('desk', to), value: values[1], to: at('receiver', to) },
    ],
    coordinator: at('lead', lead),
    deadline,
  });

  const report: ExchangesReport = {
    ...{ rounds: 0, exchanges: 0, settled: 0, released: 0, never: 0, kills: 0, byStewards: 0 },
    violations: [],
  };
  const paid = each.map(() => 0n);
  while (report.rounds < rounds && goesOn()) {
    report.rounds += 1;
    const trouble = troubles[random.below(troubles.length)]!;
    const exchanges = Array.from({ length: perRound }, (_, n): Exchange => {
      const from = random.below(count);
      const to = (from + 1 + random.below(count - 1)) % count;
      return {
        ...{ id: `${seed} ${report.rounds} ${n}`, from, to, lead: random.below(count) },
        values: [BigInt(1 + random.below(9)), BigInt(1 + random.below(9))],
        deadline: BigInt(Date.now() + patience),
      };
    });
    report.exchanges += exchanges.length;
    const troubled = make(trouble, nodes, random.fork(), () => void (report.kills += 1));
    // Whoever is down cannot sign off; nobody tries again.
    const acts = exchanges.flatMap((exchange) => {
      const terms = termsOf(exchange);
      const { from, to, lead } = exchange;
      return [
        () => ask(lead, 'lead', terms),
        () => ask(from, 'prepare', 'payer', terms),
        () => ask(to, 'prepare', 'payer', terms),
      ];
    });
    await Promise.all(
      acts.map(async (act) => {
        await sleep(random.below(800));
        await act().catch(() => undefined);
      }),
    );
    await troubled;
    await heal(nodes);
    for (const exchange of exchanges) {
      const { id, from, to, lead, values } = exchange;
      const led = await ask(lead, 'led', id);
      if (led === undefined) {
        report.byStewards += 1;
        for (const i of [from, to]) await ask(i, 'freeze', id);
      }
      const phases = await until(`the end of ${id} (${trouble})`, async () => {
        const both = await Promise.all(
          [from, to].map(async (i) => (await ask(i, 'side', id))?.phase ?? 'none'),
        );
        return both.includes('held') ? undefined : both;
      });
      const settled = phases.filter((phase) => phase === 'settled').length;
      if (settled === 1) report.violations.push(`${id} (${trouble}): ${phases.join()}`);
      if (settled === 2) {
        report.settled += 1;
        paid[from] = paid[from]! + values[0];
        paid[to] = paid[to]! + values[1];
      } else if (phases.includes('released')) report.released += 1;
      else report.never += 1;
    }
    for (const i of each) {
      const found = [await ask(i, 'balance', 'payer'), await ask(i, 'balance', 'receiver')];
      const held = await ask<bigint>(i, 'held', 'payer');
      if (found[0] !== -paid[i]! || found[1] !== paid[i]! || held !== 0n)
        report.violations.push(`bank ${i} has ${found.join()} and ${held} held, not ±${paid[i]}`);
      await ask(i, 'assertSound');
    }
    progress(
      `round ${report.rounds}: ${trouble}; ${report.settled} of ${report.exchanges} settled`,
    );
  }
  return report;
};
