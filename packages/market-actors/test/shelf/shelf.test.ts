import { type ManualTime, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { sha256 } from '@pocas/vat-runtime';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { bundleVat } from '@pocas/vat-runtime/node';
import { divideZone } from '@pocas/market-actors';
import { type TestNode, next, ok, restartEverywhere, testSecret } from '../fixture.ts';

// `any`: a caller in another vat is not held to a facet's types, and attacks are not either.
type Any = any;

const day = 24 * 60 * 60 * 1000;
const week = 7 * day;
const bundle = bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/shelf')));

let time: ManualTime;
let node: Any;
let founded: Any;
beforeEach(async () => {
  time = makeManualTime();
  await makeShelf(await makeTestNode({ time }));
});
const makeShelf = async (on: TestNode) => {
  node = on;
  const { clock, timer, grantor } = node;
  const root = await node.makeVat({
    module: await bundle,
    label: 'shelf',
    powers: { clock, timer, grantor },
    params: { name: 'Estantes', secret: testSecret() },
  });
  founded = ok(await E(root).claim('Fundadora', 'a request of the founder'));
  assert.equal((await E(root).claim('Mallory', next())).code, 'claimed');
};
afterEach(() => node.stop());

const steward = (): Any => founded.cares.steward;
const auditor = (): Any => founded.cares.auditor;
const mapZone = async (slots: bigint, { kept = 0n, features = '', kind = 'ambient' } = {}) =>
  ok(await E(steward()).mapZone('Zona', kind, slots, kept, features, next())).zone as Any;
const join = async (name: string): Promise<Any> => {
  const { invitation } = ok(await E(steward()).invite(next())) as Any;
  return (ok(await E(invitation).join(name, next())) as Any).participant;
};
const bring = async (by: Any, name: string): Promise<Any> => {
  const { invitation } = ok(await E(by).introduce(next())) as Any;
  return (ok(await E(invitation).join(name, next())) as Any).participant;
};
const wish = async (who: Any, zone: Any, demand: bigint, needs = '') =>
  E(who).request(zone, demand, needs, next());
const pass = async (milliseconds: number) => {
  time.pass(milliseconds);
  await node.rest();
};
const weekLater = () => pass(week);
const slotsOf = async (who: Any): Promise<bigint> =>
  (await E(who).view()).leases.reduce((sum: bigint, { slots }: Any) => sum + slots, 0n);
const leaseOf = async (who: Any): Promise<Any> => (await E(who).view()).leases[0].lease;
/** Something to stand on a slot: any facet will do. */
const thing = async (name: string): Promise<Any> =>
  ok(await E(founded.participant).makeGroup(name, next())).group;
const epochNow = async (): Promise<bigint> => E(node.clock).epoch();
/** No slot is two people's, none more than there are, and what was published can be reckoned again. */
const sound = async (zone: Any, usable: bigint) => {
  const { places } = await E(zone).view();
  const held = places.filter(({ free }: Any) => !free);
  const total = places.reduce((sum: bigint, { slots }: Any) => sum + slots, 0n);
  assert.ok(total <= usable, `${total} of ${usable}`);
  return held.reduce((sum: bigint, { slots }: Any) => sum + slots, 0n);
};

test('an epoch’s run gives everybody what the rule says, and anybody can reckon it again', async () => {
  const zone = await mapZone(10n, { kept: 2n });
  const [ana, beto] = [await join('Ana'), await join('Beto')];
  const eva = await bring(ana, 'Eva');
  for (const [who, demand] of [
    [ana, 9n],
    [beto, 9n],
    [eva, 3n],
  ] as const)
    ok(await wish(who, zone, demand));
  assert.equal(await slotsOf(ana), 0n);
  const promised = (await E(await E(auditor()).journal()).entries(1n, 50n)).filter(
    ({ kind }: Any) => kind === 'seed promised',
  );
  await weekLater();
  assert.equal(await sound(zone, 8n), 8n);
  const epoch = await epochNow();
  const { rule, claims, seed, pages } = ok(await E(zone).inputs(epoch, 0n)) as Any;
  assert.equal(pages, 1n);
  assert.equal(rule.slots, 8n);
  const { shares } = divideZone(rule, claims);
  assert.deepEqual(
    claims.map((one: Any) => one.slots),
    shares.map((one) => one.slots),
  );
  assert.deepEqual(
    [await slotsOf(ana), await slotsOf(beto), await slotsOf(eva)],
    claims.map((one: Any) => one.slots),
  );
  assert.deepEqual(
    claims.map((one: Any) => one.isNewcomer),
    [false, false, true],
  );
  // What chance decided by was promised before anybody had said what they want in the run.
  assert.equal(promised[0].facts.epoch, epoch);
  assert.equal(promised[0].facts.digest, sha256(seed));
  const again = ok(await E(auditor()).recompute(zone, epoch)) as Any;
  assert.deepEqual([again.isSame, again.participants], [true, 3n]);
  const why = ok(await E(eva).explain(zone)) as Any;
  assert.match(why.words.es, /Apartado para quienes llegan, 20\.0 %/);
  assert.equal(why.base + why.reserve + why.activity + why.leftover >= 299n, true);
});

test('what is said within an epoch changes nothing of its own division', async () => {
  const zone = await mapZone(4n);
  const [ana, beto] = [await join('Ana'), await join('Beto')];
  ok(await wish(ana, zone, 4n));
  ok(await wish(beto, zone, 4n));
  await weekLater();
  const before = [await slotsOf(ana), await slotsOf(beto)];
  assert.deepEqual(before, [2n, 2n]);
  ok(await wish(ana, zone, 0n));
  // Even where it is divided anew within the epoch.
  ok(await E(steward()).breakZone(zone, 4n, next()));
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto)], before);
  await weekLater();
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto)], [0n, 4n]);
});

