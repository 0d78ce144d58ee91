/** Somebody who buys bread at a market's till with blind credits, and repeats whatever had no answer. */
import assert from 'node:assert/strict';
import type { MintKeys } from '@pocas/clearing/blind';
import {
  type Purse,
  askFor,
  emptyPurse,
  finish,
  learn,
  pay,
  paymentOf,
  purseKey,
  worth,
} from '@pocas/clearing/purse';
import { saleContext } from '@pocas/market-actors';
import { sha256 } from '@pocas/vat-runtime';
import type { Named } from '../clearing/node.ts';
import { ask, kept, must } from './asking.ts';
import { type Buyer, price } from './deals-world.ts';

// `any`: answers of facets in other processes.
type Any = any;

const pack = [1n, 1n, 2n, 4n];
/** The price in tokens of their own, for what comes back. */
const priceInTokens = [1n, 2n];

export type BlindBuyer = {
  readonly buyer: Buyer;
  readonly till: Named;
  /** What it could still spend. */
  worth(): bigint;
  /** What it took from its account so far. */
  withdrawn(): bigint;
  /** @returns how the order ended */
  buy(round: number, regrets: boolean): Promise<string>;
};

export const makeBlindBuyer = async (buyer: Buyer): Promise<BlindBuyer> => {
  const { node, market, place } = buyer;
  const till = await node.enliven('till', await market.node.sturdy(market.till));
  const desk = await node.keep('blind desk', await node.call<Named>(place, 'desk', 'till'));
  const [{ offer, number }] = (await node.call<Any>(till, 'view')).offers;
  const bread = await node.keep('bread at the till', offer);
  const keys = await node.call<MintKeys>(till, 'keys');
  const key = purseKey(sha256('a wallet'), keys.market);
  const learnt = learn(emptyPurse(keys.market), keys);
  assert.ok(learnt.ok);
  let purse: Purse = learnt.purse;
  let withdrawn = 0n;

  const take = (act: Parameters<typeof finish>[2], answer: Any) => {
    const finished = finish(purse, key, act, answer);
    assert.ok(finished.ok, 'what was issued is believed');
    ({ purse } = finished);
  };
  const fill = async () => {
    const asked = askFor(purse, key, 'account', 'credit', pack);
    ({ purse } = asked);
    take(asked.act, await must(node, desk, 'withdraw', asked.batches, asked.requestId));
    withdrawn += pack.reduce((sum, one) => sum + one);
  };
  const refund = async (order: Named) => {
    const asked = askFor(purse, key, 'till', 'credit', priceInTokens);
    ({ purse } = asked);
    const first = await must(node, order, 'refund', asked.batches, asked.requestId);
    const again = await must(node, order, 'refund', asked.batches, asked.requestId);
    assert.deepEqual(again, first, 'a refund is fetched once, and answered again');
    take(asked.act, first);
  };

  return {
    ...{ buyer, till },
    worth: () => worth(purse),
    withdrawn: () => withdrawn,
    async buy(round, regrets) {
      if (worth(purse) < price) await fill();
      const terms = { number, alternative: 0n, quantity: 1n, price, note: '' };
      const begun = pay(purse, key, price, saleContext(terms), keys.denominations);
      assert.ok(begun.ok);
      ({ purse } = begun);
      const { tokens, change } = paymentOf(purse, key, begun.act);
      const purchase = { offer: bread, ...terms };
      const { requestId } = begun.act;
      let answer: Any;
      const order = await kept(node, `blind order ${round}`, async () => {
        answer = await must(node, till, 'pay', purchase, tokens, change, requestId);
        return answer.order;
      });
      take(begun.act, answer);
      const phase = async () => (await ask(node, order, 'view')).phase as string;
      if (regrets) await ask(node, order, 'cancel');
      for (;;) {
        const now = await phase();
        if (now === 'handedOver') await ask(node, order, 'accept');
        if (['accepted', 'cancelled', 'refused', 'expired'].includes(now)) {
          if (now !== 'accepted') await refund(order);
          return now;
        }
      }
    },
  };
};
