/** Whatever both sides, the clock and restarts do to orders, no value and no unit is made or lost. */
import { makeBench, next, silence, stands } from './fixture.ts';
import type { Any } from './fixture.ts';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';

const units = 6n;
const ends = ['accepted', 'refused', 'expired', 'cancelled', 'settled', 'refunded', 'split'];
const value = fc.bigInt({ min: 0n, max: 9n });
const act = fc.constantFrom(
  ...(['cancel', 'accept', 'ready', 'handOver', 'handOver', 'refuse', 'received'] as const),
  ...(['dispute', 'proposeBuyer', 'proposeSeller'] as const),
);
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      own: value,
      far: value,
      outside: fc.boolean(),
      stock: fc.constantFrom('none' as const, 'near' as const, 'far' as const),
      quantity: fc.bigInt({ min: 1n, max: 2n }),
      spoil: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      which: fc.nat(20),
      act,
      share: fc.constantFrom(0n, 33n, 50n, 100n),
      late: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      pass: fc.constantFrom(1, silence / 2, silence),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

type Placed = {
  readonly kit: Any;
  readonly own: bigint;
  readonly far: bigint;
  readonly stock: string;
  readonly quantity: bigint;
  end?: string;
};

/** Two markets and a workshop, on a node that can be started again. */
const makeWorld = async () => {
  const time = makeManualTime();
  let node = await makeTestNode({ time, print: () => {} });
  const kept = async (): Promise<Any> => node.getProgram();
  const market = await makeBench(node);
  const other = await makeBench(node, 'litros');
  const workshop = await makeBench(node, 'taller');
  for (const one of [market, other])
    for (const name of ['Ana', 'Beto']) await E(one).join(name, 1_000n);
  const near = await E(market).home(units);
  const far = await E(workshop).home(units);
  const farClaim = (await E(far.owner).claimFor('K', next())).claim;
  node.setProgram({ market, other, near, far: { ...far, claim: farClaim }, orders: [] });
  return {
    time,
    node: () => node,
    kept,
    async restart() {
      await node.stop();
      const { storage, secrets } = node;
      node = await makeTestNode({ time, storage, secrets, print: () => {} });
    },
  };
};

