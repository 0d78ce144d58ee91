import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import {
  type RunningNode,
  connectClient,
  fixture,
  sleep,
  spawnNode,
  start,
  until,
  withFolder,
} from './nodes.ts';

type Any = any;

const makeCounter = async (node: RunningNode, start: bigint) => {
  const counter: Any = await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start },
  });
  return { counter, sturdyRef: node.grantor.sturdy(counter) };
};

/** Calls until an answer comes: what a person does whose call was not delivered. */
const retry = async (call: () => Promise<unknown>): Promise<unknown> => {
  for (let round = 0; round < 100; round += 1) {
    try {
      return await call();
    } catch {
      await sleep(50);
    }
  }
  throw Error('Cannot go on: every call was refused');
};

test('two nodes that dial each other at once end with one link, on which both may call', async () => {
  await withFolder(async (folder) => {
    const a = await start(join(folder, 'a'));
    const b = await start(join(folder, 'b'));
    const atA = await makeCounter(a, 1n);
    const atB = await makeCounter(b, 2n);
    const both = await Promise.all([
      retry(() => E(E(a.enlivener).enliven(atB.sturdyRef) as Any).get()),
      retry(() => E(E(b.enlivener).enliven(atA.sturdyRef) as Any).get()),
    ]);
    assert.deepEqual(both, [2n, 1n]);
    await until(() => a.counts().links === 1 && b.counts().links === 1);
    await sleep(100);
    assert.deepEqual([a.counts().links, b.counts().links], [1, 1]);
    assert.equal(a.linkTo(b.designator)?.peer.designator, b.designator);
    const [farB, farA]: Any[] = await Promise.all([
      E(a.enlivener).enliven(atB.sturdyRef),
      E(b.enlivener).enliven(atA.sturdyRef),
    ]);
    assert.deepEqual([await E(farB).add(1n), await E(farA).add(1n)], [3n, 2n]);
    await a.stop();
    await b.stop();
  });
});

test('a link that was lost is dialled again, and references work on', async () => {
  await withFolder(async (folder) => {
    const a = await start(join(folder, 'a'));
    const b = await start(join(folder, 'b'));
    const { sturdyRef } = await makeCounter(b, 2n);
    const far: Any = await E(a.enlivener).enliven(sturdyRef);
    for (let round = 0; round < 3; round += 1) {
      const before = a.linkTo(b.designator);
      b.cut();
      await until(() => a.linkTo(b.designator) !== before);
      // Nobody calls: the node that holds something dials by itself.
      await until(() => a.linkTo(b.designator) !== undefined);
      assert.equal(await E(far).add(1n), 3n + BigInt(round));
      assert.deepEqual([a.counts().links, b.counts().links], [1, 1]);
    }
    await a.stop();
    await b.stop();
  });
});

test('a node introduces an object of another, which is then reached without it', async () => {
  await withFolder(async (folder) => {
    const a = await start(join(folder, 'a'));
    const b = await start(join(folder, 'b'));
    const c = await start(join(folder, 'c'));
    const atB = await makeCounter(b, 7n);
    const holder = await makeCounter(a, 0n);
    const keeper = await makeCounter(c, 0n);
    await E(holder.counter).keep(await E(a.enlivener).enliven(atB.sturdyRef));

    const farHolder: Any = await E(c.enlivener).enliven(holder.sturdyRef);
    const handed: Any = await E(farHolder).kept();
    assert.equal(await E(handed).add(1n), 8n);
    assert.equal(await E(atB.counter).get(), 8n);
    assert.notEqual(c.linkTo(b.designator), undefined);
    // It is one object, whichever way it came, and C may keep it.
    assert.equal(await E(farHolder).kept(), handed);
    await E(keeper.counter).keep(handed);
    // And back to B, which sees its own.
    await E(atB.counter).keep(await E(b.enlivener).enliven(keeper.sturdyRef));
    const home: Any = await E(await E(atB.counter).kept()).kept();
    assert.equal(await E(home).add(1n), 9n);
    assert.equal(await E(atB.counter).get(), 9n);
    // A chain over both hops is answered as one.
    assert.equal(await E(E(farHolder).kept()).get(), 9n);
    await c.stop();
    await a.stop();
    await b.stop();
  });
});

