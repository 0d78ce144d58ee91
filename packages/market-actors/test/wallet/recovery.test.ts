import { makeDouble } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { join, makeWallet, next, ok } from '../fixture.ts';
import {
  type Any,
  type Town,
  guard,
  helpOf,
  makeTown,
  pagesOf,
  placeOf,
  purchaseAt,
  refused,
  revoked,
} from './town.ts';

let town: Town;
let till: Any;
before(async () => {
  town = await makeTown();
  const vera = await join(town.market.cares.steward, 'Vera');
  const shop = await vera.desk<Any>('offer');
  ok((await E(shop).offer('bread', 'of rye', 13n, 50n, next())) as Any);
  till = await E(await vera.desk<Any>('till')).till();
});
after(() => town.node.stop());

const three = async () => {
  const ana = await town.enter('Ana');
  const guardians = [await town.enter('Beto'), await town.enter('Carla'), await town.enter('Dora')];
  return { ana, guardians };
};

test('two of three guardians bring a wallet back: the old copy is shut out, value is swapped', async () => {
  const { ana, guardians } = await three();
  const { credits } = await pagesOf(ana);
  ok(await E(credits).openPurse(0n));
  const [{ entry }] = (await E(credits).view()).purses;
  const topped: Any = ok(await E(credits).topUp(entry, next()));
  assert.equal(topped.worth, 32n);
  await guard(ana, guardians, 2n);
  const place = await placeOf(ana);
  const account = await E(place).account();

  const restored = await makeWallet(town.node, 'Ana');
  const { recovery } = await pagesOf(restored);
  assert.deepEqual(await helpOf(guardians[0]!, restored, 'Beto', 2n), { ok: true });
  assert.deepEqual(await E(recovery).proceed(), refused('notYet'));
  // What the old copy does until then it can do: a purchase of 13 with its tokens.
  ok(await E(credits).buy(entry, await purchaseAt(till), next()));
  assert.deepEqual(await helpOf(guardians[2]!, restored, 'Dora', 2n), { ok: true });
  const done: Any = ok(await E(recovery).proceed());
  assert.deepEqual([done.phase, done.back, done.elsewhere], ['done', 1n, 0n]);

  // The fence: all that the old copy had of the place.
  for (const facet of [place, account] as Any[]) assert.deepEqual(await E(facet).view(), revoked);
  assert.deepEqual(await E(credits).topUp(entry, next()), revoked);
  const back = await placeOf(restored);
  assert.equal((await E(back).view()).name, 'Ana');
  assert.equal((await E(back).view()).balance, -32n);
  const [purse] = (await E((await pagesOf(restored)).credits).view()).purses;
  // The tokens that were spent are lost with the copy that spent them; what came back of them as change is found.
  assert.equal(purse.worth, 19n);
  assert.ok(purse.lost >= 13n);
  // Said again, nothing happens twice.
  assert.deepEqual(await E(recovery).proceed(), done);
  assert.equal((await E((await pagesOf(restored)).credits).view()).purses[0].worth, 19n);
});

test('fewer than are needed bring nothing back, however they help', async () => {
  const { ana, guardians } = await three();
  await guard(ana, guardians, 3n);
  const restored = await makeWallet(town.node, 'Eva');
  const { recovery } = await pagesOf(restored);
  ok(await helpOf(guardians[0]!, restored, 'Beto', 3n));
  ok(await helpOf(guardians[1]!, restored, 'Carla', 3n));
  // The same person again, by another facet, is one guardian.
  ok(await helpOf(guardians[1]!, restored, 'Carla once more', 3n));
  ok(await helpOf(guardians[0]!, restored, 'Beto once more', 3n));
  assert.deepEqual(await E(recovery).proceed(), refused('notYet'));
  // Nobody makes the number smaller.
  assert.deepEqual(await E(recovery).ask('x', 2n, next()), refused('conflict'));
  assert.equal((await E(await placeOf(ana)).view()).name, 'Ana');
  const other = await makeWallet(town.node, 'Eva');
  assert.deepEqual(await helpOf(guardians[0]!, other, 'Beto', 2n), refused('invalid'));
  assert.deepEqual(await helpOf(guardians[1]!, other, 'Carla', 2n), refused('invalid'));
  assert.deepEqual(await E((await pagesOf(other)).recovery).proceed(), refused('notYet'));
});

