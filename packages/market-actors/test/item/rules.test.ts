/**
 * The protocol of a claim (SPEC 7.6) as a pure model: one home, several markets, a network that loses,
 * repeats and reorders, and ends of processes after any step. Only what was stored survives, which is
 * what the rules answered; so a market sends again what it has no answer for.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Claiming, ItemLimits, Place, Seat } from '#src/item/rules.js';
import {
  confirm,
  endLease,
  lapse,
  leaseTo,
  left,
  newSeat,
  newStock,
  restore,
  take,
  tryClaim,
  withdrawn,
} from '#src/item/rules.js';

const limits: ItemLimits = { maxTtl: 60n, maxOutstanding: 3n, maxQuiet: 400n };

type Call = {
  readonly to: number;
  readonly what: 'tryClaim' | 'confirm' | 'restore';
  readonly id: string;
};
type Answer = {
  readonly to: number;
  readonly call: Call;
  readonly ok: boolean;
  readonly code: string;
};
type Phase = 'escrowed' | 'confirming' | 'settled' | 'refunded';
type Order = { phase: Phase; units: bigint; refunds: number; restoring: boolean; lapsesAt: number };
type Market = { orders: Map<string, Order>; listing: 'open' | 'closed' };

/** A home with seats for `count` markets, over the pure rules. */
const makeHome = (count: number, units: bigint) => {
  let stock = newStock(units);
  const seats: Seat[] = Array.from({ length: count }, () => newSeat);
  const orders = Array.from({ length: count }, () => new Map<string, Claiming>());
  let added = units;
  const store = (at: number, id: string, after: Place) => {
    stock = after.stock;
    seats[at] = after.seat;
    if (after.claiming !== undefined) orders[at]!.set(id, after.claiming);
  };
  const place = (at: number, id: string): Place => {
    const claiming = orders[at]!.get(id);
    return { stock, seat: seats[at]!, ...(claiming && { claiming }) };
  };
  const sweep = (now: bigint) => {
    for (const [at, known] of orders.entries()) {
      for (const id of known.keys()) store(at, id, lapse(place(at, id), now, limits));
      store(at, '', endLease({ stock, seat: seats[at]! }, now));
    }
  };
  return {
    stock: () => stock,
    seats: () => seats,
    orders: () => orders,
    added: () => added,
    deliver({ to, what, id }: Call, amount: bigint, now: bigint): { ok: boolean; code: string } {
      sweep(now);
      if (what === 'restore') {
        store(to, id, restore(place(to, id), now, limits));
        return { ok: true, code: '' };
      }
      const at = place(to, id);
      const step = what === 'confirm' ? confirm(at) : tryClaim(at, amount, 30n, now, limits);
      store(to, id, step);
      return step.answer.ok ? { ok: true, code: '' } : { ok: false, code: step.answer.code };
    },
    take(n: bigint) {
      stock = take(stock, n) ?? stock;
    },
    add(n: bigint) {
      stock = { ...stock, free: stock.free + n };
      added += n;
    },
    lease(at: number, n: bigint, until: bigint) {
      if (seats[at]!.lease !== undefined || seats[at]!.isRevoked) return;
      const after = leaseTo({ stock, seat: seats[at]! }, n, until);
      if (after !== undefined) store(at, '', after);
    },
    revoke(at: number) {
      if (seats[at]!.lease !== undefined) return;
      seats[at] = { ...seats[at]!, isRevoked: true };
      for (const id of orders[at]!.keys()) store(at, id, withdrawn(place(at, id)));
    },
    check() {
      const { free, claimed, leased, fulfilled, taken } = stock;
      assert.equal(free + claimed + leased + fulfilled + taken, added, 'units are conserved');
      for (const part of [free, claimed, leased, fulfilled, taken]) assert.ok(part >= 0n);
      const all = orders.flatMap((known) => [...known.values()]);
      const of = (phase: Claiming['phase']) =>
        all.filter((one) => one.phase === phase).reduce((sum, { units: n }) => sum + n, 0n);
      assert.equal(of('confirmed'), fulfilled);
      assert.equal(of('claimed'), claimed);
      for (const [at, seat] of seats.entries()) {
        const open = [...orders[at]!.values()].filter(({ phase }) => phase === 'claimed');
        assert.equal(BigInt(open.length), seat.outstanding);
        assert.ok(seat.outstanding <= limits.maxOutstanding);
      }
    },
  };
};

