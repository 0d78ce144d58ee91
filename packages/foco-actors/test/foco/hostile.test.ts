/** What is passed on after a share was renewed or given up, and what another FoCo may say. */
import { day, makeFocoVat, next, ok, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Assembly } from '@pocas/vat-runtime/actors';

type Any = any;
const hour = 3_600_000;
const makeAssembly = async (node: Any): Promise<Facet<Assembly>> =>
  node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/foco-actors/decision')),
    label: 'decisions',
    powers: { clock: node.clock, timer: node.timer },
    params: { secret: Buffer.alloc(32, 6).toString('base64url') },
  });

test('whoever renews a share renews the ballot, and whoever comes back has one', async () => {
  const { node } = await start(['Zoe']);
  const assembly = await makeAssembly(node);
  const root = await makeFocoVat(node);
  ok(await E(root).convene(assembly));
  const { participant } = ok(await E(root).claim('Ana', next()));
  await node.rest();
  const stolen: Any = (await E(participant).view()).ballot;
  const renewed: Any = ok((await E(participant).renew(next())) as Any).participant;
  await node.rest();
  assert.deepEqual(await E(stolen).proposeVote('x', 'y', next()), { ok: false, code: 'revoked' });
  const { ballot } = await E(renewed).view();
  assert.equal((await E(ballot).view()).name, 'Ana');
  ok(await E(ballot).proposeVote('x', 'y', next()));
  await node.stop();
});

test('who left has no ballot, also where it was still under way; who comes back has another', async () => {
  const { node } = await start(['Zoe']);
  const root = await makeFocoVat(node, { charter: { values: { leaveRest: 1n } } });
  ok(await E(root).convene(await makeAssembly(node)));
  const { participant }: Any = ok(await E(root).claim('Ana', next()));
  ok(await E(participant).leave(next()));
  await node.rest();
  assert.equal((await E(participant).view()).ballot, undefined);
  let last: Any;
  for (const round of [1, 2]) {
    ok(await E(participant).comeBack(next()));
    await node.rest();
    const { ballot }: Any = await E(participant).view();
    ok(await E(ballot).proposeVote(`round ${round}`, 'x', next()));
    last = ballot;
    ok(await E(participant).leave(next()));
    await node.rest();
    assert.equal((await E(participant).view()).ballot, undefined);
    assert.equal((await E(last).proposeVote('late', 'x', next())).ok, false);
  }
  await node.stop();
});

test('another FoCo cannot announce less than nothing', async () => {
  const { node } = await start(['Zoe']);
  const root = await makeFocoVat(node);
  const { receiver } = ok((await E(root).settle(['Ana', 'Beto'], next())) as Any) as Any;
  const part = (who: bigint, surplus: bigint) => ({ who, taken: { surplus, own: [] } });
  await assert.rejects(E(receiver).expect(1n, 'x', [part(1n, 1_000n), part(2n, -999n)]));
  await assert.rejects(E(receiver).expect(1n, 'x', [part(0n, 1n)]));
  await assert.rejects(E(receiver).expect(1n, 'x', [{ who: 1n, taken: 'x' }]));
  await assert.rejects(E(receiver).expect(1n, 'x'.repeat(101), [part(1n, 1n)]));
  await node.stop();
});

test('a repetition that fails does not undo a payment of which nobody knows whether it was made', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana, beto] = world.people;
  await world.put(ana!, 100n);
  const desk = await E(ana!.self).spending();
  const { spend } = ok(await E(desk).announce(beto!.home, 60n, 'pan', next()));
  // It pays and says nothing that can be read; asked again, it breaks.
  await E(world.bank).setMoods(['mumbles', 'throws']);
  await world.pass(2 * day);
  await world.pass(7 * hour);
  assert.deepEqual([await world.balance('Beto'), await world.has(ana!)], [60n, 40n]);
  assert.equal((await E(spend).view()).phase, 'paying');
  await E(world.bank).setMoods([]);
  await world.pass(7 * hour);
  assert.equal((await E(spend).view()).phase, 'paid');
  assert.deepEqual([await world.balance('Beto'), await world.has(ana!)], [60n, 40n]);
  await world.sound();
  await world.node.stop();
});
