import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E, Far } from '@endo/far';
import { makeTagged } from '@endo/pass-style';
import { bundleVat } from '#src/node/bundle.js';
import { makeVatConsole } from '#src/hosts/vat-console.js';
import { compileModule, vatGlobals } from '#src/vat/module.js';
import { defaultQuotas } from '#src/vat/quotas.js';
import { loadAlone } from './alone.ts';

const fixture = fileURLToPath(new URL('../../../test/fixtures/walker.ts', import.meta.url));
const module = compileModule((await bundleVat(fixture)).text, 'walker');

/** What this realm has and a vat must not, by identity: they share all that a vat may have. */
const forbidden = new Map<unknown, string>();
const { Compartment } = globalThis as any;
const compartment = new Compartment();
const allowed = new Set(vatGlobals.map((name) => compartment.globalThis[name]));
const forbid = (value: unknown, name: string) => {
  if (Object(value) === value && !allowed.has(value)) forbidden.set(value, name);
};
for (const name of Reflect.ownKeys(globalThis)) {
  const value = Reflect.get(globalThis, name) as any;
  forbid(value, String(name));
  forbid(compartment.globalThis[name], String(name));
  // A prototype that both realms have says so by its constructor.
  const prototype = forbidden.has(value) ? value.prototype : undefined;
  if (prototype?.constructor === value) forbid(prototype, `${String(name)}.prototype`);
}
forbid(Object.getPrototypeOf(Uint8Array), '%TypedArray%');
forbid(Object.getPrototypeOf(Uint8Array.prototype), '%TypedArray%.prototype');
for (const name of Reflect.ownKeys(console))
  forbid(Reflect.get(console, name), `console.${String(name)}`);

const nameOf = (value: unknown) => forbidden.get(value);

const start = async () => {
  const alone = loadAlone(module, new Map(), defaultQuotas, { now: 0n }, (print) => ({
    ...makeVatConsole(print),
    // The one that a vat has, beside what this test needs.
    real: makeVatConsole(print),
    nameOf,
  }));
  const devices = {
    timer: { kind: 'timer' },
    clock: { kind: 'clock', zero: 0n, length: 1n },
  } as const;
  return { root: await alone.make(devices), alone };
};

test('this realm has what the walk looks for', () => {
  const names = new Set(forbidden.values());
  for (const name of [
    ...[
      'ArrayBuffer',
      'SharedArrayBuffer',
      'Uint8Array',
      'Float64Array',
      '%TypedArray%',
      'DataView',
    ],
    ...[
      'ArrayBuffer.prototype',
      'Atomics',
      'WebAssembly',
      'WeakRef',
      'FinalizationRegistry',
      'Intl',
    ],
    ...['TextEncoder', 'TextDecoder', 'Compartment', 'HandledPromise', 'lockdown', 'console'],
    ...['process', 'Buffer', 'setTimeout', 'queueMicrotask', 'fetch', 'structuredClone', 'Date'],
    ...['Math', 'Function', 'eval'],
  ]) {
    assert.ok(names.has(name), name);
  }
  assert.equal(forbidden.has(Array), false);
  assert.equal(forbidden.has(Object.prototype), false);
});

test('a vat has the globals that are listed, and finds no other by name', async () => {
  const { root } = await start();
  const globals = (await E(root).globals()) as string[];
  assert.deepEqual(globals, [...vatGlobals, 'Symbol(Symbol.unscopables)'].sort());
  const others = [...new Set(forbidden.values())].filter(
    (name) => /^\w+$/.test(name) && !vatGlobals.includes(name),
  );
  assert.deepEqual(await E(root).typeOf(others), []);
});

test('nothing ambient is reached from globals, imports, powers, syntax, E, a console, or what peers send', async () => {
  const power = Far('Power', { use() {} });
  const { root, alone } = await start();
  const values = [
    ...[Far('Mine', { m() {} }), power, Promise.resolve(1), new Promise(() => {}), 5n, 'text', 1],
    ...[[1, [2n]], { a: { b: Promise.resolve(Far('Other', {})) } }, makeTagged('copySet', [1])],
    ...[TypeError('one'), Error('two', { cause: RangeError('three') }), undefined, null, NaN],
    root,
  ];
  const { found, count } = (await E(root).walk(...values)) as { found: string[]; count: number };
  assert.deepEqual(found, []);
  assert.ok(count > 500, `${count}`);
  const thrower = Far('Thrower', {
    fail() {
      throw TypeError('as asked', { cause: Error('before') });
    },
    answer: () => [Promise.resolve(1), { far: Far('Answer', {}) }],
  });
  assert.deepEqual((await E(root).answerOf(thrower)).found, []);
  await alone.settled();
});

test('a byte array, whose constructor makes more of them, cannot be sent to a vat', async () => {
  const { root, alone } = await start();
  const bytes = (new ArrayBuffer(4) as any).sliceToImmutable();
  await assert.rejects(E(root).walk(bytes));
  for (const body of [
    '["walk",[{"@qclass":"byteArray","data":"AAAA"}]]',
    '["walk",[{"@qclass":"byteArray","value":"00"}]]',
    '["walk",[{"@qclass":"bytes","data":"00"}]]',
  ]) {
    const crank = await alone.deliver({
      kind: 'message',
      message: {
        type: 'CTP_CALL',
        epoch: 0,
        questionID: 'q+99',
        target: 'o+d1.walker'.replace('+', '-'),
        method: { body, slots: [] },
      },
    });
    assert.match(JSON.stringify(crank?.messages), /"exception"/);
  }
});
