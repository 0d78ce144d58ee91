/** Orders that are paid in a ledger of another vat, or claim from a home there; on one node. */
import { factsOf, here, makeBench, next, ok, silence, stands, start } from './fixture.ts';
import type { Any } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';

const hostile = bundleVat(here('hostile-vat.ts'));
const phaseOf = async (kit: Any): Promise<string> => (await E(kit.buyer).view()).phase;

/** Two markets: orders stand in the first, and some of their price lies in the second. */
const pair = async (): Promise<Any> => {
  const { node, time, market } = await start();
  const other = await makeBench(node, 'litros');
  for (const name of ['Ana', 'Beto']) await E(other).join(name);
  const issuer = await E(other).issuer();
  const payee = await E(E(other).care('Beto')).payee();
  /** Ana sets value aside there. */
  const aside = async (value: bigint, terms: Any = { divisible: true }): Promise<Any> => {
    const account = await E(E(other).care('Ana')).account();
    return ok(await E(account).hold(payee, value, terms, next()));
  };
  const leg = (handed: Any, value: bigint, rest: Any = {}): Any => ({
    ...{ kind: 'far', hold: handed.hold, decider: handed.decider },
    ...{ issuer, payee, value, unit: 'litros', ...rest },
  });
  const place = async (legs: readonly Any[], own = 10n, rest: Any = {}): Promise<Any> =>
    ok(await E(market).order('Ana', 'Beto', own, { legs, ...rest }, next()));
  const check = async (): Promise<void> => {
    await E(market).check();
    await E(other).check();
  };
  const attacker = async (): Promise<Any> =>
    node.makeVat({ module: await hostile, label: 'hostile' });
  return { node, time, market, other, aside, leg, place, check, attacker, payee };
};

test('a price of two ledgers is set aside in both, and paid in both', async () => {
  const { node, market, other, aside, leg, place, check } = await pair();
  const handed = await aside(8n);
  const kit = await place([leg(handed, 6n)]);
  assert.equal(await phaseOf(kit), 'placed');
  await node.rest();
  assert.equal(await phaseOf(kit), 'claimed');
  assert.equal((await E(kit.buyer).view()).price, '10 créditos + 6 litros');
  ok(await E(kit.seller).handOver());
  ok(await E(kit.buyer).accept());
  assert.equal((await E(kit.buyer).view()).pending, 1n);
  await node.rest();
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  // What was set aside and is not in the price comes back.
  assert.deepEqual(await stands(other, 'Beto'), [6n, 0n, 0n]);
  assert.deepEqual(await stands(other, 'Ana'), [-6n, 0n, 0n]);
  const { pending, failed } = await E(kit.buyer).view();
  assert.deepEqual([pending, failed], [undefined, undefined]);
  await check();
  await node.stop();
});

test('a cancelled order gives back in both ledgers; a disputed one shares in both', async () => {
  const { node, market, other, aside, leg, place, check } = await pair();
  const [gone, shared] = [
    await place([leg(await aside(6n), 6n)]),
    await place([leg(await aside(7n), 7n)]),
  ];
  await node.rest();
  ok(await E(gone.buyer).cancel());
  ok(await E(shared.seller).handOver());
  ok(await E(shared.buyer).dispute('half of it was sour'));
  ok(await E(shared.buyer).propose(50n, next()));
  ok(await E(shared.seller).propose(50n, next()));
  await node.rest();
  assert.deepEqual(await stands(market, 'Ana'), [-5n, 0n, 0n]);
  assert.deepEqual(await stands(other, 'Ana'), [-3n, 0n, 0n]);
  assert.deepEqual(await stands(other, 'Beto'), [3n, 0n, 0n]);
  await check();
  await node.stop();
});

test('what the buyer kept of a hold is worth nothing once the order has taken it over', async () => {
  const { node, other, aside, leg, place, check } = await pair();
  const handed = await aside(6n);
  const kit = await place([leg(handed, 6n)]);
  await node.rest();
  for (const method of ['release', 'settle'] as const)
    assert.deepEqual(await E(handed.decider)[method](), { ok: false, code: 'closed' });
  ok(await E(kit.seller).handOver());
  ok(await E(kit.buyer).accept());
  await node.rest();
  assert.deepEqual(await stands(other, 'Beto'), [6n, 0n, 0n]);
  await check();
  await node.stop();
});

