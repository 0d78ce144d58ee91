/** Three nodes as the program runs them: what one introduces to another works without it. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import { type RunningNode, fixture, start, until, withFolder } from './nodes.ts';

type Any = any;

const module = fixture('counter');

const makeCounter = async (node: RunningNode, from: bigint) => {
  const own = (await node.makeVat({ module, label: 'counter', params: { start: from } })) as Any;
  return { own, sturdyRef: node.grantor.sturdy(own) };
};

/** B’s and C’s counters, as A has them. B knows nothing of C. */
const startThree = async (folder: string) => {
  const [a, b, c] = [
    await start(join(folder, 'a')),
    await start(join(folder, 'b')),
    await start(join(folder, 'c')),
  ] as const;
  const atB = await makeCounter(b, 10n);
  const atC = await makeCounter(c, 20n);
  const toB = (await E(a.enlivener).enliven(atB.sturdyRef)) as Any;
  const toC = (await E(a.enlivener).enliven(atC.sturdyRef)) as Any;
  return { a, b, c, atB, atC, toB, toC };
};

test('what was introduced is the owner’s own object: stored, after restarts, and without who introduced it', async () => {
  await withFolder(async (folder) => {
    const { a, b, c, atB, atC, toB, toC } = await startThree(folder);
    const added = E(toC).add(1n);
    await E(toB).keep(toC);
    await added;
    b.setProgram({ holder: atB.own });
    await a.stop();

    const kept = await E(atB.own).kept();
    assert.equal(await E(kept).add(1n), 22n);
    assert.equal(kept, await E(b.enlivener).enliven(atC.sturdyRef), 'it came from C itself');
    assert.match(await b.metrics(), /pocas_handoffs_total\{outcome="direct"\} 1\n/);
    assert.match(await c.metrics(), /pocas_gifts\{state="deposited"\} 0\n/);
    await b.stop();

    const again = await start(join(folder, 'b'));
    const { holder } = again.getProgram() as Any;
    assert.equal(await E(holder).tell(await E(holder).kept(), 'get', false), 22n);
    await again.stop();
    await c.stop();
  });
});

test('who introduces may go as soon as he has said so', async () => {
  await withFolder(async (folder) => {
    const { a, b, c, atB, atC, toB, toC } = await startThree(folder);
    E(toC)
      .add(1n)
      .catch(() => {});
    E(toB)
      .keep(toC)
      .catch(() => {});
    // The message has left when the links end.
    await new Promise((resolve) => setImmediate(resolve));
    await a.settled();
    await a.stop();
    let kept: Any;
    await until(() => {
      void E(atB.own)
        .kept()
        .then((value: unknown) => void (kept = value));
      return kept !== undefined && kept !== null;
    });
    assert.equal(await E(kept).get(), 21n, 'what A asked for before came before');
    assert.equal(kept, await E(b.enlivener).enliven(atC.sturdyRef));
    await b.stop();
    await c.stop();
  });
});

test('what comes from an answer of another node is handed over as well, in order with calls on the answer', async () => {
  await withFolder(async (folder) => {
    const { a, b, c, atB, atC, toB, toC } = await startThree(folder);
    await E(toB).keep(toC);
    // A third asks B, and calls what it will answer before he has the answer.
    const d = await start(join(folder, 'd'));
    const fromD = (await E(d.enlivener).enliven(atB.sturdyRef)) as Any;
    const answer = E(fromD).kept();
    const early = E(answer).add(5n);
    const direct = await answer;
    const late = E(direct).get();
    assert.deepEqual([await early, await late], [25n, 25n]);
    assert.equal(direct, await E(d.enlivener).enliven(atC.sturdyRef));
    for (const node of [a, b, c, d]) await node.stop();
  });
});

test('what cannot be had from its owner is forwarded, and counted', async () => {
  await withFolder(async (folder) => {
    const a = await start(join(folder, 'a'));
    const b = await start(join(folder, 'b'), {
      dial: () => Promise.reject(Error('no way there')),
    });
    const c = await start(join(folder, 'c'));
    const atB = await makeCounter(b, 10n);
    const atC = await makeCounter(c, 20n);
    const toB = (await E(a.enlivener).enliven(atB.sturdyRef)) as Any;
    const toC = (await E(a.enlivener).enliven(atC.sturdyRef)) as Any;
    await E(toB).keep(toC);
    const kept = await E(atB.own).kept();
    assert.equal(await E(kept).add(1n), 21n);
    assert.match(await b.metrics(), /pocas_handoffs_total\{outcome="unreachable"\} 1\n/);
    for (const node of [a, b, c]) await node.stop();
  });
});
