/** Many acts in no good order, each followed by a look at all invariants. */
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Decider, OpenedAccount, Payment } from '../value/types.ts';
import type { Case } from './world.ts';

/** The same numbers each time: a linear congruence of Numerical Recipes. */
const makeNumbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

export const randomCases: readonly Case[] = [
  {
    name: 'whatever people do, nothing is made or lost, and nobody passes a limit',
    async body({ payer, taker, fixture, next, s, check }) {
      const draw = makeNumbers(7);
      const people: OpenedAccount[] = [await payer(30), await payer(60), await payer(200)];
      people.push(await taker(20), await taker(0));
      const payments: Facet<Payment>[] = [];
      const deciders: Facet<Decider>[] = [];
      const anyOf = <T>(list: readonly T[]): T | undefined => list[draw(list.length)];
      for (let act = 0; act < 40; act += 1) {
        const { account } = anyOf(people)!;
        const { payee } = anyOf(people)!;
        const value = s(draw(25));
        const payment = anyOf(payments);
        const decider = anyOf(deciders);
        const kind = draw(10);
        if (kind <= 2) {
          await E(account).pay(payee, value, next());
        } else if (kind <= 4) {
          const expires = (await fixture.now()) + BigInt(1 + draw(1000));
          const terms = { divisible: draw(2) === 0, ...(draw(2) === 0 ? { expires } : {}) };
          const held = await E(account).hold(payee, value, terms, next());
          if (held.ok) deciders.push(held.decider);
        } else if (kind === 5 && decider !== undefined) {
          const shares = [{ payee, value: s(draw(12)) }];
          await (draw(2) === 0 ? E(decider).settle() : E(decider).settle(shares));
        } else if (kind === 6 && decider !== undefined) {
          await E(decider).release();
        } else if (kind === 7) {
          const taken = await E(account).withdraw(value, next());
          if (taken.ok) payments.push(taken.payment);
        } else if (kind === 8 && payment !== undefined) {
          await (draw(5) === 0 ? E(account).recover(next()) : E(account).deposit(payment, next()));
        } else if (kind === 9) {
          const [question] = await E(account).questions();
          const choice = (['accept', 'decline', 'commons'] as const)[draw(3)]!;
          if (question !== undefined) await E(account).answer(question.number, choice, next());
          else await fixture.pass(draw(300));
        }
        await check();
      }
    },
  },
];