test('a part of the price that cannot be set aside: no order, and everything comes back', async () => {
  const { node, time, market, other, aside, leg, place, attacker, check } = await pair();
  const bad: { readonly [name: string]: () => Promise<Any> } = {
    'decided before': async () => {
      const handed = await aside(6n);
      ok(await E(handed.decider).release());
      return leg(handed, 6n);
    },
    'taken over before': async () => {
      const handed = await aside(6n);
      const issuer = await E(other).issuer();
      const taken = ok(await E(issuer).takeOver(handed.hold, handed.decider, next()));
      // Whoever has it now gives it back, or the sums below would not be even.
      ok(await E(taken.decider).release());
      return leg(handed, 6n);
    },
    'the decider of another hold': async () => {
      return leg({ hold: (await aside(6n)).hold, decider: (await aside(1n)).decider }, 6n);
    },
    'too little': async () => leg(await aside(5n), 6n),
    'one that ends by itself': async () => {
      const expires = BigInt(time.wall()) + 1_000n;
      return leg(await aside(6n, { divisible: true, expires }), 6n);
    },
    'one that cannot be shared': async () => leg(await aside(6n, {}), 6n),
    'not of this issuer': async () => {
      const account = await E(E(market).care('Ana')).account();
      const own = await E(E(market).care('Beto')).payee();
      const handed = ok(await E(account).hold(own, 6n, { divisible: true }, next()));
      return { ...leg(handed, 6n), undo: handed.decider };
    },
    'objects of somebody else': async () => {
      const fake = await E(await attacker()).hostile();
      return leg({ hold: fake, decider: fake }, 6n);
    },
  };
  let mixed = 0n;
  for (const [name, make] of Object.entries(bad)) {
    const good = await aside(4n);
    const { undo, ...wrong } = await make();
    const kit = await place([leg(good, 4n), wrong]);
    await node.rest();
    assert.equal(await phaseOf(kit), 'refused', name);
    if (undo !== undefined) ok(await E(undo).release());
    assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n], name);
    assert.deepEqual(await E(kit.watcher).ends(), [{ phase: 'refused', paid: 0n, returned: 10n }]);
    // The two holds of the pair that was mixed up stay their owner's affair.
    mixed += name === 'the decider of another hold' ? 7n : 0n;
    assert.deepEqual(await stands(other, 'Ana'), [-mixed, mixed, 0n], name);
    await check();
  }
  await node.stop();
});

test('a payee that is none of the ledger’s does not keep an order from its end', async () => {
  const { node, market, leg, place, check, payee } = await pair();
  const issuer = await E(market).issuer();
  const account = await E(E(market).care('Ana')).account();
  const own = await E(E(market).care('Beto')).payee();
  const handed = ok(await E(account).hold(own, 6n, { divisible: true }, next()));
  // A ledger in the order's vat answers at once; the seller named an account of another one.
  const kit = await place([{ ...leg(handed, 6n), issuer, payee }]);
  await node.rest();
  ok(await E(kit.seller).handOver());
  ok(await E(kit.buyer).accept());
  assert.equal(await phaseOf(kit), 'accepted');
  assert.equal((await E(kit.buyer).view()).failed, 1n);
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  await check();
  await node.stop();
});

test('one hold does not pay for two orders', async () => {
  const { node, other, aside, leg, place, check } = await pair();
  const handed = await aside(6n);
  const kits = [await place([leg(handed, 6n)]), await place([leg(handed, 6n)])];
  await node.rest();
  assert.deepEqual((await Promise.all(kits.map(phaseOf))).toSorted(), ['claimed', 'refused']);
  for (const kit of kits)
    if ((await phaseOf(kit)) === 'claimed') ok(await E(kit.seller).handOver());
  for (const kit of kits) await E(kit.buyer).accept();
  await node.rest();
  assert.deepEqual(await stands(other, 'Beto'), [6n, 0n, 0n]);
  await check();
  await node.stop();
});

test('an issuer that says anything at all harms only what is in its own ledger', async () => {
  const { node, market, attacker, leg, place, check } = await pair();
  const evil = await attacker();
  const fake = await E(evil).hostile();
  const open = { number: 1n, value: 6n, phase: 'open', payee: fake, divisible: true };
  const answers = [
    undefined,
    'throw',
    { ok: true },
    { ok: true, hold: {}, decider: fake },
    { ok: true, hold: open, decider: 'me' },
    { ok: true, hold: open, decider: {} },
    { ok: true, hold: { ...open, value: '6' }, decider: fake },
    { ok: true, hold: { ...open, expires: 5n }, decider: fake },
    { ok: true, hold: open },
    { ok: false, code: 'closed' },
    'yes',
  ];
  for (const answer of answers) {
    await E(evil).say('takeOver', answer);
    const kit = await place([leg({ hold: fake, decider: fake }, 6n, { issuer: fake })]);
    await node.rest();
    assert.equal(await phaseOf(kit), 'refused');
    assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n]);
  }
  // One that confirms and then does not pay: the rest of the price is paid, and both see what is not.
  await E(evil).say('takeOver', { ok: true, hold: open, decider: fake });
  for (const answer of [{ ok: false, code: 'closed' }, 'throw', undefined]) {
    await E(evil).say('settle', answer);
    const kit = await place([leg({ hold: fake, decider: fake }, 6n, { issuer: fake })], 1n);
    await node.rest();
    assert.equal(await phaseOf(kit), 'claimed');
    ok(await E(kit.seller).handOver());
    ok(await E(kit.buyer).accept());
    await node.rest();
    const { phase, pending, failed } = await E(kit.seller).view();
    assert.deepEqual([phase, pending, failed], ['accepted', undefined, 1n]);
  }
  assert.deepEqual(await stands(market, 'Beto'), [3n, 0n, 0n]);
  const heard = await E(evil).heard();
  assert.equal(heard.at(-1), 'release', 'what could not be paid is let go of');
  await check();
  await node.stop();
});

