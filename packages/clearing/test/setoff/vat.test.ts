import { makeTestNode } from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { type Network, packSolution, solveProblem, unpackProblem } from '@pocas/clearing/setoff';
import type { Facet } from '@pocas/vat-runtime';
import type { Checker } from './checker-vat.ts';

// The compiled tests lie in dist/test/setoff; the vat is bundled from its source.
const source = fileURLToPath(new URL('../../../test/setoff/checker-vat.ts', import.meta.url));

test('in a vat, where there are no typed arrays, all but solving is done', async () => {
  const node = await makeTestNode();
  const checker = (await node.makeVat({ module: source, label: 'checker' })) as Facet<Checker>;
  assert.equal(await E(checker).hasTypedArrays(), false);
  const network: Network = {
    obligations: [
      { origin: '1', debtor: 'A', creditor: 'B', amount: 100n },
      { origin: '2', debtor: 'B', creditor: 'C', amount: 80n, priority: 1n },
      { origin: '3', debtor: 'C', creditor: 'A', amount: 70n, due: 5n },
    ],
    lines: [{ origin: '4', lender: 'C', borrower: 'A', limit: 5n }],
  };
  const solve = (packed: string) => packSolution(solveProblem(unpackProblem(packed)));
  const solution = solve(await E(checker).ask(network));
  const heard = await E(checker).hear(network, solution);
  assert.deepEqual(heard, {
    ...{ faults: [], rows: [], total: 220n, components: 3, loops: 2, sentences: 7 },
  });
  const payments = solve(await E(checker).askPayments(network, solution));
  assert.deepEqual(await E(checker).hearPayments(network, solution, payments), {
    total: 30n,
    none: 0n,
  });
  await assert.rejects(
    E(checker).hear(network, solution.replace('75', '76')),
    /Cannot use a solution: participant 0 loses 1 more/,
  );
  await node.stop();
});
