/** SPEC 7.8: nobody moves another's envelope. All methods that a participant has are called, one by one. */
import { next, ok, start, week } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

type Introspected = { __getMethodNames__(): Promise<string[]> };

/** Those by which something comes into the envelopes of others, and never out of them. */
const gives = ['participant.giveEnvelope', 'participant.giveTo', 'loans.repay'];

test('no method of a participant takes anything out of another’s envelope', async () => {
  const world = await start(['Ana', 'Beto', 'Caro', 'Dora']);
  const [ana, beto, caro] = world.people;
  for (const one of world.people) await world.put(one, 500n, true);
  const of = async (one: typeof ana) => ({
    participant: one!.self,
    spending: await E(one!.self).spending(),
    pools: await E(one!.self).pools(),
    savings: await E(one!.self).savings(),
    loans: await E(one!.self).loans(),
  });
  const [hers, his, third] = [await of(ana), await of(beto), await of(caro)];
  const { purse } = world;
  const home = beto!.home;
  // What Beto has under way, which Ana tries her hands on.
  const { spend } = ok(await E(his.spending).announce(home, 50n, 'x', next()));
  const { pool } = ok(await E(his.pools).openSimple(home, 'x', '', 90n, 0n, 30n, 1n, next()));
  ok(await E(his.pools).pledgeSimple(pool, 50n, next()));
  const { saving } = ok(await E(his.savings).saveSimple(purse, 'x', 50n, 900n, 0n, 1n, next()));
  const { loan: asked } = ok(
    await E(his.loans).askSimple(home, 'x', 'y', 50n, 1n, 30n, 0n, next()),
  );
  const { loan } = ok(await E(his.loans).askSimple(home, 'x', 'y', 60n, 1n, 30n, 0n, next()));
  ok(await E(third.loans).lend(loan, 60n, next()));
  ok(await E(his.loans).begin(loan, next()));
  await world.node.rest();
  const { fork } = ok(await E(his.participant).proposeFork('x', 'y', next()));
  const { payment } = ok(await E(ana!.account).withdraw(5n, next()));
  const payee = await E(ana!.account).payee();
  const terms = {
    ...{
      title: 'x',
      words: '',
      targets: [5n],
      deadline: BigInt(world.time.wall() + week),
      least: 1n,
    },
    ...{ parts: 1n, every: 0n, attested: false, within: 1n },
  };
  const plan = { what: 'x', item: 'y', principal: 5n, instalments: 1n, every: 86_400_000n };
  const until = BigInt(world.time.wall() + week);
  const card = beto!.card;
  const calls: Record<string, Record<string, readonly unknown[]>> = {
    participant: {
      ...{ view: [], card: [], foco: [], spending: [], pools: [], savings: [], loans: [] },
      contribute: [purse, payment, false, next()],
      putIn: [purse, 'no text of ours', 0n, next()],
      addPlace: [purse, 'no text of ours', 'x', 0n, next()],
      link: [],
      giveEnvelope: [card, purse, 1n, next()],
      giveTo: [card, 1n, next()],
      addDestination: [purse, payee, 'x', false, next()],
      divide: [purse, next()],
      ...{ invite: [next()], inviteLink: [next()], comeBack: [next()] },
      proposeFork: ['x', 'y', next()],
      joinFork: [fork, next()],
      leaveFork: [fork, next()],
      goFork: [fork, next()],
      forked: [fork],
    },
    spending: {
      view: [],
      announce: [home, 1n, 'x', next()],
      withdraw: [spend, next()],
      join: [spend, 1n, next()],
      comment: [spend, 'x', next()],
      askToTalk: [spend, 'x', next()],
      object: [spend, 'x', next()],
    },
    pools: {
      view: [],
      open: [home, terms, next()],
      openSimple: [home, 'x', '', 5n, 0n, 3n, 1n, next()],
      withdraw: [pool, next()],
      pledge: [pool, 1n, 0n, false, next()],
      pledgeSimple: [pool, 1n, next()],
      attest: [pool, 'x', next()],
    },
    savings: {
      view: [],
      save: [purse, 'x', 1n, 5n, 0n, false, next()],
      saveSimple: [purse, 'x', 1n, 5n, 0n, 0n, next()],
      withdraw: [saving, 50n, next()],
      put: [saving, 1n, next()],
    },
    loans: {
      view: [],
      ask: [home, { ...plan, until, vouchers: 0n }, next()],
      askSimple: [home, 'x', 'y', 5n, 1n, 30n, 0n, next()],
      withdraw: [asked, next()],
      lend: [asked, 1n, next()],
      vouch: [asked, 1n, next()],
      begin: [asked, next()],
      say: [loan, 'x', next()],
      propose: [loan, 1n, 30n, next()],
      answer: [loan, 1n, next()],
      forgive: [loan, 1n, next()],
      absorb: [loan, 'x', next()],
      repay: [loan, 1n, next()],
    },
  };
  // These end what Ana has here, so they come last.
  Object.assign(calls['participant']!, {
    fork: ['x', 'y', next()],
    leave: [next()],
    renew: [next()],
  });
  const seen = async () => {
    const all = await Promise.all(world.people.slice(1).map((one) => E(one.self).view()));
    return all.map(({ envelopes }) => envelopes[0]!);
  };
  for (const [desk, facet] of [...Object.entries(hers).slice(1), Object.entries(hers)[0]!]) {
    const said = await (E(facet) as unknown as Introspected).__getMethodNames__();
    const methods = said.filter((name) => !name.startsWith('__'));
    const known = Object.keys(calls[desk]!);
    // A method that is new has to be said here.
    assert.deepEqual(known.toSorted(), methods.filter((name) => name !== 'changes').toSorted());
    for (const [method, args] of Object.entries(calls[desk]!)) {
      const before = await seen();
      // The cast says that the table is right.
      await (
        E(facet) as unknown as Record<string, (...all: readonly unknown[]) => Promise<unknown>>
      )[method]!(...args).catch(() => undefined);
      await world.node.rest();
      (await seen()).forEach((now, index) => {
        const then = before[index]!;
        const what = `${desk}.${method} of Ana and ${world.people[index + 1]!.name}`;
        if (!gives.includes(`${desk}.${method}`)) assert.equal(now.value, then.value, what);
        assert.ok(now.value >= then.value && now.returnable >= then.returnable, what);
      });
      // Ana founded it, so the auditor that the test holds is renewed with her share.
      if (method !== 'renew') await world.sound();
    }
  }
  await world.node.stop();
});
