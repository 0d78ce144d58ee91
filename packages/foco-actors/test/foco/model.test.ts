/**
 * Random acts of random people, over a ledger that refuses, throws, and answers so that nobody can tell what it
 * did, with restarts in between. After each: all parts are the balance, and nobody's envelope has become
 * less by what another did. In the end the ledger has what the books say.
 */
import { day, next, ok, restart, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { E } from '@endo/far';
import type { Mood } from './bank.ts';

const moods: readonly Mood[] = ['well', 'refuses', 'throws', 'mumbles', 'sleeps'];
const acts = [
  ...([
    'put',
    'put',
    'spend',
    'spend',
    'withdraw',
    'join',
    'give',
    'pool',
    'pledge',
    'unpledge',
  ] as const),
  ...([
    'save',
    'unsave',
    'ask',
    'lend',
    'vouch',
    'begin',
    'repay',
    'absorb',
    'divide',
    'gift',
  ] as const),
  ...(['pass', 'pass', 'restart'] as const),
];
const step = fc.record({
  act: fc.constantFrom(...acts),
  who: fc.nat(2),
  value: fc.bigInt({ min: 1n, max: 60n }),
  pick: fc.nat(9),
  isOn: fc.boolean(),
  mood: fc.array(fc.constantFrom(...moods), { maxLength: 3 }),
});
type Step = {
  act: (typeof acts)[number];
  who: number;
  value: bigint;
  pick: number;
  isOn: boolean;
  mood: Mood[];
};

const story = async (steps: readonly Step[]): Promise<void> => {
  let world = await start(['Ana', 'Beto', 'Caro'], { smallSums: 20n, savingNotice: BigInt(day) });
  for (const { act, who, value, pick, isOn, mood } of steps) {
    const { people, purse, bank } = world;
    const one = people[who]!;
    const before = await Promise.all(people.map((each) => world.has(each)));
    await E(bank).setMoods(mood);
    const spending = await E(one.self).spending();
    const pools = await E(one.self).pools();
    const savings = await E(one.self).savings();
    const loans = await E(one.self).loans();
    const spend = (await E(spending).view()).open[pick]?.spend;
    const pool = (await E(pools).view()).open[pick]?.pool;
    const saving = (await E(savings).view()).savings[pick]?.saving;
    const loan = (await E(loans).view()).open[pick]?.loan;
    const { home } = people[pick % 3]!;
    if (act === 'restart') world = await restart(world);
    else if (act === 'pass') await world.pass(pick * 0.4 * day);
    else if (act === 'put') await world.put(one, value, isOn);
    else if (act === 'spend') await E(spending).announce(home, value, 'x', next());
    else if (act === 'withdraw' && spend) await E(spending).withdraw(spend, next());
    else if (act === 'join' && spend) await E(spending).join(spend, value, next());
    else if (act === 'give') await E(one.self).giveTo(people[pick % 3]!.card, value, next());
    else if (act === 'pool')
      await E(pools).openSimple(home, 'x', '', value, value + 9n, 1n, 1n, next());
    else if (act === 'pledge' && pool)
      await E(pools).pledge(pool, value, BigInt(pick % 3), isOn, next());
    else if (act === 'unpledge' && pool) await E(pools).withdraw(pool, next());
    else if (act === 'save') await E(savings).saveSimple(purse, 'x', value, 50n, 0n, 1n, next());
    else if (act === 'unsave' && saving) await E(savings).withdraw(saving, value / 2n + 1n, next());
    else if (act === 'ask') await E(loans).askSimple(home, 'x', 'y', value, 2n, 1n, 0n, next());
    else if (act === 'lend' && loan) await E(loans).lend(loan, value, next());
    else if (act === 'vouch' && loan) await E(loans).vouch(loan, value, next());
    else if (act === 'begin' && loan) await E(loans).begin(loan, next());
    else if (act === 'repay' && loan) await E(loans).repay(loan, value, next());
    else if (act === 'absorb' && loan) await E(loans).absorb(loan, 'x', next());
    else if (act === 'divide') await E(one.self).divide(purse, next());
    else if (act === 'gift') {
      const { payment } = ok(await E(one.account).withdraw(value, next()));
      ok(await E(await E(one.self).foco()).give(purse, payment, next()));
    }
    await world.node.rest();
    await world.sound();
    for (const [index, each] of world.people.entries())
      if (index !== who && act !== 'pass')
        assert.ok((await world.has(each)) >= before[index]!, `${act} of ${one.name}`);
  }
  // The ledger is well again, and what was unclear is asked once more.
  await E(world.bank).setMoods([]);
  for (let time = 0; time < 4; time += 1) await world.pass(day);
  await world.sound();
  const { purses } = await E(world.founded.cares.auditor).view();
  assert.deepEqual(await E(world.bank).focos(), [purses[0]!.balance]);
  assert.deepEqual([purses[0]!.outgoing, purses[0]!.missing], [0n, 0n]);
  await world.node.stop();
};

test('whatever people, ledger and machine do, nothing is made, lost or moved by others', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), story), {
    ...{
      numRuns: Number(process.env['FOCO_RUNS'] ?? 2),
      seed: Number(process.env['FOCO_SEED'] ?? 7),
      endOnFailure: true,
    },
  });
});