const run = (random: () => number, calm: boolean) => {
  const int = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const count = int(2, 5);
  const home = makeHome(count, BigInt(int(1, 3)));
  const markets: Market[] = Array.from({ length: count }, () => ({
    orders: new Map(),
    listing: 'open',
  }));
  // On a slow network claims lapse before they are confirmed.
  const slow = int(5, 60);
  const net: ({ at: number } & ({ call: Call } | { answer: Answer }))[] = [];
  const post = (message: { call: Call } | { answer: Answer }) => {
    net.push({ ...message, at: int(0, slow) });
    if (random() < 0.3) net.push({ ...message, at: int(0, 3 * slow) });
  };
  for (const [to, market] of markets.entries()) {
    for (let n = int(0, 2); n > 0; n -= 1) {
      market.orders.set(`m${to}o${n}`, {
        ...{ phase: 'escrowed', units: BigInt(int(1, 2)), refunds: 0, restoring: false },
        lapsesAt: int(20, 400),
      });
    }
  }
  const refund = (order: Order) => {
    order.phase = 'refunded';
    order.refunds += 1;
  };
  const hear = ({ to, call, ok }: Answer) => {
    const order = markets[to]!.orders.get(call.id)!;
    if (call.what === 'restore') order.restoring = false;
    if (call.what === 'tryClaim' && order.phase === 'escrowed') {
      if (ok) order.phase = 'confirming';
      else refund(order);
    }
    if (call.what === 'confirm' && order.phase === 'confirming') {
      if (ok) order.phase = 'settled';
      else refund(order);
    }
  };
  const end = 2_000;
  for (let now = 1; now < end; now += 1) {
    for (let i = net.length - 1; i >= 0; i -= 1) {
      if (net[i]!.at-- > 0) continue;
      const [message] = net.splice(i, 1);
      if (now < end - 400 && random() < 0.15) continue;
      if ('answer' in message!) {
        hear(message.answer);
        continue;
      }
      const { call } = message!;
      const { units } = markets[call.to]!.orders.get(call.id)!;
      const answer = home.deliver(call, units, BigInt(now));
      home.check();
      post({ answer: { to: call.to, call, ...answer } });
    }
    // Each market sends again what it has no answer for, from what it stored.
    if (now % 7 === 0) {
      for (const [to, { orders }] of markets.entries()) {
        for (const [id, order] of orders) {
          if (order.phase === 'escrowed' && now > order.lapsesAt) {
            // It lapses before a confirmation was sent, and says so.
            refund(order);
            order.restoring = true;
          }
          if (order.restoring) post({ call: { to, what: 'restore', id } });
          if (order.phase === 'escrowed') post({ call: { to, what: 'tryClaim', id } });
          if (order.phase === 'confirming') post({ call: { to, what: 'confirm', id } });
        }
      }
    }
    if (!calm && random() < 0.01) home.take(1n);
    if (!calm && random() < 0.005) home.add(1n);
    if (!calm && random() < 0.003) home.revoke(int(0, count - 1));
    if (!calm && random() < 0.005) home.lease(int(0, count - 1), 1n, BigInt(now + int(1, 100)));
  }
  home.check();
  return { home, markets };
};

const seeded = fc.integer().map((seed) => {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
});

test('whatever a network does: no unit is sold twice, no order is stuck, each loser is refunded once', () => {
  fc.assert(
    fc.property(seeded, fc.boolean(), (random, calm) => {
      const { home, markets } = run(random, calm);
      let settled = 0n;
      for (const [at, { orders }] of markets.entries()) {
        for (const [id, { phase, units, refunds }] of orders) {
          assert.ok(phase === 'settled' || phase === 'refunded', `${id} is ${phase}`);
          assert.equal(refunds, phase === 'refunded' ? 1 : 0);
          const known = home.orders()[at]!.get(id);
          // Both sides say the same of every order, and nothing is held back for one that is over.
          assert.equal(known?.phase === 'confirmed', phase === 'settled', id);
          if (phase === 'settled') settled += units;
        }
      }
      assert.equal(settled, home.stock().fulfilled);
      assert.ok(settled + home.stock().taken <= home.added());
      assert.equal(home.stock().claimed, 0n);
    }),
    { numRuns: 300 },
  );
});

const place = (units: bigint, seat: Seat = newSeat): Place => ({ stock: newStock(units), seat });

