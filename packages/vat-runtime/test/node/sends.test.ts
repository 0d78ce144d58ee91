import {
  type TestNode,
  type TestNodeOptions,
  makeFaultyStorage,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
  makeDouble,
} from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { rowChecksum, sha256 } from '#src/machine/integrity.js';
import { openStore } from '#src/store/open-store.js';
import { defaultQuotas } from '#src/vat/quotas.js';

type Any = any;

const module = fileURLToPath(new URL('../../../test/fixtures/sender.ts', import.meta.url));

const makeSender = (node: TestNode, label: string, balance = 0n): Promise<Any> =>
  node.makeVat({
    module,
    label,
    powers: { clock: node.clock, timer: node.timer },
    params: { balance },
  }) as Promise<Any>;

const makePair = async (options: TestNodeOptions = {}) => {
  const lines: string[] = [];
  const node = await makeTestNode({ print: (line) => void lines.push(line), ...options });
  const a = await makeSender(node, 'a', 100n);
  const b = await makeSender(node, 'b');
  node.setProgram({ a, b });
  return { node, a, b, lines };
};

/** Ends a node and starts it anew over the same rows. */
const restart = async (node: TestNode, options: TestNodeOptions = {}) => {
  await node.stop();
  const again = await makeTestNode({ ...options, storage: node.storage, secrets: node.secrets });
  return { node: again, ...(again.getProgram() as { a: Any; b: Any }) };
};