test('whatever happens, value and units are conserved, and each order ends once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 6, maxLength: 18 }), async (operations) => {
      const world = await makeWorld();
      const orders: Placed[] = [];
      const kits = async (): Promise<Any[]> => (await world.kept()).orders;

      const place = async (one: Extract<(typeof operations)[number], { kind: 'place' }>) => {
        const program = await world.kept();
        const { market, other, near, far } = program;
        const legs: Any[] = one.outside ? [{ kind: 'outside', what: '1 peso' }] : [];
        if (one.far > 0n) {
          const account = await E(E(other).care('Ana')).account();
          const payee = await E(E(other).care('Beto')).payee();
          const held = await E(account).hold(payee, one.far, { divisible: true }, next());
          if (one.spoil) await E(held.decider).release();
          const { hold, decider } = held;
          const issuer = await E(other).issuer();
          const brand = { issuer, payee, value: one.far, unit: 'litros' };
          legs.push({ kind: 'far', hold, decider, ...brand });
        }
        const claim = one.stock === 'near' ? near.claim : far.claim;
        const rest = { legs, quantity: one.quantity, ...(one.stock === 'none' ? {} : { claim }) };
        const kit = await E(market).order('Ana', 'Beto', one.own, rest, next());
        if (!kit.ok) return;
        const { own, far: farValue, stock, quantity } = one;
        orders.push({ kit, own, far: farValue, stock, quantity });
        world.node().setProgram({ ...program, orders: [...program.orders, kit] });
      };

      const check = async () => {
        const { market, other, near, far } = await world.kept();
        await world.node().settled();
        await E(market).check();
        await E(other).check();
        let [paid, open, used, usedFar] = [0n, 0n, 0n, 0n];
        for (const [index, kit] of (await kits()).entries()) {
          const placed = orders[index]!;
          const { phase } = await E(kit.buyer).view();
          const told = await E(kit.watcher).ends();
          if (placed.end !== undefined) assert.equal(phase, placed.end, 'an end is final');
          if (!ends.includes(phase)) {
            open += placed.own;
            assert.deepEqual(told, []);
            if (placed.stock === 'near') used += placed.quantity;
          } else {
            placed.end = phase;
            assert.equal(told.length, 1, 'told once');
            assert.equal(told[0].phase, phase);
            assert.equal(told[0].paid + told[0].returned, placed.own, 'money out is money in');
            paid += told[0].paid;
            const gone = told[0].paid > 0n || ['accepted', 'settled', 'split'].includes(phase);
            if (placed.stock === 'near' && gone) used += placed.quantity;
            if (placed.stock === 'near' && phase === 'refunded') usedFar += placed.quantity;
          }
        }
        assert.deepEqual(await stands(market, 'Ana'), [-paid - open, open, 0n]);
        assert.deepEqual(await stands(market, 'Beto'), [paid, 0n, open]);
        const { free } = await E(near.owner).view();
        // Of what was refunded in a dispute the units are back, or with the buyer: both are right here.
        assert.ok(free + used <= units && free + used + usedFar >= units, `${free} and ${used}`);
        const stock = await E(far.owner).view();
        assert.equal(stock.free + stock.claimed + stock.fulfilled, units);
      };

      for (const one of operations) {
        if (one.kind === 'place') await place(one);
        else if (one.kind === 'restart') await world.restart();
        else if (one.kind === 'time') {
          world.time.pass(one.pass);
          await world.node().rest();
        } else {
          const kit = (await kits())[one.which];
          if (kit === undefined) continue;
          if (!one.late) await world.node().rest();
          const { buyer, seller } = kit;
          if (one.act === 'proposeBuyer') await E(buyer).propose(one.share, next());
          else if (one.act === 'proposeSeller') await E(seller).propose(one.share, next());
          else if (one.act === 'dispute') await E(buyer).dispute('so');
          else if (one.act === 'cancel' || one.act === 'accept') await E(buyer)[one.act]();
          else await E(seller)[one.act]();
        }
        await check();
      }

      // Everybody falls silent: all of it ends, and nothing stays set aside in either ledger.
      for (let i = 0; i < 4; i += 1) {
        world.time.pass(10 * silence);
        await world.node().rest();
        await check();
      }
      const { market, other, far } = await world.kept();
      assert.ok(orders.every(({ end }) => end !== undefined));
      let owed = 0n;
      for (const [index, kit] of (await kits()).entries()) {
        const { phase, failed } = await E(kit.buyer).view();
        assert.equal(failed, undefined);
        const { own, far: value } = orders[index]!;
        if (phase === 'accepted' || phase === 'settled') owed += value;
        if (phase !== 'split') continue;
        const { paid } = (await E(kit.watcher).ends())[0];
        const share = own === 0n ? undefined : [33n, 50n].find((s) => (own * s) / 100n === paid);
        // Without credits in the price the share is not seen here; then only the sum is checked.
        owed += share === undefined ? 0n : (value * share) / 100n;
      }
      const [balance, held, incoming] = await stands(other, 'Beto');
      assert.deepEqual([held, incoming], [0n, 0n]);
      const unseen = (
        await Promise.all((await kits()).map(async (kit) => E(kit.buyer).view()))
      ).some(({ phase }, index) => phase === 'split' && orders[index]!.far > 0n);
      if (unseen) assert.ok(balance! >= 0n);
      else assert.equal(balance, owed);
      assert.deepEqual(await stands(other, 'Ana'), [-balance!, 0n, 0n]);
      assert.deepEqual((await stands(market, 'Ana')).slice(1), [0n, 0n]);
      assert.equal((await E(far.owner).view()).claimed, 0n, 'no claim is left open');
      await world.node().stop();
    }),
    { numRuns: Number(process.env['POCAS_RUNS'] ?? 1) * 4 },
  );
});
