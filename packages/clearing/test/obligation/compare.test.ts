import {
  agree,
  assertSame,
  items,
  lockOf,
  makeBook,
  makePair,
  next,
  ok,
  refusedAs,
  sideOf,
} from './fixture.ts';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { differenceOf, isPage } from '@pocas/clearing/halves';
import type { Own } from '@pocas/clearing/halves';
import type { SharedState } from '@pocas/clearing/obligation';
import type { Side } from './fixture.ts';

const compare = async (side: Side, node: { rest(): Promise<void> }) => {
  ok(await E(side.keeper).compare(next()));
  await node.rest();
  return E(side.keeper).differences();
};

test('where all is well a comparison finds nothing, over several pages', async () => {
  const pair = await makePair({ openProposals: 200n });
  const { node, ana, beto } = pair;
  for (let i = 0; i < 120; i += 1) {
    ok(await E(ana.keeper).propose('from', 5n, 'MXN', 1n, `no ${i}`, next()));
  }
  await node.rest();
  const asked = await items(beto, 'asked');
  assert.equal(asked.length, 30, 'a page shows the newest');
  for (const { obligation } of asked) ok(await E(obligation).accept(next()));
  await node.rest();
  assert.deepEqual(await compare(ana, node), { phase: 'done', differences: [] });
  assert.deepEqual(await compare(beto, node), { phase: 'done', differences: [] });
  assert.equal((await E(ana.keeper).view()).compared, 'done');
  await node.stop();
});

test('a coordinator that told two stories is found out, and the creditor mends it', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { ours, theirs } = await agree(pair, 'from', 100n);
  const { origin } = await E(ours).view();
  const atAna = await lockOf(ana, origin, 'tag', 60n);
  const atBeto = await lockOf(beto, origin, 'tag', 60n);
  // One is told to settle, the other to release.
  await E(atAna).apply(60n);
  assert.deepEqual((await compare(ana, node)).differences[0]!.kind, 'underWay');
  await E(atBeto).release();
  for (const side of [ana, beto]) {
    const { phase, differences } = await compare(side, node);
    assert.equal(phase, 'done');
    assert.equal(differences.length, 1);
    const [{ kind, what, here, there }] = differences as [(typeof differences)[0]];
    assert.deepEqual([kind, what], ['differs', 'bread']);
    assert.deepEqual([here!.amount, there!.amount].toSorted(), [100n, 40n]);
  }
  // The debtor cannot lower it; the creditor takes the smaller of both.
  refusedAs(await E(ana.keeper).mend(origin, next()), 'unsupported');
  ok(await E(beto.keeper).mend(origin, next()));
  await node.rest();
  const { amount, version } = await assertSame(ours, theirs);
  assert.deepEqual([amount, version], [40n, 3n]);
  assert.deepEqual((await compare(ana, node)).differences, []);
  refusedAs(await E(beto.keeper).mend(origin, next()), 'notYet');
  await node.stop();
});

test('what changed since the comparison is not mended by it', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { ours, theirs } = await agree(pair, 'from', 100n);
  const { origin } = await E(ours).view();
  await E(await lockOf(ana, origin, 'tag', 60n)).apply(60n);
  await compare(beto, node);
  ok(await E(theirs).forgive(10n, next()));
  refusedAs(await E(beto.keeper).mend(origin, next()), 'stale');
  await node.stop();
});

test('what differs, what is only on one side, and what may be under way', () => {
  const state = (more: Partial<SharedState>): SharedState => ({
    ...{ origin: 'a', kind: 'obligation', phase: 'agreed', version: 1n, amount: 5n },
    ...{ locked: false },
    ...more,
  });
  const own = (more: Partial<Own>): Own => ({ ...state({}), spoken: false, what: 'x', ...more });
  const kindOf = (here?: Own, there?: SharedState) => differenceOf(here, there)?.kind;
  assert.equal(kindOf(own({}), undefined), 'unknownThere');
  assert.equal(kindOf(own({ spoken: true }), undefined), 'underWay');
  assert.equal(kindOf(undefined, state({})), 'unknownHere');
  assert.equal(kindOf(own({ amount: 4n, version: 2n }), state({})), 'differs');
  assert.equal(kindOf(own({ version: 2n }), state({})), 'differs');
  assert.equal(kindOf(own({ amount: 4n, version: 2n, spoken: true }), state({})), 'underWay');
  assert.equal(kindOf(own({ amount: 4n, locked: true }), state({})), 'underWay');
  assert.equal(kindOf(own({ amount: 4n }), state({ locked: true })), 'underWay');
  assert.equal(kindOf(own({}), state({ phase: 'proposed' })), 'differs');
  assert.equal(kindOf(own({ kind: 'line' }), state({})), 'differs');
  // Nothing left, or not agreed on either side: no difference.
  assert.equal(kindOf(own({ amount: 0n, version: 4n }), undefined), undefined);
  assert.equal(kindOf(own({ amount: 0n, version: 4n }), state({ amount: 0n })), undefined);
  assert.equal(kindOf(own({ phase: 'asked' }), state({ phase: 'proposed' })), undefined);
  assert.equal(kindOf(own({ phase: 'over' }), undefined), undefined);
  assert.equal(kindOf(undefined, state({ phase: 'over' })), undefined);
  assert.equal(kindOf(own({}), state({})), undefined);
  assert.ok(isPage('', [state({ origin: 'a' }), state({ origin: 'b' })]));
  assert.ok(!isPage('a', [state({ origin: 'a' })]));
});

test('before two have met nothing is compared, proposed or offered', async () => {
  const node = await makeTestNode({ print: () => {} });
  const bench = await makeBook(node, 'ana');
  ok(await E(await E(bench).counterparties()).introduce('Beto', next()));
  const { keeper, inside } = await sideOf(bench);
  refusedAs(await E(keeper).compare(next()), 'notYet');
  refusedAs(await E(keeper).propose('from', 1n, 'MXN', 1n, 'x', next()), 'notYet');
  refusedAs(await E(keeper).offerLine(1n, 'MXN', 1n, 'x', next()), 'notYet');
  await assert.rejects(E(inside).tell('round', 'x'), /has not been met yet/);
  await node.stop();
});
