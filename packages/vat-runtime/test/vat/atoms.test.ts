import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far, makeMarshal } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import { M, matches } from '@endo/patterns';
import * as fc from 'fast-check';
import { decodeAtom, encodeAtom, sureMatcher } from '#src/vat/atoms.js';

const marshal = makeMarshal(undefined, undefined, {
  serializeBodyFormat: 'smallcaps',
  errorTagging: 'off',
});

const textArbitrary = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // What smallcaps marks: each of ! to - in front of a text.
  fc.tuple(fc.constantFrom(...' !"#$%&\'()*+,-./'), fc.string()).map((parts) => parts.join('')),
  fc.constantFrom('', '\ud800', '#undefined', '+1', '-1', '!', '#NaN', '-Infinity'),
);
const atomArbitrary = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(undefined, null, true, false, 0, -0, NaN, Infinity, -Infinity),
  textArbitrary,
);

test('an atom is encoded byte for byte as the marshaller does, and read back as it does', () => {
  fc.assert(
    fc.property(atomArbitrary, (atom) => {
      const { body, slots } = marshal.toCapData(atom);
      assert.deepEqual(slots, []);
      const short = encodeAtom(atom);
      if (Number.isFinite(atom) || typeof atom !== 'number') assert.equal(short, body);
      else assert.equal(short, undefined);
      const expected = marshal.fromCapData({ body, slots: [] });
      const decoded = decodeAtom(body);
      if (decoded !== undefined) assert.ok(Object.is(decoded.value, expected));
      else assert.ok(typeof atom === 'number');
    }),
    { numRuns: 2_000 },
  );
});

test('what is no atom, or no body of one, is left to the marshaller', () => {
  for (const value of [{}, [], Far('It', {}), Symbol.iterator, () => {}]) {
    assert.equal(encodeAtom(value), undefined);
  }
  for (const body of ['#{}', '#[]', '#"$0.It"', '#"&0"', '#"%x"', '#"#NaN"', '#"#else"', '#"+x"']) {
    assert.equal(decodeAtom(body), undefined, body);
  }
  assert.equal(decodeAtom('{"@qclass":"undefined"}'), undefined);
});

test('what surely matches a shape does match it', () => {
  const shapes = {
    bigint: M.bigint(),
    nat: M.nat(),
    string: M.string(),
    boolean: M.boolean(),
    undefined: M.undefined(),
    remotable: M.remotable(),
    named: M.remotable('It'),
    // Nothing is known of these.
    narrow: M.nat({ decimalDigitsLimit: 1 }),
    short: M.string({ stringLengthLimit: 2 }),
    any: M.any(),
    or: M.or(M.nat(), M.string()),
    literal: 'match:remotable',
  };
  const known = Object.entries(shapes).filter(([, shape]) => sureMatcher(shape) !== undefined);
  assert.deepEqual(
    known.map(([name]) => name),
    ['bigint', 'nat', 'string', 'boolean', 'undefined', 'remotable', 'named'],
  );
  const valueArbitrary = fc.oneof(
    atomArbitrary,
    fc.integer({ min: 0, max: 200_000 }).map((length) => 'x'.repeat(length)),
    fc.integer({ min: 0, max: 4_000 }).map((bits) => 1n << BigInt(bits)),
    fc.constantFrom<unknown>(
      Far('It', {}),
      harden({}),
      harden([]),
      harden(Promise.resolve()),
      {},
      new Map(),
      () => {},
      harden({ then: () => {} }),
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...known), valueArbitrary, ([, shape], value) => {
      if (sureMatcher(shape)!(value)) assert.ok(matches(value as Passable, shape));
    }),
    { numRuns: 2_000 },
  );
  for (const [value, shape] of [
    [-1n, M.bigint()],
    [1n, M.nat()],
    ['text', M.string()],
    [Far('It', {}), M.remotable('else')],
  ] as const) {
    assert.ok(sureMatcher(shape)!(value));
  }
});
