import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import harden from '@endo/harden';
import { Far, makeMarshal, makeTagged } from '@endo/marshal';
import { type Passable, isPassable } from '@endo/pass-style';
import { M, type Pattern, matches } from '@endo/patterns';
import * as fc from 'fast-check';
import { decodePlain, encodePlain } from '#src/vat/plain-rows.js';
import { isPlain, maxPlainDepth } from '#src/vat/plain.js';
import { makeAssertSendable } from '#src/vat/sendable.js';
import { sureMatcher } from '#src/vat/sure.js';

const references = [Far('One', {}), Far('Two', {}), Far('!Three', {})];

const names = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'kind', '__proto__', 'then', '1', '10', '!', '#tag', '@qclass'),
  fc.string({ maxLength: 4 }),
);
const atoms = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -0, NaN, Infinity, 'a', 'b', '', '!x', '#y'),
  fc.bigInt(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.integer({ min: 0, max: 400 }).map((bits) => 1n << BigInt(bits)),
  fc.string(),
  fc.integer({ min: 0, max: 200 }).map((length) => 'x'.repeat(length)),
);
const recordOf = (entries: readonly (readonly [string, unknown])[]) => {
  const record = {};
  for (const [name, value] of entries)
    Object.defineProperty(record, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return record;
};
/** What is nearly plain, each made anew: freezing changes it. */
const strange: readonly (() => unknown)[] = [
  () => Object.defineProperty({ a: 1n }, 'b', { get: () => 1n, enumerable: true }),
  () => Object.defineProperty({ a: 1n }, 'b', { value: 1n }),
  () => ({ a: 1n, [Symbol.iterator]: 1n }),
  () => Object.assign(Object.create(null) as object, { a: 1n }),
  () => Object.assign(Object.create({ a: 1n }) as object, { b: 1n }),
  () => Object.assign([1n], { a: 1n }),
  () => Object.defineProperty([1n], 0, { get: () => 1n, enumerable: true }),
  // eslint-disable-next-line no-sparse-arrays
  () => [1n, , 2n],
  () => new Date(0),
  () => new Map(),
  () => new Uint8Array(2),
  () => Promise.resolve(),
  () => () => {},
  () => ({ then: () => {} }),
  () => Symbol.iterator,
  () => Error('no'),
  () => makeTagged('tag', 1n),
  () => Object.setPrototypeOf([1n], { __proto__: Array.prototype }) as object,
  () => {
    const circle: unknown[] = [];
    circle.push(circle);
    return circle;
  },
];
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    atoms,
    fc.constantFrom(...references),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map(recordOf),
    fc.constantFrom(...strange).map((make) => make()),
  ),
})).value;
const shapes = fc.letrec<{ shape: Pattern }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Pattern>(
      M.any(),
      M.bigint(),
      M.nat(),
      M.string(),
      M.boolean(),
      M.undefined(),
      M.null(),
      M.number(),
      M.scalar(),
      M.key(),
      M.promise(),
      M.remotable(),
      M.remotable('One'),
      M.record(),
      M.array(),
      M.nat({ decimalDigitsLimit: 1 }),
      M.bigint({ decimalDigitsLimit: 2 }),
      M.string({ stringLengthLimit: 2 }),
      M.record({ numPropertiesLimit: 1 }),
      M.record({ propertyNameLengthLimit: 1 }),
      M.array({ arrayLengthLimit: 1 }),
      M.neq(''),
      M.neq('a'),
      M.neq(undefined),
      M.neq(0n),
      M.gte(1n),
      M.gt(1n),
      M.lte(1n),
      M.lt('b'),
      'a',
      1n,
      0,
      true,
      undefined,
      null,
      references[0]!,
    ),
    fc.array(tie('shape'), { maxLength: 3 }).map((parts) => M.or(...parts)),
    fc.array(tie('shape'), { maxLength: 3 }).map((parts) => M.and(...parts)),
    tie('shape').map((part) => M.not(part)),
    tie('shape').map((part) => M.arrayOf(part)),
    fc.tuple(tie('shape'), tie('shape')).map((parts) => M.recordOf(...parts)),
    fc
      .array(fc.tuple(names, tie('shape')), { maxLength: 3 })
      .map((entries) => harden(recordOf(entries)) as Pattern),
    fc
      .tuple(
        tie('shape'),
        tie('shape'),
        fc.constantFrom<Pattern | undefined>(undefined, M.any(), {}),
      )
      .map(([a, b, rest]) => M.splitRecord({ a }, { b }, rest)),
    fc.array(tie('shape'), { maxLength: 2 }).map((parts) => harden(parts) as Pattern),
  ),
})).shape;

