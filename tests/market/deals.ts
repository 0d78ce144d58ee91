/**
 * Deals in two markets while nodes are killed, frozen and cut off and links break: bread to order, one thing
 * in both markets of which there is too little, bread at the till for blind credits, guests who come, owe or
 * earn, and leave. Whoever has no answer asks again, and some say everything twice.
 *
 * Each node looks at what every delivery leaves (`../soundness`). After each round all orders have ended,
 * and what everybody has is what those ends say.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, makeRandom } from '../campaign/random.ts';
import type { Named } from '../clearing/node.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import { ask } from './asking.ts';
import { makeBlindBuyer } from './blind-buyer.ts';
import { drive, list, place, plans, serve, units, visit } from './deals-acts.ts';
import { type Buyer, type Market, makeDealsWorld, price } from './deals-world.ts';
import { type Trouble, heal, make, troubles } from './troubles.ts';

export type DealsReport = {
  rounds: number;
  kills: number;
  /** By how they ended; `none`: there was nothing left to order. */
  orders: Record<string, number>;
  blind: Record<string, number>;
  left: number;
  /** Deliveries that changed value, orders or stocks, and were found sound, in processes that were not killed. */
  looked: number;
  violations: string[];
};

/** What of a price is the seller's in the end. */
const paidIn = (end: string): bigint => {
  if (end === 'accepted' || end === 'settled') return price;
  // Half of three, in whole units.
  return end === 'split' ? price / 2n : 0n;
};

export const runDeals = async (
  cleanup: Cleanup,
  {
    seed,
    rounds,
    only = troubles,
    goesOn = () => true,
    progress = () => {},
  }: {
    seed: number;
    rounds: number;
    /** In turn, where there are fewer than usual; else by chance. */
    only?: readonly Trouble[];
    goesOn?: () => boolean;
    progress?: (line: string) => void;
  },
): Promise<DealsReport> => {
  const random = makeRandom(seed);
  const world = await makeDealsWorld(cleanup, seed);
  const { nodes, markets } = world;
  const home = nodes[2]!;
  const blind = await makeBlindBuyer(markets[0]!.buyers[1]!);
  const report: DealsReport = {
    ...{ rounds: 0, kills: 0, orders: {}, blind: {}, left: 0, looked: 0 },
    violations: [],
  };
  /** What everybody should have: by place, and what the commons of a market took over. */
  const balances = new Map<Named, bigint>();
  const add = (place: Named, value: bigint) =>
    void balances.set(place, (balances.get(place) ?? 0n) + value);
  const commons = new Map<Market, bigint>(markets.map((market) => [market, 0n]));
  const count = (of: Record<string, number>, end: string) => void (of[end] = (of[end] ?? 0) + 1);

  const buy = async (chance: Random, buyer: Buyer, offer: Named, as: string) => {
    const order = await place(chance, buyer, offer, as);
    const end =
      order === undefined
        ? 'none'
        : await drive(chance, buyer, order, plans[chance.below(plans.length)]!);
    count(report.orders, end);
    add(buyer.place, -paidIn(end));
    add(buyer.market.seller.place, paidIn(end));
    return end;
  };
  const check = async (what: string, isRight: boolean) => {
    if (!isRight) report.violations.push(`round ${report.rounds}: ${what}`);
  };
  const checkAll = async (owner: Named, sold: bigint) => {
    const { free, claimed, fulfilled } = await until(
      'the home to hear the last of it',
      async () => {
        const stock = await ask(home, owner, 'view');
        return stock.claimed === 0n && stock.fulfilled === sold ? stock : undefined;
      },
    ).catch(() => ask(home, owner, 'view'));
    await check(
      `of ${units}, ${free} are free, ${claimed} claimed, ${fulfilled} gone and ${sold} sold`,
      claimed === 0n && fulfilled === sold && free + sold === units,
    );
    for (const market of markets) {
      const { node, auditor, seller, buyers, name } = market;
      const told = await ask(node, auditor, 'statement');
      await check(
        `${name} sums to ${told.sum}, ${told.held} is held`,
        told.sum === 0n && told.held === 0n,
      );
      await check(
        `the commons of ${name} have ${told.commons}, not ${commons.get(market)}`,
        told.commons === commons.get(market),
      );
      const float = market === blind.buyer.market ? blind.worth() : 0n;
      await check(`${name} has a float of ${told.pools}, not ${float}`, told.pools === float);
      for (const [at, one, who] of [
        [node, seller.place, 'Olga'],
        ...buyers.map((each) => [each.node, each.place, each.name] as const),
      ] as const) {
        const { balance } = await ask(at, one, 'view');
        const taken = one === blind.buyer.place ? blind.withdrawn() : 0n;
        const right = (balances.get(one) ?? 0n) - taken;
        await check(`${who} in ${name} has ${balance}, not ${right}`, balance === right);
      }
    }
    for (const node of nodes) for (const fault of node.faults()) await check(fault, false);
  };

  while (report.rounds < rounds && report.violations.length === 0 && goesOn()) {
    report.rounds += 1;
    const { rounds: round } = report;
    const trouble =
      only === troubles ? only[random.below(only.length)]! : only[(round - 1) % only.length]!;
    const { buyers, offers, owner, end } = await list(world, round);
    let isOver = false;
    const troubled = make(trouble, nodes, random.fork(), () => void (report.kills += 1)).then(
      // Whoever was killed comes back while the others still ask.
      () => (trouble === 'breaking' ? sleep(1_500) : undefined),
    );
    const healed = troubled.then(() => heal(nodes));
    const serving = markets.map((market) => serve(random.fork(), market, () => isOver));
    const later = async <T>(act: (chance: Random) => Promise<T>): Promise<T> => {
      const chance = random.fork();
      await sleep(chance.below(600));
      return act(chance);
    };
    const chairs = buyers.map((buyer, i) =>
      later((chance) => buy(chance, buyer, offers[i]!, `order ${round} of ${buyer.name}`)),
    );
    const others = [
      ...buyers.map((buyer) =>
        later((chance) => buy(chance, buyer, buyer.bread, `bread ${round} of ${buyer.name}`)),
      ),
      later(async (chance) => {
        const how = await blind.buy(round, chance.chance(0.3));
        count(report.blind, how);
        add(blind.buyer.market.seller.place, how === 'accepted' ? price : 0n);
      }),
      later(async (chance) => {
        const market = markets[chance.below(2)]!;
        const value = await visit(chance, market, round);
        add(market.seller.place, -value);
        commons.set(market, commons.get(market)! + value);
        report.left += 1;
      }),
    ];
    try {
      const [sold] = await Promise.all([Promise.all(chairs), Promise.all(others)]);
      await healed;
      isOver = true;
      await Promise.all(serving);
      // What was handed over is gone, also where a dispute gave the price back.
      const gone = sold.filter((how) => ['accepted', 'settled', 'split', 'refunded'].includes(how));
      await end();
      await checkAll(owner, BigInt(gone.length));
    } catch (error) {
      // What does not come to an end is as bad as a wrong end.
      report.violations.push(`round ${round} (${trouble}): ${(error as Error).message}`);
      isOver = true;
      await healed;
    }
    progress(`round ${round}: ${trouble}; ${JSON.stringify(report.orders)}`);
  }
  for (const node of nodes) report.looked += (await node.watched()).looked;
  return report;
};