test('calls under way reject with an unknown fate when the node is killed, and later ones as not delivered', async () => {
  await withFolder(async (folder) => {
    const far = await spawnNode(join(folder, 'far'));
    const a = await start(join(folder, 'a'));
    const object: Any = await E(a.enlivener).enliven(far.sturdyRef);
    const version = await E(object).next(undefined);
    // These are answered when the counter changes, which never happens.
    const waiting = Array.from({ length: 5 }, () => E(object).next(version));
    const chained = E(E(object).next(version) as Any).get();
    const client = await connectClient(far.sturdyRef);
    const clientWaiting = E(client.object as Any).next(version);
    const settled = Promise.allSettled([...waiting, clientWaiting, chained]);
    assert.equal(await E(object).get(), 5n);
    assert.equal(await E(client.object as Any).get(), 5n);
    await far.kill();
    const reasons = (await settled).map((result) => String((result as Any).reason?.message));
    assert.equal(reasons.length, 7);
    for (const reason of reasons.slice(0, 6)) assert.match(reason, /delivered: unknown/);
    assert.match(reasons[6]!, /delivered: unknown|not a capability/);
    await assert.rejects(E(object).get(), /delivered: no/);
    await assert.rejects(E(client.object as Any).get());
    assert.match(await client.closed, /lost/);

    // The same store, the same key, another process: it takes the place of the one that was killed.
    const again = await spawnNode(join(folder, 'far'), far.port);
    assert.equal(await retry(() => E(object).get()), 5n);
    assert.equal(await E(object).add(1n), 6n);
    await again.kill();
    await a.stop();
  });
});

test('a restarted node replaces its session at once, also where the old link looks alive', async () => {
  await withFolder(async (folder) => {
    const a = await start(join(folder, 'a'));
    const atA = await makeCounter(a, 1n);
    const first = await start(join(folder, 'b'));
    const atB = await makeCounter(first, 2n);
    const far: Any = await E(first.enlivener).enliven(atA.sturdyRef);
    assert.equal(await E(far).get(), 1n);
    const back: Any = await E(a.enlivener).enliven(atB.sturdyRef);
    const version = await E(back).next(undefined);
    const waiting = assert.rejects(E(back).next(version), /delivered: unknown/);
    const link = a.linkTo(first.designator)!;
    first.setProgram({ far });
    await first.stop();
    await waiting;

    const second = await start(join(folder, 'b'), { port: first.port });
    const { far: again } = second.getProgram() as Any;
    assert.equal(await retry(() => E(again).add(1n)), 2n);
    const replaced = a.linkTo(second.designator)!;
    assert.notEqual(replaced, link);
    assert.notEqual(replaced.peer.incarnation, link.peer.incarnation);
    assert.equal(a.counts().links, 1);
    assert.equal(await retry(() => E(back).get()), 2n);
    await second.stop();
    await a.stop();
  });
});

test('an address from a sturdy ref is tried even where another one was known', async () => {
  await withFolder(async (folder) => {
    const a = await start(join(folder, 'a'));
    const b = await start(join(folder, 'b'));
    const { sturdyRef } = await makeCounter(b, 2n);
    // As sturdy refs were before addresses were signed.
    const elsewhere = sturdyRef.replace(`${b.port}`, '1').replace(/&at=.*/, '');
    assert.notEqual(elsewhere, sturdyRef);
    await assert.rejects(E(a.enlivener).enliven(elsewhere) as Any, /delivered: no/);
    const far: Any = await retry(() => E(a.enlivener).enliven(sturdyRef) as Any);
    assert.equal(await E(far).get(), 2n);
    await a.stop();
    await b.stop();
  });
});

test('stopping while calls are under way settles them, loses nothing that was answered, and ends', async () => {
  await withFolder(async (folder) => {
    let answered = 0n;
    for (let round = 0; round < 3; round += 1) {
      const b = await start(join(folder, 'b'));
      const { counter } = (b.getProgram() as Any) ?? (await makeCounter(b, 0n));
      b.setProgram({ counter });
      const count = (await E(counter).get()) as bigint;
      assert.ok(count >= answered, `${count} is stored, ${answered} was answered`);
      const a = await start(join(folder, 'a'));
      const current = b.grantor.sturdy(counter);
      const client = await connectClient(current);
      const web = await b.sessions.provide('session');
      const onPage: Any = await web.enliven(/\/s\/([^?]*)/.exec(current)![1]!);
      const far: Any = await E(a.enlivener).enliven(current);
      const calls: Promise<unknown>[] = [];
      const note = (call: Promise<unknown>) => {
        calls.push(call);
        call.then(
          (now) => {
            if ((now as bigint) > answered) answered = now as bigint;
          },
          () => {},
        );
      };
      for (let i = 0; i < 200; i += 1) {
        note(E(client.object as Any).add(1n));
        note(E(far).add(1n));
        note(E(onPage).add(1n));
        web.setData({ i: String(i) });
        if (i % 50 === 0) await sleep(2);
      }
      await Promise.all([b.stop(), a.stop()]);
      const settled = await Promise.race([
        Promise.allSettled(calls.filter((_, i) => i % 3 !== 2)),
        sleep(3000).then(() => undefined),
      ]);
      assert.ok(settled !== undefined, 'a call never settled');
      assert.deepEqual([a.fatal, b.fatal], [[], []]);
      client.close();
    }
  });
});
