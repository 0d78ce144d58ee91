import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far } from '@endo/far';
import { M } from '@endo/patterns';
import { hasMethod, isGuarded } from '#src/switchboard/methods.js';
import { makePower } from '#src/vat/guard.js';

const LampI = M.interface('Lamp', { light: M.call().returns(M.string()) });
const makeLamp = () => makePower('Lamp', LampI, { light: () => 'on' });

const inherited = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Function.prototype),
  ...['then', 'toJSON', 'inspect', ''],
];

test('of an object that others are handed only the methods behind its guard are there', () => {
  const lamp = makeLamp();
  assert.equal(hasMethod(lamp, 'light'), true);
  for (const name of inherited) assert.equal(hasMethod(lamp, name), false, name);
  // What the object says about itself is the same for all who hold it.
  for (const name of ['__getInterfaceGuard__', '__getMethodNames__']) {
    assert.equal(hasMethod(lamp, name), true);
  }
});

test('what has the prototype of a guarded object, and more, has its guarded methods only', () => {
  const lamp = makeLamp();
  const like: object = Object.create(lamp, {
    steal: { value: () => 'stolen' },
    [Symbol.iterator]: { value: () => 'stolen' },
  }) as object;
  assert.equal(hasMethod(like, 'steal'), false);
  // One step of inheritance is a facet's; with another in between it is no facet.
  assert.equal(isGuarded(Object.create(like) as object), false);
});

test('an object without a guard has its own methods only, each object for itself', () => {
  const one = Far('One', { own: () => 1 });
  assert.equal(hasMethod(one, 'own'), true);
  for (const name of inherited) assert.equal(hasMethod(one, name), false, name);
  // Two objects of one prototype, of which one has a method more.
  const prototype = Object.getPrototypeOf(Far('Bare', {})) as object;
  const bare = harden(Object.create(prototype) as object);
  assert.equal(hasMethod(bare, 'more'), false);
  const rich = harden(Object.create(prototype, { more: { value: () => 2, enumerable: true } }));
  assert.equal(hasMethod(rich as object, 'more'), true);
  assert.equal(hasMethod(bare, 'more'), false);
});

test('data, functions and what only looks like an object of ours have no method at all', () => {
  const called: string[] = [];
  const spy = new Proxy(harden({}), {
    get: (_target, name) => {
      called.push(String(name));
      return () => 'got';
    },
    getPrototypeOf: () => Object.prototype,
  });
  const values: unknown[] = [
    ...[undefined, null, 1n, 'text', true, Symbol.iterator],
    ...[[1], { get: () => 1 }, new Map([['k', 'v']]), Promise.resolve(1), Error('x')],
    ...[() => 1, Far('fn', () => 1), class {}],
    Object.create(null),
    { __proto__: null, own: () => 1 },
  ];
  for (const value of values) {
    for (const name of ['get', 'call', 'apply', 'own', 'push', 'then', ...inherited]) {
      let found = false;
      try {
        found = typeof value === 'object' && value !== null && hasMethod(value, name);
        if (typeof value === 'function') found = hasMethod(value, name);
      } catch {
        // What cannot be sent at all is refused by a throw.
      }
      assert.equal(found, false, `${String(typeof value)}.${name}`);
    }
  }
  assert.throws(() => hasMethod(spy, 'get') && assert.fail('a method was found'));
  assert.deepEqual(
    called.filter((name) => name === 'get'),
    [],
  );
});