const isDeeplyFrozen = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen));

test('what is plain is passable, and frozen through and through', () => {
  fc.assert(
    fc.property(values, (value) => {
      if (!isPlain(value)) return;
      assert.ok(isDeeplyFrozen(value));
      assert.ok(isPassable(value));
    }),
    { numRuns: 2_000 },
  );
});

/** Shapes of which many fit the value, or nearly. */
const shapesLike = (value: unknown, depth = 0): fc.Arbitrary<Pattern> => {
  // One of the values is a circle.
  if (depth > 5) return fc.constant(M.any());
  if (Array.isArray(value))
    return fc.oneof(
      fc.constant(M.array()),
      ...value
        .slice(0, 1)
        .map((item) => shapesLike(item, depth + 1).map((shape) => M.arrayOf(shape))),
    );
  if (typeof value === 'object' && value !== null && !references.includes(value as never)) {
    const fields = Object.entries(value).map(([name, item]) =>
      fc.tuple(fc.constant(name), shapesLike(item, depth + 1)),
    );
    const some = fc.tuple(...fields).chain((all) => fc.tuple(fc.subarray(all), fc.subarray(all)));
    return some.chain(([required, optional]) =>
      fc.constantFrom<Pattern>(
        M.record(),
        M.recordOf(M.string(), M.any()),
        harden(recordOf(required)) as Pattern,
        M.splitRecord(harden(recordOf(required)), harden(recordOf(optional))),
        M.splitRecord(harden(recordOf(required)), harden(recordOf(optional)), {}),
      ),
    );
  }
  return fc.oneof(
    fc.constantFrom<Pattern>(M.any(), M.opt(M.nat()), M.remotable(), M.string(), M.neq('')),
    shapes,
  );
};

test('what surely matches a shape does match it', () => {
  let sure = 0;
  const check = (shape: Pattern, value: unknown) => {
    if (sureMatcher(shape)?.(value) !== true) return;
    sure += 1;
    assert.ok(isDeeplyFrozen(value));
    assert.ok(matches(value as Passable, shape));
  };
  fc.assert(fc.property(shapes, values, check), { numRuns: 2_000 });
  const pairs = fc
    .tuple(values, values)
    .chain(([value, other]) => fc.tuple(shapesLike(value), fc.constantFrom(value, value, other)));
  fc.assert(
    fc.property(pairs, ([shape, value]) => check(shape, value)),
    { numRuns: 2_000 },
  );
  assert.ok(sure > 400, `only ${sure}`);
});

test('what is usual is sure', () => {
  const view = () => ({ ok: true, list: [{ what: 'bread', price: 3n, by: references[0] }] });
  for (const [shape, value] of [
    [M.any(), view()],
    [M.record(), view()],
    [M.opt(M.record()), undefined],
    [M.or('open', 'closed'), 'closed'],
    [M.and(M.string({ stringLengthLimit: 100 }), M.neq('')), 'text'],
    [M.and(M.nat(), M.gte(1n), M.lte(5n)), 5n],
    [M.arrayOf(M.remotable('it')), [...references]],
    [M.recordOf(M.string(), M.any()), view()],
    [M.splitRecord({ ok: true }, { list: M.array() }), view()],
    [M.splitRecord({ ok: true }, { list: M.array(), more: M.nat() }, {}), view()],
    [harden({ ok: true, list: M.array() }), view()],
  ] as [Pattern, unknown][])
    assert.equal(sureMatcher(shape)?.(value), true);
});

test('what is over a limit of the matcher is never sure', () => {
  const properties = (count: number) =>
    recordOf(Array.from({ length: count }, (_, at) => [`p${at}`, 1n] as const));
  for (const [shape, value] of [
    [M.record(), properties(81)],
    [M.record(), { ['n'.repeat(101)]: 1n }],
    [M.array(), Array.from({ length: 10_001 }, () => 1n)],
    [M.string(), 'x'.repeat(100_001)],
    [M.nat(), 10n ** 100n],
    [M.nat({ decimalDigitsLimit: 1 }), 10n],
    [M.bigint({ decimalDigitsLimit: 2 }), -100n],
  ] as [Pattern, unknown][]) {
    assert.equal(sureMatcher(shape)!(value), false);
    assert.equal(matches(harden(value) as Passable, shape), false);
  }
  assert.equal(sureMatcher(M.record())!(properties(80)), true);
});