test('goods go only where the zone offers what they need, and nobody asks for more than there is', async () => {
  const zone = await mapZone(4n, { features: 'Cold, dark', kind: 'cold' });
  const ana = await join('Ana');
  assert.equal((await wish(ana, zone, 1n, 'frozen')).code, 'unsupported');
  assert.equal((await wish(ana, zone, 5n)).code, 'limit');
  ok(await wish(ana, zone, 1n, 'cold\nDARK'));
  const other = await makeOther();
  assert.equal((await wish(ana, other, 1n)).code, 'invalid');
});

/** A zone of another shelf. */
const makeOther = async (): Promise<Any> => {
  const { clock, timer, grantor } = node;
  const root = await node.makeVat({
    module: await bundle,
    label: 'shelf',
    powers: { clock, timer, grantor },
    params: { name: 'Otros', secret: testSecret(9) },
  });
  const { cares } = ok(await E(root).claim('X', next())) as Any;
  return (ok(await E(cares.steward).mapZone('Z', 'wall', 3n, 0n, '', next())) as Any).zone;
};

test('a lease that shrinks is cleared in time, and one that grows waits for that', async () => {
  const zone = await mapZone(4n);
  const [ana, beto] = [await join('Ana'), await join('Beto')];
  ok(await wish(ana, zone, 4n));
  await weekLater();
  const lease = await leaseOf(ana);
  for (const name of ['a', 'b', 'c', 'd']) ok(await E(lease).place(await thing(name), next()));
  assert.equal((await E(lease).place(await thing('e'), next())).code, 'limit');
  ok(await wish(beto, zone, 4n));
  await weekLater();
  assert.equal(await slotsOf(ana), 4n, 'nothing is taken from under what stands there');
  const due = (await E(lease).view()).slots.filter((one: Any) => one.due !== undefined);
  assert.equal(due.length, 2);
  assert.equal(await slotsOf(beto), 0n);
  ok(await E(lease).clear(due[0].slot, next()));
  assert.equal(await slotsOf(beto), 1n);
  assert.equal((await E(steward()).sweep(zone, due[1].slot, next())).code, 'notYet');
  await pass(4 * day);
  assert.deepEqual((await E(steward()).view()).zones[0].overdue, [due[1].slot]);
  ok(await E(steward()).sweep(zone, due[1].slot, next()));
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto)], [2n, 2n]);
  assert.equal((await E(steward()).sweep(zone, 1n, next())).code, 'invalid');
  assert.equal(await sound(zone, 4n), 4n);
});

test('a broken fridge is divided anew at once, with a short time to clear it', async () => {
  const zone = await mapZone(6n, { kind: 'cold' });
  const [ana, beto] = [await join('Ana'), await join('Beto')];
  for (const who of [ana, beto]) ok(await wish(who, zone, 3n));
  await weekLater();
  const lease = await leaseOf(ana);
  for (const name of ['a', 'b', 'c']) ok(await E(lease).place(await thing(name), next()));
  ok(await E(steward()).breakZone(zone, 2n, next()));
  assert.equal(await slotsOf(beto), 1n, 'what is empty goes at once');
  assert.equal(await slotsOf(ana), 3n);
  const { slots } = await E(lease).view();
  const due = slots.filter((one: Any) => one.due !== undefined);
  assert.equal(due.length, 2);
  const now = await E(node.clock).now();
  assert.ok(due.every((one: Any) => one.due - now <= BigInt(day)));
  const { rule, division } = ok(await E(zone).inputs(await epochNow(), 0n)) as Any;
  assert.deepEqual([rule.slots, division], [2n, 2n]);
  ok(await E(steward()).repairZone(zone, next()));
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto)], [3n, 3n]);
  assert.ok((await E(lease).view()).slots.every((one: Any) => one.due === undefined));
});

