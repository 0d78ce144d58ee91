/**
 * S9 and S10: a FoCo on one node whose value is in a market on another. Nodes are killed where it hurts, links
 * are cut, and what people say twice is done once.
 */
import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const hour = 3_600_000;
const day = 24 * hour;

let count = 0;
const next = () => `a request that nobody guesses ${(count += 1)}`;

type Person = {
  readonly name: string;
  readonly share: Named;
  readonly account: Named;
  /** Where they are paid, as the FoCo knows it. */
  readonly home: Named;
};

/** Five people with 100 each, who all have places in the market at Plaza and a share in the FoCo at Casa. */
const start = async (t: TestContext, names: readonly string[], value: bigint) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const [plaza, casa] = (await Promise.all(
    ['plaza', 'casa'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300, leaps: true }),
    ),
  )) as [ClearingNode, ClearingNode];
  /** Asks until the answer comes: links break and nodes are away, and every act can be repeated. */
  const ask = <T = Any>(node: ClearingNode, ref: Named, method: string, ...args: unknown[]) =>
    until(`${method} on ${node.name}`, async () => {
      try {
        return { answer: await node.call<T>(ref, method, ...args) };
      } catch (error) {
        if (/delivered: (no|unknown)|is down|ended/.test(String(error))) return undefined;
        throw error;
      }
    }).then(({ answer }) => answer);
  const ok = async <T = Any>(
    node: ClearingNode,
    ref: Named,
    method: string,
    ...args: unknown[]
  ): Promise<T> => {
    const answer = await ask(node, ref, method, ...args);
    assert.equal(answer.ok, true, `${method}: ${String(answer.code)}`);
    return answer;
  };
  const market = await plaza.make('market', '@pocas/market-actors/market', {
    name: 'Tianguis',
    secret: Buffer.alloc(32, 7).toString('base64url'),
    charter: { baseLimit: 1_000n, minimumCeiling: 10_000n },
  });
  const founded = await plaza.call<Any>(market, 'claim', 'Fundadora', next());
  const marketSteward = await plaza.keep('steward', founded.cares.steward);
  const sums = await plaza.keep('sums', await plaza.call<Named>(marketSteward, 'auditor'));
  /** A reference of one node under a name of the other. */
  const across = async (from: ClearingNode, to: ClearingNode, name: string, ref: Named) => {
    const here = await from.keep(name, ref);
    return to.enliven(name, await from.sturdy(here));
  };
  const root = await casa.make('foco', '@pocas/foco-actors/foco', {
    name: 'Panal',
    secret: Buffer.alloc(32, 9).toString('base64url'),
    charter: { values: { invitations: 100n }, lists: { purpose: ['lo de todas'] } },
  });
  const claimed = await casa.call<Any>(root, 'claim', names[0], next());
  const steward = await casa.keep('foco steward', claimed.cares.steward);
  const auditor = await casa.keep('foco auditor', claimed.cares.auditor);
  const invitation = await plaza.call<Named>(marketSteward, 'invite');
  const door = await across(plaza, casa, 'door of the market', invitation);
  const opened = await ok(casa, steward, 'joinMarket', door, next());
  const purse = await casa.keep('purse', opened.purse);
  await until('the purse', async () => {
    const { purses } = await ask(casa, steward, 'view');
    return purses[0].phase === 'open' && purses[0].unit === 'créditos';
  });

  const people: Person[] = [];
  for (const name of names) {
    const welcome = await plaza.call<Named>(marketSteward, 'invite');
    const { participant } = await ok(plaza, welcome, 'join', name, next());
    const account = await plaza.keep(
      `account of ${name}`,
      await plaza.call<Named>(participant, 'account'),
    );
    const payee = await plaza.call<Named>(account, 'payee');
    const here = await across(plaza, casa, `payee of ${name}`, payee);
    let share = claimed.participant;
    if (name !== names[0]) {
      const invited = await ok(casa, people[0]!.share, 'invite', next());
      share = (await ok(casa, invited.invitation, 'join', name, next())).participant;
    }
    const mine = await casa.keep(`share of ${name}`, share);
    const made = await ok(casa, mine, 'addDestination', purse, here, name, true, next());
    const home = await casa.keep(`home of ${name}`, made.destination);
    people.push({ name, share: mine, account, home });
  }
  const desk = async ({ name, share }: Person, which: string) =>
    casa.keep(`${which} of ${name}`, await ask<Named>(casa, share, which));
  const has = async ({ share }: Person): Promise<bigint> =>
    (await ask(casa, share, 'view')).envelopes[0].value;
  const balance = async ({ account }: Person): Promise<bigint> =>
    (await ask(plaza, account, 'view')).balance;
  const town = {
    ...{ plaza, casa, ask, ok, purse, people, desk, has, balance, across },
    /** Puts value in; the link is cut while it is on its way. */
    async put(person: Person, amount: bigint) {
      const { payment } = await ok(plaza, person.account, 'withdraw', amount, next());
      const here = await across(plaza, casa, `payment ${next()}`, payment);
      const before = await has(person);
      const id = next();
      await ok(casa, person.share, 'contribute', purse, here, true, id);
      for (const node of [casa, plaza])
        for (const connection of node.proxy.connections()) connection.cut();
      await ok(casa, person.share, 'contribute', purse, here, true, id);
      await until('the contribution', async () => (await has(person)) === before + amount);
    },
    /** All parts are the balance, the balance is the market's, and the market's sum is zero. */
    async sound(balanceThere?: bigint) {
      const { purses } = await ask(casa, auditor, 'view');
      assert.equal(purses[0].difference, 0n);
      if (balanceThere !== undefined) assert.equal(purses[0].balance, balanceThere);
      assert.equal((await ask(plaza, sums, 'statement')).sum, 0n);
    },
    /** A node is gone from one moment to the next, and for both so much time passes. */
    async die(node: ClearingNode, milliseconds: number) {
      await node.kill();
      await plaza.leap(milliseconds);
      await casa.leap(milliseconds);
      await node.start();
    },
  };
  for (const person of people) await town.put(person, value);
  return town;
};

