import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { connectClient, fixture, spawnNode, start, withFolder } from './nodes.ts';

type Any = any;

const module = fixture('counter');

test('a sturdy ref reaches a vat on another node, and works again after both restart', async () => {
  await withFolder(async (folder) => {
    const [pathA, pathB] = [join(folder, 'a'), join(folder, 'b')];
    let a = await start(pathA);
    let b = await start(pathB);
    const counter = await a.makeVat({ module, label: 'counter', params: { start: 5n } });
    const sturdyRef = a.grantor.sturdy(counter as object);

    // A vat of B keeps the reference.
    const holder = (await b.makeVat({ module, label: 'holder', params: { start: 0n } })) as Any;
    const far = (await E(b.enlivener).enliven(sturdyRef)) as Any;
    assert.equal(await E(far).add(1n), 6n);
    await E(holder).keep(far);
    b.setProgram({ holder });
    const ports = [a.port, b.port] as const;
    await a.stop();
    await b.stop();

    a = await start(pathA, { port: ports[0] });
    b = await start(pathB, { port: ports[1] });
    const program = b.getProgram() as Any;
    assert.equal(await E(program.holder).tell(await E(program.holder).kept(), 'get', false), 6n);
    assert.equal(await E((await E(b.enlivener).enliven(sturdyRef)) as Any).add(1n), 7n);
    assert.equal(await E(program.holder).kept(), await E(b.enlivener).enliven(sturdyRef));

    // A restarts alone: B finds it again by itself.
    await a.stop();
    const kept = await E(program.holder).kept();
    await assert.rejects(E(kept).get(), /delivered: no/);
    a = await start(pathA, { port: ports[0] });
    assert.equal(await E(kept).get(), 7n);
    await a.stop();
    await b.stop();
  });
});

/** Ten calls, each but the first on the answer of the one before. */
const chainOfTen = (object: unknown): Promise<bigint> => {
  let last = object as Any;
  for (let i = 0; i < 9; i += 1) last = E(last).kept();
  return E(last).get();
};

test('a chain of ten calls leaves a node for another process in one frame, before any answer', async () => {
  await withFolder(async (folder) => {
    const far = await spawnNode(join(folder, 'far'));
    const near = await start(join(folder, 'near'));
    try {
      const object = (await E(near.enlivener).enliven(far.sturdyRef)) as Any;
      await E(object).keep(object);
      const link = near.linkTo(parseSturdyRef(far.sturdyRef).designator)!;
      const before = link.frames().sent;
      assert.equal(await chainOfTen(object), 5n);
      assert.equal(link.frames().sent - before, 1);
    } finally {
      await near.stop();
      await far.kill();
    }
  });
});

test('a chain of ten calls leaves a client in one frame, before any answer', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const counter = (await node.makeVat({
      module,
      label: 'counter',
      params: { start: 5n },
    })) as Any;
    await E(counter).keep(counter);
    const session = await connectClient(node.grantor.sturdy(counter));
    await session.object;
    const before = session.link.frames().sent;
    assert.equal(await chainOfTen(session.object), 5n);
    assert.equal(session.link.frames().sent - before, 1);
    session.close();
    await node.stop();
  });
});
