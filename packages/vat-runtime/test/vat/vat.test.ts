import { makeDouble, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';

const module = fileURLToPath(new URL('../../../test/fixtures/counter.ts', import.meta.url));

test('a vat answers, a throw undoes its turn, a caught throw undoes the callee only', async () => {
  const node = await makeTestNode();
  const counter = (await node.makeVat({ module, label: 'counter', params: { start: 5n } })) as any;
  assert.equal(await E(counter).get(), 5n);
  assert.equal(await E(counter).add(3n), 8n);
  await assert.rejects(E(counter).addThenFail(1n), /as asked/);
  assert.equal(await E(counter).get(), 8n);
  assert.deepEqual(await E(counter).entries(), []);
  assert.equal(await E(counter).addTwiceWithFailure(1n, 100n), 9n);
  assert.deepEqual(await E(counter).entries(), []);
  await node.stop();
});

const makeCounter = async (start = 0n) => {
  const node = await makeTestNode();
  const counter = (await node.makeVat({ module, label: 'counter', params: { start } })) as any;
  return { node, counter };
};

test('what a failed turn wanted to send is not sent', async () => {
  const { node, counter } = await makeCounter();
  const other = (await node.makeVat({ module, label: 'other', params: { start: 1n } })) as any;
  assert.equal(await E(counter).tell(other, 'get', false), 1n);
  await assert.rejects(E(counter).tell(other, 'self', true), /after sending/);
  await node.stop();
});

test('state written after an await is refused with a hint', async () => {
  const { node, counter } = await makeCounter(1n);
  await assert.rejects(E(counter).later(), /no turn is running; after an await, call a method/);
  assert.equal(await E(counter).get(), 1n);
  await node.stop();
});

test('state refuses what does not last, and names the property', async () => {
  const { node, counter } = await makeCounter();
  await assert.rejects(
    E(counter).keep(Promise.resolve(1)),
    /Cannot store "kept" of "Counter": a promise/,
  );
  await node.stop();
});

test('objects, references and collections survive a restart with their identity', async () => {
  const { node, counter } = await makeCounter(2n);
  const other = (await node.makeVat({ module, label: 'other', params: { start: 40n } })) as any;
  await E(counter).keep(other);
  await E(counter).put('b', 2n);
  await E(counter).put('a', await E(counter).make());
  node.setProgram({ counter, other });
  await node.stop();

  const again = await makeTestNode({ storage: node.storage, secrets: node.secrets });
  const program = again.getProgram() as any;
  assert.equal(await E(program.counter).get(), 2n);
  assert.equal(await E(program.counter).kept(), program.other);
  const entries = await E(program.counter).entries();
  assert.deepEqual(
    entries.map(([key]: [string]) => key),
    ['a', 'b'],
  );
  assert.equal(await E(entries[0][1]).add(1n), 1n);
  assert.equal(await E(E(program.counter).kept()).get(), 40n);
  await again.stop();
});

test('changed settles at once for an old version, and later for the current one', async () => {
  const { node, counter } = await makeCounter();
  const version = await E(counter).next(undefined);
  let settled = false;
  const next = E(counter)
    .next(version)
    .then((now: string) => {
      settled = true;
      return now;
    });
  await E(counter).get();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(settled, false);
  await E(counter).add(1n);
  assert.notEqual(await next, version);
  await node.stop();
});

test('a facet has only its own methods', async () => {
  const { node, counter } = await makeCounter(7n);
  const { reader } = await E(counter).self();
  assert.equal(await E(reader).get(), 7n);
  await assert.rejects(E(reader).add(1n), /no such method/);
  await assert.rejects(E(reader).toString(), /no such method/);
  await assert.rejects(E(reader).constructor(), /no such method/);
  assert.equal((await E(reader).__describe__()).label.es, 'Cuenta');
  await assert.rejects(E(counter).add('1'), /string/);
  await node.stop();
});

test('a turn whose answer or message cannot leave is undone', async () => {
  const { node, counter } = await makeCounter(1n);
  const witness = makeDouble('Witness', { take: () => {} });
  // A guard sees to what is not passable at all; the rest is seen to before the turn is committed.
  const refused = /^Cannot (?:send|pass)|answer is not what its guard promises|passStyle/;
  for (const what of ['map', 'long', 'deep', 'wide', 'set']) {
    const message = refused;
    await assert.rejects(E(counter).addAndAnswer(10n, what), { message });
    await assert.rejects(E(counter).addAndTell(10n, witness, what), { message });
  }
  assert.equal(await E(counter).get(), 1n);
  await node.stop();
});