test('a claim that lapsed is confirmed while nobody else came, and never after it was told otherwise', () => {
  const first = tryClaim(place(1n), 1n, 30n, 0n, limits);
  const lapsed = lapse(first, 30n, limits);
  assert.equal(lapsed.stock.free, 1n);
  assert.equal(confirm(lapsed).answer.ok, true);
  const other = tryClaim({ stock: lapsed.stock, seat: newSeat }, 1n, 30n, 31n, limits);
  assert.equal(other.answer.ok, true);
  const late = confirm({ ...lapsed, stock: other.stock });
  assert.deepEqual(late.answer, { ok: false, code: 'expired' });
  // The other one gives it back; a copy of the confirmation that was refused comes after that.
  const freed = restore(other, 32n, limits);
  assert.equal(freed.stock.free, 1n);
  assert.deepEqual(confirm({ ...late, stock: freed.stock }).answer, { ok: false, code: 'expired' });
});

test('a market whose facet was taken back confirms nothing, whether its claim had lapsed or not', () => {
  const claimed = tryClaim(place(1n), 1n, 30n, 0n, limits);
  for (const at of [claimed, lapse(claimed, 30n, limits)]) {
    const seat = { ...at.seat, isRevoked: true };
    const after = confirm(withdrawn({ ...at, seat }));
    assert.deepEqual(after.answer, { ok: false, code: 'closed' });
    assert.equal(after.stock.free, 1n);
    assert.deepEqual(tryClaim({ stock: after.stock, seat }, 1n, 30n, 40n, limits).answer, {
      ok: false,
      code: 'closed',
    });
  }
});

test('an order that was given up before its claim arrived claims nothing', () => {
  const gone = restore(place(1n), 0n, limits);
  assert.deepEqual(tryClaim(gone, 1n, 60n, 1n, limits).answer, { ok: false, code: 'closed' });
  assert.deepEqual(confirm(gone).answer, { ok: false, code: 'closed' });
  assert.equal(gone.stock.free, 1n);
});

test('claim and sit: a market that never confirms holds a thing back less and less', () => {
  let sitter: Place = place(1n);
  let held = 0n;
  const patient = { ...limits, maxQuiet: 1n << 60n };
  for (let now = 0n; now < 100_000n; now += 1n) {
    sitter = lapse(sitter, now, patient);
    if (sitter.claiming?.phase === 'claimed') held += 1n;
    else {
      const { stock, seat } = sitter;
      const step = tryClaim({ stock, seat }, 1n, 1_000n, now, patient);
      if (step.answer.ok) sitter = step;
      // Another market comes by at the first moment at which it is free.
      else assert.equal(tryClaim({ stock, seat: newSeat }, 1n, 60n, now, patient).answer.ok, true);
    }
  }
  assert.ok(held < 1_000n, `held back for ${held} of 100000`);
  // Giving it back by hand just before it lapses is the same.
  const given = restore(tryClaim(place(1n), 1n, 60n, 0n, limits), 59n, limits);
  assert.deepEqual(tryClaim({ ...given, claiming: undefined }, 1n, 60n, 60n, limits).answer, {
    ok: false,
    code: 'quota',
  });
});

test('one outage in which many claims lapse counts once', () => {
  let at: Place = place(3n);
  const claims: Place[] = [];
  for (let n = 0; n < 3; n += 1) {
    at = tryClaim({ stock: at.stock, seat: at.seat }, 1n, 60n, 0n, limits);
    claims.push(at);
  }
  let { stock, seat } = at;
  for (const { claiming } of claims)
    ({ stock, seat } = lapse({ stock, seat, claiming: claiming! }, 60n, limits));
  assert.equal(seat.strikes, 1n);
  assert.equal(seat.quietUntil, 120n);
  assert.equal(left(stock), 3n);
});

test('units of an offline lease are nobody else’s until its time, and come back', () => {
  const leased = leaseTo(place(2n), 2n, 100n)!;
  assert.equal(leaseTo(place(2n), 3n, 100n), undefined);
  const others = tryClaim({ stock: leased.stock, seat: newSeat }, 1n, 60n, 0n, limits);
  assert.deepEqual(others.answer, { ok: false, code: 'claimed' });
  assert.equal(take(leased.stock, 1n), undefined);
  const sold = confirm(tryClaim(leased, 1n, 60n, 50n, limits));
  assert.equal(sold.stock.fulfilled, 1n);
  // A sale that is taken back while the lease runs is again for its holder alone.
  const back = restore(sold, 60n, limits);
  assert.deepEqual([back.stock.free, back.stock.leased], [0n, 2n]);
  const over = endLease(sold, 100n);
  assert.deepEqual([over.stock.free, over.stock.leased, over.stock.fulfilled], [1n, 0n, 1n]);
});
