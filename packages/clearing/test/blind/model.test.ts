/** Whatever holders do with blind credits, in whatever order: the sum stays zero, and nothing is paid twice. */
import type { Holder, World } from './fixture.ts';
import { makeWorld, ok, pack, turn } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { Decider } from '@pocas/clearing/value';
import {
  askFor,
  deposit,
  finish,
  lapsing,
  pay,
  splitValue,
  swap,
  worth,
} from '@pocas/clearing/purse';
import type { Facet } from '@pocas/vat-runtime';

const denominations = [1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n, 256n];

type Step =
  | {
      readonly kind: 'withdraw' | 'swap' | 'deposit' | 'epoch' | 'settle' | 'release';
      readonly who: number;
    }
  | { readonly kind: 'pay'; readonly who: number; readonly price: bigint };

const who = fc.nat(1);
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), who }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('pay' as const),
        who,
        price: fc.bigInt({ min: 1n, max: 40n }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('swap', 'deposit', 'epoch', 'settle', 'release'),
        who,
      }) as fc.Arbitrary<Step>,
    },
  ),
  { minLength: 6, maxLength: 16 },
);

type Open = { readonly decider: Facet<Decider>; readonly value: bigint; readonly buyer: Holder };

test('whatever holders do, the sum is zero after each step and the float is what tokens are worth', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story: readonly Step[]) => {
      const world: World = await makeWorld();
      const { mint } = world;
      const holders = [await world.holder('ana', 70n), await world.holder('beto', 70n)];
      const seller = await world.holder('vera');
      const open: Open[] = [];
      let epoch = 1n;
      /** What stands where, by what was done; the commons has what lapsed. */
      let [withdrawn, back, sold, escrow] = [0n, 0n, 0n, 0n];
      const doStep = async (step: Step): Promise<void> => {
        const holder = holders[step.who]!;
        const { key } = holder;
        if (step.kind === 'withdraw') {
          const asked = askFor(holder.purse, key, 'account', 'credit', pack);
          const { available } = await E(holder.account).view();
          const answer = await E(mint).withdraw(holder.account, asked.batches, asked.requestId);
          assert.equal(answer.ok, available >= 32n);
          if (!answer.ok) return;
          holder.purse = ok(finish(asked.purse, key, asked.act, answer)).purse;
          withdrawn += 32n;
        } else if (step.kind === 'pay') {
          const begun = pay(holder.purse, key, step.price, 'soup', denominations);
          assert.equal(begun.ok, worth(holder.purse) >= step.price);
          if (!begun.ok) return;
          const act = () =>
            E(mint).hold(begun.payment, step.price, seller.payee, {}, begun.requestId);
          const [one, two] = [ok(await act()), ok(await act())];
          assert.equal(one.decider, two.decider);
          holder.purse = ok(finish(begun.purse, key, begun.act, one)).purse;
          open.push({ decider: one.decider, value: step.price, buyer: holder });
          escrow += step.price;
        } else if (step.kind === 'swap') {
          const begun = swap(holder.purse, key, holder.purse.tokens);
          if (begun.act.tokens.length === 0) return;
          const answer = ok(await E(mint).swap(begun.payment, begun.requestId));
          holder.purse = ok(finish(begun.purse, key, begun.act, answer)).purse;
        } else if (step.kind === 'deposit') {
          const tokens = holder.purse.tokens.slice(0, 2);
          if (tokens.length === 0) return;
          const number = await E(holder.payee).number();
          const begun = deposit(holder.purse, key, tokens, number);
          const { value } = ok(await E(mint).deposit(begun.payment, holder.payee, begun.requestId));
          holder.purse = ok(finish(begun.purse, key, begun.act, { epoch, issued: [] })).purse;
          back += value;
        } else if (step.kind === 'epoch') {
          epoch += 1n;
          await turn(world, epoch, ...holders);
          for (const one of holders) {
            const tokens = lapsing(one.purse, epoch, 0n);
            if (tokens.length > 0)
              one.purse = {
                ...one.purse,
                tokens: one.purse.tokens.filter((t) => !tokens.includes(t)),
              };
          }
        } else {
          const order = open.shift();
          if (order === undefined) return;
          const { decider, value, buyer } = order;
          escrow -= value;
          if (step.kind === 'settle') {
            ok(await E(decider).settle());
            sold += value;
            return;
          }
          ok(await E(decider).release());
          const denoms = splitValue(value, denominations)!;
          const asked = askFor(buyer.purse, buyer.key, 'till', 'credit', denoms);
          const answer = ok(await E(mint).reissue(value, asked.batches, asked.requestId));
          buyer.purse = ok(finish(asked.purse, buyer.key, asked.act, answer)).purse;
        }
      };
      for (const step of story) {
        await doStep(step);
        await world.check();
        const { balance } = await E(seller.account).view();
        assert.equal(balance, sold);
        const out = worth(holders[0]!.purse) + worth(holders[1]!.purse);
        assert.equal(out, withdrawn - back - sold - escrow, 'tokens are worth what was not spent');
      }
      await world.stop();
    }),
    { numRuns: 5 },
  );
});
