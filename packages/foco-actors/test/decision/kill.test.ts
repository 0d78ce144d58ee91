/** A node that is killed after any of its batches goes on where it was, and whoever repeats a request does no harm. */
import { type Any, day, kappa, makeTown, next, ok, paperOf, proposal, refused } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeManualTime, makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];

/** What people do, again and again until it is done: each request has one name. */
const story = async (facets: Any, pass: (milliseconds: number) => Promise<void>) => {
  const { ana, beto, caro } = facets;
  const { decision } = ok(
    (await E(ana).propose(proposal('consent', kappa(40n)), 'propose')) as Any,
  ) as Any;
  for (const [name, ballot] of Object.entries({ ana, beto, caro })) {
    const { open } = await E(ballot).view();
    if (open.length === 0) continue;
    assert.equal(open.length, 1, 'it was proposed once');
    ok((await E(open[0].paper).consent(`consent of ${name}`)) as Any);
  }
  await pass(0);
  const { outcome, mandate } = await E(decision).view();
  assert.equal(outcome, 'carried');
  await pass(2 * day);
  const done = (await E(mandate).carryOut('carry out')) as Any;
  assert.deepEqual(done, { ok: true });
  assert.deepEqual(await E(mandate).carryOut(next()), refused('closed'));
};

test('killed after any batch, a decision has one effect', async () => {
  const storage = makeMemoryStorage();
  const batches: Rows[] = [];
  const recording = {
    ...storage,
    write(rows: Rows) {
      batches.push(rows);
      return storage.write(rows);
    },
  };
  const time = makeManualTime();
  const first = await makeTestNode({ time, storage: recording });
  const town = await makeTown(undefined, { node: first, time });
  const { Ana: ana, Beto: beto, Caro: caro } = town.ballots;
  const facets = { ana, beto, caro, place: town.place };
  const keys = await Promise.all(
    Object.entries(facets).map(
      async ([name, facet]) => [name, await E(first.grantor).sturdy(facet)] as const,
    ),
  );
  await first.settled();
  const start = batches.length;
  await story(facets, async (milliseconds) => {
    time.pass(milliseconds);
    await first.rest();
  });
  await first.settled();
  const end = batches.length;
  await first.stop();
  assert.ok(end - start >= 6, `${end - start} batches`);

  for (let count = start; count <= end; count += 1) {
    const rebuilt = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await rebuilt.write(rows);
    const later = makeManualTime(time.wall() - 2 * day);
    const node = await makeTestNode({ time: later, storage: rebuilt, secrets: first.secrets });
    const again = Object.fromEntries(
      await Promise.all(
        keys.map(async ([name, key]) => [name, await E(node.enlivener).enliven(key)] as const),
      ),
    ) as Any;
    await story(again, async (milliseconds) => {
      later.pass(milliseconds);
      await node.rest();
    });
    later.pass(14 * day);
    assert.equal(await E(again.place).value('kappa'), 40n);
    assert.equal(await E(again.place).value('beta'), 5n);
    await node.stop();
  }
});

test('what is open closes at its time, also where the node was down', async () => {
  const time = makeManualTime();
  const town = await makeTown(undefined, { time });
  const { decision } = ok(await E(town.ballots['Ana']!).propose(proposal('agree'), next()));
  ok((await E(await paperOf(town.ballots['Beto'])).agree('', next())) as Any);
  town.node.setProgram({ decision });
  await town.node.stop();
  time.pass(30 * day);
  const { storage, secrets } = town.node;
  const node = await makeTestNode({ time, storage, secrets });
  await node.rest();
  const { decision: kept } = node.getProgram() as { decision: typeof decision };
  assert.equal((await E(kept).view()).outcome, 'carried');
  await node.stop();
});