let spies = 0;
/** What a guardian sends, caught on its way. */
const caught = async (guardian: Any, session: string): Promise<Any> => {
  const { guarding } = await pagesOf(guardian);
  const [{ entry }] = (await E(guarding).view()).guarding;
  let seen: Any;
  const spy = makeDouble('Spy', {
    session: () => session,
    help: (help: Any) => {
      seen = help;
      return { ok: true };
    },
  });
  ok(
    await E(guarding).help(entry, town.node.definePower(`spy${(spies += 1)}`, spy) as Any, next()),
  );
  return seen;
};

test('what a guardian sent for one recovery is nothing for another, and a liar is named', async () => {
  const { ana, guardians } = await three();
  await guard(ana, guardians, 2n);
  const restored = await makeWallet(town.node, 'Ana');
  const { recovery } = await pagesOf(restored);
  const ask = (name: string): Promise<Any> => E(recovery).ask(name, 2n, next());
  const [forBeto, forCarla, forDora] = [await ask('Beto'), await ask('Carla'), await ask('Dora')];
  const session = await E(forBeto).session();
  const [beto, carla, dora] = await Promise.all(guardians.map((one) => caught(one, session)));
  // Replayed from another recovery, where Beto really helped.
  const elsewhere = await caught(guardians[0]!, 'pocas wallet recovery of somebody else');
  assert.deepEqual(await E(forBeto).help(elsewhere), refused('invalid'));
  const stateOf = async (name: string) =>
    (await E(recovery).view()).helpers.find((one: Any) => one.name === name).state;
  assert.equal(await stateOf('Beto'), 'false');
  assert.equal(await stateOf('Carla'), 'asked');
  const lies = [
    {
      ...carla,
      partial: beto.partial,
      setup: { ...carla.setup, keys: [...carla.setup.keys].reverse() },
    },
    { ...carla, partial: { ...carla.partial, index: 1n } },
    { ...carla, partial: { ...carla.partial, value: dora.partial.value } },
    { ...carla, setup: { ...carla.setup, threshold: 1n } },
    { ...carla, setup: { ...carla.setup, signer: carla.setup.groupKey } },
    { ...carla, sealed: { ...carla.sealed, version: 99n } },
    { ...carla, sealed: { ...carla.sealed, parts: [] } },
    {
      ...carla,
      sealed: { ...carla.sealed, parts: [...carla.sealed.parts, ...carla.sealed.parts] },
    },
    { ...carla, setup: { ...carla.setup, keys: carla.setup.keys.map(() => carla.setup.keys[1]) } },
  ];
  for (const lie of lies) assert.deepEqual(await E(forCarla).help(lie), refused('invalid'));
  assert.deepEqual(await E(recovery).proceed(), refused('notYet'));
  // One that was dealt by somebody else is well made, and is not what the others say.
  const eva = await town.enter('Eva');
  await guard(eva, [await town.enter('Fito'), await town.enter('Gabi')], 2n);
  const { guarding } = await pagesOf(guardians[1]!);
  void guarding;
  const foreign = await town.enter('Hugo');
  const ines = await town.enter('Ines');
  await guard(ines, [foreign, await town.enter('Juana')], 2n);
  ok(await E(forCarla).help(await caught(foreign, session)));
  assert.deepEqual(await E(recovery).proceed(), refused('notYet'));
  ok(await E(forBeto).help(beto));
  assert.deepEqual(await E(recovery).proceed(), refused('notYet'), 'one and one of another');
  ok(await E(forDora).help(dora));
  const done: Any = ok(await E(recovery).proceed());
  assert.equal(done.phase, 'done');
  assert.equal(await stateOf('Carla'), 'false');
  assert.equal((await E(await placeOf(restored)).view()).name, 'Ana');
  // It is over: nothing more is taken.
  assert.deepEqual(await E(forDora).help(dora), refused('closed'));
  assert.deepEqual(await E(recovery).ask('x', 2n, next()), refused('closed'));
});

