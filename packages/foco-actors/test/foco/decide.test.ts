import { makeFocoVat, next, ok, refused, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Assembly } from '@pocas/vat-runtime/actors';

test('with a body of decision nobody is handed the charter, and everybody has a ballot', async () => {
  const world = await start(['Zoe']);
  const { node } = world;
  const assembly = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/foco-actors/decision')),
    label: 'decisions',
    powers: { clock: node.clock, timer: node.timer },
    params: { secret: Buffer.alloc(32, 5).toString('base64url') },
  })) as Facet<Assembly>;
  const root = await makeFocoVat(node);
  ok(await E(root).convene(assembly));
  refused(await E(root).convene(assembly), 'closed');
  const founded = ok(await E(root).claim('Ana', next()));
  assert.deepEqual(Object.keys(founded.cares).toSorted(), ['auditor', 'steward']);
  // It was convened by the FoCo, and by nobody else.
  refused(await E(assembly).convene({ name: 'x', acts: [] }, next()), 'claimed');
  const { invitation } = ok(await E(founded.participant).invite(next()));
  const beto = ok(await E(invitation).join('Beto', next())).participant;
  await node.rest();
  for (const one of [founded.participant, beto]) {
    const { ballot } = await E(one).view();
    assert.notEqual(ballot, undefined);
  }
  // Where there is none, the founder has the acts, and a change holds from a later epoch on.
  const { charter } = world.founded.cares;
  assert.notEqual(charter, undefined);
  await node.stop();
});
