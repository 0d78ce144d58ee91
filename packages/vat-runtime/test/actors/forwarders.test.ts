import { type Any, type Bench, T, rest, restart, startBench } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

let bench: Bench;
let echo: Any;
let log: Any;
before(async () => {
  bench = await startBench({ vat: 'forwarders' });
  ({ echo, log } = await E(bench.roots['vat']).both());
});
after(() => bench.node.stop());

test('a forwarder takes any message, from outside and from its own vat, and nothing else of it can be reached', async () => {
  assert.deepEqual(await E(echo).anything(1n, 'x'), ['anything', 1n, 'x']);
  assert.deepEqual(await E(echo).toString(), ['toString']);
  assert.deepEqual(await E(log).getProperty(), ['x', 1n]);
  // Its iface, and nothing of the handler.
  assert.ok((await E(log).look()) <= 1);
  await assert.rejects(Promise.resolve((E as Any).get(echo).x));
});

test('what a forwarder does with a message is a turn', async () => {
  const before = await E(log).read();
  await assert.rejects(E(echo).fail(), /as asked/);
  assert.deepEqual(await E(log).read(), before);
});

test('a message is passed on in its turn or not at all, and to objects only', async () => {
  await E(echo).keep();
  await assert.rejects(E(log).passLate(), /its turn is over/);
  await assert.rejects(E(echo).passThroughText(), /"through" is not a facet/);
  await assert.rejects(E(echo).passNearOdd(), /no such method/);
  await assert.rejects(E(echo).passToNothing());
  await assert.rejects(E(echo).passToText());
});

test('a timer may wake a forwarder, and an answer may go to one', async () => {
  await E(log).wakeEcho(T + 10n);
  await E(log).sendWithEcho(log);
  bench.time.pass(10);
  await rest(bench);
  const methods = (await E(log).read()).map(([method]: Any) => method);
  assert.ok(methods.includes('wake') && methods.includes('fulfilled'));
  assert.deepEqual(
    bench.lines.filter((line) => /timer|answer/.test(line)),
    [],
  );
});

test('identities differ between objects, stay over a restart, and belong to references only', async () => {
  const values = [echo, log, bench.roots['vat']];
  const texts = await E(log).identities(values);
  assert.equal(new Set(texts).size, 3);
  await assert.rejects(E(log).identities([5n]), /not a reference/);
  await assert.rejects(E(log).identities([[log]]), /not a reference/);
  bench = await restart(bench);
  ({ echo, log } = await E(bench.roots['vat']).both());
  assert.deepEqual(await E(log).identities([echo, log, bench.roots['vat']]), texts);
  assert.deepEqual(await E(echo).again(), ['again']);
});
