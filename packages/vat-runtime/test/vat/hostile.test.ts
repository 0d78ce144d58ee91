import { makeDouble, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/${name}.ts`, import.meta.url));

// What a vat answers is of any kind here.
type Any = any;

const withHostile =
  (body: (hostile: Any, makeAnother: () => Promise<Any>, counter: Any) => Promise<void>) =>
  async () => {
    const node = await makeTestNode();
    const makeAnother = () => node.makeVat({ module: fixture('hostile'), label: 'hostile' });
    const counter = await node.makeVat({
      module: fixture('counter'),
      label: 'victim',
      params: { start: 7n },
    });
    await body(await makeAnother(), makeAnother, counter);
    assert.equal(await E(counter as Any).get(), 7n);
    await node.stop();
  };

test(
  'a vat finds no host authority by name',
  withHostile(async (hostile) => {
    assert.deepEqual(await E(hostile).look(), []);
    const globals = (await E(hostile).globals()) as string[];
    for (const name of ['process', 'fetch', 'setTimeout', 'WeakRef', 'SharedArrayBuffer', 'Intl']) {
      assert.equal(globals.includes(name), false, name);
    }
  }),
);

test(
  'a vat has no clock, no chance, no stack and no locale',
  withHostile(async (hostile) => {
    for (const [what, found] of Object.entries(await E(hostile).ambient())) {
      assert.match(found as string, /^threw/, what);
    }
  }),
);

test(
  'a vat cannot evaluate text outside its compartment, nor make another, nor import',
  withHostile(async (hostile) => {
    for (const [what, found] of Object.entries(await E(hostile).evaluate())) {
      assert.match(found as string, /^threw/, what);
    }
  }),
);

test(
  'nothing that vats share can be changed, whichever way it is reached',
  withHostile(async (hostile) => {
    assert.deepEqual(await E(hostile).mutate(), []);
    assert.deepEqual(await E(hostile).loose(), []);
  }),
);

test(
  'two vats on one thread have no channel but their references',
  withHostile(async (hostile, makeAnother, counter) => {
    const other = await makeAnother();
    assert.deepEqual(await E(hostile).channel('c', counter), []);
    assert.deepEqual(await E(other).channel('c', counter), []);
    assert.deepEqual(await E(hostile).channel('c', counter), []);
  }),
);

test(
  'an argument from another vat is a presence without anything on it',
  withHostile(async (hostile, _makeAnother, counter) => {
    const found = (await E(hostile).walk(counter, makeDouble('Mine', {}))) as Record<
      string,
      string
    >;
    const { keys, prototype, rest, ...attempts } = found;
    assert.equal(keys, '');
    assert.equal(prototype, 'Symbol(Symbol.toStringTag),Symbol(passStyle)');
    assert.equal(rest, 'remotable');
    for (const [what, result] of Object.entries(attempts)) assert.match(result, /^threw/, what);
  }),
);

test(
  'what looks like a reference is none: copies, proxies, thenables, texts',
  withHostile(async (hostile) => {
    const { text, ...forged } = (await E(hostile).forge(makeDouble('Mine', {}))) as Record<
      string,
      string
    >;
    for (const [what, result] of Object.entries(forged)) assert.match(result, /^threw/, what);
    // Text that is like the rows of the store is text.
    assert.equal(text, 'got string');
    for (const words of [
      '"-d1"',
      '{"body":"#\\"$0\\"","slots":["-d1"]}',
      '$0',
      '!x',
      '-d1',
      'd1.hostile',
    ]) {
      assert.equal(await E(hostile).steal(words), words);
    }
  }),
);

test(
  'an error from elsewhere carries its redacted message and no stack',
  withHostile(async (hostile) => {
    const thrower = makeDouble('Thrower', {
      fail: () => {
        throw Error('inside');
      },
    });
    const { message, stack, loose } = (await E(hostile).error(thrower)) as Any;
    assert.deepEqual([message, stack, loose], ['inside', '', 0]);
    await assert.rejects(E(hostile).throwing('hidden'), /^Error: public "shown" and \(a string\)$/);
  }),
);