test('what only looks plain is left to the matcher', () => {
  for (const make of strange) {
    for (const shape of [M.any(), M.record(), M.array(), M.splitRecord({})]) {
      assert.equal(sureMatcher(shape)!(make()), false);
      assert.equal(sureMatcher(shape)!([make()]), false);
      assert.equal(sureMatcher(shape)!({ it: make() }), false);
    }
    assert.equal(
      encodePlain([make()], () => '1'),
      undefined,
    );
  }
  let deep: unknown = 1n;
  for (let depth = 0; depth <= maxPlainDepth; depth += 1) deep = [deep];
  assert.ok(isPlain(deep));
  assert.equal(isPlain([deep]), false);
});

test('a proxy says the same of itself afterwards, or is left to the matcher', () => {
  const target = Object.assign(Object.create(null) as object, { a: 1n });
  // Nothing keeps it from lying as long as it is not frozen.
  const lying = new Proxy(target, {
    getPrototypeOf: () => (Object.isExtensible(target) ? Object.prototype : null),
  });
  assert.equal(sureMatcher(M.any())!(lying), false);
  const changing = new Proxy(
    { a: 1n },
    {
      get: () => 2n,
      getOwnPropertyDescriptor: (object, name) => {
        const known = Reflect.getOwnPropertyDescriptor(object, name);
        return known && { ...known, value: 2n };
      },
    },
  );
  assert.equal(sureMatcher(M.any())!(changing), false);
  const honest = new Proxy({ a: 1n }, {});
  assert.equal(sureMatcher(M.any())!(honest), true);
  assert.ok(Object.isFrozen(honest));
});

const slotOf = (reference: object) => `d${references.indexOf(reference as never)}`;
const valueAt = (slot: string): object =>
  references[Number(slot.slice(1))] ?? assert.fail('no reference stands here');
const marshal = makeMarshal<string>((value) => slotOf(value as object), valueAt, {
  serializeBodyFormat: 'smallcaps',
  errorTagging: 'off',
});

test('plain data is written byte for byte as the marshaller writes it, and read as it reads it', () => {
  let written = 0;
  fc.assert(
    fc.property(values, (value) => {
      const short = encodePlain(value, slotOf);
      if (short === undefined) return;
      written += 1;
      assert.deepEqual(short, marshal.toCapData(value as Passable));
      const read = decodePlain(short, valueAt);
      // Names that are marked are left to the marshaller, and numbers that JSON does not have.
      if (read === undefined) return assert.match(short.body, /"[!-.].*":|#NaN|Infinity/);
      assert.ok(isDeeplyFrozen(read.value));
      assert.deepEqual(read.value, marshal.fromCapData(short));
      assert.ok(isPlain(read.value));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(written > 500, `only ${written}`);
});

test('a body that nobody wrote so is read as the marshaller reads it, or left to it', () => {
  const parts = fc.letrec((tie) => ({
    part: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        ...['$0', '$1.Alleged: One', '$7', '$', '$01', '&0', '%a', '#NaN', '#x', '+'],
      ),
      fc.constantFrom<unknown>('+12', '-0', '!+', '(', 'text', '', 1, -1.5, true, null),
      fc.array(tie('part'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', '!b', '#tag', '#error', '__proto__', '7'), tie('part')),
    ),
  })).part;
  let read = 0;
  fc.assert(
    fc.property(parts, (part) => {
      const data = { body: `#${JSON.stringify(part)}`, slots: ['d0', 'd1'] };
      const plain = decodePlain(data, valueAt);
      if (plain === undefined) return;
      read += 1;
      assert.deepEqual(plain.value, marshal.fromCapData(data));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(read > 500, `only ${read}`);
});

test('what may not leave does not leave within a plain answer either', () => {
  const [own, foreign] = references;
  const assertSendable = makeAssertSendable((object) => {
    if (object === foreign) throw TypeError('Cannot send it');
  });
  assertSendable({ ok: true, list: [own, 'text', 1n] });
  assert.throws(() => assertSendable({ ok: true, list: [own, foreign] }), /Cannot send it/);
  // Each of these is over one of the limits, and looked at by its encoding.
  const many = Array.from({ length: 300 }, (_, index) => Far(`It ${index}`, {}));
  for (const tooMuch of [
    { many },
    { text: 'x'.repeat(1 << 20) },
    { texts: Array.from({ length: 2_000 }, () => 'x'.repeat(990)) },
    { list: Array.from({ length: 9_000 }, () => 1n) },
    { ['n'.repeat(1 << 20)]: 1n },
  ])
    assert.throws(() => assertSendable(tooMuch), /too large/);
  assertSendable({ many: many.slice(0, 250) });
});