test('sales count for the lease that the thing stands on, once, and up to the caps', async () => {
  const zone = await mapZone(10n);
  const [ana, beto] = [await join('Ana'), await join('Beto')];
  for (const who of [ana, beto]) ok(await wish(who, zone, 10n));
  await weekLater();
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto)], [5n, 5n]);
  const jam = await thing('jam');
  ok(await E(await leaseOf(ana)).place(jam, next()));
  assert.equal((await E(await leaseOf(beto)).place(jam, next())).code, 'conflict');
  const { counter } = ok(await E(steward()).counter('Tianguis', next())) as Any;
  const id = next();
  assert.equal((ok(await E(counter).sold(jam, 20n, id)) as Any).counted, 20n);
  assert.equal((ok(await E(counter).sold(jam, 20n, id)) as Any).counted, 20n);
  assert.equal((ok(await E(counter).sold(jam, 1_000n, next())) as Any).counted, 30n);
  assert.equal((ok(await E(counter).sold(jam, 1_000n, next())) as Any).counted, 10n);
  assert.equal((ok(await E(counter).sold(jam, 1n, next())) as Any).counted, 0n);
  assert.equal((await E(counter).sold(await thing('nowhere'), 5n, next())).code, 'closed');
  await weekLater();
  assert.equal(await sound(zone, 10n), 10n);
  assert.ok((await slotsOf(ana)) > (await slotsOf(beto)));
  const { claims } = ok(await E(zone).inputs(await epochNow(), 0n)) as Any;
  assert.deepEqual(
    claims.map((one: Any) => one.weight),
    [60_000n, 0n],
  );
});

test('who vouches for newcomers does so for a few at a time, and newness ends', async () => {
  const zone = await mapZone(30n);
  const ana = await join('Ana');
  const eva = await bring(ana, 'Eva');
  await bring(ana, 'Lía');
  assert.equal((await E(ana).introduce(next())).code, 'quota');
  ok(await wish(eva, zone, 2n));
  for (let i = 0; i < 4; i += 1) {
    assert.equal((await E(eva).view()).isNewcomer, true);
    await weekLater();
  }
  await weekLater();
  assert.equal((await E(eva).view()).isNewcomer, false);
  ok(await E(ana).introduce(next()));
  // Somebody whom the steward let in has nobody's vouch.
  assert.equal((await E(await join('Beto')).view()).isNewcomer, false);
});

test('invitations that nobody has used are not a way around how many are vouched for', async () => {
  await mapZone(30n);
  const ana = await join('Ana');
  const all: Any[] = [];
  for (let i = 0; i < 4; i += 1) all.push((ok(await E(ana).introduce(next())) as Any).invitation);
  ok(await E(all[0]).join('Eva', next()));
  ok(await E(all[1]).join('Lía', next()));
  assert.equal((await E(all[2]).join('Eva too', next())).code, 'quota');
  assert.equal((await E(all[3]).join('Lía too', next())).code, 'quota');
});

test('a newcomer is one in the zone they first had slots in, and in no other', async () => {
  const [one, two] = [await mapZone(10n), await mapZone(10n)];
  const [ana, eva] = [await join('Ana'), await bring(founded.participant, 'Eva')];
  ok(await wish(eva, one, 4n));
  await weekLater();
  for (const who of [ana, eva]) ok(await wish(who, two, 10n));
  await weekLater();
  const newcomers = async (zone: Any) =>
    (ok(await E(zone).inputs(await epochNow(), 0n)) as Any).claims.map((c: Any) => c.isNewcomer);
  assert.deepEqual(await newcomers(one), [true]);
  assert.deepEqual(await newcomers(two), [false, false]);
});

test('within a group slots are lent, and nobody else’s are touched', async () => {
  const zone = await mapZone(6n);
  const [ana, beto, mal] = [await join('Ana'), await join('Beto'), await join('Mal')];
  for (const who of [ana, mal]) ok(await wish(who, zone, 3n));
  await weekLater();
  const { group } = ok(await E(ana).makeGroup('Dulces', next())) as Any;
  ok(await E(beto).joinGroup(group, next()));
  const lease = await leaseOf(ana);
  assert.equal((await E(lease).transferWithin(group, 'Mal', 1n, next())).code, 'invalid');
  assert.equal(
    (await E(await leaseOf(mal)).transferWithin(group, 'Ana', 1n, next())).code,
    'invalid',
  );
  assert.equal((await E(lease).transferWithin(group, 'Beto', 4n, next())).code, 'insufficient');
  const id = next();
  ok(await E(lease).transferWithin(group, 'Beto', 2n, id));
  ok(await E(lease).transferWithin(group, 'Beto', 2n, id));
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto), await slotsOf(mal)], [1n, 2n, 3n]);
  await weekLater();
  assert.deepEqual([await slotsOf(ana), await slotsOf(beto), await slotsOf(mal)], [3n, 0n, 3n]);
});

