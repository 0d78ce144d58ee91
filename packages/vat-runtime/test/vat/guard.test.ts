import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { E, Far } from '@endo/far';
import { makeTagged } from '@endo/pass-style';
import harden from '@endo/harden';
import {
  M,
  type MethodGuard,
  type Pattern,
  makeCopyMap,
  makeCopySet,
  mustMatch,
} from '@endo/patterns';
import { originalOf } from '#src/switchboard/errors.js';
import { guardsFor, makePower } from '#src/vat/guard.js';
import { mismatch } from '#src/vat/mismatch.js';

type Any = any;

const secret = 'hunter2';
const it = Far('It', {});

const messageOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was accepted';
};

const withGuard = (guard: MethodGuard, method: (...args: Any[]) => unknown = () => undefined) =>
  makePower('Thing', M.interface('Thing', { m: guard }), { m: method }) as Any;

/** What a method with this guard says to these arguments. */
const told = (guard: MethodGuard, ...args: unknown[]): string =>
  messageOf(() => withGuard(guard).m(...args)).replace(/^Cannot call "m": /, '');

test('a wrong argument is named by its place and its kind, and never repeated', () => {
  const one = (shape: Pattern) => M.call(shape).returns(M.any());
  const trade = M.splitRecord(
    { price: M.nat(), to: M.remotable('Payee') },
    { note: M.string() },
    {},
  );
  for (const [shape, value, words] of [
    [M.bigint(), secret, 'must be a whole number (bigint), and is a text (string)'],
    [M.bigint(), 7, 'must be a whole number (bigint), and is a number'],
    [M.nat(), -777n, 'must be a whole number (bigint), not negative, and is negative'],
    [M.nat(), 10n ** 120n, 'must be a whole number (bigint), not negative, and is too long'],
    [M.string(), undefined, 'must be a text (string), and is undefined'],
    [
      M.string({ stringLengthLimit: 3 }),
      secret,
      'must be a text (string) of at most 3 characters, and is too long',
    ],
    [M.boolean(), null, 'must be true or false (boolean), and is null'],
    [M.remotable(), { secret }, 'must be a reference, and is a record'],
    [M.remotable('Payee'), [secret], 'must be a reference (Payee), and is an array'],
    [M.eref(M.remotable()), secret, 'must be a reference or a promise, and is a text (string)'],
    [M.opt(M.nat()), secret, /not negative.*, and is a text \(string\)$/],
    [M.or('yes', 'no'), secret, 'must be "yes" or "no", and is a text (string)'],
    ['yes', secret, 'must be "yes", and is another'],
    [M.neq(''), '', 'must not be ""'],
    [M.not(M.string()), secret, 'must not be a text (string)'],
    [M.gte(1n), -777n, 'must be a whole number (bigint), at least 1n, and is another'],
    [
      M.and(M.nat(), M.lte(5n)),
      777n,
      'must be a whole number (bigint), at most 5n, and is another',
    ],
    [M.record(), it, 'must be a record, and is a reference'],
    [M.any(), new Map([[secret, secret]]), /and is something that cannot be sent$/],
    [trade, { price: secret, to: it }, /, "price" must be a whole number/],
    [trade, { to: it }, 'lacks "price"'],
    [
      trade,
      { price: 1n, to: it, note: 7n },
      ', "note" must be a text (string), and is a whole number (bigint)',
    ],
    [trade, { price: 1n, to: it, [secret]: 1n }, 'has a property that its guard does not name'],
    [{ a: { b: M.nat() } }, { a: { b: secret } }, /, "a", "b" must be a whole number/],
    [{ a: M.nat() }, { a: 1n, [secret]: secret }, 'has a property that its guard does not name'],
    [M.arrayOf(M.nat()), [1n, secret], /, item 2 must be a whole number/],
    [M.arrayOf(M.nat(), { arrayLengthLimit: 1 }), [1n, 2n], 'has too many items'],
    [M.splitArray([M.nat()], [], []), [], 'must have 1 items or more, and has 0'],
    [M.splitArray([M.nat()], [], []), [1n, secret], 'must have at most 1 items, and has 2'],
    [
      M.recordOf(M.string(), M.nat()),
      { [secret]: secret },
      /^a property of argument 1 must be a whole/,
    ],
    [M.setOf(M.nat()), makeCopySet([secret]), 'must be a set, and holds what it may not'],
    [
      M.mapOf(M.string(), M.nat()),
      makeCopyMap([[secret, secret]]),
      'must be a map, and holds what it may not',
    ],
    [M.nat(), makeTagged(secret, secret), /and is a tagged value$/],
    [M.opt({ a: M.nat() }), { a: secret }, /^argument 1, "a" must be a whole number/],
  ] as [Pattern, unknown, string | RegExp][]) {
    const message = told(one(shape), harden(value));
    if (typeof words !== 'string') assert.match(message, words);
    else
      assert.equal(message, words.startsWith(',') ? `argument 1${words}` : `argument 1 ${words}`);
    assert.equal(message.includes(secret) || message.includes('777'), false, message);
  }
});

