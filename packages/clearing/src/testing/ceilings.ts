/** What every ledger does with what passes a receiver's ceiling (SPEC C2, invariants 3 and 4). */
import { E } from '@endo/far';
import type { Case } from './world.ts';

export const ceilingCases: readonly Case[] = [
  {
    name: 'what passes the ceiling waits for the receiver’s word, however it came',
    async body({ assert, payer, taker, next, s, ok, check }) {
      const ana = await payer(60);
      const beto = await taker(10);
      const pay = async (steps: number) =>
        ok(await E(ana.account).pay(beto.payee, s(steps), next()));
      assert.equal((await pay(8)).asked, 0n);
      assert.equal((await pay(5)).asked, s(3));
      await check();
      const { decider } = ok(await E(ana.account).hold(beto.payee, s(4), {}, next()));
      assert.deepEqual(await E(decider).settle(), { ok: true, phase: 'settled' });
      await check();
      const { payment } = ok(await E(ana.account).withdraw(s(2), next()));
      assert.deepEqual(await E(beto.payee).deposit(payment, next()), { ok: true, value: s(2) });
      await check();
      const { balance, asked, incoming } = await E(beto.account).view();
      assert.deepEqual([balance, asked, incoming], [s(10), s(9), 0n]);
      const values = (await E(beto.account).questions()).map(({ value }) => value);
      assert.deepEqual(values, [s(3), s(4), s(2)]);
      // It has left the payer, who cannot spend it a second time.
      assert.equal((await E(ana.account).view()).available, s(60 - 19));
    },
  },
  {
    name: 'a question is answered once: accepted, declined or given to the commons',
    async body({ assert, ledger, payer, taker, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(60);
      const beto = await taker(10);
      for (const value of [10, 1, 2, 3]) ok(await E(ana.account).pay(beto.payee, s(value), next()));
      const [one, two, three] = await E(beto.account).questions();
      const before = await balanceOf(ana);
      const auditor = await E(ledger).auditor();
      const { commons } = await E(auditor).statement();
      const answer = (number: bigint, choice: 'accept' | 'decline' | 'commons', id = next()) =>
        E(beto.account).answer(number, choice, id);
      const request = next();
      assert.deepEqual(await answer(one!.number, 'accept', request), { ok: true, value: s(1) });
      await check();
      assert.deepEqual(await answer(one!.number, 'accept', request), { ok: true, value: s(1) });
      refused(await answer(one!.number, 'decline'), 'closed');
      ok(await answer(two!.number, 'decline'));
      await check();
      ok(await answer(three!.number, 'commons'));
      refused(await answer(three!.number, 'accept'), 'closed');
      refused(await answer(9_999n, 'accept'), 'closed');
      assert.deepEqual(await E(beto.account).questions(), []);
      assert.equal(await balanceOf(beto), s(11));
      assert.equal((await balanceOf(ana)) - before, s(2));
      assert.equal((await E(auditor).statement()).commons - commons, s(3));
      assert.equal((await E(beto.account).view()).asked, 0n);
      await check();
    },
  },
  {
    name: 'a question is answered by its receiver alone',
    async body({ assert, payer, taker, next, s, ok, refused }) {
      const ana = await payer(20);
      const beto = await taker(0);
      ok(await E(ana.account).pay(beto.payee, s(3), next()));
      const [question] = await E(beto.account).questions();
      assert.deepEqual(await E(ana.account).questions(), []);
      refused(await E(ana.account).answer(question!.number, 'decline', next()), 'closed');
      assert.equal((await E(beto.account).view()).asked, s(3));
    },
  },
  {
    name: 'a receiver can say beforehand what becomes of it',
    async body({ assert, ledger, payer, taker, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(90);
      const beto = await taker(10);
      const set = (what: 'ask' | 'accept' | 'decline' | 'commons') =>
        E(beto.account).setOverflow(what, next());
      ok(await E(ana.account).pay(beto.payee, s(8), next()));

      ok(await set('accept'));
      assert.equal(ok(await E(ana.account).pay(beto.payee, s(5), next())).asked, 0n);
      assert.equal(await balanceOf(beto), s(13));

      ok(await set('commons'));
      const auditor = await E(ledger).auditor();
      const { commons } = await E(auditor).statement();
      assert.equal(ok(await E(ana.account).pay(beto.payee, s(5), next())).asked, 0n);
      assert.equal(await balanceOf(beto), s(13));
      assert.equal((await E(auditor).statement()).commons - commons, s(5));
      await check();

      ok(await set('decline'));
      refused(await E(ana.account).pay(beto.payee, s(1), next()), 'limit', 'payee');
      const { payment } = ok(await E(ana.account).withdraw(s(1), next()));
      refused(await E(beto.account).deposit(payment, next()), 'limit', 'payee');
      refused(await E(beto.payee).deposit(payment, next()), 'limit', 'payee');
      assert.equal((await E(payment).view()).phase, 'live');
      // A settlement never fails: what is declined goes back.
      const before = await balanceOf(ana);
      const { decider } = ok(await E(ana.account).hold(beto.payee, s(4), {}, next()));
      ok(await E(decider).settle());
      assert.deepEqual([await balanceOf(ana), await balanceOf(beto)], [before, s(13)]);
      await check();
      ok(await set('ask'));
      assert.equal(ok(await E(ana.account).pay(beto.payee, s(1), next())).asked, s(1));
      await check();
    },
  },
  {
    name: 'what is declined of a pool’s goes to the commons, for nobody is known behind it',
    async body({ assert, ledger, payer, taker, balanceOf, next, s, ok, check }) {
      const ana = await payer(20);
      const beto = await taker(0);
      const limits = { debitLimit: 0n, ceiling: 0n };
      const pool = await E(ledger).openAccount('pool', limits, 'float');
      ok(await E(ana.account).pay(pool.payee, s(20), next()));
      const auditor = await E(ledger).auditor();
      const { commons } = await E(auditor).statement();
      ok(await E(pool.account).pay(beto.payee, s(3), next()));
      const [question] = await E(beto.account).questions();
      ok(await E(beto.account).answer(question!.number, 'decline', next()));
      ok(await E(beto.account).setOverflow('decline', next()));
      const settled = ok(await E(pool.account).hold(beto.payee, s(4), {}, next()));
      ok(await E(settled.decider).settle());
      await check();
      assert.equal((await E(auditor).statement()).commons - commons, s(7));
      // What was never paid is the pool's again.
      const released = ok(await E(pool.account).hold(beto.payee, s(5), {}, next()));
      ok(await E(released.decider).release());
      assert.equal(await balanceOf(pool), s(13));
      await check();
    },
  },
  {
    name: 'what brings somebody closer to zero is always received',
    only: ['mutual', 'time'],
    async body({ assert, fixture, payer, balanceOf, next, s, ok, check }) {
      const ana = await payer(100);
      const low = await fixture.openPayer(s(40), fixture.ledger);
      ok(await E(low.account).pay(ana.payee, s(40), next()));
      await E(low.care).setLimits({ debitLimit: 0n, ceiling: 0n });
      await check();
      const paid = ok(await E(ana.account).pay(low.payee, s(79), next()));
      assert.equal(paid.asked, 0n);
      assert.equal(await balanceOf(low), s(39));
      assert.equal(ok(await E(ana.account).pay(low.payee, s(1), next())).asked, s(1));
      await check();
    },
  },
  {
    name: 'many questions hold up neither the receiver nor those who owe',
    async body({ assert, payer, taker, next, s, ok, refused, check }) {
      const ana = await payer(1000);
      const beto = await taker(0);
      let open = 0;
      for (; open < 300; open += 1) {
        const paid = await E(ana.account).pay(beto.payee, s(1), next());
        if (paid.ok) continue;
        refused(paid, 'limit', 'payee');
        break;
      }
      assert.equal((await E(beto.account).questions()).length, 30);
      const { decider } = ok(await E(ana.account).hold(beto.payee, s(7), {}, next()));
      assert.deepEqual(await E(decider).settle(), { ok: true, phase: 'settled' });
      const { asked, balance } = await E(beto.account).view();
      assert.equal(asked + balance, s(open + 7));
      await check();
    },
  },
];