test('an issuer that answers after the order has lapsed: what it confirmed is given back', async () => {
  const { node, time, market, other, aside, leg, place, check } = await pair();
  const handed = await aside(6n);
  // The order's own clock comes first: it lapses in the turn before the answer.
  const kit = await place([leg(handed, 6n)], 10n, { expiry: BigInt(time.wall()) });
  await node.rest();
  time.pass(1);
  await node.rest();
  assert.ok(['expired', 'claimed'].includes(await phaseOf(kit)));
  if ((await phaseOf(kit)) === 'claimed') ok(await E(kit.buyer).cancel());
  await node.rest();
  assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n]);
  assert.deepEqual(await stands(other, 'Ana'), [0n, 0n, 0n]);
  await check();
  await node.stop();
});

// ---- homes elsewhere ----------------------------------------------------------------------------

test('two markets sell one thing of a home elsewhere: one sale, one refund', async () => {
  const { node, market, other, check } = await pair();
  const { owner } = await E(await makeBench(node, 'taller')).home(1n);
  const claimFor = async (label: string): Promise<Any> =>
    ok(await E(owner).claimFor(label, next())).claim;
  const kits = await Promise.all(
    [market, other].map(async (one, index) =>
      ok(await E(one).order('Ana', 'Beto', 5n, { claim: await claimFor(`${index}`) }, next())),
    ),
  );
  assert.deepEqual(await Promise.all(kits.map(phaseOf)), ['escrowed', 'escrowed']);
  await node.rest();
  assert.deepEqual((await Promise.all(kits.map(phaseOf))).toSorted(), ['claimed', 'refused']);
  const { free, fulfilled } = await E(owner).view();
  assert.deepEqual([free, fulfilled], [0n, 1n]);
  const [sold] = (await phaseOf(kits[0])) === 'claimed' ? kits : kits.toReversed();
  ok(await E(sold.seller).refuse());
  await node.rest();
  assert.equal((await E(owner).view()).free, 1n);
  for (const one of [market, other]) assert.deepEqual(await stands(one, 'Ana'), [0n, 0n, 0n]);
  await check();
  await node.stop();
});

test('cancelled while the home is being asked: its units are free again, however the answers cross', async () => {
  const { node, market, check } = await pair();
  const { owner } = await E(await makeBench(node, 'taller')).home(1n);
  const { claim } = ok(await E(owner).claimFor('K', next()));
  for (let i = 0; i < 4; i += 1) {
    const kit = ok(await E(market).order('Ana', 'Beto', 5n, { claim }, next()));
    for (let wait = 0; wait < i; wait += 1) await node.settled();
    ok(await E(kit.buyer).cancel());
    await node.rest();
    const { free, claimed, fulfilled } = await E(owner).view();
    assert.deepEqual([free, claimed, fulfilled], [1n, 0n, 0n]);
    assert.equal(await phaseOf(kit), 'cancelled');
  }
  assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n]);
  await check();
  await node.stop();
});

test('a home that says anything at all: nobody pays for what was not confirmed', async () => {
  const { node, time, market, attacker, check } = await pair();
  const evil = await attacker();
  const claim = await E(evil).hostile();
  const yes = { ok: true, expires: 9_999_999_999_999n, journal: '' };
  const cases: readonly (readonly [Any, Any, string])[] = [
    ['throw', undefined, 'refused'],
    [undefined, undefined, 'refused'],
    ['yes', undefined, 'refused'],
    [{ ok: 1n }, undefined, 'refused'],
    [yes, { ok: false, code: 'expired' }, 'expired'],
    [yes, undefined, 'refused'],
    [yes, { ok: true, journal: '' }, 'claimed'],
  ];
  for (const [claimed, confirmed, phase] of cases) {
    await E(evil).say('tryClaim', claimed);
    await E(evil).say('confirm', confirmed);
    const kit = ok(await E(market).order('Ana', 'Beto', 5n, { claim }, next()));
    await node.rest();
    assert.equal(await phaseOf(kit), phase);
    assert.equal((await E(kit.watcher).ends()).length, phase === 'claimed' ? 0 : 1);
    // It failed, and may have claimed all the same: then it is told that nothing is needed.
    if (claimed === 'throw') assert.deepEqual(await E(evil).heard(), ['restore']);
  }
  // It confirmed what is not there: the seller cannot hand it over, and silence gives the value back.
  time.pass(2 * silence);
  await node.rest();
  assert.deepEqual(await stands(market, 'Ana'), [0n, 0n, 0n]);
  assert.equal((await factsOf(market, 'Ana')).spent, 0n);
  await check();
  await node.stop();
});
