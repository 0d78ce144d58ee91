/** What is passed on after a share was renewed or given up, and what another FoCo may say. */
import { makeFocoVat, next, ok, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Assembly } from '@pocas/vat-runtime/actors';

type Any = any;
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
