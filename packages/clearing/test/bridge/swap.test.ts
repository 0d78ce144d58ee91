import { descriptionFaults, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import fc from 'fast-check';
import { bundleVat } from '@pocas/vat-runtime/node';

// `any`: the bench takes what a test hands it.
type Any = any;

let node: Awaited<ReturnType<typeof makeTestNode>>;
let module: Awaited<ReturnType<typeof bundleVat>>;
before(async () => {
  node = await makeTestNode();
  module = await bundleVat(
    fileURLToPath(new URL('../../../test/bridge/swap-vat.ts', import.meta.url)),
  );
});
after(() => node.stop());

let requests = 0;
const next = () => `request ${(requests += 1)}`;
const start = async () => {
  const powers = { clock: node.clock, timer: node.timer };
  const bench = (await node.makeVat({ module, label: 'swaps', powers })) as Any;
  const member = (ledger: number, person: number): Promise<Any> =>
    E(bench).member(BigInt(ledger), BigInt(person));
  const withdraw = async (ledger: number, person: number, value: bigint) =>
    (await E((await member(ledger, person)).account).withdraw(value, next())).payment;
  return { bench, member, withdraw };
};

test('both give, and both have what they wanted', async () => {
  const { bench, member, withdraw } = await start();
  const { first, second } = await E(bench).swap(10n, 8n);
  assert.deepEqual(await descriptionFaults(first), []);
  const [ana, beto] = [await member(1, 0), await member(0, 1)];
  const given = await E(first).givePayment(await withdraw(0, 0, 10n), ana.payee, next());
  assert.deepEqual(given, { ok: true, phase: 'open' });
  assert.deepEqual(await E(second).view(), {
    ...{ gives: 8n, giveUnit: 'minutes', gets: 10n, getUnit: 'jars' },
    ...{ hasGiven: false, otherHasGiven: true, phase: 'open' },
  });
  const done = await E(second).givePayment(await withdraw(1, 1, 8n), beto.payee, next());
  assert.deepEqual(done, { ok: true, phase: 'done' });
  assert.deepEqual(await E(bench).wealth(), [
    [-10n, 10n],
    [8n, -8n],
  ]);
  assert.equal((await E(first).takeBack(next())).code, 'closed');
  await E(bench).assertSound();
});

test('a payment that its giver recovered is not given, and the other keeps what it gave', async () => {
  const { bench, member, withdraw } = await start();
  const { first, second } = await E(bench).swap(10n, 8n);
  const to = (await member(1, 0)).payee;
  await E(first).givePayment(await withdraw(0, 0, 10n), to, next());
  await E((await member(0, 0)).account).recover(next());
  const payment = await withdraw(1, 1, 8n);
  const given = await E(second).givePayment(payment, (await member(0, 1)).payee, next());
  assert.deepEqual(given, { ok: true, phase: 'open' });
  const back = await E(second).takeBack(next());
  assert.equal(back.payment, payment);
  assert.deepEqual(await E(bench).wealth(), [
    [0n, 0n],
    [0n, 0n],
  ]);
});

test('who hands a hold over cannot decide it any more, whatever it prepared before', async () => {
  const { bench, member } = await start();
  const { first, second } = await E(bench).swap(10n, 8n);
  const hold = async (ledger: number, person: number, value: bigint): Promise<Any> => {
    const { account } = await member(ledger, person);
    const { payee } = await member(ledger, 1 - person);
    return E(account).hold(payee, value, { divisible: true }, next());
  };
  const mine = await hold(0, 0, 10n);
  const guess = next();
  const issuer = await E(bench).issuer(0n);
  // Taken over by its giver under a request that it then gives with: an older decider is refused.
  const early = await E(issuer).takeOver(mine.hold, mine.decider, guess);
  const to = (await member(1, 0)).payee;
  const stale = await E(first).giveHold(mine.hold, mine.decider, to, guess);
  assert.equal(stale.ok, false);
  assert.equal((await E(first).giveHold(mine.hold, early.decider, to, next())).ok, true);
  assert.equal((await E(early.decider).release()).code, 'closed');
  const theirs = await hold(1, 1, 8n);
  const at = (await member(0, 1)).payee;
  const whole = await E((await member(1, 1)).account).hold(to, 8n, {}, next());
  assert.equal((await E(second).giveHold(whole.hold, whole.decider, at, next())).code, 'invalid');
  const done = await E(second).giveHold(theirs.hold, theirs.decider, at, next());
  assert.deepEqual(done, { ok: true, phase: 'done' });
  const [jars, minutes] = await E(bench).wealth();
  assert.deepEqual(
    [jars, minutes],
    [
      [-10n, 10n],
      [8n, -8n],
    ],
  );
  await E(bench).assertSound();
});

test('an account that is none of this brand, or says that it took what it did not, swaps nothing', async () => {
  const { bench, member, withdraw } = await start();
  const { first, second } = await E(bench).swap(10n, 8n);
  const to = (await member(1, 0)).payee;
  await E(first).givePayment(await withdraw(0, 0, 10n), to, next());
  const payment = await withdraw(1, 1, 8n);
  const { account } = await member(1, 1);
  const held = await E(account).hold(to, 8n, { divisible: true }, next());
  for (const bad of [await E(bench).fake(), to]) {
    assert.equal((await E(second).givePayment(payment, bad, next())).code, 'invalid');
    const given = await E(second).giveHold(held.hold, held.decider, bad, next());
    assert.equal(given.ok, false);
  }
  // What was refused is back.
  assert.equal((await E(account).view()).held, 0n);
  assert.deepEqual(await E(bench).wealth(), [
    [0n, 0n],
    [0n, 0n],
  ]);
  await E(bench).assertSound();
});

const gift = fc.record({
  by: fc.constantFrom(0, 1),
  kind: fc.constantFrom('payment', 'hold', 'takeBack', 'recover', 'decide'),
  ledger: fc.constantFrom(0, 1),
  value: fc.constantFrom(8n, 10n),
  to: fc.constantFrom(0, 1),
  again: fc.boolean(),
});

test('offer safety: whatever two people do, each ends with what it wanted or with all that it gave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(gift, { maxLength: 12 }), async (gifts) => {
      const { bench, member, withdraw } = await start();
      const sides = await E(bench)
        .swap(10n, 8n)
        .then(({ first, second }: Any) => [first, second]);
      const made: Any[] = [];
      for (const { by, kind, ledger, value, to, again } of gifts) {
        const side = sides[by];
        const { account } = await member(ledger, by);
        const { payee } = await member(to, by);
        if (kind === 'takeBack') await E(side).takeBack(next());
        if (kind === 'recover') await E(account).recover(next());
        if (kind === 'decide')
          for (const { decider } of made) if (decider !== undefined) await E(decider).release();
        if (kind === 'payment') {
          const last = again ? made.findLast(({ payment }) => payment !== undefined) : undefined;
          const payment = last?.payment ?? (await withdraw(ledger, by, value));
          if (payment === undefined) continue;
          made.push({ payment });
          await E(side).givePayment(payment, payee, next());
        }
        if (kind === 'hold') {
          const own = (await member(ledger, by)).payee;
          const held = await E(account).hold(own, value, { divisible: true }, next());
          if (!held.ok) continue;
          made.push({ decider: held.decider });
          await E(side).giveHold(held.hold, held.decider, payee, next());
        }
      }
      const { phase } = await E(sides[0]).view();
      for (const side of sides) await E(side).takeBack(next());
      const [jars, minutes] = await E(bench).wealth();
      const none = jars[0] === 0n && minutes[1] === 0n && jars[1] === 0n && minutes[0] === 0n;
      const both = jars[0] === -10n && jars[1] === 10n && minutes[0] === 8n && minutes[1] === -8n;
      assert.ok(phase === 'done' ? both : none, `${phase}: ${jars.join()} / ${minutes.join()}`);
      await E(bench).assertSound();
    }),
    { numRuns: 40 },
  );
});
