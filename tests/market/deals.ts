/**
 * Deals in two markets while nodes are killed, frozen and cut off and links break: bread to order, one thing
 * in both markets of which there is too little, bread at the till for blind credits, guests who come, owe or
 * earn, and leave. Whoever has no answer asks again, and some say everything twice.
 *
 * Each node looks at what every delivery leaves (`../soundness`). After each round all orders have ended,
 * and what everybody has is what those ends say.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeRandom, type Random } from '../campaign/random.ts';
import type { Named } from '../clearing/node.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import { ask, kept, must, next } from './asking.ts';
import { makeBlindBuyer } from './blind-buyer.ts';
import { type Buyer, type Market, makeDealsWorld, price } from './deals-world.ts';
import { type Trouble, heal, make, troubles } from './troubles.ts';

// `any`: answers of facets in other processes.
type Any = any;

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

const week = 7 * 24 * 3_600_000;
/** Of each round's thing, for four who want one. */
const units = 2n;
const ends = ['accepted', 'refused', 'expired', 'cancelled', 'settled', 'refunded', 'split'];
const plans = ['accept', 'accept', 'accept', 'cancel', 'split', 'refund'] as const;
type Plan = (typeof plans)[number];

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
  const { nodes, markets, things } = world;
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

  /** Says it once, or twice at the same time, and both are answered alike. */
  const say = async (
    chance: Random,
    ...[node, ref, method, ...args]: Parameters<typeof must>
  ): Promise<Any> => {
    const times = chance.chance(0.3) ? 2 : 1;
    const answers = await Promise.all(
      Array.from({ length: times }, () => ask(node, ref, method, ...args)),
    );
    assert.equal(answers.at(-1).ok, answers[0].ok, `${method}, said twice`);
    return answers[0];
  };
  const place = async (chance: Random, { node, shop }: Buyer, offer: Named, as: string) => {
    const id = next();
    let refused: string | undefined;
    const order = await kept(node, as, async () => {
      const answer = await say(chance, node, shop, 'order', offer, 1n, id);
      refused = answer.ok ? undefined : answer.code;
      // Something has to be kept, and nobody asks it anything.
      return answer.ok ? answer.order : shop;
    });
    return refused === undefined ? order : undefined;
  };
  /** The buyer's side of an order until it has ended. */
  const drive = async (chance: Random, { node }: Buyer, order: Named, plan: Plan) => {
    const share = plan === 'split' ? 50n : 0n;
    const id = next();
    if (plan === 'cancel') await say(chance, node, order, 'cancel');
    return until(`the end of an order (${plan})`, async () => {
      const { phase, buyerProposes } = await ask(node, order, 'view');
      if (ends.includes(phase)) return phase as string;
      if (phase === 'handedOver' && (plan === 'accept' || plan === 'cancel'))
        await say(chance, node, order, 'accept');
      else if (phase === 'handedOver') await say(chance, node, order, 'dispute', 'so');
      else if (phase === 'disputed' && buyerProposes === undefined)
        await say(chance, node, order, 'propose', share, id);
      return undefined;
    });
  };
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
  /** The seller's side of all orders of a market, until nobody buys any more. */
  const serve = async (chance: Random, { node, seller }: Market, isOver: () => boolean) => {
    while (!isOver()) {
      const { sales } = await ask(node, seller.sales, 'view');
      for (const { phase, order } of sales as readonly Any[]) {
        // A page that is of a process that died meanwhile is looked at anew.
        const act = async (method: string, ...args: unknown[]) =>
          node.call<Any>(order, method, ...args).catch(() => undefined);
        // Not at once, so that some buyers think better of it.
        if (phase === 'claimed' && chance.chance(0.3))
          await act(chance.chance(0.15) ? 'refuse' : 'handOver');
        if (phase !== 'disputed') continue;
        const seen = await act('view');
        if (seen?.buyerProposes !== undefined) await act('propose', seen.buyerProposes, next());
      }
      await sleep(20);
    }
  };
  /** Somebody comes in, owes or earns something, and leaves. */
  const visit = async (chance: Random, market: Market, round: number) => {
    const { node, steward, seller } = market;
    const [enters, pays, plan, decides, carries, leaves] = Array.from({ length: 6 }, next);
    const name = `guest ${round}`;
    const guest = await kept(node, name, async () => {
      const invitation = await ask<Named>(node, steward, 'invite', 1n, enters);
      return (await say(chance, node, invitation, 'join', name, enters)).participant;
    });
    const value = BigInt(chance.below(5)) - 2n;
    const payeeOf = async (one: Named, as: string) =>
      kept(node, as, async () => node.call(await node.call<Named>(one, 'account'), 'payee'));
    const accountOf = async (one: Named, as: string) =>
      kept(node, as, () => node.call(one, 'account'));
    const [from, to] = value < 0n ? [guest, seller.place] : [seller.place, guest];
    const account = await accountOf(from, `account ${round}`);
    const payee = await payeeOf(to, `payee ${round}`);
    const size = value < 0n ? -value : value;
    assert.ok((await say(chance, node, account, 'pay', payee, size, pays)).ok);
    add(seller.place, -value);
    commons.set(market, commons.get(market)! + value);
    const desk = await kept(node, `leaving ${round}`, () => node.call(guest, 'desk', 'leaving'));
    if (value >= 0n) {
      assert.ok((await say(chance, node, desk, 'leaveGiving', leaves)).ok);
    } else {
      assert.ok((await say(chance, node, desk, 'plan', 'later', plan)).ok);
      const card = await kept(node, `card ${round}`, () => node.call(guest, 'card'));
      const wish = { act: 'absorb', name: String(await ask(node, card, 'number')) };
      const when = { notBefore: 0n, expires: BigInt(Date.now() + week) };
      const mandate = await kept(
        ...([node, `mandate ${round}`] as const),
        async () =>
          (await say(chance, node, market.commons, 'mandate', wish, when, decides)).mandate,
      );
      assert.ok((await say(chance, node, mandate, 'carryOut', carries)).ok);
    }
    assert.equal((await ask(node, desk, 'view')).status, 'left');
    report.left += 1;
  };
  /** A thing of which there are two, listed in both markets. */
  const list = async (round: number) => {
    const what = `silla ${round}`;
    const { thing } = await must(home, things, 'add', what, units, next());
    const owner = await home.keep(what, thing);
    for (const { node, seller } of markets) {
      const { secret } = await must(home, owner, 'claimLink', node.name, next());
      const claim = await node.enliven(`claim of ${what}`, secret);
      const terms = {
        ...{ what, description: '', category: '', delivery: '', duration: 0n },
        alternatives: [{ own: price, brands: [], outside: '' }],
      };
      const stock = { kind: 'claim', claim };
      const { offer } = await must(node, seller.shop, 'offerWith', terms, stock, {}, next());
      await node.keep(`listing of ${what}`, offer);
    }
    const buyers = markets.flatMap((market) => market.buyers);
    const offers = await Promise.all(
      buyers.map(async ({ name, node, shop }) => {
        const found = await until(`${what} on the page of ${name}`, async () => {
          const { offers: all } = await ask(node, shop, 'view');
          return (all as readonly Any[]).find((one) => one.what === what)?.offer as Named;
        });
        return node.keep(`${what} for ${name}`, found);
      }),
    );
    return {
      buyers,
      offers,
      owner,
      async end() {
        for (const { node } of markets) await ask(node, { '@': `listing of ${what}` }, 'withdraw');
      },
    };
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
    const { buyers, offers, owner, end } = await list(round);
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
        return how;
      }),
      later(async (chance) => {
        await visit(chance, markets[chance.below(2)]!, round);
        return 'left';
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