test('S9: of five, one acts alone, three pool for a blender with a target, one saves; then two go apart', async (t) => {
  const town = await start(t, ['Ana', 'Beto', 'Caro', 'Dora', 'Eli'], 100n);
  const { plaza, casa, ask, ok, people } = town;
  const [ana, beto, caro, dora, eli] = people as [Person, Person, Person, Person, Person];
  await town.sound(500n);

  // Ana acts alone: nobody has to agree, and all see it.
  const spending = await town.desk(ana, 'spending');
  const spent = next();
  const said = await ok(casa, spending, 'announce', eli.home, 30n, 'volantes', spent);
  const spend = await casa.keep('spend', said.spend);
  await ok(casa, spending, 'announce', eli.home, 30n, 'volantes', spent);
  assert.equal(await town.has(ana), 70n);
  const { open } = await ask(casa, await town.desk(beto, 'spending'), 'view');
  assert.deepEqual([open[0].by, open[0].reason, open[0].value], ['Ana', 'volantes', 30n]);

  // Three pool for a blender of 150; the stretch target is not reached.
  const pools = await town.desk(beto, 'pools');
  const made = await ok(
    ...([casa, pools, 'openSimple', eli.home, 'licuadora', 'para todas'] as const),
    ...([150n, 400n, 7n, 3n, next()] as const),
  );
  const pool = await casa.keep('pool', made.pool);
  for (const person of [caro, dora]) {
    const id = next();
    const hers = await town.desk(person, 'pools');
    await ok(casa, hers, 'pledgeSimple', pool, 60n, id);
    await ok(casa, hers, 'pledgeSimple', pool, 60n, id);
  }
  // Beto holds his share on the other node, as a poca does that takes part.
  const far = await town.across(casa, plaza, 'share of Beto, far', beto.share);
  const his = await plaza.keep('pools of Beto, far', await ask<Named>(plaza, far, 'pools'));
  const [item] = (await ask(plaza, his, 'view')).open;
  const pledging = next();
  await ok(plaza, his, 'pledgeSimple', item.pool, 60n, pledging);
  for (const connection of casa.proxy.connections()) connection.cut();
  await ok(plaza, his, 'pledgeSimple', item.pool, 60n, pledging);
  // Eli saves.
  const savings = await town.desk(eli, 'savings');
  await ok(casa, savings, 'saveSimple', town.purse, 'horno', 80n, 500n, 0n, 0n, next());
  assert.deepEqual(await Promise.all(people.map((one) => town.has(one))), [
    70n,
    40n,
    40n,
    40n,
    20n,
  ]);
  await town.sound(500n);

  // The notice of Ana's spend ends while the FoCo's node is dead; then the market's is, before it could pay.
  await plaza.kill();
  await town.die(casa, 2 * day + hour);
  await until('the end of the notice', async () => {
    const { phase } = await ask(casa, spend, 'view');
    return phase === 'paying';
  });
  await casa.kill();
  await plaza.start();
  await casa.start();
  await until('the payment', async () => (await ask(casa, spend, 'view')).phase === 'paid');
  assert.equal(await town.balance(eli), -70n);
  await town.sound(470n);

  // The pool is decided while its node is dead, whole, once.
  await town.die(casa, 6 * day);
  await until('the blender', async () => (await ask(casa, pool, 'view')).phase === 'paid');
  assert.equal(await town.balance(eli), 80n);
  assert.deepEqual(await Promise.all(people.map((one) => town.has(one))), [
    70n,
    50n,
    50n,
    50n,
    20n,
  ]);
  await town.sound(320n);

  // Caro and Dora go apart; both nodes die on the way.
  const proposed = await ok(casa, caro.share, 'proposeFork', 'Colmena', 'pan', next());
  const fork = await casa.keep('fork', proposed.fork);
  await ok(casa, dora.share, 'joinFork', fork, next());
  const going = next();
  await ok(casa, caro.share, 'goFork', fork, going);
  await casa.kill();
  await casa.start();
  await ok(casa, caro.share, 'goFork', fork, going);
  await until('the new FoCo', async () => {
    const { phase } = await ask(casa, fork, 'view');
    if (phase === 'making' || phase === 'moving') await casa.leap(10_000);
    return phase !== 'making';
  });
  await plaza.kill();
  await plaza.start();
  await until('the move', async () => {
    const { phase } = await ask(casa, fork, 'view');
    if (phase === 'moving') await casa.leap(30_000);
    return phase === 'done';
  });
  const shares: Named[] = [];
  for (const one of [caro, dora]) {
    const { participant } = await ok(casa, one.share, 'forked', fork);
    shares.push(await casa.keep(`new share of ${one.name}`, participant));
  }
  await until('the envelopes', async () => {
    const views = await Promise.all(shares.map((share) => ask(casa, share, 'view')));
    return views.every((one) => one.envelopes[0]?.value === 50n);
  });
  assert.deepEqual(await Promise.all(people.map((one) => town.has(one))), [70n, 50n, 0n, 0n, 20n]);
  await town.sound(220n);
});

