import { entriesOf, items, lockOf, makePair, next, ok, sideOf } from './fixture.ts';
import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { ObligationView } from '@pocas/clearing/obligation';
import type { Facet } from '@pocas/vat-runtime';
import type { Bench } from './book-vat.ts';
import type { Pair, Side } from './fixture.ts';

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];

/** A store that remembers its batches, so that a test can go back to any of them. */
const makeRecordingStorage = () => {
  const storage = makeMemoryStorage();
  const batches: Rows[] = [];
  const write = (rows: Rows) => {
    batches.push(rows);
    return storage.write(rows);
  };
  return { storage: { ...storage, write }, batches };
};

/** All that can happen to obligations and lines, some of it at the same time on both sides. */
const live = async ({ node, ana, beto }: Pair): Promise<void> => {
  const { obligation: ours } = ok(
    await E(ana.keeper).propose('from', 100n, 'MXN', 1n, 'rent', next()),
  );
  const { line } = ok(await E(beto.keeper).offerLine(50n, 'MXN', 9n, 'flour', next()));
  const { obligation: regretted } = ok(
    await E(ana.keeper).propose('to', 3n, 'MXN', 1n, 'regretted', next()),
  );
  await node.rest();
  const asked = await items(beto, 'asked');
  const theirs = asked.find(({ what }) => what === 'rent').obligation;
  const same = asked.find(({ what }) => what === 'regretted').obligation;
  const [{ line: borrower }] = await items(ana, 'asked');
  await Promise.all([
    E(theirs).accept(next()),
    E(borrower).accept(next()),
    E(regretted).withdraw(next()),
    E(same).accept(next()),
  ]);
  await node.rest();
  await Promise.all([
    E(ours).paid(30n, next()),
    E(theirs).received(20n, next()),
    E(borrower).draw(40n, 'flour', 2n, next()),
    E(line).lower(45n, next()),
  ]);
  await node.rest();
  await Promise.all([E(theirs).forgive(5n, next()), E(ours).paid(10n, next())]);
  await Promise.all([E(ours).retract(next()), E(theirs).deny(next())]);
  await node.rest();
  const { origin } = await E(ours).view();
  const [atAna, atBeto] = [
    await lockOf(ana, origin, 'tag', 60n),
    await lockOf(beto, origin, 'tag', 60n),
  ];
  await Promise.all([E(atAna).apply(60n), E(atBeto).apply(60n)]);
  await Promise.all([E(theirs).forgive(15n, next()), E(line).end(next())]);
  await node.rest();
};

const openOf = async (side: Side): Promise<Map<string, ObligationView>> => {
  const views = (await items(side, 'open')).map(({ obligation }) => E(obligation).view());
  return new Map((await Promise.all(views)).map((view: ObligationView) => [view.origin, view]));
};

/** What a journal says of reductions: without whose words they were, and in no order. */
const reductionsOf = async (side: Side): Promise<string[]> =>
  (await entriesOf(side))
    .filter(({ kind }) => /^obligation\.(paid|forgiven|setoff)$/.test(kind))
    .map(({ kind, facts }) => {
      const { origin, value } = facts as { origin: string; value: bigint };
      return `${kind} ${origin} ${value}`;
    })
    .toSorted();

test('a node that is killed after any write has both halves alike when it comes back', async () => {
  const { storage, batches } = makeRecordingStorage();
  const pair = await makePair({}, { storage });
  await pair.node.settled();
  const start = batches.length;
  await live(pair);
  await pair.node.settled();
  const end = batches.length;
  assert.deepEqual(await reductionsOf(pair.ana), await reductionsOf(pair.beto));
  assert.equal((await reductionsOf(pair.ana)).length, 4);
  await pair.node.stop();
  assert.ok(end - start > 40, `${end - start} batches`);

  for (let count = start; count <= end; count += 1) {
    const rebuilt = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await rebuilt.write(rows);
    const { secrets } = pair.node;
    const node = await makeTestNode({ print: () => {}, storage: rebuilt, secrets });
    await node.rest();
    const kept = node.getProgram() as { ana: Facet<Bench>; beto: Facet<Bench> };
    const [ana, beto] = [await sideOf(kept.ana), await sideOf(kept.beto)];
    const [here, there] = [await openOf(ana), await openOf(beto)];
    assert.deepEqual([...here.keys()].toSorted(), [...there.keys()].toSorted());
    for (const [origin, one] of here) {
      const other = there.get(origin)!;
      // A round is told to each side by itself: that is its coordinator's to finish.
      const parted = Math.abs(Number(one.version - other.version));
      if (parted === 1 && one.amount - other.amount === 60n) continue;
      if (parted === 1 && other.amount - one.amount === 60n) continue;
      assert.deepEqual(
        [one.amount, one.version, one.stated?.value],
        [other.amount, other.version, other.stated?.value],
        `after ${count - start} batches`,
      );
    }
    const phases = (side: Side) => E(side.keeper).view();
    const [a, b] = [await phases(ana), await phases(beto)];
    assert.deepEqual([a.trouble, b.trouble], [false, false]);
    assert.equal(a.lines.length, b.lines.length);
    assert.equal(a.asked.length, b.proposed.length);
    assert.equal(a.proposed.length, b.asked.length);
    await node.stop();
  }
});