test('nobody touches what is another’s, by any method of what they hold', async () => {
  const zone = await mapZone(4n);
  const [ana, mal] = [await join('Ana'), await join('Mal')];
  for (const who of [ana, mal]) ok(await wish(who, zone, 2n));
  await weekLater();
  const [hers, his] = [await leaseOf(ana), await leaseOf(mal)];
  const placed = ok(await E(hers).place(await thing('jam'), next())) as Any;
  assert.equal((await E(his).clear(placed.slot, next())).code, 'invalid');
  assert.equal((await E(mal).release(hers, next())).code, 'invalid');
  assert.equal(await slotsOf(ana), 2n);
  await assert.rejects(E(zone).divide(1n, 'x', true));
  await assert.rejects(E(mal).mapZone('Z', 'wall', 1n, 0n, '', next()));
});

test('a share that was renewed is another’s no more, leases too', async () => {
  const zone = await mapZone(4n);
  const ana = await join('Ana');
  ok(await wish(ana, zone, 2n));
  await weekLater();
  const lease = await leaseOf(ana);
  const id = next();
  const { participant } = ok(await E(ana).renew(id)) as Any;
  assert.equal((ok(await E(ana).renew(id)) as Any).participant, participant);
  assert.equal((await wish(ana, zone, 0n)).code, 'revoked');
  assert.equal((await E(lease).clear(1n, next())).code, 'revoked');
  assert.equal(await slotsOf(participant), 2n);
  ok(await wish(participant, zone, 1n));
});

test('a backup’s text opens the share until it is renewed, and that of the new one after', async () => {
  const ana = await join('Ana');
  const { secret } = (await E(ana).link()) as Any;
  const found: Any = await E(node.enlivener).enliven(secret);
  const { participant } = ok(await E(found).renew(next())) as Any;
  assert.equal((await E(ana).leave(next())).code, 'revoked');
  assert.equal((await E(await E(node.enlivener).enliven(secret)).view()).code, 'revoked');
  const again: Any = await E(node.enlivener).enliven((await E(participant).link()).secret);
  assert.equal(again, participant);
});

test('who leaves gives all back, and clears it in time', async () => {
  const zone = await mapZone(4n);
  const [ana, beto] = [await join('Ana'), await join('Beto')];
  for (const who of [ana, beto]) ok(await wish(who, zone, 4n));
  await weekLater();
  ok(await E(await leaseOf(ana)).place(await thing('jam'), next()));
  ok(await E(ana).leave(next()));
  assert.equal((await wish(ana, zone, 1n)).code, 'closed');
  await weekLater();
  assert.equal(await slotsOf(beto), 3n);
  ok(await E(steward()).sweep(zone, (await E(steward()).view()).zones[0].overdue[0], next()));
  assert.equal(await slotsOf(beto), 4n);
});

test('a run goes on where it was after a kill between any two of its turns', async () => {
  const restarts = await restartEverywhere(
    async (first) => {
      await makeShelf(first);
      const [one, two] = [await mapZone(4n), await mapZone(4n)];
      const ana = await join('Ana');
      for (const zone of [one, two]) ok(await wish(ana, zone, 4n));
      return { ana, one, two, audit: auditor() };
    },
    async () => {
      // The end of the epoch comes here, and everywhere again after each restart.
      await pass(week);
    },
    async ({ ana, one, two, audit }: Any, again) => {
      await again.rest();
      assert.equal(await slotsOf(ana), 8n);
      const epoch = await E(again.clock).epoch();
      for (const zone of [one, two])
        assert.equal((ok(await E(audit).recompute(zone, epoch)) as Any).isSame, true);
    },
    { time },
  );
  assert.ok(restarts > 2);
});

test('every page says everything in both languages', async () => {
  const zone = await mapZone(4n);
  const ana = await join('Ana');
  ok(await wish(ana, zone, 2n));
  await weekLater();
  for (const facet of [ana, zone, await leaseOf(ana), steward(), auditor(), await thing('x')])
    assert.deepEqual(await descriptionFaults(facet), []);
});

test('invitations are handed on as texts to be pasted into a wallet', async () => {
  const ana = await join('Ana');
  for (const { secret, toPaste } of [
    await E(steward()).inviteLink(next()),
    await E(ana).introduceLink(next()),
  ]) {
    assert.equal(toPaste, true);
    const invitation = await E(node.enlivener).enliven(secret);
    const { participant } = ok(await E(invitation).join('Eva', next())) as Any;
    assert.equal((await E(participant).view()).name, 'Eva');
  }
});