test('of two restores at the same time each place is one’s, and never both', async () => {
  const { ana, guardians } = await three();
  const others = await Promise.all(
    [1, 2].map(async (one) => {
      const { foundMarket } = await import('../fixture.ts');
      const market = await foundMarket(town.node, { name: `Otro ${one}` });
      ok(await E(ana).joinWith(await E(market.cares.steward).invite(), next()));
      return market;
    }),
  );
  assert.equal(others.length, 2);
  await guard(ana, guardians, 2n);
  const copies = [await makeWallet(town.node, 'Ana'), await makeWallet(town.node, 'Ana')];
  for (const copy of copies)
    for (const [at, guardian] of guardians.slice(0, 2).entries())
      ok(await helpOf(guardian, copy, `g${at}`, 2n));
  const answers: Any[] = await Promise.all(
    copies.map(async (copy) => ok(await E((await pagesOf(copy)).recovery).proceed())),
  );
  assert.equal(answers[0].back + answers[1].back, 3n);
  assert.equal(answers[0].elsewhere + answers[1].elsewhere, 3n);
  for (const copy of copies)
    for (const { participant } of await E(copy).places())
      assert.equal((await E(participant as Any).view()).name, 'Ana');
  for (const { participant } of await E(ana).places())
    assert.deepEqual(await E(participant).view(), revoked);
});

test('guardians lock out a lost device together, and learn nothing by it', async () => {
  const { ana, guardians } = await three();
  await guard(ana, guardians, 2n);
  const { secret } = (await E(ana).keyLink()) as { secret: string };
  const lost = (await E(town.node.enlivener).enliven(secret)) as typeof ana;
  const stolen = [await placeOf(lost), (await pagesOf(lost)).credits, (await pagesOf(lost)).apps];
  const voice = async (guardian: Any, device: bigint) => {
    const { guarding } = await pagesOf(guardian);
    const [{ entry }] = (await E(guarding).view()).guarding;
    return E(guarding).lockOut(entry, device, next());
  };
  assert.deepEqual(await voice(guardians[0], 9n), refused('invalid'));
  assert.deepEqual(await voice(guardians[0], 2n), { ok: true, isDone: false });
  assert.deepEqual(await voice(guardians[0], 2n), { ok: true, isDone: false }, 'one voice is one');
  assert.equal((await E(lost).view()).name, 'Ana');
  // Another says another device.
  assert.deepEqual(await voice(guardians[1], 1n), { ok: true, isDone: false });
  assert.deepEqual(await voice(guardians[1], 2n), { ok: true, isDone: true });
  await town.node.rest();
  assert.deepEqual(await E(lost).view(), revoked);
  for (const one of stolen) assert.deepEqual(await E(one).view(), revoked);
  // The device in the owner's hand goes on.
  assert.equal((await E(ana).view()).name, 'Ana');
  assert.equal((await E(await placeOf(ana)).view()).name, 'Ana');
});

test('voices that are a week old do not add up', async () => {
  const { ana, guardians } = await three();
  await guard(ana, guardians, 2n);
  const voice = async (guardian: Any) => {
    const { guarding } = await pagesOf(guardian);
    const [{ entry }] = (await E(guarding).view()).guarding;
    return E(guarding).lockOut(entry, 0n, next());
  };
  assert.equal((await voice(guardians[0])).isDone, false);
  town.time.pass(8 * 24 * 3_600_000);
  await town.node.rest();
  assert.equal((await voice(guardians[1])).isDone, false);
  assert.equal((await E(ana).view()).name, 'Ana');
  assert.equal((await voice(guardians[2])).isDone, true);
  await town.node.rest();
  assert.deepEqual(await E(ana).view(), revoked);
});

test('whoever guards a wallet that is lost takes nothing from it any more', async () => {
  const { ana, guardians } = await three();
  await guard(ana, guardians, 2n);
  const [beto] = guardians;
  const { guarding } = await pagesOf(beto!);
  const [{ entry }] = (await E(guarding).view()).guarding;
  await E(guarding).lockOut(entry, 0n, next());
  // The thief deals anew, so that the good shares are forgotten, and again.
  const { guardians: page } = await pagesOf(ana);
  for (let round = 0; round < 3; round += 1) {
    const dealt: Any = ok(await E(page).deal(3n, next()));
    assert.equal(dealt.reached, 2n);
  }
  const restored = await makeWallet(town.node, 'Ana');
  ok(await helpOf(beto!, restored, 'Beto', 2n));
});

test('what a guardian pastes is a text, and no link for a browser', async () => {
  const ana = await town.enter('Ana');
  const { guardians, recovery } = await pagesOf(ana);
  for (const { secret, toPaste } of [
    await E(guardians).offerLink(next()),
    await E(recovery).askLink('Beto', 2n, next()),
  ]) {
    assert.equal(typeof secret, 'string');
    assert.equal(toPaste, true);
  }
});
