import { makeTestNode } from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import { makeSolverPower } from '#src/solver/solver-power.js';
import { type SolverPool, makeSolverPool } from '#src/solver/solver.js';
import type { Asking } from './asking-vat.js';

// The compiled tests lie in dist/test/solver; the vat is bundled from its source.
const module = fileURLToPath(new URL('../../../test/solver/asking-vat.ts', import.meta.url));

test('a vat has a network of thousands solved by the power', async () => {
  const node = await makeTestNode();
  const pool = makeSolverPool();
  const solver = node.definePower('solver', makeSolverPower(pool, 'all'));
  const powers = { solver };
  const asking = (await node.makeVat({ module, label: 'asking', powers })) as Facet<Asking>;
  assert.equal(await E(asking).ask(20_000n), 20_000n);
  await assert.rejects(E(asking).askText('problem 1'), /Cannot unpack: it has 1 lines, not 5/);
  await assert.rejects(E(asking).askText('x'.repeat(99_000)), /Cannot unpack/);
  pool.stop();
  await assert.rejects(E(asking).ask(3n), /the solver was stopped/);
  await node.stop();
});

test('each vat is a caller of its own, the same after a restart', async () => {
  const callers: string[] = [];
  const pool: Pick<SolverPool, 'solvePacked'> = {
    async solvePacked(_packed, { caller = '' } = {}) {
      callers.push(caller);
      return '';
    },
  };
  const define = (node: Awaited<ReturnType<typeof makeTestNode>>) =>
    node.definePowerOfEach('solver', (whose) => makeSolverPower(pool as SolverPool, whose));
  const node = await makeTestNode();
  const solver = define(node);
  const powers = { solver };
  const one = (await node.makeVat({ module, label: 'one', powers })) as Facet<Asking>;
  const two = (await node.makeVat({ module, label: 'two', powers })) as Facet<Asking>;
  const inList = { solvers: [solver] };
  const three = (await node.makeVat({ module, label: 'three', powers: inList })) as Facet<Asking>;
  for (const asking of [one, two, one, three]) await E(asking).askText('');
  await solver.solve('');
  assert.equal(new Set(callers).size, 4);
  assert.equal(callers[2], callers[0]);
  const [of] = callers;
  node.setProgram(one);
  await node.settled();
  await node.stop();

  callers.length = 0;
  const again = await makeTestNode({ storage: node.storage, secrets: node.secrets });
  define(again);
  await E(again.getProgram() as Facet<Asking>).askText('');
  assert.deepEqual(callers, [of]);
  await again.stop();
});

test('a power of each has a name of letters', async () => {
  const node = await makeTestNode();
  assert.throws(() => node.definePowerOfEach('a.b', () => ({})), /a name has letters/);
  await node.stop();
});
