/** What every ledger does with accounts and payments (SPEC C1, and the limits of C2). */
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Account, Payee, Payment } from '../value/types.ts';
import type { Case } from './world.ts';

export const paymentCases: readonly Case[] = [
  {
    name: 'a payment takes from one and gives to the other, once for each request',
    async body({ assert, payer, taker, balanceOf, next, s, check }) {
      const ana = await payer(10);
      const beto = await taker();
      const before = await balanceOf(ana);
      const request = next();
      for (let copy = 0; copy < 3; copy += 1) {
        const paid = await E(ana.account).pay(beto.payee, s(7), request);
        assert.deepEqual(paid, { ok: true, value: s(7), asked: 0n });
        await check();
      }
      assert.equal((await balanceOf(ana)) - before, -s(7));
      assert.equal(await balanceOf(beto), s(7));
    },
  },
  {
    name: 'nobody pays, withdraws or holds more than is available, together or one by one',
    async body({ assert, payer, taker, next, s, ok, refused, check }) {
      const ana = await payer(10);
      const { payee } = await taker();
      const { account } = ana;
      assert.equal((await E(account).view()).available, s(10));
      refused(await E(account).pay(payee, s(11), next()), 'limit', 'payer');
      refused(await E(account).hold(payee, s(11), {}, next()), 'limit', 'payer');
      refused(await E(account).withdraw(s(11), next()), 'limit', 'payer');
      await check();
      ok(await E(account).pay(payee, s(3), next()));
      ok(await E(account).hold(payee, s(3), {}, next()));
      ok(await E(account).withdraw(s(3), next()));
      await check();
      assert.equal((await E(account).view()).available, s(1));
      refused(await E(account).pay(payee, s(2), next()), 'limit', 'payer');
      refused(await E(account).hold(payee, s(2), {}, next()), 'limit', 'payer');
      refused(await E(account).withdraw(s(2), next()), 'limit', 'payer');
      ok(await E(account).pay(payee, s(1), next()));
      assert.equal((await E(account).view()).available, 0n);
      await check();
    },
  },
  {
    name: 'a refused request stays refused, and another one is another act',
    async body({ payer, taker, next, s, ok, refused }) {
      const ana = await payer(5);
      const beto = await payer(5);
      const { payee } = await taker();
      const request = next();
      refused(await E(ana.account).pay(payee, s(6), request), 'limit', 'payer');
      ok(await E(beto.account).pay(ana.payee, s(5), next()));
      refused(await E(ana.account).pay(payee, s(6), request), 'limit', 'payer');
      // The name of a request is of one account and one method.
      ok(await E(beto.account).hold(payee, 0n, {}, request));
      ok(await E(ana.account).hold(payee, s(1), {}, request));
      ok(await E(ana.account).pay(payee, s(6), next()));
    },
  },
  {
    name: 'paying oneself changes nothing, by any way',
    async body({ assert, payer, next, s, ok, check }) {
      const { account, payee } = await payer(5);
      const before = await E(account).view();
      ok(await E(account).pay(payee, s(5), next()));
      await check();
      const { decider } = ok(await E(account).hold(payee, s(5), {}, next()));
      await check();
      ok(await E(decider).settle());
      const { payment } = ok(await E(account).withdraw(s(5), next()));
      await check();
      ok(await E(account).deposit(payment, next()));
      assert.deepEqual(await E(account).view(), before);
      await check();
    },
  },
  {
    name: 'values are whole, not negative, not endless and in steps',
    async body({ assert, payer, taker, next, s, step, refused, balanceOf, check }) {
      const { account, payee } = await payer(5);
      const beto = await taker();
      const before = await E(account).view();
      for (const value of [-1n, -s(1), 1, '1', 10n ** 40n, undefined]) {
        const bad = value as bigint;
        await assert.rejects(E(account).pay(beto.payee, bad, next()));
        await assert.rejects(E(account).hold(beto.payee, bad, {}, next()));
        await assert.rejects(E(account).withdraw(bad, next()));
      }
      refused(await E(account).withdraw(0n, next()), 'invalid');
      if (step > 1n) {
        refused(await E(account).pay(beto.payee, s(1) + 1n, next()), 'invalid');
        refused(await E(account).hold(beto.payee, s(2) - 1n, {}, next()), 'invalid');
        refused(await E(account).withdraw(1n, next()), 'invalid');
      }
      await assert.rejects(E(account).pay(payee, s(1), ''));
      assert.deepEqual(await E(account).view(), before);
      assert.equal(await balanceOf(beto), 0n);
      await check();
    },
  },
  {
    name: 'what is no account of this ledger is not paid',
    async body({ assert, payer, stranger, next, s, check }) {
      const { account } = await payer(5);
      const there = await stranger(5);
      const before = await E(account).view();
      const forged = account as unknown as Facet<Payee>;
      for (const payee of [there.payee, forged]) {
        await assert.rejects(E(account).pay(payee, s(1), next()));
        await assert.rejects(E(account).hold(payee, s(1), {}, next()));
      }
      assert.deepEqual(await E(account).view(), before);
      assert.equal((await E(there.account).view()).incoming, 0n);
      await check();
    },
  },
  {
    name: 'a payment is value that its bearer deposits once, whoever that is',
    async body({ assert, payer, taker, issuer, next, s, ok, refused, check, balanceOf, ledger }) {
      const ana = await payer(10);
      const beto = await taker();
      const caro = await taker();
      const withdrawing = next();
      const { payment } = ok(await E(ana.account).withdraw(s(4), withdrawing));
      assert.equal(ok(await E(ana.account).withdraw(s(4), withdrawing)).payment, payment);
      await check();
      assert.equal((await E(ana.account).view()).withdrawn, s(4));
      assert.deepEqual(await E(payment).view(), { value: s(4), phase: 'live' });
      const { amount } = ok(await E(issuer).amountOf(payment));
      assert.equal(amount.value, s(4));
      assert.equal(amount.brand, await E(ledger).brand());

      const request = next();
      const deposited = await E(beto.account).deposit(payment, request);
      assert.deepEqual(deposited, { ok: true, value: s(4), asked: 0n });
      await check();
      assert.deepEqual(await E(beto.account).deposit(payment, request), deposited);
      refused(await E(beto.account).deposit(payment, next()), 'closed');
      refused(await E(caro.account).deposit(payment, request), 'closed');
      refused(await E(caro.payee).deposit(payment, next()), 'closed');
      refused(await E(issuer).amountOf(payment), 'closed');
      assert.equal((await E(payment).view()).phase, 'deposited');
      assert.deepEqual([await balanceOf(beto), await balanceOf(caro)], [s(4), 0n]);
      assert.equal((await E(ana.account).view()).withdrawn, 0n);
      await check();
    },
  },
  {
    name: 'a payee takes payments and gives nothing else of its account',
    async body({ assert, payer, taker, next, s, ok, check, balanceOf }) {
      const ana = await payer(10);
      const beto = await taker();
      const { payment } = ok(await E(ana.account).withdraw(s(4), next()));
      const request = next();
      const moved = { ok: true, value: s(4) };
      assert.deepEqual(await E(beto.payee).deposit(payment, request), moved);
      assert.deepEqual(await E(beto.payee).deposit(payment, request), moved);
      assert.equal(await balanceOf(beto), s(4));
      const asAccount = beto.payee as unknown as Facet<Account>;
      await assert.rejects(E(asAccount).view());
      await assert.rejects(E(asAccount).pay(ana.payee, s(1), next()));
      await check();
    },
  },
  {
    name: 'payments of another ledger, and what is none at all, are refused and stay as they are',
    async body({ assert, taker, stranger, issuer, next, s, ok, refused, balanceOf, check }) {
      const beto = await taker();
      const there = await stranger(5);
      const { payment } = ok(await E(there.account).withdraw(s(2), next()));
      const { hold } = ok(await E(there.account).hold(there.payee, s(1), {}, next()));
      const forged = [there.payee, beto.payee, beto.account, hold] as unknown[];
      for (const one of [payment, ...(forged as Facet<Payment>[])]) {
        refused(await E(issuer).amountOf(one), 'invalid');
        refused(await E(beto.account).deposit(one, next()), 'invalid');
        refused(await E(beto.payee).deposit(one, next()), 'invalid');
      }
      assert.equal((await E(payment).view()).phase, 'live');
      assert.equal(await balanceOf(beto), 0n);
      await check();
    },
  },
  {
    name: 'payments that nobody deposited are taken back, and are worth nothing then',
    async body({ assert, payer, taker, issuer, next, s, ok, refused, balanceOf, check }) {
      const ana = await payer(10);
      const beto = await taker();
      const before = await E(ana.account).view();
      const { payment: used } = ok(await E(ana.account).withdraw(s(2), next()));
      const { payment: lost } = ok(await E(ana.account).withdraw(s(3), next()));
      ok(await E(beto.account).deposit(used, next()));
      const request = next();
      assert.deepEqual(await E(ana.account).recover(request), { ok: true, value: s(3) });
      await check();
      assert.deepEqual(await E(ana.account).recover(request), { ok: true, value: s(3) });
      assert.deepEqual(await E(ana.account).recover(next()), { ok: true, value: 0n });
      refused(await E(beto.account).deposit(lost, next()), 'closed');
      refused(await E(issuer).amountOf(lost), 'closed');
      assert.equal((await E(lost).view()).phase, 'recovered');
      assert.equal(await balanceOf(beto), s(2));
      const after = await E(ana.account).view();
      assert.equal(after.available, before.available - s(2));
      await check();
    },
  },
  {
    name: 'mutual credit is not burnt',
    only: ['mutual', 'time'],
    async body({ assert, payer, issuer, next, s, ok, refused, check }) {
      const ana = await payer(5);
      const { payment } = ok(await E(ana.account).withdraw(s(2), next()));
      refused(await E(issuer).burn(payment, next()), 'unsupported');
      assert.equal((await E(payment).view()).phase, 'live');
      await check();
    },
  },
  {
    name: 'what moved is told to the holder, the newest first, and adds up',
    async body({ assert, payer, taker, balanceOf, next, s, ok }) {
      const ana = await payer(100);
      const beto = await taker();
      const start = await balanceOf(ana);
      for (let n = 1; n <= 40; n += 1) ok(await E(ana.account).pay(beto.payee, s(1), next()));
      const { decider } = ok(await E(ana.account).hold(beto.payee, s(5), {}, next()));
      ok(await E(decider).release());
      ok(await E(ana.account).withdraw(s(6), next()));
      ok(await E(ana.account).recover(next()));
      const newest = await E(ana.account).history();
      assert.equal(newest.length, 30);
      assert.deepEqual(
        newest.slice(0, 5).map(({ kind, value }) => [kind, value]),
        [
          ['recovered', s(6)],
          ['withdrawn', -s(6)],
          ['released', s(5)],
          ['held', -s(5)],
          ['paid', -s(1)],
        ],
      );
      assert.equal(newest[0]!.balance, await balanceOf(ana));
      const older = await E(ana.account).history(newest.at(-1)!.number);
      const all = [...newest, ...older].reverse();
      let balance = all[0]!.balance - all[0]!.value;
      for (const [index, one] of all.entries()) {
        balance += one.value;
        assert.equal(one.balance, balance);
        if (index > 0) assert.equal(one.number > all[index - 1]!.number, true);
      }
      assert.equal(all.filter(({ kind }) => kind === 'paid').length, 40);
      assert.equal(balance, start - s(40));
      const received = await E(beto.account).history();
      assert.deepEqual([received[0]!.kind, received[0]!.value], ['received', s(1)]);
    },
  },
  {
    name: 'an account and the auditor tell when something has changed',
    async body({ assert, payer, taker, ledger, next, s, ok }) {
      const ana = await payer(5);
      const beto = await taker();
      const auditor = await E(ledger).auditor();
      const changes = [
        E(beto.account).changes(await E(beto.account).changes()),
        E(auditor).changes(await E(auditor).changes()),
      ];
      ok(await E(ana.account).pay(beto.payee, s(1), next()));
      const versions = await Promise.all(changes);
      assert.equal(versions.length, 2);
    },
  },
  {
    name: 'an auditor sees totals, and nobody’s account',
    async body({ assert, ledger, payer, taker, next, s, ok, check }) {
      const ana = await payer(9);
      const beto = await taker();
      ok(await E(ana.account).pay(beto.payee, s(4), next()));
      ok(await E(ana.account).hold(beto.payee, s(3), {}, next()));
      ok(await E(ana.account).withdraw(s(2), next()));
      const auditor = await E(ledger).auditor();
      const { held, payments, sum } = await E(auditor).statement();
      assert.deepEqual([held, payments, sum], [s(3), s(2), 0n]);
      const asLedger = auditor as unknown as typeof ledger;
      await assert.rejects(E(asLedger).books());
      await assert.rejects(E(asLedger).issuer());
      await check();
    },
  },
];