test('too many arguments and too few are counted, and further ones have a shape too', () => {
  const two = M.call(M.nat(), M.nat()).returns(M.any());
  assert.equal(told(two, 1n), 'it takes 2 arguments, and was given 1');
  assert.equal(told(two, 1n, 2n, secret), 'it takes 2 arguments, and was given 3');
  const some = M.call(M.nat()).optional(M.nat()).returns(M.any());
  assert.equal(told(some), 'it takes at least 1 argument, and was given 0');
  assert.equal(told(some, 1n, 2n, 3n), 'it takes at most 2 arguments, and was given 3');
  assert.equal(told(some, 1n, undefined), 'it was accepted');
  assert.match(told(some, 1n, secret), /^argument 2 must be a whole number/);
  const rest = M.call(M.nat()).rest(M.arrayOf(M.nat())).returns(M.any());
  assert.equal(told(rest, 1n, 2n, 3n), 'it was accepted');
  assert.match(told(rest, 1n, 2n, secret), /further arguments, item 2 must be a whole number/);
});

test('an argument that is waited for is looked at when it is there', async () => {
  const thing = withGuard(M.callWhen(M.await(M.nat()), M.string()).returns(M.nat()), (n) => n + 1n);
  assert.equal(await thing.m(Promise.resolve(1n), 'x'), 2n);
  await assert.rejects(thing.m(Promise.resolve(secret), 'x'), {
    message:
      'Cannot call "m": argument 1 must be a whole number (bigint), not negative, and is a text (string)',
  });
  await assert.rejects(thing.m(Promise.resolve(1n)), /it takes 2 arguments/);
  const liar = withGuard(M.callWhen(M.nat()).returns(M.nat()), () => secret);
  await assert.rejects(liar.m(1n), {
    message: 'Cannot call "m": its answer is not what its guard promises',
  });
});

test('a wrong answer is a fixed text for the caller, and words for who wrote the method', () => {
  const liar = withGuard(M.call().returns(M.nat()), () => secret);
  try {
    liar.m();
    assert.fail('the answer was accepted');
  } catch (error) {
    assert.equal(
      (error as Error).message,
      'Cannot call "m": its answer is not what its guard promises',
    );
    assert.match((originalOf(error) as Error).message, /^the answer of "m" must be a whole number/);
  }
});

test('what is raw is not looked at, nor hardened', () => {
  const given: unknown[] = [];
  const thing = withGuard(M.call(M.raw()).rest(M.raw()).returns(M.raw()), (...args) =>
    given.push(...args),
  );
  const value = { map: new Map() };
  thing.m(value, value);
  assert.equal(given.length, 2);
  assert.equal(Object.isFrozen(value), false);
});

test('methods and guard name the same methods, or the object is not made', () => {
  const guard = M.interface('Thing', { m: M.call().returns() }) as Any;
  assert.throws(() => guardsFor('Thing', guard, []), /its guard names "m", and there is no such/);
  assert.throws(() => guardsFor('Thing', guard, ['m', 'n']), /does not name its method "n"/);
  assert.throws(() => makePower('Thing', guard, { n: () => {} } as Any), /Cannot define "Thing"/);
});

// ---- any pattern and any value ----

const atoms = fc.oneof(
  fc.constant(secret),
  fc.constant(777n),
  fc.constant(-777n),
  fc.constantFrom(null, undefined, true, 7.77, it, harden(Promise.resolve())),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    atoms,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', secret), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const leaves = fc.constantFrom<Pattern>(
  ...[M.any(), M.nat(), M.bigint(), M.string(), M.boolean(), M.remotable(), M.promise(), M.null()],
  ...[M.record(), M.array(), M.undefined(), M.scalar(), M.key(), M.not(M.string()), 'yes', 5n],
  ...[M.gte(5n), M.lt('m'), M.set(), M.string({ stringLengthLimit: 2 })],
);
const patterns = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    leaves,
    fc.array(tie('pattern'), { maxLength: 2 }).map((parts) => M.and(...parts)),
    fc.array(tie('pattern'), { minLength: 1, maxLength: 3 }).map((parts) => M.or(...parts)),
    fc.array(tie('pattern'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('pattern'), { maxKeys: 2, noNullPrototype: true }),
    tie('pattern').map((each) => M.arrayOf(each)),
    tie('pattern').map((each) => M.recordOf(M.string(), each)),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => M.splitRecord({ a }, { b }, {})),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => M.splitArray([a], [b])),
  ),
})).pattern;

const isAccepted = (value: unknown, pattern: Pattern): boolean => {
  try {
    mustMatch(harden(value) as Any, pattern);
    return true;
  } catch {
    return false;
  }
};

test('whatever the shape and the value: accepted as patterns say, and refused in words without the value', () => {
  fc.assert(
    fc.property(patterns, values, (shape, given) => {
      const [pattern, value] = [harden(shape), harden(given)];
      const accepted = isAccepted(value, pattern);
      const message = told(M.call(pattern).returns(M.any()), value);
      assert.equal(message === 'it was accepted', accepted, message);
      if (accepted) return;
      assert.equal(/hunter2|777|7\.77/.test(message), false, message);
      assert.ok(message.length < 2_000, message);
      assert.match(message, /argument 1/);
    }),
    { numRuns: 2_000 },
  );
});

test('what is wrong is said also where a value cannot be looked at', () => {
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw Error(secret);
      },
    },
  );
  for (const shape of [
    M.nat(),
    M.record(),
    { a: M.nat() },
    M.arrayOf(M.nat()),
    M.or(M.nat(), {}),
  ]) {
    assert.match(
      mismatch(hostile, harden(shape), 'it'),
      /^it must be .*, and is something that cannot be sent$/,
    );
  }
});

test('a guard tells itself to whoever holds the object', async () => {
  const guard = M.interface('Thing', { m: M.call().returns(M.any()) });
  const thing = makePower('Thing', guard, { m: () => 1n }) as Any;
  assert.equal(await E(thing).__getInterfaceGuard__(), guard);
});