test('a send happens once, its answer comes as a turn of the facet that was named', async () => {
  const { node, a, b } = await makePair();
  await E(a).say(b, 'hello');
  await node.rest();
  assert.deepEqual(await E(b).log(), ['hello']);
  assert.deepEqual(await E(a).log(), ['fulfilled hello hello']);
  // Nothing is left over of it.
  const left = (await node.storage.list('')).filter(([key]) => /^in\/|^v\/\d+\/a\//.test(key));
  assert.deepEqual(left, []);
  await node.stop();
});

test('sends from one vat to another are carried out in order, across turns', async () => {
  const { node, a, b } = await makePair();
  await Promise.all(Array.from({ length: 10 }, (_, i) => E(a).sayMany(b, 20 * i, 20 * (i + 1))));
  await node.rest();
  assert.deepEqual(
    await E(b).log(),
    Array.from({ length: 200 }, (_, i) => `${i}`),
  );
  await node.stop();
});

test('a turn that is undone has sent nothing and set no timer, nor has a call whose throw was caught', async () => {
  const { node, a, b } = await makePair();
  await assert.rejects(E(a).sayThenFail(b), /as asked/);
  await E(a).sayWithCaughtFailure(b);
  await node.rest();
  assert.deepEqual(await E(b).log(), ['first', 'second']);
  assert.deepEqual(await E(a).log(), []);
  const left = (await node.storage.list('')).filter(([key]) => /timer|\/[at]\//.test(key));
  assert.deepEqual(left, []);
  await node.stop();
});

test('a vat may send to itself', async () => {
  const { node, a } = await makePair();
  await E(a).say(a, 'note to self');
  await node.rest();
  assert.deepEqual(await E(a).log(), ['note to self', 'fulfilled note to self note to self']);
  await node.stop();
});

test('what cannot be carried out is answered as a failure, and the target’s turn is undone', async () => {
  const { node, a, b } = await makePair();
  await E(b).take(5n);
  await E(a).call(b, 'fail', [], 'x');
  await E(a).call(b, 'noSuchMethod', [], 'y');
  await E(a).call(b, 'toString', [], 'z');
  await E(a).call(b, 'never', [], 'p');
  await E(a).call(b, 'later', [], 'q');
  await node.rest();
  assert.deepEqual(await E(a).log(), [
    'rejected thrown x: not today',
    'rejected thrown y: the object has no such method',
    'rejected thrown z: the object has no such method',
    'rejected unsupported p: the method answered with a promise that did not settle at once',
    'fulfilled later q',
  ]);
  assert.equal(await E(b).balance(), 5n);
  await node.stop();
});

test('what does not last cannot be sent, and only in a turn', async () => {
  const { node, a, b } = await makePair();
  await assert.rejects(E(a).sayPromise(b), /Cannot store an argument of "note": a promise/);
  await assert.rejects(E(a).sendToPromise(b), /Cannot store the target of "note": a promise/);
  await assert.rejects(
    E(a).say(
      makeDouble('Passing', {
        note() {},
      }),
      'x',
    ),
    /Cannot store the target of "note": a reference that ends with its session/,
  );
  for (const none of ['text', [b], null]) {
    await assert.rejects(E(a).say(none, 'x'), /the target of "note": it is not a reference/);
  }
  await assert.rejects(E(a).sendAfterAwait(b), /Cannot send "note": no turn is running/);
  // Nor what is no name of a method: a thread could not hand it over.
  for (const which of [0, 1, 2, 3]) {
    await assert.rejects(E(a).callOddly(b, which), /the method is not a text/);
  }
  // The caller's own facets only: what waits for an answer is a facet of the vat.
  await node.rest();
  assert.deepEqual(await E(b).log(), []);
  await node.stop();
});

test('a send to a power of the node is answered as unsupported', async () => {
  const { node, a } = await makePair();
  await E(a).call(node.grantor, 'sturdy', [], 'g');
  await node.rest();
  assert.deepEqual(await E(a).log(), ['rejected unsupported g: the target is not in a vat']);
  await node.stop();
});

test('notAfter is decided where the message arrives, and the sender learns of it', async () => {
  const time = makeManualTime(1_000_000);
  const { node, a, b } = await makePair({ time });
  await E(a).say(b, 'in time', { notAfter: 1_000_000n });
  await node.rest();
  time.pass(1);
  await E(a).say(b, 'too late', { notAfter: 1_000_000n });
  await E(a).say(b, 'nobody asks', { notAfter: 1_000_000n, answer: false });
  await node.rest();
  assert.deepEqual(await E(b).log(), ['in time']);
  assert.deepEqual(await E(a).log(), [
    'fulfilled in time in time',
    'rejected expired too late: it came after 1000000',
  ]);
  await node.stop();
});

test('references travel in sends, and are the same objects at both ends', async () => {
  const { node, a, b } = await makePair();
  await E(a).call(b, 'keep', [{ a, b, power: node.grantor }]);
  await node.rest();
  const { node: again, a: a2, b: b2 } = await restart(node);
  const kept = await E(b2).kept();
  assert.equal(kept.a, a2);
  assert.equal(kept.b, b2);
  assert.equal(kept.power, again.grantor);
  await again.stop();
});

test('whatever is under way when the node ends is carried out once after it starts again', async () => {
  // A crash after every batch: what is on disk then is all that the next node finds.
  const { node } = await makePair();
  await node.settled();
  const snapshots: [string, string][][] = [];
  const { storage } = node;
  const original = storage.write.bind(storage);
  const recorded = {
    ...storage,
    async write(rows: Any) {
      await original(rows);
      snapshots.push((await storage.list('')).map(([key, value]) => [key, value]));
    },
  };
  await node.stop();
  const first = await makeTestNode({ storage: recorded, secrets: node.secrets });
  const program = first.getProgram() as { a: Any; b: Any };
  for (const value of [5n, 13n, 7n]) await E(program.a).pay(program.b, value);
  await E(program.a).say(program.b, 'done');
  await first.rest();
  await first.stop();
  assert.ok(snapshots.length >= 8, `${snapshots.length} batches`);

  for (const rows of snapshots) {
    const copy = makeMemoryStorage();
    await copy.write(rows);
    const again = await makeTestNode({ storage: copy, secrets: node.secrets });
    await again.rest();
    const { a: payer, b: payee } = again.getProgram() as { a: Any; b: Any };
    const [left, right] = [await E(payer).balance(), await E(payee).balance()];
    assert.equal(left + right, 100n);
    const log: string[] = await E(payer).log();
    const taken = log.filter((line) => /^fulfilled \d+ value/.test(line)).length;
    // As many answers as payments that left, each once.
    assert.ok([0n, 5n, 12n].includes(right), `${right}`);
    assert.equal(taken, right === 0n ? 0 : right === 5n ? 1 : 2);
    assert.equal(new Set(log).size, log.length);
    await again.stop();
  }
});

test('what the operator reads of a send that failed comes after its batch', async () => {
  const { node, a, lines } = await makePair();
  const faults = makeFaultyStorage(node.storage);
  await node.stop();
  const again = await makeTestNode({
    storage: faults.storage,
    secrets: node.secrets,
    print: (line) => void lines.push(line),
  });
  const { a: same } = again.getProgram() as { a: Any };
  await again.settled();
  faults.hold();
  const said = E(same).say(again.grantor, 'x', { answer: false }) as Promise<unknown>;
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(faults.held().length, 1);
  assert.deepEqual(lines, []);
  faults.release();
  await said;
  await again.rest();
  assert.match(lines.join(), /A send of "note" failed: the target is not in a vat/);
  await again.stop();
  void a;
});

test('lines that a vat prints are its own, and come when what they tell of is on disk', async () => {
  const { node, a, lines } = await makePair();
  await E(a).print('hello');
  await node.rest();
  assert.deepEqual(lines, ['[vat a] hello']);
  await node.stop();
});

test('a vat can hash a text', async () => {
  const { node, a } = await makePair();
  // FIPS 180-2, appendix B.1: SHA-256 of "abc".
  assert.equal(
    Buffer.from(await E(a).hash('abc'), 'base64url').toString('hex'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  await node.stop();
});

test('messages of which their sender hears nothing are counted while they wait, and then it sends no more', async () => {
  const options: TestNodeOptions = {
    quotasOf: () => ({ ...defaultQuotas, maxOpenSends: 3 }),
    print: () => {},
  };
  const { node: first } = await makePair(options);
  await first.stop();
  // The second vat is not run, so what is sent to it waits.
  const store = await openStore({
    storage: first.storage,
    anchor: undefined,
    hash: sha256,
    checksum: rowChecksum,
    onFailure: () => {},
  });
  store.stage([['suspended/2', 'for a test']]);
  await store.settled();
  const second = await restart(first, options);
  const mute = { answer: false };
  await E(second.a).sayMany(second.b, 0, 2);
  await assert.rejects(E(second.a).sayMany(second.b, 2, 4), /quota of sends that wait for others/);
  await E(second.a).say(second.b, '2', mute);
  const { node, a, b } = await restart(second.node, options);
  // Counted anew at the start; a turn that sends nothing passes.
  await assert.rejects(E(a).say(b, 'too much', mute), /quota of sends that wait for others/);
  await E(a).log();
  node.resumeVat('2');
  await node.rest();
  assert.deepEqual(await E(b).log(), ['0', '1', '2']);
  await E(a).say(b, 'again', mute);
  await node.rest();
  assert.deepEqual((await E(b).log()).at(-1), 'again');
  await node.stop();
});