test('S10: a loan for a freezer, vouched by two; a missed instalment leads to a new plan, and no charge', async (t) => {
  const town = await start(t, ['Ana', 'Beto', 'Caro', 'Dora', 'Eli'], 200n);
  const { plaza, casa, ask, ok, people } = town;
  const [ana, beto, caro, dora, eli] = people as [Person, Person, Person, Person, Person];
  const desks = new Map<Person, Named>();
  for (const one of people) desks.set(one, await town.desk(one, 'loans'));
  const asked = await ok(
    ...([casa, desks.get(ana)!, 'askSimple', eli.home, 'refri', 'refri de todas'] as const),
    ...([300n, 3n, 30n, 2n, next()] as const),
  );
  const loan = await casa.keep('loan', asked.loan);
  await ok(casa, desks.get(beto)!, 'lend', loan, 190n, next());
  await ok(casa, desks.get(caro)!, 'lend', loan, 110n, next());
  await ok(casa, desks.get(dora)!, 'vouch', loan, 50n, next());
  assert.equal((await ask(casa, loan, 'view')).phase, 'asked', 'two are to vouch');
  await ok(casa, desks.get(eli)!, 'vouch', loan, 40n, next());

  // It begins while the market is away, and the FoCo's node dies before the market is back.
  await plaza.kill();
  const begun = next();
  await ok(casa, desks.get(ana)!, 'begin', loan, begun);
  await casa.kill();
  await plaza.start();
  await casa.start();
  await ok(casa, desks.get(ana)!, 'begin', loan, begun);
  await until('the loan', async () => (await ask(casa, loan, 'view')).phase === 'running');
  assert.equal(await town.balance(eli), 100n);
  await town.sound(700n);

  const repaid = next();
  await ok(casa, desks.get(ana)!, 'repay', loan, 100n, repaid);
  await casa.kill();
  await casa.start();
  await ok(casa, desks.get(ana)!, 'repay', loan, 100n, repaid);
  // 100 by 190 : 110.
  assert.deepEqual([await town.has(beto), await town.has(caro)], [73n, 127n]);

  // The second instalment is missed, with the node dead on its day.
  await town.die(casa, 61 * day);
  await until('the reminder', async () => {
    const { heard } = await ask(casa, caro.share, 'view');
    return heard[0]?.how === 'late' && heard[0]?.value === 100n;
  });
  const late = await ask(casa, loan, 'view');
  assert.deepEqual([late.late, late.open, late.phase], [100n, 200n, 'running']);
  await ok(casa, desks.get(ana)!, 'say', loan, 'vendí poco este mes', next());
  await ok(casa, desks.get(ana)!, 'propose', loan, 4n, 30n, next());
  await ok(casa, desks.get(beto)!, 'answer', loan, 1n, next());
  await ok(casa, desks.get(caro)!, 'answer', loan, 1n, next());
  const again = await ask(casa, loan, 'view');
  assert.deepEqual([again.phase, again.late, again.open], ['rescheduled', 0n, 200n]);

  // What is open is what was lent and not paid back: no charge came to it.
  await town.put(ana, 100n);
  await ok(casa, desks.get(ana)!, 'repay', loan, 200n, next());
  const over = await ask(casa, loan, 'view');
  assert.deepEqual(
    [over.phase, over.repaid, over.forgiven, over.absorbed],
    ['repaid', 300n, 0n, 0n],
  );
  assert.deepEqual(await Promise.all(people.map((one) => town.has(one))), [
    0n,
    200n,
    200n,
    200n,
    200n,
  ]);
  assert.equal(await town.balance(ana), -300n);
  await town.sound(800n);
});
