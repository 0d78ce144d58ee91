/** What people do in the campaign of deals (`deals.ts`): each of these goes on until it has an answer. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../campaign/random.ts';
import type { Named } from '../clearing/node.ts';
import { until } from '../support/until.ts';
import { ask, kept, must, next } from './asking.ts';
import { type Buyer, type DealsWorld, type Market, price } from './deals-world.ts';

// `any`: answers of facets in other processes.
type Any = any;

const week = 7 * 24 * 3_600_000;
/** Of each round's thing, for four who want one. */
export const units = 2n;
export const ends = ['accepted', 'refused', 'expired', 'cancelled', 'settled', 'refunded', 'split'];
export const plans = ['accept', 'accept', 'accept', 'cancel', 'split', 'refund'] as const;
export type Plan = (typeof plans)[number];

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
/** An order, or undefined where there is nothing left to order. */
export const place = async (chance: Random, { node, shop }: Buyer, offer: Named, as: string) => {
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
export const drive = async (chance: Random, { node }: Buyer, order: Named, plan: Plan) => {
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
/** The seller's side of all orders of a market, until nobody buys any more. */
export const serve = async (chance: Random, { node, seller }: Market, isOver: () => boolean) => {
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
/** Somebody comes in, owes or earns something, and leaves. @returns what they left to the commons */
export const visit = async (chance: Random, market: Market, round: number): Promise<bigint> => {
  const { node, steward, seller } = market;
  const [enters, offers, pays, plan, decides, carries, leaves] = Array.from({ length: 7 }, next);
  const name = `guest ${round}`;
  const guest = await kept(node, name, async () => {
    const invitation = await ask<Named>(node, steward, 'invite', 1n, enters);
    return (await say(chance, node, invitation, 'join', name, enters)).participant;
  });
  // What they still offer when they go, nobody sees any more.
  const shop = await kept(node, `shop ${round}`, () => node.call(guest, 'desk', 'offer'));
  const what = `miel ${round}`;
  assert.ok((await say(chance, node, shop, 'offer', what, '', price, 0n, offers)).ok);
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
      async () => (await say(chance, node, market.commons, 'mandate', wish, when, decides)).mandate,
    );
    assert.ok((await say(chance, node, mandate, 'carryOut', carries)).ok);
  }
  assert.equal((await ask(node, desk, 'view')).status, 'left');
  const { offers: seen } = await ask(node, seller.shop, 'view');
  assert.ok((seen as readonly Any[]).every((one) => one.what !== what));
  return value;
};
/** A thing of which there are few, listed in both markets. */
export const list = async ({ nodes, markets, things }: DealsWorld, round: number) => {
  const home = nodes[2]!;
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
