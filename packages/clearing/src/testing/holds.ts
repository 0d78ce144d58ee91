/** What every ledger does with holds (SPEC C4). */
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Decider, Hold, HoldPhase } from '../value/types.ts';
import type { Case } from './world.ts';

const settled = { ok: true, phase: 'settled' };
const released = { ok: true, phase: 'released' };
const minute = 60_000;

export const holdCases: readonly Case[] = [
  {
    name: 'a hold is settled once, and never changes the sum',
    async body({ assert, payer, taker, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(9);
      const beto = await taker();
      const before = await balanceOf(ana);
      const request = next();
      const held = ok(await E(ana.account).hold(beto.payee, s(9), {}, request));
      await check();
      assert.deepEqual(await E(ana.account).hold(beto.payee, s(9), {}, request), held);
      const { hold, decider } = held;
      assert.deepEqual(await E(hold).view(), { value: s(9), phase: 'open' });
      assert.equal((await E(ana.account).view()).held, s(9));
      assert.equal((await E(beto.account).view()).incoming, s(9));
      for (let copy = 0; copy < 3; copy += 1) {
        assert.deepEqual(await E(decider).settle(), settled);
        await check();
      }
      refused(await E(decider).release(), 'closed');
      assert.deepEqual(await E(hold).view(), { value: s(9), phase: 'settled' });
      assert.deepEqual([await balanceOf(ana), await balanceOf(beto)], [before - s(9), s(9)]);
      assert.equal((await E(ana.account).view()).held, 0n);
      assert.equal((await E(beto.account).view()).incoming, 0n);
      await check();
    },
  },
  {
    name: 'a hold that is released gives everything back once',
    async body({ assert, payer, taker, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(9);
      const beto = await taker();
      const before = await E(ana.account).view();
      const { hold, decider } = ok(await E(ana.account).hold(beto.payee, s(9), {}, next()));
      for (let copy = 0; copy < 3; copy += 1) {
        assert.deepEqual(await E(decider).release(), released);
        await check();
      }
      refused(await E(decider).settle(), 'closed');
      assert.equal((await E(hold).view()).phase, 'released');
      assert.deepEqual(await E(ana.account).view(), before);
      assert.equal(await balanceOf(beto), 0n);
    },
  },
  {
    name: 'a hold shows and does not decide, a decider decides and does not show',
    async body({ assert, payer, taker, next, s, ok }) {
      const ana = await payer(2);
      const { payee } = await taker();
      const { hold, decider } = ok(await E(ana.account).hold(payee, s(1), {}, next()));
      await assert.rejects(E(hold as unknown as Facet<Decider>).settle());
      await assert.rejects(E(hold as unknown as Facet<Decider>).release());
      await assert.rejects(E(decider as unknown as Facet<Hold>).view());
    },
  },
  {
    name: 'a hold that nobody decides is released when it expires, and not before',
    async body({ assert, fixture, payer, taker, next, s, ok, refused, check }) {
      const ana = await payer(9);
      const beto = await taker();
      const before = await E(ana.account).view();
      const expires = (await fixture.now()) + BigInt(minute);
      const late = ok(await E(ana.account).hold(beto.payee, s(4), { expires }, next()));
      const early = ok(await E(ana.account).hold(beto.payee, s(3), { expires }, next()));
      const never = ok(await E(ana.account).hold(beto.payee, s(1), {}, next()));
      await fixture.pass(minute - 1000);
      assert.equal((await E(late.hold).view()).phase, 'open');
      assert.deepEqual(await E(early.decider).settle(), settled);
      await fixture.pass(2000);
      assert.equal((await E(late.hold).view()).phase, 'released');
      assert.equal((await E(early.hold).view()).phase, 'settled');
      assert.equal((await E(never.hold).view()).phase, 'open');
      refused(await E(late.decider).settle(), 'closed');
      assert.deepEqual(await E(late.decider).release(), released);
      assert.deepEqual(await E(early.decider).settle(), settled);
      const { held, available } = await E(ana.account).view();
      assert.deepEqual([held, available], [s(1), before.available - s(4)]);
      await check();
      const past = await fixture.now();
      refused(await E(ana.account).hold(beto.payee, s(1), { expires: past }, next()), 'expired');
      await check();
    },
  },
  {
    name: 'a divisible hold is settled in shares, and the rest goes back',
    async body({ assert, payer, taker, stranger, balanceOf, next, s, step, ok, refused, check }) {
      const ana = await payer(20);
      const [beto, caro] = [await taker(), await taker()];
      const before = await balanceOf(ana);
      const open = async (divisible: boolean) =>
        ok(await E(ana.account).hold(beto.payee, s(10), { divisible }, next())).decider;
      const whole = await open(false);
      const parts = [{ payee: caro.payee, value: s(1) }];
      refused(await E(whole).settle(parts), 'unsupported');
      assert.deepEqual(await E(whole).release(), released);

      const decider = await open(true);
      const share = (who: typeof beto, value: bigint) => ({ payee: who.payee, value });
      refused(await E(decider).settle([share(beto, s(6)), share(caro, s(5))]), 'insufficient');
      if (step > 1n) refused(await E(decider).settle([share(beto, s(6) + 1n)]), 'invalid');
      await assert.rejects(E(decider).settle([share(beto, -s(1))]));
      await assert.rejects(E(decider).settle([share(await stranger(1), s(1))]));
      await check();
      const answer = await E(decider).settle([share(caro, s(4)), share(beto, s(3))]);
      assert.deepEqual(answer, settled);
      await check();
      assert.deepEqual(await E(decider).settle([share(caro, s(10))]), settled);
      refused(await E(decider).release(), 'closed');
      assert.deepEqual([await balanceOf(beto), await balanceOf(caro)], [s(3), s(4)]);
      assert.equal(await balanceOf(ana), before - s(7));
      // Without shares all of it is for whom it was held.
      assert.deepEqual(await E(await open(true)).settle(), settled);
      assert.equal(await balanceOf(beto), s(13));
      await check();
    },
  },
  {
    name: 'an issuer knows its own holds, open or ended, and nobody else’s',
    async body({ assert, fixture, payer, taker, stranger, issuer, next, s, ok, refused }) {
      const ana = await payer(9);
      const beto = await taker();
      const expires = (await fixture.now()) + BigInt(minute);
      const terms = { expires, divisible: true };
      const { hold, decider } = ok(await E(ana.account).hold(beto.payee, s(3), terms, next()));
      const facts = ok(await E(issuer).holdOf(hold)).hold;
      const { value, phase, payee, divisible } = facts;
      assert.deepEqual([value, phase, facts.expires, divisible], [s(3), 'open', expires, true]);
      assert.equal(payee, beto.payee);
      ok(await E(decider).settle());
      const ended: HoldPhase = ok(await E(issuer).holdOf(hold)).hold.phase;
      assert.equal(ended, 'settled');
      const there = await stranger(5);
      const elsewhere = ok(await E(there.account).hold(there.payee, s(1), {}, next()));
      refused(await E(issuer).holdOf(elsewhere.hold), 'invalid');
      for (const forged of [beto.payee, decider, ana.account] as unknown[])
        refused(await E(issuer).holdOf(forged as Facet<Hold>), 'invalid');
    },
  },
  {
    name: 'whoever takes a hold over decides it alone',
    async body({ assert, payer, taker, stranger, issuer, balanceOf, next, s, ok, refused, check }) {
      const ana = await payer(9);
      const beto = await taker();
      const { hold, decider: first } = ok(await E(ana.account).hold(beto.payee, s(3), {}, next()));
      const two = ok(await E(ana.account).hold(beto.payee, s(2), {}, next()));
      const there = await stranger(5);
      const elsewhere = ok(await E(there.account).hold(there.payee, s(1), {}, next()));
      refused(await E(issuer).takeOver(hold, two.decider, next()), 'invalid');
      refused(await E(issuer).takeOver(two.hold, first, next()), 'invalid');
      refused(await E(issuer).takeOver(elsewhere.hold, elsewhere.decider, next()), 'invalid');
      const request = next();
      const taken = ok(await E(issuer).takeOver(hold, first, request));
      assert.equal(taken.hold.value, s(3));
      const again = ok(await E(issuer).takeOver(hold, first, request));
      assert.equal(again.decider, taken.decider);
      refused(await E(issuer).takeOver(hold, first, next()), 'closed');
      refused(await E(first).release(), 'closed');
      refused(await E(first).settle(), 'closed');
      assert.equal((await E(hold).view()).phase, 'open');
      const next_ = ok(await E(issuer).takeOver(hold, taken.decider, next()));
      refused(await E(taken.decider).release(), 'closed');
      assert.deepEqual(await E(next_.decider).settle(), settled);
      refused(await E(first).settle(), 'closed');
      refused(await E(issuer).takeOver(hold, next_.decider, next()), 'closed');
      assert.equal(await balanceOf(beto), s(3));
      await check();
    },
  },
];
