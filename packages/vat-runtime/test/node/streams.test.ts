import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { until } from './nodes.ts';
import {
  type Any,
  type PairNode,
  type Place,
  type Rows,
  logHas,
  makePair,
  makePlace,
  makeSender,
  programOf,
  startAt,
} from './pair.ts';
import { defaultQuotas } from '#src/vat/quotas.js';

const leftOf = async (node: PairNode) => [
  ...(await node.rows('out/')),
  ...(await node.rows('ask/')),
];

test('a send to a vat of another node happens once, and its answer comes back', async () => {
  const { a, b, atA, atB, toB } = await makePair();
  await E(atA).say(toB, 'hello');
  assert.deepEqual(await logHas(atA, 1), ['fulfilled hello hello']);
  assert.deepEqual(await E(atB).log(), ['hello']);
  await E(atA).call(toB, 'fail', [], 'ctx');
  assert.match((await logHas(atA, 2))[1]!, /^rejected thrown ctx/);
  // A reference crosses as itself, in both directions.
  await E(atA).call(toB, 'keep', [atA]);
  await logHas(atA, 3);
  assert.equal(await E(toB).kept(), atA);
  await until(() => a.counts().waitingBytes === 0 && b.counts().waitingBytes === 0);
  await b.settled();
  await a.settled();
  assert.deepEqual([await leftOf(a), await leftOf(b)], [[], []]);
  await a.stop();
  await b.stop();
});

test('sends are carried out in order, once each, whatever is cut in between', async () => {
  const { a, b, atA, atB, toB } = await makePair();
  const count = 400;
  for (let i = 0; i < count; i += 20) {
    await E(atA).sayMany(toB, i, i + 20);
    if (i % 60 === 0) a.cut();
    if (i % 80 === 0) b.cut();
  }
  const log = await logHas(atB, count);
  assert.deepEqual(
    log,
    Array.from({ length: count }, (_, i) => `${i}`),
  );
  await a.stop();
  await b.stop();
});

test('what was sent waits while the other node is down, and both may restart', async () => {
  const { places, a, b, atA, toB } = await makePair();
  const rowsB = await b.crash();
  await E(atA).say(toB, 'one');
  await E(atA).say(toB, 'two');
  await a.settled();
  const rowsA = await a.crash();
  const b2 = await startAt(places[1], rowsB);
  const a2 = await startAt(places[0], rowsA);
  assert.deepEqual(await logHas(programOf(b2).own, 2), ['one', 'two']);
  assert.deepEqual(await logHas(programOf(a2).own, 2), ['fulfilled one one', 'fulfilled two two']);
  await a2.stop();
  await b2.stop();
});

test('a message that arrives too late is answered as expired, and the stream goes on', async () => {
  const { places, a, b, atA, toB } = await makePair();
  const rowsB = await b.crash();
  await E(atA).say(toB, 'late', { notAfter: BigInt(Date.now() - 1000) });
  await E(atA).say(toB, 'in time', { notAfter: BigInt(Date.now() + 600_000) });
  const b2 = await startAt(places[1], rowsB);
  const [late, inTime] = await logHas(atA, 2);
  assert.match(late!, /^rejected expired late: it came after/);
  assert.equal(inTime, 'fulfilled in time in time');
  assert.deepEqual(await E(programOf(b2).own).log(), ['in time']);
  await a.stop();
  await b2.stop();
});

test('a message to what a node had from a third one arrives there, and its answer comes back', async () => {
  const { a, b, toB } = await makePair();
  const c = await startAt(makePlace());
  const atC = await makeSender(c, 'c');
  // A hands out what it has from B.
  const atA = programOf(a).own;
  await E(atA).keep(toB);
  const throughA = await E(
    (await E(c.enlivener).enliven(a.grantor.sturdy(atA as object))) as Any,
  ).kept();
  await E(atC).keep(throughA);
  await E(atC).say(throughA, 'from afar');
  assert.deepEqual(await logHas(atC, 1), ['fulfilled from afar from afar']);
  assert.deepEqual(await E(toB).log(), ['from afar']);
  for (const node of [a, b, c]) await node.stop();
});

