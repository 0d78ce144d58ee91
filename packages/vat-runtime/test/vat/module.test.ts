import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { rowChecksum } from '@pocas/vat-runtime/node';
import { digests } from '#src/machine/integrity.js';
import { makeCheckedStorage } from '#src/store/checked-storage.js';
import { compileModule } from '#src/vat/module.js';
import { makeVat } from '#src/vat/vat.js';

const counter = fileURLToPath(new URL('../../../test/fixtures/counter.ts', import.meta.url));

type Any = any;

/** Loads a module text into a vat of its own. @throws what loading throws */
const load = (text: string, rows: Record<string, string> = {}) =>
  makeVat({
    id: '1',
    module: compileModule(text, 'test'),
    read: (key) => rows[key],
    incarnation: 'i',
    makeConsole: () => ({}),
    digests,
    onOutput: () => {},
  });

const define = (definition: string) => `
  const { defineActor } = require('@pocas/vat-runtime');
  const { M } = require('@endo/patterns');
  const any = M.interface('I', { m: M.call().returns(M.any()) }, { defaultGuards: 'passable' });
  const definition = ${definition};
  defineActor(definition);
  exports.make = () => {};
`;
const withMethods = (methods: string, more = '') =>
  define(
    `{ name: 'A', state: {}, init: () => ({}), guards: { a: any }, facets: { a: { ${methods} } } ${more} }`,
  );

test('a method that gives control away is refused at its definition, unless it only reads', () => {
  for (const method of ['async m() {}', '*m() {}', 'async *m() {}', 'm: async () => {}']) {
    assert.throws(
      () => load(withMethods(method)),
      /Cannot define "A.a.m": async and generator methods must be listed in readOnly/,
    );
    load(withMethods(method, ", readOnly: ['a.m']"));
  }
  load(withMethods('m() {}'));
});

test('a definition that cannot work is refused, in words that say what is wrong', () => {
  for (const [text, reason] of [
    [
      define(`{ name: 'A', state: {}, init: () => ({}), guards: {}, facets: { a: { m() {} } } }`),
      /facet "a" has no guard/,
    ],
    [
      define(
        `{ name: 'A', state: {}, init: () => ({}), guards: { a: any, b: any }, facets: { a: { m() {} } } }`,
      ),
      /guard "b" guards no facet/,
    ],
    [
      withMethods('m() {}, then() {}'),
      /Cannot define "A": facet "a" has a method "then", so it would be taken for a promise/,
    ],
    [`${withMethods('m() {}')}; defineActor(definition);`, /the name is taken/],
    [
      withMethods('m() {}', ", readOnly: ['a.n']"),
      /Cannot define "A": readOnly names "a.n", and no facet has such a method/,
    ],
    [withMethods('m() {}', ", readOnly: ['m']"), /readOnly names "m"/],
    [
      withMethods('m() {}', ", phases: { open: ['a.m'], shut: ['b.m'] }"),
      /Cannot define "A": phase "shut" names "b.m", and no facet has such a method/,
    ],
    [
      withMethods('m() {}', ", phases: { open: ['a.toString'] }"),
      /phase "open" names "a.toString"/,
    ],
    [withMethods('m() {}', ", phases: { 'a b': [] }"), /"a b" is not a name/],
    [withMethods('m() {}', ', phases: { 1: [] }'), /"1" is not a name/],
    [withMethods('m() {}', ', phases: {}'), /its phases are none/],
    [define(`{ name: '@map', state: {}, init: () => ({}), guards: {}, facets: {} }`), /not a name/],
    [define(`{ name: '-d1', state: {}, init: () => ({}), guards: {}, facets: {} }`), /not a name/],
    [
      define(`{ name: 'A', state: { '-d1': M.any() }, init: () => ({}), guards: {}, facets: {} }`),
      /not a name/,
    ],
    [
      define(
        `{ name: 'A', state: {}, init: () => ({}), guards: { a_b: any }, facets: { a_b: { m() {} } } }`,
      ),
      /not a name/,
    ],
    ['exports.notMake = 1', /exports no function "make"/],
    [`require('node:fs'); exports.make = () => {};`, /a vat has no such module/],
    [`im\u0070ort('node:fs'); exports.make = () => {};`, /import expression rejected/],
    ['exports.make = (', /SyntaxError|Unexpected|missing/],
  ] as const) {
    assert.throws(() => load(text), reason, text);
  }
});

test('kinds are defined while the module loads, not later', async () => {
  const text = `
    const { defineActor } = require('@pocas/vat-runtime');
    exports.make = () => defineActor({ name: 'Late', state: {}, init: () => ({}), guards: {}, facets: {} });
  `;
  const node = await makeTestNode();
  const module = { text, hash: createHash('sha256').update(text).digest('hex') };
  await assert.rejects(
    node.makeVat({ module, label: 'late' }),
    /kinds are defined while the module loads/,
  );
  await node.stop();
});

test('a vat whose module text was altered in the store is not loaded', async () => {
  const storage = makeMemoryStorage();
  const node = await makeTestNode({ storage });
  const root: Any = await node.makeVat({
    module: counter,
    label: 'counter',
    params: { start: 1n },
  });
  assert.equal(await E(root).get(), 1n);
  node.setProgram({ root });
  await node.stop();
  const rows = makeCheckedStorage(storage, rowChecksum);
  const [[key, text]] = (await rows.list('b/')) as [[string, string]];

  for (const altered of [`${text} `, '', undefined]) {
    await rows.write([[key, altered]]);
    const again = await makeTestNode({ storage, secrets: node.secrets });
    await assert.rejects(E((again.getProgram() as Any).root).get(), /delivered: no/);
    await again.stop();
  }
  await rows.write([[key, text]]);
  const last = await makeTestNode({ storage, secrets: node.secrets });
  assert.equal(await E((last.getProgram() as Any).root).get(), 1n);
  await last.stop();
});

test('a stored object whose kind or version the module does not have is not revived', async () => {
  const rows = {
    meta: '{"lastObject":"1","root":"o+d1.a"}',
    'o/1': '{"kind":"Gone","version":1,"state":{}}',
  };
  const text = withMethods('m() { return 1n; }');
  const answers = (stored: Record<string, string>) => {
    const vat = load(text, stored);
    vat.deliver(
      {
        kind: 'message',
        message: {
          type: 'CTP_CALL',
          epoch: 0,
          questionID: 'q+1',
          target: 'o-dvat',
          method: { body: '["root",[]]', slots: [] },
        },
      },
      0n,
    );
    return new Promise<string>((resolve) =>
      setImmediate(() => resolve(JSON.stringify(vat.takeCrank()?.messages))),
    );
  };
  assert.match(await answers(rows), /the module defines no .*Gone/);
  assert.match(
    await answers({ ...rows, 'o/1': '{"kind":"A","version":2,"state":{}}' }),
    /stored in version 2, the module has 1/,
  );
});

test('a module that cannot be loaded is said to whoever makes a vat of it, in its own words', async () => {
  const node = await makeTestNode({ print: () => {} });
  const text = define(`{ name: 'A', state: {}, init: () => ({}), guards: {}, facets: { a: {} } }`);
  const hash = createHash('sha256').update(text).digest('hex');
  await assert.rejects(
    node.makeVat({ module: { text, hash }, label: 'mine' }) as Promise<unknown>,
    /^Error: Cannot make vat "mine": .*facet "a" has no guard/,
  );
  await node.stop();
});
