/** What every ledger does for the market that runs it: limits, rest, the end of an account, pools and commons (SPEC C2, C16). */
import { E } from '@endo/far';
import type { Case } from './world.ts';

export const careCases: readonly Case[] = [
  {
    name: 'a frozen account receives and pays nothing, and what was decided before goes on',
    async body({ assert, payer, taker, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(20);
      const beto = await taker();
      const held = ok(await E(ana.account).hold(beto.payee, s(3), {}, next()));
      const kept = ok(await E(ana.account).hold(beto.payee, s(2), {}, next()));
      ok(await E(ana.account).withdraw(s(4), next()));
      await E(ana.care).freeze(true);
      const { account } = ana;
      assert.deepEqual(
        [(await E(account).view()).status, (await E(account).view()).available],
        ['frozen', 0n],
      );
      refused(await E(account).pay(beto.payee, s(1), next()), 'closed');
      refused(await E(account).hold(beto.payee, s(1), {}, next()), 'closed');
      refused(await E(account).withdraw(s(1), next()), 'closed');
      ok(await E(held.decider).settle());
      ok(await E(kept.decider).release());
      assert.deepEqual(await E(account).recover(next()), { ok: true, value: s(4) });
      ok(await E(beto.account).pay(ana.payee, s(1), next()));
      assert.equal(await balanceOf(beto), s(2));
      await check();
      await E(ana.care).freeze(false);
      ok(await E(account).pay(beto.payee, s(1), next()));
      await check();
    },
  },
  {
    name: 'a limit that falls takes nothing, and stops new debt',
    only: ['mutual', 'time'],
    async body({ assert, payer, taker, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(20);
      const beto = await taker();
      ok(await E(ana.account).pay(beto.payee, s(15), next()));
      await check();
      await E(ana.care).setLimits({ debitLimit: s(10), ceiling: s(10) });
      assert.equal(await balanceOf(ana), -s(15));
      assert.equal((await E(ana.account).view()).available, 0n);
      refused(await E(ana.account).pay(beto.payee, s(1), next()), 'limit', 'payer');
      refused(await E(ana.account).withdraw(s(1), next()), 'limit', 'payer');
      ok(await E(beto.account).pay(ana.payee, s(3), next()));
      refused(await E(ana.account).pay(beto.payee, s(1), next()), 'limit', 'payer');
      ok(await E(beto.account).pay(ana.payee, s(3), next()));
      ok(await E(ana.account).pay(beto.payee, s(1), next()));
      await check();
    },
  },
  {
    name: 'who leaves with value gives it to the commons, when nothing is under way',
    async body({ assert, ledger, payer, taker, next, s, ok, refused, check, balanceOf }) {
      const ana = await payer(20);
      const beto = await taker();
      ok(await E(ana.account).pay(beto.payee, s(9), next()));
      const held = ok(await E(beto.account).hold(ana.payee, s(1), {}, next()));
      refused(await E(beto.care).close(false, next()), 'notYet');
      ok(await E(held.decider).release());
      ok(await E(beto.account).withdraw(s(1), next()));
      refused(await E(beto.care).close(false, next()), 'notYet');
      ok(await E(beto.account).recover(next()));
      // What somebody else holds for it keeps nobody from leaving, and goes to the commons.
      const coming = ok(await E(ana.account).hold(beto.payee, s(1), {}, next()));
      const auditor = await E(ledger).auditor();
      const before = await E(auditor).statement();
      const request = next();
      assert.deepEqual(await E(beto.care).close(false, request), { ok: true });
      assert.deepEqual(await E(beto.care).close(false, request), { ok: true });
      await check();
      const after = await E(auditor).statement();
      assert.equal(after.commons - before.commons, s(9));
      assert.equal(before.accounts - after.accounts, 1n);
      ok(await E(coming.decider).settle());
      const settled = await E(auditor).statement();
      assert.equal(settled.commons - after.commons, s(1));
      await check();
      assert.deepEqual(
        [await balanceOf(beto), (await E(beto.account).view()).status],
        [0n, 'closed'],
      );
      refused(await E(beto.care).close(true, next()), 'closed');
    },
  },
  {
    name: 'a closed account does nothing any more, and stays closed',
    async body({ assert, payer, taker, next, s, ok, refused, check }) {
      const ana = await payer(20);
      const beto = await taker();
      const { payment } = ok(await E(ana.account).withdraw(s(2), next()));
      ok(await E(beto.care).close(false, next()));
      await E(beto.care).freeze(false);
      await E(beto.care).setLimits({ debitLimit: s(100), ceiling: s(100) });
      const { account, payee } = beto;
      assert.equal((await E(account).view()).available, 0n);
      refused(await E(account).pay(ana.payee, s(1), next()), 'closed');
      refused(await E(account).hold(ana.payee, s(1), {}, next()), 'closed');
      refused(await E(account).withdraw(s(1), next()), 'closed');
      refused(await E(account).deposit(payment, next()), 'closed');
      refused(await E(payee).deposit(payment, next()), 'closed');
      refused(await E(ana.account).pay(payee, s(1), next()), 'closed');
      refused(await E(ana.account).hold(payee, s(1), {}, next()), 'closed');
      assert.equal((await E(payment).view()).phase, 'live');
      await check();
    },
  },
  {
    name: 'a debt is absorbed by the commons within its floor, and not otherwise',
    only: ['mutual', 'time'],
    async body({ assert, ledger, payer, taker, next, s, ok, refused, check, balanceOf }) {
      const beto = await taker();
      const debtor = async (steps: number) => {
        const who = await payer(steps);
        ok(await E(who.account).pay(beto.payee, s(steps), next()));
        return who;
      };
      const commons = await E(ledger).openAccount('commons', {
        debitLimit: s(10),
        ceiling: 0n,
      });
      assert.equal(commons.payee, await E(ledger).commons());
      const [one, two, three] = [await debtor(6), await debtor(5), await debtor(4)];
      refused(await E(one.care).close(false, next()), 'insufficient');
      await check();
      ok(await E(one.care).close(true, next()));
      await check();
      refused(await E(two.care).close(true, next()), 'limit');
      assert.equal(await balanceOf(two), -s(5));
      ok(await E(three.care).close(true, next()));
      await check();
      assert.equal((await E(commons.account).view()).balance, -s(10));
      // What the others give it is room for the next.
      ok(await E(beto.account).pay(commons.payee, s(5), next()));
      ok(await E(two.care).close(true, next()));
      assert.equal((await E(commons.account).view()).balance, -s(10));
      await check();
    },
  },
  {
    name: 'an account that others end leaves nothing behind, whatever was under way',
    async body({ assert, ledger, payer, taker, next, s, ok, refused, check, balanceOf }) {
      const ana = await payer(40);
      const beto = await taker(10);
      ok(await E(ana.account).pay(beto.payee, s(14), next()));
      const out = ok(await E(beto.account).hold(ana.payee, s(2), {}, next()));
      const back = ok(await E(beto.account).hold(ana.payee, s(1), {}, next()));
      const { payment } = ok(await E(beto.account).withdraw(s(3), next()));
      const coming = ok(await E(ana.account).hold(beto.payee, s(5), {}, next()));
      const before = await balanceOf(ana);
      ok(await E(beto.care).close(true, next()));
      await check();
      // What waited for the word of somebody who is gone goes back to who paid.
      assert.equal((await balanceOf(ana)) - before, s(4));
      refused(await E(ana.account).deposit(payment, next()), 'closed');
      ok(await E(out.decider).settle());
      ok(await E(back.decider).release());
      ok(await E(coming.decider).settle());
      await check();
      const { commons } = await E(await E(ledger).auditor()).statement();
      assert.equal(commons, s(7 + 1 + 5));
      assert.equal((await balanceOf(ana)) - before, s(4 + 2));
      assert.equal(await balanceOf(beto), 0n);
    },
  },
  {
    name: 'a pool has no ceiling, is never below zero, and is neither closed nor given a limit',
    async body({ assert, ledger, payer, next, s, ok, refused, check, balanceOf }) {
      const limits = { debitLimit: s(50), ceiling: s(1) };
      const pool = await E(ledger).openAccount('pool', limits, 'float');
      const ana = await payer(20);
      assert.equal(ok(await E(ana.account).pay(pool.payee, s(9), next())).asked, 0n);
      await check();
      refused(await E(pool.account).pay(ana.payee, s(10), next()), 'limit', 'payer');
      const { decider } = ok(await E(pool.account).hold(ana.payee, s(9), {}, next()));
      await check();
      ok(await E(decider).release());
      assert.equal(await balanceOf(pool), s(9));
      assert.equal((await E(await E(ledger).auditor()).statement()).pools, s(9));
      await assert.rejects(E(pool.care).setLimits(limits));
      refused(await E(pool.care).close(true, next()), 'unsupported');
      const books = await E(ledger).books();
      assert.equal(books.accounts.find(({ kind }) => kind === 'pool')!.label, 'float');
      await check();
    },
  },
];