test('an object that a message hands on is its owner’s own: it is sent to when the one between is gone', async () => {
  const { a, b, atA, atB, toB } = await makePair();
  const c = await startAt(makePlace());
  const atC = await makeSender(c, 'c');
  const toC = (await E(a.enlivener).enliven(c.grantor.sturdy(atC as object))) as Any;
  await E(atA).call(toB, 'keep', [toC], 'handed on');
  await logHas(atA, 1);
  await a.stop();
  const kept = await E(atB).kept();
  await E(atB).say(kept, 'without a');
  assert.deepEqual(await logHas(atB, 1), ['fulfilled without a without a']);
  assert.deepEqual(await E(atC).log(), ['without a']);
  await b.stop();
  await c.stop();
});

test('messages of which a vat will hear nothing are counted until they have arrived', async () => {
  const { places, a, b } = await makePair();
  const rowsB = await b.crash();
  const rowsA = await a.crash();
  const a2 = await startAt(places[0], rowsA, {
    quotasOf: () => ({ ...defaultQuotas, maxOpenSends: 50 }),
  });
  const { own, far } = programOf(a2);
  await E(own).sayMany(far, 0, 50);
  await assert.rejects(E(own).sayMany(far, 50, 51), /quota of sends that wait for others/);
  // They are counted anew after a restart.
  const a3 = await startAt(places[0], await a2.crash(), {
    quotasOf: () => ({ ...defaultQuotas, maxOpenSends: 50 }),
  });
  const again = programOf(a3);
  await assert.rejects(E(again.own).sayMany(again.far, 50, 51), /quota of sends that wait/);
  const b2 = await startAt(places[1], rowsB);
  await logHas(programOf(b2).own, 50);
  await until(() => a3.peers.list()[0]!.waiting === 0);
  await E(again.own).sayMany(again.far, 50, 51);
  await logHas(programOf(b2).own, 51);
  await a3.stop();
  await b2.stop();
});

/** Payments both ways, while the disk of one of the two fails at a write. */
const payWhileFailing = async (
  places: readonly [Place, Place],
  rows: readonly [Rows, Rows],
  which: 0 | 1,
  write: number,
  when: 'before' | 'after',
): Promise<boolean> => {
  const nodes = [await startAt(places[0], rows[0]), await startAt(places[1], rows[1])];
  const failing = nodes[which]!;
  const first = failing.disk.writes();
  failing.disk.failAt(first + write, Error('the disk failed'), when);
  const [a, b] = nodes.map((node) => programOf(node!));
  // A caller hears nothing of what was not written.
  for (let i = 0; i < 3; i += 1) {
    void E(a!.own)
      .pay(a!.far, 1n)
      .catch(() => {});
    void E(b!.own)
      .pay(b!.far, 10n)
      .catch(() => {});
  }
  await until(() => failing.fatal.length > 0 || failing.disk.writes() > first + 60, 400).catch(
    () => {},
  );
  const hasFailed = failing.fatal.length > 0;
  nodes[which] = await startAt(places[which], await failing.crash());
  const [again, other] = nodes as [PairNode, PairNode];
  const isAtRest = async () => {
    for (const node of [again, other]) {
      if ((await leftOf(node)).length > 0 || (await node.rows('in/')).length > 0) return false;
    }
    return true;
  };
  for (let i = 0; !(await isAtRest()); i += 1) {
    if (i > 800) throw Error(`Cannot go on: ${which} failed ${when} write ${write}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const balances = [
    await E(programOf(again).own).balance(),
    await E(programOf(other).own).balance(),
  ];
  const [x, y] = balances as [bigint, bigint];
  assert.equal(x + y, 2000n, `${which} failed ${when} write ${write}`);
  const answers = async (node: PairNode) =>
    ((await E(programOf(node).own).log()) as string[]).filter((line) => /^(ful|rej)/.test(line));
  // What was paid was answered, once each.
  assert.ok([...(await answers(again)), ...(await answers(other))].length <= 6);
  await again.stop();
  await other.stop();
  return hasFailed;
};

for (const when of ['before', 'after'] as const) {
  test(`whatever write of either node fails, ${when} it is on disk, what is paid arrives once`, async () => {
    const { places, a, b } = await makePair();
    const rows = [await a.crash(), await b.crash()] as const;
    for (const which of [0, 1] as const) {
      let failed = 0;
      for (let write = 1; write <= 6; write += 1) {
        if (await payWhileFailing(places, rows, which, write, when)) failed += 1;
      }
      assert.ok(failed > 3, `${failed} writes failed`);
    }
  });
}
